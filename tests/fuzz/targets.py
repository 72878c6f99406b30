"""What is fuzzed: any bytes go in, and either a Refusal in words comes out or everything still holds.

| target | from the bytes | through |
|---|---|---|
| packet | a sound packet with bytes changed, cut, moved | `look`, `prove`, `open_body`, receipts' `take` |
| body | a sound body with values and structure changed | `from_body`, `compare`, `merge`, and both again |
| container | a sound container with bytes changed, or any index rightly signed | `look`, `prove`, `files_in`, `take` |
| import | a sound body changed, rightly signed and sealed, head changed too | `receive` into a real county, rolled back |
| whole | the same, kept | `receive` into a copy of that county, then every check of the record |

A target is a plain function, so that the kept corpus is replayed without the fuzzer.
"""

from __future__ import annotations

import copy
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from db import access, connection, journal
from db.access import Person, Role
from db.attachments import fingerprint
from db.codes import code_list
from db.connection import database
from db.errors import Refusal
from db.exchange import (
    container,
    keys,
    packet,
    receipts,
    receiving,
    sending,
    shapes,
    standing,
)
from db.exchange.carrier import Folder
from db.exchange.collect import Task, collect, newest_entry
from db.exchange.compare import compare
from db.exchange.merge import merge
from db.exchange.share import Share, from_body, to_body
from db.identity import identity
from db.registers.fund import Fund, FundBudget
from db.registers.member import Member
from db.registers.organization import Organization
from tests.offices import oracles
from tests.offices.desks import COUNTY, ONE, Desk, enrol

ODD: tuple[Any, ...] = (
    None, "", 0, 1, -1, 2**31, 2**53, 2**63 - 1, -(2**63), 2**63, 10**30, True, False, 1.5, [], {}, [[]],
    "\0", "\ud800", "𠮷", "x" * 2000, "1' OR '1'='1", "../../x", "office", "id", "version",
    ONE, COUNTY, "150823999", "organization", "account", "exchange_key", "sqlite_master",
)  # fmt: skip


class Bytes:
    """Small choices read from bytes, one after the other; zeros when they are used up."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self, below: int) -> int:
        """0 ≤ n < below."""
        size = 1 if below <= 256 else 2 if below <= 65536 else 4
        part = self.data[self.at : self.at + size]
        self.at += size
        return int.from_bytes(part, "big") % below if below else 0

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def pick(self, values: Any) -> Any:
        """One of them."""
        return values[self.number(len(values))]

    def rest(self) -> bytes:
        """Everything not read yet."""
        return self.data[self.at :]


class Scene:
    """A county that knows a township, and what that township would send it."""

    def __init__(self, root: Path) -> None:
        self.county, self.one = (
            Desk(root / "county", COUNTY, 1, "county"),
            Desk(root / "one", ONE, 11),
        )
        enrol(self.county, self.one, root)
        self.stick = root / "stick"
        self.stick.mkdir()
        with self.one.open():
            above = Organization(name="委员会", kind="branch")
            above.save()
            for number in range(3):
                branch = Organization(name=f"第{number}支部", kind="branch", parent=above)
                branch.save()
                Member(name="王甲", organization=branch, category="full").save()
            fund = Fund(name="资金", kind=code_list("fund_kind").codes[0])
            fund.save()
            FundBudget(fund=fund, organization=above, year=2026, amount=5000).save()
            first = self._made()
            sending.send(Folder(self.stick))
        self.county.receive(self.stick)
        self.one.receive(self.stick)
        with self.one.open():
            above.phone = "0478-1"
            above.save()
            Member(name="王乙", organization=branch, category="full").save()
            second = self._made()
            self.own = keys.own()
        self.made = (first, second)
        with self.county.open():
            self.private = keys.own().sealing
            self.public = keys.own().sealing_public
            self.us = identity()
            lines = [line for _, body in self.made for line in from_body(body)]
            self.kinds = shapes.shapes()
            self.state = standing.state(self.us, ONE, self.kinds, lines, True)
        receipt = next(p for p in self.stick.iterdir() if p.suffix == ".zytr")
        self.receipt = receipt.read_bytes()
        self.blob = self.sealed(*second)

    def _made(self) -> tuple[dict[str, Any], dict[str, Any]]:
        sent, blob = sending.make(COUNTY)
        peer = keys.known(COUNTY)
        full = peer.acknowledged == 0
        lines = collect(Task(COUNTY, peer.covered, newest_entry(), full), identity())
        del sent
        return packet.look(blob).head, json.loads(json.dumps(to_body(lines)))

    def sealed(self, head: dict[str, Any], body: Any) -> bytes:
        """Rightly signed and sealed, whatever is in it."""
        said = {k: v for k, v in head.items() if k != "size"}
        return packet.write(said, body, self.own.signing, self.public)


@cache
def scene() -> Scene:
    """The one scene of this process."""
    return Scene(Path(tempfile.mkdtemp(prefix="zhengyou-fuzz-")))


def changed(value: Any, chance: Bytes) -> Any:
    """A structure with something in it changed: a value, a key, an order, a doubling, a loss."""
    held = [value]
    place: Any = held
    key: Any = 0
    for _ in range(chance.number(8)):
        inside = place[key]
        if isinstance(inside, dict) and inside:
            place, key = inside, sorted(inside)[chance.number(len(inside))]
        elif isinstance(inside, list) and inside:
            place, key = inside, chance.number(len(inside))
        else:
            break
    what = chance.number(7)
    if what == 0 or place is held:
        place[key] = copy.deepcopy(chance.pick(ODD))
    elif what == 1:
        del place[key]
    elif what == 2 and isinstance(place, list):
        place.insert(chance.number(len(place) + 1), copy.deepcopy(place[key]))
    elif what == 3 and isinstance(place, dict):
        place[str(chance.pick(ODD))] = place.pop(key)
    elif what == 4 and isinstance(place, list):
        place.reverse()
    elif what == 5 and isinstance(place[key], int) and not isinstance(place[key], bool):
        place[key] += chance.number(512) - 256
    else:
        place[key] = chance.rest()[:6].decode("utf-8", "replace")
    return held[0]


def body_of(chance: Bytes) -> tuple[dict[str, Any], Any]:
    """One of the sound packets, its body changed some times."""
    head, body = copy.deepcopy(chance.pick(scene().made))
    for _ in range(1 + chance.number(6)):
        body = changed(body, chance)
        if not chance:
            break
    return head, body


def packet_target(data: bytes) -> None:
    """Only a Refusal comes out of bytes that were tampered with."""
    kept, chance = scene(), Bytes(data)
    blob = bytearray(kept.receipt if chance.number(2) else kept.blob)
    while chance:
        what, at = chance.number(5), chance.number(len(blob) + 1)
        if what == 0 and at < len(blob):
            blob[at] ^= 1 + chance.number(255)
        elif what == 1:
            del blob[at : at + 1 + chance.number(64)]
        elif what == 2:
            blob[at:at] = chance.rest()[: chance.number(16)]
        elif what == 3:
            blob[at:] = blob[at:][::-1]
        else:
            blob[at : at + 4] = chance.pick([b"\0\0\0\0", b"\xff\xff\xff\xff", b"{}[]", b"1e99"])
    whole = bytes(blob)
    if whole in (kept.receipt, kept.blob):
        return
    try:
        seen = packet.look(whole)
        packet.prove(seen, kept.own.signing_public)
    except Refusal:
        return
    raise AssertionError("bytes that were tampered with were believed")


def body_target(data: bytes) -> None:
    """A body is refused or planned; carried out and planned again it does nothing new."""
    kept, chance = scene(), Bytes(data)
    full = bool(chance.number(2))
    _, body = body_of(chance)
    if not isinstance(body, dict):
        return
    try:
        lines = from_body(body)
    except Refusal:
        return
    share = Share(lines, full)
    plan = compare(kept.state, kept.kinds, share)
    assert plan == compare(kept.state, kept.kinds, Share(lines[::-1], full))
    outcomes = len(plan.new) + len(plan.changed) + plan.unchanged + len(plan.refused)
    held_or_kept = len(plan.held) + len({(c.stem, c.row) for c in plan.conflicts})
    assert outcomes + held_or_kept >= len(lines)
    after = merge(kept.state.rows, kept.kinds, plan)
    for key, row in after.items():
        assert row["office"] in kept.state.writable or key in kept.state.rows
        assert set(row) <= {*kept.kinds[key[0]], "office"}


def import_target(data: bytes, *, keep: bool = False) -> None:
    """A rightly signed packet with anything in it gives one result in words and harms nothing."""
    kept, chance = scene(), Bytes(data)
    flags = chance.number(4)
    head, body = body_of(chance)
    if flags & 1:
        head = changed(head, chance)
        if not isinstance(head, dict):
            return
    try:
        blob = kept.sealed(head, body)
    except (Refusal, TypeError, ValueError, UnicodeEncodeError, AttributeError):
        return
    file = kept.stick / "fuzz.zytz"
    file.write_bytes(blob)
    desk = _copied(kept) if keep else kept.county
    connection.attach(_open(desk))
    access.act_as(Person(0, "王管理", Role.ADMIN))
    try:
        before = oracles.rows() if keep else None
        done = receiving.receive(
            [(Folder(kept.stick), file.name)], dry_run=not keep, approve=bool(flags & 2)
        )
        for one in done:
            assert one.outcome in {"applied", "same", "waiting", "fork", "refused"}
            assert one.outcome == "applied" or one.reason, one
            if keep:
                oracles.whole(before, oracles.rows(), one.outcome)
        if keep:
            assert journal.verify() == []
            assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
            rows = database.execute_sql("SELECT DISTINCT office FROM organization").fetchall()
            assert {row[0] for row in rows} <= {ONE, COUNTY}
    finally:
        access.act_as(None)
        database.initialize(None)
        if keep:
            _OPEN.pop(desk.file).close_everywhere()


def whole_target(data: bytes) -> None:
    """As import, but kept, in a fresh copy of the county, with every check afterwards."""
    import_target(data, keep=True)


def receipt_target(data: bytes) -> None:
    """A rightly signed receipt with anything in it moves the outbox truly or not at all."""
    kept, chance = scene(), Bytes(data)
    head = packet.look(kept.receipt).head
    for _ in range(1 + chance.number(3)):
        head = changed(head, chance)
    if not isinstance(head, dict):
        return
    with kept.county.open():
        signing = keys.own().signing
    with suppress(TypeError, ValueError, UnicodeEncodeError):
        blob = packet.write(head, None, signing, None)
        connection.attach(_open(kept.one))
        access.act_as(Person(0, "李管理", Role.ADMIN))
        try:
            with suppress(Refusal, _Back), database.atomic():
                receipts.take(blob)
                raise _Back
        finally:
            access.act_as(None)
            database.initialize(None)


def container_target(data: bytes) -> None:
    """Of a container every file comes out as it went in, or not at all."""
    kept, chance = scene(), Bytes(data)
    contents = [b"\xff\xd8\xff" + bytes([n]) * (40 * n + 1) for n in range(3)]
    files = [container.File(fingerprint(content), len(content)) for content in contents]
    of = {file.digest: content for file, content in zip(files, contents, strict=True)}
    said: Any = {"from": ONE, "from_name": "", "to": COUNTY, "incarnation": "x"}
    if chance.number(2):
        listed = [[file.digest, file.size] for file in files]
        for _ in range(1 + chance.number(3)):
            listed = changed(listed, chance)
        try:
            blob = bytearray(indexed(listed, of))
        except (TypeError, ValueError, UnicodeEncodeError):
            return
    else:
        _, pieces = container.write(said, files, of.__getitem__, kept.own.signing, kept.public)
        blob = bytearray(b"".join(pieces))
        while chance:
            at = chance.number(len(blob) + 1)
            blob[at : at + chance.number(9)] = chance.pick([b"", b"\0", b"\xff" * 8, b"[[1]]"])
    stream = io.BytesIO(bytes(blob))
    with suppress(Refusal):
        front = container.look(stream)
        container.prove(front, kept.own.signing_public)
        for file, at in container.files_in(front, kept.private).items():
            with suppress(Refusal):
                assert container.take(stream, file, at, kept.private) == of[file.digest]


def indexed(listed: Any, of: dict[str, bytes]) -> bytes:
    """A rightly signed container with this index, its files behind it."""
    kept, purpose = scene(), b"zhengyou files 1\n"
    top = packet.as_json({"from": ONE, "to": COUNTY, "kind": container.KIND})
    sealed = packet.seal(packet.as_json(listed), kept.public, purpose + top)
    front = packet.PREFIX.pack(container.MAGIC, 1, 1, len(top)) + top
    front += packet.LENGTH.pack(len(sealed)) + sealed
    front += packet.sign(front, kept.own.signing, purpose)
    return front + b"".join(
        packet.seal(content, kept.public, b"zhengyou file 1\n" + digest.encode())
        for digest, content in of.items()
    )


class _Back(Exception):
    """Rolls a fuzzed step back."""


_OPEN: dict[Path, connection.EncryptedDatabase] = {}


def _open(desk: Desk) -> connection.EncryptedDatabase:
    if desk.file not in _OPEN:
        _OPEN[desk.file] = connection.open_file(desk.file, desk.key)
    return _OPEN[desk.file]


def _copied(kept: Scene) -> Desk:
    twin = object.__new__(Desk)
    twin.code, twin.key, twin.folder = kept.county.code, kept.county.key, kept.stick.parent / "twin"
    twin.file = twin.folder / "zhengyou.db"
    if kept.county.file in _OPEN:
        _OPEN.pop(kept.county.file).close_everywhere()
    shutil.rmtree(twin.folder, ignore_errors=True)
    shutil.copytree(kept.county.folder, twin.folder)
    return twin


TARGETS: dict[str, Callable[[bytes], None]] = {
    "packet": packet_target,
    "body": body_target,
    "receipt": receipt_target,
    "container": container_target,
    "import": import_target,
    "whole": whole_target,
}
