"""How often a leader must visit a contact point, and whether it was done (docs/systems.md 15).

Rules are dated: a point is judged by the rule that held on the day, so a change in July leaves the
months before it as they were. Where a rule, or the point itself, covers only part of a period, the
requirement is taken by whole months and rounded down, so that nobody is behind for a part of a month.
A trip counts where its first day lies.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from db.codes import code_list


class State(StrEnum):
    """How a duty stands on a day."""

    DONE = "完成"
    DUE = "待走"
    OVERDUE = "欠"
    FREE = "不要求"


@dataclass(frozen=True, slots=True)
class Rule:
    """At least so many visits and days in every period; rank and kind "" mean any; until None is open."""

    rank: str
    kind: str
    period: str
    least_visits: int
    least_days: int
    since: date
    until: date | None = None

    @property
    def preciseness(self) -> int:
        """A rule that names the kind goes before one that names the rank, both before either."""
        return 2 * bool(self.kind) + bool(self.rank)

    def fits(self, rank: str, kind: str) -> bool:
        """Whether it is about such a leader and such a point."""
        return self.rank in ("", rank) and self.kind in ("", kind)


@dataclass(frozen=True, slots=True)
class Duty:
    """What is asked between two days, both included."""

    start: date
    end: date
    visits: int
    days: int

    def state(self, visits: int, days: int, today: date) -> State:
        """Done, still to do, or missed, after so many visits and days."""
        if not self.visits and not self.days:
            return State.FREE
        if visits >= self.visits and days >= self.days:
            return State.DONE
        return State.OVERDUE if self.end < today else State.DUE


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty with what was done for it."""

    duty: Duty
    visits: int
    days: int
    state: State


def period_of(period: str, day: date) -> tuple[date, date]:
    """The calendar 月, 季, 半年 or 年 that holds a day: its first and last day."""
    months = _months(period)
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, _after(first, months) - timedelta(days=1)


def duties(rules: Iterable[Rule], rank: str, kind: str, begin: date, end: date) -> tuple[Duty, ...]:
    """Everything asked of one point from one day to another, period after period."""
    found = []
    for rule, first, last in _stretches([r for r in rules if r.fits(rank, kind)], begin, end):
        day = first
        while day <= last:
            start, close = period_of(rule.period, day)
            from_, until = max(start, first), min(close, last)
            months = _months(rule.period)
            whole = _whole_months(from_, until)
            found.append(
                Duty(
                    from_,
                    until,
                    rule.least_visits * whole // months,
                    rule.least_days * whole // months,
                )
            )
            day = close + timedelta(days=1)
    return tuple(found)


def _stretches(rules: Sequence[Rule], begin: date, end: date) -> Iterator[tuple[Rule, date, date]]:
    """Who rules from when until when: the most precise rule that holds, the youngest of equals."""
    edges = {begin}
    for rule in rules:
        edges.add(rule.since)
        if rule.until is not None:
            edges.add(rule.until + timedelta(days=1))
    cuts = sorted(day for day in edges if begin <= day <= end)
    held: tuple[Rule, date, date] | None = None
    for at, first in enumerate(cuts):
        last = cuts[at + 1] - timedelta(days=1) if at + 1 < len(cuts) else end
        now = ruling(rules, first)
        if held is not None and held[0] is now:
            held = (held[0], held[1], last)
            continue
        if held is not None:
            yield held
        held = (now, first, last) if now is not None else None
    if held is not None:
        yield held


def ruling(rules: Iterable[Rule], day: date) -> Rule | None:
    """The rule that holds on a day among those that fit; None when nothing is asked."""
    holding = [r for r in rules if r.since <= day and (r.until is None or day <= r.until)]
    return max(holding, key=lambda r: (r.preciseness, r.since), default=None)


class Agenda:
    """The duties of one point, or of many that are asked the same; finds the duty of a day."""

    def __init__(self, asked: Sequence[Duty]) -> None:
        self.duties = tuple(asked)
        self._starts = [duty.start for duty in self.duties]
        self._known: dict[str, int] = {}

    def place(self, day: str) -> int:
        """Which duty holds a day (ISO text); -1 for none."""
        known = self._known.get(day)
        return self._look_up(day) if known is None else known

    def _look_up(self, text: str) -> int:
        day = date.fromisoformat(text)
        place = bisect_right(self._starts, day) - 1
        if place >= 0 and day > self.duties[place].end:
            place = -1
        self._known[text] = place
        return place


class Tally:
    """What was done for the duties of one point, kept up visit by visit."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.visits = [0] * len(agenda.duties)
        self.days = [0] * len(agenda.duties)

    def add(self, day: str, days: int) -> None:
        """A visit that began on this day and took so many days."""
        self._count(day, 1, days)

    def remove(self, day: str, days: int) -> None:
        """The same visit, taken back."""
        self._count(day, -1, -days)

    def _count(self, day: str, visits: int, days: int) -> None:
        place = self.agenda.place(day)
        if place >= 0:
            self.visits[place] += visits
            self.days[place] += days

    def standings(self, today: date) -> list[Standing]:
        """Every duty with what was done for it by a day."""
        return [
            Standing(duty, visits, days, duty.state(visits, days, today))
            for duty, visits, days in zip(self.agenda.duties, self.visits, self.days, strict=True)
        ]


def judge(asked: Sequence[Duty], visits: Iterable[tuple[date, int]], today: date) -> list[Standing]:
    """From scratch: each duty with the visits (day, days) that fall into it."""
    done = list(visits)
    found = []
    for duty in asked:
        mine = [days for day, days in done if duty.start <= day <= duty.end]
        state = duty.state(len(mine), sum(mine), today)
        found.append(Standing(duty, len(mine), sum(mine), state))
    return found


def _months(period: str) -> int:
    return int(code_list("period")[period].extra["months"])


def _after(first: date, months: int) -> date:
    count = first.month - 1 + months
    return date(first.year + count // 12, count % 12 + 1, 1)


def _whole_months(first: date, last: date) -> int:
    """How many calendar months lie between two days entirely."""
    begin = first if first.day == 1 else _after(first.replace(day=1), 1)
    stop = last + timedelta(days=1)
    return max(0, (stop.year - begin.year) * 12 + stop.month - begin.month)
