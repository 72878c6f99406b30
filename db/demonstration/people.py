"""One member at a time: age, schooling, work, the road into the Party, as life in a banner has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from db.demonstration import numbers
from db.demonstration.calendar import age_on, between, born_at, text, working_day, years_before
from db.demonstration.names import HAN, HUI, KAZAKH, MANCHU, MONGOLIAN, UYGUR, name_of
from db.demonstration.tree import Unit
from db.demonstration.words import Weighted, words

#: The last day on which somebody joined before the People's Republic was founded.
BEFORE_1949 = date(1949, 9, 30)
_MINORITIES = Weighted(
    [
        (MANCHU, 15),
        (HUI, 12),
        ("31", 3),
        ("45", 1),
        ("10", 1),
        ("15", 1),
        (UYGUR, 0.3),
        (KAZAKH, 0.2),
    ]
)


@dataclass(slots=True)
class Change:
    """One line of a membership's history; origin and target are places of organizations."""

    kind: str
    on: str
    origin: int | None = None
    target: int | None = None
    elsewhere: str = ""
    document: str = ""
    words: str = ""


@dataclass(slots=True)
class Person:
    """A member before it is kept."""

    unit: int
    name: str
    male: bool
    ethnicity: str
    born: date
    occupation: str
    id_number: str = ""
    education: str = ""
    degree: str = ""
    school: str = ""
    joined_on: str = ""
    confirmed_on: str = ""
    category: str = "full"
    standing: str = "normal"
    unit_name: str = ""
    post_title: str = ""
    worked_from: str = ""
    native_place: str = ""
    phone: str = ""
    landline: str = ""
    address: str = ""
    registered_residence: str = ""
    introducers: str = ""
    #: (kind, from_on, until_on, place, words)
    flags: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    #: (kind, decided_on, effect_until, organ)
    sanctions: list[tuple[str, str, str, str]] = field(default_factory=list)

    def age(self, today: date) -> int:
        """Full years on that day."""
        return age_on(today, self.born)

    def sanctioned_between(self, first: str, last: str) -> bool:
        """Whether a sanction was decided from one day to another."""
        return any(first <= on <= last for _, on, _, _ in self.sanctions)

    def is_flagged(self, kind: str) -> bool:
        """Whether a mark stands today."""
        return any(flag[0] == kind and not flag[2] for flag in self.flags)


class Draw:
    """Draws members; one per county, so that identity numbers stay unique."""

    def __init__(self, rng: Random, today: date) -> None:
        self.rng = rng
        self.today = today
        self._numbers = numbers.IdNumbers()

    def person(self, unit: Unit, occupation: str, age: int, *, male: bool | None = None) -> Person:
        """A full member of that age, working in that job, in that branch."""
        rng = self.rng
        profile = words("profiles")["profiles"][unit.profile]
        if male is None:
            male = rng.random() * 100 >= profile["women"] * (
                1.25 if age < 40 else 0.75 if age > 62 else 1
            )
        born = born_at(rng, self.today, age)
        ethnicity = self._ethnicity(unit)
        person = Person(
            unit.place,
            name_of(rng, male=male, born=born.year, ethnicity=ethnicity),
            male,
            ethnicity,
            born,
            occupation,
            self._numbers.next(rng, text(born), male=male),
        )
        self._school(person)
        self._join(person, profile["joining"])
        self._work(person, unit)
        self._home(person, unit)
        return person

    def _ethnicity(self, unit: Unit) -> str:
        chance = self.rng.random() * 100
        if chance < unit.mongolian:
            return MONGOLIAN
        return _MINORITIES.draw(self.rng) if chance > 96.4 else HAN

    def _school(self, person: Person) -> None:
        rng, lists = self.rng, words("profiles")
        schooling = lists["occupations"][person.occupation]["schooling"]
        person.education = _schooling(schooling, person.born.year).draw(rng)
        schools = lists["schools"].get(person.education)
        if schools and rng.random() < 0.8:
            person.school = rng.choice(schools)
        if person.education in ("21", "14", "11") and rng.random() < 0.75:
            person.degree = {"21": "4", "14": "3", "11": "2"}[person.education]

    def _join(self, person: Person, ages: list[int]) -> None:
        rng = self.rng
        first = max(years_before(person.born, -18), BEFORE_1949 + timedelta(days=2))
        last = self.today - timedelta(days=400)
        years = rng.triangular(ages[0], ages[2], ages[1])
        joined = person.born + timedelta(days=int(years * 365.25))
        if not first <= joined <= last:
            joined = between(rng, first, last)
        self.joined(person, min(working_day(joined), last))

    def joined(self, person: Person, day: date) -> None:
        """The day of admission, and a year and some days later the confirmation."""
        person.joined_on = text(day)
        full = working_day(years_before(day, -1) + timedelta(days=self.rng.randrange(26)))
        person.confirmed_on = text(full)

    def _work(self, person: Person, unit: Unit) -> None:
        rng = self.rng
        job = words("profiles")["occupations"][person.occupation]
        titles: list[str] = job["titles"]
        if titles:
            worked = (person.age(self.today) - 22) / 38
            place = min(len(titles) - 1, max(0, int(rng.gauss(worked, 0.25) * len(titles))))
            person.post_title = titles[place]
            person.unit_name = unit.unit_name
        if job["schooling"] == "official" or person.occupation in ("worker", "retired"):
            start = years_before(person.born, -rng.randint(18, 24))
            person.worked_from = text(start.replace(month=rng.choice((7, 8, 9, 12)), day=1))[:7]
        if person.occupation == "retired" and unit.profile not in ("community", "village"):
            person.unit_name = unit.unit_name

    def _home(self, person: Person, unit: Unit) -> None:
        rng, places = self.rng, words("places")
        person.phone = numbers.mobile_phone(rng) if rng.random() > 0.03 else ""
        if rng.random() < 0.03:
            person.landline = numbers.office_phone(rng)
        if unit.profile in ("village", "cooperative"):
            groups = places["pasture_groups" if unit.unit_kind == "gacha" else "hamlets"]
            person.address = f"{unit.address}{rng.choice(groups)}"
            person.registered_residence = unit.address
        else:
            estate, street = rng.choice(places["estates"]), rng.choice(places["streets"])
            person.address = f"{street}{estate}{rng.randrange(1, 28)}-{rng.randrange(1, 5)}-{rng.randrange(1, 7)}0{rng.randrange(1, 3)}"
        native = places["county"]["native_places"]
        person.native_place = native[0] if rng.random() < 0.55 else rng.choice(native[1:])


@cache
def _schooling(kind: str, born: int) -> Weighted:
    lines: dict[str, list[str]] = words("profiles")["education"][kind]
    first = max((int(y) for y in lines if int(y) <= born), default=min(int(y) for y in lines))
    return Weighted(lines[str(first)])


def drawn_age(rng: Random, kind: str) -> int:
    """An age by the bands of `profiles.toml`."""
    bands: list[list[int]] = words("profiles")["ages"][kind]
    place = rng.choices(range(len(bands) - 1), weights=[weight for _, weight in bands[:-1]])[0]
    return rng.randrange(bands[place][0], bands[place + 1][0])


@cache
def occupations_of(profile: str, others: bool = False) -> Weighted:
    """The jobs of a kind of branch; `others` are those of a village that are not herders or farmers."""
    table: dict[str, Any] = words("profiles")["profiles"][profile]
    return Weighted(table["others" if others else "occupations"])
