from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db import backup, copying, identity, journal
from db import office as offices
from db.errors import Refusal, Trouble
from db.registers.organization import Organization
from tests.factories import make


def test_a_backup_is_proved_and_comes_back_whole(office: offices.Office) -> None:
    make(Organization, name="甲支部", kind="branch")
    copy = backup.snapshot(office.folder, office.key)
    before = identity.identity().incarnation
    make(Organization, name="乙支部", kind="branch")
    shown = backup.preview(copy, office.key)
    assert ("organization", 2, 1) in [(d.table, d.now, d.then) for d in shown.tables]
    assert [words for _, _, words in shown.lost_operations] == ["新增党组织“乙支部”"]
    backup.restore(office.folder, office.key, copy)
    assert [o.name for o in Organization.select()] == ["甲支部"]
    assert identity.identity().incarnation != before
    assert journal.verify() == []
    assert "before-restore" in {c.reason for c in backup.copies(office.folder)}


def test_ids_after_a_restore_are_not_those_of_the_lost_rows(office: offices.Office) -> None:
    copy = backup.snapshot(office.folder, office.key)
    lost = make(Organization, name="甲支部", kind="branch").id
    backup.restore(office.folder, office.key, copy)
    assert make(Organization, name="乙支部", kind="branch").id > lost


def test_a_damaged_backup_is_refused_and_the_data_untouched(office: offices.Office) -> None:
    make(Organization, name="甲支部", kind="branch")
    copy = backup.snapshot(office.folder, office.key)
    content = bytearray(copy.file.read_bytes())
    content[len(content) // 2] ^= 1
    copy.file.write_bytes(content)
    with pytest.raises((Trouble, Exception)):
        backup.restore(office.folder, office.key, copy)
    assert Organization.get().name == "甲支部"


def test_row_15_a_full_disk_keeps_the_old_backups(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.snapshot(office.folder, office.key)
    monkeypatch.setattr(shutil, "disk_usage", lambda _p: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(Trouble, match="磁盘空间不足"):
        backup.snapshot(office.folder, office.key)
    assert len(backup.copies(office.folder)) == 1


def test_copies_thin_out_by_age_and_the_old_ones_stay_spread(office: offices.Office) -> None:
    first = backup.snapshot(office.folder, office.key)
    now = datetime.fromisoformat(first.at)
    for hours in range(1, 24 * 90, 7):
        at = now - timedelta(hours=hours)
        file = first.file.with_name(f"{at:%Y%m%d-%H%M%S}.db")
        shutil.copy2(first.file, file)
        copying._write_note(
            backup.Copy(file, at.isoformat(timespec="seconds"), "hourly", first.size, first.counts)
        )
    backup.snapshot(office.folder, office.key)
    left = backup.copies(office.folder)
    assert len(left) <= sum(copying.KEEP.values())
    assert {c.at[:7] for c in left} >= {
        (now - timedelta(days=d)).strftime("%Y-%m") for d in (0, 30, 60)
    }


def test_a_shrunken_copy_raises_the_alarm_and_drives_nothing_out(office: offices.Office) -> None:
    from db.connection import database

    for i in range(20):
        make(Organization, name=f"{i}支部", kind="branch")
    backup.snapshot(office.folder, office.key)
    with journal.operation("清空"):
        database.execute_sql("UPDATE organization SET retired = '错误'")
    small = backup.snapshot(office.folder, office.key)
    assert "少了" in small.alarm
    assert len(backup.copies(office.folder)) == 2


def test_an_unknown_backup_is_refused(office: offices.Office) -> None:
    with pytest.raises(Refusal):
        backup.find(office.folder, "没有这份")


def test_a_copy_on_a_stick_is_read_back_and_can_come_home(
    office: offices.Office, tmp_path: Path
) -> None:
    make(Organization, name="甲支部", kind="branch")
    copy = backup.snapshot(office.folder, office.key)
    stick = tmp_path / "U盘" / "备份"
    laid = backup.lay_out(copy, stick, office.key)
    assert {f.suffix for f in stick.iterdir()} == {".db", ".json", ".vault"}
    assert backup.prove(laid, office.key) == copy.counts
    assert backup.lay_out(copy, stick, office.key) == laid


def test_a_stick_that_fails_is_said_and_nothing_on_it_looks_like_a_backup(
    office: offices.Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = backup.snapshot(office.folder, office.key)
    real = shutil.copyfile

    def torn(source: Path, target: Path) -> None:
        real(source, target)
        with target.open("r+b") as file:
            file.truncate(target.stat().st_size // 2)

    def pulled(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(5, "Input/output error")

    for fault in (torn, pulled):
        monkeypatch.setattr(shutil, "copyfile", fault)
        with pytest.raises(Trouble):
            backup.lay_out(copy, tmp_path / "U盘", office.key)
        assert not list((tmp_path / "U盘").glob("*.db"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _p: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(Trouble, match="空间不足"):
        backup.lay_out(copy, tmp_path / "U盘", office.key)
    assert len(backup.copies(office.folder)) == 1
