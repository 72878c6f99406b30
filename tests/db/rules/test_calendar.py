from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules import calendar

starts = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("start", "days", "unit", "end"),
    [
        (date(2026, 11, 22), 7, "自然日", date(2026, 11, 28)),
        (date(2026, 11, 22), 1, "天", date(2026, 11, 22)),
        (date(2026, 11, 23), 5, "工作日", date(2026, 11, 27)),
        (date(2026, 11, 21), 5, "工作日", date(2026, 11, 27)),  # begun on a Saturday
        (date(2026, 9, 29), 5, "working", date(2026, 10, 10)),  # over National Day, a Saturday worked
        (date(2025, 1, 26), 2, "working", date(2025, 1, 27)),  # a Sunday worked before 春节
        (date(2024, 2, 9), 2, "working", date(2024, 2, 18)),
    ],
)  # fmt: skip
def test_the_last_day_of_a_notice(start, days, unit, end):
    assert calendar.period(start, days, unit).end == end


@given(starts, st.integers(min_value=1, max_value=30))
def test_a_period_of_working_days_holds_just_so_many_and_ends_on_one(start, days):
    found = calendar.period(start, days, "working")
    assert calendar.working_days_between(start, found.end) == days
    assert calendar.known_holidays().is_working(found.end)
    assert found.end >= calendar.period(start, days, "calendar").end


def test_a_year_without_announced_holidays_is_counted_by_weekends_and_says_so():
    found = calendar.period(date(2031, 1, 1), 5, "工作日")
    assert found.end == date(2031, 1, 7)
    assert "2031 年" in found.doubt
    assert calendar.period(date(2026, 3, 2), 5, "工作日").doubt == ""


def test_an_office_may_add_a_year():
    holidays = calendar.read_holidays(
        {"2031": {"off": ["2031-01-01/2031-01-02"], "work": ["2031-01-04"]}}
    )
    assert calendar.period(date(2031, 1, 1), 1, "工作日", holidays).end == date(2031, 1, 3)
    assert calendar.period(date(2031, 1, 1), 2, "工作日", holidays).end == date(2031, 1, 4)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_holidays_that_come_with_the_program_are_sound(year):
    known = calendar.known_holidays()
    off = [day for day in known.off if day.year == year]
    work = [day for day in known.work if day.year == year]
    assert all(day.weekday() >= 5 for day in work)
    assert not set(off) & set(work)
    # every worked weekend pays for a weekday off beyond the legal days (11, since 2025 13)
    weekdays_off = sum(day.weekday() < 5 for day in off)
    assert weekdays_off - len(work) in range(6, 14)
    assert date(year, 10, 1) in off
    assert all(day + timedelta(days=0) for day in off)


def test_nonsense_is_refused():
    with pytest.raises(Refusal):
        calendar.period(date(2026, 1, 1), 0)
    with pytest.raises(Refusal, match="自然日或工作日"):
        calendar.period(date(2026, 1, 1), 5, "月")
