"""党组织 by kind, domain and age; posts in force; elections due (docs/systems.md 1, 2, 39)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from peewee import fn

from db.codes import code_list
from db.office_settings import days
from db.registers.member import Post
from db.registers.organization import Organization, Term
from db.statistics.figure import Cell, Draft, Figure, Listing, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "党组织"
ORDER = 10


def posts(scope: Scope, *kinds: str) -> Any:
    """Posts of these kinds in force on the day, in living organizations."""
    today = scope.today.isoformat()
    places = scope.organizations().select(Organization.id)
    return Post.living().where(
        Post.kind.in_(kinds),
        Post.organization.in_(places),
        (Post.until_on == "") | (Post.until_on > today),
    )


def measures(scope: Scope) -> Iterator[Measure]:
    """The numbers of the county's report on organizations."""
    everything = scope.organizations()

    def some(key: str, label: str, *conditions: Any) -> Measure:
        return counted(key, label, "个", Organization, everything.where(*conditions))

    yield counted("organizations.total", "基层党组织", "个", Organization, everything)
    yield some("organizations.committees", "党委", Organization.kind == "committee")
    yield some("organizations.general_branches", "党总支", Organization.kind == "general_branch")
    branch = sorted(code_list("organization_kind").marked("branch"))
    yield some("organizations.branches", "党支部", Organization.kind.in_(branch))
    yield some("organizations.township_committees", "苏木镇党委", Organization.township == 1)
    yield some("organizations.village", "嘎查村党组织", Organization.village == 1)
    for key, label, kind in (
        ("organizations.liaisons", "联络员", "liaison"),
        ("organizations.instructors", "活动指导员", "activity_instructor"),
    ):
        yield counted(key, label, "名", Post, posts(scope, kind))
    founded = scope.in_period(Organization.founded_on)
    yield some("organizations.founded_in_period", "统计期内新建党组织", founded)
    graduates = scope.narrowed(
        Post.living().where(Post.kind == "village_graduate", Post.from_on <= scope.until),
        Post.organization,
    )
    yield counted("organizations.graduates_posted", "选聘大学生村官（累计）", "名", Post, graduates)
    today, soon = scope.today, scope.today + timedelta(days=days("election_days"))
    due = Organization.election_due
    yield some("organizations.elections_overdue", "逾期未换届", due != "", due < today.isoformat())
    near = (due >= today.isoformat(), due <= soon.isoformat())
    yield some("organizations.elections_due", "即将届满", *near)


def drafts(scope: Scope) -> Iterator[Draft]:
    """The tables on organizations."""
    yield Draft("organizations_by_domain", partial(_by_domain, scope))
    yield Draft("organizations_by_committee", partial(_by_top, scope))
    yield Draft("organizations_founded", partial(_founded, scope))
    yield Draft("organizations_elections", partial(_elections, scope))


def _by_domain(scope: Scope) -> Figure:
    kinds = [k for k in code_list("organization_kind") if k.is_marked("counted")]
    base = scope.organizations()
    present = {k for (k,) in base.select(Organization.kind).distinct().tuples()}
    kinds = [kind for kind in kinds if kind.code in present]
    rows = []
    for domain in code_list("domain"):
        mine = base.where(Organization.domain == domain.code)
        cells = [cell(Organization, mine)]
        cells += [cell(Organization, mine.where(Organization.kind == k.code)) for k in kinds]
        rows.append(Row(domain.label, tuple(cells)))
    heads = ("所属领域", "合计", *(kind.label for kind in kinds))
    return Figure(
        "organizations_by_domain",
        "党组织分领域情况",
        heads,
        summed(rows),
        unit="个",
    )


def _by_top(scope: Scope) -> Figure:
    """One line for each committee that stands directly under the office, with members."""
    tops = scope.organizations().where(Organization.kind == "committee").order_by(Organization.code)
    if scope.organization is None:
        tops = tops.where(Organization.parent.is_null())
    rows = []
    for top in tops:
        mine = Scope(top.id, scope.domain, scope.today, scope.since, scope.until)
        base = mine.organizations()
        rows.append(
            Row(
                top.name,
                (
                    cell(Organization, base),
                    cell(Organization, base.where(Organization.kind == "general_branch")),
                    cell(
                        Organization, base.where(Organization.kind.in_(["branch", "joint_branch"]))
                    ),
                    _members(mine),
                ),
            )
        )
    heads = ("党委", "党组织", "党总支", "党支部", "党员")
    return Figure("organizations_by_committee", "各党委党组织和党员情况", heads, summed(rows),
                  unit="个", drawn=(3,))  # fmt: skip


def _members(scope: Scope) -> Cell:
    from db.registers.member import Member

    return cell(Member, scope.members())


def _founded(scope: Scope) -> Figure:
    base = scope.organizations().where(Organization.founded_on != "")
    year = fn.SUBSTR(Organization.founded_on, 1, 4)
    rows = []
    for number in range(scope.today.year - 9, scope.today.year + 1):
        gone = scope.narrowed(
            Organization.living().where(
                fn.SUBSTR(Organization.ended_on, 1, 4) == str(number),
                Organization.status != "active",
            ),
            Organization.id,
        )
        rows.append(
            Row(
                f"{number}年",
                (cell(Organization, base.where(year == str(number))), cell(Organization, gone)),
            )
        )
    return Figure("organizations_founded", "近十年新建和撤并", ("年度", "新建", "撤并"), tuple(rows), unit="个",
                  drawn=(0, 1), note="新建只计现存的党组织")  # fmt: skip


def _elections(scope: Scope) -> Figure:
    terms = scope.narrowed(Term.living(), Term.organization)
    year = fn.SUBSTR(Term.elected_on, 1, 4)
    due = fn.SUBSTR(Organization.election_due, 1, 4)
    rows = []
    for number in range(scope.today.year - 9, scope.today.year + 6):
        held = Listing(Term, terms.where(year == str(number)))
        coming = Listing(Organization, scope.organizations().where(due == str(number)))
        cells = (Cell(held.count(), held), Cell(coming.count(), coming))
        rows.append(Row(f"{number}年", cells))
    return Figure(
        "organizations_elections",
        "换届情况",
        ("年度", "已换届", "届满"),
        tuple(rows),
        unit="个",
        drawn=(0, 1),
    )
