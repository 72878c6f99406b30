"""Judges a whole round at once: the same numbers as `score`, without the words.

Sheets of plain marks need one weighted sum per subject; what else a subject may carry (ballots, events,
numbers, vetoes) is added where it occurs, and what does not fit at all goes to `score`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from operator import mul
from typing import Any

from db.rules.quota import Rounding
from db.rules.scheme import Combine, Rater, Scheme
from db.rules.scheme_items import Item, Marked
from db.rules.scoring import score
from db.rules.scoring_items import Cell, Inputs, points_of
from db.rules.scoring_levels import Standing, after_band


@dataclass(frozen=True, slots=True)
class Standings:
    """One entry per subject, in the order given; None where something is still 未评.

    `totals` are exact, in 1/(100 × scale) point; `rounded` in 1/100 point; `ranks` count levels from 0;
    `stars` are the names of the stars won.
    """

    scale: int
    totals: list[Fraction | int | None]
    rounded: list[int | None]
    ranks: list[int | None]
    stars: list[tuple[str, ...]]

    def total(self, number: int) -> Fraction | None:
        """The exact total of one subject in 1/100 point."""
        total = self.totals[number]
        return None if total is None else Fraction(total) / self.scale


@dataclass(frozen=True, slots=True)
class _Share:
    """What one rater group adds: for each of its boxes the item's place and the coefficient, in the plan's scale."""

    rater: Rater
    places: tuple[int, ...]
    coefficients: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Star:
    """A star as places of items and what they must come to, in the plan's scale."""

    name: str
    places: tuple[int, ...]
    least: int
    with_total: int | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A scheme worked out once for many subjects; `even` when every group marks every item alike."""

    scale: int
    base: int
    marked: int
    shares: tuple[_Share, ...]
    others: tuple[Item, ...]
    stars: tuple[_Star, ...]
    even: bool
    simple: bool


def score_all(scheme: Scheme, inputs: Sequence[Inputs]) -> Standings:
    """Judge many subjects under one scheme."""
    plan = _plan(scheme)
    if plan is None:
        found = Standings(1, [], [], [], [])
        for one in inputs:
            _alone(scheme, one, found)
        return found
    scale = plan.scale
    found = Standings(scale, [], [], [], [])
    reckon = _reckoning(scheme, plan)
    round_ = _rounder(scheme, scale)
    ceiling = None if scheme.ceiling is None else scheme.ceiling * scale
    floor = None if scheme.floor is None else scheme.floor * scale
    starts = [level.start or 0 for level in scheme.levels[1:]]
    add_total, add_rounded = found.totals.append, found.rounded.append
    add_rank, add_stars = found.ranks.append, found.stars.append
    for one in inputs:
        reckoned = None if one.vetoes else reckon(one)
        if reckoned is None:
            _alone(scheme, one, found)
            continue
        total, points, parts = reckoned
        if ceiling is not None and total > ceiling:
            total = ceiling
        elif floor is not None and total < floor:
            total = floor
        shown = round_(total)
        add_total(total)
        add_rounded(shown)
        measure = shown
        won: tuple[str, ...] = ()
        if plan.stars:
            won = _won(plan.stars, points, shown, parts)
            measure = 100 * len(won) if scheme.by_stars else shown
        add_stars(won)
        rank = 0
        for start in starts:
            if measure < start:
                break
            rank += 1
        if not plan.simple:
            standing = Standing(scheme, rank)
            after_band(standing, one, {})
            add_rank(scheme.level_rank.get(standing.level))
        else:
            add_rank(rank)
    return found


def _alone(scheme: Scheme, one: Inputs, found: Standings) -> None:
    """Judge a subject that does not fit the plan."""
    result = score(scheme, one)
    found.totals.append(None if result.total is None else result.total * found.scale)
    found.rounded.append(None if result.rounded is None else int(result.rounded))
    found.ranks.append(scheme.level_rank.get(result.level))
    found.stars.append(result.stars)


def _won(stars: Sequence[_Star], points: Sequence[int], shown: int, parts: int) -> tuple[str, ...]:
    """The stars that are won; `parts` is what the points are divided by beside the plan's scale."""
    won = []
    for star in stars:
        places = star.places
        sum_ = points[places[0]] if len(places) == 1 else sum(points[place] for place in places)
        if sum_ >= star.least * parts and (star.with_total is None or shown >= star.with_total):
            won.append(star.name)
    return tuple(won)


def _plan(scheme: Scheme) -> _Plan | None:
    """How to reckon this scheme; None when only `score` can do it."""
    marked = [item for item in scheme.items if isinstance(item, Marked)]
    place_of = {item.id: place for place, item in enumerate(marked)}
    if (
        not marked
        or scheme.combine is Combine.LAST
        or any(one.kind == "item" for one in scheme.conditions)
        or any(item.for_groups for item in scheme.items)
        or any(i not in place_of for star in scheme.stars for i in star.items)
    ):
        return None
    weighted = scheme.combine is Combine.WEIGHTED
    weight_of = {rater.id: rater.weight if weighted else 1 for rater in scheme.raters}
    counting = [rater for rater in scheme.raters if weight_of[rater.id]]
    boxes_of = {rater.id: scheme.sheet[rater.id] for rater in counting}
    if any(not rater.required for rater in counting) or any(
        item.id not in place_of for boxes in boxes_of.values() for item in boxes
    ):
        return None
    sums = {item.id: sum(weight_of[r] for r in scheme.raters_of(item)) for item in marked}
    common = gcd(*weight_of.values(), *sums.values())
    scale = lcm(*sums.values()) // common
    shares = tuple(
        _Share(
            rater,
            tuple(place_of[item.id] for item in boxes_of[rater.id]),
            tuple(weight_of[rater.id] * scale // sums[item.id] for item in boxes_of[rater.id]),
        )
        for rater in counting
        if boxes_of[rater.id]
    )
    stars = tuple(
        _Star(
            star.name,
            tuple(place_of[item] for item in star.items),
            scale
            * (
                sum(scheme.item_of[item].highest or 0 for item in star.items)
                if star.at_least is None
                else star.at_least
            ),
            star.with_total,
        )
        for star in scheme.stars
    )
    return _Plan(
        scale=scale,
        base=scheme.base * scale,
        marked=len(marked),
        shares=shares,
        others=tuple(item for item in scheme.items if not isinstance(item, Marked)),
        stars=stars,
        even=all(
            len(share.places) == len(marked) and len(set(share.coefficients)) == 1
            for share in shares
        ),
        simple=not (
            scheme.review
            or scheme.lifts
            or scheme.one_step
            or any(level.needs for level in scheme.levels)
        ),
    )


Reckoned = tuple[Fraction | int, Sequence[int], int]


def _reckoning(scheme: Scheme, plan: _Plan) -> Callable[[Inputs], Reckoned | None]:
    """Total before ceiling and floor, and the points of each marked item over scale × parts.

    None when a box is empty, short of ballots or of a kind that `score` has to look at.
    """
    groups = [(share.rater.id, share.coefficients[0]) for share in plan.shares]
    ids = [rater for rater, _ in groups]
    weights = [weight for _, weight in groups]
    boxes = plan.marked

    def mixed(one: Inputs) -> Reckoned | None:
        points = [0] * boxes
        parts = 1
        given = []
        for share in plan.shares:
            numbers = _numbers(one.sheets.get(share.rater.id), share)
            if numbers is None:
                return None
            given.append((share, *numbers))
            parts = lcm(parts, numbers[1])
        for share, row, divisor in given:
            times = parts // divisor
            for place, coefficient, number in zip(
                share.places, share.coefficients, row, strict=True
            ):
                points[place] += number * coefficient * times
        total: Fraction | int = sum(points)
        total = plan.base + (total if parts == 1 else Fraction(total, parts))
        for item in plan.others:
            extra = points_of(item, scheme, one).points
            if extra is None:
                return None
            total += extra * plan.scale
        return total, points, parts

    def sums(one: Inputs) -> Reckoned | None:
        total, sheets = plan.base, one.sheets
        try:
            for rater, weight in groups:
                sheet = sheets[rater]
                if len(sheet) != boxes:
                    return None
                total += sum(sheet) * weight  # type: ignore[arg-type]
        except (TypeError, KeyError):
            return mixed(one)
        return total, (), 1

    def columns(one: Inputs) -> Reckoned | None:
        sheets = one.sheets
        try:
            rows: list[Any] = [sheets[rater] for rater in ids]
            if len(rows) == 4:
                a, b, c, d = weights
                points = [a * p + b * q + c * r + d * s for p, q, r, s in zip(*rows, strict=True)]
            else:
                points = [sum(map(mul, cells, weights)) for cells in zip(*rows, strict=True)]
        except (TypeError, KeyError, ValueError):
            return mixed(one)
        if len(points) != boxes:
            return None
        return plan.base + sum(points), points, 1

    if not plan.even or plan.others:
        return mixed
    return columns if plan.stars else sums


def _numbers(sheet: Sequence[Cell] | None, share: _Share) -> tuple[list[int], int] | None:
    """A group's sheet as numbers over one divisor: marks over 1, ballots over their count."""
    rater = share.rater
    if sheet is None or len(sheet) != len(share.places) or rater.grades:
        return None
    if all(isinstance(cell, int) for cell in sheet):
        return list(sheet), 1  # type: ignore[arg-type]
    dropping = 2 if rater.drop_extremes else 0
    numbers: list[int] = []
    divisors: set[int] = set()
    for cell in sheet:
        if cell is None:
            return None
        if isinstance(cell, int):
            ballots, summed = 1, cell
        else:
            ballots, summed, high, low = cell
            if ballots < max(rater.least_ballots, 1):
                return None
            if dropping and ballots >= 3:
                ballots, summed = ballots - dropping, summed - high - low
        divisors.add(ballots)
        numbers.append(summed)
    return (numbers, divisors.pop()) if len(divisors) == 1 else None


def _rounder(scheme: Scheme, scale: int) -> Callable[[Fraction | int], int]:
    """The scheme's rounding from the plan's scale to 1/100 point."""
    grid: int = 10 ** (2 - scheme.places)
    step = grid * scale
    if scheme.rounding is Rounding.DOWN:
        return lambda total: grid * int(total // step)
    if scheme.rounding is Rounding.UP:
        return lambda total: -grid * int(-total // step)

    def half_up(total: Fraction | int) -> int:
        if total >= 0:
            return int((2 * total + step) // (2 * step)) * grid
        return -int((step - 2 * total) // (2 * step)) * grid

    return half_up
