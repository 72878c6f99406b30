"""A county on a server: founded, joined, moved there and back, backed up, restored, shared."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import (
    access,
    address,
    backup,
    changes,
    demonstration,
    identity,
    journal,
    resettling,
    search,
    unlocking,
)
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.record import Record
from db.registers.account import Account
from db.registers.member import Member
from db.registers.organization import Organization
from db.statistics import stats
from db.undo import undo
from tests.conftest import PASSPHRASE
from tests.db import training
from tests.postgres import Cluster


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """An empty database."""
    fresh = cluster.fresh()
    yield fresh
    offices.close_office()
    cluster.drop(fresh)


@pytest.fixture
def county(tmp_path: Path, url: str) -> Path:
    """A county's office on a server, open."""
    folder = tmp_path / "one"
    offices.new_office(
        folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, site=3, server=url
    )
    return folder


def member(name: str, **values: object) -> Member:
    branch = Organization.get_or_none(Organization.name == "甲支部")
    if branch is None:
        branch = Organization(name="甲支部", kind="branch")
        branch.save()
    row = Member(name=name, organization=branch, category="full", **values)
    row.save()
    return row


def test_a_county_is_founded_closed_and_opened_again(county: Path) -> None:
    row = member("单小芳")
    offices.close_office()
    assert not (county / "zhengyou.db").exists()
    offices.open_office(county, PASSPHRASE)
    assert identity.identity().level == "county"
    assert Member.get_by_id(row.id).name == "单小芳"
    assert [hit.id for hit in search.query("sxf", ["member"])] == [row.id]
    assert journal.verify() == []


def test_the_folder_does_not_tell_the_secret(county: Path) -> None:
    kept = (county / address.FILE).read_text("utf-8")
    assert "secret" not in kept
    assert "clerk" not in kept
    assert address.read(county, offices.current().key).startswith("postgresql://clerk:")


def test_an_address_that_leads_nowhere_is_said_in_words(tmp_path: Path, url: str) -> None:
    for wrong in (
        url.replace("a%20secret%3F", "other"),
        "mysql://x/y",
        url.replace("/office", "/no"),
    ):
        with pytest.raises(Refusal):
            offices.new_office(
                tmp_path / "x", "150823", "旗", "county", "甲", PASSPHRASE, server=wrong
            )
    with pytest.raises(Trouble, match="连不上"):
        address.open_server("postgresql://clerk:secret@/office?host=/nowhere")
    assert not offices.exists(tmp_path / "x")


def test_a_second_office_is_not_founded_over_the_first(
    county: Path, url: str, tmp_path: Path
) -> None:
    offices.close_office()
    with pytest.raises(Refusal, match="--join"):
        offices.new_office(tmp_path / "two", "150823", "旗", "county", "乙", PASSPHRASE, server=url)


def test_a_database_with_other_tables_is_left_alone(
    tmp_path: Path, url: str, cluster: Cluster
) -> None:
    opened = address.open_server(url)
    opened.execute_sql("CREATE TABLE theirs (a BIGINT)")
    opened.close_everywhere()
    with pytest.raises(Refusal, match="别的表"):
        offices.new_office(tmp_path / "x", "150823", "旗", "county", "甲", PASSPHRASE, server=url)


def test_another_pc_joins_with_the_passphrase(county: Path, url: str, tmp_path: Path) -> None:
    row = member("巴图")
    other = Account(name="乙", role=access.Role.CLERK)
    other.save()
    unlocking.give_passphrase(other.id, "草原上的第二个人")
    offices.close_office()
    with pytest.raises(Refusal, match="口令"):
        offices.join_office(tmp_path / "two", url, "不对的口令啊")
    assert not offices.exists(tmp_path / "two")
    assert offices.join_office(tmp_path / "two", url, "草原上的第二个人").name == "乙"
    assert Member.get_by_id(row.id).name == "巴图"


def test_a_new_passphrase_reaches_the_other_pc(county: Path, url: str, tmp_path: Path) -> None:
    offices.close_office()
    offices.join_office(tmp_path / "two", url, PASSPHRASE)
    unlocking.change_passphrase(PASSPHRASE, "夏天的第一场雨")
    offices.close_office()
    with pytest.raises(Refusal, match="口令"):
        offices.open_office(county, PASSPHRASE)
    offices.open_office(county, "夏天的第一场雨")


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
    county: Path,
) -> None:
    row = member("巴图")
    copy = backup.snapshot(county, offices.current().key)
    assert copy.counts["member"] == 1
    assert copy.file.read_bytes()[:6] != b"SQLite"
    row.name = "改过的"
    row.save()
    later = member("后来的")
    before = identity.identity()
    told: list[changes.Changes] = []
    stop = changes.listen(told.append)
    backup.restore(county, offices.current().key, copy)
    stop()
    assert database.shared
    assert [m.name for m in Member.select()] == ["巴图"]
    assert identity.identity().incarnation != before.incarnation
    assert [each.words for each in told] == ["恢复备份"]
    again = member("新的")
    assert again.id > later.id
    assert journal.verify() == []
    assert {c.reason for c in backup.copies(county)} >= {"manual", "before-restore"}


def test_the_journal_reads_the_same_on_both_engines(tmp_path: Path, cluster: Cluster) -> None:
    """The same steps, the same text: what one engine wrote the other can be proved by."""
    said = []
    for place in ("", cluster.prepared()):
        offices.new_office(
            tmp_path / ((place and "server") or "file"), "150823", "旗", "county", "甲", PASSPHRASE,
            site=3, server=place,
        )  # fmt: skip
        row = member("王小", notes='引号"和反\\斜\n换行\t制表\x7f/𠮷é’')
        row.name, row.notes, row.sex = "李小", "", "1"
        row.save()
        row.retire("重复录入")
        with journal.operation("删"):
            database.execute_sql("DELETE FROM member WHERE id = ?", (row.id,))
        said.append(
            database.execute_sql(
                'SELECT operation, stem, "row", verb, changes FROM journal ORDER BY id'
            ).fetchall()
        )
        assert journal.verify() == []
        offices.close_office()
    assert said[0] == [tuple(each) for each in said[1]]


OTHER = """
import sys
from pathlib import Path
from db import office, vault
from db.registers.member import Member
vault.COST = {"memory": 64, "iterations": 1, "lanes": 1}
office.open_office(Path(sys.argv[1]), sys.argv[2])
for line in sys.stdin:
    row, field, value = line.strip().split("|")
    member = Member.get_by_id(int(row))
    setattr(member, field, value)
    member.save()
    print("done", flush=True)
office.close_office()
"""


class Other:
    """A second program at the same county."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(folder), PASSPHRASE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            cwd=Path(__file__).parents[2],
        )  # fmt: skip

    def change(self, row: int, field: str, value: str) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(f"{row}|{field}|{value}", file=self.process.stdin, flush=True)
        assert self.process.stdout.readline().strip() == "done"

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def other(county: Path, url: str, tmp_path: Path) -> Iterator[Other]:
    offices.close_office()
    offices.join_office(tmp_path / "two", url, PASSPHRASE)
    offices.close_office()
    offices.open_office(county, PASSPHRASE)
    started = Other(tmp_path / "two")
    yield started
    started.end()


def test_what_another_program_changes_is_heard_here(other: Other) -> None:
    import queue

    row = member("巴图")
    heard: queue.Queue[changes.Changes] = queue.Queue()
    stop = changes.listen(heard.put)
    try:
        other.change(row.id, "phone", "13911111111")
        told = heard.get(timeout=30)
        assert told.ids == {"member": frozenset({row.id})}
        assert told.by == "甲"
        mine = Member.get_by_id(row.id)
        mine.notes = "本机"
        mine.save()
        assert heard.get(timeout=30).by == ""
        other.change(row.id, "phone", "13922222222")
        assert heard.get(timeout=30).by == "甲"
        assert heard.empty()
    finally:
        stop()


def test_the_second_of_two_programs_is_told(other: Other) -> None:
    row = member("巴图")
    mine = Member.get_by_id(row.id)
    other.change(row.id, "phone", "13911111111")
    mine.phone = "13933333333"
    with pytest.raises(Refusal, match="刚改过"):
        mine.save()
    assert Member.get_by_id(row.id).phone == "13911111111"
    assert journal.verify() == []


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


def test_records_stand_where_the_model_says(county: Path) -> None:
    """Text sorts byte by byte, whatever the server's language."""
    for name in ("乙", "b", "A", "甲"):
        member(name)
    assert [m.name for m in Member.select().order_by(Member.name)] == ["A", "b", "乙", "甲"]
    assert issubclass(Member, Record)


def cut_off(cluster: Cluster, url: str) -> None:
    """The server, or the network, lets go of everybody."""
    name = url.split("/")[3].partition("?")[0]
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_connection_that_breaks_loses_one_step_and_says_so(
    county: Path, url: str, cluster: Cluster
) -> None:
    kept = member("巴图")
    half = Member(name="半途", organization=kept.organization, category="full")
    with pytest.raises(Trouble, match="连接断了"), journal.operation("半途"):
        half.save()
        cut_off(cluster, url)
        half.notes = "断了"
        half.save()
    assert half.id is None
    assert [m.name for m in Member.select()] == ["巴图"]
    half.save()
    assert Member.get_by_id(half.id).name == "半途"
    assert journal.verify() == []


def test_a_connection_that_breaks_at_the_very_commit_is_not_called_unsaved(county: Path) -> None:
    member("巴图")
    database.execute_sql(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;"
        " CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON member DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION cut()"
    )
    row = Member.get()
    row.notes = "悬着"
    with pytest.raises(Trouble, match="不知道这一步存上没有"):
        row.save()
    assert [m.name for m in Member.select()] == ["巴图"]
    assert journal.verify() == []


def test_who_waits_too_long_for_another_writer_is_told(
    county: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = member("巴图")
    database.execute_sql("SET lock_timeout = '50ms'")
    other = address.open_server(url)
    with other.atomic():
        assert Member.get_by_id(row.id).name == "巴图"
        row.phone = "13900000000"
        with pytest.raises(Trouble, match="别人正在"):
            row.save()
    other.close_everywhere()
    row.save()
    assert Member.get_by_id(row.id).phone == "13900000000"


def test_a_failure_that_somebody_swallowed_is_no_success(county: Path) -> None:
    row = member("巴图")
    with pytest.raises(Trouble, match="没有保存"), journal.operation("吞掉"):
        row.phone = "13900000000"
        row.save()
        with contextlib.suppress(Exception):
            database.execute_sql("SELECT nothing FROM nowhere")
    assert Member.get_by_id(row.id).phone == ""


def test_a_server_is_copied_once_a_day_by_itself(county: Path) -> None:
    from desktop.shell.keeping import back_up_if_changed

    back_up_if_changed()
    member("巴图")
    back_up_if_changed()
    assert len(backup.copies(county)) == 1


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
