"""Many rows at once through the gate: imports, whole rounds, generation, undo, the search entries anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db import access, identity, journal, search
from db.columns import Column
from db.connection import database
from db.record import Record, of_people, root_stem, searched_columns


def save_many(records: Iterable[Record], words: str = "") -> int:
    """Keep many rows in one operation; a Refusal names the first row that cannot be kept."""
    kept = list(records)
    if not kept:
        return 0
    label = type(kept[0])._meta.label
    with journal.operation(words or f"批量保存{label} {len(kept)} 条"):
        for record in kept:
            record.save()
    return len(kept)


def insert_rows(
    model: type[Record], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> range:
    """Many new rows at once, in the open operation; returns their ids, in order.

    For bulk paths (import, packets, generation): `columns` are field names, the values must already
    be in kept form (`field.accept`), cross-field checks are the caller's. Columns left out take
    their defaults.
    """
    if journal.current() is None:
        raise RuntimeError("insert_rows belongs inside an operation")
    access.require("write", root_stem(model), model._meta.label)
    values = list(rows)
    ids = identity.next_ids(len(values)) if values else range(0)
    if not values:
        return ids
    fields = model._meta.fields
    given = [fields[name] for name in columns]
    bookkeeping = {"id", "office", "version", "retired"}
    rest = [
        f
        for f in model._meta.sorted_fields
        if f.name not in bookkeeping and f.name not in set(columns)
    ]
    office = identity.identity().office_code
    defaults = tuple(f.db_value(f.default() if callable(f.default) else f.default) for f in rest)
    names = ["id", "office", "version", "retired", *(f.column_name for f in (*given, *rest))]
    structured = [i for i, f in enumerate(given) if f.db_value(["x"]) != ["x"]]

    def bound() -> Iterator[tuple[Any, ...]]:
        for row_id, row in zip(ids, values, strict=True):
            if structured:
                row = list(row)
                for i in structured:
                    row[i] = given[i].db_value(row[i])
            yield (row_id, office, 1, "", *row, *defaults)

    database.insert_many(model._meta.table_name, names, bound())
    _index_rows(model, columns, zip(ids, values, strict=True))
    return ids


def update_rows(
    model: type[Record], columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]
) -> int:
    """The same columns of many rows, in the open operation; rows are (id, values in kept form)."""
    if journal.current() is None:
        raise RuntimeError("update_rows belongs inside an operation")
    access.require("write", root_stem(model), model._meta.label)
    values = list(rows)
    fields = [model._meta.fields[name] for name in columns]
    database.update_many(
        model._meta.table_name,
        [f.column_name for f in fields],
        (
            (*(f.db_value(v) for f, v in zip(fields, row, strict=True)), row_id)
            for row_id, row in values
        ),
    )
    if any(model._meta.fields[name].searched for name in columns if _column(model, name)):
        reindex(model, [row_id for row_id, _ in values])
    return len(values)


def _column(model: type[Record], name: str) -> bool:
    return isinstance(model._meta.fields[name], Column)


def _index_rows(
    model: type[Record], columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]
) -> None:
    kinds = searched_columns(model)
    if not any(kinds.values()):
        return
    places = {
        kind: [columns.index(name) for name in names if name in columns]
        for kind, names in kinds.items()
    }
    names, tails, texts = places["name"], places["tail"], places["text"]
    search.index(
        model.stem(),
        (
            search.Entry(
                row_id,
                tuple(row[i] for i in names if row[i]),
                tuple(row[i] for i in tails if row[i]),
                tuple(row[i] for i in texts if row[i]),
            )
            for row_id, row in rows
        ),
        people=of_people(model),
    )


def reindex(model: type[Record], ids: Sequence[int] | None = None) -> None:
    """Write the search entries of these rows (None = all) anew from the rows themselves."""
    kinds = searched_columns(model)
    names = [*kinds["name"], *kinds["tail"], *kinds["text"]]
    if not names:
        return
    fields = [model._meta.fields[name] for name in names]
    query = model.select(model.id, *fields)
    chunks: Sequence[Any] = [None]
    if ids is not None:
        chunks = [ids[i : i + 10_000] for i in range(0, len(ids), 10_000)]
    for chunk in chunks:
        asked: Any = query if chunk is None else query.where(model.id.in_(list(chunk)))
        _index_rows(model, names, ((row[0], row[1:]) for row in asked.tuples()))
