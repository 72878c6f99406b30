"""Journal triggers and checks in SQLite's words."""

from __future__ import annotations

from collections.abc import Sequence

name = "sqlite"

# `version` counts saves and says nothing to a reader of the journal.
UNLOGGED = frozenset({"version"})


def journal_tables() -> Sequence[str]:
    """The chain of operations, their entries, and the one row that names the open operation."""
    return (
        """CREATE TABLE IF NOT EXISTS operation (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, stamp INTEGER NOT NULL,
            person INTEGER NOT NULL, person_name TEXT NOT NULL, words TEXT NOT NULL,
            kind TEXT NOT NULL, undoes INTEGER, entries INTEGER NOT NULL DEFAULT 0,
            previous BLOB NOT NULL DEFAULT x'', hash BLOB NOT NULL DEFAULT x'')""",
        "CREATE UNIQUE INDEX IF NOT EXISTS operation_stamp ON operation (stamp)",
        "CREATE INDEX IF NOT EXISTS operation_undoes ON operation (undoes)",
        """CREATE TABLE IF NOT EXISTS journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT, operation INTEGER NOT NULL,
            stem TEXT NOT NULL, "row" INTEGER NOT NULL, verb TEXT NOT NULL, changes TEXT)""",
        'CREATE INDEX IF NOT EXISTS journal_row ON journal ("row", stem)',
        "CREATE INDEX IF NOT EXISTS journal_operation ON journal (operation)",
        "CREATE TABLE IF NOT EXISTS context (one INTEGER PRIMARY KEY CHECK (one = 1), operation INTEGER)",
        "INSERT OR IGNORE INTO context (one, operation) VALUES (1, NULL)",
    )


def journal_triggers(table: str, columns: Sequence[str]) -> Sequence[str]:
    """Three triggers; outside an operation `context.operation` is null and the write is refused."""
    logged = [column for column in columns if column not in UNLOGGED]
    current = "(SELECT operation FROM context WHERE one = 1)"
    into = 'INSERT INTO journal (operation, stem, "row", verb, changes)'
    pairs = " UNION ALL ".join(
        f'SELECT \'{c}\' AS f, OLD."{c}" AS o, NEW."{c}" AS n' for c in logged
    )
    whole = ", ".join(f"'{c}', OLD.\"{c}\"" for c in columns)
    differs = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in logged)
    return (
        f"DROP TRIGGER IF EXISTS {table}_i",
        f"DROP TRIGGER IF EXISTS {table}_u",
        f"DROP TRIGGER IF EXISTS {table}_d",
        f'CREATE TRIGGER {table}_i AFTER INSERT ON "{table}" BEGIN '
        f"{into} VALUES ({current}, '{table}', NEW.id, 'I', NULL); END",
        f'CREATE TRIGGER {table}_u AFTER UPDATE ON "{table}" WHEN {differs} BEGIN '
        f"{into} VALUES ({current}, '{table}', NEW.id, 'U', "
        f"(SELECT json_group_object(f, json_array(o, n)) FROM ({pairs}) WHERE o IS NOT n)); END",
        f'CREATE TRIGGER {table}_d AFTER DELETE ON "{table}" BEGIN '
        f"{into} VALUES ({current}, '{table}', OLD.id, 'D', json_object({whole})); END",
    )


def integrity_findings() -> str:
    """SQLite reads every page and checks every index."""
    return "PRAGMA integrity_check"
