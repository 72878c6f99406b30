"""The training county's calendar: its today, and days drawn from stretches of time."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

#: The day on which the training county stands, unless told otherwise.
TODAY = date(2026, 11, 22)


def text(day: date) -> str:
    """A day as records keep it."""
    return day.isoformat()


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier (the 28th for a leap day)."""
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)


def between(rng: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def born_at(rng: Random, today: date, age: int) -> date:
    """A birthday of somebody who is `age` full years old today."""
    youngest = years_before(today, age)
    return between(rng, years_before(today, age + 1) + timedelta(days=1), youngest)


def age_on(day: date, born: date) -> int:
    """Full years on that day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def working_day(day: date) -> date:
    """That day, or the Monday after a weekend."""
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))
