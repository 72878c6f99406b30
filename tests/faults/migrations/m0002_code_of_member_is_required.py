"""A change of kept tables as a later version might need it: rebuilds a parent, and fills a column."""

from __future__ import annotations

from typing import Any

import peewee
from playhouse.migrate import migrate

from db.connection import database


def up(migrator: Any) -> None:
    database.execute_sql("UPDATE member SET code = 'M' || id WHERE code = ''")
    migrate(
        migrator.add_column("member", "nickname", peewee.TextField(default="")),
        migrator.alter_column_type("organization", "notes", peewee.CharField(max_length=500)),
    )
