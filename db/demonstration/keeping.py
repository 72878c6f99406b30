"""Puts the organizations, members and posts of the training county into the open office, year by year."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from db.bulk import insert_rows
from db.demonstration.calendar import text, years_before
from db.demonstration.movements import YEARS
from db.demonstration.people import Person
from db.demonstration.seats import Election, Seat
from db.demonstration.tree import Unit
from db.demonstration.world import World
from db.registers.member import Discipline, Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization, OrganizationEvent, Term

_ORGANIZATION = ("code", "name", "short_name", "kind", "domain", "parent", "village", "township", "status",
                 "founded_on", "founding_document", "ended_on", "election_due", "unit_situation", "unit_name",
                 "unit_kind", "unit_code", "address", "phone", "contact")  # fmt: skip
_MEMBER = ("name", "sex", "ethnicity", "id_number", "born_on", "organization", "category", "joined_on",
           "confirmed_on", "standing", "education", "degree", "school", "occupation", "unit_name", "post_title",
           "worked_from", "native_place", "phone", "landline", "address", "registered_residence",
           "introducers")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One operation of the office's past: when, what it is called, and what it keeps."""

    at: str
    words: str
    kind: str
    run: Callable[[], None]


@dataclass(slots=True)
class Kept:
    """Which row stands for which organization and person of the plan; only those of this office."""

    world: World
    units: list[Unit]
    #: The town whose office this is; empty for the office of the whole county.
    town: str = ""
    organizations: dict[int, int] = field(default_factory=dict)
    #: Places in the lists of living and of departed members → ids.
    living: dict[int, int] = field(default_factory=dict)
    departed: dict[int, int] = field(default_factory=dict)


#: Of two events of one moment, the one of the lower order comes first.
ORDER = 10


def events(kept: Kept) -> Iterator[Event]:
    """What the office kept of its organizations and members, in the order of time."""
    return heapq.merge(_organizations(kept), _members(kept), key=lambda event: event.at)


def _organizations(kept: Kept) -> Iterator[Event]:
    """The tree as the office found it on its first day."""
    begin = text(years_before(kept.world.today, YEARS))
    yield Event(f"{begin}T09:00:00", "建立党组织台账", "import", partial(_keep_tree, kept))


def _keep_tree(kept: Kept) -> None:
    world = kept.world
    seats, people = world.seats, world.members.living
    phone = _phones(kept)
    for depth_units in _levels(kept.units):
        rows = []
        for unit in depth_units:
            head = seats.heads.get(unit.place)
            rows.append((
                unit.code, unit.name, unit.short_name, unit.kind, unit.domain,
                _row(kept, unit.parent),
                int(unit.village), int(unit.township), unit.status, unit.founded_on, unit.founding_document,
                unit.ended_on, seats.due.get(unit.place, ""), unit.unit_situation, unit.unit_name,
                unit.unit_kind, unit.unit_code, unit.address, phone.get(unit.place, ""),
                people[head].name if head is not None else "",
            ))  # fmt: skip
        ids = insert_rows(Organization, _ORGANIZATION, rows)
        kept.organizations.update(zip((u.place for u in depth_units), ids, strict=True))
    insert_rows(
        OrganizationEvent,
        ("organization", "kind", "on", "document", "words"),
        [
            (kept.organizations[unit.place], kind, on, document, words)
            for unit in kept.units
            for kind, on, document, words in unit.events
        ],
    )


def _phones(kept: Kept) -> dict[int, str]:
    from db.demonstration.numbers import office_phone
    from db.demonstration.words import stream

    rng = stream(kept.world.seed, "office phones")
    return {
        unit.place: office_phone(rng)
        for unit in kept.world.county.units
        if unit.status == "active" and unit.unit_situation == "legal_unit"
    }


def _levels(units: Sequence[Unit]) -> Iterable[list[Unit]]:
    """The organizations level by level, so that a parent is kept before its children."""
    inside = {unit.place for unit in units}
    depth: dict[int, int] = {}
    for unit in units:
        depth[unit.place] = depth[unit.parent] + 1 if unit.parent in inside else 0
    for level in sorted(set(depth.values())):
        yield [unit for unit in units if depth[unit.place] == level]


def _members(kept: Kept) -> Iterator[Event]:
    """Twice a year the office enters who came to its rolls, who was elected and what happened."""
    world = kept.world
    inside = {unit.place for unit in kept.units}
    days = _entry_days(world.today)
    came: dict[str, list[tuple[bool, int]]] = {day: [] for day in days}
    entered: dict[int, str] = {}
    for departed, people in ((False, world.members.living), (True, world.members.departed)):
        for place, person in enumerate(people):
            if person.unit in inside:
                day = _entered(days, came_on(person))
                came[day].append((departed, place))
                if not departed:
                    entered[place] = day
    seats: dict[str, list[Seat]] = {day: [] for day in days}
    for seat in world.seats.posts:
        if seat.unit in inside:
            known = entered.get(seat.holder, "") if seat.holder is not None else ""
            seats[max(_entered(days, seat.from_on), known)].append(seat)
    terms: dict[str, list[Election]] = {day: [] for day in days}
    for election in world.seats.elections:
        if election.unit in inside:
            terms[_entered(days, election.elected_on)].append(election)
    for day in days:
        words = "建立党员台账" if day == days[0] else f"{day[:4]}年{int(day[5:7])}月台账登记"
        run = partial(_keep_entries, kept, came[day], seats[day], terms[day])
        yield Event(f"{day}T10:30:00", words, "import", run)


def _entry_days(today: date) -> list[str]:
    """The day the office began, then the end of May and of November, and two days ago."""
    days = [text(years_before(today, YEARS))]
    for year in range(today.year - YEARS, today.year + 1):
        days += [f"{year}-05-31", f"{year}-11-30"]
    last = text(today - timedelta(days=2))
    return sorted({day for day in days if days[0] <= day < last} | {last})


def _entered(days: list[str], day: str) -> str:
    """The entry day that follows a day; the last one for what is younger still."""
    return next((one for one in days if one >= day), days[-1])


def came_on(person: Person) -> str:
    """The day from which somebody stands on the rolls of this county."""
    arrived = [change.on for change in person.changes if change.kind == "moved_in"]
    return arrived[0] if arrived else person.joined_on


def _keep_entries(
    kept: Kept, who: list[tuple[bool, int]], seats: list[Seat], terms: list[Election]
) -> None:
    world = kept.world
    lists = {False: world.members.living, True: world.members.departed}
    ids = insert_rows(
        Member,
        _MEMBER,
        [_member_row(kept, lists[departed][place]) for departed, place in who],
    )
    for (departed, place), row in zip(who, ids, strict=True):
        (kept.departed if departed else kept.living)[place] = row
    _keep_details(kept, [(lists[d][p], row) for (d, p), row in zip(who, ids, strict=True)])
    _keep_terms(kept, terms)
    insert_rows(
        Post,
        (
            "organization",
            "kind",
            "member",
            "holder_name",
            "rank",
            "from_on",
            "until_on",
            "phone",
            "notes",
        ),
        [
            (
                kept.organizations[s.unit],
                s.kind,
                _holder(kept, s),
                s.name,
                s.rank,
                s.from_on,
                s.until_on,
                s.phone,
                s.notes,
            )
            for s in seats
        ],
    )


def _row(kept: Kept, place: int | None) -> int | None:
    return kept.organizations.get(place) if place is not None else None


def _holder(kept: Kept, seat: Seat) -> int | None:
    return kept.living.get(seat.holder) if seat.holder is not None else None


def _member_row(kept: Kept, person: Person) -> tuple[Any, ...]:
    return (
        person.name, "1" if person.male else "2", person.ethnicity, person.id_number, text(person.born),
        kept.organizations[person.unit], person.category, person.joined_on, person.confirmed_on, person.standing,
        person.education, person.degree, person.school, person.occupation, person.unit_name, person.post_title,
        person.worked_from, person.native_place, person.phone, person.landline, person.address,
        person.registered_residence, person.introducers,
    )  # fmt: skip


def _keep_details(kept: Kept, people: list[tuple[Person, int]]) -> None:
    names = {unit.place: unit.name for unit in kept.world.county.units}
    changes = []
    for person, row in people:
        for change in person.changes:
            away = [
                names[place]
                for place in (change.origin, change.target)
                if place is not None and place not in kept.organizations
            ]
            changes.append((
                row, change.kind, change.on, _row(kept, change.origin),
                _row(kept, change.target), change.elsewhere or "".join(away[:1]),
                change.document, change.words,
            ))  # fmt: skip
    insert_rows(
        StatusChange,
        ("member", "kind", "on", "origin", "target", "elsewhere", "document", "words"),
        changes,
    )
    insert_rows(
        Discipline,
        ("member", "kind", "on", "effect_until", "organ"),
        [(row, *sanction) for person, row in people for sanction in person.sanctions],
    )
    insert_rows(
        MemberFlag,
        ("member", "kind", "from_on", "until_on", "place", "words"),
        [(row, *flag) for person, row in people for flag in person.flags],
    )


def _keep_terms(kept: Kept, terms: list[Election]) -> None:
    insert_rows(
        Term,
        ("organization", "number", "elected_on", "due_on", "way", "expected", "present"),
        [
            (
                kept.organizations[e.unit],
                e.number,
                e.elected_on,
                e.due_on,
                e.way,
                e.expected,
                e.present,
            )
            for e in terms
        ],
    )
