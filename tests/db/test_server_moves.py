"""A county's records go to a server and back, into backups and out of them, whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from db import address, backup, changes, demonstration, identity, journal, resettling
from db import office as offices
from db.connection import database
from db.errors import Trouble
from db.registers.member import Member
from db.statistics import stats
from db.undo import undo
from tests.conftest import PASSPHRASE
from tests.db import training
from tests.db.served import member


def rows() -> dict[str, object]:
    from db.pouring import digest

    words = database.dialect
    return {
        table: digest(database, table, sorted(columns))
        for table, columns in words.columns(database).items()
        if not table.startswith("server_") and table not in {"moved", "seat", "context", "draft"}
    }


def test_a_county_moves_to_a_server_and_back(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "one"
    offices.new_office(folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, site=3)
    row = member("巴图", phone="13900000000")
    row.name = '巴"图\\尔'.replace('"', "")
    row.save()
    undone = undo(journal.operations(1)[0].id)
    head, before, figures = journal.head(), rows(), stats()
    moved = resettling.to_server(folder, offices.current().key, url)
    assert database.shared
    assert (journal.head(), rows()) == (head, before)
    assert moved.tables["member"][0] == 1
    assert stats() == figures
    undo(undone)
    assert journal.verify() == []
    after = member("乙")
    assert after.id > row.id
    offices.close_office()

    old = folder / "zhengyou.db"
    (tmp_path / "other").mkdir()
    for name in ("zhengyou.db", "vault.json"):
        (tmp_path / "other" / name).write_bytes((folder / name).read_bytes())
    with pytest.raises(Trouble, match=r"已于.*搬到"):
        offices.open_office(tmp_path / "other", PASSPHRASE)

    offices.open_office(folder, PASSPHRASE)
    assert database.shared
    head, before = journal.head(), rows()
    resettling.to_file(folder, offices.current().key)
    assert not database.shared
    assert (journal.head(), rows()) == (head, before)
    assert journal.verify() == []
    assert not (folder / address.FILE).exists()
    assert list((folder / "replaced").rglob("zhengyou.db"))
    offices.close_office()
    offices.open_office(folder, PASSPHRASE)
    third = member("丙")
    assert third.id > after.id
    assert old.exists()
    offices.close_office()
    with pytest.raises(Trouble, match=r"已于.*搬到"):
        offices.join_office(tmp_path / "three", url, PASSPHRASE)


def test_a_move_that_was_killed_is_finished_by_whoever_opens(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "one"
    offices.new_office(folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, site=3)
    row = member("巴图")
    key = offices.current().key

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(resettling.sharing, "give_vault", killed)
        with pytest.raises(KeyboardInterrupt):
            resettling.to_server(folder, key, url)
    assert not database.shared
    assert Member.get_by_id(row.id)
    resettling.to_server(folder, key, url)
    with monkeypatch.context() as patch:
        patch.setattr(resettling, "_take_place", killed)
        with pytest.raises(KeyboardInterrupt):
            resettling.to_file(folder, key)
    offices.close_office()
    offices.open_office(folder, PASSPHRASE)
    assert not database.shared
    assert Member.get_by_id(row.id).name == "巴图"
    assert journal.verify() == []


def test_a_backup_of_a_server_is_an_encrypted_file_that_brings_everything_back(
    served: Path,
) -> None:
    row = member("巴图")
    copy = backup.snapshot(served, offices.current().key)
    assert copy.counts["member"] == 1
    assert copy.file.read_bytes()[:6] != b"SQLite"
    row.name = "改过的"
    row.save()
    later = member("后来的")
    before = identity.identity()
    told: list[changes.Changes] = []
    stop = changes.listen(told.append)
    backup.restore(served, offices.current().key, copy)
    stop()
    assert database.shared
    assert [m.name for m in Member.select()] == ["巴图"]
    assert identity.identity().incarnation != before.incarnation
    assert [each.words for each in told] == ["恢复备份"]
    again = member("新的")
    assert again.id > later.id
    assert journal.verify() == []
    assert {c.reason for c in backup.copies(served)} >= {"manual", "before-restore"}


def test_the_command_line_founds_moves_and_joins(tmp_path: Path, url: str) -> None:
    secret, place = tmp_path / "secret", tmp_path / "address"
    secret.write_text(PASSPHRASE, "utf-8")
    place.write_text(url, "utf-8")

    def run(folder: str, *words: str) -> dict[str, object]:
        done = subprocess.run(
            [
                sys.executable, "-m", "desktop", "--data", str(tmp_path / folder),
                "--passphrase-file", str(secret), *words, "--json",
            ],
            capture_output=True, encoding="utf-8", check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    run("one", "new", "--office", "150823", "--name", "旗", "--level", "county",
        "--database", f"@{place}")  # fmt: skip
    assert run("two", "new", "--database", f"@{place}", "--join")["office"] == "旗"
    before = run("two", "stats")
    assert run("one", "move-database", "file")["to"] == "数据文件夹"
    assert run("one", "stats") == before


def test_a_server_is_copied_once_a_day_by_itself(served: Path) -> None:
    from desktop.shell.keeping import back_up_if_changed

    back_up_if_changed()
    member("巴图")
    back_up_if_changed()
    assert len(backup.copies(served)) == 1


@pytest.mark.slow
def test_the_training_township_is_the_same_on_both_engines(tmp_path: Path, url: str) -> None:
    said = []
    for name, server in (("file", ""), ("server", url)):
        demonstration.build(tmp_path / name, "township", 1, server=server)
        training.opened(tmp_path / name)
        said.append((training.digest(), stats()))
        assert journal.verify() == []
        offices.close_office()
    assert said[0] == said[1]
