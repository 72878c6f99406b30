"""Take in what lies in a carried folder: receipts first, then packets, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from db import access, journal, office_settings
from db.connection import CONTRADICTIONS, database
from db.errors import Refusal
from db.exchange import (
    attached,
    conflict,
    keys,
    offices,
    order,
    owners,
    packet,
    quarantine,
    receipts,
    settling,
    shapes,
    standing,
    versions,
)
from db.exchange.carrier import CONTAINER, PACKET, RECEIPT, Carrier, Folder
from db.exchange.compare import compare
from db.exchange.plan import Plan
from db.exchange.proving import OWN, NotForUs, canonical, prove, unseal
from db.exchange.received import NOTHING, Received
from db.exchange.share import Share
from db.exchange.unpacking import Arriving
from db.exchange.writing import carry_out
from db.gc_pause import gc_paused
from db.identity import Identity, go_beyond, identity
from db.record import table_of

#: Says what is being done just now.
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Opened:
    carrier: Carrier
    name: str
    seen: packet.Seen
    peer: keys.Peer


class _OnlyLooking(Exception):
    """Rolls a dry run back."""


def receive(
    places: Sequence[tuple[Carrier, str]],
    *,
    before: Callable[[], object] = lambda: None,
    dry_run: bool = False,
    approve: bool | Collection[str] = False,
    watch: Callable[[int, int, str], object] = lambda _done, _total, _words: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Received]:
    """Take in packets, each given by its folder and name, and the files that came in containers beside
    them; receipts are written beside the packets.

    `before` makes the safety copy, once, before the first packet that changes anything. `approve`
    lets packets (or those of these hashes) retire more than a fifth of a register. With `dry_run`
    nothing is written anywhere. `watch` is told how far it is; `stop` is asked between two packets,
    then the rest is left as it lies.
    """
    access.require("import")
    if approve:
        access.require("approve")
    sitting = _Sitting(before, dry_run, approve)
    opened: list[_Opened] = []
    done: dict[tuple[Any, str], Received] = {}
    total = 2 * len(places)
    for at, (carrier, name) in enumerate(places):
        watch(at, total, f"读取 {name}")
        if name.lower().endswith(RECEIPT):
            sitting.take_receipt(carrier, name)
            continue
        if name.lower().endswith(CONTAINER):
            sitting.arriving.look_at(carrier, name)
            continue
        result = Received(name)
        one = sitting.open(carrier, name, result)
        if one is not None:
            opened.append(one)
        if result.reason != OWN:
            done[id(carrier), name] = result
    opened.sort(key=_turn)

    # An office's files are taken once all its rows are in, before its last packet is answered.
    last = {one.peer.office: one for one in opened}

    def take_all() -> None:
        for at, one in enumerate(opened, len(places)):
            result = done[id(one.carrier), one.name]
            watch(
                at, total, f"{'预览' if dry_run else '接收'}{one.peer.name}第 {result.number} 号包"
            )
            if stop():
                result.outcome, result.reason = "left", "没有处理，U盘上的包没有动。"
            else:
                files = one is last[one.peer.office]
                say = partial(watch, at, total)
                sitting.take(one, result, files=files, say=say, stop=stop)
        watch(total, total, "")

    if not dry_run:
        take_all()
        done |= sitting.take_lone_files(last, partial(watch, total, total), stop)
        settling.settle()
        return list(done.values())
    try:
        with journal.operation("预演接收", kind=journal.RECEIVE):
            take_all()
            raise _OnlyLooking
    except _OnlyLooking:
        return list(done.values())


#: What shows only while its rows are written: then the whole packet goes back.
_UNFIT: tuple[type[Exception], ...] = (Refusal, *CONTRADICTIONS)


def _turn(one: _Opened) -> tuple[Any, ...]:
    """Each office's packets in their order, an older copy of its data before the newer one."""
    head = one.seen.head
    other = head["incarnation"] != one.peer.their_incarnation
    return one.peer.office, other, str(head.get("made")) if other else "", head["number"]


def in_folder(carrier: Carrier) -> list[tuple[Carrier, str]]:
    """Everything of ours that lies in a folder, receipts first, containers of files last."""
    names = carrier.names()
    kinds = (RECEIPT, PACKET, CONTAINER)
    return [(carrier, n) for kind in kinds for n in names if n.lower().endswith(kind)]


class _Sitting:
    """One sitting at the desk with a pile of sticks."""

    def __init__(
        self, before: Callable[[], object], dry_run: bool, approve: bool | Collection[str]
    ) -> None:
        self.before, self.dry_run, self.approve = before, dry_run, approve
        self.backed_up = False
        self.us: Identity = identity()
        self.arriving = Arriving(self.us)

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
        """Prove a packet and open it; the result says why not, and a copy goes into quarantine."""
        blob = b""
        try:
            blob = carrier.read(name)
            seen = prove(blob, self.us, result)
            return None if seen is None else _Opened(carrier, name, seen, keys.known(result.office))
        except NotForUs as refusal:
            result.reason = refusal.message
        except Refusal as refusal:
            result.reason = refusal.message
            self._lay_aside(blob, carrier, result)
        finally:
            self._note_version(result)
        return None

    def _note_version(self, result: Received) -> None:
        """Also that of a packet which is refused because it is newer than we are."""
        if result.program and not self.dry_run:
            with database.atomic():
                versions.note(result.office, result.program)

    def _lay_aside(self, blob: bytes, carrier: Carrier, result: Received) -> None:
        if self.dry_run or not blob:
            return
        quarantine.keep(
            blob, result.hash, result.packet, result.office, result.number, result.outcome,
            result.reason, str(getattr(carrier, "place", "")),
        )  # fmt: skip

    def take(
        self, one: _Opened, result: Received, *, files: bool, say: Say, stop: Callable[[], bool]
    ) -> None:
        """Take one packet in, with `files` also what its office sent beside, and lay its receipt down;
        what it holds is let go again after.
        """
        try:
            with gc_paused():
                self._take(one, result)
            self._answer(one, result, files=files, say=say, stop=stop)
        except packet.Unreadable as refusal:
            result.outcome, result.reason = "refused", refusal.message
            self._lay_aside(_bytes(one.seen), one.carrier, result)

    def _take(self, one: _Opened, result: Received) -> None:
        peer = keys.known(one.peer.office)
        head = one.seen.head
        result.outcome, result.reason = order.place(peer, head, one.seen.hash)
        result.restored = head["incarnation"] not in peer.answered_by.split() and bool(
            peer.answered_by
        )
        if result.outcome == "same":
            result.counts["unchanged"] = sum(head["rows"].values())
        elif result.outcome == "next":
            share = unseal(one.seen)
            self._back_up()
            try:
                with journal.operation(
                    f"接收{peer.name}第 {head['number']} 号包", kind=journal.RECEIVE
                ):
                    self._apply(one, peer, share, result)
            except _UNFIT as error:
                said = error.message if isinstance(error, Refusal) else "包里的记录互相矛盾"
                result.outcome, result.reason = "refused", f"{said}，整包退回，数据没有变化。"
                result.counts = dict(NOTHING)
            except _Waits as waits:
                result.outcome, result.reason = "waiting", str(waits)

    def _answer(
        self, one: _Opened, result: Received, *, files: bool, say: Say, stop: Callable[[], bool]
    ) -> None:
        office = one.peer.office
        if self.dry_run:
            gone = attached.lacking(self.us, office) if files else ()
            result.missing = len(set(gone) - self.arriving.brings(office))
            return
        asked: dict[str, Any] = {}
        if files:
            self._take_files(office, result, say, stop)
            asked[attached.KEY] = attached.asking(self.us, office)
            result.missing = asked[attached.KEY]["missing"]
        if result.outcome not in {"applied", "same"}:
            self._lay_aside(_bytes(one.seen), one.carrier, result)
        answer = receipts.outcome(
            result.outcome, result.reason, one.seen, result.counts,
            [list(each) for each in result.refused_rows],
        )  # fmt: skip
        result.receipt = receipts.write(
            one.carrier, keys.known(office), canonical(one.seen), {**answer, **asked}
        )

    def _take_files(
        self, office: str, result: Received, say: Say, stop: Callable[[], bool]
    ) -> None:
        def watch(done: int, total: int) -> None:
            say(f"收下{result.name}的附件 {done:,}/{total:,}")

        taken = self.arriving.take(office, stop, watch)
        result.kept, result.files_trouble = taken.count, taken.trouble
        result.spoiled = len(self.arriving.spoiled)

    def take_lone_files(
        self, answered: Collection[str], say: Say, stop: Callable[[], bool]
    ) -> dict[tuple[Any, str], Received]:
        """Files that came without a packet of their office; their receipt goes with its next packet."""
        found: dict[tuple[Any, str], Received] = {}
        for office in self.arriving.offices:
            if office in answered:
                continue
            result = Received("", office, outcome="same", name=keys.known(office).name)
            self._take_files(office, result, say, stop)
            result.missing = len(attached.lacking(self.us, office))
            if result.kept or result.files_trouble:
                result.reason = "附件单独送到，已收下"
                found[None, office] = result
        return found

    def _back_up(self) -> None:
        if not self.backed_up and not self.dry_run:
            self.before()
            self.backed_up = True

    def _apply(self, one: _Opened, peer: keys.Peer, share: Share, result: Received) -> None:
        head = one.seen.head
        if self.us.level == "township":
            offices.learn(share.offices)
        strange = owners.learn(self.us, share.handovers)
        ahead = order.may_be_ahead(peer, self.us, head)
        plan = self._plan(peer.office, share, ahead, head["have"])
        result.counts = _counts(plan)
        result.counts["refused"] += len(strange)
        foreign = [(said.stem, said.row, "转接凭据不是旗县签发的") for said in strange]
        result.refused_rows, result.held = [*plan.refused, *foreign], len(plan.held)
        result.answers, result.mass = len(plan.answers), dict(plan.mass)
        if plan.mass and not self._approves(one.seen.hash):
            raise _Waits(_mass_words(plan))
        if plan.mass:
            opened = journal.current()
            assert opened is not None
            opened.words += f"，批准：{_mass_words(plan)}"
        self._carry_out(peer.office, plan)
        receipts.remember(peer, head, one.seen.hash, canonical(one.seen), result.counts)
        receipts.notice(peer, head)
        attached.heard_of(peer.office, share.lines)
        quarantine.settled(one.seen.hash)
        if share.full and self.us.level == "county":
            owners.heard(peer.office)
        self._retry_others(peer.office)
        result.outcome = "applied"
        result.reason = f"有 {len(plan.held)} 条等候所属记录到齐" if plan.held else ""

    def _approves(self, digest: str) -> bool:
        return self.approve if isinstance(self.approve, bool) else digest in self.approve

    def _plan(
        self,
        office: str,
        share: Share,
        ahead: bool = False,
        have: Mapping[str, Any] | None = None,
    ) -> Plan:
        kinds, waiting = shapes.shapes(), conflict.held(office)
        lines = [*waiting, *share.lines]
        state = standing.state(
            self.us, office, kinds, lines, share.full, share.handovers, ahead, have
        )
        return compare(state, kinds, share, waiting)

    def _carry_out(self, office: str, plan: Plan) -> None:
        carry_out(plan)
        go_beyond(line.row for line in plan.new)
        conflict.keep(office, plan)
        conflict.keep_held(office, plan)
        for each in plan.answers:
            conflict.answer(each.office or office, each.stem, each.row, each.field, each.theirs)

    def _retry_others(self, office: str) -> None:
        """A row may have come that rows of other offices were waiting for."""
        for row in database.execute_sql(
            "SELECT DISTINCT office FROM exchange_held WHERE office <> ?", (office,)
        ).fetchall():
            self._carry_out(row[0], self._plan(row[0], Share()))


def _bytes(seen: packet.Seen) -> bytes:
    return seen.signed + seen.signature


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
    return f"{each}，超过 {office_settings.value('mass_percent')}%，需要批准后接收"


def folders_of(paths: Iterable[Path]) -> list[tuple[Carrier, str]]:
    """Packets named one by one and whole folders, as places to receive from."""
    found: list[tuple[Carrier, str]] = []
    for path in paths:
        if path.is_dir() and path.suffix.lower() not in {PACKET, RECEIPT}:
            found += in_folder(Folder(path))
        else:
            found += [(Folder(path.parent), path.name), *containers_beside(path)]
    return sorted(found, key=lambda each: not each[1].lower().endswith(RECEIPT))


def containers_beside(path: Path) -> list[tuple[Carrier, str]]:
    """The containers of files that lie in the folder of a packet that was named by itself."""
    if path.suffix.lower() != PACKET or not path.parent.is_dir():
        return []
    folder = Folder(path.parent)
    return [(folder, name) for name in folder.names() if name.lower().endswith(CONTAINER)]
