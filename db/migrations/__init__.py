"""Brings the tables of a data folder to what this program writes.

`m0002_what.py` holds `def up(migrator)`; it takes a folder from schema 1 to schema 2, with frozen
models or plain SQL. Each script is one operation: whole or not at all, and in the journal. A verified
backup is made before the first one runs. New tables, indexes and journal triggers need no script:
they are made at open. A new column does. A script changes rows before it rebuilds their table: the
rebuilt one has no triggers yet, and what is written then stands in no record.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from db import access, journal, registry
from db.bulk import reindex
from db.connection import CONTRADICTIONS, database, dialect
from db.errors import Trouble

FIRST = 1


class Newer(Trouble):
    """The data is sound, this program does not fit it: too old, or not whole."""


def scripts() -> dict[int, str]:
    """Schema number → module name of the script that leads to it."""
    return {
        int(info.name[1:5]): f"db.migrations.{info.name}"
        for info in pkgutil.iter_modules(__path__)
        if info.name[:1] == "m" and info.name[1:5].isdigit()
    }


def newest() -> int:
    """The schema that this program writes."""
    return max(scripts(), default=FIRST)


def schema(file: Any = None) -> int:
    """The schema of the open database, or of another open file; 0 for one without tables."""
    opened = file or database
    return int(dialect(opened).schema(opened))


def require_known(number: int) -> None:
    """Trouble for a file of a newer program, and for one that never got its tables."""
    if number > newest():
        raise Newer(
            "这份数据是更新版本的程序写的，本机程序较旧，不能打开。",
            "请先升级本机程序，数据没有变化。",
        )
    if number == 0:
        raise Trouble("数据文件里没有台账的表格，可能没有建完或已损坏。", "请用最近一次备份恢复。")


def found() -> None:
    """Make the tables of a new, empty database."""
    dialect().set_schema(database, newest())
    prepare()


def run(before: Callable[[], object]) -> list[int]:
    """Bring the open database to the newest schema; `before` makes the safety copy.

    Raises Trouble when the data was written by a newer program, and when a script fails or leaves
    a row that points nowhere: then the data is as it was before that script.
    """
    now = schema()
    require_known(now)
    done: list[int] = []
    for number in range(now + 1, newest() + 1):
        if not done:
            before()
        _step(number)
        done.append(number)
    return done


def _step(number: int) -> None:
    up: Any = importlib.import_module(scripts()[number]).up
    words = dialect()
    words.references(database, False)
    try:
        with (
            access.acting_as(access.PROGRAM),
            journal.operation(f"数据升级到第 {number} 版", kind=journal.UPGRADE),
        ):
            up(words.migrator(database.obj))
            lost = words.dangling(database)
            if lost:
                raise Trouble(
                    f"数据升级到第 {number} 版没有成功，数据和升级前一样。",
                    f"“{lost[0][0]}”里有 {len(lost)} 条记录指向不存在的记录，请联系维护人员。",
                )
            words.set_schema(database, number)
    except CONTRADICTIONS as error:
        # A server says at once what the file would have shown as a row that points nowhere.
        raise Trouble(
            f"数据升级到第 {number} 版没有成功，数据和升级前一样。",
            "升级步骤和这份数据里的记录互相矛盾，请联系维护人员。",
        ) from error
    finally:
        words.references(database, True)


def prepare() -> None:
    """Make what is missing: bookkeeping tables, register tables and indexes, journal triggers.

    Trouble when a kept table lacks a column of its register: that needs a script, and without it
    every save would fail.
    """
    with database.atomic():
        for statement in (*dialect().journal_tables(), *dialect().exchange_tables()):
            database.execute_sql(statement)
        # An operation cut off by a power failure was rolled back with its context.
        database.execute_sql("UPDATE context SET operation = NULL WHERE operation IS NOT NULL")
        made, columns = dialect().made(database), dialect().columns(database)
        for model in registry.models():
            _prepare_table(model, made, columns)
        _prepare_search(made)


def _prepare_search(made: dict[str, str]) -> None:
    """The search tables are derived: made otherwise by this program, they are written anew."""
    words = dialect()
    wanted = {statement.split()[5]: statement for statement in words.search_tables()}
    if all(made.get(name) == words.remembered(each) for name, each in wanted.items()):
        return
    for name, statement in wanted.items():
        for step in words.replace_table(name, statement):
            database.execute_sql(step)
    for model in registry.models():
        reindex(model)


def _prepare_table(model: Any, made: dict[str, str], columns: dict[str, list[str]]) -> None:
    table = model.stem()
    wanted = [field.column_name for field in model._meta.sorted_fields]
    if table not in made:
        model.create_table()
    else:
        missing = [column for column in wanted if column not in columns[table]]
        if missing:
            raise Newer(
                f"数据里的“{model._meta.label}”缺少“{'、'.join(missing)}”，与本机程序不配套。",
                "数据没有变化。请安装完整的程序，或联系维护人员补上升级步骤。",
            )
        for index in model._meta.fields_to_index():
            if index._name not in made:
                database.execute(model._schema._create_index(index))
    for name, statement in dialect().journal_triggers(table, wanted).items():
        if made.get(name) != statement:
            for step in dialect().replace_trigger(table, name, statement):
                database.execute_sql(step)
