"""What a statistics page is made of: numbers that lead to their lists, tables, series to draw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from db.record import Record


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows that a number counts: a register and the query that chooses them."""

    model: type[Record]
    query: Any

    @property
    def stem(self) -> str:
        """The register or detail whose rows these are."""
        return self.model.stem()

    def count(self) -> int:
        """How many rows there are now."""
        return int(self.query.count())

    def ids(self) -> list[int]:
        """The rows themselves, by id."""
        return [row[0] for row in self.query.select(self.model.id).tuples()]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the county's report; `unit` is 个, 名, 次, % or 分 (an amount of money)."""

    key: str
    label: str
    unit: str
    value: int
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a table, with the list behind it where there is one."""

    value: int
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """Points to draw, each with its label: one line, or one set of bars."""

    label: str
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A table with its headings, and what of it is worth drawing (`shape`: bars, line or none)."""

    id: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str = "名"
    shape: str = "bars"
    note: str = ""
    drawn: tuple[int, ...] = field(default=(0,))

    @property
    def series(self) -> tuple[Series, ...]:
        """The drawn columns, without the total line."""
        lines = [row for row in self.rows if not row.total]
        return tuple(
            Series(self.heads[column + 1], tuple((r.label, r.cells[column].value) for r in lines))
            for column in self.drawn
            if self.shape != "none"
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A table that can be made: its id, so that a page asks only for what it shows."""

    id: str
    make: Callable[[], Figure]


def counted(key: str, label: str, unit: str, model: type[Record], query: Any) -> Measure:
    """The number of rows of a query, with the query as its list."""
    listing = Listing(model, query)
    return Measure(key, label, unit, listing.count(), listing)


def cell(model: type[Record], query: Any) -> Cell:
    """The number of rows of a query as a table cell."""
    listing = Listing(model, query)
    return Cell(listing.count(), listing)


def total(label: str, rows: Iterable[Row]) -> Row:
    """The line of sums below a table."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return Row(label, tuple(Cell(sum(c.value for c in column)) for column in columns), total=True)
