"""Packets that were not taken in: a copy of each with the reason, until it is taken after all or discarded.

The copies lie in the encrypted database, so they are neither lost nor read with the data folder. They are
sealed as they came; nothing of them is used before their signature is proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import access, moment
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange.packet import LONGEST

#: How much is kept, in bytes and in packets; what is settled goes first, then the oldest copies.
ROOM, MOST = 96 << 20, 500

STATES = {"open": "等人处理", "taken": "后来已接收", "discarded": "已作废"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A packet in quarantine; `size` 0 when there was no room for a copy."""

    id: int
    hash: str
    packet: str
    office: str
    number: int | None
    outcome: str
    reason: str
    source: str
    at: str
    size: int
    state: str
    note: str
    person: str
    decided_at: str


_COLUMNS = (
    "id, hash, name, office, number, outcome, reason, source, at, size, state, note, person,"
    " decided_at"
)


def keep(
    blob: bytes, digest: str, packet: str, office: str, number: int | None, outcome: str,
    reason: str, source: str,
) -> None:  # fmt: skip
    """Lay a packet aside; one that lies there already gets the newest reason."""
    now = moment.now()
    with database.atomic():
        database.execute_sql(
            "INSERT INTO exchange_quarantine (hash, name, office, number, outcome, reason, source,"
            " at, size, bytes, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')"
            " ON CONFLICT (hash) DO UPDATE SET outcome = excluded.outcome,"
            " reason = excluded.reason, at = excluded.at, size = excluded.size,"
            " bytes = excluded.bytes,"
            " state = CASE WHEN exchange_quarantine.state = 'taken' THEN 'open'"
            " ELSE exchange_quarantine.state END",
            (digest, packet[:200], office, number, outcome, reason, source, now, len(blob),
             blob if len(blob) <= LONGEST else b""),
        )  # fmt: skip
        _make_room()


def _make_room() -> None:
    """The newest stay; of the settled ones only the line, and of the open ones as many as there is room."""
    database.execute_sql(
        "UPDATE exchange_quarantine SET bytes = NULL, size = 0"
        " WHERE state <> 'open' AND bytes IS NOT NULL"
    )
    room = ROOM
    for number, size in database.execute_sql(
        "SELECT id, size FROM exchange_quarantine WHERE bytes IS NOT NULL ORDER BY id DESC"
    ).fetchall():
        room -= size
        if room < 0:
            database.execute_sql(
                "UPDATE exchange_quarantine SET bytes = NULL, size = 0 WHERE id = ?", (number,)
            )
    database.execute_sql(
        "DELETE FROM exchange_quarantine WHERE id NOT IN"
        " (SELECT id FROM exchange_quarantine ORDER BY state <> 'open', id DESC LIMIT ?)",
        (MOST,),
    )


def listed(state: str = "open") -> list[Kept]:
    """What lies there in this state ("" = all), newest first."""
    where, values = (" WHERE state = ?", (state,)) if state else ("", ())
    rows = database.execute_sql(
        f"SELECT {_COLUMNS} FROM exchange_quarantine{where} ORDER BY id DESC", values
    )
    return [Kept(*row) for row in rows.fetchall()]


def returned(digest: str) -> str:
    """When this very packet was last laid aside, "" when it never was or came in since."""
    row = database.execute_sql(
        "SELECT at FROM exchange_quarantine WHERE hash = ? AND state <> 'taken'", (digest,)
    ).fetchone()
    return "" if row is None else str(row[0])


def settled(digest: str) -> None:
    """The packet came in after all; inside the caller's transaction."""
    database.execute_sql(
        "UPDATE exchange_quarantine SET state = 'taken', decided_at = ? WHERE hash = ?"
        " AND state <> 'taken'",
        (moment.now(), digest),
    )


def discard(number: int, reason: str) -> None:
    """Give a packet up; the line with the reason stays, and its sender's next packet tells the same anew."""
    access.require("approve")
    if not reason.strip():
        raise Refusal("请写明作废的原因。")
    with database.atomic():
        find(number)
        database.execute_sql(
            "UPDATE exchange_quarantine SET state = 'discarded', note = ?, person = ?,"
            " decided_at = ? WHERE id = ?",
            (reason.strip(), access.acting().name, moment.now(),
             number),
        )  # fmt: skip
        _make_room()


def find(number: int) -> Kept:
    """The open one of this number; Refusal when there is none."""
    for kept in listed():
        if kept.id == number:
            return kept
    raise Refusal(f"隔离区里没有编号为 {number} 的包，可能已经处理过了。")


class Shelf:
    """The quarantine as a place to receive from again."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def names(self) -> Sequence[str]:
        """The one packet."""
        return [self._kept.packet]

    def read(self, name: str) -> bytes:
        """Its bytes as they came."""
        row = database.execute_sql(
            "SELECT bytes FROM exchange_quarantine WHERE id = ?", (self._kept.id,)
        ).fetchone()
        if row is None or not row[0]:
            raise Refusal("这个包没有留下副本，请用原来的U盘再接收一次。")
        return bytes(row[0])

    def write(self, name: str, content: bytes) -> None:
        """There is no stick here: the receipt waits for the next one."""
        raise Trouble("没有U盘。", "回执留到下次写U盘时一起写。")
