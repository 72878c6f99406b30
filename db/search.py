"""The search box: names with pinyin, last digits, any text, over all registers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from db.connection import database


@dataclass(frozen=True, slots=True)
class Entry:
    """What the search box may find one row by."""

    row: int
    names: tuple[str, ...]
    tails: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that fits what was typed."""

    stem: str
    row: int
    text: str


def tables() -> Sequence[str]:
    """Statements that make the search table where it is missing."""
    return (
        'CREATE TABLE IF NOT EXISTS search_entry (stem TEXT NOT NULL, "row" INTEGER NOT NULL,'
        ' name TEXT NOT NULL, haystack TEXT NOT NULL, PRIMARY KEY ("row", stem)) WITHOUT ROWID',
    )


def index(stem: str, entries: Iterable[Entry]) -> None:
    """Put these rows into the search table, in the open transaction."""
    database.connection().executemany(
        "INSERT OR REPLACE INTO search_entry VALUES (?, ?, ?, ?)",
        [
            (stem, e.row, " ".join(e.names), " ".join((*e.names, *e.tails, *e.texts)))
            for e in entries
        ],
    )


def forget(stem: str, rows: Iterable[int]) -> None:
    """Take these rows out of the search table."""
    database.connection().executemany(
        'DELETE FROM search_entry WHERE "row" = ? AND stem = ?', [(row, stem) for row in rows]
    )
