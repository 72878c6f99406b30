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

    def opened(self) -> tuple[str, list[int]]:
        """The register in which a person can look at them, and its rows.

        Rows that hang from another are shown as the members or organizations they are about, where
        every one is about one; else as what they hang from.
        """
        root = self.model._meta.detail_of
        if root is None:
            return self.stem, self.ids()
        fields = self.model._meta.fields
        keys = [name for name in ("member", "organization") if name in fields]
        keys += [
            name
            for name, field in fields.items()
            if getattr(field, "rel_model", None) is root and name not in keys
        ]
        for name in keys:
            rows = self.query.select(fields[name]).tuples()
            found = list(dict.fromkeys(row[0] for row in rows))
            if found and None not in found:
                return str(fields[name].rel_model._meta.table_name), found
        return str(root._meta.table_name), []


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


def summed(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with the line of sums below them; nothing when there are none."""
    lines = tuple(rows)
    if not lines:
        return ()
    columns = zip(*(row.cells for row in lines), strict=True)
    sums = Row("合计", tuple(Cell(sum(c.value for c in column)) for column in columns), total=True)
    return (*lines, sums)
