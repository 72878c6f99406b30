from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from db import backup, durable, unlocking, vault
from db import office as offices
from db.errors import Trouble
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_PAUSE", 0)


class Scanner:
    """A virus scanner that holds each file for some tries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
        self.left, self._replace = tries, Path.replace
        scanner = self

        def replace(source: Path, target: Path) -> Path:
            scanner.left -= 1
            if scanner.left >= 0:
                raise PermissionError(errno.EACCES, "拒绝访问", str(target))
            return scanner._replace(source, target)

        monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("tries", [0, 1, 5, 19])
def test_row_11_a_file_held_for_a_moment_is_put_in_place_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    (tmp_path / "a").write_text("旧", "utf-8")
    Scanner(monkeypatch, tries)
    durable.write_text(tmp_path / "a", "新")
    assert (tmp_path / "a").read_text("utf-8") == "新"
    assert [f.name for f in tmp_path.iterdir()] == ["a"]


def test_row_11_a_file_held_for_long_is_said_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("旧", "utf-8")
    Scanner(monkeypatch, 1000)
    with pytest.raises(Trouble, match="占用"):
        durable.write_text(tmp_path / "a", "新")
    assert (tmp_path / "a").read_text("utf-8") == "旧"


def break_sync(monkeypatch: pytest.MonkeyPatch, after: int = 0) -> None:
    """fsync reports an error once and success ever after, as Linux does when a write was lost."""
    left, real = [after], os.fsync

    def fsync(handle: int) -> None:
        left[0] -= 1
        if left[0] == -1:
            raise OSError(errno.EIO, "Input/output error")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)


def test_row_08_a_failed_synchronisation_is_never_taken_for_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("旧", "utf-8")
    break_sync(monkeypatch)
    with pytest.raises(Trouble, match="原来的还在"):
        durable.write_text(tmp_path / "a", "新")
    assert (tmp_path / "a").read_text("utf-8") == "旧"


@pytest.mark.parametrize("after", range(6))
def test_row_08_a_backup_that_was_not_synchronised_is_no_backup(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    backup.snapshot(office.folder, office.key)
    break_sync(monkeypatch, after)
    with suppress(Trouble):
        backup.snapshot(office.folder, office.key)
    for copy in backup.copies(office.folder):
        assert backup.prove(copy.file, office.key)
    assert len(backup.copies(office.folder)) in (1, 2)
    assert not list((office.folder / backup.FOLDER).glob("*.part"))


@pytest.mark.parametrize("after", range(12))
def test_a_restore_that_was_not_synchronised_leaves_old_or_new(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    copy = backup.snapshot(office.folder, office.key)
    make(Organization, name="甲支部", kind="branch")
    break_sync(monkeypatch, after)
    allowed = {0}
    try:
        backup.restore(office.folder, office.key, copy)
    except Trouble as trouble:
        allowed = {0} if "接着做完" in trouble.advice else {1}
    monkeypatch.undo()
    offices.close_office()
    monkeypatch.setattr(vault, "COST", {"memory": 64, "iterations": 1, "lanes": 1})
    offices.open_office(office.folder, PASSPHRASE)
    assert Organization.select().count() in allowed


def test_a_vault_that_cannot_be_written_keeps_everybody(
    office: offices.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_sync(monkeypatch)
    with pytest.raises(Trouble):
        unlocking.change_passphrase(PASSPHRASE, "另外一句口令")
    assert vault.unlock(office.folder, PASSPHRASE)[0] == office.key
