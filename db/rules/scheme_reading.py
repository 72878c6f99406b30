"""Reads a rating scheme from its TOML or JSON body and says, place by place, what cannot be understood.

The body is what people edit and what travels; the `Scheme` is what the engine works with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from db.errors import Fault, Refusal
from db.rules.quota import Allowance, Rounding
from db.rules.scheme import (
    Combine,
    Condition,
    Consequence,
    Effect,
    Exemption,
    Grade,
    Level,
    LevelLimit,
    Lift,
    NotRated,
    Period,
    Rater,
    Review,
    ReviewGrade,
    Scheme,
    Star,
    Step,
    Subject,
    Veto,
)
from db.rules.scheme_items import (
    Banded,
    Clause,
    Drawn,
    Events,
    Item,
    Marked,
    Measure,
    Row,
    YesNo,
)
from db.rules.scheme_table import Table

PERIODS = ("month", "quarter", "half_year", "year")


def read_scheme(body: Mapping[str, Any]) -> Scheme:
    """The scheme of a body; Refusal lists everything that does not fit, each with its place."""
    from db.rules.scheme_checks import check

    faults: list[Fault] = []
    top = Table(body, "", faults)
    raters = tuple(_rater(row) for row in top.rows("raters", "评分主体"))
    result = top.table("result", "评定结果") or Table({}, "评定结果", faults)
    notice = top.table("notice", "公示") or Table({}, "公示", faults)
    rounding = top.table("rounding", "小数处理") or Table({}, "小数处理", faults)
    review = top.table("review", "民主评议")
    scheme = Scheme(
        name=top.text("name", needed="请填写办法名称"),
        subject=Subject(top.one_of("subject", [one.value for one in Subject], "member")),
        period=Period(
            top.one_of("period", PERIODS, "year"),
            top.one_of("statement", ("", *PERIODS), ""),
        ),
        basis=top.text("basis"),
        source=top.text("source"),
        note=top.text("note"),
        base=top.points("base", 0) or 0,
        ceiling=top.points("ceiling"),
        floor=top.points("floor"),
        places=min(rounding.number("places", 2), 2),
        rounding=Rounding(
            rounding.one_of("rule", [one.value for one in Rounding], Rounding.HALF_UP)
        ),
        combine=Combine(top.one_of("combine", [one.value for one in Combine], "weighted")),
        raters=raters,
        items=tuple(_item(row) for row in top.rows("items", "考核项目")),
        stars=tuple(_star(row) for row in top.rows("stars", "星")),
        by_stars=result.one_of("by", ("total", "stars"), "total") == "stars",
        levels=_levels(top),
        conditions=tuple(_condition(row) for row in top.rows("conditions", "附加条件")),
        review=_review(review) if review else None,
        lifts=tuple(_lift(row) for row in top.rows("lifts", "直接定级")),
        one_step=result.flag("one_step"),
        one_step_unless=result.text("one_step_unless"),
        tie_break=result.words("tie_break"),
        limits=tuple(_limit(row) for row in top.rows("limits", "名额")),
        vetoes=tuple(_veto(row) for row in top.rows("vetoes", "一票否决")),
        not_rated=tuple(_not_rated(row) for row in top.rows("not_rated", "不参评")),
        exemptions=tuple(_exemption(row) for row in top.rows("exemptions", "免评")),
        consequences=tuple(_consequence(row) for row in top.rows("consequences", "处置")),
        groups=top.words("groups"),
        domains=top.words("domains"),
        kinds=top.words("kinds"),
        steps=tuple(_step(row) for row in top.rows("steps", "步骤")),
        quorum=top.share("quorum"),
        notice_days=notice.number("days", 5),
        notice_unit=notice.one_of("unit", ("calendar", "working"), "calendar"),
    )
    for table in (top, result, notice, rounding):
        table.close()
    faults += check(scheme) if not faults else []
    if faults:
        raise Refusal.of_faults(faults)
    return scheme


def _closing(read: Callable[[Table], Any]) -> Callable[[Table], Any]:
    def wrapped(table: Table) -> Any:
        value = read(table)
        table.close()
        return value

    return wrapped


@_closing
def _rater(row: Table) -> Rater:
    return Rater(
        id=row.text("id", needed="缺少 id"),
        name=row.text("name", needed="缺少名称"),
        weight=row.points("weight", 0) or 0,
        required=row.flag("required", True),
        least_ballots=row.number("least_ballots", 1),
        drop_extremes=row.flag("drop_extremes"),
        ballot=row.flag("ballot"),
        grades=tuple(_grade(one) for one in row.rows("grades", "票面等次")),
    )


@_closing
def _grade(row: Table) -> Grade:
    return Grade(row.text("name", needed="缺少名称"), row.share("share") or Fraction(0))


def _item(row: Table) -> Item:
    kind = row.one_of("kind", tuple(_ITEMS), "marked")
    common = {
        "id": row.text("id", needed="缺少 id"),
        "name": row.text("name", needed="缺少名称"),
        "heading": row.text("heading"),
        "standard": row.text("standard"),
        "for_groups": frozenset(row.words("for_groups")),
        "optional": row.flag("optional"),
    }
    item: Item = _ITEMS[kind](row, common)
    row.close()
    return item


def _marked(row: Table, common: dict[str, Any]) -> Item:
    return Marked(
        **common,
        maximum=row.points("max", 0) or 0,
        minimum=row.points("min", 0) or 0,
        reverse=row.points("reverse", 0) or 0,
        step=row.points("step", 0) or 0,
        raters=row.words("raters"),
    )


def _events(row: Table, common: dict[str, Any]) -> Item:
    return Events(
        **common,
        start=row.points("start", 0) or 0,
        cap=row.points("cap"),
        floor=row.points("floor"),
        cap_each=row.points("cap_each"),
        cap_per=row.one_of("cap_per", ("", *PERIODS), ""),
        clauses=tuple(_clause(one) for one in row.rows("clauses", "记分情形")),
    )


@_closing
def _clause(row: Table) -> Clause:
    fixed = row.points("points")
    low, high = row.points("low", fixed), row.points("high", fixed)
    if low is None or high is None:
        row.fault("请写明分值（points），或最低分（low）与最高分（high）")
    return Clause(row.text("id", needed="缺少 id"), row.text("text"), low or 0, high or 0)


def _banded(row: Table, common: dict[str, Any]) -> Item:
    measures = tuple(_measure(one) for one in row.rows("measures", "指标"))
    return Banded(
        **common,
        measures=measures,
        rows=tuple(_row(one, len(measures)) for one in row.rows("rows", "分档")),
        raters=row.words("raters"),
    )


@_closing
def _measure(row: Table) -> Measure:
    return Measure(
        row.text("id", needed="缺少 id"),
        row.text("name", needed="缺少名称"),
        row.text("unit"),
        row.text("source"),
    )


def _row(row: Table, measures: int) -> Row:
    at: list[Fraction | None] = []
    for value in row.raw("at") or ():
        try:
            at.append(None if value in ("", "-") else Fraction(str(value)))
        except ValueError:
            row.fault(f"起点“{value}”应为数")
            at.append(None)
    if len(at) != measures:
        row.fault(f"“at”应按指标写 {measures} 个起点")
    low = row.points("low", 0) or 0
    high = row.points("high", low)
    row.close()
    return Row(tuple(at), low, low if high is None else high)


def _drawn(row: Table, common: dict[str, Any]) -> Item:
    each = row.raw("each")
    try:
        worth = Fraction(str(each if each is not None else 0))
    except ValueError:
        row.fault(f"“each”应为每一单位的分值，现为“{each}”")
        worth = Fraction(0)
    return Drawn(
        **common,
        source=row.text("source", needed="请写明取数来源（source）"),
        start=row.points("start", 0) or 0,
        each=worth * 100,
        unit=row.text("unit"),
        cap=row.points("cap"),
        floor=row.points("floor"),
    )


def _yes_no(row: Table, common: dict[str, Any]) -> Item:
    return YesNo(**common, points=row.points("points", 0) or 0)


_ITEMS: dict[str, Callable[[Table, dict[str, Any]], Item]] = {
    "marked": _marked,
    "events": _events,
    "banded": _banded,
    "drawn": _drawn,
    "yes_no": _yes_no,
}


@_closing
def _star(row: Table) -> Star:
    return Star(
        row.text("id", needed="缺少 id"),
        row.text("name", needed="缺少名称"),
        row.words("items"),
        row.points("at_least"),
        row.points("with_total"),
    )


def _levels(top: Table) -> tuple[Level, ...]:
    """Levels from the lowest up; a written `to` must meet the next `from`."""
    rows = top.rows("levels", "等次")
    levels: list[Level] = []
    ends: list[int | None] = []
    for row in rows:
        stars = row.raw("stars")
        levels.append(
            Level(
                name=row.text("name", needed="缺少名称"),
                start=row.points("from"),
                stars=stars if isinstance(stars, int) else None,
                needs=row.words("needs"),
                plate=row.flag("plate", True),
                praise=row.flag("praise"),
                consequence=row.text("consequence"),
            )
        )
        ends.append(row.points("to"))
        row.close()
    for row, level, end, above in zip(rows, levels, ends, levels[1:], strict=False):
        if end is None or above.start is None or end == above.start:
            continue
        far = "之间没有着落" if end < above.start else "之间归了两档"
        first, second = sorted((end, above.start))
        row.fault(
            f"“{level.name}”到 {end / 100:g} 分为止，“{above.name}”从 {above.start / 100:g} 分起，"
            f"{first / 100:g} 至 {second / 100:g} 分{far}"
        )
    return tuple(levels)


@_closing
def _condition(row: Table) -> Condition:
    return Condition(
        id=row.text("id", needed="缺少 id"),
        name=row.text("name", needed="缺少名称"),
        kind=row.one_of("kind", ("flag", "item", "review", "last"), "flag"),
        item=row.text("item"),
        at_least=row.points("at_least", 0) or 0,
        grade=row.text("grade"),
        level=row.text("level"),
    )


@_closing
def _review(row: Table) -> Review:
    grades = tuple(
        ReviewGrade(one.text("name", needed="缺少名称"), one.text("highest"))
        for one in row.rows("grades", "等次")
    )
    return Review(row.text("name", "民主评议"), grades, row.flag("required", True))


@_closing
def _lift(row: Table) -> Lift:
    return Lift(row.text("id", needed="缺少 id"), row.text("name"), row.text("level"))


@_closing
def _limit(row: Table) -> LevelLimit:
    number = row.raw("number")
    if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
        row.fault(f"名额“{number}”应为整数")
        number = None
    share = row.share("share")
    if number is None and share is None:
        row.fault("请写明名额数（number）或比例（share）")
    rule = Rounding(row.one_of("rounding", [one.value for one in Rounding], Rounding.DOWN))
    return LevelLimit(
        level=row.text("level", needed="请写明是哪一等次"),
        allowance=Allowance(number, share, rule, row.number("least")),
        per=row.one_of("per", ("round", "township", "branch", "domain"), "round"),
        at_least=row.flag("at_least"),
    )


@_closing
def _veto(row: Table) -> Veto:
    return Veto(
        row.text("id", needed="缺少 id"),
        row.text("text", needed="请写明情形"),
        Effect(row.one_of("effect", [one.value for one in Effect], "none")),
        row.text("level"),
    )


@_closing
def _not_rated(row: Table) -> NotRated:
    return NotRated(
        row.text("name", needed="缺少名称"),
        row.text("category"),
        row.text("flag"),
        row.number("below_months"),
    )


@_closing
def _exemption(row: Table) -> Exemption:
    return Exemption(
        row.text("name", needed="缺少名称"),
        row.text("flag"),
        row.number("from_age"),
        row.flag("by_wish"),
        row.flag("by_meeting"),
    )


@_closing
def _consequence(row: Table) -> Consequence:
    return Consequence(row.text("category"), row.points("below", 0) or 0, row.text("text"))


@_closing
def _step(row: Table) -> Step:
    return Step(
        row.one_of("kind", STEPS, "marks"),
        row.text("name", needed="缺少名称"),
        row.words("raters"),
    )


#: What a step records: marks, a meeting, a public notice, a decision with its document, plates.
STEPS = ("draft", "marks", "meeting", "notice", "decision", "plates")
