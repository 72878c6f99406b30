"""Puts contact points, trips and matters into the open office, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from db.bulk import insert_rows, update_rows
from db.codes import code_list
from db.demonstration.calendar import between, text
from db.demonstration.keeping import Event, Kept
from db.demonstration.numbers import mobile_phone
from db.demonstration.visits import Contacts, Trip, contacts, somebody
from db.demonstration.words import stream, words
from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.registers.matter import Matter, Progress
from db.registers.visit import Gift, Household, Visit, VisitServed
from db.visiting import presets

_LEADER = (
    "name",
    "rank",
    "post_title",
    "unit_name",
    "organization",
    "member",
    "phone",
    "position",
    "from_on",
)
_POINT = (
    "leader",
    "kind",
    "name",
    "organization",
    "member",
    "place",
    "from_on",
    "liaison",
    "liaison_phone",
)
_VISIT = ("number", "from_on", "until_on", "days", "leader", "visitors", "companions", "way", "organization", "place",
          "purpose", "found", "opinions", "plan", "recorder", "photos", "entered_on")  # fmt: skip
_HOME = ("visit", "head", "kind", "member", "people", "address", "phone", "difficulty")
_MATTER = ("number", "kind", "grade", "source", "visit", "organization", "raised_by", "received_on", "content",
           "unit_name", "person", "assigned_on", "due_on", "settled_on", "result", "told", "told_on", "satisfaction",
           "unsolved_reason", "explained_on")  # fmt: skip
_VISITED = (("farmer", 62), ("hardship", 9), ("old_member", 8), ("prosperous", 6), ("delegate", 5),
            ("military", 5), ("petition", 5))  # fmt: skip


@dataclass(slots=True)
class Book:
    """What stands in the office by now."""

    contacts: Contacts
    leaders: dict[int, int] = field(default_factory=dict)
    #: (place of the chief, place of the point) → id
    points: dict[tuple[int, int], int] = field(default_factory=dict)
    #: Matters found and not yet entered: (day of entry, values without number).
    matters: list[tuple[str, list[Any]]] = field(default_factory=list)
    goals: list[int] = field(default_factory=list)
    visits: int = 0
    numbered: int = 0


ORDER = 50


def events(kept: Kept) -> Iterator[Event]:
    """The rules, the points at the turn of the year, then every month's trips and what came of them."""
    today = kept.world.today
    book = Book(contacts(kept.world))
    year = today.year
    yield Event(
        f"{year - 2}-01-04T09:10:00",
        "制定走访频次规定",
        "edit",
        partial(_rule, "quarterly", f"{year - 2}-01-01"),
    )
    yield Event(
        f"{year}-01-04T09:20:00", "建立领导联系点台账", "import", partial(_keep_points, kept, book)
    )
    rng = stream(kept.world.seed, "trips")
    for first, last in _months(today):
        if first.month == 7:
            run = partial(_rule, "monthly", f"{year}-07-01")
            yield Event(f"{year}-07-01T09:10:00", "调整走访频次规定", "edit", run)
        words_ = f"{first.month}月走访登记"
        run = partial(_keep_month, kept, book, rng, first, last)
        yield Event(f"{last.isoformat()}T08:20:00", words_, "import", run)


def _rule(preset: str, day: str) -> None:
    presets.adopt(preset, day, f"党发〔{day[:4]}〕6号")


def _months(today: date) -> list[tuple[date, date]]:
    found = []
    for month in range(1, today.month + 1):
        first = date(today.year, month, 1)
        following = date(today.year + month // 12, month % 12 + 1, 1)
        found.append((first, min(following - timedelta(days=1), today)))
    return found


def _keep_points(kept: Kept, book: Book) -> None:
    year = kept.world.today.year
    rng = stream(kept.world.seed, "liaisons")
    chiefs = [
        (place, chief)
        for place, chief in enumerate(book.contacts.chiefs)
        if any(point.unit in kept.organizations for point in chief.points)
    ]
    ids = insert_rows(Leader, _LEADER, [
        (c.name, c.rank, c.post_title, c.unit_name,
         kept.organizations.get(c.home) if c.home is not None else None,
         kept.living.get(c.member) if c.member is not None else None, c.phone, position, c.since)
        for position, (_, c) in enumerate(chiefs, 1)
    ])  # fmt: skip
    rows, keys, goals = [], [], []
    for (place, chief), leader in zip(chiefs, ids, strict=True):
        book.leaders[place] = leader
        for at, point in enumerate(chief.points):
            if point.unit not in kept.organizations:
                continue
            unit = kept.world.county.units[point.unit]
            member = kept.living.get(point.member) if point.member is not None else None
            rows.append((leader, point.kind, point.name, kept.organizations[point.unit], member, unit.address,
                         f"{year}-01-01", somebody(rng, 1978, 1998), mobile_phone(rng)))  # fmt: skip
            keys.append((place, at))
    for key, point_id in zip(keys, insert_rows(ContactPoint, _POINT, rows), strict=True):
        book.points[key] = point_id
        if book.contacts.chiefs[key[0]].points[key[1]].kind in ("advanced", "backward"):
            goals += [
                (point_id, kind, *_goal(rng, year)) for kind in code_list("contact_goal").codes
            ]
    columns = ("contact_point", "kind", "state", "done_on", "due_on")
    book.goals = list(insert_rows(Goal, columns, goals))


def _reach_goals(kept: Kept, book: Book) -> None:
    """Before the year ends more than half of the goals are reached."""
    rng = stream(kept.world.seed, "goals")
    today = kept.world.today
    first = date(today.year, 1, 4)
    update_rows(
        Goal,
        ("state", "done_on"),
        [
            (goal, ("done", text(between(rng, first, today))))
            for goal in book.goals
            if rng.random() < 0.58
        ],
    )


def _goal(rng: Random, year: int) -> tuple[str, str, str]:
    state = rng.choices(("open", "running"), (3, 7))[0]
    return state, "", f"{year}-12-31"


def _keep_month(kept: Kept, book: Book, rng: Random, first: date, last: date) -> None:
    trips = [
        trip
        for trip in book.contacts.trips
        if first <= trip.on <= last and trip.unit in kept.organizations
    ]
    ids = insert_rows(Visit, _VISIT, [_visit_row(kept, book, rng, trip, last) for trip in trips])
    served, homes, given = [], [], []
    for trip, visit in zip(trips, ids, strict=True):
        served += [(visit, book.points[trip.chief, at]) for at in trip.points]
        homes.append(_homes(kept, book, rng, trip, visit))
    insert_rows(VisitServed, ("visit", "contact_point"), served)
    flat = [row for rows in homes for row in rows]
    home_ids = iter(insert_rows(Household, _HOME, flat))
    for trip, visit, rows in zip(trips, ids, homes, strict=True):
        mine = [next(home_ids) for _ in rows]
        given += _gifts(rng, visit, rows, mine)
        _find_matters(kept, book, rng, trip, visit, [row[1] for row in rows])
    insert_rows(Gift, ("visit", "household", "kind", "what", "value"), given)
    is_last = last == kept.world.today
    _keep_matters(book, text(last), is_last=is_last)
    if is_last:
        _reach_goals(kept, book)


def _visit_row(kept: Kept, book: Book, rng: Random, trip: Trip, last: date) -> tuple[Any, ...]:
    book.visits += 1
    lists = words("visits")["trips"]
    chief = book.contacts.chiefs[trip.chief]
    unit = kept.world.county.units[trip.unit]
    way = rng.choices(
        ("household", "comfort", "forum", "on_site", "research", "supervision"),
        (52, 12, 10, 8, 10, 8),
    )[0]
    days = 2 if rng.random() < 0.07 and trip.on < last else 1
    until = text(trip.on + timedelta(days=1)) if days == 2 else ""
    entered = between(rng, trip.on, min(last, trip.on + timedelta(days=6)))
    found = rng.choice(lists["found"]).format(n=trip.households, k=rng.randrange(1, 4))
    return (
        f"{trip.on.year}-{book.visits:04d}", text(trip.on), until, days, book.leaders[trip.chief], chief.name,
        somebody(rng, 1975, 1999), way, kept.organizations[trip.unit], unit.address or unit.name,
        rng.choice(lists["purposes"]), found, rng.choice(lists["opinions"]), rng.choice(lists["plans"]),
        somebody(rng, 1980, 2000), rng.randrange(0, 9), text(entered),
    )  # fmt: skip


def _homes(kept: Kept, book: Book, rng: Random, trip: Trip, visit: int) -> list[tuple[Any, ...]]:
    """The households of a trip; those that are contact points come first."""
    chief = book.contacts.chiefs[trip.chief]
    unit = kept.world.county.units[trip.unit]
    difficulties = words("visits")["trips"]["difficulties"]
    rows: list[tuple[Any, ...]] = []
    for at in trip.points:
        point = chief.points[at]
        if point.kind == "hardship":
            member = kept.living.get(point.member) if point.member is not None else None
            rows.append((visit, point.name, "hardship_member", member, rng.randrange(1, 5), unit.address, "",
                         rng.choice(difficulties)))  # fmt: skip
        elif point.kind == "prosperous":
            rows.append(
                (visit, point.name, "prosperous", None, rng.randrange(2, 6), unit.address, "", "")
            )
    rows = rows[: trip.households]
    kinds, weights = zip(*_VISITED, strict=True)
    while len(rows) < trip.households:
        kind = rng.choices(kinds, weights)[0]
        trouble = rng.choice(difficulties) if kind in ("hardship", "farmer") else ""
        rows.append(
            (
                visit,
                somebody(rng, 1942, 1992),
                kind,
                None,
                rng.randrange(1, 7),
                unit.address,
                "",
                trouble,
            )
        )
    return rows


def _gifts(
    rng: Random, visit: int, rows: list[tuple[Any, ...]], ids: list[int]
) -> list[tuple[Any, ...]]:
    lists = words("visits")["gifts"]
    found: list[tuple[Any, ...]] = []
    for row, home in zip(rows, ids, strict=True):
        if row[2] in ("hardship_member", "hardship", "old_member") and rng.random() < 0.12:
            if rng.random() < 0.5:
                found.append((visit, home, "money", "", rng.choice(lists["money"]) * 100))
            else:
                what, yuan = rng.choice(lists["goods"])
                found.append((visit, home, "goods", what, yuan * 100))
    return found


def _find_matters(
    kept: Kept, book: Book, rng: Random, trip: Trip, visit: int, heads: list[str]
) -> None:
    """What people asked for; it stands in the ledger when it is settled, or at the end."""
    today = kept.world.today
    town = kept.world.county.units[trip.unit].town
    for number in range(trip.settled + trip.waiting):
        sort = rng.choice(words("visits")["matters"])
        filled = {"n": rng.randrange(2, 40), "k": rng.randrange(1, 4)}
        assigned = trip.on + timedelta(days=rng.randrange(0, 6))
        due = assigned + timedelta(days=rng.choice((15, 30, 30, 60)))
        row = [
            sort["kind"], rng.choices(("spot", "carried", "urgent"), (45, 50, 5))[0], "visit", visit,
            kept.organizations[trip.unit], heads[number % len(heads)], text(trip.on),
            rng.choice(sort["asked"]).format(**filled), sort["unit"] if rng.random() < 0.6 else f"{town}人民政府",
            somebody(rng, 1970, 1995), text(min(assigned, today)), text(due),
        ]  # fmt: skip
        if number < trip.settled:
            day = between(rng, trip.on, min(today, max(due + timedelta(days=4), trip.on)))
            told = min(today, day + timedelta(days=rng.randrange(0, 5)))
            content = rng.choices(("content", "fairly", "discontent", ""), (72, 20, 2, 6))[0]
            row += [
                text(day),
                rng.choice(sort["done"]).format(**filled),
                row[5],
                text(told),
                content,
                "",
                "",
            ]
            book.matters.append((text(told), row))
        else:
            explained = rng.random() < 0.15
            row += [
                "",
                "",
                "",
                "",
                "",
                "资金尚未下达，已列入明年计划" if explained else "",
                text(today) if explained else "",
            ]
            book.matters.append(("", row))


def _keep_matters(book: Book, day: str, *, is_last: bool) -> None:
    ready = [one for one in book.matters if (one[0] and one[0] <= day) or is_last]
    book.matters = [] if is_last else [one for one in book.matters if not one[0] or one[0] > day]
    ready.sort(key=lambda one: one[1][6])
    rows = []
    for _, row in ready:
        book.numbered += 1
        rows.append((f"{row[6][:4]}-{book.numbered:05d}", *row))
    ids = insert_rows(Matter, _MATTER, rows)
    steps: dict[int, tuple[Any, ...]] = defaultdict(tuple)
    for (_, row), matter in zip(ready, ids, strict=True):
        if row[1] == "carried":
            on = row[10]
            steps[matter] = (matter, on, f"已转{row[8]}，联系实地查看", row[9])
    insert_rows(Progress, ("matter", "on", "words", "person"), steps.values())
