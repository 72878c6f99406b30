"""民情事项 from hand to hand: assigned, on its way, settled, explained; and what share was settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db import journal
from db.codes import code_list
from db.errors import Fault, Refusal
from db.registers.matter import Matter, Progress
from db.rules import dates


@dataclass(slots=True)
class Rates:
    """How many matters, in which state, and how content people were."""

    total: int = 0
    settled: int = 0
    explained: int = 0
    overdue: int = 0
    rated: int = 0
    content: int = 0

    @property
    def settled_percent(self) -> int | None:
        """办结率: settled of all; None when there are none."""
        return _percent(self.settled, self.total)

    @property
    def content_percent(self) -> int | None:
        """满意率: 满意 and 基本满意 of those who said; None when nobody did."""
        return _percent(self.content, self.rated)


def _percent(part: int, whole: int) -> int | None:
    return (part * 200 + whole) // (2 * whole) if whole else None


def rates(rows: Iterable[tuple[str, str, str, str]], on: str) -> Rates:
    """Count rows of (办结时限, 办结日期, 说明日期, 满意度) as they stand on a day."""
    content = code_list("satisfaction").marked("content")
    found = Rates()
    for due_on, settled_on, explained_on, satisfaction in rows:
        found.total += 1
        if settled_on and settled_on <= on:
            found.settled += 1
        elif explained_on and explained_on <= on:
            found.explained += 1
        elif due_on and due_on < on:
            found.overdue += 1
        if satisfaction:
            found.rated += 1
            found.content += satisfaction in content
    return found


def rates_of(query: Any = None, on: str = "") -> Rates:
    """The rates of a query of matters (all living ones when None)."""
    asked = Matter.living() if query is None else query
    columns = (Matter.due_on, Matter.settled_on, Matter.explained_on, Matter.satisfaction)
    rows = asked.select(*columns).tuples()
    return rates(rows, on or dates.today())


def assign(matters: Sequence[Matter], unit: str, person: str, due_on: str, on: str = "") -> int:
    """交办: who must settle these, until when."""
    if not matters:
        raise Refusal("请先选中事项。")
    if not unit and not person:
        raise Refusal("请填写责任单位或责任人。", [Fault("unit", "请填写责任单位或责任人")])
    for one in matters:
        _require_open(one)
    with journal.operation(f"交办 {len(matters)} 件事项给{unit}{person}"):
        for one in matters:
            one.unit_name, one.person = unit, person
            one.due_on, one.assigned_on = due_on, on or dates.today()
            one.save()
    return len(matters)


def progress(matter: Matter, words: str, person: str = "", on: str = "") -> Progress:
    """One step on the way."""
    _require_open(matter)
    step = Progress(matter=matter.id, words=words, person=person, on=on or dates.today())
    with journal.operation(f"事项进展：{matter.title()}"):
        if not matter.assigned_on:
            matter.assigned_on = step.on
            matter.save()
        step.save()
    return step


def settle(
    matters: Sequence[Matter],
    on: str,
    result: str,
    *,
    told: str = "",
    told_on: str = "",
    satisfaction: str = "",
) -> int:
    """办结: what came of these, who was told and when, and whether they are content."""
    if not matters:
        raise Refusal("请先选中事项。")
    if not result:
        raise Refusal("请填写办理结果。", [Fault("result", "请填写办理结果")])
    for one in matters:
        _require_open(one)
    with journal.operation(f"办结 {len(matters)} 件事项"):
        for one in matters:
            one.settled_on, one.result, one.explained_on = on, result, ""
            one.told = told or (one.raised_by if told_on else "")
            one.told_on, one.satisfaction = told_on, satisfaction
            one.save()
    return len(matters)


def explain(matter: Matter, on: str, reason: str, *, satisfaction: str = "") -> None:
    """办不了的: the reason, and the day on which it was explained to whoever raised it."""
    _require_open(matter)
    with journal.operation(f"说明未办结原因：{matter.title()}"):
        matter.explained_on, matter.unsolved_reason = on, reason
        matter.satisfaction = satisfaction
        matter.save()


def overdue(day: date | None = None) -> list[Matter]:
    """Matters past their day, the oldest first."""
    on = (day or date.today()).isoformat()
    return list(waiting().where(Matter.due_on != "", Matter.due_on < on).order_by(Matter.due_on))


def waiting() -> Any:
    """The query of matters that are neither settled nor explained."""
    return Matter.living().where(Matter.settled_on == "", Matter.explained_on == "")


def _require_open(matter: Matter) -> None:
    if matter.settled_on:
        raise Refusal(f"“{matter.title()}”已于 {matter.settled_on.replace('-', '.')} 办结。")
