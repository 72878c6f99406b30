from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import names

# . • ⋅ ・ ‧ ･ and the full-width full stop
DOTS = [".", "•", "⋅", "・", "‧", "･", "\uff0e", "·"]


@pytest.mark.parametrize("dot", DOTS)
def test_any_dot_becomes_the_one_dot(dot):
    assert names.normalise(f"阿依古丽{dot}阿卜杜拉") == "阿依古丽·阿卜杜拉"
    assert names.normalise(f"阿依古丽 {dot} 阿卜杜拉") == "阿依古丽·阿卜杜拉"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("王　文", "王文"), ("张 大 利", "张大利"), (" 李四 ", "李四"), ("欧阳 娜娜", "欧阳娜娜"),
     ("乌云 其其格", "乌云 其其格"), ("乌云　　其其格", "乌云 其其格"), ("·张三·", "张三"),
     ("张\u200b三", "张三"), ("𠮷田", "𠮷田"), ("張\ufa11", "張\ufa11"), ("", ""), ("  ", ""),
     ("\ue000三", "\ue000三")],
)  # fmt: skip
def test_names_as_rosters_write_them(written, kept):
    assert names.normalise(written) == kept


def test_a_name_has_room_for_25_characters_and_is_never_cut():
    longest = "乌" * 25
    assert names.normalise(longest) == longest
    with pytest.raises(Refusal, match="25 个字，现有 26 个字"):
        names.normalise(longest + "云")


@pytest.mark.parametrize(
    ("written", "reason"),
    [("张\ud842", "残缺"), ("张\x00", "控制字符"), ("张\x1b三", "控制字符"), ("123", "不像姓名"), ("—", "不像姓名")],
)  # fmt: skip
def test_what_cannot_be_a_name_is_refused(written, reason):
    with pytest.raises(Refusal, match=reason):
        names.normalise(written)


@given(st.text(max_size=30))
def test_a_kept_name_is_kept_as_it_is(text):
    try:
        kept = names.normalise(text)
    except Refusal:
        return
    assert names.normalise(kept) == kept
    assert len(kept) <= 25
    assert names.comparable(kept) == names.comparable(text)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("张三", ("张", "三")), ("欧阳修", ("欧阳", "修")), ("欧平", ("欧", "平")), ("司马", ("司", "马")),
     ("爱新觉罗溥仪", ("爱新觉罗", "溥仪")), ("买买提·吐尔逊", ("", "买买提·吐尔逊")), ("", ("", "")),
     ("王", ("王", ""))],
)  # fmt: skip
def test_surname_and_given_name(name, parts):
    assert names.split(name) == parts


def test_characters_that_other_computers_lack_are_flagged():
    assert "自造字" in (names.flaw("张\ue000") or "")
    assert names.flaw("张𬭊㛃") is None
