"""Tables, journal triggers and checks in SQLite's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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


def exchange_tables() -> Sequence[str]:
    """What the exchange remembers: keys, offices, packets, differences; no register has these rows."""
    return (
        """CREATE TABLE IF NOT EXISTS exchange_key (
            one INTEGER PRIMARY KEY CHECK (one = 1), signing BLOB NOT NULL, sealing BLOB NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS exchange_peer (
            office TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '',
            token TEXT NOT NULL DEFAULT '', signing BLOB NOT NULL DEFAULT x'',
            sealing BLOB NOT NULL DEFAULT x'', site INTEGER NOT NULL DEFAULT 0,
            their_incarnation TEXT NOT NULL DEFAULT '', their_number INTEGER NOT NULL DEFAULT 0,
            their_hash TEXT NOT NULL DEFAULT '', their_journal INTEGER NOT NULL DEFAULT 0,
            their_head TEXT NOT NULL DEFAULT '', our_incarnation TEXT NOT NULL DEFAULT '',
            our_number INTEGER NOT NULL DEFAULT 0, our_hash TEXT NOT NULL DEFAULT '',
            acknowledged INTEGER NOT NULL DEFAULT 0, acknowledged_hash TEXT NOT NULL DEFAULT '',
            covered INTEGER NOT NULL DEFAULT 0, retold INTEGER NOT NULL DEFAULT 0,
            answered_by TEXT NOT NULL DEFAULT '', floor INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE IF NOT EXISTS exchange_sent (
            office TEXT NOT NULL, incarnation TEXT NOT NULL, number INTEGER NOT NULL,
            hash TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL, covers INTEGER NOT NULL,
            decided INTEGER NOT NULL, totals TEXT NOT NULL, state TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '', bytes BLOB,
            PRIMARY KEY (office, incarnation, number))""",
        """CREATE TABLE IF NOT EXISTS exchange_received (
            office TEXT NOT NULL, incarnation TEXT NOT NULL, number INTEGER NOT NULL,
            hash TEXT NOT NULL, at TEXT NOT NULL, counts TEXT NOT NULL,
            PRIMARY KEY (office, incarnation, number))""",
        """CREATE TABLE IF NOT EXISTS exchange_conflict (
            id INTEGER PRIMARY KEY AUTOINCREMENT, office TEXT NOT NULL, kind TEXT NOT NULL,
            stem TEXT NOT NULL, "row" INTEGER NOT NULL, field TEXT NOT NULL, was TEXT NOT NULL,
            ours TEXT NOT NULL, theirs TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL,
            decision TEXT NOT NULL DEFAULT '', decided_at TEXT NOT NULL DEFAULT '',
            person TEXT NOT NULL DEFAULT '')""",
        'CREATE INDEX IF NOT EXISTS exchange_conflict_row ON exchange_conflict ("row", stem, field)',
        """CREATE TABLE IF NOT EXISTS exchange_answer (
            id INTEGER PRIMARY KEY AUTOINCREMENT, office TEXT NOT NULL, stem TEXT NOT NULL,
            "row" INTEGER NOT NULL, field TEXT NOT NULL, theirs TEXT NOT NULL)""",
        'CREATE INDEX IF NOT EXISTS exchange_answer_row ON exchange_answer ("row", stem, field)',
        """CREATE TABLE IF NOT EXISTS exchange_version (
            office TEXT PRIMARY KEY, version TEXT NOT NULL, at TEXT NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS exchange_held (
            office TEXT NOT NULL, stem TEXT NOT NULL, "row" INTEGER NOT NULL, line TEXT NOT NULL,
            at TEXT NOT NULL, PRIMARY KEY (office, stem, "row"))""",
        """CREATE TABLE IF NOT EXISTS exchange_stick (
            id TEXT PRIMARY KEY, serial TEXT NOT NULL, label TEXT NOT NULL, office TEXT NOT NULL,
            first_at TEXT NOT NULL, last_at TEXT NOT NULL, last_use TEXT NOT NULL,
            uses INTEGER NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS exchange_slip (
            hash TEXT PRIMARY KEY, way TEXT NOT NULL, office TEXT NOT NULL, number INTEGER NOT NULL,
            name TEXT NOT NULL, at TEXT NOT NULL, head TEXT NOT NULL, counts TEXT NOT NULL,
            answer TEXT NOT NULL DEFAULT '', answered_at TEXT NOT NULL DEFAULT '')""",
        """CREATE TABLE IF NOT EXISTS exchange_reply (
            office TEXT NOT NULL, name TEXT NOT NULL, at TEXT NOT NULL, bytes BLOB NOT NULL,
            PRIMARY KEY (office, name))""",
        """CREATE TABLE IF NOT EXISTS exchange_quarantine (
            id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            office TEXT NOT NULL, number INTEGER, outcome TEXT NOT NULL, reason TEXT NOT NULL,
            source TEXT NOT NULL, at TEXT NOT NULL, size INTEGER NOT NULL, bytes BLOB,
            state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', person TEXT NOT NULL DEFAULT '',
            decided_at TEXT NOT NULL DEFAULT '')""",
        """CREATE TABLE IF NOT EXISTS exchange_revoked (
            signing BLOB PRIMARY KEY, office TEXT NOT NULL, at TEXT NOT NULL, reason TEXT NOT NULL,
            person TEXT NOT NULL)""",
        """CREATE TABLE IF NOT EXISTS exchange_handover (
            id INTEGER PRIMARY KEY, stem TEXT NOT NULL, "row" INTEGER NOT NULL, nth INTEGER NOT NULL,
            giver TEXT NOT NULL, taker TEXT NOT NULL, seal BLOB NOT NULL,
            learned INTEGER NOT NULL DEFAULT 0)""",
        """CREATE TABLE IF NOT EXISTS exchange_file (
            office TEXT NOT NULL, digest TEXT NOT NULL, told INTEGER NOT NULL, has INTEGER NOT NULL,
            asked INTEGER NOT NULL DEFAULT 0, came TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (office, digest))""",
        """CREATE TABLE IF NOT EXISTS exchange_compared (
            fingerprint TEXT PRIMARY KEY, office TEXT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL)""",
        "CREATE TABLE IF NOT EXISTS exchange_former (signing BLOB PRIMARY KEY, at TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS exchange_office (code TEXT PRIMARY KEY, name TEXT NOT NULL)",
    )


def table(statement: str) -> str:
    """A statement that makes a table, given in SQLite's words, in those of this engine."""
    return statement


def search_tables() -> Sequence[str]:
    """What the search box looks in."""
    return (
        'CREATE TABLE IF NOT EXISTS search_entry ("row" INTEGER PRIMARY KEY, stem TEXT NOT NULL,'
        " weight INTEGER NOT NULL, names TEXT NOT NULL, haystack TEXT NOT NULL)",
        'CREATE TABLE IF NOT EXISTS search_key (word TEXT NOT NULL, "row" INTEGER NOT NULL,'
        ' PRIMARY KEY (word, "row")) WITHOUT ROWID',
    )


def journal_triggers(table: str, columns: Sequence[str]) -> Mapping[str, str]:
    """Three triggers by name; outside an operation `context.operation` is null and the write is refused."""
    logged = [column for column in columns if column not in UNLOGGED]
    current = "(SELECT operation FROM context WHERE one = 1)"
    into = 'INSERT INTO journal (operation, stem, "row", verb, changes)'
    pairs = " UNION ALL ".join(
        f"SELECT {_text(c)} AS f, OLD.{_name(c)} AS o, NEW.{_name(c)} AS n" for c in logged
    )
    whole = " UNION ALL ".join(f"SELECT {_text(c)} AS f, OLD.{_name(c)} AS o" for c in columns)
    differs = " OR ".join(f"OLD.{_name(c)} IS NOT NEW.{_name(c)}" for c in logged)
    stem, where = _text(table), _name(table)
    return {
        f"{table}_i": f"CREATE TRIGGER {_name(table + '_i')} AFTER INSERT ON {where} BEGIN "
        f"{into} VALUES ({current}, {stem}, NEW.id, 'I', NULL); END",
        f"{table}_u": f"CREATE TRIGGER {_name(table + '_u')} AFTER UPDATE ON {where} "
        f"WHEN {differs} BEGIN {into} VALUES ({current}, {stem}, NEW.id, 'U', "
        f"(SELECT json_group_object(f, json_array(o, n)) FROM ({pairs}) WHERE o IS NOT n)); END",
        f"{table}_d": f"CREATE TRIGGER {_name(table + '_d')} AFTER DELETE ON {where} BEGIN "
        f"{into} VALUES ({current}, {stem}, OLD.id, 'D', "
        f"(SELECT json_group_object(f, o) FROM ({whole}))); END",
    }


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def replace_trigger(table: str, name: str, statement: str) -> Sequence[str]:
    """What puts a trigger in the place of an older one of its name."""
    del table
    return (f"DROP TRIGGER IF EXISTS {_name(name)}", statement)


def replace_table(name: str, statement: str) -> Sequence[str]:
    """What puts an empty table in the place of one that was made otherwise."""
    return (f"DROP TABLE IF EXISTS {_name(name)}", statement)


def remembered(statement: str) -> str:
    """How `made` gives back what was made by this statement."""
    return statement.replace("IF NOT EXISTS ", "")


def made(opened: Any) -> dict[str, str]:
    """Everything that was made in a database: its name and the statement that made it."""
    rows = opened.execute_sql("SELECT name, sql FROM sqlite_master").fetchall()
    return {name: sql or "" for name, sql in rows}


def columns(opened: Any) -> dict[str, list[str]]:
    """Every table of a database and its columns in order."""
    found: dict[str, list[str]] = {}
    for table, column in opened.execute_sql(
        "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY t.name, c.cid"
    ).fetchall():
        found.setdefault(table, []).append(column)
    return found


def counters(opened: Any) -> dict[str, int]:
    """The last number that each table with numbers of its own has given, also to rows since gone."""
    return dict(opened.execute_sql("SELECT name, seq FROM sqlite_sequence").fetchall())


def set_counters(opened: Any, counters: Mapping[str, int]) -> None:
    """Go on counting from these."""
    for table, last in counters.items():
        opened.execute_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        opened.execute_sql("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))


def take_stock(opened: Any) -> None:
    """Many rows have come at once: what the engine knows of its tables is old. SQLite asks nothing."""
    del opened


def schema(opened: Any) -> int:
    """The number of the schema a database was brought to; 0 without tables."""
    return int(opened.execute_sql("PRAGMA user_version").fetchone()[0])


def set_schema(opened: Any, number: int) -> None:
    """Write the number of the schema down."""
    opened.execute_sql(f"PRAGMA user_version = {number}")


def migrator(opened: Any) -> Any:
    """What changes kept tables."""
    from playhouse.migrate import SqliteMigrator

    return SqliteMigrator(opened)


def references(opened: Any, on: bool) -> None:
    """Whether rows may point nowhere for a while; outside a transaction only.

    Rebuilding a parent table with foreign keys on would eat its children's rows.
    """
    opened.execute_sql(f"PRAGMA foreign_keys = {int(on)}")


def dangling(opened: Any) -> Sequence[tuple[Any, ...]]:
    """Rows that point nowhere; the table comes first."""
    found: Sequence[tuple[Any, ...]] = opened.execute_sql("PRAGMA foreign_key_check").fetchall()
    return found


def defer_references() -> str:
    """In the open transaction a row may come before the one it points to."""
    return "PRAGMA defer_foreign_keys = 1"


def points_nowhere(error: BaseException) -> bool:
    """Whether an integrity error says that a row points to one that is not there."""
    return "FOREIGN KEY" in str(error)


def new_value(changes: str, column: str) -> str:
    """What a journal entry's text says that a column became."""
    return f"json_extract({changes}, '$.{column}[1]')"


def integrity_findings() -> str:
    """SQLite reads every page and checks every index."""
    return "PRAGMA integrity_check"
