"""Everything that one database holds into another, of either engine, proved by a digest of every table.

The rows go as they are: registers, the journal with its chain, identity, the exchange, the search
tables. What belongs to one place only (`_OF_A_PLACE`) stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import peewee

from db import drafts, identity, migrations, registry
from db.connection import dialect, open_file
from db.errors import Trouble

#: Where a database lies, who may open it there, whether it has gone: true of that one only. The files
#: on a server are carried over one by one (`db.attachments`), not poured.
_OF_A_PLACE = frozenset(
    {"context", "moved", "seat", "server_file", "server_schema", "server_vault"}
)
_CHUNK = 20_000
#: How the tables beside the registers begin, and what they hold.
_BESIDE = {
    "draft": "没填完的草稿",
    "exchange_": "数据交换的往来",
    "identity": "本单位",
    "journal": "操作明细",
    "operation": "操作记录",
    "search_": "检索",
}

Digest = tuple[int, str]
#: Told (rows poured, rows in all, what is poured now).
Progress = Callable[[int, int, str], object]


def silent(_done: int, _total: int, _words: str) -> None:
    """Nobody watches."""


def copy_into(source: Any, file: Path, key: bytes) -> None:
    """Write everything as it stands at one moment into a new encrypted file; Trouble when it will not."""
    target = open_file(file, key, create=True, mode="delete")
    try:
        with source.one_moment():
            fill(source, target)
    finally:
        target.close_everywhere()


def fill(source: Any, target: Any, progress: Progress = silent) -> dict[str, Digest]:
    """Make the tables in an empty database and pour everything in; returns the digests, equal on both.

    `progress` may raise to break it off: then nothing stays. Journal triggers are not made:
    `migrations.prepare` does that when the database is opened.
    """
    dialect(target).references(target, False)
    try:
        with target.atomic():
            _make_tables(target)
            dialect(target).set_schema(target, migrations.schema(source))
            return _pour(source, target, progress)
    finally:
        dialect(target).references(target, True)


def replace(source: Any, target: Any) -> dict[str, Digest]:
    """Put everything in the place of what an open database holds, in one transaction."""
    words = dialect(target)
    with target.atomic():
        _make_late_tables(target)
        words.triggers(target, False)
        words.empty(target, sorted(set(words.columns(target)) - _OF_A_PLACE))
        found = _pour(source, target, silent)
        words.triggers(target, True)
        return found


def _make_tables(target: Any) -> None:
    words = dialect(target)
    for statement in (*words.journal_tables(), *words.exchange_tables()):
        target.execute_sql(statement)
    _make_late_tables(target)
    for model in registry.models():
        peewee.SchemaManager(model, target).create_all()
    for statement in words.search_tables():
        for step in words.replace_table(statement.split()[5], statement):
            target.execute_sql(step)


def _make_late_tables(target: Any) -> None:
    """Those that are otherwise made when they are first needed."""
    for statement in (identity.TABLE, drafts.TABLE):
        target.execute_sql(dialect(target).table(statement))


def _pour(source: Any, target: Any, progress: Progress) -> dict[str, Digest]:
    target.execute_sql(dialect(target).defer_references())
    given, taken = dialect(source).columns(source), dialect(target).columns(target)
    for table in _OF_A_PLACE:
        given.pop(table, None)
    total = sum(_count(source, table) for table in given)
    found: dict[str, Digest] = {}
    for table, columns in given.items():
        progress(sum(count for count, _ in found.values()), total, called(table))
        missing = [name for name in columns if name not in taken.get(table, ())]
        if missing:
            raise Trouble(
                f"数据里有本机程序不认识的内容：“{table}”的“{'、'.join(missing)}”，没有写成。",
                "数据没有变化。请升级本机程序后再试。",
            )
        found[table] = _pour_table(source, target, table, sorted(columns))
    dialect(target).set_counters(target, dialect(source).counters(source))
    dialect(target).take_stock(target)
    return found


def _pour_table(source: Any, target: Any, table: str, columns: list[str]) -> Digest:
    quoted = ", ".join(f'"{name}"' for name in columns)
    given = iter(source.execute_sql(f'SELECT {quoted} FROM "{table}"'))
    while rows := list(islice(given, _CHUNK)):
        try:
            target.insert_many(table, columns, rows)
        except (peewee.DataError, peewee.IntegrityError, ValueError, OverflowError) as error:
            raise Trouble(
                f"“{table}”里有一处内容在那种数据库里存不下，没有写成。",
                "原来的数据没有变化。请先用“检查”找出并改正，再试一次。",
            ) from error
    before, after = digest(source, table, columns), digest(target, table, columns)
    if before != after:
        raise Trouble(
            f"“{table}”写过去再读回来不一样（{before[0]} 行，读回 {after[0]} 行），没有写成。",
            "原来的数据没有变化。请检查磁盘后再试。",
        )
    return after


def _count(opened: Any, table: str) -> int:
    return int(opened.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def called(table: str) -> str:
    """What a person calls a table: its register, or what the program keeps beside the registers."""
    for model in registry.models():
        if model.stem() == table:
            return str(model._meta.label)
    for beginning, words in _BESIDE.items():
        if table.startswith(beginning):
            return words
    return table


def digest(opened: Any, table: str, columns: list[str]) -> Digest:
    """How many rows a table has and one number for all of them, in whatever order they come."""
    quoted = ", ".join(f'"{name}"' for name in columns)
    count = total = 0
    for row in opened.execute_sql(f'SELECT {quoted} FROM "{table}"'):
        text = json.dumps(row, ensure_ascii=False, default=_hex)
        line = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        total = (total + int.from_bytes(line, "big")) % (1 << 256)
        count += 1
    return count, f"{total:064x}"


def _hex(value: Any) -> str:
    return f"x{bytes(value).hex()}"
