from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from db import access, identity, journal, unlocking, vault
from db import office as offices
from db.access import Role
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.account import Account
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make


def reopen(office: offices.Office, secret: str = PASSPHRASE) -> access.Person:
    offices.close_office()
    return offices.open_office(office.folder, secret)


def test_what_was_kept_is_there_the_next_day(office: offices.Office) -> None:
    make(Organization, name="哈沙图嘎查党支部", kind="branch")
    person = reopen(office)
    assert (person.name, person.role) == ("管理员", "管理员")
    assert Organization.get().name == "哈沙图嘎查党支部"
    assert journal.verify() == []


def test_a_wrong_passphrase_opens_nothing(office: offices.Office) -> None:
    offices.close_office()
    with pytest.raises(Refusal, match="口令不对"):
        offices.open_office(office.folder, "不是这个口令")
    with pytest.raises(Refusal, match="尚未登录"):
        access.acting()


def test_the_recovery_sheet_opens_however_it_is_typed(tmp_path: Path) -> None:
    code = offices.new_office(
        tmp_path / "a", "150823101", "某苏木党委", "township", "张三", PASSPHRASE
    )
    offices.close_office()
    person = offices.open_office(tmp_path / "a", code.lower().replace("-", " "))
    assert person.name == "恢复单"
    vault.admit(tmp_path / "a", offices.current().key, Account.get().id, "张三", "新的一句口令")
    offices.close_office()
    assert offices.open_office(tmp_path / "a", "新的一句口令").name == "张三"
    offices.close_office()


def test_the_file_says_nothing_to_strangers(office: offices.Office) -> None:
    make(Organization, name="哈沙图嘎查党支部", kind="branch")
    offices.close_office()
    for file in office.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert "哈沙图".encode() not in content, file.name
            assert b"SQLite format" not in content, file.name


@pytest.mark.embedded
def test_another_driver_reads_the_same_file(office: offices.Office) -> None:
    make(Organization, name="哈沙图嘎查党支部", kind="branch")
    offices.close_office()
    from sqlcipher3 import dbapi2

    other = dbapi2.connect(str(office.folder / "zhengyou.db"))
    other.execute(f"PRAGMA key=\"x'{office.key.hex()}'\"")
    assert other.execute("SELECT name FROM organization").fetchall() == [("哈沙图嘎查党支部",)]
    other.close()


def test_a_second_program_is_told_who_has_the_data(office: offices.Office) -> None:
    script = (
        "import sys; from pathlib import Path; from db import office\n"
        "from db.errors import Trouble\n"
        "try: office.open_office(Path(sys.argv[1]), sys.argv[2])\n"
        "except Trouble as trouble: print(trouble.message)"
    )
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script, str(office.folder), PASSPHRASE],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
    )
    assert "另一个程序窗口" in told.stdout


@pytest.mark.embedded
def test_a_newer_file_is_refused_in_plain_words(office: offices.Office) -> None:
    database.execute_sql("PRAGMA user_version = 99")
    with pytest.raises(Trouble, match="先升级"):
        reopen(office)


def test_a_dismissed_person_cannot_come_back(office: offices.Office) -> None:
    clerk = make(Account, name="李四", role="录入")
    unlocking.give_passphrase(clerk.id, "李四的一句口令")
    assert reopen(office, "李四的一句口令").role == "录入"
    reopen(office)
    clerk = Account.get_by_id(clerk.id)
    clerk.retire("调离")
    with pytest.raises(Refusal, match="已停用"):
        reopen(office, "李四的一句口令")


@pytest.mark.parametrize(
    ("code", "name", "level", "person", "secret", "said"),
    [
        ("15", "某苏木", "township", "张三", PASSPHRASE, "行政区划代码"),
        ("150823101", "", "township", "张三", PASSPHRASE, "单位名称"),
        ("150823101", "某苏木", "village", "张三", PASSPHRASE, "级别"),
        ("150823101", "某苏木", "township", "", PASSPHRASE, "姓名"),
        ("150823101", "某苏木", "township", "张三", "123", "口令至少"),
    ],
)
def test_a_faulty_founding_leaves_no_folder_half_made(
    tmp_path: Path, code: str, name: str, level: str, person: str, secret: str, said: str
) -> None:
    with pytest.raises(Refusal, match=said):
        offices.new_office(tmp_path / "a", code, name, level, person, secret)
    assert not offices.exists(tmp_path / "a")
    offices.new_office(tmp_path / "a", "150823101", "某苏木", "township", "张三", PASSPHRASE)
    offices.close_office()


def test_row_55_ids_never_repeat(office: offices.Office) -> None:
    with database.atomic():
        first, second = identity.next_ids(3), identity.next_ids(1)
    assert len({*first, *second}) == 4
    assert first[0] >> 40 == 7
    assert max(second) < 2**63


def test_the_last_administrator_is_neither_demoted_nor_retired(office):
    only = Account.get(Account.role == Role.ADMIN)
    only.role = Role.CLERK
    with pytest.raises(Refusal, match="最后一个管理员"):
        only.save()
    only = Account.get_by_id(only.id)
    with pytest.raises(Refusal, match="最后一个管理员"):
        only.retire("调离")
    make(Account, name="李四", role=Role.ADMIN)
    only.role = Role.CLERK
    only.save()
    assert Account.get_by_id(only.id).role == Role.CLERK
