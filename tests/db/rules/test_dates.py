from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import dates

days = st.dates(min_value=date(1850, 1, 1), max_value=date(2099, 12, 31))


@st.composite
def stored(draw):
    return draw(days).isoformat()[: draw(st.sampled_from([4, 7, 10]))]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("1998.06", "1998-06"), ("1998.6", "1998-06"), ("1998年6月", "1998-06"),
        ("1998年6月份", "1998-06"), ("19980601", "1998-06-01"), ("199806", "1998-06"),
        ("1998/6/1", "1998-06-01"), ("2024-7-1", "2024-07-01"), ("1998年06月01日", "1998-06-01"),
        ("1998. 6. 1", "1998-06-01"), ("1998.06.", "1998-06"), ("1998", "1998"),
        ("1998年", "1998"), ("１９９８．０６", "1998-06"), ("1998-06-01 00:00:00", "1998-06-01"),
        ("1998-06-01T08:30", "1998-06-01"), (45000, "2023-03-15"), (45000.0, "2023-03-15"),
        (45000.75, "2023-03-15"), ("45000", "2023-03-15"), (19980601.0, "1998-06-01"),
        (199806, "1998-06"), (1998, "1998"), (1998.06, "1998-06"), (1998.12, "1998-12"),
        (1998.5, "1998-05"), (date(1998, 6, 1), "1998-06-01"),
        (datetime(1998, 6, 1, 12), "1998-06-01"), ("一九九八年六月", "1998-06"),
        ("一九九八年十二月二十一日", "1998-12-21"), ("二〇〇八年", "2008"), ("二○○八年十月", "2008-10"),
        ("", ""), (None, ""), ("无", ""), ("—", ""), ("'1998.06", "1998-06"), ("1998\u200b.06", "1998-06"),
    ],
)  # fmt: skip
def test_dates_as_rosters_write_them(cell, kept):
    assert dates.parse(cell) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("去年7月", "2025-07"), ("今年三月", "2026-03"), ("前年", "2024"), ("上个月", "2026-10"),
     ("上月5日", "2026-10-05"), ("昨天", "2026-11-21"), ("去年七月十二日", "2025-07-12")],
)  # fmt: skip
def test_relative_dates_need_a_day_to_start_from(typed, kept):
    assert dates.parse(typed, reference=date(2026, 11, 22)) == kept
    with pytest.raises(Refusal, match="年份"):
        dates.parse(typed)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1998.13", "没有 13 月"), ("1998.0", "没有 0 月"), ("2023-02-29", "没有 29 日"),
        ("19980600", "没有 0 日"), ("98.6", "四位"), ("98年6月", "四位"), (1998.1, "分不清"),
        ("abc", "看不懂"), ("1998.6-1999.7", "看不懂"), (True, "不是日期"), (float("nan"), "不是"),
        (10**12, "不是日期"), ("3998.06", "年份"), ("0001-01-01", "年份"), (object(), "不是日期"),
    ],
)  # fmt: skip
def test_impossible_dates_are_refused_with_the_reason(cell, reason):
    with pytest.raises(Refusal, match=reason):
        dates.parse(cell)


def test_a_workbook_that_counts_from_1904():
    assert dates.parse(45000, epoch_1904=True) == "2027-03-16"
    assert dates.parse("45000", epoch_1904=True) == "2027-03-16"


@given(days)
def test_every_way_of_writing_a_day_gives_the_same_day(day):
    kept = day.isoformat()
    for style in ("dots", "chinese", "iso", "numerals"):
        assert dates.parse(dates.show(kept, style)) == kept
    assert dates.parse(f"{day:%Y%m%d}") == kept
    assert dates.parse(f"{day.year}/{day.month}/{day.day}") == kept
    serial = (day - date(1899, 12, 30)).days
    if serial >= 2100:
        assert dates.parse(float(serial)) == kept


@given(stored())
def test_partial_dates_come_back_as_they_were(value):
    assert dates.is_stored(value)
    for style in ("dots", "chinese", "iso", "numerals"):
        assert dates.parse(dates.show(value, style)) == value
    assert dates.first_day(value) <= dates.last_day(value)


@given(st.one_of(st.text(max_size=24), st.floats(), st.integers(), st.none(), st.booleans()))
def test_anything_is_read_or_refused(cell):
    try:
        kept = dates.parse(cell)
    except Refusal:
        return
    assert kept == "" or dates.is_stored(kept)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [("1960-11-23", "2026-11-22", 65), ("1960-11-22", "2026-11-22", 66), ("1960-11", "2026-11-01", 66),
     ("1960", "2026-01-01", 66), ("", "2026-01-01", None), ("2027", "2026-01-01", None),
     ("1960-02-29", "2026-02-28", 65), ("1960-02-29", date(2026, 3, 1), 66)],
)  # fmt: skip
def test_age_at_the_precision_that_is_known(born, on, age):
    assert dates.age_at(born, on) == age


def test_fifty_years_in_the_party_by_the_first_of_july():
    assert dates.years_between("1976-07-01", "2026-07-01") == 50
    assert dates.years_between("1976-07-02", "2026-07-01") == 49
    assert dates.years_between("1976", "2026-07-01") == 50


@given(days, st.integers(min_value=-600, max_value=600))
def test_adding_months_lands_in_the_right_month(day, months):
    moved = dates.add_months(day.isoformat(), months)
    count = day.year * 12 + day.month - 1 + months
    assert moved[:7] == f"{count // 12:04}-{count % 12 + 1:02}"
    assert int(moved[8:]) <= day.day


def test_adding_months_at_the_end_of_a_month():
    assert dates.add_months("2023-01-31", 1) == "2023-02-28"
    assert dates.add_months("2023-01", 13) == "2024-02"
    assert dates.add_months("2023", 36) == "2026"


@given(stored(), stored())
def test_comparing_only_says_what_is_certain(one, other):
    answer = dates.compare(one, other)
    if answer == -1:
        assert dates.last_day(one) < dates.first_day(other)
    elif answer == 1:
        assert dates.first_day(one) > dates.last_day(other)
    elif answer == 0:
        assert one == other
    back = dates.compare(other, one)
    assert back == (None if answer is None else -answer)


@given(days, st.integers(min_value=0, max_value=400))
def test_adding_days(day, count):
    assert dates.add_days(day.isoformat(), count) == (day + timedelta(days=count)).isoformat()
