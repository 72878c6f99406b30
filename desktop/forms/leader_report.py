"""走访情况通报: what was asked and done, by leader and by organization (docs/systems.md 15, 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from db import identity
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.organization import Organization
from db.rules import dates
from db.rules.visit_frequency import State, period_of
from db.visiting.compliance import Cell, Line, Watched, matrix, watch
from db.visiting.matters import rates_of
from desktop.forms.visit_parts import ON, by_id, day_of
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import A4
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

YEAR, HALF, QUARTER, MONTH = "本年", "本半年", "本季度", "本月"
_PERIODS: Final = {YEAR: "year", HALF: "half_year", QUARTER: "quarter", MONTH: "month"}


@dataclass(frozen=True)
class Place:
    """One organization with the standing of its contact points."""

    name: str
    points: int
    visits: int
    asked: int
    done: int
    due: int
    overdue: int


class LeaderReport(Form):
    """One notice of the leaders chosen."""

    of = Leader
    title = "领导走访情况通报"
    paper = A4.with_margins(24, 20, 16, 22)
    gathers = True
    choices = (Option("period", "通报期间", YEAR, tuple(_PERIODS)), ON)

    def compose(self, sheet: Sheet, subject: Sequence[Any], options: Options) -> None:
        """A paragraph of the whole, the table by leader, the table by organization."""
        day = day_of(options["on"])
        since = period_of(_PERIODS[options["period"]], day)[0]
        chosen = {leader.id for leader in subject}
        whole = matrix("year", since, day)
        lines = [line for line in whole.lines if line.id in chosen]
        seen = [point for point in watch(since, day) if point.leader in chosen]
        told = (
            f"{dates.show(since.isoformat(), 'chinese')}至{dates.show(day.isoformat(), 'chinese')}"
        )
        sheet.title(self.title)
        sheet.y += 3
        sheet.paragraph(_opening(told, lines, seen, since, day), 14)
        sheet.y += 3
        _by_leader(sheet, _since(lines, seen, day))
        sheet.page()
        _by_place(sheet, _places(seen, day))
        sheet.seal_and_date(identity.identity().office_name, dates.show(day.isoformat(), "chinese"))


def _since(lines: Sequence[Line], seen: Sequence[Watched], day: date) -> list[tuple[Line, Cell]]:
    """Each leader with the duties of the period alone."""
    cells = {line.id: Cell() for line in lines}
    for point in seen:
        _count(cells[point.leader], point, day)
    return [(line, cells[line.id]) for line in lines]


def _count(cell: Cell, point: Watched, day: date) -> None:
    for one in point.standings:
        if one.duty.start > day:
            continue
        cell.visits += one.visits
        cell.asked_visits += one.duty.visits
        cell.days += one.days
        cell.done += one.state is State.DONE
        if one.state is State.DUE:
            cell.due.append(point.id)
        if one.state is State.OVERDUE:
            cell.overdue.append(point.id)


def _opening(
    told: str, lines: Sequence[Line], seen: Sequence[Watched], since: date, day: date
) -> str:
    from db.registers.matter import Matter

    whole = Cell()
    for point in seen:
        _count(whole, point, day)
    late = {point.leader for point in seen if any(
        s.state is State.OVERDUE for s in point.standings)}  # fmt: skip
    raised = Matter.living().where(
        Matter.received_on >= since.isoformat(), Matter.received_on <= day.isoformat()
    )
    count = rates_of(raised, day.isoformat())
    words = (
        f"{told}，{len(lines)} 名领导联系 {len(seen)} 个联系点，规定应走访 {whole.asked_visits} 点次，"
        f"实际走访 {whole.visits} 点次；{len(lines) - len(late)} 名领导没有欠缺，{len(late)} 名领导有联系点没有走够。"
    )
    if count.total:
        words += (
            f"同期收集民情事项 {count.total} 件，办结 {count.settled} 件，办结率 {count.settled_percent}%，"
            f"超期 {count.overdue} 件"
        )
        if count.content_percent is not None:
            words += f"，群众满意率 {count.content_percent}%"
        words += "。"
    return words + "现将有关情况通报如下："


def _by_leader(sheet: Sheet, rows: Sequence[tuple[Line, Cell]]) -> None:
    sheet.roster(
        Roster(
            title="",
            heads=("一、各位领导走访情况",),
            columns=(
                ORDINAL,
                Column("领导", 24, lambda r: r[0].name, kind=NAME),
                Column("单位及职务", 58, lambda r: r[0].unit, kind=TEXT),
                Column("联系点", 16, lambda r: r[0].points, kind=CENTRE),
                Column("应走", 15, lambda r: r[1].asked_visits, kind=CENTRE),
                Column("实走", 15, lambda r: r[1].visits, kind=CENTRE),
                Column("天数", 15, lambda r: r[1].days, kind=CENTRE),
                Column("欠点次", 16, lambda r: len(r[1].overdue) or "", kind=CENTRE),
                Column("情况", 18, lambda r: _verdict(r[1]), kind=CENTRE),
            ),
            size=10,
        ),
        rows,
    )


def _verdict(cell: Cell) -> str:
    words = {State.DONE: "走够", State.DUE: "待走", State.OVERDUE: "欠", State.FREE: "不要求"}
    return words[cell.state]


def _places(seen: Sequence[Watched], day: date) -> list[Place]:
    points = by_id(ContactPoint, (one.id for one in seen))
    units = by_id(Organization, (point.organization_id for point in points.values()))
    groups: dict[Any, list[Watched]] = {}
    for one in seen:
        groups.setdefault(points[one.id].organization_id, []).append(one)
    found = []
    for unit, mine in groups.items():
        cell = Cell()
        for one in mine:
            _count(cell, one, day)
        found.append(
            Place(
                units[unit].name if unit in units else "（未填党组织）", len(mine), cell.visits,
                cell.asked_visits, cell.done, len(cell.due), len(cell.overdue),
            )
        )  # fmt: skip
    return sorted(found, key=lambda place: (-place.overdue, place.name))


def _by_place(sheet: Sheet, places: Sequence[Place]) -> None:
    sheet.roster(
        Roster(
            title="",
            heads=("二、各党组织被走访情况",),
            columns=(
                ORDINAL,
                Column("党组织", 70, lambda p: p.name, kind=TEXT),
                Column("联系点", 18, lambda p: p.points, kind=CENTRE),
                Column("应走", 18, lambda p: p.asked, kind=CENTRE),
                Column("实走", 18, lambda p: p.visits, kind=CENTRE),
                Column("待走点次", 20, lambda p: p.due or "", kind=CENTRE),
                Column("欠点次", 20, lambda p: p.overdue or "", kind=CENTRE),
            ),
            size=10,
        ),
        places,
    )
