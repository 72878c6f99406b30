"""表彰方案: ready-made programmes, one TOML file each in resources/commendations/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from db.presets import by_id, offered


@dataclass(frozen=True, slots=True)
class Share:
    """How the places of an award type are found: a number, or a percentage of something counted."""

    number: int | None = None
    percent: str = ""
    base: str = "full_members"
    rounding: str = "up"


@dataclass(frozen=True, slots=True)
class PresetAward:
    """One award type of a preset; the fields are those of the register's award type."""

    name: str
    kind: str
    award: str = ""
    pool: str = "any"
    places: int | None = None
    ratio: int = 100
    deeds_limit: int = 600
    group_words: str = ""
    praise: str = ""
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A programme that an office can start from; texts may carry {年}, {机关}, {周年}."""

    id: str
    name: str
    words: str
    level: str
    order: int
    awards: tuple[PresetAward, ...]
    notice_days: int = 5
    notice_unit: str = "working"
    addressees: str = ""
    preface: str = ""
    call: str = ""
    basis: str = ""
    certificate_words: str = "{年}-{序号:3}"
    eligibility: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_preset(preset_id: str, content: str) -> Preset:
    """A preset from the text of its file; TypeError or KeyError when the file is wrong."""
    table = tomllib.loads(content)
    awards = tuple(
        PresetAward(**{**row, "share": Share(**row["share"]) if "share" in row else None})
        for row in table.pop("award")
    )
    texts = {key: table.pop(key, "").strip() for key in ("preface", "call", "basis")}
    return Preset(id=preset_id, awards=awards, **texts, **table)


@cache
def presets() -> tuple[Preset, ...]:
    """All presets, in the order in which they are offered."""
    return offered("commendations", read_preset)


def preset(preset_id: str) -> Preset:
    """The preset with this id; KeyError if there is none."""
    return by_id(presets(), preset_id)
