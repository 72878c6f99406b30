"""Numbered scripts that change the tables of an older data folder, with frozen models.

`m0002_what.py` holds `def up(migrator)`; it takes a folder from schema 1 to schema 2. A verified
backup is made before the first one runs. New tables need no script: they are made at open.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from db.connection import database
from db.errors import Trouble

FIRST = 1


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


def schema() -> int:
    """The schema of the open database; 0 for one without tables."""
    return int(database.execute_sql("PRAGMA user_version").fetchone()[0])


def run(before: Callable[[], object]) -> list[int]:
    """Bring the open database to the newest schema; `before` makes the safety copy.

    Raises Trouble when the data was written by a newer program.
    """
    from playhouse.migrate import SqliteMigrator

    now, target = schema(), newest()
    if now == 0:
        database.execute_sql(f"PRAGMA user_version = {target}")
        return []
    if now > target:
        raise Trouble(
            "这份数据是更新版本的程序写的，本机程序较旧，不能打开。",
            "请先升级本机程序，数据没有变化。",
        )
    done: list[int] = []
    for number in range(now + 1, target + 1):
        if not done:
            before()
        migrator = SqliteMigrator(database.obj)
        # Rebuilding a parent table with foreign keys on would eat its children's rows.
        with migrator.migration_context():
            up: Any = importlib.import_module(scripts()[number]).up
            up(migrator)
            database.execute_sql(f"PRAGMA user_version = {number}")
        done.append(number)
    return done
