"""星级评比 and the other ratings: who took part, what they came to, over the years (docs/systems.md 4-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from db.registers.appraisal import Appraisal, Mark, Participant, rules_of
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from db.rules.scheme import Scheme as Rules
from db.statistics.figure import Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "评比考核"
ORDER = 30

PRAISE_STARS = 8
TEN_STARS = 10
#: The shipped schemes, and whatever an office made from them, that these numbers look at.
CLASSES, GRADES, REVIEW, SATISFACTION = (
    "org_classification",
    "year_end_grades",
    "review",
    "satisfaction",
)


def codes_from(origin: str) -> list[str]:
    """The codes of a shipped scheme and of the schemes made from it."""
    rows: Any = Scheme.select(Scheme.code).where(
        (Scheme.origin == origin) | (Scheme.code == origin)
    )
    return sorted({code for (code,) in rows.tuples()})


def star_rules(domain: str) -> dict[str, Rules]:
    """Schemes that give members of one 领域 stars, by code."""
    rows: Any = Scheme.living().where(Scheme.subject == "member").order_by(Scheme.edition)
    found = {scheme.code: rules_of(scheme.body) for scheme in rows}
    return {
        code: rules
        for code, rules in found.items()
        if domain in rules.domains and any(level.stars for level in rules.levels)
    }


def rank_from(rules: Rules, stars: int) -> int:
    """The lowest rank that carries so many stars; above every rank when none does."""
    return next((i for i, level in enumerate(rules.levels) if (level.stars or 0) >= stars), 10_000)


def sealed(codes: Iterable[str]) -> Any:
    """Finished rounds of these schemes."""
    return Appraisal.living().where(
        Appraisal.scheme_code.in_(sorted(codes)), Appraisal.sealed_on != ""
    )


def latest(codes: Iterable[str]) -> list[int]:
    """The last finished round of each scope: the result that stands today."""
    rows = sealed(codes).select(Appraisal.id, Appraisal.organization, Appraisal.scheme_code)
    newest = {}
    for row, place, code in rows.order_by(Appraisal.period, Appraisal.id).tuples():
        newest[place, code] = row
    return sorted(newest.values())


def rated(scope: Scope, rounds: Any) -> Any:
    """Participants with a result in these rounds (ids or a query of ids)."""
    query = Participant.living().where(
        Participant.appraisal.in_(rounds), Participant.state == "rated", Participant.level != ""
    )
    return _narrowed(scope, query)


def _narrowed(scope: Scope, query: Any) -> Any:
    """Members by their branch of then, organizations by themselves."""
    if scope.places is None:
        return query
    return query.where(
        Participant.organization.in_(scope.places)
        | (Participant.organization.is_null() & Participant.branch.in_(scope.places))
    )


def measures(scope: Scope) -> Iterator[Measure]:
    """The numbers of the county's report on ratings."""
    rural = star_rules("pastoral")
    base = rated(scope, latest(rural))
    yield counted("appraisal.rural.rated", "农牧区参评党员", "名", Participant, base)
    yield counted(
        "appraisal.rural.eight_stars_or_more",
        "农牧区八星级以上党员",
        "名",
        Participant,
        _with_stars(base, rural, PRAISE_STARS),
    )
    community = star_rules("community")
    base = rated(scope, latest(community))
    yield counted("appraisal.community.rated", "社区参评党员", "名", Participant, base)
    yield counted(
        "appraisal.community.ten_stars",
        "社区十星级党员",
        "名",
        Participant,
        _with_stars(base, community, TEN_STARS),
    )
    yield counted(
        "appraisal.rectified_branches",
        "整顿转化党组织（累计）",
        "个",
        Participant,
        rectified(scope),
    )
    yield Measure("appraisal.satisfaction_percent", "群众满意率", "%", satisfaction(scope))
    review = rated(scope, latest(codes_from(REVIEW)))
    yield counted("appraisal.review.rated", "参加民主评议党员", "名", Participant, review)
    excellent = review.where(Participant.level == "优秀")
    yield counted("appraisal.review.excellent", "民主评议优秀", "名", Participant, excellent)


def _with_stars(base: Any, rules: dict[str, Rules], stars: int) -> Any:
    """Those with so many stars or more, by the level names of the schemes."""
    names = {
        level.name
        for one in rules.values()
        for level in one.levels[rank_from(one, stars) :]
        if level.stars
    }
    return base.where(Participant.level.in_(sorted(names)))


def rectified(scope: Scope) -> Any:
    """Organizations that left the last class between two finished rounds of 分类定级."""
    codes = codes_from(CLASSES)
    worst = {
        rules_of(scheme.body).levels[0].name
        for scheme in Scheme.select().where(Scheme.code.in_(codes))
    }
    rounds = sealed(codes).select(Appraisal.id)
    return rated(scope, rounds).where(
        Participant.last_level.in_(sorted(worst)), Participant.level.not_in(sorted(worst))
    )


def satisfaction(scope: Scope) -> int:
    """Satisfied and basically satisfied ballots in a hundred valid ones, of the standing rounds."""
    content, valid = _ballots(scope, latest(codes_from(SATISFACTION)))
    return round(100 * content / valid) if valid else 0


def _ballots(scope: Scope, rounds: list[int]) -> tuple[int, int]:
    rows: Any = (
        Mark.living()
        .select(Mark.cells, Mark.rater, Participant.appraisal)
        .join(Participant)
        .where(Participant.appraisal.in_(rounds))
    )
    rules = {
        row.id: rules_of(row.body) for row in Appraisal.select().where(Appraisal.id.in_(rounds))
    }
    content = valid = 0
    for cells, rater, round_ in _narrowed(scope, rows).tuples():
        grades = rules[round_].rater_of[rater].grades
        for cell_ in cells:
            if isinstance(cell_, list) and len(cell_) == len(grades):
                valid += sum(cell_)
                content += sum(n for grade, n in zip(grades, cell_, strict=True) if grade.share > 0)
    return content, valid


# -- tables -----------------------------------------------------------------------------------


def drafts(scope: Scope) -> Iterator[Draft]:
    """The tables on ratings; what an office never rated has no table."""
    yield Draft("members_by_star", partial(_stars_now, scope))
    for id_, title, domain in (
        ("appraisal_rural", "农牧区党员星级", "pastoral"),
        ("appraisal_community", "社区党员星级", "community"),
    ):
        rules = star_rules(domain)
        if latest(rules):
            yield Draft(id_, partial(_by_scope, scope, id_, f"{title}（最近一次）", rules))
            years = f"{id_}_years"
            yield Draft(years, partial(_by_year, scope, years, f"{title}历年", rules))
    for id_, title, origin, unit in (
        ("appraisal_review", "民主评议党员", REVIEW, "名"),
        ("appraisal_classes", "党组织分类定级", CLASSES, "个"),
        ("appraisal_grades", "年终综合考核", GRADES, "个"),
        ("appraisal_satisfaction", "群众满意度", SATISFACTION, "个"),
    ):
        codes = codes_from(origin)
        if latest(codes):
            yield Draft(id_, partial(_levels, scope, id_, f"{title}结果", codes, unit))


def _stars_now(scope: Scope) -> Figure:
    """The stars that members hold today, by the last finished round of each scope."""
    rules = {**star_rules("pastoral"), **star_rules("community")}
    base = rated(scope, latest(rules))
    rows = []
    for name in _level_names(rules.values()):
        holders = base.where(Participant.level == name).select(Participant.member)
        members = scope.members().where(Member.id.in_(holders))
        rows.append(Row(name, (cell(Member, members),)))
    shown = tuple(row for row in rows if row.cells[0].value)
    return Figure("members_by_star", "党员星级", ("星级", "党员"), shown)


def _rounds_by_scope(codes: Iterable[str]) -> list[tuple[int, str, str]]:
    rows: Any = (
        Appraisal.select(Appraisal.id, Organization.name, Appraisal.period)
        .join(Organization)
        .where(Appraisal.id.in_(latest(codes)))
        .order_by(Organization.code)
    )
    return list(rows.tuples())


def _by_scope(scope: Scope, id_: str, title: str, rules: dict[str, Rules]) -> Figure:
    names = _level_names(rules.values())
    rows = []
    for round_, place, period in _rounds_by_scope(rules):
        base = rated(scope, [round_])
        if not base.exists():
            continue
        cells = [cell(Participant, base), cell(Participant, _with_stars(base, rules, PRAISE_STARS))]
        cells += [cell(Participant, base.where(Participant.level == name)) for name in names]
        rows.append(Row(f"{place} {period}", tuple(cells)))
    heads = ("评定范围", "参评", "八星级以上", *names)
    return Figure(id_, title, heads, summed(rows) if len(rows) > 1 else tuple(rows), drawn=(0, 1))


def _by_year(scope: Scope, id_: str, title: str, rules: dict[str, Rules]) -> Figure:
    rows = []
    for year in _years(rules):
        base = rated(scope, sealed(rules).where(Appraisal.year == year).select(Appraisal.id))
        above = _with_stars(base, rules, PRAISE_STARS)
        ten = _with_stars(base, rules, TEN_STARS)
        ups = base.where(Participant.movement == "up"), base.where(Participant.movement == "down")
        rows.append(Row(f"{year}年", tuple(cell(Participant, q) for q in (base, above, ten, *ups))))
    heads = ("年度", "参评", "八星级以上", "十星级", "升星", "降星")
    return Figure(id_, title, heads, tuple(rows), shape="line", drawn=(0, 1))


def _levels(scope: Scope, id_: str, title: str, codes: list[str], unit: str) -> Figure:
    rules: dict[str, Rules] = {}
    for scheme in Scheme.select().where(Scheme.code.in_(codes)).order_by(Scheme.edition):
        rules[scheme.code] = rules_of(scheme.body)
    names = _level_names(rules.values())
    rows = []
    for year in _years(codes):
        base = rated(scope, sealed(codes).where(Appraisal.year == year).select(Appraisal.id))
        cells = [cell(Participant, base)]
        cells += [cell(Participant, base.where(Participant.level == name)) for name in names]
        rows.append(Row(f"{year}年", tuple(cells)))
    return Figure(
        id_,
        title,
        ("年度", "参评", *names),
        tuple(rows),
        unit=unit,
        drawn=tuple(range(1, len(names) + 1)),
    )


def _years(codes: Iterable[str]) -> list[int]:
    rows = sealed(codes).select(Appraisal.year).distinct().order_by(Appraisal.year).tuples()
    return [year for (year,) in rows]


def _level_names(rules: Iterable[Rules]) -> list[str]:
    """The names of the levels, the best first."""
    names: dict[str, None] = {}
    for one in rules:
        names.update((level.name, None) for level in reversed(one.levels))
    return list(names)
