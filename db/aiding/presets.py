"""发放方案: ready-made rules, one TOML file each in resources/aid/."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from db.presets import by_id, offered
from db.rules import aid_rules


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule that an office can start from; the name may carry {年} and {期}."""

    id: str
    name: str
    words: str
    kind: str
    order: int
    body: Mapping[str, Any]

    def named(self, pay_on: str) -> str:
        """The name of a batch paid on a day."""
        period = aid_rules.period_of(self.body["per"], pay_on)
        return self.name.replace("{年}", pay_on[:4]).replace("{期}", period)


def read_preset(preset_id: str, content: str) -> Preset:
    """A preset from the text of its file; Refusal or KeyError when the file is wrong."""
    table = tomllib.loads(content)
    head = {key: table.pop(key) for key in ("name", "words", "kind", "order")}
    aid_rules.read(table)
    return Preset(id=preset_id, body=table, **head)


@cache
def presets() -> tuple[Preset, ...]:
    """All presets, in the order in which they are offered."""
    return offered("aid", read_preset)


def preset(preset_id: str) -> Preset:
    """The preset with this id; KeyError if there is none."""
    return by_id(presets(), preset_id)
