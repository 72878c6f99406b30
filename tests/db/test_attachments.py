"""Scans and photos: kept once, whole, sealed; found again after a stick, a crash, a restore."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import attachments, backup, durable
from db import office as offices
from db.attachments import FOLDER, LARGEST, Folder, fingerprint, kind_of
from db.checking import check
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import attached
from db.registers.hardship import Evidence
from db.registers.visit import VisitFile
from tests.factories import make

SCAN = b"%PDF-1.7 " + "其其格的诊断证明".encode() * 50


@pytest.mark.embedded
def test_a_file_is_kept_once_and_read_back(office: offices.Office) -> None:
    files = offices.files()
    digest = files.put(SCAN)
    assert digest == fingerprint(SCAN) == files.put(SCAN)
    assert files.get(digest) == SCAN
    assert list(files.names()) == [digest]
    assert [f.name for f in (office.folder / FOLDER).rglob("*") if f.is_file()] == [digest]


@given(st.binary(min_size=1, max_size=4000))
def test_whatever_is_put_comes_back_and_another_key_opens_nothing(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    place = tmp_path_factory.mktemp("files")
    digest = Folder(place, b"k" * 32).put(content)
    assert Folder(place, b"k" * 32).get(digest) == content
    with pytest.raises(Trouble, match="损坏"):
        Folder(place, b"x" * 32).get(digest)


def _file(office: offices.Office, digest: str) -> Path:
    return office.folder / FOLDER / digest[:2] / digest


@pytest.mark.embedded
def test_damage_is_told_and_mended_by_adding_the_scan_again(office: offices.Office) -> None:
    digest = offices.files().put(SCAN)
    file = _file(office, digest)
    for cut in (b"", file.read_bytes()[:30], file.read_bytes()[:-1] + b"\0"):
        file.write_bytes(cut)
        with pytest.raises(Trouble, match="损坏"):
            offices.files().get(digest)
    assert offices.files().put(SCAN) == digest
    assert offices.files().get(digest) == SCAN
    file.unlink()
    with pytest.raises(Trouble, match="不在本机"):
        offices.files().get(digest)


@pytest.mark.embedded
def test_one_file_does_not_pass_for_another(office: offices.Office) -> None:
    one, other = offices.files().put(SCAN), offices.files().put(SCAN + b"!")
    _file(office, one).write_bytes(_file(office, other).read_bytes())
    with pytest.raises(Trouble, match="损坏"):
        offices.files().get(one)


@pytest.mark.embedded
def test_a_disk_that_will_not_leaves_nothing_behind(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable, "replace", full)
    with pytest.raises(Trouble, match="磁盘空间"):
        offices.files().put(SCAN)
    assert not [f for f in (office.folder / FOLDER).rglob("*") if f.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "照片.JPG", "jpg"),
        (b"%PDF-1.4", "证明", "pdf"),
        (b"PK\x03\x04", "名单.xlsx", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "申请.wps", "wps"),
    ],
)
def test_a_kind_is_known_by_its_content(content: bytes, name: str, kind: str) -> None:
    assert kind_of(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name"), [(b"MZ\x90", "照片.jpg"), (b"PK\x03\x04", "病毒.jar"), (b"hello", "a.txt")]
)
def test_what_is_no_paper_is_refused_whatever_it_is_called(content: bytes, name: str) -> None:
    with pytest.raises(Refusal, match="只能添加"):
        kind_of(content, name)


def test_what_is_empty_or_too_large_is_refused(office: offices.Office) -> None:
    with pytest.raises(Refusal, match="空的"):
        offices.files().put(b"")
    with pytest.raises(Refusal, match="超过 20 MB"):
        offices.files().put(bytes(LARGEST + 1))


@pytest.mark.embedded
def test_a_check_names_the_row_whose_file_is_missing_or_damaged(office: offices.Office) -> None:
    paper = make(Evidence, digest=offices.files().put(SCAN), file_name="诊断证明.pdf", retired="")
    assert not [f for f in check() if f.kind == "attachment"]
    _file(office, paper.digest).write_bytes(b"")
    (found,) = [f for f in check() if f.kind == "attachment"]
    assert (found.stem, found.id, found.grave) == ("hardship", paper.hardship_id, True)
    assert "诊断证明.pdf" in found.message
    assert "损坏" in found.message
    _file(office, paper.digest).unlink()
    assert ["不在本机" in f.message for f in check() if f.kind == "attachment"] == [True]


def test_files_of_another_office_are_not_missed_here(office: offices.Office) -> None:
    make(VisitFile, digest="ab" * 32)
    assert [f for f in check() if f.kind == "attachment"]
    # Seen from another office the row is not its own.
    database.execute_sql("UPDATE identity SET office_code = '150823102'")
    assert not [f for f in check() if f.kind == "attachment"]
    (found,) = [f for f in check() if f.kind == "attachment_awaited"]
    assert not found.grave
    assert "尚未随包到达" in found.message
    # Once it had come and is gone, it is lost and no longer on its way.
    attached.came("150823101", "ab" * 32)
    assert [f.grave for f in check() if f.kind == "attachment"] == [True]


@pytest.mark.embedded
def test_a_stick_carries_the_files_and_brings_them_home(
    office: offices.Office, tmp_path: Path
) -> None:
    digest = offices.files().put(SCAN)
    stick = tmp_path / "U盘"
    copy = backup.snapshot(office.folder, office.key)
    backup.lay_out(copy, stick, office.key)
    on_stick = stick / FOLDER / digest[:2] / digest
    assert on_stick.read_bytes() == _file(office, digest).read_bytes()
    # A stick that lost a byte is written again; what is damaged here does not spread.
    on_stick.write_bytes(b"")
    second = offices.files().put(SCAN + b"2")
    _file(office, second).write_bytes(b"broken")
    backup.lay_out(copy, stick, office.key)
    assert sorted(Folder(stick / FOLDER, office.key).names()) == [digest]
    assert Folder(stick / FOLDER, office.key).get(digest) == SCAN
    _file(office, digest).unlink()
    backup.restore(office.folder, office.key, replace(copy, file=stick / copy.file.name))
    assert offices.files().get(digest) == SCAN


@pytest.mark.embedded
def test_copying_twice_copies_nothing_anew(office: offices.Office, tmp_path: Path) -> None:
    offices.files().put(SCAN)
    here, there = office.folder / FOLDER, tmp_path / FOLDER
    assert attachments.copy_missing(here, there, office.key) == 1
    assert attachments.copy_missing(here, there, office.key) == 0
