"""One packet for one office, numbered, sealed, carried; the same again until its receipt comes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from db import access, journal, migrations, moment, registry, release
from db.connection import database
from db.errors import Refusal
from db.exchange import (
    attached,
    enclosing,
    handover,
    keys,
    offices,
    owners,
    packet,
    receipts,
    shapes,
    slips,
    versions,
)
from db.exchange.carrier import PACKET, Carrier
from db.exchange.collect import Task, collect, newest_entry
from db.exchange.enclosing import Enclosed
from db.exchange.share import Line, to_body
from db.fields import Money
from db.gc_pause import gc_paused
from db.identity import Identity, identity

#: What the person reads; never one green tick for all of it.
STATES = {
    "made": "已生成",
    "written": "已写入并回读",
    "received": "对方已接收（凭回执）",
    "refused": "被退回",
    "fork": "被退回",
}
CHAIN_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Sent:
    """A packet of ours: its name, number, rows per register, and how far it has come.

    `enclosed`: the files that were written beside it.
    """

    office: str
    packet: str
    number: int
    totals: dict[str, int]
    state: str = "made"
    reason: str = ""
    enclosed: Enclosed = field(default_factory=Enclosed)

    @property
    def words(self) -> str:
        """Its state in the office's words."""
        return STATES[self.state] + (f"（{self.reason}）" if self.reason else "")


def send(
    carrier: Carrier,
    office: str = "",
    watch: Callable[[int, int], object] = lambda _done, _total: None,
) -> list[Sent]:
    """Write the packet for one office, or for every office we exchange with, then the files beside.

    `watch` is told how many of how many files of an office are written.

    Raises Refusal when nobody is enrolled, Trouble when the folder will not take it; then the packet
    stays made and the next call writes the very same one.
    """
    access.require("export")
    peers = [keys.known(office)] if office else keys.peers()
    if not peers:
        raise Refusal("还没有互认的单位，请先邀请（旗县）或加入（苏木乡镇）。")
    done: list[Sent] = []
    for peer in peers:
        sent, blob = make(peer.office)
        receipts.lay_kept(carrier, peer.office)
        carrier.write(sent.packet, blob)
        with database.atomic():
            database.execute_sql(
                "UPDATE exchange_sent SET state = 'written' WHERE office = ? AND name = ?"
                " AND state = 'made'",
                (peer.office, sent.packet),
            )
        done.append(Sent(sent.office, sent.packet, sent.number, sent.totals, "written"))
    # Everybody's rows come before anybody's scans.
    return [replace(sent, enclosed=enclosing.enclose(carrier, sent.office, watch)) for sent in done]


def has_something(office: str) -> bool:
    """Whether a packet for an office would tell it anything: rows, who owns what, offices, a file.

    One that it has not acknowledged goes again in any case.
    """
    us, peer = identity(), keys.known(office)
    if peer.our_incarnation != us.incarnation or peer.acknowledged < max(peer.our_number, 1):
        return True
    task = what_to_tell(peer, newest_entry())
    last = slips.slips(slips.SENT, office, limit=1)
    return bool(
        collect(task, us)
        or owners.to_tell(us, office, task.full)
        or attached.owed(us, office).files
        or (last and last[0].head.get(offices.KEY, "") != offices.fingerprint(us))
    )


def file_name(office: str, incarnation: str, number: int, digest: str) -> str:
    """ASCII, short, and never the same for two contents."""
    return f"{office}_{incarnation[:8]}_{number:06d}_{digest[:8]}{PACKET}"


def make(office: str) -> tuple[Sent, bytes]:
    """The packet for an office as it would be sent now; kept until its receipt comes."""
    with gc_paused(), database.atomic():
        us, peer = identity(), keys.known(office)
        if peer.our_incarnation != us.incarnation:
            # A restored backup or a second PC begins its own row of numbers, with everything.
            keys.keep(
                office, our_incarnation=us.incarnation, our_number=0, our_hash="", acknowledged=0,
                acknowledged_hash="", floor=0,
            )  # fmt: skip
            attached.begin_anew(office)
            peer = keys.known(office)
        covers, decided = newest_entry(), _last_answer(office)
        again = _same_as_last(us, peer, covers, decided)
        return again or _seal(us, peer, covers, decided)


def _same_as_last(
    us: Identity, peer: keys.Peer, covers: int, decided: int
) -> tuple[Sent, bytes] | None:
    if peer.our_number <= peer.acknowledged:
        return None
    row = database.execute_sql(
        "SELECT name, number, totals, state, bytes, covers, decided FROM exchange_sent"
        " WHERE office = ? AND incarnation = ? AND number = ? AND state IN ('made', 'written')",
        (peer.office, peer.our_incarnation, peer.our_number),
    ).fetchone()
    if row is None or row[4] is None or (row[5], row[6]) != (covers, decided):
        return None
    blob = bytes(row[4])
    head = packet.look(blob).head
    if head["have"] != _have(peer) or head.get("files") != _files_beside(us, peer.office):
        return None
    return Sent(peer.office, row[0], row[1], json.loads(row[2]), row[3]), blob


def _seal(us: Identity, peer: keys.Peer, covers: int, decided: int) -> tuple[Sent, bytes]:
    own, number = keys.own(), peer.our_number + 1
    task = what_to_tell(peer, covers)
    lines = collect(task, us)
    totals = totals_of(lines)
    steps, last = journal.head()
    head = {
        "kind": "packet",
        "from": us.office_code,
        "from_name": us.office_name,
        versions.KEY: release.version(),
        "to": peer.office,
        "incarnation": us.incarnation,
        "number": number,
        "since": peer.acknowledged,
        "chain": _chain(peer),
        "full": task.full,
        "have": _have(peer),
        "schema": migrations.schema(),
        "made": moment.now(),
        "journal": {"count": steps, "head": last.hex()},
        "rows": totals,
        "money": _money(lines),
    }
    attached.told(peer.office, number, lines)
    beside = _files_beside(us, peer.office)
    if beside:
        head["files"] = beside
    told = owners.to_tell(us, peer.office, task.full)
    if us.level == "county":
        head[offices.KEY] = offices.fingerprint(us)
    body = {**to_body(lines), **handover.to_body(told), **offices.to_body(us)}
    blob = packet.write(head, body, own.signing, peer.sealing)
    digest = packet.look(blob).hash
    name = file_name(us.office_code, us.incarnation, number, digest)
    slips.keep(slips.SENT, peer.office, name, digest, head)
    database.execute_sql("UPDATE exchange_sent SET bytes = NULL WHERE office = ?", (peer.office,))
    database.execute_sql(
        "INSERT INTO exchange_sent (office, incarnation, number, hash, name, at, covers, decided,"
        " totals, state, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'made', ?)",
        (
            peer.office, us.incarnation, number, digest, name, head["made"], covers, decided,
            json.dumps(totals), blob,
        ),
    )  # fmt: skip
    keys.keep(peer.office, our_number=number, our_hash=digest)
    return Sent(peer.office, name, number, totals), blob


def _files_beside(us: Identity, office: str) -> dict[str, int] | None:
    """How many files go beside the packet and their bytes; None when there are none."""
    owed = attached.owed(us, office)
    return {"count": len(owed.files), "size": owed.size} if owed.files else None


def what_to_tell(peer: keys.Peer, covers: int) -> Task:
    """Everything since the last receipt, up to this journal entry."""
    full = peer.acknowledged == 0
    return Task(peer.office, peer.covered, covers, full, _stages(peer), peer.retold, _doubled(peer))


def _have(peer: keys.Peer) -> dict[str, Any]:
    """The last packet of theirs that we took in, so that they notice when we went back."""
    return {"incarnation": peer.their_incarnation, "number": peer.their_number}


def _doubled(peer: keys.Peer) -> bool:
    """Whether the other office has ever found two PCs with our one database."""
    return bool(
        database.execute_sql(
            "SELECT 1 FROM exchange_sent WHERE office = ? AND state = 'fork' LIMIT 1",
            (peer.office,),
        ).fetchone()
    )


def _stages(peer: keys.Peer) -> tuple[int, ...]:
    """Journal entries up to which packets went that were never acknowledged."""
    return tuple(
        row[0]
        for row in database.execute_sql(
            "SELECT DISTINCT covers FROM exchange_sent WHERE office = ? AND covers > ?"
            " ORDER BY covers",
            (peer.office, peer.covered),
        ).fetchall()
    )


def _chain(peer: keys.Peer) -> list[str]:
    """The beginnings of the hashes of our packets from the acknowledged one on: a fork shows in them."""
    return [
        row[0][:CHAIN_DIGITS]
        for row in database.execute_sql(
            "SELECT hash FROM exchange_sent WHERE office = ? AND incarnation = ? AND number >= ?"
            " ORDER BY number",
            (peer.office, peer.our_incarnation, max(peer.acknowledged, 1)),
        ).fetchall()
    ]


def _last_answer(office: str) -> int:
    found = database.execute_sql(
        "SELECT max(id) FROM exchange_answer WHERE office = ?", (office,)
    ).fetchone()[0]
    return int(found or 0)


def totals_of(lines: list[Line]) -> dict[str, int]:
    """Rows per register, details with their register, as printed on both ends' slips."""
    stems = {model.stem(): registry.stem_of(model) for model in shapes.models()}
    found: dict[str, int] = {}
    for line in lines:
        found[stems[line.stem]] = found.get(stems[line.stem], 0) + 1
    return dict(sorted(found.items()))


def _money(lines: list[Line]) -> dict[str, int]:
    """The sum of all amounts the packet names, in 分, per register."""
    amounts = {
        model.stem(): (
            registry.stem_of(model),
            [n for n, field in shapes.columns(model).items() if isinstance(field, Money)],
        )
        for model in shapes.models()
    }
    found: dict[str, int] = {}
    for line in lines:
        register, columns = amounts[line.stem]
        values = [line.values.get(c) for c in columns]
        if columns:
            found[register] = found.get(register, 0) + sum(v for v in values if isinstance(v, int))
    return dict(sorted(found.items()))


def outbox(office: str = "") -> list[Sent]:
    """Our packets, newest first, each with its state."""
    where, values = (" WHERE office = ?", (office,)) if office else ("", ())
    return [
        Sent(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5])
        for row in database.execute_sql(
            f"SELECT office, name, number, totals, state, reason FROM exchange_sent{where}"
            " ORDER BY at DESC, number DESC",
            values,
        ).fetchall()
    ]
