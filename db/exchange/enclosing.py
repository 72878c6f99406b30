"""附件 that go beside a packet: written into containers of a bounded size, as far as the stick has room.

The packet with the rows lies there first and never waits for its files: what does not go now is told
as missing by the other office and goes with the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from db import attachments, moment, office_settings, release
from db.errors import Refusal, Trouble
from db.exchange import attached, container, keys, versions
from db.exchange.carrier import CONTAINER, Carrier, LargeCarrier
from db.exchange.container import File, amount
from db.identity import identity


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The files that lie beside a packet now, in how many containers, and those that do not.

    `left`: no room for them, or the stick failed (`trouble`); `absent`: not here either, or damaged.
    """

    count: int = 0
    size: int = 0
    containers: int = 0
    left: int = 0
    absent: int = 0
    trouble: str = ""

    @property
    def words(self) -> str:
        """What the person reads; "" when no row names a file that is still to go."""
        found = [amount(self.count, self.size)] if self.count else []
        if self.left:
            why = self.trouble.rstrip("。") or "这里写不了附件"
            found.append(f"还有 {self.left:,} 个附件没有写（{why}），下次再带")
        if self.absent:
            found.append(f"{self.absent:,} 个附件本机没有或已损坏，没有带（用“检查”可查是哪些）")
        return "；".join(found)

    def as_json(self) -> dict[str, Any]:
        """Its part of the object of the command line; nothing when there are no files to speak of."""
        numbers = {
            "count": self.count, "size": self.size, "containers": self.containers,
            "left": self.left, "absent": self.absent,
        }  # fmt: skip
        return {"attachments": numbers} if any(numbers.values()) else {}


class _Spoiled(Exception):
    """A file of ours cannot be read; its fingerprint."""


def enclose(
    carrier: Carrier, office: str, watch: Callable[[int, int], object] = lambda _done, _total: None
) -> Enclosed:
    """Write what an office has not said to have; what lies there whole already is not written again.

    Never raises for an ill stick: what could not be written stays owed, and the answer says why.
    """
    us = identity()
    owed = attached.owed(us, office)
    if not owed.files or not isinstance(carrier, LargeCarrier):
        return Enclosed(left=len(owed.files), absent=owed.absent)
    bound = office_settings.value("container_mb") << 20
    turn_of = dict(zip(owed.files, owed.turns, strict=True))
    done, written, absent = list[File](), 0, owed.absent
    trouble = ""
    for bundle in container.bundles(owed.files, bound):
        watch(len(done), len(owed.files))
        files: Sequence[File] = bundle
        try:
            files = _write(carrier, office, bundle, turn_of)
        except Trouble as problem:
            trouble = problem.message
            break
        done += files
        absent += len(bundle) - len(files)
        written += bool(files)
    left = len(owed.files) + owed.absent - len(done) - absent
    return Enclosed(len(done), sum(file.size for file in done), written, left, absent, trouble)


def _write(
    carrier: LargeCarrier, office: str, bundle: Sequence[File], turn_of: dict[File, int]
) -> Sequence[File]:
    """Write one container; returns its files, without those that turn out to be damaged here."""
    us, peer, own = identity(), keys.known(office), keys.own()
    said = {
        "from": us.office_code,
        "from_name": us.office_name,
        "to": office,
        "incarnation": us.incarnation,
        versions.KEY: release.version(),
        "made": moment.now(),
    }
    files = list(bundle)
    while files:
        turns = [turn_of[file] for file in files]
        name = container.name(said, files, turns, peer.sealing) + CONTAINER
        if _lies_whole(carrier, name):
            return files
        length, pieces = container.write(said, files, _content, own.signing, peer.sealing)
        try:
            carrier.write_pieces(name, length, pieces)
        except _Spoiled as spoiled:
            attached.suspect(str(spoiled))
            files = [file for file in files if file.digest != str(spoiled)]
        else:
            return files
    return files


def _content(digest: str) -> bytes:
    try:
        return attachments.kept().get(digest)
    except Trouble:
        raise _Spoiled(digest) from None


def _lies_whole(carrier: LargeCarrier, name: str) -> bool:
    try:
        with carrier.opened(name) as (stream, length):
            return container.is_whole(stream, length)
    except (Refusal, OSError):
        return False
