"""Operations: one transaction, one line in the chain, one step to undo.

Triggers write what each row lost and gained; this module opens the operation they write under,
chains it by hash just before the commit, and tells `db.changes` after it.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from db import access, changes, identity, moment
from db.connection import database
from db.errors import Refusal, Trouble

_COUNTER_BITS = 16
#: The kind of the operation with which an office began.
FOUND = "found"
#: The kind of an operation that changed the tables themselves; it cannot be undone.
UPGRADE = "upgrade"
#: The kind of an operation that took in another office's packet; what it wrote is not ours to send.
RECEIVE = "receive"
#: The kind of an operation that gave the office another name.
RENAME = "rename"
#: The kind of an operation that gave a row to another office; that office has the county's word.
HANDOVER = "handover"


@dataclass(slots=True)
class Open:
    """The operation that is being written."""

    id: int
    words: str
    kind: str
    #: What to do in memory when what was written so far is rolled back, in the order it was done.
    rolled_back: list[Callable[[], None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal: verb I(nsert), U(pdate) or D(elete); changes as {column: [old, new]}."""

    id: int
    operation: int
    stem: str
    row: int
    verb: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """A finished operation, as the audit page shows it."""

    id: int
    at: str
    person: str
    words: str
    kind: str
    entries: int
    undoes: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row: who changed it, when, from what to what."""

    operation: int
    at: str
    person: str
    words: str
    verb: str
    field: str
    old: Any
    new: Any
    #: The kind of the operation.
    kind: str = ""


_thread = threading.local()


def current() -> Open | None:
    """The operation open on this thread."""
    return getattr(_thread, "open", None)


def _stamp(last: int) -> int:
    """A hybrid clock: the wall clock when it runs forward, else one more than the last stamp."""
    return max(last + 1, int(time.time() * 1000) << _COUNTER_BITS)


@contextmanager
def operation(
    words: str, kind: str = "edit", *, at: str = "", undoes: int | None = None
) -> Iterator[Open]:
    """Everything inside commits together or not at all.

    Inside another operation it joins that one, as a part that is rolled back alone when the outer
    one catches its failure and goes on. `at` gives the moment a restored or generated history
    happened (ISO seconds); else now. Raises Trouble when the disk or the file is ill: then nothing
    was kept, and the records in memory are as unsaved as before.
    """
    outer = current()
    if outer is not None:
        with _part(outer):
            yield outer
        return
    person = access.acting()
    if database.in_transaction():
        raise RuntimeError("an operation is the outermost transaction")
    database.end_stray_transaction()
    told: changes.Changes | None = None
    opened = Open(0, words, kind)
    try:
        with database.atomic():
            _begin(opened, person, at, undoes)
            _thread.open = opened
            yield opened
            told = _finish(opened, words)
    except BaseException:
        _end_stray_transaction()
        _take_back(opened, 0)
        raise
    finally:
        _thread.open = None
    if told is not None:
        changes.announce(told)


def _begin(opened: Open, person: access.Person, at: str, undoes: int | None) -> None:
    row = database.execute_sql("SELECT stamp FROM operation ORDER BY stamp DESC LIMIT 1").fetchone()
    opened.id = identity.next_ids(1)[0]
    database.execute_sql(
        "INSERT INTO operation (id, at, stamp, person, person_name, words, kind, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            opened.id,
            at or moment.now(),
            _stamp(row[0] if row else 0),
            person.id,
            person.name,
            opened.words,
            opened.kind,
            undoes,
        ),
    )
    database.execute_sql("UPDATE context SET operation = ?", (opened.id,))


def _finish(opened: Open, words: str) -> changes.Changes | None:
    if not database.holds_transaction():
        # A full disk makes SQLite roll back by itself; whoever swallowed that error must not
        # be told that all is well.
        raise Trouble("数据文件刚才不能写入，这一步全部退回，没有保存。", "请检查磁盘后再做一次。")
    if opened.words != words:
        database.execute_sql(
            "UPDATE operation SET words = ? WHERE id = ?", (opened.words, opened.id)
        )
    told = _seal(opened)
    database.execute_sql("UPDATE context SET operation = NULL")
    if told is not None:
        database.tell_others(opened.id)
    return told


@contextmanager
def _part(outer: Open) -> Iterator[None]:
    mark = len(outer.rolled_back)
    database.execute_sql("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if database.can_roll_back_part():
            database.execute_sql("ROLLBACK TO SAVEPOINT part")
            database.execute_sql("RELEASE SAVEPOINT part")
        _take_back(outer, mark)
        raise
    database.execute_sql("RELEASE SAVEPOINT part")


def _take_back(opened: Open, mark: int) -> None:
    while len(opened.rolled_back) > mark:
        opened.rolled_back.pop()()


def _end_stray_transaction() -> None:
    if database.obj is not None:
        database.end_stray_transaction()


_HASHED = "id, at, stamp, person, person_name, words, kind, undoes, entries"


def _digest(previous: bytes, head: tuple[Any, ...], lines: list[tuple[Any, ...]]) -> bytes:
    digest = hashlib.sha256(previous)
    digest.update(json.dumps(head, ensure_ascii=False).encode())
    digest.update(
        "\n".join(f"{s}\t{r}\t{v}\t{c or ''}" for s, r, v, c in lines).encode(
            "utf-8", "surrogatepass"
        )
    )
    return digest.digest()


def _lines(operation_id: int) -> list[tuple[Any, ...]]:
    return list(
        database.execute_sql(
            'SELECT stem, "row", verb, changes FROM journal WHERE operation = ? ORDER BY id',
            (operation_id,),
        ).fetchall()
    )


def _seal(opened: Open) -> changes.Changes | None:
    """Chain the operation to the one before; an operation that changed nothing leaves no trace."""
    lines = _lines(opened.id)
    if not lines:
        database.execute_sql("DELETE FROM operation WHERE id = ?", (opened.id,))
        return None
    before = database.execute_sql(
        "SELECT hash FROM operation WHERE id <> ? ORDER BY stamp DESC LIMIT 1", (opened.id,)
    ).fetchone()
    previous = bytes(before[0]) if before else b""
    database.execute_sql("UPDATE operation SET entries = ? WHERE id = ?", (len(lines), opened.id))
    head = database.execute_sql(
        f"SELECT {_HASHED} FROM operation WHERE id = ?", (opened.id,)
    ).fetchone()
    database.execute_sql(
        "UPDATE operation SET previous = ?, hash = ? WHERE id = ?",
        (previous, _digest(previous, tuple(head), lines), opened.id),
    )
    touched: dict[str, set[int]] = {}
    for stem, row, _verb, _changes in lines:
        touched.setdefault(stem, set()).add(row)
    return changes.Changes(
        opened.id,
        opened.words,
        {stem: frozenset(rows) for stem, rows in touched.items()},
        kind=opened.kind,
    )


def log(stem: str, row: int, changed: dict[str, list[Any]]) -> None:
    """Write down a change of a table that has no triggers, inside the open operation."""
    opened = current()
    if opened is None:
        raise RuntimeError("a change is logged inside an operation")
    database.execute_sql(
        'INSERT INTO journal (operation, stem, "row", verb, changes) VALUES (?, ?, ?, ?, ?)',
        (opened.id, stem, row, "U", json.dumps(changed, ensure_ascii=False)),
    )


def head() -> tuple[int, bytes]:
    """How many operations the chain has, and its last hash."""
    count = database.execute_sql("SELECT count(*) FROM operation").fetchone()[0]
    row = database.execute_sql("SELECT hash FROM operation ORDER BY stamp DESC LIMIT 1").fetchone()
    return count, bytes(row[0]) if row else b""


def verify(remembered: Sequence[tuple[int, bytes]] = ()) -> list[str]:
    """Walk the whole chain and say in words where it was cut or edited; [] when it is whole.

    `remembered` are heads (how many operations, the last hash) known from elsewhere: only they
    show that the end was cut off, or that the whole chain was written anew by somebody who has
    the key.
    """
    findings = []
    previous, hashes = b"", []
    for row in database.execute_sql(
        f"SELECT previous, hash, {_HASHED} FROM operation ORDER BY stamp"
    ).fetchall():
        kept_previous, kept, head_row = bytes(row[0]), bytes(row[1]), tuple(row[2:])
        name = f"{head_row[1]} {head_row[4]}“{head_row[5]}”"
        if kept_previous != previous:
            findings.append(f"操作记录在“{name}”之前缺了一段或被改动")
        if _digest(kept_previous, head_row, _lines(head_row[0])) != kept:
            findings.append(f"操作记录“{name}”的内容被改动")
        previous = kept
        hashes.append(kept)
    for count, last in remembered:
        if count > len(hashes):
            findings.append(f"操作记录的末尾缺了 {count - len(hashes)} 步：曾有 {count} 步")
        elif count and hashes[count - 1] != last:
            findings.append(f"操作记录的前 {count} 步与当时记下的不符，可能被整段改写")
    loose = database.execute_sql(
        "SELECT count(*) FROM journal j WHERE NOT EXISTS"
        " (SELECT 1 FROM operation o WHERE o.id = j.operation)"
    ).fetchone()[0]
    if loose:
        findings.append(f"有 {loose} 条变更记录找不到所属操作")
    return findings


def entries(operation_id: int) -> list[Entry]:
    """What one operation wrote, in order."""
    return [
        Entry(i, operation_id, s, r, v, json.loads(c) if c else {})
        for i, s, r, v, c in database.execute_sql(
            'SELECT id, stem, "row", verb, changes FROM journal WHERE operation = ? ORDER BY id',
            (operation_id,),
        ).fetchall()
    ]


def operations(limit: int = 200, before: int | None = None, stem: str = "") -> list[Operation]:
    """The latest operations, newest first; `before` is the id of the last one already shown."""
    where, values = [], []
    if before is not None:
        where.append("o.stamp < (SELECT stamp FROM operation WHERE id = ?)")
        values.append(before)
    if stem:
        where.append("o.id IN (SELECT operation FROM journal WHERE stem = ?)")
        values.append(stem)  # type: ignore[arg-type]
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    sql = (
        "SELECT o.id, o.at, o.person_name, o.words, o.kind, o.entries, o.undoes,"
        " (SELECT max(u.id) FROM operation u WHERE u.undoes = o.id)"
        f" FROM operation o{condition} ORDER BY o.stamp DESC LIMIT ?"
    )
    return [Operation(*row) for row in database.execute_sql(sql, (*values, limit)).fetchall()]


def history(stem: str, row: int) -> list[Change]:
    """Everything that ever happened to one row, newest first."""
    found = []
    for o, at, person, words, kind, verb, text in database.execute_sql(
        "SELECT j.operation, o.at, o.person_name, o.words, o.kind, j.verb, j.changes FROM journal j"
        ' JOIN operation o ON o.id = j.operation WHERE j."row" = ? AND j.stem = ?'
        " ORDER BY j.id DESC",
        (row, stem),
    ).fetchall():
        fields = json.loads(text) if text and verb == "U" else {"": (None, None)}
        found += [
            Change(o, at, person, words, verb, f, old, new, kind)
            for f, (old, new) in fields.items()
        ]
    return found


def later_changes(operation_id: int) -> list[tuple[str, int, str]]:
    """Rows of this operation that a later one changed again: (stem, row, words of the later one)."""
    return list(
        database.execute_sql(
            'SELECT DISTINCT b.stem, b."row", o.words FROM journal a'
            ' JOIN journal b ON b."row" = a."row" AND b.stem = a.stem AND b.id > a.id'
            " JOIN operation o ON o.id = b.operation"
            " WHERE a.operation = ? AND b.operation <> a.operation"
            " AND o.undoes IS DISTINCT FROM a.operation LIMIT 20",
            (operation_id,),
        ).fetchall()
    )


def find(operation_id: int) -> Operation:
    """One operation by its id."""
    sql = (
        "SELECT o.id, o.at, o.person_name, o.words, o.kind, o.entries, o.undoes,"
        " (SELECT max(u.id) FROM operation u WHERE u.undoes = o.id) FROM operation o WHERE o.id = ?"
    )
    row = database.execute_sql(sql, (operation_id,)).fetchone()
    if row is None:
        raise Refusal("找不到这一步操作。")
    return Operation(*row)
