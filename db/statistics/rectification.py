"""后进整顿: villages on the list, projects brought to them, visits, what was turned (docs/systems.md 28)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from peewee import fn

from db.codes import code_list
from db.office_settings import days
from db.registers.rectification import MonthlyProgress, Project, Rectification
from db.registers.visit import Visit, VisitRectified
from db.statistics.due import Due
from db.statistics.figure import Cell, Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "后进整顿"
ORDER = 55


def listed(scope: Scope) -> Any:
    """Villages on this year's list."""
    query = Rectification.living().where(
        Rectification.year == int(scope.until[:4]), Rectification.from_on <= scope.until
    )
    return scope.narrowed(query, Rectification.organization)


def projects(scope: Scope) -> Any:
    """Projects that were brought to villages since the beginning of the year."""
    return Project.living().where(
        Project.from_on >= scope.until[:4],
        Project.from_on <= scope.until,
        Project.rectification.in_(
            scope.narrowed(Rectification.living(), Rectification.organization).select(
                Rectification.id
            )
        ),
    )


def amount(query: Any) -> int:
    """The sum of projects, in 分."""
    return int(query.select(fn.COALESCE(fn.SUM(Project.amount), 0)).scalar() or 0)


def visits(scope: Scope) -> Any:
    """Trips to the villages of the list, each once."""
    inside = VisitRectified.living().where(
        VisitRectified.rectification.in_(listed(scope).select(Rectification.id))
    )
    return Visit.living().where(
        Visit.id.in_(inside.select(VisitRectified.visit)), Visit.from_on <= scope.until
    )


def measures(scope: Scope) -> Iterator[Measure]:
    """The numbers that the county reports."""
    villages, brought = listed(scope), projects(scope)
    done = sorted(code_list("rectification_result").marked("done"))
    yield counted("rectification.villages", "整顿对象", "个", Rectification, villages)
    yield counted(
        "rectification.turned",
        "已转化",
        "个",
        Rectification,
        villages.where(Rectification.result.in_(done), Rectification.accepted_on <= scope.until),
    )
    yield counted("rectification.projects", "帮扶项目", "项", Project, brought)
    classes = brought.select(fn.COUNT(Project.kind.distinct())).scalar()
    yield Measure("rectification.project_classes", "帮扶项目类别", "类", int(classes or 0))
    yield Measure("rectification.amount", "帮扶项目资金", "分", amount(brought))
    yield counted("rectification.visits", "整顿点走访", "次", Visit, visits(scope))


def drafts(scope: Scope) -> Iterator[Draft]:
    """By class of project, by what was wrong, village by village."""
    yield Draft("rectification_projects", partial(_by_class, scope))
    yield Draft("rectification_grounds", partial(_by_ground, scope))
    yield Draft("rectification_villages", partial(_by_village, scope))


def _by_class(scope: Scope) -> Figure:
    brought = projects(scope)
    rows = []
    for code in code_list("rectification_project"):
        mine = brought.where(Project.kind == code.code)
        if mine.count():
            rows.append(Row(code.label, (cell(Project, mine), Cell(amount(mine) // 100))))
    heads = ("类别", "项目", "资金（元）")
    return Figure(
        "rectification_projects", "帮扶项目", heads, summed(rows), unit="项", shape="none"
    )


def _by_ground(scope: Scope) -> Figure:
    villages = listed(scope)
    rows = [
        Row(code.label, (cell(Rectification, mine),))
        for code in code_list("rectification_ground")
        if (mine := villages.where(Rectification.ground == code.code)).count()
    ]
    return Figure(
        "rectification_grounds", "列入情形", ("情形", "整顿对象"), summed(rows), unit="个"
    )


def _by_village(scope: Scope) -> Figure:
    rows = []
    seen = VisitRectified.living().join(Visit).where(Visit.retired == "")
    for one in listed(scope).order_by(Rectification.id):
        mine = projects(scope).where(Project.rectification == one.id)
        trips = seen.where(
            VisitRectified.rectification == one.id, Visit.from_on <= scope.until
        ).count()
        rows.append(Row(one.title(), (cell(Project, mine), Cell(amount(mine) // 100), Cell(trips))))
    heads = ("党组织", "帮扶项目", "资金（元）", "走访")
    return Figure(
        "rectification_villages", "整顿对象一览", heads, summed(rows), unit="项", shape="none"
    )


# -- reminders of the home page ------------------------------------------------------------


def _waiting() -> Any:
    return Rectification.living().where(Rectification.result == "")


def terms(day: date) -> Iterator[Due]:
    """Villages whose time ends soon, or has ended without acceptance."""
    limit = (day + timedelta(days=days("rectification_days"))).isoformat()
    rows = list(
        _waiting()
        .where(Rectification.due_on <= limit)
        .order_by(Rectification.due_on)
        .select(Rectification.id, Rectification.due_on)
        .tuples()
    )
    late = sum(1 for _, on in rows if on < day.isoformat())
    first = rows[0][1] if rows else ""
    ids = tuple(row[0] for row in rows)
    yield Due("rectification", "个整顿对象时限将到", Rectification.stem(), ids, late, first)


def silent(day: date) -> Iterator[Due]:
    """Villages of which last month's progress was not reported."""
    month = (day.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    reported = MonthlyProgress.living().where(MonthlyProgress.on >= month)
    rows = _waiting().where(
        Rectification.from_on <= f"{month}-01",
        Rectification.id.not_in(reported.select(MonthlyProgress.rectification)),
    )
    ids = tuple(row[0] for row in rows.select(Rectification.id).tuples())
    yield Due("rectification_month", "个整顿对象上月进展没有登记", Rectification.stem(), ids)


REMINDERS = (terms, silent)
