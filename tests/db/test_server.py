"""A county on a server: founded, joined from another PC, and the same as in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import access, address, identity, journal, search, unlocking
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.record import Record
from db.registers.account import Account
from db.registers.member import Member
from tests.conftest import PASSPHRASE
from tests.db.served import member
from tests.postgres import Cluster


def test_a_county_is_founded_closed_and_opened_again(served: Path) -> None:
    row = member("单小芳")
    offices.close_office()
    assert not (served / "zhengyou.db").exists()
    offices.open_office(served, PASSPHRASE)
    assert identity.identity().level == "county"
    assert Member.get_by_id(row.id).name == "单小芳"
    assert [hit.id for hit in search.query("sxf", ["member"])] == [row.id]
    assert journal.verify() == []


def test_the_folder_does_not_tell_the_secret(served: Path) -> None:
    kept = (served / address.FILE).read_text("utf-8")
    assert "secret" not in kept
    assert "clerk" not in kept
    assert address.read(served, offices.current().key).startswith("postgresql://clerk:")


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
    served: Path, url: str, tmp_path: Path
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


def test_another_pc_joins_with_the_passphrase(served: Path, url: str, tmp_path: Path) -> None:
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


def test_a_new_passphrase_reaches_the_other_pc(served: Path, url: str, tmp_path: Path) -> None:
    offices.close_office()
    offices.join_office(tmp_path / "two", url, PASSPHRASE)
    unlocking.change_passphrase(PASSPHRASE, "夏天的第一场雨")
    offices.close_office()
    with pytest.raises(Refusal, match="口令"):
        offices.open_office(served, PASSPHRASE)
    offices.open_office(served, "夏天的第一场雨")


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


def test_records_stand_where_the_model_says(served: Path) -> None:
    """Text sorts byte by byte, whatever the server's language."""
    for name in ("乙", "b", "A", "甲"):
        member(name)
    assert [m.name for m in Member.select().order_by(Member.name)] == ["A", "b", "乙", "甲"]
    assert issubclass(Member, Record)
