"""The answer that goes back beside a packet: taken in or not, why, and how far the receiver has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db import identity as identities
from db import journal, moment, release
from db.connection import database
from db.errors import Trouble
from db.exchange import attached, keys, packet, slips, versions
from db.exchange.carrier import RECEIPT, Carrier
from db.exchange.collect import newest_entry
from db.identity import identity

#: Receipts that could not be laid down are kept, so many for each office.
_REPLIES = 20


def write(carrier: Carrier, peer: keys.Peer, name: str, answer: Mapping[str, Any]) -> str:
    """Lay the receipt for one packet beside it; returns why that could not be, "" when it could.

    A locked or pulled stick does not undo what was taken in: the receipt goes with the next packet.
    """
    us = identity()
    steps, last = journal.head()
    head = {
        "kind": "receipt",
        "from": us.office_code,
        "from_name": us.office_name,
        versions.KEY: release.version(),
        "to": peer.office,
        "incarnation": us.incarnation,
        "made": moment.now(),
        "journal": {"count": steps, "head": last.hex()},
        "have": {"incarnation": peer.their_incarnation, "number": peer.their_number},
        **answer,
    }
    blob = packet.write(head, None, keys.own().signing, None)
    file = f"{Path(name).stem}{RECEIPT}"
    try:
        carrier.write(file, blob)
    except Trouble as trouble:
        _keep_reply(peer.office, file, blob, head["made"])
        return trouble.message
    _forget_reply(peer.office, file)
    return ""


def _keep_reply(office: str, file: str, blob: bytes, at: str) -> None:
    with database.atomic():
        _forget_reply(office, file)
        database.execute_sql(
            "INSERT INTO exchange_reply (office, name, at, bytes) VALUES (?, ?, ?, ?)",
            (office, file, at, blob),
        )
        database.execute_sql(
            "DELETE FROM exchange_reply WHERE office = ? AND name NOT IN (SELECT name FROM"
            " exchange_reply WHERE office = ? ORDER BY at DESC LIMIT ?)",
            (office, office, _REPLIES),
        )


def _forget_reply(office: str, file: str) -> None:
    database.execute_sql("DELETE FROM exchange_reply WHERE office = ? AND name = ?", (office, file))


def lay_kept(carrier: Carrier, office: str) -> int:
    """Lay down the receipts that found no stick before; returns how many. Trouble as of the carrier."""
    found = database.execute_sql(
        "SELECT name, bytes FROM exchange_reply WHERE office = ? ORDER BY at", (office,)
    ).fetchall()
    for file, blob in found:
        carrier.write(file, bytes(blob))
        _forget_reply(office, file)
    return len(found)


def take(blob: bytes) -> str:
    """Read one receipt; returns what it moved, in words, "" when it says nothing new or is not ours.

    A receipt moves the outbox only forward, and only for the very packet it names; one that is old,
    or comes again, moves nothing.
    """
    us = identity()
    seen = packet.look(blob)
    head = seen.head
    if head.get("kind") != "receipt" or head.get("to") != us.office_code:
        return ""
    peer = keys.find(str(head.get("from")))
    if peer is None or peer.state != "known":
        return ""
    packet.prove(seen, peer.signing)
    _check_head(head)
    versions.note(peer.office, head.get(versions.KEY))
    about = head["packet"]
    row = None
    if about["incarnation"] == us.incarnation == peer.our_incarnation:
        row = database.execute_sql(
            "SELECT covers, decided FROM exchange_sent WHERE office = ? AND incarnation = ?"
            " AND number = ? AND hash = ?",
            (peer.office, peer.our_incarnation, about["number"], about["hash"]),
        ).fetchone()
    if not is_stale(peer, head):
        peer = notice(peer, head)
    elif row is None or about["number"] <= peer.floor:
        return ""
    else:
        # It answers what we made after hearing of the other one: that one was the older.
        peer = _put_last(peer, head["incarnation"])
    if row is None or about["number"] <= peer.acknowledged:
        return ""
    return _settle(peer, head, about, *row)


def _check_head(head: Mapping[str, Any]) -> None:
    """Unreadable when a receipt lacks what the rest relies on."""
    about, have = head.get("packet"), head.get("have")
    sound = (
        isinstance(about, dict)
        and isinstance(have, dict)
        and all(isinstance(each.get("incarnation"), str) for each in (head, about, have))
        and all(type(each.get("number")) is int for each in (about, have))
        and isinstance(about.get("hash"), str)
        and isinstance(head.get("outcome"), str)
        and isinstance(head.get("reason"), str)
    )
    if not sound:
        raise packet.Unreadable("回执不完整，没有采用。")


def _settle(
    peer: keys.Peer,
    head: Mapping[str, Any],
    about: Mapping[str, Any],
    covers: int,
    decided: int,
) -> str:
    number, outcome, reason = about["number"], head["outcome"], str(head["reason"])
    if outcome == "same" and head["have"]["incarnation"] != about["incarnation"]:
        # They have it, but go on from another copy of our data since: a second PC, a newer restore.
        outcome = "fork"
    slips.answered(about["hash"], outcome)
    taken = outcome in {"applied", "same"}
    attached.answered(identity(), peer.office, number, head.get(attached.KEY), taken=taken)
    if taken:
        if number > peer.floor:
            keys.keep(
                peer.office, acknowledged=number, acknowledged_hash=about["hash"], covered=covers,
                retold=0,
            )  # fmt: skip
            database.execute_sql(
                "DELETE FROM exchange_answer WHERE office = ? AND id <= ?", (peer.office, decided)
            )
        _mark(peer, number, "received", "", "<=")
        return f"{peer.name}已接收第 {number} 号包"
    _mark(peer, number, "fork" if outcome == "fork" else "refused", reason, "=")
    if number == peer.our_number and outcome == "fork":
        identities.renew()
    have = head["have"]
    holds = have["number"] if have["incarnation"] == about["incarnation"] else 0
    went_back = holds < peer.acknowledged
    if outcome == "waiting" and went_back and number > peer.floor:
        # An older file was put in place there by hand: nothing of it said so before.
        _tell_again(peer)
    return f"{peer.name}没有接收第 {number} 号包：{reason}"


def _mark(peer: keys.Peer, number: int, state: str, reason: str, which: str) -> None:
    database.execute_sql(
        "UPDATE exchange_sent SET state = ?, reason = ?, bytes = NULL WHERE office = ?"
        f" AND incarnation = ? AND number {which} ? AND state <> 'received'",
        (state, reason, peer.office, peer.our_incarnation, number),
    )


def notice(peer: keys.Peer, head: Mapping[str, Any]) -> keys.Peer:
    """The other office begins a new incarnation (a restored backup, a second PC): tell it all again.

    It may have lost anything, even what it told us itself; so everything is told with every value it
    may still stand at, and receipts for what was sent before no longer count.
    """
    seen = peer.answered_by.split()
    if head["incarnation"] in seen:
        return peer
    told = " ".join([*seen, head["incarnation"]])
    keys.keep(peer.office, answered_by=told)
    if seen:
        _tell_again(peer)
    return keys.known(peer.office)


def _put_last(peer: keys.Peer, incarnation: str) -> keys.Peer:
    others = [each for each in peer.answered_by.split() if each != incarnation]
    keys.keep(peer.office, answered_by=" ".join([*others, incarnation]))
    _tell_again(peer)
    return keys.known(peer.office)


def _tell_again(peer: keys.Peer) -> None:
    """Everything, as if nothing had ever been acknowledged."""
    keys.keep(
        peer.office, acknowledged=0, acknowledged_hash="", covered=0, retold=newest_entry(),
        floor=peer.our_number,
    )  # fmt: skip
    database.execute_sql("UPDATE exchange_sent SET bytes = NULL WHERE office = ?", (peer.office,))


def is_stale(peer: keys.Peer, head: Mapping[str, Any]) -> bool:
    """Whether this was said by an incarnation that has since been followed by another."""
    return head["incarnation"] in peer.answered_by.split()[:-1]


def outcome(
    kind: str, reason: str, seen: packet.Seen, counts: Mapping[str, int], rows: list[Any]
) -> dict[str, Any]:
    """What a receipt says of one packet."""
    return {
        "packet": {
            "incarnation": seen.head["incarnation"],
            "number": seen.head["number"],
            "hash": seen.hash,
        },
        "outcome": kind,
        "reason": reason,
        "counts": dict(counts),
        "refused_rows": rows[:200],
    }


def remember(
    peer: keys.Peer, head: Mapping[str, Any], digest: str, name: str, counts: Mapping[str, int]
) -> None:
    """A packet of theirs is in: write down its number, its hash and how their journal stood.

    With it those before it that it stands on: one of them that comes late is known by its hash, and a
    second PC's packet of that number is not taken for it.
    """
    slips.keep(slips.RECEIVED, peer.office, name, digest, head, counts)
    now, said = moment.now(), json.dumps(dict(counts))
    before = enumerate(head["chain"], max(head["since"], 1))
    for number, known, about in [*((n, h, "") for n, h in before), (head["number"], digest, said)]:
        database.execute_sql(
            "INSERT INTO exchange_received (office, incarnation, number, hash, at, counts)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (peer.office, head["incarnation"], number, known, now, about),
        )
    keys.keep(
        peer.office, their_incarnation=head["incarnation"], their_number=head["number"],
        their_hash=digest, their_journal=head["journal"]["count"],
        their_head=head["journal"]["head"],
    )  # fmt: skip
