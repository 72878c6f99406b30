"""常用频次规定: sets of rules that an office can adopt from a day on; files in resources/visits/."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from db import journal
from db.errors import Fault, Refusal
from db.presets import offered
from db.registers.visit_rule import VisitRule
from db.rules import dates


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of rules by its id, with a sentence that says what it asks."""

    id: str
    name: str
    words: str
    order: int
    rules: tuple[dict[str, Any], ...]


def _read(preset_id: str, content: str) -> Preset:
    table = tomllib.loads(content)
    rules = tuple(table.pop("rule"))
    return Preset(id=preset_id, rules=rules, **table)


@cache
def presets() -> tuple[Preset, ...]:
    """All sets, in the order in which they are offered."""
    return offered("visits", _read)


def adopt(preset_id: str, from_on: str, document: str = "") -> list[VisitRule]:
    """Let a set of rules hold from a day on; the rules that held until then end the day before."""
    chosen = next((one for one in presets() if one.id == preset_id), None)
    if chosen is None:
        raise Refusal("没有这种规定，请从列表中选择。")
    day = dates.parse(from_on)
    if len(day) < 10:
        raise Refusal("生效日期要写到日。", [Fault("from_on", "请写到日")])
    before = (dates.first_day(day) - timedelta(days=1)).isoformat()
    holding = list(
        VisitRule.living().where((VisitRule.until_on == "") | (VisitRule.until_on >= day))
    )
    later = [one for one in holding if one.from_on >= day]
    if later:
        raise Refusal(
            f"“{later[0].name}”从 {later[0].from_on.replace('-', '.')} 起生效，不早于新规定；"
            "请先停用它，或改新规定的生效日期。"
        )
    made = []
    with journal.operation(f"采用走访规定：{chosen.name}，{day} 起"):
        for one in holding:
            one.until_on = before
            one.save()
        for asked in chosen.rules:
            rule = VisitRule(from_on=day, document=document, **asked)
            rule.save()
            made.append(rule)
    return made
