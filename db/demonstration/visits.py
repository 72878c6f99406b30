"""Who of the training county keeps contact with whom, and every trip of the year: plain values.

17 leaders of 处级 keep two points each; 169 of 科级 keep three each in one village (the village, a
prosperous household, a member in hardship), so that one trip there serves all three.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from db.codes import code_list
from db.demonstration.calendar import between, text
from db.demonstration.names import HAN, MONGOLIAN, name_of
from db.demonstration.numbers import mobile_phone
from db.demonstration.tree import Unit
from db.demonstration.words import figures, share_out, stream, words
from db.demonstration.world import World

#: Of a hundred trips that the rules ask for, so many were not made; of those still due, so many.
_MISSED, _WAITING = 0.07, 0.3
_POINTS_EACH, _COUNTY_POINTS_EACH = 3, 2


@dataclass(slots=True)
class Point:
    """A contact point of a leader; `member` is a place in the list of living members."""

    kind: str
    unit: int
    name: str
    member: int | None = None


@dataclass(slots=True)
class Chief:
    """A leader with the points; `home` is the organization whose leader it is, None for the county's."""

    name: str
    rank: str
    post_title: str
    unit_name: str
    home: int | None
    phone: str
    since: str
    points: list[Point] = field(default_factory=list)
    member: int | None = None


@dataclass(slots=True)
class Trip:
    """One visit: which chief, which of the chief's points it serves, when, how many households and matters."""

    chief: int
    unit: int
    points: tuple[int, ...]
    on: date
    households: int = 0
    settled: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Contacts:
    """Everything about contact points in the training county."""

    chiefs: list[Chief]
    trips: list[Trip]


def contacts(world: World) -> Contacts:
    """The same for the same world."""
    rng = stream(world.seed, "visits")
    chiefs = _Choosing(world, rng).chiefs()
    return Contacts(chiefs, _trips(world, rng, chiefs))


class _Choosing:
    """Chooses leaders and their points."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        units = world.county.units
        self.towns = list(world.county.town_committees().values())
        self.villages = [u for u in units if u.village and u.status == "active"]
        inside = {}
        for village in self.villages:
            for unit in world.county.subtree(village):
                inside[unit.place] = village.place
        self.needy: dict[int, list[int]] = {}
        self.others: dict[int, list[int]] = {}
        for place, person in enumerate(world.members.living):
            home = inside.get(person.unit)
            if home is not None and person.standing == "normal":
                chosen = self.needy if person.is_flagged("hardship") else self.others
                chosen.setdefault(home, []).append(place)

    def chiefs(self) -> list[Chief]:
        wanted = figures()
        county = wanted["contact_points_by_county_leaders"] // _COUNTY_POINTS_EACH
        section = (
            wanted["contact_points"] - wanted["contact_points_by_county_leaders"]
        ) // _POINTS_EACH
        found = [self._county(at) for at in range(county)]
        found += self._of_towns()
        found += self._of_departments(section + county - len(found))
        return found

    def _county(self, at: int) -> Chief:
        titles = words("visits")["leaders"]["county"]
        title = titles[at % len(titles)]
        town = self.towns[at % len(self.towns)]
        own = [v for v in self.villages if v.town == town.town]
        village = own[(at // len(self.towns)) % len(own)]
        heads = ("旗委书记", "旗委副书记、旗长", "旗人大常委会主任", "旗政协主席")
        chief = self._chief(title, "county_head" if title in heads else "county_deputy", "", None)
        kind = "backward" if "主任" in title or "主席" in title else "advanced"
        chief.points = [
            Point("committee", town.place, town.name),
            Point(kind, village.place, village.name),
        ]
        return chief

    def _of_towns(self) -> list[Chief]:
        """The members of the towns' committees, each with a village of the town."""
        units = self.world.county.units
        found = []
        turn: dict[str, int] = {}
        for seat in self.world.seats.posts:
            unit = units[seat.unit]
            if not unit.township or seat.until_on or seat.rank is None:
                continue
            own = [v for v in self.villages if v.town == unit.town]
            at = turn[unit.town] = turn.get(unit.town, -1) + 1
            title = code_list("post").label_of(seat.kind)
            rank = "section_head" if seat.kind == "secretary" else "section_deputy"
            chief = self._chief(title, rank, unit.name, unit.place)
            chief.name, chief.member = seat.name, seat.holder
            chief.points = self._three(own[at % len(own)])
            found.append(chief)
        return found

    def _of_departments(self, count: int) -> list[Chief]:
        """Cadres of the county's departments, over all villages in turn."""
        rng = self.rng
        departments = sorted({u.unit_name for u in self.world.county.units
                              if u.domain == "agency" and u.unit_name and not u.town})  # fmt: skip
        found = []
        for at in range(count):
            title = rng.choice(words("visits")["leaders"]["section"])
            rank = "section_deputy" if title.startswith("副") or "成员" in title else "section_head"
            chief = self._chief(title, rank, departments[at % len(departments)], None)
            chief.points = self._three(self.villages[at * 7 % len(self.villages)])
            found.append(chief)
        return found

    def _chief(self, title: str, rank: str, unit: str, home: int | None) -> Chief:
        rng = self.rng
        name = somebody(rng, 1966, 1982)
        since = text(
            between(
                rng, date(self.world.today.year - 5, 1, 5), date(self.world.today.year - 1, 11, 1)
            )
        )
        return Chief(name, rank, title, unit, home, mobile_phone(rng), since)

    def _three(self, village: Unit) -> list[Point]:
        needy = self.needy.get(village.place) or self.others[village.place]
        member = needy.pop(self.rng.randrange(len(needy)))
        if not needy:
            self.needy.pop(village.place, None)
        kind = self.rng.choices(("advanced", "ordinary", "backward"), (3, 5, 2))[0]
        return [
            Point(kind, village.place, village.name),
            Point("prosperous", village.place, somebody(self.rng, 1965, 1990)),
            Point("hardship", village.place, self.world.members.living[member].name, member),
        ]


def somebody(rng: Random, first: int, last: int) -> str:
    """The name of somebody born between two years."""
    ethnicity = MONGOLIAN if rng.random() < 0.3 else HAN
    return name_of(
        rng, male=rng.random() < 0.8, born=rng.randrange(first, last), ethnicity=ethnicity
    )


def _trips(world: World, rng: Random, chiefs: list[Chief]) -> list[Trip]:
    """As many trips as the county reports: most of what the rules ask for, and more where it suited."""
    wanted = figures()
    today = world.today
    goals = list(_destinations(chiefs))
    made: list[Trip] = []
    for chief, unit, points in goals:
        for first, last in _slots(today):
            running = last > today
            if rng.random() >= (_WAITING if running else _MISSED):
                made.append(Trip(chief, unit, points, between(rng, first, min(last, today))))
    rng.shuffle(made)
    del made[wanted["visits"] :]
    while len(made) < wanted["visits"]:
        chief, unit, points = rng.choice(goals)
        made.append(Trip(chief, unit, points, between(rng, date(today.year, 1, 4), today)))
    made.sort(key=lambda trip: (trip.on, trip.chief))
    _share(rng, made, today)
    return made


def _destinations(chiefs: list[Chief]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Each organization a chief goes to, with the points that a trip there serves."""
    found = []
    for place, chief in enumerate(chiefs):
        units: dict[int, list[int]] = {}
        for at, point in enumerate(chief.points):
            units.setdefault(point.unit, []).append(at)
        found += [(place, unit, tuple(points)) for unit, points in units.items()]
    return found


def _slots(today: date) -> list[tuple[date, date]]:
    """Stretches in which one trip is asked: half quarters until June, months from July."""
    year = today.year
    slots = [(date(year, 1, 4), date(year, 2, 14)), (date(year, 2, 15), date(year, 3, 31)),
             (date(year, 4, 1), date(year, 5, 14)), (date(year, 5, 15), date(year, 6, 30))]  # fmt: skip
    for month in range(7, 13):
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        slots.append((date(year, month, 1), last))
    return [(first, last) for first, last in slots if first <= today]


def _share(rng: Random, trips: list[Trip], today: date) -> None:
    """Households and matters over the trips; what still waits was found in the last two months."""
    wanted = figures()
    weights = [rng.lognormvariate(0.0, 0.4) for _ in trips]
    homes = share_out(wanted["visited_households"], weights, 2, 24)
    early = [at for at, trip in enumerate(trips) if (today - trip.on).days > 12]
    settled = share_out(wanted["matters_settled"], [homes[at] for at in early], 0, 40)
    for trip, count in zip(trips, homes, strict=True):
        trip.households = count
    for at, count in zip(early, settled, strict=True):
        trips[at].settled = count
    late = [trip for trip in trips if (today - trip.on).days <= 60] or trips
    for trip in rng.choices(late, k=wanted["matters_waiting"]):
        trip.waiting += 1
