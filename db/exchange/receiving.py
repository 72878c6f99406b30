"""Take in what lies in a carried folder: receipts first, then packets, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import peewee

from db import access, journal, migrations
from db.connection import database
from db.errors import Refusal
from db.exchange import conflict, keys, order, packet, receipts, shapes, standing
from db.exchange.carrier import PACKET, RECEIPT, Carrier
from db.exchange.compare import Plan, compare
from db.exchange.share import Share, from_body
from db.exchange.writing import carry_out
from db.identity import Identity, identity
from db.record import table_of

_NONE = {"new": 0, "changed": 0, "unchanged": 0, "conflicts": 0, "refused": 0}


@dataclass(slots=True)
class Received:
    """What became of one packet; outcome applied, same, waiting, fork or refused."""

    packet: str
    office: str = ""
    number: int | None = None
    outcome: str = "refused"
    reason: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict(_NONE))

    def as_json(self) -> dict[str, Any]:
        """The object of the command line."""
        return {
            "packet": self.packet,
            "office": self.office,
            "number": self.number,
            "outcome": self.outcome,
            "reason": self.reason,
            **self.counts,
        }


@dataclass(frozen=True, slots=True)
class _Opened:
    carrier: Carrier
    name: str
    seen: packet.Seen
    peer: keys.Peer
    share: Share


class _OnlyLooking(Exception):
    """Rolls a dry run back."""


def receive(
    places: Sequence[tuple[Carrier, str]],
    *,
    before: Callable[[], object] = lambda: None,
    dry_run: bool = False,
    approve: bool = False,
) -> list[Received]:
    """Take in packets, each given by its folder and name; receipts are written beside them.

    `before` makes the safety copy, once, before the first packet that changes anything. `approve`
    lets a packet retire more than a fifth of a register. With `dry_run` nothing is written anywhere.
    """
    access.require("import")
    if approve:
        access.require("approve")
    sitting = _Sitting(before, dry_run, approve)
    opened: list[_Opened] = []
    done: dict[tuple[Any, str], Received] = {}
    for carrier, name in places:
        if name.lower().endswith(RECEIPT):
            sitting.take_receipt(carrier, name)
            continue
        result = Received(name)
        one = sitting.open(carrier, name, result)
        if one is not None:
            opened.append(one)
        if result.reason != _OWN:
            done[id(carrier), name] = result
    opened.sort(key=_turn)
    if dry_run:
        try:
            with journal.operation("预演接收", kind=journal.RECEIVE):
                for one in opened:
                    sitting.take(one, done[id(one.carrier), one.name])
                raise _OnlyLooking
        except _OnlyLooking:
            return list(done.values())
    for one in opened:
        sitting.take(one, done[id(one.carrier), one.name])
    return list(done.values())


_OWN = "本单位自己的包"


def _turn(one: _Opened) -> tuple[Any, ...]:
    """Each office's packets in their order, an older copy of its data before the newer one."""
    head = one.seen.head
    other = head["incarnation"] != one.peer.their_incarnation
    return one.peer.office, other, str(head.get("made")) if other else "", head["number"]


def in_folder(carrier: Carrier) -> list[tuple[Carrier, str]]:
    """Everything of ours that lies in a folder, receipts first."""
    names = carrier.names()
    kinds = (RECEIPT, PACKET)
    return [(carrier, n) for kind in kinds for n in names if n.lower().endswith(kind)]


class _Sitting:
    """One sitting at the desk with a pile of sticks."""

    def __init__(self, before: Callable[[], object], dry_run: bool, approve: bool) -> None:
        self.before, self.dry_run, self.approve = before, dry_run, approve
        self.backed_up = False
        self.us: Identity = identity()

    def take_receipt(self, carrier: Carrier, name: str) -> None:
        """A receipt that is damaged or not ours is as good as none: its packet is simply sent again."""
        if self.dry_run:
            return
        try:
            blob = carrier.read(name)
            with database.atomic():
                receipts.take(blob)
        except (Refusal, KeyError, TypeError):
            return
        self.us = identity()

    def open(self, carrier: Carrier, name: str, result: Received) -> _Opened | None:
        """Prove a packet and open it; the result says why not."""
        try:
            seen = packet.look(carrier.read(name))
            head = seen.head
            result.office = str(head.get("from", ""))[:12]
            number = head.get("number")
            result.number = number if type(number) is int else None
            if head.get("kind") != "packet":
                raise packet.Unreadable("不是争优台账的包。")
            if result.office == self.us.office_code:
                result.reason = _OWN
                return None
            if head.get("to") != self.us.office_code:
                raise Refusal("这个包是给别的单位的，没有打开，请交还。")
            peer = keys.known(result.office)
            packet.prove(seen, peer.signing)
            order.check_head(head)
            if head["schema"] > migrations.newest():
                raise packet.TooNew("这个包是更新版本的程序写的，请先升级本机程序，包已保留。")
            body = packet.open_body(seen, keys.own().sealing)
            share = Share(from_body(body), head["full"], head["rows"])
            if len(share.lines) != sum(head["rows"].values()):
                raise packet.Unreadable("包里的记录数与包头说的不符，没有接收。")
        except Refusal as refusal:
            result.reason = refusal.message
            return None
        return _Opened(carrier, name, seen, peer, share)

    def take(self, one: _Opened, result: Received) -> None:
        """Take one packet in, and lay its receipt beside it."""
        peer = keys.known(one.peer.office)
        head = one.seen.head
        refused: list[Any] = []
        result.outcome, result.reason = order.place(peer, head, one.seen.hash)
        if result.outcome == "same":
            result.counts["unchanged"] = len(one.share.lines)
        elif result.outcome == "next":
            self._back_up()
            try:
                with journal.operation(
                    f"接收{peer.name}第 {head['number']} 号包", kind=journal.RECEIVE
                ):
                    refused = self._apply(one, peer, result)
            except (Refusal, apsw.ConstraintError, peewee.IntegrityError) as error:
                said = error.message if isinstance(error, Refusal) else "包里的记录互相矛盾"
                result.outcome, result.reason = "refused", f"{said}，整包退回，数据没有变化。"
                result.counts = dict(_NONE)
            except _Waits as waits:
                result.outcome, result.reason = "waiting", str(waits)
        if not self.dry_run:
            answer = receipts.outcome(
                result.outcome, result.reason, one.seen, result.counts, refused
            )
            receipts.write(one.carrier, keys.known(peer.office), _canonical(one), answer)

    def _back_up(self) -> None:
        if not self.backed_up and not self.dry_run:
            self.before()
            self.backed_up = True

    def _apply(self, one: _Opened, peer: keys.Peer, result: Received) -> list[Any]:
        head = one.seen.head
        plan = self._plan(peer.office, one.share)
        if plan.mass and not self.approve:
            result.counts = _counts(plan)
            raise _Waits(_mass_words(plan))
        if plan.mass:
            opened = journal.current()
            assert opened is not None
            opened.words += f"，批准：{_mass_words(plan)}"
        self._carry_out(peer.office, plan)
        result.counts = _counts(plan)
        receipts.remember(peer, head, one.seen.hash, result.counts)
        receipts.notice(peer, head)
        self._retry_others(peer.office)
        result.outcome = "applied"
        result.reason = f"有 {len(plan.held)} 条等候所属记录到齐" if plan.held else ""
        return [list(each) for each in plan.refused]

    def _plan(self, office: str, share: Share) -> Plan:
        kinds, waiting = shapes.shapes(), conflict.held(office)
        lines = [*waiting, *share.lines]
        state = standing.state(self.us, office, kinds, lines, share.full)
        return compare(state, kinds, share, waiting)

    def _carry_out(self, office: str, plan: Plan) -> None:
        carry_out(plan)
        conflict.keep(office, plan)
        conflict.keep_held(office, plan)
        for each in plan.answers:
            conflict.answer(office, each.stem, each.row, each.field, each.theirs)

    def _retry_others(self, office: str) -> None:
        """A row may have come that rows of other offices were waiting for."""
        for row in database.execute_sql(
            "SELECT DISTINCT office FROM exchange_held WHERE office <> ?", (office,)
        ).fetchall():
            self._carry_out(row[0], self._plan(row[0], Share()))


class _Waits(Exception):
    """The packet is sound but waits for a person."""


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "new": len(plan.new),
        "changed": len(plan.changed),
        "unchanged": plan.unchanged,
        "conflicts": len(plan.conflicts),
        "refused": len(plan.refused),
    }


def _mass_words(plan: Plan) -> str:
    labels = {table_of(model): model._meta.label for model in shapes.models()}
    each = "、".join(f"“{labels[s]}”停用 {n} 条（共 {of} 条）" for s, (n, of) in plan.mass.items())
    return f"{each}，超过两成，需要批准后接收"


def _canonical(one: _Opened) -> str:
    """The name the packet was given, whatever somebody called the copy."""
    from db.exchange.sending import file_name

    head = one.seen.head
    return file_name(head["from"], head["incarnation"], head["number"], one.seen.hash)


def folders_of(paths: Iterable[Path]) -> list[tuple[Carrier, str]]:
    """Packets named one by one and whole folders, as places to receive from."""
    from db.exchange.carrier import Folder

    found: list[tuple[Carrier, str]] = []
    for path in paths:
        if path.is_dir() and path.suffix.lower() not in {PACKET, RECEIPT}:
            found += in_folder(Folder(path))
        else:
            found.append((Folder(path.parent), path.name))
    return sorted(found, key=lambda each: not each[1].lower().endswith(RECEIPT))
