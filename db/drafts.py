"""Half-filled forms, kept inside the encrypted file so that a crash or a power cut loses no typing.

A draft is not a record: it is this office's scrap paper, without journal, history or exchange.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db import access
from db.connection import database, dialect

TABLE = (
    "CREATE TABLE IF NOT EXISTS draft (stem TEXT NOT NULL, record BIGINT NOT NULL,"
    " at TEXT NOT NULL, title TEXT NOT NULL, fields TEXT NOT NULL, PRIMARY KEY (stem, record))"
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stood in the fields of one form; record 0 is a new record."""

    stem: str
    record: int
    at: str
    title: str
    fields: dict[str, Any]


def _whose() -> str:
    """On a server each person has drafts of their own: what stands before the stem in the table."""
    return f"{access.acting().id}/" if database.shared else ""


def keep(stem: str, record: int, title: str, fields: dict[str, Any]) -> None:
    """Write down what stands in the fields now; replaces the earlier draft of the same form."""
    with database.atomic():
        database.execute_sql(dialect().table(TABLE))
        database.execute_sql(
            "INSERT INTO draft VALUES (?, ?, ?, ?, ?) ON CONFLICT (stem, record) DO UPDATE"
            " SET at = excluded.at, title = excluded.title, fields = excluded.fields",
            (
                _whose() + stem,
                record,
                datetime.now().isoformat(timespec="seconds"),
                title,
                json.dumps(fields, ensure_ascii=False),
            ),
        )


def drop(stem: str, record: int) -> None:
    """The form was saved or given up."""
    if kept():
        database.execute_sql(
            "DELETE FROM draft WHERE stem = ? AND record = ?", (_whose() + stem, record)
        )


def kept(stem: str = "") -> list[Draft]:
    """All drafts, the latest first; of one register when a stem is given."""
    if "draft" not in database.get_tables():
        return []
    rows = database.execute_sql(
        "SELECT stem, record, at, title, fields FROM draft ORDER BY at DESC"
    ).fetchall()
    whose = _whose()
    return [
        Draft(s.removeprefix(whose), record, at, title, json.loads(fields))
        for s, record, at, title, fields in rows
        if s.startswith(whose) and (not stem or s == whose + stem)
    ]
