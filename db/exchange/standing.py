"""What this office holds, as far as a packet touches it: the state that `compare` reckons with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db.connection import database
from db.exchange import shapes
from db.exchange.compare import Shapes, State
from db.exchange.share import Key, Line, Value
from db.identity import Identity
from db.record import Record

_CHUNK = 10_000


def state(us: Identity, sender: str, kinds: Shapes, lines: Sequence[Line], full: bool) -> State:
    """Read the rows that these lines touch, and what surrounds them."""
    county = us.level == "county"
    rows: dict[Key, dict[str, Value]] = {}
    owned: set[Key] = set()
    present: set[Key] = set()
    alike: dict[tuple[str, str, Value], int] = {}
    living: dict[str, int] = {}
    above: dict[tuple[str, str], dict[int, Value]] = {}
    once: dict[str, list[tuple[tuple[str, ...], frozenset[tuple[Value, ...]]]]] = {}
    pointed = _pointed(kinds, lines)
    for model in shapes.models():
        stem = model.stem()
        of_model = [line for line in lines if line.stem == stem]
        rows |= {(stem, row): values for row, values in _rows(model, [x.row for x in of_model])}
        wanted = sorted(pointed.get(stem, set()))
        present |= {
            (stem, row[0]) for row in _chunks(f'SELECT id FROM "{stem}" WHERE id IN', wanted)
        }
        if full:
            owned |= {
                (stem, row[0])
                for row in database.execute_sql(
                    f'SELECT id FROM "{stem}" WHERE office = ?', (sender,)
                ).fetchall()
            }
        if not of_model:
            continue
        living[stem] = int(
            database.execute_sql(
                f"SELECT count(*) FROM \"{stem}\" WHERE office = ? AND retired = ''", (sender,)
            ).fetchone()[0]
        )
        for column in shapes.telling(model):
            alike |= _alike(stem, column, of_model)
        for column in shapes.trees(model):
            if any(column in line.fields for line in of_model):
                sql = f'SELECT id, "{column}" FROM "{stem}"'
                above[stem, column] = dict(database.execute_sql(sql).fetchall())
        for columns in shapes.unique_together(model):
            quoted = ", ".join(f'"{c}"' for c in columns)
            taken = database.execute_sql(f'SELECT {quoted} FROM "{stem}"').fetchall()
            once.setdefault(stem, []).append((columns, frozenset(map(tuple, taken))))
    return State(
        frozenset({sender}) if county else frozenset({sender, us.office_code}),
        rows,
        frozenset(present),
        alike,
        living,
        frozenset(owned),
        above,
        once,
        answers=county,
    )


def _pointed(kinds: Shapes, lines: Iterable[Line]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for line in lines:
        for column, (new, _was) in line.fields.items():
            shape = kinds.get(line.stem, {}).get(column)
            if shape is not None and shape.target and isinstance(new, int):
                found.setdefault(shape.target, set()).add(new)
    return found


def _rows(model: type[Record], ids: Sequence[int]) -> Iterator[tuple[int, dict[str, Value]]]:
    names = ["office", *shapes.columns(model)]
    select = ", ".join(f'"{name}"' for name in ("id", *names))
    for row in _chunks(f'SELECT {select} FROM "{model.stem()}" WHERE id IN', sorted(ids)):
        yield row[0], dict(zip(names, row[1:], strict=True))


def _alike(stem: str, column: str, lines: Sequence[Line]) -> dict[tuple[str, str, Value], int]:
    values = {line.fields[column][0] for line in lines if column in line.fields} - {"", None}
    sql = f'SELECT "{column}", min(id) FROM "{stem}" WHERE retired = \'\' AND "{column}" IN'
    found = _chunks(sql, sorted(values, key=str), f' GROUP BY "{column}"')
    return {(stem, column, value): row for value, row in found}


def _chunks(sql: str, values: Sequence[Any], after: str = "") -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(values), _CHUNK):
        part = tuple(values[start : start + _CHUNK])
        marks = ", ".join("?" * len(part))
        yield from database.execute_sql(f"{sql} ({marks}){after}", part).fetchall()
