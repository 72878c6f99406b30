"""名额: how many may have something, by number or by percent, and who they are when the list is too long.

A limit is never met by cutting through people who stand equal: such a group is handed back as a tie and
stays undecided until a person has chosen.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Rounding(StrEnum):
    """How a broken number becomes a whole one, in the words of the circulars."""

    UP = "进一"
    HALF_UP = "四舍五入"
    DOWN = "去尾"

    def whole(self, value: Fraction) -> int:
        """The whole number; exact, never by way of a float."""
        if self is Rounding.UP:
            return -((-value.numerator) // value.denominator)
        if self is Rounding.DOWN:
            return value.numerator // value.denominator
        shifted = value + Fraction(1, 2) if value >= 0 else value - Fraction(1, 2)
        floor = abs(shifted.numerator) // shifted.denominator
        return floor if value >= 0 else -floor

    def places(self, value: Fraction, places: int) -> Fraction:
        """The value kept to so many decimal places."""
        scale = 10**places
        return Fraction(self.whole(value * scale), scale)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A number of places: a fixed number, a share of those who count, or the smaller of the two.

    `share` is a fraction of one (5 % = 1/20); `least` keeps a small branch from getting nothing.
    """

    number: int | None = None
    share: Fraction | None = None
    rounding: Rounding = Rounding.DOWN
    least: int = 0

    def places(self, counted: int) -> int:
        """How many places there are among `counted` people or organizations."""
        found = [] if self.number is None else [self.number]
        if self.share is not None:
            found.append(self.rounding.whole(self.share * counted))
        return max(min(found), self.least) if found else counted

    def words(self, counted: int) -> str:
        """The reckoning as one sentence part: “62 的 5% 为 3.1，去尾得 3”."""
        if self.share is None:
            return f"名额 {self.places(counted)} 个"
        exact = self.share * counted
        text = f"{counted} 的 {percent(self.share)} 为 {decimal(exact)}，{self.rounding}得 {self.rounding.whole(exact)}"
        places = self.places(counted)
        if places != self.rounding.whole(exact):
            text += f"，按规定为 {places}"
        return text


def percent(share: Fraction) -> str:
    """A share as people write it: 1/20 → “5%”, 1/3 → “1/3”."""
    hundred = share * 100
    return f"{decimal(hundred)}%" if (hundred * 100).denominator == 1 else str(share)


def decimal(value: Fraction, places: int = 2) -> str:
    """A number for people: at most `places` decimals, no needless zeros, “≈” before one that was rounded."""
    shown = Rounding.HALF_UP.places(value, places)
    scaled = abs(shown.numerator) * 10**places // shown.denominator
    text = f"{scaled // 10**places}.{scaled % 10**places:0{places}d}".rstrip("0").rstrip(".")
    sign = "-" if shown < 0 else ""
    return f"{'' if shown == value else '≈'}{sign}{text}"


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling on one level inside each scope; `level` is a rank, higher is better."""

    level: int
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Key]):
    """One who has been judged: `merits` compares the best first and may hold several keys."""

    key: Key
    scope: str
    level: int
    merits: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Tie(Generic[Key]):
    """Equal candidates for fewer places than there are candidates: a person has to choose."""

    scope: str
    level: int
    places: int
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Ceiling(Generic[Key]):
    """What one limit did in one scope."""

    scope: str
    level: int
    counted: int
    places: int
    wanted: int
    moved: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Settlement(Generic[Key]):
    """The levels after the limits; members of a tie keep None until a person has chosen."""

    levels: Mapping[Key, int | None]
    ties: tuple[Tie[Key], ...]
    ceilings: tuple[Ceiling[Key], ...]


def settle(
    candidates: Iterable[Candidate[Key]],
    limits: Sequence[Limit],
    lowest: int,
    choices: Mapping[int, frozenset[Key]] | None = None,
    counted: Mapping[str, int] | None = None,
) -> Settlement[Key]:
    """Hold each level to its limit, scope by scope, from the highest level down.

    Those over the limit go one level down and stand there among the others. `choices[level]` names those
    whom a person preferred among equals. `counted` is the number that a percentage is taken of, per scope
    (those who took part when absent). A limit on the lowest level moves nobody: there is nowhere to go.
    """
    levels: dict[Key, int | None] = {}
    ties: list[Tie[Key]] = []
    ceilings: list[Ceiling[Key]] = []
    ceiling_of = {limit.level: limit.allowance for limit in limits}
    ordered = sorted(candidates, key=lambda one: one.scope)
    for scope, group in groupby(ordered, key=lambda one: one.scope):
        members = list(group)
        base = (counted or {}).get(scope, len(members))
        standing = {one.key: one.level for one in members}
        pinned: set[Key] = set()
        for level in sorted(ceiling_of, reverse=True):
            wanting = [
                one for one in members if standing[one.key] == level and one.key not in pinned
            ]
            places = ceiling_of[level].places(base)
            if len(wanting) <= places:
                continue
            if level <= lowest:
                ceilings.append(Ceiling(scope, level, base, places, len(wanting), ()))
                continue
            preferred = (choices or {}).get(level, frozenset())
            kept, tied, left = _divide(wanting, places, preferred)
            if tied:
                ties.append(Tie(scope, level, places - len(kept), tuple(one.key for one in tied)))
                pinned.update(one.key for one in tied)
            for one in left:
                standing[one.key] = level - 1
            moved = tuple(one.key for one in left)
            ceilings.append(Ceiling(scope, level, base, places, len(wanting), moved))
        levels.update((key, None if key in pinned else at) for key, at in standing.items())
    return Settlement(levels, tuple(ties), tuple(ceilings))


def _divide(
    wanting: list[Candidate[Key]], places: int, preferred: frozenset[Key]
) -> tuple[list[Candidate[Key]], list[Candidate[Key]], list[Candidate[Key]]]:
    """Those who keep the level, those equal at the edge, those who go down."""
    kept: list[Candidate[Key]] = []
    ranked = sorted(wanting, key=lambda one: one.merits, reverse=True)
    for _, equals in groupby(ranked, key=lambda one: one.merits):
        group = list(equals)
        room = places - len(kept)
        if len(group) <= room:
            kept += group
            continue
        chosen = [one for one in group if one.key in preferred]
        if room > 0 and len(chosen) != room:
            tied = group
        else:
            tied = []
            kept += chosen if room > 0 else []
        out = {one.key for one in kept} | {one.key for one in tied}
        return kept, tied, [one for one in ranked if one.key not in out]
    return kept, [], []
