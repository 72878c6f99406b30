"""Rows against the record of them: what was made, changed or taken away without an operation.

The chain of hashes proves the record; this proves the rows by the record. A value that was never
changed since its row was made is known to the record only as "made", so it cannot be proved here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db import registry
from db.connection import database
from db.record import Record


@dataclass(frozen=True, slots=True)
class Untraced:
    """One row that the record does not explain, in words."""

    stem: str
    row: int
    words: str


def untraced() -> Iterator[Untraced]:
    """Every row of every register that differs from what the record says of it."""
    for model in registry.models():
        yield from _made_or_gone(model)
        yield from _changed(model)


def _made_or_gone(model: type[Record]) -> Iterator[Untraced]:
    stem = model.stem()
    label = model._meta.label
    # NOT EXISTS and not NOT IN: PostgreSQL would look through the whole list for every row.
    for (row,) in database.execute_sql(
        f'SELECT t.id FROM "{stem}" t WHERE NOT EXISTS (SELECT 1 FROM journal j'
        " WHERE j.\"row\" = t.id AND j.stem = ? AND j.verb = 'I')",
        (stem,),
    ).fetchall():
        yield Untraced(stem, row, f"“{_title(model, row)}”这条“{label}”没有新增记录")
    for (row,) in database.execute_sql(
        "SELECT DISTINCT j.\"row\" FROM journal j WHERE j.stem = ? AND j.verb = 'I'"
        f' AND NOT EXISTS (SELECT 1 FROM "{stem}" t WHERE t.id = j."row")'
        ' AND NOT EXISTS (SELECT 1 FROM journal d WHERE d."row" = j."row" AND d.stem = j.stem'
        " AND d.verb = 'D')",
        (stem,),
    ).fetchall():
        yield Untraced(stem, row, f"有一条“{label}”不见了，却没有删除记录")


def _changed(model: type[Record]) -> Iterator[Untraced]:
    stem = model.stem()
    columns = {f.column_name: f for f in model._meta.sorted_fields}
    known: dict[int, dict[str, Any]] = {}
    for row, verb, text in database.execute_sql(
        'SELECT "row", verb, changes FROM journal WHERE stem = ? ORDER BY id', (stem,)
    ).fetchall():
        if verb == "U":
            news = {c: pair[1] for c, pair in json.loads(text).items() if c in columns}
            known.setdefault(row, {}).update(news)
        else:
            # Made again under the same number: what was known before says nothing any more.
            known.pop(row, None)
    if not known:
        return
    names = list(columns)
    quoted = ", ".join(f'"{name}"' for name in names)
    for kept in database.execute_sql(f'SELECT {quoted} FROM "{stem}"').fetchall():
        now = dict(zip(names, kept, strict=True))
        for column, new in known.get(now["id"], {}).items():
            if now[column] != new:
                label = getattr(columns[column], "label", column)
                title = _title(model, now["id"])
                yield Untraced(stem, now["id"], f"“{title}”的“{label}”被改过，却没有修改记录")


def _title(model: type[Record], row: int) -> str:
    return str(model.get_by_id(row).title())
