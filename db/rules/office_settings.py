"""What an office may decide for itself, with what holds where it says nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

#: The unit and the highest value of each kind; more days ahead no reminder makes sense.
KINDS = {
    "days": ("天", 730),
    "percent": ("%", 100),
    "rows": ("条", 100_000),
    "megabytes": ("MB", 512),
    "flag": ("", 1),
}
#: A setting that is words and no number, and how long they may be.
TEXT, LONGEST = "text", 80


@dataclass(frozen=True, slots=True)
class Declared:
    """One thing to decide: a number, yes (1) or no (0), or words."""

    key: str
    label: str
    kind: str
    default: int | str
    help: str

    @property
    def highest(self) -> int:
        """The highest value there is."""
        return KINDS[self.kind][1]

    @property
    def unit(self) -> str:
        """What its number counts."""
        return KINDS[self.kind][0]

    def refusal(self, text: str) -> str:
        """Why a text is no value of this, in words; "" when it is one."""
        if self.kind == TEXT:
            return "" if len(text) <= LONGEST else f"“{self.label}”最多 {LONGEST} 个字"
        if text.isascii() and text.isdigit() and int(text) <= self.highest:
            return ""
        return f"“{self.label}”应为 0 至 {self.highest} 的整数"


@cache
def declared() -> Mapping[str, Declared]:
    """Everything that may be decided, by its key, in the order of the page."""
    path = resources.files("resources").joinpath("rules", "office_settings.toml")
    found = tomllib.loads(path.read_text(encoding="utf-8"))["settings"]
    return {one["key"]: Declared(**one) for one in found}
