"""Judges one subject under one scheme: points, stars, level, and every step of the reckoning in words.

Exact throughout; a number is rounded once, for the test against the bands, by the scheme's own rule.
What has not been judged is 未评 and never counts as nought.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from db.rules.quota import Ceiling, Rounding
from db.rules.scheme import Scheme
from db.rules.scoring_items import Inputs, Part, points_of, show
from db.rules.scoring_levels import Standing, stand


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the explanation. Lines of kind base, item and bound carry points that add up to the total."""

    kind: str
    words: str
    points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a subject came to. `total` is exact, in 1/100; `rounded` is what meets the bands."""

    total: Fraction | None
    rounded: Fraction | None
    parts: tuple[Part, ...]
    stars: tuple[str, ...]
    level: str
    vetoes: tuple[str, ...]
    missing: tuple[str, ...]
    lines: tuple[Line, ...]
    not_rated: bool = False
    consequences: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that decides the level has been judged."""
        return not self.missing


def applicable(scheme: Scheme, inputs: Inputs) -> tuple[Part, ...]:
    """The points of each item that applies to this subject."""
    return tuple(
        points_of(item, scheme, inputs)
        for item in scheme.items
        if not item.for_groups or item.for_groups & inputs.groups
    )


def total_of(scheme: Scheme, parts: tuple[Part, ...]) -> tuple[Fraction | None, list[Line]]:
    """The exact total between the scheme's floor and ceiling, and the lines that add up to it."""
    lines = (
        [Line("base", f"基础分 {show(scheme.base)}", Fraction(scheme.base))] if scheme.base else []
    )
    total: Fraction | None = Fraction(scheme.base)
    for part in parts:
        full = f"（满分 {show(part.item.highest)}）" if part.item.highest else ""
        if part.points is None:
            total = None
            lines.append(Line("missing", f"{part.item.name}{full}：{part.words} → 未评"))
            continue
        lines.append(
            Line("item", f"{part.item.name}{full}：{part.words} → {show(part.points)}", part.points)
        )
        total = None if total is None else total + part.points
    if total is None:
        return None, lines
    if scheme.ceiling is not None and total > scheme.ceiling:
        words = f"各项相加 {show(total)}，总分封顶 {show(scheme.ceiling)}"
        lines.append(Line("bound", words, scheme.ceiling - total))
        total = Fraction(scheme.ceiling)
    elif scheme.floor is not None and total < scheme.floor:
        words = f"各项相加 {show(total)}，总分最低 {show(scheme.floor)}"
        lines.append(Line("bound", words, scheme.floor - total))
        total = Fraction(scheme.floor)
    return total, lines


def rounded(scheme: Scheme, total: Fraction) -> Fraction:
    """The total as the scheme rounds it, in 1/100."""
    return scheme.rounding.places(total / 100, scheme.places) * 100


def score(scheme: Scheme, inputs: Inputs) -> Result:
    """Judge one subject."""
    parts = applicable(scheme, inputs)
    total, lines = total_of(scheme, parts)
    missing = [part.item.name for part in parts if part.points is None]
    shown = None
    if total is not None:
        shown = rounded(scheme, total)
        words = f"合计 {show(total)}"
        if shown != total:
            how = {0: "取整", 1: "保留一位小数", 2: "保留两位小数"}[scheme.places]
            rule = {
                Rounding.UP: "进一",
                Rounding.HALF_UP: "四舍五入",
                Rounding.DOWN: "舍去尾数",
            }[scheme.rounding]
            words += f"，{how}、{rule}为 {show(shown)}"
        lines.append(Line("total", words))
    standing = stand(scheme, inputs, parts, shown)
    lines += [Line(kind, words) for kind, words in standing.said]
    missing += [name for name in standing.missing if name not in missing]
    return Result(
        total=total,
        rounded=shown,
        parts=parts,
        stars=standing.stars,
        level=standing.level,
        vetoes=standing.vetoes,
        missing=tuple(missing),
        lines=tuple(lines),
        not_rated=standing.not_rated,
        consequences=_consequences(scheme, inputs, shown, standing),
    )


def _consequences(
    scheme: Scheme, inputs: Inputs, shown: Fraction | None, standing: Standing
) -> tuple[str, ...]:
    found = []
    if shown is not None:
        found = [
            one.text
            for one in scheme.consequences
            if one.category in ("", inputs.category) and shown < one.below
        ]
    if standing.level:
        text = scheme.levels[scheme.level_rank[standing.level]].consequence
        found += [text] if text else []
    return tuple(found)


def after_limits(result: Result, scheme: Scheme, level: str, ceiling: Ceiling[int]) -> Result:
    """The result after 名额: moved from one level to the next below, with the reckoning."""
    limit = next(
        one for one in scheme.limits if scheme.level_rank[one.level] == ceiling.level
    ).allowance
    words = (
        f"名额：“{scheme.levels[ceiling.level].name}”{limit.words(ceiling.counted)}，"
        f"够条件的 {ceiling.wanted} 个，按得分排在名额之外 → {level}"
    )
    return replace(result, level=level, lines=(*result.lines, Line("limit", words)))


def explain(result: Result) -> list[str]:
    """为什么是这个星: the whole reckoning, one sentence a line."""
    lines = [line.words for line in result.lines]
    if result.not_rated:
        lines.append("结论：不参加评定")
    elif result.level:
        lines.append(f"结论：{result.level}")
    else:
        lines.append(f"结论：尚不能定（{'、'.join(result.missing)}）")
    lines += [f"处置：{text}" for text in result.consequences]
    return lines
