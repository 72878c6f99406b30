"""提醒: leaders with points that wait for a visit, before the period ends and after it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from db.registers.leader import Leader
from db.rules.visit_frequency import Standing, State
from db.visiting.compliance import Watched, watch

#: A period that ended longer ago than this is no longer reminded of; the table still shows it.
_BACK = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact point and the duty it waits for."""

    point: Watched
    standing: Standing

    @property
    def late(self) -> bool:
        """Whether the period is over."""
        return self.standing.state is State.OVERDUE

    @property
    def missing(self) -> tuple[int, int]:
        """Visits and days that are still missing."""
        duty = self.standing.duty
        return (
            max(0, duty.visits - self.standing.visits),
            max(0, duty.days - self.standing.days),
        )


@dataclass(frozen=True, slots=True)
class Reminder:
    """One leader and everything that waits."""

    leader: Leader
    waiting: tuple[Waiting, ...]

    @property
    def id(self) -> int:
        return int(self.leader.id)

    def title(self) -> str:
        return str(self.leader.name)


def waiting(today: date, ahead: int, leader: int | None = None) -> list[Waiting]:
    """Points whose latest duty is missed, or ends within so many days and is not done yet."""
    limit = today + timedelta(days=ahead)
    found = []
    for point in watch(today - _BACK, today, leader=leader):
        current = [s for s in point.standings if s.duty.start <= today]
        late = [s for s in current if s.state is State.OVERDUE][-1:]
        soon = [s for s in current if s.state is State.DUE and s.duty.end <= limit]
        found += [Waiting(point, standing) for standing in (*late, *soon)]
    return found


def reminders(today: date, ahead: int, leaders: Iterable[int] | None = None) -> list[Reminder]:
    """The same by leader, in the order of the leaders' list."""
    mine: dict[int, list[Waiting]] = {}
    for one in waiting(today, ahead):
        mine.setdefault(one.point.leader, []).append(one)
    wanted = set(mine) if leaders is None else set(mine) & set(leaders)
    rows = Leader.select().where(Leader.id.in_(list(wanted)))
    ordered = sorted(rows, key=lambda one: (one.position is None, one.position or 0, one.id))
    return [Reminder(one, tuple(mine[one.id])) for one in ordered]
