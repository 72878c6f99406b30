"""No room left: a sentence with advice, nothing half, and the same save works once there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import backup, copying, journal
from db import office as offices
from db.bulk import insert_rows
from db.connection import database
from db.errors import Trouble
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make
from tests.faults.conftest import Victim, reopen, sound


@pytest.mark.parametrize("room", [0, 5_000, 40_000, 200_000])
def test_a_save_that_finds_no_room_can_be_repeated(folder: Path, victim: Victim, room: int) -> None:
    assert victim.run("full", folder, room) == 0
    *ids, last = victim.told(folder)
    assert last == "full"
    reopen(folder)
    sound()
    assert {m.id for m in Member.select()} == {int(i) for i in ids}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Room for an empty office with its log (3 MB) and one copy of it, and a little more."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("needs the right to mount")
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place)], capture_output=True
    ).returncode:
        pytest.skip("needs the right to mount")
    yield place
    offices.close_office()
    subprocess.run(["umount", str(place)], check=True)


def test_row_14_an_import_into_a_full_disk_leaves_nothing_and_the_rest_works(
    small_disk: Path,
) -> None:
    folder = small_disk / "office"
    offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
    branch = make(Organization, name="甲支部", kind="branch")
    backup_refused = False
    before = journal.head()
    rows = [("巴图", branch.id, "full", "长" * 300)] * 8_000
    with pytest.raises(Trouble, match="磁盘") as caught, journal.operation("导入"):
        insert_rows(Member, ("name", "organization", "category", "notes"), rows)
    assert caught.value.advice
    assert journal.head() == before
    assert not Member.select().exists()
    try:
        backup.snapshot(folder, offices.current().key)
    except Trouble:
        backup_refused = True
    assert backup_refused
    assert backup.copies(folder) == []
    assert make(Member, name="巴图", organization=branch).id
    offices.close_office()
    reopen(folder)
    sound()
    assert Member.select().count() == 1


def test_a_swallowed_failure_of_the_disk_is_not_called_a_success(small_disk: Path) -> None:
    folder = small_disk / "office"
    offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
    branch = make(Organization, name="甲支部", kind="branch")
    with pytest.raises(Trouble), journal.operation("逐行导入"):
        for number in range(20_000):
            try:
                make(Member, name="巴图", organization=branch, notes=f"{number}" + "长" * 450)
            except Trouble:
                break
    sound()
    assert not Member.select().exists()


def test_row_15_a_restore_into_a_full_disk_leaves_the_data_open(small_disk: Path) -> None:
    folder = small_disk / "office"
    offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
    (folder / backup.FOLDER).mkdir()
    make(Organization, name="甲支部", kind="branch")
    key = offices.current().key
    copy = copying.Copy(folder / backup.FOLDER / "a.db", "2026-11-01T08:00:00", "manual", 1)
    database.execute_sql("VACUUM INTO ?", (str(copy.file),))
    with pytest.raises(Trouble, match="磁盘空间不足"):
        backup.restore(folder, key, copy)
    make(Organization, name="乙支部", kind="branch")
    sound()
    assert Organization.select().count() == 2
    assert {f.name for f in folder.iterdir()} >= {"zhengyou.db", "vault.json", "backups"}
    assert not list(folder.glob("*restor*"))


def test_row_60_a_folder_that_became_read_only_is_said_in_words(small_disk: Path) -> None:
    """The switch on the stick, or a share without the right to write."""
    folder = small_disk / "office"
    offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
    make(Organization, name="甲支部", kind="branch")
    key = offices.current().key
    offices.close_office()
    mount = ["mount", "-o"]
    try:
        subprocess.run([*mount, "remount,ro", str(small_disk)], check=True)
        with pytest.raises(Trouble, match="不能写入") as caught:
            reopen(folder)
        assert caught.value.advice
        with pytest.raises(Trouble, match=r"建不了|不能写入"):
            offices.new_office(
                small_disk / "b", "150823101", "某苏木", "township", "张三", PASSPHRASE
            )
        assert backup.prove(folder / "zhengyou.db", key)["organization"] == 1
    finally:
        subprocess.run([*mount, "remount,rw", str(small_disk)], check=True)
    reopen(folder)
    sound()
