from __future__ import annotations

from typing import Any

from db.rating.history import record_past
from db.rating.past_list import read_list
from db.rating.schemes import adopt
from db.registers.member import Member
from tests.db.rating.conftest import Town


def reading(town: Town, text: str, stem: str = "rural_ten_stars") -> Any:
    return read_list(adopt(stem), town.committee, text)


def test_a_pasted_list_is_matched_whatever_the_order_of_its_columns(town: Town) -> None:
    found = reading(
        town,
        "序号\t姓名\t支部\t星级\t得分\n"
        "1\t巴图\t哈沙图嘎查党支部\t八星级\t86.5\n"
        "\n"
        "2\t九星级\t王　文\t91分\n",
    )
    assert found.refused == ()
    one, two = found.results
    assert (one.member, one.level, one.total) == (town.members[0].id, "八星级", 8650)
    assert (two.member, two.total) == (town.members[2].id, 9100)


def test_lines_that_cannot_be_kept_are_told_with_their_number(town: Town) -> None:
    found = reading(town, "巴图\t十一星\n王文\t八星级\n王文\t七星级\n八星级\t80\n")
    assert [words[:6] for words in found.refused] == ["第 1 行：", "第 3 行：", "第 4 行："]
    assert "没有找到等次" in found.refused[0]
    assert "前面已有一行" in found.refused[1]
    assert len(found.results) == 1


def test_namesakes_need_their_branch(town: Town) -> None:
    Member(
        name="巴图", category="full", organization=town.branches[1], joined_on="2003-07-01"
    ).save()
    assert "不止一个" in reading(town, "巴图\t八星级").refused[0]
    (one,) = reading(town, "巴图\t乌兰\t八星级").results
    assert one.branch == town.branches[1].id


def test_somebody_no_longer_there_is_kept_by_name(town: Town) -> None:
    found = reading(town, "巴图\t八星级\n已故老人\t七星级")
    assert found.by_name_only == ("已故老人",)
    made = record_past(
        adopt("rural_ten_stars"), town.committee, "2020", found.results, decided_on="2020-12-20"
    )
    assert made.participants.count() == 2
    assert {row.level for row in made.participants} == {"八星级", "七星级"}


def test_organizations_are_matched_by_their_full_name(town: Town) -> None:
    found = reading(town, "哈沙图嘎查党支部\t优\t93", "year_end_grades")
    assert found.results[0].organization == town.branches[0].id
