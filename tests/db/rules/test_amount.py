from __future__ import annotations

import contextlib

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import amount

GOLDEN = {
    140950: "壹仟肆佰零玖元伍角整",
    1640902: "壹万陆仟肆佰零玖元零贰分",
    32504: "叁佰贰拾伍元零肆分",
    600714: "陆仟零柒元壹角肆分",
    10700053: "壹拾万零柒仟元伍角叁分",
    168032: "壹仟陆佰捌拾元叁角贰分",
    1000: "壹拾元整",
    0: "零元整",
    5: "伍分",
    50: "伍角整",
    1005: "壹拾元零伍分",
    10000100: "壹拾万零壹元整",
    80000800002: "捌亿零捌仟元零贰分",
    100000000000000: "壹万亿元整",
    -500: "负伍元整",
}


@pytest.mark.parametrize(("cents", "words"), GOLDEN.items())
def test_capitals_of_known_vouchers(cents, words):
    assert amount.capitals(cents) == words


def test_whole_after_jiao_is_a_setting_and_never_stands_after_fen():
    assert amount.capitals(140950, whole_after_jiao=False) == "壹仟肆佰零玖元伍角"
    assert amount.capitals(140951, whole_after_jiao=True).endswith("壹分")
    assert amount.capitals(1000, prefix="人民币") == "人民币壹拾元整"


@given(st.integers(min_value=1, max_value=10**14))
def test_capitals_agree_with_a_second_author(cents):
    """cn2an leaves out the optional 零 after 万 and 亿 and the 整 after 角."""
    theirs = cn2an.an2cn(f"{cents // 100}.{cents % 100:02}", "rmb")
    ours = amount.capitals(cents, whole_after_jiao=False)

    def without_optional(words: str) -> str:
        return words.replace("万零", "万").replace("亿零", "亿")

    assert without_optional(ours) == without_optional(theirs)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_what_is_shown_can_be_typed_back(cents):
    assert amount.parse(amount.show(cents)) == cents


@given(st.lists(st.integers(min_value=1, max_value=10**12), min_size=2, max_size=2, unique=True))
def test_different_amounts_never_read_alike(pair):
    assert amount.capitals(pair[0]) != amount.capitals(pair[1])


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1,409.50", 140950), ("￥325.04", 32504), ("¥10", 1000), ("662元", 66200),
        ("24.7万元", 24700000), ("１２３．５", 12350), (" 1 000 ", 100000), ("-5", -500),
        (".5", 50), ("2亿", 20_000_000_000), ("40元整", 4000),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(typed, cents):
    assert amount.parse(typed) == cents


@pytest.mark.parametrize("typed", ["1.999", "1,40.5", "abc", "", "无", ".", "1e3", "12.3.4", "--1"])
def test_what_is_no_amount_is_refused_in_words(typed):
    with pytest.raises(Refusal) as refused:
        amount.parse(typed)
    assert "金额" in refused.value.message


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(Refusal):
        assert isinstance(amount.parse(text), int)
