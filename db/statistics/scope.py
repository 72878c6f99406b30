"""What a statistic looks at: an organization with everything under it, a 领域, a period, a day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from db.codes import code_list
from db.connection import database
from db.registers.member import Member
from db.registers.organization import Organization

#: New organizations are reported over the two years that end on the day of the report.
PERIOD_YEARS = 2


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def as_of() -> date:
    """The day up to which the office has written its ledgers: that of the last entry, else today."""
    row = database.execute_sql("SELECT max(at) FROM operation WHERE kind <> 'found'").fetchone()
    return date.fromisoformat(row[0][:10]) if row and row[0] else date.today()


@dataclass(frozen=True)
class Scope:
    """The whole office by default; `since` and `until` are days as text, both included."""

    organization: int | None = None
    domain: str = ""
    today: date = field(default_factory=as_of)
    since: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if not self.until:
            object.__setattr__(self, "until", self.today.isoformat())
        if not self.since:
            begin = years_before(self.today, PERIOD_YEARS) + timedelta(days=1)
            object.__setattr__(self, "since", begin.isoformat())

    def of(self, organization: int) -> Scope:
        """The same for one organization and everything under it."""
        return replace(self, organization=organization)

    @cached_property
    def places(self) -> list[int] | None:
        """The organizations looked at, by id; None for all."""
        if self.organization is None and not self.domain:
            return None
        parents: dict[int | None, list[int]] = {}
        domains: dict[int, str] = {}
        query: Any = Organization.select(Organization.id, Organization.parent, Organization.domain)
        for row, parent, domain in query.tuples():
            parents.setdefault(parent, []).append(row)
            domains[row] = domain
        if self.organization is None:
            found = list(domains)
        else:
            found = [self.organization]
            for place in found:
                found.extend(parents.get(place, ()))
        return [place for place in found if not self.domain or domains[place] == self.domain]

    def narrowed(self, query: Any, column: Any) -> Any:
        """The query, kept to rows whose reference points into this scope."""
        return query if self.places is None else query.where(column.in_(self.places))

    def organizations(self) -> Any:
        """Living organizations that count as such (no 党小组, no 党员中心户)."""
        kinds = sorted(code_list("organization_kind").marked("counted"))
        query = Organization.living().where(
            Organization.status == "active", Organization.kind.in_(kinds)
        )
        return self.narrowed(query, Organization.id)

    def members(self) -> Any:
        """Living members in the headcount of their branch."""
        standings = sorted(code_list("standing").marked("counted"))
        query = Member.living().where(Member.standing.in_(standings))
        return self.narrowed(query, Member.organization)

    def in_period(self, column: Any) -> Any:
        """The condition that a date column falls into the period."""
        return (column >= self.since) & (column <= self.until)

    def born_after(self, years: int) -> str:
        """Somebody born after this day is not yet so many full years old."""
        return years_before(self.today, years).isoformat()
