"""表彰: what was awarded this year and in the years before, by title (docs/systems.md 18)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from peewee import fn

from db.registers.commendation import Award, AwardType, Commendation
from db.registers.organization import Organization
from db.statistics.figure import Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "表彰"
ORDER = 40

#: The titles that the county reports one by one: code of 表彰类型 → key, label, unit.
_REPORTED = {
    "five_good_committee": ("township_committees", "“五个好”苏木镇党委", "个"),
    "five_good_village": ("village_organizations", "“五个好”嘎查村党组织", "个"),
    "five_good_cooperative": ("cooperative_organizations", "先进合作经济组织党组织", "个"),
    "secretary": ("village_secretaries", "优秀嘎查村党组织书记", "名"),
    "village_head": ("village_heads", "优秀嘎查村主任", "名"),
    "five_good_organization": ("organizations", "“五个好”先进基层党组织", "个"),
    "member": ("members", "优秀共产党员", "名"),
    "worker": ("workers", "优秀党务工作者", "名"),
    "organization": ("advanced_organizations", "先进基层党组织", "个"),
}


def awards(scope: Scope, year: int) -> Any:
    """What was awarded in a calendar year, up to the last day looked at."""
    last = min(f"{year}-12-31", scope.until)
    query = (
        Award.living()
        .join(AwardType, on=Award.award_type)
        .switch(Award)
        .where(Award.on >= f"{year}-01-01", Award.on <= last)
    )
    if scope.places is None:
        return query
    from db.registers.commendation import Nomination

    inside = Nomination.select(Nomination.id).where(
        Nomination.organization.in_(scope.places) | Nomination.nominator.in_(scope.places)
    )
    return query.where(Award.nomination.in_(inside))


def measures(scope: Scope) -> Iterator[Measure]:
    """The titles of the year, one number each."""
    base = awards(scope, int(scope.until[:4]))
    for code, (key, label, unit) in _REPORTED.items():
        query = base.where(AwardType.award == code)
        yield counted(f"commendations.{key}", f"表彰{label}", unit, Award, query)


def drafts(scope: Scope) -> Iterator[Draft]:
    """By title and year; this year by programme, and by the committee that put the recipients forward."""
    last = int(scope.until[:4])
    yield Draft("commendations_years", partial(_by_year, scope, last))
    yield Draft("commendations_programmes", partial(_by_programme, scope, last))
    if scope.organization is None:
        yield Draft("commendations_committees", partial(_by_committee, scope, last))


def _by_year(scope: Scope, last: int) -> Figure:
    present: Any = (
        Award.living()
        .join(AwardType, on=Award.award_type)
        .where(Award.on <= scope.until)
        .select(AwardType.name, fn.MIN(AwardType.position))
        .group_by(AwardType.name)
        .order_by(fn.MIN(AwardType.position), AwardType.name)
    )
    titles = [name for name, _ in present.tuples()]
    rows = []
    for year in range(last - 9, last + 1):
        mine = awards(scope, year)
        cells = [cell(Award, mine)]
        cells += [cell(Award, mine.where(AwardType.name == name)) for name in titles]
        rows.append(Row(f"{year}年", tuple(cells)))
    heads = ("年度", "合计", *titles)
    return Figure("commendations_years", "近十年表彰", heads, tuple(rows), unit="项")


def _by_programme(scope: Scope, year: int) -> Figure:
    base = awards(scope, year)
    programmes = Commendation.living().where(Commendation.year == year).order_by(Commendation.id)
    rows = [
        Row(programme.name, (cell(Award, base.where(Award.commendation == programme.id)),))
        for programme in programmes
    ]
    lines = summed(rows)
    return Figure(
        "commendations_programmes", "本年表彰批次", ("批次", "表彰"), lines, unit="项", shape="none"
    )


def _by_committee(scope: Scope, year: int) -> Figure:
    tops = scope.organizations().where(
        Organization.kind == "committee", Organization.parent.is_null()
    )
    rows = []
    for top in tops.order_by(Organization.code):
        inside = Scope(top.id, scope.domain, scope.today, scope.since, scope.until)
        mine = awards(inside, year)
        cells = (
            cell(Award, mine),
            cell(Award, mine.where(Award.organization.is_null(False))),
            cell(Award, mine.where(Award.organization.is_null())),
        )
        rows.append(Row(top.name, cells))
    heads = ("党委", "合计", "集体", "个人")
    return Figure(
        "commendations_committees",
        "本年表彰分布",
        heads,
        summed(rows),
        unit="项",
        drawn=(1, 2),
    )
