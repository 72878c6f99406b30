"""Puts the organizations, members and posts of the training county into the open office, year by year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from db.demonstration.calendar import text, years_before
from db.demonstration.movements import YEARS
from db.demonstration.people import Person
from db.demonstration.seats import Seat
from db.demonstration.tree import Unit
from db.demonstration.world import World
from db.journal import operation
from db.record import insert_rows
from db.registers.member import Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization, OrganizationEvent, Term

_ORGANIZATION = ("code", "name", "short_name", "kind", "domain", "parent", "village", "township", "status",
                 "founded_on", "founding_document", "ended_on", "election_due", "unit_situation", "unit_name",
                 "unit_kind", "unit_code", "address", "phone", "contact")  # fmt: skip
_MEMBER = ("name", "sex", "ethnicity", "id_number", "born_on", "organization", "category", "joined_on",
           "confirmed_on", "standing", "education", "degree", "school", "occupation", "unit_name", "post_title",
           "worked_from", "native_place", "phone", "landline", "address", "registered_residence",
           "introducers")  # fmt: skip


@dataclass(slots=True)
class Kept:
    """Which row stands for which organization and person of the plan; only those of this office."""

    world: World
    units: list[Unit]
    organizations: dict[int, int] = field(default_factory=dict)
    #: Places in the lists of living and of departed members → ids.
    living: dict[int, int] = field(default_factory=dict)
    departed: dict[int, int] = field(default_factory=dict)


def keep_organizations(kept: Kept) -> None:
    """The tree, with its history and its terms."""
    world = kept.world
    seats, people = world.seats, world.members.living
    begin = years_before(world.today, YEARS)
    phone = _phones(kept)
    with operation("建立党组织台账", kind="import", at=f"{text(begin)}T09:00:00"):
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


def keep_members(kept: Kept) -> None:
    """Everybody in the year in which they came to the office's rolls, with what happened to them."""
    world = kept.world
    first = world.today.year - YEARS
    entries: list[tuple[int, bool, int]] = []
    for departed, people in ((False, world.members.living), (True, world.members.departed)):
        entries += [
            (max(first, _entry_year(person)), departed, place)
            for place, person in enumerate(people)
            if person.unit in kept.organizations
        ]
    entries.sort()
    seats = _seats_by_year(kept, {(p, d): y for y, d, p in entries})
    for year, group in groupby(entries, key=lambda entry: entry[0]):
        _keep_year(kept, year, [(d, p) for _, d, p in group], seats.pop(year, []), first)
    for year, rest in sorted(seats.items()):
        _keep_year(kept, year, [], rest, first)


def _entry_year(person: Person) -> int:
    came = [change.on for change in person.changes if change.kind == "moved_in"]
    return int((came[0] if came else person.joined_on)[:4])


def _seats_by_year(kept: Kept, entered: dict[tuple[int, bool], int]) -> dict[int, list[Seat]]:
    first = kept.world.today.year - YEARS
    by_year: dict[int, list[Seat]] = {}
    for seat in kept.world.seats.posts:
        if seat.unit in kept.organizations:
            year = max(first, int(seat.from_on[:4]))
            if seat.holder is not None:
                year = max(year, entered.get((seat.holder, False), year))
            by_year.setdefault(year, []).append(seat)
    return by_year


def _keep_year(
    kept: Kept, year: int, who: list[tuple[bool, int]], seats: list[Seat], first: int
) -> None:
    world = kept.world
    lists = {False: world.members.living, True: world.members.departed}
    day = text(years_before(world.today, YEARS)) if year == first else f"{year}-11-20"
    title = "建立党员台账" if year == first else f"{year}年党员台账登记"
    with operation(title, kind="import", at=f"{day}T10:30:00"):
        ids = insert_rows(
            Member,
            _MEMBER,
            [_member_row(kept, lists[departed][place]) for departed, place in who],
        )
        for (departed, place), row in zip(who, ids, strict=True):
            (kept.departed if departed else kept.living)[place] = row
        _keep_details(kept, [(lists[d][p], row) for (d, p), row in zip(who, ids, strict=True)])
        _keep_terms(kept, year, first)
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
        MemberFlag,
        ("member", "kind", "from_on", "until_on", "place", "words"),
        [(row, *flag) for person, row in people for flag in person.flags],
    )


def _keep_terms(kept: Kept, year: int, first: int) -> None:
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
            for e in kept.world.seats.elections
            if e.unit in kept.organizations and max(first, int(e.elected_on[:4])) == year
        ],
    )
