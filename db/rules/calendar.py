"""Notice periods: natural days, working days, and the public holidays between them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

from db.errors import Refusal

Unit = Literal["calendar", "working"]

_WORDS = {"自然日": "calendar", "天": "calendar", "日": "calendar", "工作日": "working"}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holidays:
    """The days off and the weekends worked, and the years for which they are known."""

    off: frozenset[date]
    work: frozenset[date]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether offices are open on that day (plain weekends where the year is not known)."""
        if day in self.work:
            return True
        return day.weekday() < 5 and day not in self.off


def read_holidays(tables: Mapping[str, Any]) -> Holidays:
    """Holidays from tables {year: {off: [days or first/last], work: [days]}}."""
    off: set[date] = set()
    work: set[date] = set()
    for table in tables.values():
        off.update(day for span in table.get("off", ()) for day in _days(span))
        work.update(day for span in table.get("work", ()) for day in _days(span))
    return Holidays(frozenset(off), frozenset(work), frozenset(int(year) for year in tables))


def _days(span: str) -> list[date]:
    first, _, last = span.partition("/")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last or first)
    return [start + _DAY * number for number in range((end - start).days + 1)]


@cache
def known_holidays() -> Holidays:
    """The holidays that come with the program."""
    path = resources.files("resources").joinpath("rules", "holidays.toml")
    return read_holidays(tomllib.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Period:
    """A notice period: first and last day (both count), and what is doubtful about it."""

    start: date
    end: date
    days: int
    unit: Unit
    doubt: str = ""


def read_unit(text: str) -> Unit:
    """The unit for 自然日/工作日 or for its code; Refusal if neither."""
    word = _WORDS.get(text.strip(), text.strip())
    if word == "calendar":
        return "calendar"
    if word == "working":
        return "working"
    raise Refusal(f"天数单位“{text}”应为自然日或工作日")


def period(
    start: date, days: int, unit: str = "calendar", holidays: Holidays | None = None
) -> Period:
    """The period of so many days that begins on `start`; the first day counts.

    Of 工作日 only days on which offices are open count, so a period begun on a Saturday starts to
    count on Monday. `doubt` says that the holidays of a year are not known yet.
    """
    if days < 1:
        raise Refusal("公示天数应不少于 1 天")
    kind = read_unit(unit)
    if kind == "calendar":
        return Period(start, start + _DAY * (days - 1), days, kind)
    known = holidays or known_holidays()
    day = start - _DAY
    left = days
    while left:
        day += _DAY
        left -= known.is_working(day)
    missing = sorted({start.year, day.year} - known.years)
    doubt = (
        f"{'、'.join(map(str, missing))} 年的放假安排尚未录入，按周六、周日休息计算"
        if missing
        else ""
    )
    return Period(start, day, days, kind, doubt)


def working_days_between(start: date, end: date, holidays: Holidays | None = None) -> int:
    """How many working days lie from `start` to `end`, both included."""
    known = holidays or known_holidays()
    span = (end - start).days + 1
    return sum(known.is_working(start + _DAY * number) for number in range(max(span, 0)))
