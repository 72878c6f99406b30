"""党员 by age, schooling, ethnicity, work and road into the Party (docs/systems.md 3, 24; 党内统计年报)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from peewee import fn

from db.codes import code_list
from db.registers.member import Member, MemberFlag, StatusChange
from db.registers.organization import Organization
from db.statistics.figure import Cell, Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "党员"
ORDER = 20

#: The age bands of the yearly statistics: label, from, to (full years, both included).
AGE_BANDS = (("30岁及以下", 0, 30), ("31至35岁", 31, 35), ("36至40岁", 36, 40), ("41至45岁", 41, 45),
             ("46至50岁", 46, 50), ("51至55岁", 51, 55), ("56至60岁", 56, 60), ("61岁及以上", 61, 200))  # fmt: skip
#: The periods of joining of the yearly statistics: label, first day, the day after the last.
JOINED = (("1937年7月6日以前", "0", "1937-07-07"), ("1937年7月7日至1945年9月2日", "1937-07-07", "1945-09-03"),
          ("1945年9月3日至1949年9月30日", "1945-09-03", "1949-10-01"),
          ("1949年10月至1966年4月", "1949-10", "1966-05"), ("1966年5月至1976年10月", "1966-05", "1976-11"),
          ("1976年11月至1978年12月", "1976-11", "1979"), ("1979年1月至2002年10月", "1979", "2002-11"),
          ("2002年11月至2012年10月", "2002-11", "2012-11"), ("2012年11月及以后", "2012-11", "9999"))  # fmt: skip
_Lines = list[tuple[str, tuple[Any, ...]]]
BEFORE_1949 = "1949-10-01"
ELDERLY = 60


def flagged(scope: Scope, kind: str) -> Any:
    """Members in the headcount on whom a mark stands on the day."""
    today = scope.today.isoformat()
    marks = MemberFlag.living().where(
        MemberFlag.kind == kind, (MemberFlag.until_on == "") | (MemberFlag.until_on > today)
    )
    return scope.members().where(Member.id.in_(marks.select(MemberFlag.member)))


def aged(scope: Scope, first: int, last: int) -> tuple[Any, ...]:
    """The conditions for `first` to `last` full years on the day; an unknown birthday is no age."""
    born = Member.born_on
    return (born != "", born <= scope.born_after(first), born > scope.born_after(last + 1))


def herders() -> list[str]:
    """The kinds of work that count as 农牧民."""
    return sorted(code_list("occupation").marked("herder_or_farmer"))


def measures(scope: Scope) -> Iterator[Measure]:
    """The numbers of the county's report on members."""
    everything = scope.members()

    def some(key: str, label: str, *conditions: Any) -> Measure:
        return counted(key, label, "名", Member, everything.where(*conditions))

    farming = Member.occupation.in_(herders())
    minority = sorted(code_list("ethnicity").marked("minority"))
    yield counted("members.total", "党员", "名", Member, everything)
    yield some("members.full", "正式党员", Member.category == "full")
    yield some("members.probationary", "预备党员", Member.category == "probationary")
    yield some("members.women", "女党员", Member.sex == "2")
    yield some("members.minority", "少数民族党员", Member.ethnicity.in_(minority))
    yield some("members.herders_and_farmers", "农牧民党员", farming)
    yield some("members.elderly_herders", "60岁以上农牧民党员", farming, *aged(scope, ELDERLY, 200))
    yield some(
        "members.before_1949",
        "建国前入党老党员",
        Member.joined_on != "",
        Member.joined_on < BEFORE_1949,
    )
    for key, label, kind in (
        ("members.hardship", "困难党员", "hardship"),
        ("members.mobile", "流动党员", "mobile"),
        ("members.without_post", "无职党员", "no_post"),
        ("members.wealth_leaders", "致富带头人", "wealth_leader"),
        ("members.reserve_cadres", "双强型后备干部", "double_strong_reserve"),
        ("members.fifty_years", "在党50年", "fifty_years"),
    ):
        yield counted(key, label, "名", Member, flagged(scope, kind))


def drafts(scope: Scope) -> Iterator[Draft]:
    """The tables on members, with the bands and periods of the yearly statistics."""
    ages: _Lines = [(label, aged(scope, first, last)) for label, first, last in AGE_BANDS]
    joined: _Lines = [
        (label, (Member.joined_on >= first, Member.joined_on < after))
        for label, first, after in JOINED
    ]
    for id_, title, head, lines in (
        ("members_by_age", "党员年龄结构", "年龄", ages),
        ("members_by_education", "党员学历结构", "学历", _coded("education", Member.education)),
        ("members_by_ethnicity", "党员民族构成", "民族", None),
        (
            "members_by_occupation",
            "党员职业构成",
            "工作岗位",
            _coded("occupation", Member.occupation),
        ),
        ("members_by_joining", "党员入党时间", "入党时间", joined),
    ):
        yield Draft(id_, partial(_breakdown, scope, id_, title, head, lines))
    yield Draft("members_by_domain", partial(_by_domain, scope))
    yield Draft("members_changes", partial(_changes, scope))


def _coded(name: str, column: Any) -> _Lines:
    return [(item.label, (column == item.code,)) for item in code_list(name)]


def _present(scope: Scope, name: str) -> _Lines:
    column = getattr(Member, name)
    counts = (
        scope.members().select(column, fn.COUNT(Member.id).alias("n")).group_by(column).tuples()
    )
    order = sorted(((n, code) for code, n in counts if code), reverse=True)
    return [(code_list(name).label_of(code), (column == code,)) for _, code in order]


def _breakdown(scope: Scope, id_: str, title: str, head: str, lines: _Lines | None) -> Figure:
    """All, women, minority, herders, probationary — one line a class, and one for the unknown."""
    everything = scope.members()
    minority = sorted(code_list("ethnicity").marked("minority"))
    splits: list[Any] = [
        None,
        Member.sex == "2",
        Member.ethnicity.in_(minority),
        Member.occupation.in_(herders()),
        Member.category == "probationary",
    ]
    rows = []
    for label, conditions in _present(scope, "ethnicity") if lines is None else lines:
        base = everything.where(*conditions)
        cells = tuple(cell(Member, base if s is None else base.where(s)) for s in splits)
        if cells[0].value:
            rows.append(Row(label, cells))
    whole = [cell(Member, everything if s is None else everything.where(s)).value for s in splits]
    rest = [count - sum(row.cells[at].value for row in rows) for at, count in enumerate(whole)]
    if rest[0]:
        rows.append(Row("未填", tuple(Cell(value) for value in rest)))
    heads = (head, "党员", "女", "少数民族", "农牧民", "预备党员")
    return Figure(id_, title, heads, summed(rows))


def _by_domain(scope: Scope) -> Figure:
    everything = scope.members()
    rows = []
    for domain in code_list("domain"):
        places = Organization.select(Organization.id).where(Organization.domain == domain.code)
        base = everything.where(Member.organization.in_(places))
        rows.append(
            Row(
                domain.label,
                (
                    cell(Member, base),
                    cell(Member, base.where(Member.category == "full")),
                    cell(Member, base.where(Member.category == "probationary")),
                    cell(Member, base.where(Member.sex == "2")),
                    cell(Member, base.where(*aged(scope, ELDERLY, 200))),
                ),
            )
        )
    heads = ("所属领域", "党员", "正式党员", "预备党员", "女党员", "60岁以上")
    return Figure("members_by_domain", "党员分领域情况", heads, summed(rows))


def _changes(scope: Scope) -> Figure:
    """Ten years of admissions, arrivals and departures."""
    adds = {i.code for i in code_list("status_change") if i.is_marked("adds")}
    kinds = [("发展", ["admitted"]), ("转正", ["confirmed"]), ("转入", sorted(adds - {"admitted"})),
             ("转出", ["moved_out"]), ("去世", ["deceased"]),
             ("除名、开除等", ["expelled", "removed", "persuaded", "withdrawn", "revoked"])]  # fmt: skip
    inside = Member.select(Member.id)
    lines = StatusChange.living().where(
        StatusChange.member.in_(scope.narrowed(inside, Member.organization))
    )
    year = fn.SUBSTR(StatusChange.on, 1, 4)
    rows = [
        Row(
            f"{number}年",
            tuple(
                cell(StatusChange, lines.where(year == str(number), StatusChange.kind.in_(codes)))
                for _, codes in kinds
            ),
        )
        for number in range(scope.today.year - 9, scope.today.year + 1)
    ]
    heads = ("年度", *(label for label, _ in kinds))
    return Figure(
        "members_changes", "近十年党员变动", heads, tuple(rows), drawn=(0, 3, 4), shape="line"
    )
