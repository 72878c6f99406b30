"""附件 travel with the exchange: whole or asked for again, whatever becomes of a container."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from db import attachments, checking, durable, journal, office_settings
from db import office as offices_of
from db.bulk import update_rows
from db.errors import Trouble
from db.exchange import attached, owners, packet, sending
from db.identity import identity
from db.registers.visit import Visit, VisitFile
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, ONE, TWO, branch
from tests.offices.papers import (
    add_photo,
    all_whole,
    containers,
    lost,
    numbers,
    papers,
    photo,
    visit,
)

pytestmark = pytest.mark.both_engines


def test_a_photo_of_a_visit_is_whole_at_the_county(offices: Offices) -> None:
    county, one, _two, stick = offices
    digest = one.do(lambda: add_photo("入户"))
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.containers) == (1, 1)
    assert sent.enclosed.words == "附件 1 个，共 3 KB"
    (done,) = county.receive(stick)
    assert done["attachments"] == {"count": 1, "size": 3000, "kept": 1, "missing": 0}
    assert county.do(lambda: attachments.kept().get(digest)) == photo("入户")
    one.receive(stick)
    (again,) = one.send(stick)
    assert again.enclosed.count == 0, "what was acknowledged is not carried again"
    assert len(containers(stick)) == 1


def test_a_packet_without_files_says_nothing_of_them(offices: Offices) -> None:
    _county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    (sent,) = one.send(stick)
    assert "files" not in packet.look((stick / sent.packet).read_bytes()).head
    assert containers(stick) == []


def test_sending_twice_writes_no_container_twice(offices: Offices) -> None:
    _county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    (only,) = containers(stick)
    kept = only.read_bytes()
    one.send(stick)
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    assert containers(stick) == [only]
    assert only.read_bytes() == kept
    # One that no longer lies there whole is written anew.
    only.write_bytes(kept[:-1])
    (sent,) = one.send(stick)
    assert sent.enclosed.count == 1
    assert containers(stick) == [only]
    assert len(only.read_bytes()) == len(kept)


def test_row_17_many_files_go_in_containers_of_a_bounded_size(offices: Offices) -> None:
    county, one, _two, stick = offices

    def many() -> None:
        office_settings.change({"container_mb": 1})
        at = visit()
        for number in range(12):
            add_photo(f"照片{number}", at, 300_000)

    one.do(many)
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.containers) == (12, 4)
    assert all(file.stat().st_size <= 1 << 20 for file in containers(stick))
    (done,) = county.receive(stick)
    assert numbers(done) == (12, 0)
    assert all_whole(county, one)


@pytest.mark.parametrize("number", [errno.EFBIG, errno.ENOSPC, errno.EIO])
def test_row_17_a_stick_that_takes_no_large_file_has_the_rows_all_the_same(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲", size=200_000))
    replace = durable.replace

    def limited(source: Path, target: Path) -> None:
        if source.stat().st_size > 100_000:
            raise OSError(number, os.strerror(number))
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(durable, "replace", limited)
        (sent,) = one.send(stick)
    assert sent.enclosed.left == 1
    assert "还有 1 个附件没有写" in sent.enclosed.words
    assert one.do(sending.outbox)[0].state == "written"
    assert containers(stick) == [] == list(stick.glob(".*"))
    (done,) = county.receive(stick)
    assert (done["outcome"], numbers(done)) == ("applied", (0, 1))


def test_row_12_a_stick_without_room_takes_what_fits_and_says_what_does_not(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, stick = offices

    def two_large() -> None:
        office_settings.change({"container_mb": 1})
        for number in range(2):
            add_photo(f"照片{number}", size=900_000)

    one.do(two_large)
    usage: Any = shutil.disk_usage(stick)

    def nearly_full(place: Any) -> Any:
        used = sum(file.stat().st_size for file in containers(stick))
        return usage._replace(free=(10 << 20) - used) if Path(place) == stick else usage

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", nearly_full)
        patch.setattr("db.exchange.carrier.MARGIN", (10 << 20) - 1_500_000)
        (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.left) == (1, 1)
    assert "空间不足" in sent.enclosed.words
    county.receive(stick)
    one.receive(stick)
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.left) == (1, 0)
    *_, done = county.receive(stick)
    assert numbers(done)[1] == 0


def test_row_14_a_full_disk_at_the_county_keeps_the_rows_and_asks_again(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)

    def full(_self: Any, _digest: str, _sealed: bytes) -> None:
        raise attachments.NoRoom("磁盘空间不足，文件没有保存。", "请清理磁盘。")

    with monkeypatch.context() as patch:
        for place in (attachments.Folder, *attachments.Sealed.__subclasses__()):
            patch.setattr(place, "write", full)
        (done,) = county.receive(stick)
    assert (done["outcome"], numbers(done)) == ("applied", (0, 1))
    (done,) = county.receive(stick)
    assert (done["outcome"], numbers(done)) == ("same", (1, 0))


def test_a_file_that_is_lost_at_the_township_comes_back_from_the_county(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, stick = offices
    digest = one.do(lambda: add_photo("甲"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    shutil.rmtree(one.folder / "files")
    county.send(stick, ONE)
    (done,) = one.receive(stick)
    assert numbers(done) == (0, 1)
    county.receive(stick)
    (sent,) = county.send(stick, ONE)
    assert sent.enclosed.count == 1
    *_, done = one.receive(stick)
    assert numbers(done) == (1, 0)
    assert one.do(lambda: attachments.kept().get(digest)) == photo("甲")


@pytest.mark.embedded
def test_a_file_that_a_failing_disk_left_empty_is_asked_for_again(offices: Offices) -> None:
    county, one, _two, stick = offices
    digest = one.do(lambda: add_photo("甲"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    (county.folder / "files" / digest[:2] / digest).unlink()
    with pytest.raises(Trouble, match="不在本机"):
        county.do(lambda: attached.content(digest))
    (county.folder / "files" / digest[:2] / digest).write_bytes(b"")
    lost(containers(stick)[0])
    for _ in range(2):
        one.send(stick)
        *_, done = county.receive(stick)
        one.receive(stick)
    assert numbers(done) == (1, 0)
    assert all_whole(county, one)


def test_a_file_that_a_check_finds_damaged_comes_back_from_the_other_office(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, stick = offices
    first, second = one.do(lambda: (add_photo("甲"), add_photo("乙")))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    lost(containers(stick)[0])
    for digest in (first, second):
        file = one.folder / "files" / digest[:2] / digest
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with one.open():
        monkeypatch.setattr(offices_of, "files", attachments.kept)
        monkeypatch.setattr(checking, "_STEPS", (checking._attachments,))
        found = checking.check()
        assert [f.grave for f in found] == [True, True]
        # Added again by hand it is whole, and asked for no more.
        attachments.kept().put(photo("乙"))
        assert attached.missing(attached.named()) == {first}
    for _ in range(2):
        county.send(stick, ONE)
        *_, done = one.receive(stick)
        county.receive(stick)
    assert numbers(done) == (1, 0)
    assert all_whole(county, one)
    with one.open():
        assert checking.check() == []


def test_what_the_county_adds_to_a_township_goes_there(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(visit)
    one.send(stick)
    county.receive(stick)
    one.receive(stick)

    def correct() -> str:
        content = photo("旗县补的照片")
        digest = attachments.kept().put(content)
        VisitFile(visit=row, office=ONE, digest=digest, file_name="a.jpg", size=1).save()
        return digest

    digest = county.do(correct)
    (sent,) = county.send(stick, ONE)
    assert sent.enclosed.count == 1
    (done,) = one.receive(stick)
    assert numbers(done) == (1, 0)
    assert one.do(lambda: attachments.kept().has(digest))


def test_no_office_gets_files_of_another_by_asking(offices: Offices) -> None:
    county, one, _two, stick = offices
    secret = one.do(lambda: add_photo("甲"))
    one.send(stick)
    county.receive(stick)
    with county.open():
        us, wanted = identity(), [secret[: attached.DIGITS]]
        attached.answered(us, TWO, 1, {"missing": 1, "wanted": wanted}, taken=True)
        assert attached.owed(us, TWO).files == ()
        attached.answered(us, ONE, 1, {"missing": 1, "wanted": wanted}, taken=True)
        assert [file.digest for file in attached.owed(us, ONE).files] == [secret]


@pytest.mark.parametrize("lost_on_the_way", [False, True])
def test_history_moves_with_its_files(offices: Offices, lost_on_the_way: bool) -> None:
    county, one, two, stick = offices
    digest = one.do(lambda: add_photo("转走的"))
    one.send(stick)
    if lost_on_the_way:
        lost(containers(stick)[0])
    county.receive(stick)

    def give_away() -> None:
        with journal.operation("转给另一个单位", kind=journal.HANDOVER):
            for model in (Visit, VisitFile):
                row = model.get()
                update_rows(model, ["office"], [(row.id, (TWO,))])
                owners.hand_over((model.stem(), row.id), ONE, TWO)

    county.do(give_away)
    for _ in range(2):
        for desk in (one, two):
            county.send(stick, desk.code)
            desk.receive(stick)
            desk.send(stick)
        county.receive(stick)
    assert two.do(lambda: attachments.kept().get(digest)) == photo("转走的")
    assert two.do(VisitFile.get).office == TWO
    assert all_whole(county, one, two)
    assert county.do(lambda: attached.lacking_from(identity(), [ONE, TWO])) == {}


def test_many_missing_files_are_asked_for_over_several_rounds(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "NAMED", 2)
    county, one, _two, stick = offices

    def many() -> None:
        at = visit()
        for number in range(7):
            add_photo(f"照片{number}", at)

    one.do(many)
    one.send(stick)
    lost(containers(stick)[0])
    (done,) = county.receive(stick)
    assert numbers(done) == (0, 7)
    one.receive(stick)
    (sent,) = one.send(stick)
    assert sent.enclosed.count == 7
    *_, done = county.receive(stick)
    assert numbers(done) == (7, 0)
    one.receive(stick)
    (sent,) = one.send(stick)
    assert sent.enclosed.count == 0


def test_a_receipt_of_an_older_program_acknowledges_no_file(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("甲"))
    one.send(stick)
    with monkeypatch.context() as patch:
        patch.setattr(attached, "KEY", "unknown")
        county.receive(stick)
    one.receive(stick)
    (sent,) = one.send(stick)
    assert sent.enclosed.count == 1


def test_a_file_that_is_damaged_here_is_not_carried_and_told(offices: Offices) -> None:
    county, one, _two, stick = offices
    first, _second = one.do(lambda: (add_photo("甲"), add_photo("乙")))
    file = one.folder / "files" / first[:2] / first
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.absent) == (1, 1)
    assert "已损坏" in sent.enclosed.words
    (done,) = county.receive(stick)
    assert numbers(done) == (1, 1)
    one.receive(stick)
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.absent) == (0, 1)
    # Known to be ill it is no longer tried again and again, but asked for.
    assert one.do(lambda: attached.owed(identity(), COUNTY)).files == ()
    assert one.do(lambda: attached.lacking(identity(), COUNTY)) == [first]
    one.receive(stick)
    assert "files" not in packet.look((stick / sent.packet).read_bytes()).head
    # Added again by hand it goes.
    one.do(lambda: attachments.kept().put(photo("甲")))
    (sent,) = one.send(stick)
    assert (sent.enclosed.count, sent.enclosed.absent) == (1, 0)


def test_a_file_that_no_row_names_any_more_does_not_go(offices: Offices) -> None:
    _county, one, _two, stick = offices

    def replace() -> None:
        add_photo("错的照片")
        row = VisitFile.get()
        row.digest = attachments.kept().put(photo("对的照片"))
        row.save()

    one.do(replace)
    (sent,) = one.send(stick)
    assert sent.enclosed.count == 1


def test_a_restored_township_sends_and_gets_what_is_missing(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: add_photo("以前"))
    copy = one.copy()
    one.send(stick)
    county.receive(stick)
    one.do(lambda: add_photo("后来"))
    one.send(stick)
    county.receive(stick)
    one.restore(copy)
    shutil.rmtree(one.folder / "files")
    for _ in range(3):
        one.send(stick)
        county.receive(stick)
        county.send(stick, ONE)
        one.receive(stick)
    assert len(one.do(papers).named) == 2
    assert all_whole(county, one)
