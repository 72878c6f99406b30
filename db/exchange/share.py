"""What a packet carries, as plain values: lines of rows, and how they lie in the body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.exchange.handover import Handover
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
    """What one packet says: its lines, whether they are all the sender has, and who owns what now."""

    lines: tuple[Line, ...] = ()
    full: bool = False
    totals: Mapping[str, int] = field(default_factory=dict)
    handovers: tuple[Handover, ...] = ()
    offices: Mapping[str, str] = field(default_factory=dict)


def to_body(lines: Iterable[Line]) -> dict[str, Any]:
    """Whole rows column by column, changed fields as [base, new, other bases…].

    A column's values resemble each other, a row's do not: so the packet is a fifth smaller.
    """
    body: dict[str, Any] = {}
    whole: dict[str, list[Line]] = {}
    for line in sorted(lines, key=_key):
        table = body.setdefault(line.stem, {"rows": {}, "was": {}, "changed": []})
        if line.whole:
            whole.setdefault(line.stem, []).append(line)
            if line.was:
                table["was"][str(line.row)] = {c: list(was) for c, was in line.was.items()}
        else:
            told = {c: [line.was[c][0], v, *line.was[c][1:]] for c, v in line.values.items()}
            table["changed"].append([line.row, line.office, told])
    for stem, rows in whole.items():
        columns = {c: [line.values[c] for line in rows] for c in sorted(rows[0].values)}
        ids, offices = [line.row for line in rows], [line.office for line in rows]
        body[stem]["rows"] = {"id": ids, "office": offices, **columns}
    return body


def _key(line: Line) -> Key:
    return line.stem, line.row


def from_body(body: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of a body; Unreadable when it is built otherwise than `to_body` builds it."""
    try:
        lines = tuple(_lines(body))
        if len({line.key for line in lines}) < len(lines):
            raise ValueError("a row stands in a packet once")
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        raise Unreadable("包的内容排列不对，没有打开。") from None
    return lines


def _lines(body: Mapping[str, Any]) -> Iterable[Line]:
    for stem, table in body.items():
        columns = _columns(table)
        ids, offices = columns.pop("id", []), columns.pop("office", [])
        _check(ids, offices, *columns.values())
        names, told = tuple(columns), table["was"]
        for row, office, *values in zip(ids, offices, *columns.values(), strict=True):
            named = dict(zip(names, values, strict=True))
            was = _was(told[str(row)], named) if str(row) in told else {}
            yield Line(stem, row, office, True, named, was)
        for row, office, changed in table["changed"]:
            _check([row], [office], *changed.values())
            named = {c: v[1] for c, v in changed.items()}
            was = {c: (v[0], *v[2:]) for c, v in changed.items()}
            yield Line(stem, row, office, False, named, was)


def _columns(table: Mapping[str, Any]) -> dict[str, Any]:
    """The whole rows of a table by column; format 1 has them row by row."""
    if "columns" not in table:
        return dict(table["rows"])
    names = ["id", "office", *table["columns"]]
    return dict(zip(names, zip(*table["rows"], strict=True), strict=True)) if table["rows"] else {}


def _was(told: Mapping[str, Any], named: Mapping[str, Value]) -> dict[str, tuple[Value, ...]]:
    _check([], [], *told.values())
    return {column: tuple(values) for column, values in told.items() if column in named}


def _check(ids: Iterable[Any], offices: Iterable[Any], *values: Iterable[Any]) -> None:
    if not all(type(row) is int and 0 < row < 1 << 63 for row in ids):
        raise ValueError("a row has a number")
    if not all(type(office) is str for office in offices):
        raise ValueError("a row has an owner")
    for each in values:
        if not _PLAIN.issuperset(map(type, each)):
            raise ValueError("a field is a text, a whole number or nothing")


def over(held: Line, line: Line) -> Line:
    """A later line of the same row laid over one that was waiting."""
    was = dict(held.was)
    for column in line.values:
        before = held.values
        also = (before[column], *held.was.get(column, ())) if column in before else ()
        was[column] = (*line.was.get(column, ()), *also)
    whole = held.whole or line.whole
    return Line(line.stem, line.row, line.office, whole, {**held.values, **line.values}, was)
