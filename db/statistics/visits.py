"""联系走访: contact points, trips, households, matters and how they were settled (docs/systems.md 15, 16, 17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from peewee import fn

from db.codes import code_list
from db.office_settings import days
from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.organization import Organization
from db.registers.visit import Gift, Household, Visit
from db.rules.visit_frequency import State
from db.statistics.due import Due
from db.statistics.figure import Cell, Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope
from db.visiting import compliance, matters, reminding

SECTION = "联系走访"
ORDER = 50


def points(scope: Scope) -> Any:
    """Contact points that stand on the last day looked at."""
    query = ContactPoint.living().where(
        ContactPoint.from_on <= scope.until,
        (ContactPoint.until_on == "") | (ContactPoint.until_on >= scope.until),
    )
    return scope.narrowed(query, ContactPoint.organization)


def visits(scope: Scope) -> Any:
    """Trips up to the last day looked at."""
    return scope.narrowed(Visit.living().where(Visit.from_on <= scope.until), Visit.organization)


def _hanging(model: Any, scope: Scope) -> Any:
    """Rows that hang from those trips."""
    inside = visits(scope).select(Visit.id)
    return model.living().where(model.visit.in_(inside))


def found_matters(scope: Scope) -> Any:
    """Matters raised up to the last day looked at."""
    query = Matter.living().where(Matter.received_on <= scope.until)
    return scope.narrowed(query, Matter.organization)


def measures(scope: Scope) -> Iterator[Measure]:
    """The numbers that the county reports."""
    ranks = sorted(code_list("leader_rank").marked("county"))
    kept = points(scope)
    of_county = kept.where(
        ContactPoint.leader.in_(Leader.select(Leader.id).where(Leader.rank.in_(ranks)))
    )
    yield counted("visits.contact_points", "领导联系点", "个", ContactPoint, kept)
    yield counted(
        "visits.contact_points_by_county_leaders", "处级领导联系点", "个", ContactPoint, of_county
    )
    yield counted("visits.total", "走访", "次", Visit, visits(scope))
    homes = _hanging(Household, scope)
    yield counted("visits.households", "走访农牧户", "户", Household, homes)
    needy = sorted(code_list("visited").marked("hardship"))
    yield counted(
        "visits.hardship_households",
        "走访困难户",
        "户",
        Household,
        homes.where(Household.kind.in_(needy)),
    )
    # What is booked in the aid ledger, or elsewhere, is counted there.
    given: Any = _hanging(Gift, scope).where(Gift.payment.is_null(), Gift.aid_reference == "")
    total = given.select(fn.COALESCE(fn.SUM(Gift.value), 0)).scalar()
    yield Measure("visits.given", "慰问款物折款", "分", int(total))
    raised = found_matters(scope)
    settled = raised.where(Matter.settled_on != "", Matter.settled_on <= scope.until)
    yield counted("visits.matters", "民情事项", "件", Matter, raised)
    yield counted("visits.matters_settled", "办结事项", "件", Matter, settled)
    late = raised.where(
        Matter.settled_on == "", Matter.explained_on == "",
        Matter.due_on != "", Matter.due_on < scope.until,
    )  # fmt: skip
    yield counted("visits.matters_overdue", "超期事项", "件", Matter, late)
    rates = matters.rates_of(raised, scope.until)
    yield Measure("visits.settled_percent", "事项办结率", "%", rates.settled_percent or 0)
    yield Measure("visits.content_percent", "事项满意率", "%", rates.content_percent or 0)
    goals = Goal.living().where(
        Goal.state == "done", Goal.contact_point.in_(kept.select(ContactPoint.id))
    )
    yield counted("visits.goals_done", "“七个一”完成", "项", Goal, goals)


def drafts(scope: Scope) -> Iterator[Draft]:
    """By month, by leader, by kind of point and of matter, by committee."""
    yield Draft("visits_by_month", partial(_by_month, scope))
    yield Draft("visits_by_kind", partial(_by_kind, scope))
    yield Draft("visits_behind", partial(_behind, scope))
    yield Draft("visits_matters", partial(_by_matter, scope))
    if scope.organization is None:
        yield Draft("visits_by_committee", partial(_by_committee, scope))


def _by_month(scope: Scope) -> Figure:
    year = int(scope.until[:4])
    rows = []
    for month in range(1, int(scope.until[5:7]) + 1):
        begin = f"{year}-{month:02d}"
        mine = visits(scope).where(Visit.from_on.startswith(begin))
        homes = Household.living().where(Household.visit.in_(mine.select(Visit.id)))
        raised = found_matters(scope).where(Matter.received_on.startswith(begin))
        rows.append(
            Row(f"{month}月", (cell(Visit, mine), cell(Household, homes), cell(Matter, raised)))
        )
    heads = ("月份", "走访次数", "走访户数", "收集事项")
    return Figure("visits_by_month", f"{year}年走访", heads, summed(rows), unit="次", shape="line")


def _by_kind(scope: Scope) -> Figure:
    kept = points(scope)
    rows = [
        Row(code.label, (cell(ContactPoint, kept.where(ContactPoint.kind == code.code)),))
        for code in code_list("contact_kind")
    ]
    shown = [row for row in rows if row.cells[0].value]
    return Figure("visits_by_kind", "联系点类别", ("类别", "联系点"), summed(shown), unit="个")


def _behind(scope: Scope) -> Figure:
    day = date.fromisoformat(scope.until)
    table = compliance.matrix("quarter", day.replace(month=1, day=1), day, scope.places)
    rows = []
    for at, span in enumerate(table.spans):
        states = [line.cells[at].state for line in table.lines]
        rows.append(
            Row(
                span.label,
                tuple(
                    Cell(states.count(state)) for state in (State.DONE, State.DUE, State.OVERDUE)
                ),
            )
        )
    heads = ("季度", "走够", "待走", "欠")
    return Figure("visits_behind", f"{day.year}年领导走访达标", heads, tuple(rows), drawn=(0, 1, 2))


def _by_matter(scope: Scope) -> Figure:
    raised = found_matters(scope)
    rows = []
    for code in code_list("matter_kind"):
        mine = raised.where(Matter.kind == code.code)
        settled = mine.where(Matter.settled_on != "", Matter.settled_on <= scope.until)
        line = Row(code.label, (cell(Matter, mine), cell(Matter, settled)))
        if line.cells[0].value:
            rows.append(line)
    heads = ("类别", "事项", "办结")
    return Figure("visits_matters", "民情事项", heads, summed(rows), unit="件", drawn=(0, 1))


def _by_committee(scope: Scope) -> Figure:
    tops = scope.organizations().where(
        Organization.kind == "committee", Organization.parent.is_null()
    )
    rows = []
    for top in tops.order_by(Organization.code):
        inside = Scope(top.id, scope.domain, scope.today, scope.since, scope.until)
        raised = found_matters(inside)
        cells = (
            cell(ContactPoint, points(inside)),
            cell(Visit, visits(inside)),
            cell(Household, _hanging(Household, inside)),
            cell(Matter, raised),
            cell(Matter, raised.where(Matter.settled_on != "")),
        )
        if any(one.value for one in cells):
            rows.append(Row(top.name, cells))
    heads = ("党委", "联系点", "走访", "户数", "事项", "办结")
    return Figure("visits_by_committee", "走访分布", heads, summed(rows), unit="次", drawn=(1,))


# -- reminders of the home page ------------------------------------------------------------


def waiting_points(day: date) -> Iterator[Due]:
    """Contact points nobody has been to often enough: the period ends soon, or ended."""
    found = reminding.waiting(day, days("visit_days"))
    ids = tuple(dict.fromkeys(one.point.id for one in found))
    late = len({one.point.id for one in found if one.late})
    until = min((one.standing.duty.end.isoformat() for one in found), default="")
    yield Due("visit", "个联系点走访没有走够", ContactPoint.stem(), ids, late, until)


def waiting_matters(day: date) -> Iterator[Due]:
    """Matters whose time ends soon, or ended."""
    limit = (day + timedelta(days=days("matter_days"))).isoformat()
    rows = list(
        matters.waiting()
        .where(Matter.due_on != "", Matter.due_on <= limit)
        .order_by(Matter.due_on)
        .select(Matter.id, Matter.due_on)
        .tuples()
    )
    late = sum(1 for _, on in rows if on < day.isoformat())
    first = rows[0][1] if rows else ""
    yield Due("matter", "件民情事项时限将到", Matter.stem(), tuple(r[0] for r in rows), late, first)


REMINDERS = (waiting_points, waiting_matters)
