from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import phone


@pytest.mark.parametrize(
    ("written", "kept"),
    [("13847880000", "13847880000"), (13847880000.0, "13847880000"), (13847880000, "13847880000"),
     ("138 4788 0000", "13847880000"), ("138-4788-0000", "13847880000"), ("+86 138-4788-0000", "13847880000"),
     ("008613847880000", "13847880000"), ("0478-3210000", "0478-3210000"), ("04783210000", "0478-3210000"),
     ("（0478）3210000", "0478-3210000"), ("0478 3210000", "0478-3210000"), ("01088886666", "010-88886666"),
     ("0478—3210000转8", "0478-3210000转8"), ("3210000", "3210000"), ("１３８４７８８００００", "13847880000"),
     ("13847880000/0478-3210000", "13847880000、0478-3210000"), ("无", ""), ("", ""), (None, "")],
)  # fmt: skip
def test_numbers_as_rosters_write_them(written, kept):
    assert phone.parse(written) == kept
    assert phone.flaw(kept) is None


@pytest.mark.parametrize("written", ["1384788000", "138478800001", "12"])
def test_numbers_of_odd_length_are_kept_and_flagged(written):
    kept = phone.parse(written)
    assert kept == written
    assert "位" in (phone.flaw(kept) or "")


@pytest.mark.parametrize("written", ["abc", "1.38E+10", "张三 1384788", True, 1.5, "138xxxx0000"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(Refusal, match="电话号码"):
        phone.parse(written)


@given(st.one_of(st.text(max_size=20), st.text("0123456789-（）() /、转+", max_size=24)))
def test_a_kept_number_is_kept_as_it_is(text):
    try:
        kept = phone.parse(text)
    except Refusal:
        return
    assert phone.parse(kept) == kept
