"""Take back any operation, as a new operation; refuses in words when later work builds on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from db import access, journal, naming, registry
from db.bulk import reindex, update_rows
from db.connection import database, dialect
from db.errors import Refusal
from db.record import Record

_CHUNK = 10_000
#: Kinds of operations that are never taken back, and why, in the person's words.
FINAL: Mapping[str, str] = {
    journal.FOUND: "：这是台账的开头。",
    journal.UPGRADE: "，只能恢复升级前的备份。",
    journal.HANDOVER: "：转接凭据已经开出。要转回来请再办一次转接。",
    journal.RECEIVE: "：对方已按收到处理。要改的请直接修改，或恢复接收前的备份。",
}


def undo(operation_id: int) -> int:
    """Put every row back as it was before; rows that were new are retired. Returns the new id.

    Undoing an undo does the operation again. Refuses, naming the record, when later work builds on
    it, and when a row would contradict another one that came later.
    """
    done = journal.find(operation_id)
    _require_undoable(done)
    if done.kind == journal.RENAME:
        return naming.take_back(done)
    with _allowed(done), journal.operation(_words(done), kind="undo", undoes=done.id) as opened:
        made, changed = _written(done)
        begun = {*made, *(model for model, rows in changed.items() if _brought_back(rows))}
        for model in begun:
            _refuse_if_changed(model, done.id)
        for model, rows in changed.items():
            _put_back(model, rows)
        for model in reversed(registry.models()):
            if model in made:
                update_rows(model, ["retired"], [(row, (opened.words,)) for row in made[model]])
        for model in begun:
            _refuse_if_leaned_on(model, done.id)
        return opened.id


def _require_undoable(done: journal.Operation) -> None:
    if done.undone_by is not None:
        raise Refusal(f"“{done.words}”已经撤销过了。")
    if done.kind in FINAL:
        raise Refusal(f"“{done.words}”不能撤销{FINAL[done.kind]}")


def _words(done: journal.Operation) -> str:
    """撤销 and 重做 take turns, so that the words do not grow."""
    for prefix, turned in (("撤销：", "重做："), ("重做：", "撤销：")):
        if done.kind == "undo" and done.words.startswith(prefix):
            return turned + done.words.removeprefix(prefix)
    return f"撤销：{done.words}"


@contextmanager
def _allowed(done: journal.Operation) -> Iterator[None]:
    """Undoing is writing; who may only approve may still take back a decision of their own."""
    roots = {_model(entry.stem) for entry in journal.entries(done.id)}
    if not access.can("write") and access.can("approve") and _is_own(done):
        with access.approving():
            yield
        return
    for model in roots:
        access.require("write", registry.stem_of(model), model._meta.label)
    yield


def _is_own(done: journal.Operation) -> bool:
    row = database.execute_sql("SELECT person FROM operation WHERE id = ?", (done.id,)).fetchone()
    return bool(row[0] == access.acting().id)


def _model(stem: str) -> type[Record]:
    try:
        return registry.model_of(stem)
    except KeyError:
        raise Refusal("这一步改动了本机程序不认识的台账，不能撤销。") from None


def _begins() -> str:
    """An operation begins a row by making it, or by bringing it back into use (redo, 恢复)."""
    return f"(verb = 'I' OR {dialect().new_value('changes', 'retired')} = '')"


def _brought_back(rows: dict[int, dict[str, list[Any]]]) -> bool:
    return any(columns.get("retired", ["", None])[1] == "" for columns in rows.values())


_Changed = dict[type[Record], dict[int, dict[str, list[Any]]]]


def _written(done: journal.Operation) -> tuple[dict[type[Record], list[int]], _Changed]:
    """The rows an operation made, and for each row it changed {column: [first old, last new]}."""
    made: dict[type[Record], list[int]] = {}
    changed: _Changed = {}
    for entry in journal.entries(done.id):
        model = _model(entry.stem)
        if entry.verb == "I":
            made.setdefault(model, []).append(entry.row)
        elif entry.verb == "U":
            row = changed.setdefault(model, {}).setdefault(entry.row, {})
            for column, (old, new) in entry.changes.items():
                row[column] = [row[column][0] if column in row else old, new]
        else:
            raise Refusal(f"“{done.words}”删除过记录，不能撤销，只能恢复备份。")
    for model, ids in made.items():
        # A row that was made and changed in one operation simply goes.
        for row_id in ids:
            changed.get(model, {}).pop(row_id, None)
    return made, changed


def _put_back(model: type[Record], rows: dict[int, dict[str, list[Any]]]) -> None:
    by_column = {f.column_name: f for f in model._meta.sorted_fields}
    alike: dict[tuple[str, ...], list[tuple[int, list[Any]]]] = {}
    for row_id, columns in rows.items():
        unknown = [column for column in columns if column not in by_column]
        if unknown:
            raise Refusal(
                f"这一步改过“{unknown[0]}”，本机程序已没有这一项，不能撤销，只能恢复备份。"
            )
        _refuse_if_altered(model, row_id, columns)
        olds = [by_column[c].python_value(old) for c, (old, _new) in columns.items()]
        alike.setdefault(tuple(columns), []).append((row_id, olds))
    before = _faults_of(model, rows)
    for columns_alike, group in alike.items():
        update_rows(model, [by_column[c].name for c in columns_alike], group)
    for row_id, faults in _faults_of(model, rows).items():
        fresh = faults - before.get(row_id, set())
        if fresh:
            title = model.get_by_id(row_id).title()
            raise Refusal(f"不能撤销：“{title}”会与后来的记录矛盾（{'；'.join(sorted(fresh))}）。")


def _refuse_if_altered(model: type[Record], row_id: int, columns: dict[str, list[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    kept = database.execute_sql(
        f'SELECT {names} FROM "{model.stem()}" WHERE id = ?', (row_id,)
    ).fetchone()
    for (column, (_old, new)), now in zip(columns.items(), kept, strict=True):
        if now != new:
            label = next(f for f in model._meta.sorted_fields if f.column_name == column)
            title = model.get_by_id(row_id).title()
            raise Refusal(
                f"不能撤销：“{title}”的“{getattr(label, 'label', column)}”后来又改过，"
                "请先撤销后面的修改。"
            )


def _faults_of(model: type[Record], rows: Iterable[int]) -> dict[int, set[str]]:
    """What forbids keeping each living row, as the register itself says it."""
    ids, found = list(rows), {}
    for start in range(0, len(ids), _CHUNK):
        for record in model.living().where(model.id.in_(ids[start : start + _CHUNK])):
            found[record.id] = {fault.message for fault in record.faults()}
    return found


def _refuse_if_changed(model: type[Record], operation_id: int) -> None:
    later = database.execute_sql(
        'SELECT b."row", o.id, o.words FROM (SELECT id, "row", stem, operation FROM journal'
        f" WHERE operation = ? AND stem = ? AND {_begins()}) a"
        ' JOIN journal b ON b."row" = a."row" AND b.stem = a.stem AND b.id > a.id'
        " JOIN operation o ON o.id = b.operation"
        " WHERE b.operation <> a.operation AND o.kind <> 'undo' GROUP BY b.\"row\", o.id, o.words ORDER BY max(b.id) DESC",
        (operation_id, model.stem()),
    ).fetchall()
    stands: dict[int, bool] = {}
    for row, other, words in later:
        if stands.setdefault(other, _stands(other)):
            title = model.get_by_id(row).title()
            raise Refusal(f"不能撤销：“{title}”后来又改过（{words}），请先撤销后面的修改。")


def _stands(operation_id: int) -> bool:
    """Whether an operation is in force: not undone, or undone and done again."""
    undone = database.execute_sql(
        "SELECT id FROM operation WHERE undoes = ?", (operation_id,)
    ).fetchall()
    return not any(_stands(one) for (one,) in undone)


def _refuse_if_leaned_on(model: type[Record], operation_id: int) -> None:
    for other in registry.models():
        for field in other._meta.refs:
            if other._meta.refs[field] is not model:
                continue
            row = database.execute_sql(
                f'SELECT t."{field.column_name}", count(*) FROM "{other.stem()}" t'
                f" WHERE t.retired = '' AND t.\"{field.column_name}\" IN"
                f' (SELECT "row" FROM journal WHERE operation = ? AND stem = ? AND {_begins()})'
                f' GROUP BY t."{field.column_name}" LIMIT 1',
                (operation_id, model.stem()),
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
