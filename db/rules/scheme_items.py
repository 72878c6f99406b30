"""The lines of a scoring sheet: by hand, event by event, from a band of numbers, from a register, yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the scoring sheet; `for_groups` limits it to some kinds of people, all when empty."""

    id: str
    name: str
    heading: str = ""
    standard: str = ""
    for_groups: frozenset[str] = frozenset()
    optional: bool = False

    @property
    def highest(self) -> int | None:
        """The most that can be had here, None when there is no ceiling."""
        return None

    @property
    def lowest(self) -> int | None:
        """The least that can be had here, None when there is no floor."""
        return 0


@dataclass(frozen=True, slots=True)
class Marked(Item):
    """Points given by raters, from `minimum` to `maximum`; `reverse` may be taken off instead (倒扣)."""

    maximum: int = 0
    minimum: int = 0
    reverse: int = 0
    step: int = 0
    raters: tuple[str, ...] = ()

    @property
    def highest(self) -> int | None:
        """The full points."""
        return self.maximum

    @property
    def lowest(self) -> int | None:
        """The least, below zero with a reverse deduction."""
        return -self.reverse if self.reverse else self.minimum


@dataclass(frozen=True, slots=True)
class Clause:
    """One kind of event that adds or takes off points: a fixed number, or a choice from `low` to `high`."""

    id: str
    text: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Events(Item):
    """Points booked event by event: `start`, plus the clauses, between floor and cap.

    `cap_per` holds the sum of each month, quarter or half year to `cap_each` before the whole is capped.
    """

    start: int = 0
    cap: int | None = None
    floor: int | None = None
    cap_each: int | None = None
    cap_per: str = ""
    clauses: tuple[Clause, ...] = ()

    @property
    def highest(self) -> int | None:
        """The cap; without one, the start when all clauses take off."""
        if self.cap is None and all(clause.high <= 0 for clause in self.clauses):
            return self.start
        return self.cap

    @property
    def lowest(self) -> int | None:
        """The floor; without one, the start when all clauses add."""
        if self.floor is None and all(clause.low >= 0 for clause in self.clauses):
            return self.start
        return self.floor

    def clause(self, clause_id: str) -> Clause | None:
        """The clause with this id."""
        return next((one for one in self.clauses if one.id == clause_id), None)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that decides a band (人均纯收入, 增幅); reaching a row by any one measure is enough."""

    id: str
    name: str
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A band of numbers → points: reached when a measure is at least its entry in `at`."""

    at: tuple[Fraction | None, ...]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Banded(Item):
    """A number → points by bands; where low < high the raters pick inside the band."""

    measures: tuple[Measure, ...] = ()
    rows: tuple[Row, ...] = ()
    raters: tuple[str, ...] = ()

    @property
    def picked(self) -> bool:
        """Whether raters choose inside a band."""
        return any(row.low != row.high for row in self.rows)

    @property
    def highest(self) -> int | None:
        """The most of any band."""
        return max(row.high for row in self.rows)

    @property
    def lowest(self) -> int | None:
        """The least of any band."""
        return min(row.low for row in self.rows)


@dataclass(frozen=True, slots=True)
class Drawn(Item):
    """A number taken from another register: `start` + number × `each`, between floor and cap."""

    source: str = ""
    start: int = 0
    each: Fraction = Fraction(0)
    unit: str = ""
    cap: int | None = None
    floor: int | None = None

    @property
    def highest(self) -> int | None:
        """The cap, or the start when the number only takes off."""
        return self.start if self.cap is None and self.each <= 0 else self.cap

    @property
    def lowest(self) -> int | None:
        """The floor, or the start when the number only adds."""
        return self.start if self.floor is None and self.each >= 0 else self.floor


@dataclass(frozen=True, slots=True)
class YesNo(Item):
    """All or nothing: `points` for yes, none for no (承诺事项全部完成, a named star by show of hands)."""

    points: int = 0

    @property
    def highest(self) -> int | None:
        """The points for yes."""
        return self.points
