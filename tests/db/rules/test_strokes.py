from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules import strokes
from tests.stroke_orders import BY_NAME, BY_SURNAME

SURNAMES = [
    "丁",
    "万",
    "马",
    "王",
    "毛",
    "方",
    "尹",
    "孔",
    "邓",
    "石",
    "龙",
    "叶",
    "田",
    "白",
    "冯",
    "皮",
    "刘",
    "关",
    "李",
    "张",
]

han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=5)


@pytest.mark.parametrize("seed", range(5))
def test_the_two_orders_of_official_lists(seed):
    mixed = random.Random(seed).sample(BY_SURNAME, len(BY_SURNAME))
    assert strokes.by_surname(mixed) == BY_SURNAME
    assert strokes.by_name(mixed) == BY_NAME
    assert strokes.by_surname(reversed(SURNAMES)) == SURNAMES


def test_the_middle_of_a_two_character_name_counts_as_empty_only_in_surname_order():
    assert strokes.by_surname(["田大利", "田富"]) == ["田富", "田大利"]
    assert strokes.by_name(["田富", "田大利"]) == ["田大利", "田富"]


def test_dots_and_padding_do_not_change_the_place():
    assert strokes.surname_key("王　文") == strokes.surname_key("王文")
    assert strokes.name_key("买买提·吐尔逊") == strokes.name_key("买买提吐尔逊")


@given(st.lists(han, max_size=20))
def test_the_order_does_not_depend_on_how_the_list_stood_before(people):
    assert strokes.by_surname(people) == strokes.by_surname(sorted(people))
    for one, other in pairwise(strokes.by_surname(people)):
        counts = strokes.count(one[0]), strokes.count(other[0])
        assert counts[0] <= counts[1]


@pytest.mark.parametrize(
    ("sign", "count"),
    [("一", 1), ("丁", 2), ("额", 15), ("鑫", 24), ("𠮷", 6), ("皙", 13), ("龘", 48)],
)
def test_stroke_counts(sign, count):
    assert strokes.count(sign) == count


def test_all_usual_characters_have_a_sure_place():
    usual = [bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)
             if not (high == 0xD7 and low > 0xF9)]  # fmt: skip
    assert len(usual) == 6763
    assert strokes.unknown("".join(usual)) == ""


def test_characters_without_a_sure_place_are_named():
    assert strokes.unknown("张伟") == ""
    assert strokes.unknown("张𠮷") == "𠮷"
    assert strokes.unknown("张A") == "A"


def test_a_person_may_carry_a_stroke_code_of_their_own():
    placed = sorted(
        ["王𠮷", "王文"], key=lambda n: strokes.surname_key(n, "- 111" if "𠮷" in n else "")
    )
    assert placed == ["王𠮷", "王文"]
    assert strokes.surname_key("𠮷", "12 画")[0] != strokes.surname_key("𠮷", "12画")[0]
    assert strokes.surname_key("某某", "9画")[0].strokes == 9
    assert strokes.surname_key("关山", "441134")[0] > strokes.surname_key("关山")[0]
    assert strokes.surname_key("张三", "胡写") == strokes.surname_key("张三")
