"""附件 of a county on a server: one place for all its PCs, carried by moves, backups and restores."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from db import attachments, backup, resettling
from db import office as offices
from db.checking import check
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.visit import VisitFile
from tests.conftest import PASSPHRASE
from tests.offices.papers import add_photo, papers, photo


def found(folder: Path, server: str = "") -> Path:
    offices.new_office(
        folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, site=3, server=server
    )
    return folder


def in_folder(folder: Path) -> set[str]:
    return set(attachments.in_folder(folder, offices.current().key).names())


def test_a_photo_added_at_one_pc_is_seen_at_the_other(tmp_path: Path, url: str) -> None:
    one, two = found(tmp_path / "one", url), tmp_path / "two"
    digest = add_photo("入户")
    assert in_folder(one) == set(), "it lies on the server and nowhere else"
    offices.close_office()
    offices.join_office(two, url, PASSPHRASE)
    assert offices.files().get(digest) == photo("入户")
    assert offices.files().sizes([digest, "0" * 64]) == {digest: len(photo("入户"))}
    assert list(offices.files().names()) == [digest]
    assert [f for f in check() if f.kind == "attachment"] == []


def test_what_lies_on_the_server_is_sealed_and_damage_is_told_and_mended(
    tmp_path: Path, url: str
) -> None:
    found(tmp_path / "one", url)
    digest = add_photo("其其格的诊断证明")
    (sealed,) = database.execute_sql("SELECT sealed FROM server_file").fetchone()
    assert "其其格".encode() not in bytes(sealed)
    database.execute_sql("UPDATE server_file SET sealed = ?", (bytes(sealed)[:-1] + b"\0",))
    with pytest.raises(Trouble, match="损坏"):
        offices.files().get(digest)
    assert [f.kind for f in check() if "损坏" in f.message] == ["attachment"]
    assert offices.files().put(photo("其其格的诊断证明")) == digest
    assert offices.files().get(digest) == photo("其其格的诊断证明")
    database.execute_sql("DELETE FROM server_file")
    with pytest.raises(Trouble, match="不在服务器上"):
        offices.files().get(digest)
    for size in (0, attachments.LARGEST + 1):
        with pytest.raises(Refusal):
            offices.files().put(bytes(size))


def test_files_that_lie_in_a_folder_go_to_the_server_when_it_is_opened(
    tmp_path: Path, url: str
) -> None:
    """As an older program left them, at the PC at which they were added."""
    folder = found(tmp_path / "one", url)
    digest = add_photo("以前加的")
    attachments.carry_over(attachments.kept(), attachments.in_folder(folder, offices.current().key))
    database.execute_sql("DELETE FROM server_file")
    offices.close_office()
    offices.open_office(folder, PASSPHRASE)
    assert offices.files().get(digest) == photo("以前加的")


def test_moving_to_the_server_and_back_carries_every_file(tmp_path: Path, url: str) -> None:
    folder = found(tmp_path / "one")
    first = add_photo("搬走以前")
    spoiled = add_photo("坏的")
    (folder / "files" / spoiled[:2] / spoiled).write_bytes(b"broken")
    key = offices.current().key
    assert resettling.to_server(folder, key, url).files == 1
    assert offices.files().get(first) == photo("搬走以前")
    assert not offices.files().has(spoiled), "what is damaged does not spread"
    second = add_photo("在服务器上")
    shutil.rmtree(folder / "files")
    assert resettling.to_file(folder, key).files == 2
    assert papers().whole == {first, second}
    assert in_folder(folder) == {first, second}


def test_a_move_whose_file_does_not_arrive_leaves_the_office_where_it_was(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = found(tmp_path / "one")
    digest = add_photo("甲")
    write = attachments.Table.write

    def lose_a_byte(self: attachments.Table, name: str, sealed: bytes) -> None:
        write(self, name, sealed[:-1])

    with monkeypatch.context() as patch:
        patch.setattr(attachments.Table, "write", lose_a_byte)
        with pytest.raises(Trouble, match="损坏"):
            resettling.to_server(folder, offices.current().key, url)
    assert not database.shared
    assert offices.files().get(digest) == photo("甲")
    assert resettling.to_server(folder, offices.current().key, url).files == 1


def test_a_backup_of_a_server_holds_the_files_and_brings_them_back(
    tmp_path: Path, url: str
) -> None:
    folder, stick = found(tmp_path / "one", url), tmp_path / "U盘"
    digest = add_photo("甲")
    key = offices.current().key
    copy = backup.snapshot(folder, key)
    assert in_folder(folder) == {digest}
    backup.lay_out(copy, stick, key)
    database.execute_sql("DELETE FROM server_file")
    shutil.rmtree(folder / "files")
    VisitFile.get().retire("误删")
    backup.restore(folder, key, replace(copy, file=stick / copy.file.name))
    assert database.shared
    assert VisitFile.get().retired == ""
    assert offices.files().get(digest) == photo("甲")


def test_a_backup_of_a_server_restores_into_a_folder_with_its_files(
    tmp_path: Path, url: str
) -> None:
    folder = found(tmp_path / "one", url)
    digest = add_photo("甲")
    backup.snapshot(folder, offices.current().key)
    resettling.to_file(folder, offices.current().key)
    copy = next(c for c in backup.copies(folder) if c.reason == "manual")
    shutil.rmtree(folder / "files" / digest[:2])
    assert not offices.files().has(digest)
    backup.restore(folder, offices.current().key, copy)
    assert papers().named == {digest}
