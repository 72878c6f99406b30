"""Containers of attachments that come damaged, twice, late, from a stranger or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from db import attachments
from db.errors import Trouble
from db.exchange import attached, container, keys, packet, receiving
from db.exchange.carrier import CONTAINER
from db.identity import identity
from db.registers.visit import VisitFile
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, ONE, TWO
from tests.offices.papers import add_photo, all_whole, containers, lost, numbers, papers

pytestmark = pytest.mark.both_engines


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def flipped(file: Path) -> None:
    blob = bytearray(file.read_bytes())
    blob[-500] ^= 1
    file.write_bytes(bytes(blob))


def front_flipped(file: Path) -> None:
    blob = bytearray(file.read_bytes())
    blob[20] ^= 1
    file.write_bytes(bytes(blob))


def oversized(file: Path) -> None:
    file.write_bytes(packet.PREFIX.pack(b"ZYTA", 1, 1, (1 << 32) - 1) + bytes(1 << 16))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize(
    "harm", [lost, cut, flipped, front_flipped, oversized, empty, folder], ids=lambda f: f.__name__
)
def test_a_spoiled_container_stops_no_row_and_is_asked_for_again(
    offices: Offices, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    (only,) = containers(stick)
    harm(only)
    with county.open():
        (taken,) = receiving.receive(receiving.folders_of([stick]))
    done = taken.as_json()
    assert (done["outcome"], numbers(done)) == ("applied", (0, 1))
    assert "还缺 1 个附件，已在回执里请对方下次带来" in taken.files_words
    with pytest.raises(Trouble, match="还没有随包到达"):
        county.do(lambda: attached.content(VisitFile.get().digest))
    assert ("附件包已损坏" in taken.files_words) is (harm is not lost)
    assert county.digest(ONE) == one.digest(ONE)
    one.receive(stick)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (sent,) = one.send(fresh)
    assert (sent.totals, sent.enclosed.count) == ({}, 1), "only the file goes again"
    (done,) = county.receive(fresh)
    assert numbers(done) == (1, 0)
    assert all_whole(county, one)
    one.receive(fresh)
    (sent,) = one.send(fresh)
    assert sent.enclosed.count == 0


def test_a_damaged_file_costs_itself_and_not_its_neighbours(offices: Offices) -> None:
    county, one, _two, stick = offices
    first, second = one.do(lambda: (add_photo("甲"), add_photo("乙")))
    one.send(stick)
    (only,) = containers(stick)
    with only.open("r+b") as file:
        place = file.seek(-5000, os.SEEK_END)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 1]))
    (done,) = county.receive(stick)
    assert numbers(done) == (1, 1)
    gone = county.do(lambda: attached.lacking_from(identity(), [ONE, TWO]))
    assert gone == {ONE: 1}
    assert len({first, second} & county.do(papers).whole) == 1


def test_an_unsigned_foreign_or_strange_container_is_left_alone(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, two, stick = offices
    digest = one.do(lambda: add_photo("甲"))
    one.send(stick)
    # Another office takes up the packet with the row, and signs a container with something else in it.
    for forger in (two, one):
        with forger.open():
            kept = attachments.kept()
            strange = b"\xff\xd8\xff something else"
            forged = kept.put(strange)
            said = {"from": ONE, "from_name": "", "to": COUNTY, "incarnation": "x"}
            files = [container.File(forged, len(strange))]
            peer, own = keys.known(COUNTY), keys.own()
            _length, pieces = container.write(said, files, kept.get, own.signing, peer.sealing)
            (stick / f"{forger.code}{CONTAINER}").write_bytes(b"".join(pieces))
    (done,) = county.receive(stick)
    assert numbers(done) == (1, 0)
    with county.open():
        assert list(attachments.kept().names()) == [digest], "what no row names is not kept"
    # A container for the county is nothing to the other township.
    two.receive(stick)
    assert two.do(lambda: list(attachments.kept().names())) == [forged]


def test_replayed_containers_change_nothing(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    shutil.copytree(stick, tmp_path / "again")
    county.receive(stick)
    with county.open():
        place = (
            next(file for file in (county.folder / "files").glob("??/*"))
            if not county.server
            else None
        )
        before = place and place.stat().st_mtime_ns
    for _ in range(3):
        (done,) = county.receive(tmp_path / "again")
        assert numbers(done) == (0, 0)
    assert not place or place.stat().st_mtime_ns == before, (
        "a file that is there is not written twice"
    )


def test_a_container_that_comes_later_than_its_packet_is_taken_too(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    late = tmp_path / "late"
    late.mkdir()
    shutil.move(containers(stick)[0], late)
    (done,) = county.receive(stick)
    assert numbers(done) == (0, 1)
    (done,) = county.receive(late)
    assert (done["outcome"], numbers(done)) == ("same", (1, 0))


def test_a_preview_says_what_will_be_missing_and_keeps_nothing(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    (done,) = county.receive(stick, dry_run=True)
    assert done["attachments"] == {"count": 1, "size": 3000, "kept": 0, "missing": 0}
    lost(containers(stick)[0])
    (done,) = county.receive(stick, dry_run=True)
    assert done["attachments"]["missing"] == 1
    assert county.do(lambda: list(attachments.kept().names())) == []
