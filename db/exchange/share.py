"""What a packet carries, as plain values: lines of rows, and how they lie in the body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.exchange.packet import Unreadable

Value = str | int | None
Key = tuple[str, int]
_PLAIN = frozenset({str, int, type(None)})


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the values of its fields, and `was`: earlier values the sender knows they had here.

    `whole`: every column is there, so the row can be made; else only what changed.
    """

    stem: str
    row: int
    office: str
    whole: bool
    values: Mapping[str, Value]
    was: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Which row this is."""
        return self.stem, self.row


@dataclass(frozen=True, slots=True)
class Share:
    """What one packet says: its lines, and whether they are all the sender has."""

    lines: tuple[Line, ...] = ()
    full: bool = False
    totals: Mapping[str, int] = field(default_factory=dict)


def to_body(lines: Iterable[Line]) -> dict[str, Any]:
    """Rows as arrays under their columns, changed fields as [base, new, other bases…]."""
    body: dict[str, Any] = {}
    for line in sorted(lines, key=lambda each: each.key):
        table = body.setdefault(line.stem, {"columns": [], "rows": [], "was": {}, "changed": []})
        if line.whole:
            if not table["columns"]:
                table["columns"] = sorted(line.values)
            values = line.values
            table["rows"].append([line.row, line.office, *[values[c] for c in table["columns"]]])
            if line.was:
                table["was"][str(line.row)] = {c: list(was) for c, was in line.was.items()}
        else:
            told = {c: [line.was[c][0], v, *line.was[c][1:]] for c, v in line.values.items()}
            table["changed"].append([line.row, line.office, told])
    return body


def from_body(body: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of a body; Unreadable when it is built otherwise than `to_body` builds it."""
    try:
        return tuple(_lines(body))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        raise Unreadable("包的内容排列不对，没有打开。") from None


def _lines(body: Mapping[str, Any]) -> Iterable[Line]:
    seen: set[Key] = set()
    for stem, table in body.items():
        columns = list(table["columns"])
        for row, office, *values in table["rows"]:
            named = dict(zip(columns, values, strict=True))
            was = {c: tuple(v) for c, v in table["was"].get(str(row), {}).items() if c in named}
            yield _line(seen, Line(stem, row, office, True, named, was))
        for row, office, changed in table["changed"]:
            named = {c: v[1] for c, v in changed.items()}
            was = {c: (v[0], *v[2:]) for c, v in changed.items()}
            yield _line(seen, Line(stem, row, office, False, named, was))


def _line(seen: set[Key], line: Line) -> Line:
    if type(line.row) is not int or not 0 < line.row < 1 << 63 or not isinstance(line.office, str):
        raise ValueError("a row has a number and an owner")
    if line.key in seen:
        raise ValueError("a row stands in a packet once")
    seen.add(line.key)
    for values in (line.values.values(), *line.was.values()):
        if not _PLAIN.issuperset(map(type, values)):
            raise ValueError("a field is a text, a whole number or nothing")
    return line


def over(held: Line, line: Line) -> Line:
    """A later line of the same row laid over one that was waiting."""
    was = dict(held.was)
    for column in line.values:
        before = held.values
        also = (before[column], *held.was.get(column, ())) if column in before else ()
        was[column] = (*line.was.get(column, ()), *also)
    whole = held.whole or line.whole
    return Line(line.stem, line.row, line.office, whole, {**held.values, **line.values}, was)
