"""Which office this is, which database, and the next id; a restore mints a new incarnation."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.connection import database, dialect

_COUNTER_BITS = 40
_GAP = 1 << 24
_SITE_STEP = 1 << 12
_SITE_LIMIT = 1 << 22  # site << 40 stays inside a signed 64-bit integer

#: What the journal calls this table, which is no register.
STEM = "identity"
LEVELS = {"township": "苏木乡镇", "county": "旗县"}


@dataclass(frozen=True, slots=True)
class Identity:
    """The office that owns this database."""

    office_code: str
    office_name: str
    level: str
    database_id: str
    incarnation: str
    site: int


TABLE = """CREATE TABLE IF NOT EXISTS identity (
    one INTEGER PRIMARY KEY CHECK (one = 1), office_code TEXT NOT NULL, office_name TEXT NOT NULL,
    level TEXT NOT NULL, database_id TEXT NOT NULL, incarnation TEXT NOT NULL,
    site INTEGER NOT NULL, counter INTEGER NOT NULL)"""


def found(code: str, name: str, level: str, *, site: int | None = None) -> Identity:
    """Write down who this office is, once, when its database is made."""
    database.execute_sql(dialect().table(TABLE))
    drawn = _draw_site() if site is None else site
    database.execute_sql(
        "INSERT INTO identity VALUES (1, ?, ?, ?, ?, ?, ?, 0)",
        (code, name, level, str(uuid.uuid4()), str(uuid.uuid4()), drawn),
    )
    return identity()


def identity() -> Identity:
    """The office of the open database."""
    row = database.execute_sql(
        "SELECT office_code, office_name, level, database_id, incarnation, site FROM identity"
    ).fetchone()
    return Identity(*row)


def rename(name: str) -> None:
    """The office is called otherwise from now on; `db.naming` writes it down, too."""
    database.execute_sql("UPDATE identity SET office_name = ?", (name,))


def counter() -> int:
    """How many ids were ever handed out."""
    return int(database.execute_sql("SELECT counter FROM identity").fetchone()[0])


def mint_incarnation(file: Any, beyond: int) -> str:
    """Make a file that is about to be restored a new incarnation, with ids never used before.

    `beyond` is the highest count of ids known from anywhere; the gap after it is for ids that only
    a lost or damaged file knew.
    """
    fresh = str(uuid.uuid4())
    file.execute_sql(
        "UPDATE identity SET incarnation = ?,"
        " counter = (CASE WHEN counter > ? THEN counter ELSE ? END) + ?",
        (fresh, beyond, beyond, _GAP),
    )
    return fresh


def next_ids(count: int) -> range:
    """So many fresh ids, in one block, inside the open transaction."""
    site, counter = database.execute_sql(
        "UPDATE identity SET counter = counter + ? RETURNING site, counter", (count,)
    ).fetchone()
    last = (site << _COUNTER_BITS) | counter
    return range(last - count + 1, last + 1)


def go_beyond(rows: Iterable[int]) -> None:
    """Hand out no id that came in with rows of ours: we had them, and went back unnoticed.

    One far beyond ours was never given out here; it may not use the numbers up.
    """
    site, counter = database.execute_sql("SELECT site, counter FROM identity").fetchone()
    last = (site << _COUNTER_BITS) | counter
    most = max((row for row in rows if last < row <= last + _GAP), default=last)
    if most > last:
        database.execute_sql("UPDATE identity SET counter = counter + ?", (most - last,))


SEAT = (
    "CREATE TABLE IF NOT EXISTS seat (one INTEGER PRIMARY KEY CHECK (one = 1), place TEXT NOT NULL)"
)


def sit_down(place: str) -> None:
    """Notice that this file lies elsewhere than the last time, and give ids no other copy gives.

    A folder that was copied to a second PC, or back again, may be used at both places: rows made
    there must never have one number. Which office and which incarnation this is stays as it was.
    """
    database.execute_sql(dialect().table(SEAT))
    row = database.execute_sql("SELECT place FROM seat").fetchone()
    if row is None:
        database.execute_sql("INSERT INTO seat VALUES (1, ?)", (place,))
    elif row[0] != place:
        database.execute_sql("UPDATE seat SET place = ?", (place,))
        database.execute_sql("UPDATE identity SET site = ?", (_site_beyond(identity().site),))


def _draw_site() -> int:
    return secrets.randbelow(_SITE_LIMIT - 1) + 1


def _site_beyond(site: int) -> int:
    """Another site number, above the old one: ids go on rising, for lists and ledgers follow them."""
    beyond = site + 1 + secrets.randbelow(_SITE_STEP)
    return beyond if beyond < _SITE_LIMIT else _draw_site()


def renew() -> Identity:
    """Become a database of one's own, with ids no other copy gives: there were two of this one."""
    database.execute_sql(
        "UPDATE identity SET incarnation = ?, site = ?",
        (str(uuid.uuid4()), _site_beyond(identity().site)),
    )
    return identity()
