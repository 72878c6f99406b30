"""All members of the training county: who stands in which branch, with the exact figures of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from db.demonstration.calendar import between, text, years_before
from db.demonstration.marks import mark
from db.demonstration.movements import departed, move, sanction
from db.demonstration.names import name_of
from db.demonstration.numbers import fifteen_digits, wrong_check_digit
from db.demonstration.people import BEFORE_1949, Draw, Person, drawn_age, occupations_of
from db.demonstration.tree import County, Unit
from db.demonstration.words import figures, stream, words

_RURAL = frozenset({"village", "cooperative"})
_ELDERLY = frozenset({"retired", "community"})


@dataclass(slots=True)
class Membership:
    """Living members in the order of their branches, and those who left during the last ten years."""

    living: list[Person]
    departed: list[Person]


def county_members(county: County, seed: int, today: date) -> Membership:
    """Every member of the county's organizations."""
    draw = Draw(stream(seed, "people"), today)
    people = [
        person
        for unit in county.units
        if unit.size and unit.status == "active" and unit.profile not in _RURAL
        for person in _branch(draw, unit)
    ]
    people += _rural(draw, county)
    people.sort(key=lambda person: person.unit)
    _join_early(draw, people, county)
    _probation(draw, people)
    gone = departed(draw, county)
    move(stream(seed, "movements"), people, county, today)
    sanction(stream(seed, "sanctions"), people, gone, today)
    mark(stream(seed, "marks"), people, county, today)
    _introduce(stream(seed, "introducers"), people)
    _spoil(stream(seed, "flaws"), people, county)
    return Membership(people, gone)


def _branch(draw: Draw, unit: Unit) -> list[Person]:
    jobs = occupations_of(unit.profile)
    return [_employed(draw, unit, jobs.draw(draw.rng)) for _ in range(unit.size)]


def _employed(draw: Draw, unit: Unit, occupation: str) -> Person:
    kind = occupation if occupation in ("retired", "student") else "working"
    return draw.person(unit, occupation, drawn_age(draw.rng, kind))


def _rural(draw: Draw, county: County) -> list[Person]:
    """Herders and farmers in the wanted number, so many of them sixty and older, and their neighbours."""
    rng, wanted = draw.rng, figures()
    units = [u for u in county.units if u.size and u.profile in _RURAL and u.status == "active"]
    slots = [unit for unit in units for _ in range(unit.size)]
    villages = [place for place, unit in enumerate(slots) if unit.profile == "village"]
    others = set(rng.sample(villages, len(slots) - wanted["herders_and_farmers"]))
    field = [place for place in villages if place not in others]
    elders = set(rng.sample(field, wanted["herders_of_sixty"] - wanted["before_1949_herders"]))
    ancients = set(rng.sample([p for p in field if p not in elders], wanted["before_1949_herders"]))
    people = []
    for place, unit in enumerate(slots):
        if place in others:
            people.append(_employed(draw, unit, occupations_of("village", True).draw(rng)))
        elif place in elders:
            people.append(draw.person(unit, "farmer", drawn_age(rng, "elders")))
        elif place in ancients:
            people.append(_ancient(draw, draw.person(unit, "farmer", rng.randrange(95, 100))))
        else:
            age = drawn_age(rng, "herders")
            people.append(draw.person(unit, occupations_of(unit.profile).draw(rng), age))
    return people


def _ancient(draw: Draw, person: Person) -> Person:
    """Somebody who joined before the People's Republic was founded."""
    first = years_before(person.born, -15)
    draw.joined(
        person, between(draw.rng, min(first, date(1949, 3, 1)), BEFORE_1949 - timedelta(days=20))
    )
    return person


def _join_early(draw: Draw, people: list[Person], county: County) -> None:
    """Those of the 23 who are no herders: retired people of the towns."""
    wanted = figures()["before_1949"] - figures()["before_1949_herders"]
    retired = [
        place
        for place, person in enumerate(people)
        if person.occupation == "retired" and county.units[person.unit].profile in _ELDERLY
    ]
    for place in draw.rng.sample(retired, wanted):
        unit = county.units[people[place].unit]
        people[place] = _ancient(draw, draw.person(unit, "retired", draw.rng.randrange(95, 99)))


def _probation(draw: Draw, people: list[Person]) -> None:
    """The members admitted during the last year: still on probation."""
    rng, today = draw.rng, draw.today
    young = [p for p in people if 20 <= p.age(today) <= 44 and p.occupation != "retired"]
    for person in rng.sample(young, round(len(people) * 0.012)):
        joined = between(
            rng, years_before(today, 1) + timedelta(days=3), today - timedelta(days=20)
        )
        person.joined_on, person.confirmed_on, person.category = text(joined), "", "probationary"


def _introduce(rng: Random, people: list[Person]) -> None:
    for person, neighbour in zip(people, people[1:] + people[:1], strict=True):
        if person.joined_on > "1985" and rng.random() < 0.7:
            other = name_of(rng, male=rng.random() < 0.75, born=int(person.joined_on[:4]) - 42)
            first = neighbour.name if neighbour.joined_on < person.joined_on else ""
            person.introducers = f"{first or name_of(rng, male=True, born=1950)}、{other}"


def _spoil(rng: Random, people: list[Person], county: County) -> None:
    """Old, wrong and missing numbers and empty fields, in the small share that real rolls have."""
    shares = words("county")["flaws"]

    def some(name: str, among: list[Person]) -> list[Person]:
        return rng.sample(among, round(len(people) * shares[name] / 1000))

    sound = [p for p in people if p.born.year < 1980]
    for person in some("fifteen_digits", sound):
        person.id_number = fifteen_digits(person.id_number)
    for person in some("wrong_check_digit", [p for p in people if len(p.id_number) == 18]):
        person.id_number = wrong_check_digit(rng, person.id_number)
    for person in some("no_number", people):
        person.id_number = ""
    for person in some("no_phone", people):
        person.phone = ""
    for person in some("no_education", people):
        person.education = person.degree = person.school = ""
    for person in some("no_confirmation", [p for p in people if p.category == "full"]):
        person.confirmed_on = ""
    _double(rng, people, county)


def _double(rng: Random, people: list[Person], county: County) -> None:
    """One slip of the pen in one town: two members who carry the same number."""
    town = words("county")["rural"]["village_committee_town"]
    pair = rng.sample(
        [p for p in people if county.units[p.unit].town == town and len(p.id_number) == 18
         and p.category == "full" and not p.flags], 2)  # fmt: skip
    pair[1].id_number = pair[0].id_number
