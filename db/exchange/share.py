"""What a packet carries, as plain values: lines of rows, and how they lie in the body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from db.exchange.packet import Unreadable

Value = str | int | None
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: each field with its new value and the earlier values the sender knows it had here.

    `whole`: every column is there, so the row can be made; else only what changed.
    """

    stem: str
    row: int
    office: str
    whole: bool
    fields: Mapping[str, tuple[Value, tuple[Value, ...]]]

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
                table["columns"] = sorted(line.fields)
            table["rows"].append(
                [line.row, line.office, *(line.fields[c][0] for c in table["columns"])]
            )
            was = {c: list(v[1]) for c, v in line.fields.items() if v[1]}
            if was:
                table["was"][str(line.row)] = was
        else:
            fields = {c: [was[0], new, *was[1:]] for c, (new, was) in line.fields.items()}
            table["changed"].append([line.row, line.office, fields])
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
            was = table["was"].get(str(row), {})
            cells = zip(columns, values, strict=True)
            yield _line(seen, stem, row, office, True, {c: (v, was.get(c, [])) for c, v in cells})
        for row, office, fields in table["changed"]:
            split = {c: (v[1], [v[0], *v[2:]]) for c, v in fields.items()}
            yield _line(seen, stem, row, office, False, split)


def _line(
    seen: set[Key], stem: str, row: Any, office: Any, whole: bool, fields: Mapping[str, Any]
) -> Line:
    if type(row) is not int or not 0 < row < 1 << 63 or not isinstance(office, str):
        raise ValueError("a row has a number and an owner")
    if (stem, row) in seen:
        raise ValueError("a row stands in a packet once")
    seen.add((stem, row))
    kept = {}
    for column, (new, was) in fields.items():
        for value in (new, *was):
            if not (value is None or type(value) is str or type(value) is int):
                raise ValueError("a field is a text, a whole number or nothing")
        kept[column] = (new, tuple(was))
    return Line(stem, row, office, whole, kept)


def over(held: Line, line: Line) -> Line:
    """A later line of the same row laid over one that was waiting."""
    fields = dict(held.fields)
    for column, (new, was) in line.fields.items():
        before = held.fields.get(column)
        also = () if before is None else (before[0], *before[1])
        fields[column] = (new, (*was, *also))
    return Line(line.stem, line.row, line.office, held.whole or line.whole, fields)
