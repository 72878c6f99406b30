"""Take back any operation, as a new operation; refuses in words when later work builds on it."""

from __future__ import annotations

from typing import Any

from db import access, journal, registry
from db.connection import database
from db.errors import Refusal
from db.record import Record, reindex, update_rows


def undo(operation_id: int) -> int:
    """Put every row back as it was before; rows that were new are retired. Returns the new id.

    Undoing an undo does the operation again.
    """
    done = journal.find(operation_id)
    if done.undone_by is not None:
        raise Refusal(f"“{done.words}”已经撤销过了。")
    taken = f"撤销：{done.words}"
    with journal.operation(taken, kind="undo", undoes=operation_id) as opened:
        _check_access(operation_id)
        changed: dict[type[Record], dict[int, dict[str, list[Any]]]] = {}
        made: dict[type[Record], list[int]] = {}
        for entry in journal.entries(operation_id):
            model = registry.model_of(entry.stem)
            if entry.verb == "I":
                made.setdefault(model, []).append(entry.row)
            elif entry.verb == "U":
                row = changed.setdefault(model, {}).setdefault(entry.row, {})
                for column, (old, new) in entry.changes.items():
                    row[column] = [row[column][0] if column in row else old, new]
        for model, ids in made.items():
            # A row that was made and changed in one operation simply goes.
            for row_id in ids:
                changed.get(model, {}).pop(row_id, None)
        for model, rows in changed.items():
            _put_back(model, rows)
        for model in reversed(registry.models()):
            if model in made:
                _retire_made(model, made[model], taken, operation_id)
        return opened.id


def _check_access(operation_id: int) -> None:
    rows = database.execute_sql(
        "SELECT DISTINCT stem FROM journal WHERE operation = ?", (operation_id,)
    ).fetchall()
    for (stem,) in rows:
        model = registry.model_of(stem)
        access.require("write", registry.stem_of(model), model._meta.label)


def _put_back(model: type[Record], rows: dict[int, dict[str, list[Any]]]) -> None:
    by_column = {f.column_name: f for f in model._meta.sorted_fields}
    for row_id, fields in rows.items():
        kept = database.execute_sql(
            f"SELECT {', '.join(chr(34) + c + chr(34) for c in fields)}"
            f' FROM "{model._meta.table_name}" WHERE id = ?',
            (row_id,),
        ).fetchone()
        for (column, (_old, new)), now in zip(fields.items(), kept, strict=True):
            if now != new:
                title = model.get_by_id(row_id).title()
                label = getattr(by_column[column], "label", column)
                raise Refusal(f"不能撤销：“{title}”的“{label}”后来又改过，请先撤销后面的修改。")
        names = [by_column[c].name for c in fields]
        olds = [by_column[c].python_value(old) for c, (old, _new) in fields.items()]
        update_rows(model, names, [(row_id, olds)])


def _retire_made(model: type[Record], ids: list[int], reason: str, operation_id: int) -> None:
    _refuse_if_changed(model, operation_id)
    _refuse_if_leaned_on(model, operation_id)
    update_rows(model, ["retired"], [(row_id, (reason,)) for row_id in ids])


def _refuse_if_changed(model: type[Record], operation_id: int) -> None:
    row = database.execute_sql(
        'SELECT b."row", o.words FROM journal a'
        ' JOIN journal b ON b."row" = a."row" AND b.stem = a.stem AND b.id > a.id'
        " JOIN operation o ON o.id = b.operation"
        " WHERE a.operation = ? AND a.stem = ? AND a.verb = 'I' AND b.operation <> a.operation"
        " AND o.kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM operation u WHERE u.undoes = o.id)"
        " LIMIT 1",
        (operation_id, model.stem()),
    ).fetchone()
    if row is not None:
        title = model.get_by_id(row[0]).title()
        raise Refusal(f"不能撤销：“{title}”后来又改过（{row[1]}），请先撤销后面的修改。")


def _refuse_if_leaned_on(model: type[Record], operation_id: int) -> None:
    for other in registry.models():
        for field in other._meta.refs:
            if other._meta.refs[field] is not model:
                continue
            row = database.execute_sql(
                f'SELECT t."{field.column_name}", count(*) FROM "{other.stem()}" t'
                f" WHERE t.retired = '' AND t.\"{field.column_name}\" IN"
                " (SELECT \"row\" FROM journal WHERE operation = ? AND stem = ? AND verb = 'I')"
                ' AND t.id NOT IN (SELECT "row" FROM journal WHERE operation = ? AND stem = ?)'
                f' GROUP BY t."{field.column_name}" LIMIT 1',
                (operation_id, model.stem(), operation_id, other.stem()),
            ).fetchone()
            if row is not None:
                title = model.get_by_id(row[0]).title()
                raise Refusal(
                    f"不能撤销：“{title}”名下后来有了 {row[1]} 条“{other._meta.label}”，请先处理。"
                )


def reindex_all() -> None:
    """Write the search table anew from the rows."""
    for model in registry.models():
        reindex(model)
