"""Code lists (民族, 学历, 职务 …): short stable codes in the database, words on screen and paper.

Each list is one file `resources/codes/<name>.toml`: a label, and items with code, label, the other
ways people write it (aliases), and whatever else the program wants to know of it (`extra`). A list
grows by a line in its file; nothing here names a list.
"""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

_OWN_KEYS = frozenset({"code", "label", "aliases", "short"})
# Spellings kept per list: a roster has a few dozen, a hostile file must not grow us.
_REMEMBERED = 4096
_SHORT_LIST = 6  # lists short enough to be said whole in a message


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list; `short` is the word for narrow columns, `extra` its further facts."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    short: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def is_marked(self, mark: str) -> bool:
        """Whether the entry carries a yes/no mark such as `leading`."""
        return self.extra.get(mark) is True


class CodeList:
    """One code list in its printed order: code → label, and anything a person writes → code."""

    def __init__(
        self, name: str, label: str, items: tuple[Code, ...], suffixes: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.label = label
        self.items = items
        self.codes: tuple[str, ...] = tuple(item.code for item in items)
        self._by_code = {item.code: item for item in items}
        self._position = {item.code: place for place, item in enumerate(items)}
        self._suffixes = suffixes
        self._spellings = dict(self._claims())
        self._seen: dict[str, str | None] = {}
        self._advised: dict[str, str] = {}

    def _claims(self) -> Iterator[tuple[str, str]]:
        """Yield (spelling, code); in a dict the later wins: alias < label < code."""
        for item in self.items:
            for alias in item.aliases:
                yield _plain(alias), item.code
            if item.short:
                yield _plain(item.short), item.code
        for item in self.items:
            yield _plain(item.label), item.code
            if item.code.isdecimal():  # a spreadsheet eats the zero of “01”
                yield item.code.lstrip("0") or "0", item.code
        for item in self.items:
            yield _plain(item.code), item.code

    def __iter__(self) -> Iterator[Code]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Code:
        return self._by_code[code]

    def label_of(self, code: str) -> str:
        """The word for a code; an unknown code (written by a newer version) is shown as it stands."""
        item = self._by_code.get(code)
        return item.label if item else code

    def short_of(self, code: str) -> str:
        """The word for narrow columns; the label where the list gives none."""
        item = self._by_code.get(code)
        return (item.short or item.label) if item else code

    def find(self, text: object) -> str | None:
        """The code for what a person or a roster wrote (label, alias or code), None if unknown.

        Spaces, full-width forms, case and the list's idle endings (汉/汉族) do not matter.
        """
        if isinstance(text, str):
            try:
                return self._seen[text]
            except KeyError:
                pass
        elif isinstance(text, bool) or text is None:
            return None
        elif isinstance(text, float):
            text = str(int(text)) if text.is_integer() else str(text)
        else:
            text = str(text)
        code = self._look_up(text)
        if len(self._seen) < _REMEMBERED:
            self._seen[text] = code
        return code

    def _look_up(self, text: str) -> str | None:
        word = _plain(text)
        if not word:
            return None
        code = self._spellings.get(word)
        if code is not None:
            return code
        for suffix in self._suffixes:
            trimmed = word.removesuffix(suffix)
            code = self._spellings.get(trimmed) or self._spellings.get(trimmed + suffix)
            if code is not None:
                return code
        return None

    def advice(self, text: str) -> str:
        """What the person may have meant by an unknown word: “可填…” or “是不是…”, "" if no idea."""
        if len(self.items) <= _SHORT_LIST:
            return "可填：" + "、".join(item.short or item.label for item in self.items)
        known = self._advised.get(text)
        if known is not None:  # a wrong column says the same wrong word thousands of times
            return known
        near = difflib.get_close_matches(_plain(text)[:20], self._spellings, n=3, cutoff=0.5)
        labels = dict.fromkeys(self.label_of(self._spellings[spelling]) for spelling in near)
        advice = "是不是" + "、".join(f"“{label}”" for label in labels) + "？" if labels else ""
        if len(self._advised) < _REMEMBERED:
            self._advised[text] = advice
        return advice

    def position(self, code: str) -> int:
        """The place of a code in the printed order; unknown codes come last."""
        return self._position.get(code, len(self.items))

    def marked(self, mark: str) -> frozenset[str]:
        """The codes that carry a yes/no mark, e.g. `leading` posts."""
        return frozenset(item.code for item in self.items if item.is_marked(mark))


def _plain(text: str) -> str:
    """The text as compared: compatibility forms folded, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def read_code_list(name: str, content: str) -> CodeList:
    """Build a list from the text of its file; ValueError if the file contradicts itself."""
    table = tomllib.loads(content)
    items = tuple(
        Code(
            code=row["code"],
            label=row["label"],
            aliases=tuple(row.get("aliases", ())),
            short=row.get("short", ""),
            extra={key: value for key, value in row.items() if key not in _OWN_KEYS},
        )
        for row in table["items"]
    )
    if len({item.code for item in items}) != len(items):
        raise ValueError(f"{name}: a code occurs twice")
    if len({item.label for item in items}) != len(items):
        raise ValueError(f"{name}: a label occurs twice")
    return CodeList(name, table["label"], items, tuple(table.get("suffixes", ())))


@cache
def code_list(name: str) -> CodeList:
    """The code list of that name (read once); KeyError if there is none."""
    path = resources.files("resources").joinpath("codes", f"{name}.toml")
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise KeyError(name) from None
    return read_code_list(name, content)


@cache
def code_list_names() -> tuple[str, ...]:
    """The names of all code lists there are, in alphabetical order."""
    folder = resources.files("resources").joinpath("codes")
    names = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
