"""Carries a plan out: rows of other offices come in as they are, under their own numbers.

Beside `db.record` this is the only place that writes register rows; it belongs inside the operation
that takes a packet in, so the journal logs every row of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db import journal
from db.bulk import reindex
from db.connection import database
from db.exchange import shapes
from db.exchange.compare import Plan
from db.record import Record


def carry_out(plan: Plan) -> None:
    """Write a plan's new rows and changed fields, in the open operation."""
    if journal.current() is None:
        raise RuntimeError("a packet is taken in inside an operation")
    # A row may come before the one it points to; all of them are there at the end.
    database.execute_sql("PRAGMA defer_foreign_keys = 1")
    for model in shapes.models():
        fresh = [line for line in plan.new if line.stem == model.stem()]
        if fresh:
            _insert(model, fresh)
        changed = {key[1]: values for key, values in plan.changed.items() if key[0] == model.stem()}
        _update(model, changed)
        touched = [*(line.row for line in fresh), *changed]
        if touched:
            reindex(model, touched)


def _insert(model: type[Record], lines: Sequence[Any]) -> None:
    allowed = {name: shapes.shape(field) for name, field in shapes.columns(model).items()}
    names = ["id", "office", "version", *allowed]
    quoted = ", ".join(f'"{name}"' for name in names)
    rows = [
        (
            line.row,
            line.office,
            1,
            *(line.fields[n][0] if n in line.fields else s.default for n, s in allowed.items()),
        )
        for line in lines
    ]
    database.connection().executemany(
        f'INSERT INTO "{model.stem()}" ({quoted}) VALUES ({", ".join("?" * len(names))})', rows
    )


def _update(model: type[Record], changed: dict[int, Any]) -> None:
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row, values in changed.items():
        names = tuple(sorted(values))
        alike.setdefault(names, []).append((*(values[name] for name in names), row))
    for names, rows in alike.items():
        sets = ", ".join(f'"{name}" = ?' for name in names)
        database.connection().executemany(
            f'UPDATE "{model.stem()}" SET {sets}, version = version + 1 WHERE id = ?', rows
        )
