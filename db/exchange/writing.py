"""Carries a plan out: rows of other offices come in as they are, under their own numbers.

Beside `db.record` this is the only place that writes register rows; it belongs inside the operation
that takes a packet in, so the journal logs every row of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db import journal
from db.bulk import reindex
from db.connection import database, dialect
from db.exchange import shapes
from db.exchange.plan import Plan
from db.exchange.share import Line, Value
from db.record import Record


def carry_out(plan: Plan) -> None:
    """Write a plan's new rows and changed fields, in the open operation."""
    if journal.current() is None:
        raise RuntimeError("a packet is taken in inside an operation")
    # A row may come before the one it points to; all of them are there at the end.
    database.execute_sql(dialect().defer_references())
    new: dict[str, list[Line]] = {}
    for line in plan.new:
        new.setdefault(line.stem, []).append(line)
    altered: dict[str, dict[int, Mapping[str, Value]]] = {}
    for (stem, row), values in plan.changed.items():
        altered.setdefault(stem, {})[row] = values
    for model in shapes.models():
        fresh, changed = new.get(model.stem(), []), altered.get(model.stem(), {})
        if fresh:
            _insert(model, fresh)
        _update(model, changed)
        touched = [*(line.row for line in fresh), *changed]
        if touched:
            reindex(model, touched)


def _insert(model: type[Record], lines: Sequence[Line]) -> None:
    allowed = shapes.table(model)
    names = ["id", "office", "version", *allowed]
    default = {name: shape.default for name, shape in allowed.items()}
    rows = [
        (line.row, line.office, 1, *[{**default, **line.values}[name] for name in allowed])
        if len(line.values) < len(allowed)
        else (line.row, line.office, 1, *[line.values[name] for name in allowed])
        for line in lines
    ]
    database.insert_many(model.stem(), names, rows)


def _update(model: type[Record], changed: Mapping[int, Mapping[str, Value]]) -> None:
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row, values in changed.items():
        names = tuple(sorted(values))
        alike.setdefault(names, []).append((*(values[name] for name in names), row))
    for names, rows in alike.items():
        database.update_many(model.stem(), names, rows)
