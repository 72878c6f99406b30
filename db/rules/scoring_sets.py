"""Judges a whole round at once: the same numbers as `score`, without the words.

Sheets of plain marks need one weighted sum per subject; what else a subject may carry (ballots, events,
numbers, vetoes) is added where it occurs, and what does not fit at all goes to `score`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import mul

from db.rules.quota import Rounding
from db.rules.scheme import Combine, Rater, Scheme
from db.rules.scheme_items import Item, Marked
from db.rules.scoring import score
from db.rules.scoring_items import Cell, Inputs, points_of
from db.rules.scoring_levels import stand


@dataclass(frozen=True, slots=True)
class Standings:
    """One entry per subject, in the order given; None where something is still 未评.

    `totals` are exact, in 1/(100 × scale) point; `rounded` in 1/100 point; `ranks` count levels from 0.
    """

    scale: int
    totals: list[Fraction | int | None]
    rounded: list[int | None]
    ranks: list[int | None]

    def total(self, number: int) -> Fraction | None:
        """The exact total of one subject in 1/100 point."""
        total = self.totals[number]
        return None if total is None else Fraction(total) / self.scale


@dataclass(frozen=True, slots=True)
class _Share:
    """What one rater group adds: each box times its coefficient, in the plan's scale."""

    rater: Rater
    coefficients: tuple[int, ...]
    even: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """A scheme worked out once for many subjects."""

    scale: int
    base: int
    shares: tuple[_Share, ...]
    others: tuple[Item, ...]
    simple: bool


def score_all(scheme: Scheme, inputs: Sequence[Inputs]) -> Standings:
    """Judge many subjects under one scheme."""
    plan = _plan(scheme)
    scale = plan.scale if plan else 1
    found = Standings(scale, [], [], [])
    add_total, add_rounded = found.totals.append, found.rounded.append
    add_rank = found.ranks.append
    total_of = _summing(scheme, plan) if plan else None
    round_ = _rounder(scheme, scale)
    ceiling = None if scheme.ceiling is None else scheme.ceiling * scale
    floor = None if scheme.floor is None else scheme.floor * scale
    starts = [level.start or 0 for level in scheme.levels[1:]]
    simple = plan is not None and plan.simple
    for one in inputs:
        total = total_of(one) if total_of else None
        if total is None:
            result = score(scheme, one)
            add_total(None if result.total is None else result.total * scale)
            add_rounded(None if result.rounded is None else int(result.rounded))
            add_rank(scheme.level_rank.get(result.level))
            continue
        if ceiling is not None and total > ceiling:
            total = ceiling
        elif floor is not None and total < floor:
            total = floor
        shown = round_(total)
        add_total(total)
        add_rounded(shown)
        if simple and not one.vetoes:
            rank = 0
            for start in starts:
                if shown < start:
                    break
                rank += 1
            add_rank(rank)
        else:
            standing = stand(scheme, one, (), Fraction(shown))
            add_rank(scheme.level_rank.get(standing.level))
    return found


def _plan(scheme: Scheme) -> _Plan | None:
    """How to sum this scheme; None when only `score` can do it."""
    marked = [item for item in scheme.items if isinstance(item, Marked)]
    needs_parts = scheme.stars or any(one.kind == "item" for one in scheme.conditions)
    if needs_parts or scheme.combine is Combine.LAST or not marked:
        return None
    if any(item.for_groups for item in scheme.items):
        return None
    weight_of = {
        rater.id: rater.weight if scheme.combine is Combine.WEIGHTED else 1
        for rater in scheme.raters
    }
    if any(not rater.required for rater in scheme.raters if weight_of[rater.id]):
        return None
    sums = {item.id: sum(weight_of[r] for r in scheme.raters_of(item)) for item in marked}
    scale = lcm(*sums.values())
    shares = []
    for rater in scheme.raters:
        boxes = scheme.sheet[rater.id]
        if not weight_of[rater.id] or not boxes:
            continue
        if not all(isinstance(item, Marked) for item in boxes):
            return None
        coefficients = tuple(weight_of[rater.id] * scale // sums[item.id] for item in boxes)
        shares.append(_Share(rater, coefficients, len(set(coefficients)) == 1))
    others = tuple(item for item in scheme.items if not isinstance(item, Marked))
    simple = not (
        scheme.review
        or scheme.lifts
        or scheme.one_step
        or any(level.needs for level in scheme.levels)
    )
    return _Plan(scale, scheme.base * scale, tuple(shares), others, simple)


def _summing(scheme: Scheme, plan: _Plan) -> Callable[[Inputs], Fraction | int | None]:
    """The exact sum of one subject, before ceiling and floor; None when `score` has to look at it."""
    base, others = plan.base, plan.others
    quick = [
        (share.rater.id, len(share.coefficients), share.coefficients[0]) for share in plan.shares
    ]
    if all(share.even for share in plan.shares) and not others:

        def plain(one: Inputs) -> Fraction | int | None:
            total, sheets = base, one.sheets
            try:
                for rater, boxes, coefficient in quick:
                    sheet = sheets[rater]
                    if len(sheet) != boxes:
                        return None
                    total += sum(sheet) * coefficient  # type: ignore[arg-type]
            except (TypeError, KeyError):
                return mixed(one)
            return total

    def mixed(one: Inputs) -> Fraction | int | None:
        total: Fraction | int = base
        for share in plan.shares:
            added = _given(one.sheets.get(share.rater.id), share)
            if added is None:
                return None
            total += added
        for item in others:
            points = points_of(item, scheme, one).points
            if points is None:
                return None
            total += points * plan.scale
        return total

    return plain if all(share.even for share in plan.shares) and not others else mixed


def _given(sheet: Sequence[Cell] | None, share: _Share) -> Fraction | int | None:
    """What a group's sheet adds; None when a box is empty, short of ballots or of another kind."""
    coefficients, rater = share.coefficients, share.rater
    if sheet is None or len(sheet) != len(coefficients):
        return None
    try:
        total_points: int = sum(map(mul, sheet, coefficients))
        return total_points
    except TypeError:
        pass
    if rater.grades:
        return None
    total: Fraction | int = 0
    for cell, coefficient in zip(sheet, coefficients, strict=True):
        if cell is None:
            return None
        if isinstance(cell, int):
            total += cell * coefficient
            continue
        ballots, summed, high, low = cell
        if ballots < max(rater.least_ballots, 1):
            return None
        if rater.drop_extremes and ballots >= 3:
            ballots, summed = ballots - 2, summed - high - low
        total += Fraction(summed * coefficient, ballots)
    return total


def _rounder(scheme: Scheme, scale: int) -> Callable[[Fraction | int], int]:
    """The scheme's rounding from the plan's scale to 1/100 point."""
    grid = 10 ** (2 - scheme.places)
    step = grid * scale
    if scheme.rounding is Rounding.DOWN:
        return lambda total: int(total // step) * grid
    if scheme.rounding is Rounding.UP:
        return lambda total: -int(-total // step) * grid

    def half_up(total: Fraction | int) -> int:
        if total >= 0:
            return int((2 * total + step) // (2 * step)) * grid
        return -int((step - 2 * total) // (2 * step)) * grid

    return half_up
