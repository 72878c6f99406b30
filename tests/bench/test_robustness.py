"""What damaged, repeated, reordered and interrupted files do to the receiver: ours and three others'.

One campaign (`campaign.py`) on our packet, Anki's package, KeePassXC's merge and a git bundle: 300 rows
are there, a second file changes 60 and brings 30. That file is cut at 200 lengths, one bit of it is
flipped, it comes ten times and after it the first again, both come in reverse order, and again to a
receiver that was set back to its own older copy. Refused, accepted and right, accepted and wrong (the
rows are not what was sent, or the store is damaged), and rows lost are counted.

Ours meets 10 000 flips: each is put to the proof every packet passes before anything of it is used, and
each 10th goes the whole way through receiving into the quarantine, after which the receiver's digest
must be what it was. The slower three meet ZHENGYOU_PEER_FLIPS (200) and ZHENGYOU_PEER_KILLS (25)
SIGKILLs at random moments of the import; ours was killed 1 000 times elsewhere
(tests/faults/test_kill_exchange.py). ANKI_PYTHON names an interpreter that has anki.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from db import identity, journal
from db.bulk import insert_rows, update_rows
from db.errors import Refusal
from db.exchange import digest, proving, receiving
from db.exchange.carrier import Folder
from db.exchange.received import Received
from db.registers.member import Member
from tests.bench import campaign
from tests.offices.desks import COUNTY, ONE, Desk, branch, enrol

pytestmark = pytest.mark.bench

FLIPS = 10_000
PEER_FLIPS = int(os.environ.get("ZHENGYOU_PEER_FLIPS", "200"))
PEER_KILLS = int(os.environ.get("ZHENGYOU_PEER_KILLS", "25"))
ROOT = Path(__file__).parents[2]
PEERS = {"Anki package": "anki", "KeePassXC merge": "keepassxc", "git bundle": "git"}
HEADINGS = ("fault", "tried", "refused", "accepted right", "silently wrong", "half", "lost")


class Ours:
    """The county's desk; the township's two packets lie ready."""

    look_every = 10

    def __init__(self, root: Path) -> None:
        self.county, self.town = (
            Desk(root / "county", COUNTY, 1, "county"),
            Desk(root / ONE, ONE, 11),
        )
        enrol(self.county, self.town, root)
        self.stick = root / "stick"
        self.stick.mkdir()
        self.seat = ExitStack()
        self.offers = 0
        self.digests: dict[str, str] = {}
        self.town.do(_begin)
        self.first = self._sent(campaign.FIRST)
        self.copies = {"empty": self.county.copy()}
        self._sit()
        assert self._offer(self.first)
        self._rise()
        self.copies["first"] = self.county.copy()
        self.town.receive(self.stick)  # the receipt: the next packet holds only what is new
        self.town.do(_change)
        self.second = self._sent(campaign.SECOND)
        self._sit()

    def _sent(self, rows: campaign.Rows) -> bytes:
        (sent,) = self.town.send(self.stick)
        self.digests[_text(rows)] = _text(self.town.digest(ONE))
        return (self.stick / sent.packet).read_bytes()

    def _sit(self) -> None:
        self.seat.enter_context(self.county.open())
        self.us = identity.identity()

    def _rise(self) -> None:
        self.seat.close()

    def reset(self, taken: str) -> None:
        self._rise()
        for suffix in ("-wal", "-shm"):
            self.county.file.with_name(self.county.file.name + suffix).unlink(missing_ok=True)
        self.county.file.write_bytes(self.copies[taken])
        self._sit()

    def restore(self) -> None:
        self._rise()
        self.county.restore(self.copies["first"])
        self._sit()

    def take(self, blob: bytes) -> bool:
        self.offers += 1
        if self.offers % self.look_every:
            try:
                if proving.prove(blob, self.us, Received("offered.zytz")) is None:
                    return False
            except Refusal:
                return False
        return self._offer(blob)

    def _offer(self, blob: bytes) -> bool:
        """The whole way, as from a stick."""
        for file in self.stick.glob("offered*"):
            file.unlink()
        (self.stick / "offered.zytz").write_bytes(blob)
        (done,) = receiving.receive([(Folder(self.stick), "offered.zytz")])
        return done.outcome in {"applied", "same"}

    def rows(self) -> campaign.Rows:
        """The township's members, and whether everything else of it is as the township has it."""
        found: campaign.Rows = {}
        for name, phone in Member.select(Member.name, Member.phone).order_by(Member.id).tuples():
            campaign.put(found, name, phone)
        if found and self.digests.get(_text(found)) != _text(digest.digest(ONE)):
            found["another digest"] = ""
        return found

    def start(self, blob: bytes) -> subprocess.Popen[bytes]:
        raise NotImplementedError("tests/faults/test_kill_exchange.py kills ours")


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _book(rows: campaign.Rows, organization: int) -> None:
    insert_rows(
        Member,
        ("name", "phone", "organization", "category"),
        [(name, phone, organization, "full") for name, phone in rows.items()],
    )


def _begin() -> None:
    with journal.operation("录入"):
        _book(campaign.FIRST, branch("第一支部"))


def _change() -> None:
    first = Member.select().order_by(Member.id)
    changed = [m for m in first if campaign.SECOND[m.name] != m.phone]
    new = {n: p for n, p in campaign.SECOND.items() if n not in campaign.FIRST}
    with journal.operation("一个月"):
        update_rows(Member, ["phone"], [(m.id, (campaign.SECOND[m.name],)) for m in changed])
        _book(new, first[0].organization_id)


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    side = Ours(tmp_path)
    yield side
    side.seat.close()


def shown(name: str, report: campaign.Report, note: str) -> None:
    print(f"\n{name} ({note})\n" + "".join(f"{each:>16}" for each in HEADINGS))
    for kind, t in report.kinds.items():
        cells = (t.tried, *(f"{100 * n / t.tried:.1f} %" for n in (t.refused, t.right, t.wrong)))
        print("".join(f"{each!s:>16}" for each in (kind, *cells, t.half, t.lost)))


def test_ours_loses_nothing_and_is_never_silently_wrong(ours: Ours) -> None:
    report = campaign.run(ours, FLIPS, kills=0)
    looked = report.kinds["bit flipped"].looked
    shown("our packet", report, f"{FLIPS} flips, {looked} of them the whole way")
    for kind in ("truncated", "bit flipped"):
        assert report.kinds[kind].refused == report.kinds[kind].tried
    for kind, tally in report.kinds.items():
        assert (tally.wrong, tally.half, tally.lost) == (0, 0, 0), kind


@pytest.mark.parametrize("peer", PEERS)
def test_the_same_faults_on_another_program(peer: str, tmp_path: Path) -> None:
    python = sys.executable
    if PEERS[peer] == "anki":
        python = os.environ.get("ANKI_PYTHON", "")
        if not python:
            pytest.skip("ANKI_PYTHON names no interpreter with anki")
    elif shutil.which({"keepassxc": "keepassxc-cli", "git": "git"}[PEERS[peer]]) is None:
        pytest.skip(f"{PEERS[peer]} is not installed")
    module = f"tests.bench.robustness_{PEERS[peer]}"
    report = campaign.told(
        [python, "-m", module, str(tmp_path), str(PEER_FLIPS), str(PEER_KILLS)],
        {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},
    )
    shown(peer, report, f"{PEER_FLIPS} flips, {PEER_KILLS} kills")
    assert report.kinds["truncated"].tried == campaign.LENGTHS
