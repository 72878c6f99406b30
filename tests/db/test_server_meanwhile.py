"""What others do at a county's server meanwhile: another program writes, the connection breaks."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import address, changes, journal
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.member import Member
from tests.conftest import PASSPHRASE
from tests.db.served import member
from tests.postgres import Cluster

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
def other(served: Path, url: str, tmp_path: Path) -> Iterator[Other]:
    offices.close_office()
    offices.join_office(tmp_path / "two", url, PASSPHRASE)
    offices.close_office()
    offices.open_office(served, PASSPHRASE)
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


def cut_off(cluster: Cluster, url: str) -> None:
    """The server, or the network, lets go of everybody."""
    name = url.split("/")[3].partition("?")[0]
    cluster.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def test_a_connection_that_breaks_loses_one_step_and_says_so(
    served: Path, url: str, cluster: Cluster
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


def test_a_connection_that_breaks_at_the_very_commit_is_not_called_unsaved(served: Path) -> None:
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
    served: Path, url: str, monkeypatch: pytest.MonkeyPatch
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


def test_a_failure_that_somebody_swallowed_is_no_success(served: Path) -> None:
    row = member("巴图")
    with pytest.raises(Trouble, match="没有保存"), journal.operation("吞掉"):
        row.phone = "13900000000"
        row.save()
        with contextlib.suppress(Exception):
            database.execute_sql("SELECT nothing FROM nowhere")
    assert Member.get_by_id(row.id).phone == ""
