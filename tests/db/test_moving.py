from __future__ import annotations

from pathlib import Path

import pytest

from db import access, backup, moving, placement
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make

#: A folder whose rows lie on a server is not moved: another PC joins instead.
pytestmark = pytest.mark.embedded


def nowhere(_folder: Path) -> None:
    """A pointer that nobody keeps."""


@pytest.fixture
def filled(office: offices.Office) -> Path:
    make(Organization, name="甲支部", kind="branch")
    backup.snapshot(office.folder, office.key)
    (office.folder / "我的说明.txt").write_text("自己的文件", encoding="utf-8")
    return office.folder


def test_everything_goes_and_the_old_folder_says_where(filled: Path, tmp_path: Path) -> None:
    target, told = tmp_path / "新 盘" / "台账", []
    offices.relocate(target, told.append)
    assert told == [target]
    assert database.obj is None
    offices.open_office(target, PASSPHRASE)
    assert [one.name for one in Organization.living()] == ["甲支部"]
    assert len(backup.copies(target)) == 1
    assert backup.findings(target) == []
    assert (target / "我的说明.txt").exists()
    offices.close_office()
    with pytest.raises(moving.Left, match="已搬到"):
        offices.open_office(filled, PASSPHRASE)
    assert str(target) in (filled / moving.TOLD).read_text("utf-8")
    # Whoever deletes the note has the old copy again, as the message says.
    (filled / moving.LEFT).unlink()
    offices.open_office(filled, PASSPHRASE)
    assert Organization.living().count() == 1


def test_a_move_that_fails_leaves_the_office_open_where_it_was(
    filled: Path, tmp_path: Path
) -> None:
    def refuse(_folder: Path) -> None:
        raise Trouble("配置不能写入。")

    with pytest.raises(Trouble, match="配置"):
        offices.relocate(tmp_path / "new", refuse)
    assert offices.current().folder == filled
    make(Organization, name="乙支部", kind="branch")
    offices.relocate(tmp_path / "new", nowhere)
    offices.open_office(tmp_path / "new", PASSPHRASE)
    assert Organization.living().count() == 2


def test_a_disk_that_gives_back_something_else_is_noticed(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_digest", lambda _file: "other")
    with pytest.raises(Trouble, match="读回来不一样"):
        offices.relocate(tmp_path / "new", nowhere)
    assert offices.current().folder == filled
    assert not offices.exists(tmp_path / "new")


def test_who_stops_it_goes_on_as_before(filled: Path, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, _total: int, _words: str) -> None:
        if done == 2:
            raise Stopped

    with pytest.raises(Stopped):
        offices.relocate(tmp_path / "new", nowhere, stop)
    assert Organization.living().count() == 1
    assert not offices.exists(tmp_path / "new")
    with pytest.raises(Refusal, match="没有台账"):
        offices.open_office(tmp_path / "new", PASSPHRASE)
    with pytest.raises(Refusal, match="还没有搬完"):
        offices._check_new(tmp_path / "new", "150823101", "某苏木", "township", "张三")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("office", "已经在这个文件夹"),
        ("office/里面", "不能在原来的文件夹里面"),
        (".", "包在里面"),
        ("full", "不是空的"),
        ("file", "不是文件夹"),
        ("OneDrive/台账", "网盘"),
    ],
)
def test_unfit_places_are_refused_in_words(
    filled: Path, tmp_path: Path, target: str, words: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").touch()
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match=words):
        offices.relocate(tmp_path / target, nowhere)
    assert Organization.living().count() == 1


@pytest.mark.parametrize(("kind", "words"), [("removable", "U盘"), ("network", "网络共享")])
def test_a_stick_and_a_share_are_refused(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, words: str
) -> None:
    monkeypatch.setattr(placement, "kind", lambda _folder: kind)
    with pytest.raises(Refusal, match=words):
        offices.relocate(tmp_path / "new", nowhere)


def test_moving_is_for_administrators(filled: Path, tmp_path: Path) -> None:
    with access.acting_as(access.Person(9, "小李", access.Role.CLERK)), pytest.raises(Refusal):
        offices.relocate(tmp_path / "new", nowhere)


def test_work_done_in_the_old_folder_meanwhile_is_not_passed_over(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the switch, and then somebody opened the old folder by hand and went on."""
    new = tmp_path / "new"
    monkeypatch.setattr(moving, "settle", lambda _folder: None)
    offices.relocate(new, nowhere)
    offices.open_office(filled, PASSPHRASE)
    make(Organization, name="乙支部", kind="branch")
    offices.close_office()
    monkeypatch.undo()
    with pytest.raises(Refusal, match="又有改动"):
        offices.open_office(new, PASSPHRASE)
    offices.open_office(filled, PASSPHRASE)
    assert Organization.living().count() == 2


def test_the_old_copy_goes_only_after_a_proof_and_leaves_what_is_not_ours(
    filled: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new"
    offices.relocate(new, nowhere)
    offices.open_office(new, PASSPHRASE)
    found = moving.left_behind(new)
    assert found is not None
    assert found[0] == filled
    assert found[1] > 100_000
    assert moving.remove_old(new, offices.current().key) == 1
    assert [each.name for each in filled.rglob("*")] == ["我的说明.txt"]
    assert moving.left_behind(new) is None
    with pytest.raises(Refusal, match="没有旧数据"):
        moving.remove_old(new, offices.current().key)
    assert Organization.living().count() == 1


def test_it_can_move_on_and_back(filled: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    offices.relocate(one, nowhere)
    offices.open_office(one, PASSPHRASE)
    offices.relocate(two, nowhere)
    offices.open_office(two, PASSPHRASE)
    moving.remove_old(two, offices.current().key)
    (one / "我的说明.txt").unlink()
    offices.relocate(one, nowhere)
    offices.open_office(one, PASSPHRASE)
    assert Organization.living().count() == 1
