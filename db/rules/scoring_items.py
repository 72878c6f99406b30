"""Points of one item for one subject, exactly, with the sentence that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from db.rules.quota import decimal
from db.rules.scheme import Combine, Rater, Scheme
from db.rules.scheme_items import Banded, Drawn, Events, Item, Marked, YesNo

#: One box of a score sheet: nothing yet, the points of one hand in 1/100, or of many hands
#: [ballots, sum, highest, lowest]; for a ballot with grades, the count of each grade in order.
Cell = int | Sequence[int] | None

NUMBER_OF_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Booked:
    """One event on the running account: which clause of which item, when, how many points (1/100)."""

    item: str
    clause: str
    on: str
    points: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that is known about one subject in one round.

    `sheets` follows `Scheme.sheet`: per rater group one cell for each item it marks. `values` are the
    numbers behind banded items ("item.measure") and drawn ones (source). `answers` are yes or no.
    """

    sheets: Mapping[str, Sequence[Cell]] = field(default_factory=dict)
    events: Sequence[Booked] = ()
    values: Mapping[str, Fraction | int] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    vetoes: Sequence[str] = ()
    review: str = ""
    last: str = ""
    category: str = ""
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """What one item came to: points in 1/100, None when it has not been judged; and why."""

    item: Item
    points: Fraction | None
    words: str


def show(points: Fraction | int) -> str:
    """Points in 1/100 as people write them."""
    return decimal(Fraction(points) / 100)


def average(cell: Cell, rater: Rater, item: Item) -> tuple[Fraction | None, str]:
    """What one rater group gave, in 1/100; None with the reason when it does not count."""
    if cell is None:
        return None, "未评"
    if isinstance(cell, int):
        return Fraction(cell), ""
    high = low = 0
    if rater.grades:
        ballots = sum(cell)
        total = sum(
            (g.share * n for g, n in zip(rater.grades, cell, strict=True)), start=Fraction(0)
        ) * (item.highest or 0)
        words = "、".join(f"{g.name}{n}" for g, n in zip(rater.grades, cell, strict=True) if n)
        words = f"{ballots} 票：{words}"
    else:
        ballots, summed, high, low = cell
        total, words = Fraction(summed), f"{ballots} 票"
    if ballots < max(rater.least_ballots, 1):
        return None, f"有效票 {ballots} 张，不足 {rater.least_ballots} 张"
    if rater.drop_extremes and ballots >= 3:
        words += f"，去掉最高 {show(high)}、最低 {show(low)}"
        return (total - high - low) / (ballots - 2), words
    return total / ballots, words


def combined(item: Item, scheme: Scheme, inputs: Inputs) -> tuple[Fraction | None, str]:
    """What all rater groups together gave for an item."""
    given: list[tuple[Rater, Fraction]] = []
    said: list[str] = []
    missing: list[str] = []
    for rater_id in scheme.raters_of(item):
        rater = scheme.rater_of[rater_id]
        sheet = inputs.sheets.get(rater_id, ())
        place = scheme.sheet[rater_id].index(item)
        points, words = average(sheet[place] if place < len(sheet) else None, rater, item)
        counts = scheme.combine is not Combine.WEIGHTED or rater.weight > 0
        if points is None:
            if counts and rater.required:
                missing.append(f"{rater.name}{words}")
            continue
        weight = f"×{decimal(Fraction(rater.weight, 100))}%" if rater.weight and counts else ""
        remark = f"（{words}）" if words else ""
        if scheme.combine is not Combine.WEIGHTED:
            weight = ""
        said.append(
            f"{rater.name} {show(points)}{weight}{remark}{'' if counts else '（只作参考）'}"
        )
        if counts:
            given.append((rater, points))
    if missing:
        return None, "、".join(missing)
    if not given:
        return None, "各方均未评"
    if scheme.combine is Combine.LAST:
        return given[-1][1], f"{'；'.join(said)}；以{given[-1][0].name}为准"
    if scheme.combine is Combine.MEAN:
        return sum((p for _, p in given), Fraction(0)) / len(given), " + ".join(said) + (
            f"，{len(given)} 方平均" if len(given) > 1 else ""
        )
    weights = sum(rater.weight for rater, _ in given)
    total = sum((points * rater.weight for rater, points in given), Fraction(0)) / weights
    words = " + ".join(said)
    if weights != 10_000 and len(given) > 1:
        words += f"，按权重合计 {decimal(Fraction(weights, 100))} 折算"
    return total, words


def points_of(item: Item, scheme: Scheme, inputs: Inputs) -> Part:
    """The points of one item, and why."""
    if isinstance(item, Marked):
        return _marked(item, scheme, inputs)
    if isinstance(item, Events):
        return _events(item, inputs)
    if isinstance(item, Banded):
        return _banded(item, scheme, inputs)
    if isinstance(item, Drawn):
        return _drawn(item, inputs)
    if isinstance(item, YesNo):
        answer = inputs.answers.get(item.id)
        if answer is None:
            return Part(item, Fraction(0) if item.optional else None, "尚未认定")
        return Part(item, Fraction(item.points if answer else 0), "是" if answer else "否")
    raise TypeError(f"unknown kind of item: {type(item).__name__}")


def _marked(item: Marked, scheme: Scheme, inputs: Inputs) -> Part:
    points, words = combined(item, scheme, inputs)
    if points is None:
        if item.optional:
            return Part(item, Fraction(0), "没有加减分")
        return Part(item, None, words)
    if points < 0 and item.reverse:
        words += "，倒扣"
    return Part(item, points, words)


def span_of(on: str, kind: str) -> str:
    """Which month, quarter, half year or year a date falls in: ("2024-05-03", "quarter") → "2024-2"."""
    months = NUMBER_OF_MONTHS[kind]
    month = int(on[5:7]) if len(on) >= 7 else 1
    return f"{on[:4]}-{(month - 1) // months + 1}"


def _events(item: Events, inputs: Inputs) -> Part:
    booked = [event for event in inputs.events if event.item == item.id]
    spans: dict[str, int] = {}
    clauses: dict[str, list[int]] = {}
    for event in booked:
        span = span_of(event.on, item.cap_per) if item.cap_per else ""
        spans[span] = spans.get(span, 0) + event.points
        clauses.setdefault(event.clause, []).append(event.points)
    said = []
    for clause_id, given in clauses.items():
        clause = item.clause(clause_id)
        name = clause.text if clause else clause_id
        each = f"{len(given)} 次 × {show(given[0])}" if len(set(given)) == 1 else f"{len(given)} 次"
        said.append(f"{name} {each} = {show(sum(given))}")
    total = item.start
    words = "；".join(said) or "没有记录"
    if item.start:
        words = f"起评 {show(item.start)}；{words}"
    for span, sum_ in sorted(spans.items()):
        capped = sum_ if item.cap_each is None else min(sum_, item.cap_each)
        if capped != sum_:
            words += f"；{span.replace('-', ' 年第 ')} 期 {show(sum_)}，每期封顶 {show(capped)}"
        total += capped
    held, remark = _hold(total, item.cap, item.floor)
    return Part(item, Fraction(held), words + remark)


def _hold(points: Fraction | int, cap: int | None, floor: int | None) -> tuple[Fraction, str]:
    """Between floor and cap, with the words when it was held back."""
    if cap is not None and points > cap:
        return Fraction(cap), f"；共 {show(points)}，封顶 {show(cap)}"
    if floor is not None and points < floor:
        return Fraction(floor), f"；共 {show(points)}，最低 {show(floor)}"
    return Fraction(points), ""


def row_reached(item: Banded, values: Mapping[str, Fraction | int]) -> int | None:
    """The number of the highest band that any measure reaches; None when no number is known."""
    known = [values.get(f"{item.id}.{one.id}", values.get(one.source)) for one in item.measures]
    if all(value is None for value in known):
        return None
    for number in range(len(item.rows) - 1, 0, -1):
        for value, at in zip(known, item.rows[number].at, strict=True):
            if value is not None and at is not None and value >= at:
                return number
    return 0


def _banded(item: Banded, scheme: Scheme, inputs: Inputs) -> Part:
    number = row_reached(item, inputs.values)
    if number is None:
        names = "、".join(measure.name for measure in item.measures)
        if item.optional:
            return Part(item, Fraction(0), f"没有填{names}")
        return Part(item, None, f"缺{names}")
    row = item.rows[number]
    said = "，".join(
        f"{one.name} {decimal(Fraction(value))}{one.unit}"
        for one in item.measures
        if (value := inputs.values.get(f"{item.id}.{one.id}", inputs.values.get(one.source)))
        is not None
    )
    if row.low == row.high:
        return Part(item, Fraction(row.low), f"{said}，列第 {number + 1} 档")
    band = f"{show(row.low)}—{show(row.high)} 分"
    points, words = combined(item, scheme, inputs)
    if points is None:
        return Part(item, None, f"{said}，应在 {band}内评分；{words}")
    if not row.low <= points <= row.high:
        return Part(item, None, f"{said}，应在 {band}内评分，所给 {show(points)} 不在其内")
    return Part(item, points, f"{said}，列第 {number + 1} 档（{band}）；{words}")


def _drawn(item: Drawn, inputs: Inputs) -> Part:
    value = inputs.values.get(item.source)
    if value is None:
        if item.optional:
            return Part(item, Fraction(item.start), "台账没有数")
        return Part(item, None, "台账没有数，也未填写")
    points, remark = _hold(item.start + item.each * value, item.cap, item.floor)
    words = f"{decimal(Fraction(value))}{item.unit} × {show(item.each)}"
    if item.start:
        words = f"起评 {show(item.start)}；{words}"
    return Part(item, points, words + remark)
