from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import id_number
from db.rules.id_number import State

GOOD = ["11010519491231002X", "440524188001010014", "34052419800101001X", "150425196001010016"]


@st.composite
def numbers(draw):
    day = draw(st.dates(min_value=date(1900, 1, 1)).filter(lambda d: d.year < 2100))
    first = (
        f"{draw(st.sampled_from(['150425', '150823']))}{day:%Y%m%d}{draw(st.integers(0, 999)):03}"
    )
    return first + id_number.check_digit(first)


@pytest.mark.parametrize("number", GOOD)
def test_numbers_of_the_standard_pass(number):
    assert id_number.parse(number) == number
    assert id_number.state(number) is State.PASSED
    assert id_number.flaw(number) is None


@given(numbers())
def test_a_right_number_passes_and_any_wrong_digit_does_not(number):
    assert id_number.state(number) is State.PASSED
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert id_number.state(wrong) is State.FAILED


@given(numbers())
def test_swapped_neighbours_are_noticed(number):
    for place in range(16):
        if number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert id_number.state(swapped) is State.FAILED


@pytest.mark.parametrize(
    "cell",
    ["11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ", "'11010519491231002X",
     "110105-19491231-002X", "11010519491231002×", "11010519491231002\u0425", "\ufeff11010519491231002X"],
)  # fmt: skip
def test_what_can_be_mended_is_mended(cell):
    assert id_number.parse(cell) == "11010519491231002X"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (1.50823e17, "改坏"), ("1.50823E+17", "改坏"), ("1.50823e17", "改坏"), (150823196501010000, "改坏"),
        (150823196501011234, "改坏"), ("150823196501010000", "改坏"), ("150823196501011000.0", "改坏"),
        ("150425********0016", "遮盖"), ("15042519600101001", "17 位"), ("1504251960010100166", "19 位"),
        ("张三", "不该有"), ("15042519600101O016", "不该有"), (True, "不是号码"), (1.5, "改坏"),
    ],
)  # fmt: skip
def test_damaged_numbers_are_refused_with_the_reason(cell, reason):
    with pytest.raises(Refusal, match=reason):
        id_number.parse(cell)


def test_old_numbers_are_kept_flagged_and_can_be_upgraded():
    assert id_number.parse(150425600101001.0) == "150425600101001"
    assert id_number.state("150425600101001") is State.FIFTEEN
    assert "15 位" in (id_number.flaw("150425600101001") or "")
    assert id_number.upgrade("150425600101001") == "150425196001010016"
    assert id_number.same_person("150425600101001", "150425196001010016")


def test_wrong_and_missing_numbers_are_kept_and_flagged():
    assert id_number.parse("150425196001010017") == "150425196001010017"
    assert id_number.state("150425196001010017") is State.FAILED
    assert "末位应为 6" in (id_number.flaw("150425196001010017") or "")
    assert "出生日期" in (id_number.flaw("150425196013010016") or "")
    assert id_number.parse("无") == id_number.parse(None) == ""
    assert id_number.state("") is State.MISSING


def test_what_a_number_says():
    assert id_number.born_on("11010519491231002X") == "1949-12-31"
    assert id_number.born_on("150425600101001") == "1960-01-01"
    assert id_number.born_on("150425196013010016") == id_number.born_on("") == ""
    assert (id_number.sex("11010519491231002X"), id_number.sex("150425600101001")) == ("2", "1")
    assert id_number.region("150425196001010016") == "150425"


@given(numbers())
def test_masked_numbers_show_neither_birth_nor_more_than_allowed(number):
    assert id_number.mask(number) == number[:6] + "********" + number[-4:]
    assert id_number.mask(number, "6+2") == number[:6] + "**********" + number[-2:]
    assert id_number.mask("12345") == "*****"


@given(st.one_of(st.text(max_size=22), st.floats(), st.integers()))
def test_anything_is_read_or_refused(cell):
    try:
        kept = id_number.parse(cell)
    except Refusal:
        return
    assert kept == "" or len(kept) in (15, 18)
