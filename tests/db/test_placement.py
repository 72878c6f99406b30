from __future__ import annotations

import sys
from pathlib import Path

import pytest

from db import connection, placement
from db import office as offices
from db.connection import database
from db.errors import Refusal
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make

mounts = pytest.mark.skipif(sys.platform == "win32", reason="the table of mounts is Linux's")

MOUNTS = r"""
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
30 22 8:17 / /media/u/KINGSTON rw,nosuid - vfat /dev/sdb1 rw
31 22 0:50 / /mnt/共享 rw - cifs //server/党建 rw
32 22 0:51 / /mnt/with\040space rw - nfs4 server:/x rw
33 31 0:52 / /mnt/共享/local rw - ext4 /dev/sda3 rw
""".strip()


@mounts
@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("/srv/台账", "own"),
        ("/media/u/KINGSTON/台账", "removable"),
        ("/media/u/KINGSTON2/台账", "own"),
        ("/mnt/with space/台账", "network"),
        ("/", "own"),
    ],
)
def test_the_nearest_mount_says_what_a_folder_lies_on(place: str, wanted: str) -> None:
    assert placement._kind_of_mount(MOUNTS, Path(place)) == wanted


@mounts
def test_names_of_mounts_may_be_chinese() -> None:
    assert placement._kind_of_mount(MOUNTS, Path("/mnt/共享/台账")) == "network"
    assert placement._kind_of_mount(MOUNTS, Path("/mnt/共享/local/台账")) == "own"


def test_an_odd_table_of_mounts_is_no_reason_to_stop() -> None:
    assert placement._kind_of_mount("", Path("/a")) == "own"
    assert placement._kind_of_mount("x\n1 2 3\n - \n", Path("/a")) == "own"


@pytest.mark.parametrize("name", ["OneDrive - 某局", "坚果云", "BaiduSyncdisk", "WPS云盘"])
def test_folders_that_are_copied_away_are_named(tmp_path: Path, name: str) -> None:
    assert any("网盘" in words for words in placement.doubts(tmp_path / name / "台账"))


@pytest.mark.parametrize(
    ("kind", "place", "words"),
    [
        ("removable", "/media/u/台账", "U盘"),
        ("network", "/mnt/台账", "网络共享"),
        ("own", "/srv/OneDrive/台账", "网盘"),
    ],
)
def test_no_office_is_founded_where_its_data_would_not_last(
    monkeypatch: pytest.MonkeyPatch, kind: str, place: str, words: str
) -> None:
    monkeypatch.setattr(placement, "kind", lambda _folder: kind)
    with pytest.raises(Refusal, match=words):
        offices.new_office(Path(place), "150823101", "某苏木", "township", "张三", PASSPHRASE)
    assert not Path(place).exists()


@mounts
@pytest.mark.parametrize(
    ("system", "removable", "wanted"),
    [
        ("vfat", None, "removable"),
        ("vfat", True, "removable"),
        ("ext4", True, "removable"),
        ("fuseblk", False, "own"),
        ("fuseblk", True, "removable"),
        ("ext4", None, "own"),
        ("cifs", None, "network"),
    ],
)
def test_a_windows_partition_on_the_inner_disk_is_no_stick(
    monkeypatch: pytest.MonkeyPatch, system: str, removable: bool | None, wanted: str
) -> None:
    monkeypatch.setattr(placement, "is_removable", lambda _device: removable)
    mounts = f"30 22 8:17 / /data rw - {system} /dev/sdb1 rw"
    assert placement._kind_of_mount(mounts, Path("/data/台账")) == wanted


def test_the_own_disk_raises_no_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "kind", lambda _folder: "own")
    assert placement.doubts(Path("/srv/党建/台账")) == []


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows empties its folder only when it is asked"
)
def test_what_the_next_start_empties_raises_a_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "kind", lambda _folder: "own")
    assert any("临时" in words for words in placement.doubts(Path("/tmp/台账")))


def test_a_share_is_used_without_a_log_that_needs_shared_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "office"
    offices.new_office(place, "150823101", "某苏木", "township", "张三", PASSPHRASE)
    offices.close_office()
    monkeypatch.setattr(placement, "kind", lambda _folder: "network")
    offices.open_office(place, PASSPHRASE)
    make(Organization, name="甲支部", kind="branch")
    assert database.execute_sql("PRAGMA journal_mode").fetchone() == ("delete",)
    offices.close_office()
    offices.open_office(place, PASSPHRASE)
    assert database.execute_sql("PRAGMA journal_mode").fetchone() == ("delete",)
    assert not list(place.glob("*-wal"))
    assert connection.database.obj is not None
    offices.close_office()
    monkeypatch.undo()
    monkeypatch.setattr(placement, "kind", lambda _folder: "own")
    offices.open_office(place, PASSPHRASE)
    assert database.execute_sql("PRAGMA journal_mode").fetchone() == ("wal",)
    offices.close_office()


def test_the_program_s_own_folder_is_no_place_for_data(tmp_path, monkeypatch):
    for tree in (tmp_path / "program", tmp_path / "program" / "versions" / "1.3"):
        (tree / "LICENSES").mkdir(parents=True)
        module = tree / "app" / "db" / "placement.py"
        assert placement.own_program(module) == tmp_path / "program"
    assert placement.own_program() is None
    monkeypatch.setattr(placement, "own_program", lambda: tmp_path / "program")
    (said,) = placement.objections(tmp_path / "program" / "台账")
    assert "程序自己的文件夹" in said
    assert placement.objections(tmp_path / "program data") == []
