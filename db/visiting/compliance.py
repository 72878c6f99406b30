"""Who is behind: every contact point judged by the rules that held, leader × period in one table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from db.codes import code_list
from db.connection import database
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.visit import Visit, VisitServed
from db.registers.visit_rule import VisitRule
from db.rules import dates
from db.rules.visit_frequency import Agenda, Rule, Standing, State, Tally, duties, period_of

#: A year begins and ends every period there is; duties are reckoned by whole years.
_YEAR = "year"


@dataclass(frozen=True, slots=True)
class Watched:
    """A contact point with what was asked and done for it."""

    id: int
    leader: int
    name: str
    kind: str
    standings: tuple[Standing, ...]


@dataclass(slots=True)
class Cell:
    """One leader in one period: what was asked of all points together, what was done, which are behind."""

    visits: int = 0
    asked_visits: int = 0
    #: Visits that count: what one point had too much does not make up for another.
    met: int = 0
    days: int = 0
    asked_days: int = 0
    done: int = 0
    due: list[int] = field(default_factory=list)
    overdue: list[int] = field(default_factory=list)

    @property
    def state(self) -> State:
        """The worst of its points."""
        if self.overdue:
            return State.OVERDUE
        if self.due:
            return State.DUE
        return State.DONE if self.done else State.FREE


@dataclass(frozen=True, slots=True)
class Line:
    """One leader of the table."""

    id: int
    name: str
    rank: str
    unit: str
    points: int
    cells: tuple[Cell, ...]

    @property
    def whole(self) -> Cell:
        """All periods together."""
        whole = Cell()
        for cell in self.cells:
            whole.visits += cell.visits
            whole.asked_visits += cell.asked_visits
            whole.met += cell.met
            whole.days += cell.days
            whole.asked_days += cell.asked_days
            whole.done += cell.done
            whole.due += cell.due
            whole.overdue += cell.overdue
        return whole


@dataclass(frozen=True, slots=True)
class Span:
    """A column of the table."""

    label: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Matrix:
    """Leader × period."""

    spans: tuple[Span, ...]
    lines: tuple[Line, ...]


def rules() -> list[Rule]:
    """The frequency rules of the office as plain values."""
    return [
        Rule(
            one.rank,
            one.kind,
            one.period,
            one.least_visits,
            one.least_days or 0,
            date.fromisoformat(one.from_on),
            date.fromisoformat(one.until_on) if one.until_on else None,
        )
        for one in VisitRule.living()
    ]


def made(since: str, until: str, points: Collection[int] | None = None) -> Iterable[Any]:
    """What counts for contact points between two days: rows of point, day, visits, days."""
    present = sorted(code_list("visit_way").marked("present"))
    query: Any = (
        VisitServed.select(VisitServed.contact_point, Visit.from_on, Visit.days)
        .join(Visit)
        .where(
            VisitServed.retired == "",
            Visit.retired == "",
            Visit.from_on >= since,
            Visit.from_on <= until,
            Visit.way.in_(present),
        )
    )
    if points is not None:
        query = query.where(VisitServed.contact_point.in_(list(points)))
    found: Iterable[Any] = database.execute(query)  # plain rows; nothing in them needs a column
    return found


def watch(
    since: date, today: date, places: Collection[int] | None = None, leader: int | None = None
) -> list[Watched]:
    """Every contact point that was kept since a day, judged as it stands today.

    `places` limits to points in these organizations, `leader` to those of one leader. Duties are
    those of whole years, so that a year's rule is not taken for a part of it.
    """
    begin, end = period_of(_YEAR, since)[0], period_of(_YEAR, today)[1]
    known = rules()

    @cache
    def asked(rank: str, kind: str, first: date, last: date) -> Agenda:
        return Agenda(duties(known, rank, kind, first, last) if first <= last else ())

    rows = _points(places, leader)
    tallies = {}
    for row in rows:
        point, _, _, kind, rank, from_on, until_on, came, left = row
        first = max([begin, *(dates.first_day(day) for day in (from_on, came) if day)])
        last = min([end, *(dates.last_day(day) for day in (until_on, left) if day)])
        tallies[point] = Tally(asked(rank, kind, first, last))
    _fill(tallies, made(begin.isoformat(), today.isoformat(), None))
    return [
        Watched(row[0], row[1], row[2], row[3], tuple(
            s for s in tallies[row[0]].standings(today) if s.duty.end >= since
        ))
        for row in rows
    ]  # fmt: skip


def _points(places: Collection[int] | None, leader: int | None) -> list[Any]:
    query: Any = (
        ContactPoint.select(
            ContactPoint.id, ContactPoint.leader, ContactPoint.name, ContactPoint.kind, Leader.rank,
            ContactPoint.from_on, ContactPoint.until_on, Leader.from_on, Leader.until_on,
        )
        .join(Leader)
        .where(ContactPoint.retired == "", Leader.retired == "")
        .order_by(ContactPoint.leader, ContactPoint.id)
    )  # fmt: skip
    if places is not None:
        query = query.where(ContactPoint.organization.in_(list(places)))
    if leader is not None:
        query = query.where(ContactPoint.leader == leader)
    return list(query.tuples())


def _fill(tallies: Mapping[int, Tally], rows: Iterable[Any]) -> None:
    """`Tally.add` for tens of thousands of visits, without a call for each."""
    for point, day, days in rows:
        tally = tallies.get(point)
        if tally is not None:
            place = tally.agenda.place(day)
            if place >= 0:
                tally.visits[place] += 1
                tally.days[place] += days or 0


def spans(period: str, since: date, until: date) -> tuple[Span, ...]:
    """The calendar periods from one day to another, with their headings."""
    found, day = [], since
    while day <= until:
        start, end = period_of(period, day)
        found.append(Span(_heading(period, start), start, end))
        day = date.fromordinal(end.toordinal() + 1)
    return tuple(found)


def _heading(period: str, start: date) -> str:
    if period == "month":
        return f"{start.month}月"
    if period == "quarter":
        return f"{'一二三四'[start.month // 3]}季度"
    return (
        ("上半年" if start.month == 1 else "下半年") if period == "half_year" else f"{start.year}年"
    )


def matrix(period: str, since: date, today: date, places: Collection[int] | None = None) -> Matrix:
    """Leader × period from a day up to today; a duty stands in the column in which it ends.

    What runs on beyond the last column (a year's rule in March) stands in the last one.
    """
    columns = spans(period, since, today)
    lines: dict[int, list[Cell]] = {}
    counts: dict[int, int] = {}
    for point in watch(columns[0].start, today, places):
        cells = lines.setdefault(point.leader, [Cell() for _ in columns])
        counts[point.leader] = counts.get(point.leader, 0) + 1
        for standing in point.standings:
            if standing.duty.start <= today:
                _put(cells[_column(columns, standing.duty.end)], point, standing)
    leaders = Leader.select().where(Leader.id.in_(list(lines)))
    ranks = code_list("leader_rank")
    ordered = sorted(leaders, key=lambda one: (one.position is None, one.position or 0, one.id))
    return Matrix(
        columns,
        tuple(
            Line(
                one.id,
                one.name,
                ranks.label_of(one.rank),
                f"{one.unit_name}{one.post_title}",
                counts[one.id],
                tuple(lines[one.id]),
            )
            for one in ordered
        ),
    )


def _column(columns: tuple[Span, ...], end: date) -> int:
    return next((at for at, span in enumerate(columns) if end <= span.end), len(columns) - 1)


def _put(cell: Cell, point: Watched, standing: Standing) -> None:
    cell.visits += standing.visits
    cell.days += standing.days
    cell.asked_visits += standing.duty.visits
    cell.met += min(standing.visits, standing.duty.visits)
    cell.asked_days += standing.duty.days
    if standing.state is State.DONE:
        cell.done += 1
    elif standing.state is State.DUE:
        cell.due.append(point.id)
    elif standing.state is State.OVERDUE:
        cell.overdue.append(point.id)
