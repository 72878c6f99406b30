"""The control totals of every packet that went out or came in, so that both ends can lay their slips side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from db import moment, registry
from db.connection import database
from db.exchange import container

SENT, RECEIVED = "sent", "received"


@dataclass(frozen=True, slots=True)
class Slip:
    """One packet as its head tells it, and what the other side answered.

    `rows` per register, `money` per register in 分. `way`: "sent" or "received"; then `office` is
    the addressee or the sender. `counts`: what a received one did here. `answer`: the outcome in the
    receipt for a sent one, `answered_at` when that came.
    """

    hash: str
    way: str
    office: str
    number: int
    packet: str
    at: str
    head: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    answer: str = ""
    answered_at: str = ""

    @property
    def rows(self) -> dict[str, int]:
        """Rows per register."""
        return dict(self.head.get("rows", {}))

    @property
    def money(self) -> dict[str, int]:
        """Sums of money per register, in 分."""
        return dict(self.head.get("money", {}))

    @property
    def files(self) -> tuple[int, int]:
        """How many attachments go beside the packet, and their bytes."""
        return container.beside(self.head)

    @property
    def made(self) -> str:
        """The sender's clock when the packet was made."""
        return str(self.head.get("made", ""))

    @property
    def short(self) -> str:
        """The beginning of the packet's hash, to be compared by eye: four groups of four."""
        return " ".join(self.hash[i : i + 4].upper() for i in range(0, 16, 4))


def lines(rows: Mapping[str, int], money: Mapping[str, int]) -> list[tuple[str, int, int | None]]:
    """Control totals as people read them: (register, rows, 分 or None), in the order of the sidebar."""
    labels = {one.stem: str(one.label) for one in registry.registers()}
    order = {stem: at for at, stem in enumerate(labels)}
    stems = sorted(rows, key=lambda stem: (order.get(stem, len(order)), stem))
    return [(labels.get(stem, stem), rows[stem], money.get(stem) or None) for stem in stems]


def keep(
    way: str,
    office: str,
    packet: str,
    digest: str,
    head: Mapping[str, Any],
    counts: Mapping[str, int] | None = None,
) -> None:
    """Write down a packet's totals, inside the caller's transaction."""
    database.execute_sql(
        "INSERT INTO exchange_slip (hash, way, office, number, name, at, head, counts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        (
            digest, way, office, head["number"], packet,
            moment.now(),
            json.dumps(dict(head), ensure_ascii=False), json.dumps(dict(counts or {})),
        ),
    )  # fmt: skip


def answered(digest: str, outcome: str) -> None:
    """The receipt for one of our packets came."""
    database.execute_sql(
        "UPDATE exchange_slip SET answer = ?, answered_at = ? WHERE hash = ? AND way = 'sent'",
        (outcome, moment.now(), digest),
    )


def slips(way: str = "", office: str = "", packet: str = "", limit: int = 500) -> list[Slip]:
    """The packets that went out or came in, newest first."""
    wheres, values = [], []
    for column, value in (("way", way), ("office", office), ("name", packet)):
        if value:
            wheres.append(f"{column} = ?")
            values.append(value)
    where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
    rows = database.execute_sql(
        "SELECT hash, way, office, number, name, at, head, counts, answer, answered_at"
        f" FROM exchange_slip{where} ORDER BY at DESC, number DESC LIMIT ?",
        (*values, limit),
    ).fetchall()
    return [
        Slip(digest, way, to, number, name, at, json.loads(head), json.loads(counts), answer, when)
        for digest, way, to, number, name, at, head, counts, answer, when in rows
    ]
