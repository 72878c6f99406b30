from __future__ import annotations

import threading
from pathlib import Path

import apsw
import pytest

from db import connection, journal
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.member import Member
from db.registers.organization import Organization
from tests import wine
from tests.factories import make


def in_thread(work) -> list[BaseException]:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as problem:
            failures.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return failures


@pytest.mark.skipif(
    wine.HERE,
    reason="on Wine a connection that once waited for the lock never gets it, in bare SQLite too",
)
def test_two_threads_write_and_nothing_is_lost(office: offices.Office) -> None:
    branch = make(Organization, name="甲支部", kind="branch")
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(15):
                make(Member, organization=branch)
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Member.select().count() == 45
    assert journal.verify() == []


def test_an_operation_belongs_to_its_thread(office: offices.Office) -> None:
    with journal.operation("外"):
        make(Organization, name="甲支部", kind="branch")
        seen: list[object] = []
        assert (
            in_thread(lambda: seen.append((journal.current(), Organization.select().count()))) == []
        )
        assert seen == [(None, 0)]


def test_closing_closes_the_file_in_every_thread(office: offices.Office) -> None:
    """On Windows a file that any thread holds can be neither replaced nor moved."""
    make(Organization, name="甲支部", kind="branch")
    opened, go_on = threading.Event(), threading.Event()
    seen: list[object] = []

    def reader() -> None:
        cursor = database.execute_sql("SELECT name FROM organization")
        seen.append(cursor.fetchone())
        opened.set()
        go_on.wait()
        try:
            Organization.select().count()
        except Refusal as refusal:
            seen.append(refusal.message)

    thread = threading.Thread(target=reader)
    thread.start()
    opened.wait()
    offices.close_office()
    held = Path("/proc/self/fd")
    if held.exists():
        names = []
        for entry in held.iterdir():
            try:
                names.append(str(entry.readlink()))
            except OSError:
                continue
        assert not [name for name in names if name.startswith(str(office.folder))]
    assert not (office.folder / "zhengyou.db-wal").exists()
    go_on.set()
    thread.join()
    assert seen[0] == ("甲支部",)
    assert "没有打开" in str(seen[1])


def test_closing_within_an_operation_of_another_thread_takes_it_back(
    office: offices.Office,
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def writer() -> None:
        with journal.operation("锁屏时正在写"):
            make(Organization, name="甲支部", kind="branch")
            begun.set()
            go_on.wait()
            make(Organization, name="乙支部", kind="branch")

    failures: list[BaseException] = []

    def run() -> None:
        failures.extend(in_thread(writer))

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    offices.close_office()
    go_on.set()
    thread.join()
    assert [isinstance(f, Refusal | Trouble) for f in failures] == [True]
    from tests.conftest import PASSPHRASE

    offices.open_office(office.folder, PASSPHRASE)
    assert not Organization.select().exists()
    assert journal.verify() == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (apsw.FullError, "磁盘已满"),
        (apsw.IOError, "读写数据文件出错"),
        (apsw.CorruptError, "损坏"),
        (apsw.NotADBError, "备份恢复"),
        (apsw.BusyError, "占用"),
        (apsw.LockedError, "占用"),
        (apsw.ProtocolError, "占用"),
        (apsw.ReadOnlyError, "读写权限"),
        (apsw.CantOpenError, "打不开"),
        (apsw.NoMemError, "内存不足"),
        (MemoryError, "内存不足"),
    ],
)
def test_every_ill_of_disk_and_file_has_words_and_advice(error, said: str) -> None:
    trouble = connection.trouble_of(error("x"))
    assert trouble is not None
    assert said in str(trouble)
    assert trouble.advice


@pytest.mark.embedded
def test_our_own_mistakes_stay_mistakes(office: offices.Office) -> None:
    assert connection.trouble_of(apsw.SQLError("x")) is None
    with pytest.raises(Exception, match="no such table"):
        database.execute_sql("SELECT * FROM nowhere")
    with pytest.raises(TypeError):
        database.execute_sql("SELECT ?", (object(),))
    with pytest.raises(Exception, match="no such column"):
        database.connection().executemany("UPDATE member SET nowhere = ?", [(1,)])


@pytest.mark.embedded
def test_a_file_held_by_another_program_is_said_in_words(office: offices.Office) -> None:
    other = connection.EncryptedDatabase(office.folder / "zhengyou.db", office.key)
    other.connect()
    other.execute_sql("BEGIN IMMEDIATE")
    database.connection().setbusytimeout(1)
    with pytest.raises(Trouble, match="占用"):
        make(Organization, name="甲支部", kind="branch")
    other.execute_sql("ROLLBACK")
    other.close()
    make(Organization, name="甲支部", kind="branch")
    assert journal.verify() == []


def test_an_operation_within_a_foreign_transaction_is_our_mistake(office: offices.Office) -> None:
    with database.atomic(), pytest.raises(RuntimeError, match="outermost"), journal.operation("x"):
        pass
    make(Organization, name="甲支部", kind="branch")


def test_a_short_key_is_never_taken_for_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32"):
        connection.open_file(tmp_path / "a.db", b"short", create=True)


def test_creating_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"")
    with pytest.raises(Trouble, match="没有改动"):
        connection.open_file(tmp_path / "a.db", b"k" * 32, create=True)
