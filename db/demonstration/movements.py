"""How memberships began, moved and ended during the last ten years."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from db.demonstration.calendar import between, text, years_before
from db.demonstration.people import Change, Draw, Person, drawn_age, occupations_of
from db.demonstration.tree import County, Unit
from db.demonstration.words import words

YEARS = 10
#: Of a hundred members, so many left in ten years, by the way they left.
_LEFT = {"deceased": 9.4, "moved_out": 4.6, "removed": 0.16, "expelled": 0.14, "revoked": 0.06,
         "suspended": 0.12, "retained": 0.04}  # fmt: skip
_STANDING = {"moved_out": "transferred"}


def _letter(rng: Random, day: date) -> str:
    return f"{day.year}年第{rng.randrange(1, 400):03d}号"


def departed(draw: Draw, county: County) -> list[Person]:
    """Members who died, moved away or lost their membership; they stay in the ledger."""
    rng, today = draw.rng, draw.today
    units = [u for u in county.units if u.size and u.status == "active"]
    weights = [unit.size for unit in units]
    people = []
    for kind, share in _LEFT.items():
        chosen = rng.choices(units, weights=weights, k=round(sum(weights) * share / 100))
        people += [
            _departed(draw, unit, kind, between(rng, years_before(today, YEARS), today))
            for unit in chosen
        ]
    people.sort(key=lambda person: person.unit)
    return people


def _departed(draw: Draw, unit: Unit, kind: str, day: date) -> Person:
    rng = draw.rng
    old = kind == "deceased"
    job = ("farmer" if unit.profile == "village" else "retired") if old else _job(draw, unit)
    age = (
        rng.randrange(66, 93)
        if old
        else drawn_age(rng, "retired" if job == "retired" else "working")
    )
    if kind == "revoked":
        age = rng.randrange(24, 40)
    person = draw.person(unit, job, age)
    if person.joined_on >= text(day):
        joined = years_before(day, 3)
        draw.joined(person, joined)
    if kind == "revoked":
        person.category, person.confirmed_on = "probationary", ""
        person.joined_on = text(years_before(day, 1) - timedelta(days=10))
    person.standing = _STANDING.get(kind, kind)
    change = Change(kind, text(day), origin=unit.place)
    if kind == "moved_out":
        change.elsewhere = rng.choice(words("profiles")["elsewhere"]["organizations"])
        change.document = _letter(rng, day)
    elif kind in ("removed", "suspended"):
        change.words = "失去联系六个月以上" if kind == "suspended" else "停止党籍满二年仍失联"
    person.changes.append(change)
    return person


def _job(draw: Draw, unit: Unit) -> str:
    return occupations_of(unit.profile).draw(draw.rng)


def move(rng: Random, people: list[Person], county: County, today: date) -> None:
    """Admissions, confirmations, arrivals and moves between branches among today's members."""
    start = text(years_before(today, YEARS))
    branches = [u for u in county.units if u.size and u.status == "active"]
    merged = [u for u in county.units if u.status == "merged"]
    outside = words("profiles")["elsewhere"]["organizations"]
    for person in people:
        arrived = _arrival(rng, person, branches, merged, outside, today)
        if person.joined_on >= start and not (arrived and arrived.kind == "moved_in"):
            person.changes.append(Change("admitted", person.joined_on, target=person.unit))
        if person.confirmed_on >= start and (not arrived or arrived.on > person.confirmed_on):
            person.changes.append(Change("confirmed", person.confirmed_on, target=person.unit))
        if arrived:
            person.changes.append(arrived)


def _arrival(
    rng: Random,
    person: Person,
    branches: list[Unit],
    merged: list[Unit],
    outside: list[str],
    today: date,
) -> Change | None:
    """How somebody came to the branch, when it was not by joining there."""
    chance = rng.random()
    if chance > 0.085 or not person.confirmed_on:
        return None
    first = max(
        years_before(today, YEARS), date.fromisoformat(person.confirmed_on) + timedelta(days=30)
    )
    if first >= today - timedelta(days=10):
        return None
    day = between(rng, first, today - timedelta(days=10))
    if chance < 0.045:
        return Change("moved_in", text(day), target=person.unit, elsewhere=rng.choice(outside),
                      document=_letter(rng, day))  # fmt: skip
    if chance < 0.05:
        for gone in merged:
            if gone.events[-1][3].endswith(f"并入{_name(branches, person.unit)}"):
                return Change(
                    "moved_within", gone.ended_on, gone.place, person.unit, words="撤村并组"
                )
    origin = rng.choice(branches)
    if origin.place == person.unit:
        return None
    return Change("moved_within", text(day), origin.place, person.unit, words="工作或居住地变动")


def sanction(rng: Random, people: list[Person], gone: list[Person], today: date) -> None:
    """Formal sanctions of ten years: a few of today's members, and those who were expelled."""
    organ = "中共乌兰前旗纪律检查委员会"
    able = [
        p for p in people if p.category == "full" and 25 <= p.age(today) <= 72 and p.confirmed_on
    ]
    for person in rng.sample(able, len(people) // 180):
        first = max(date.fromisoformat(person.confirmed_on), years_before(today, YEARS))
        if first >= today - timedelta(days=60):
            continue
        on = between(rng, first, today - timedelta(days=30))
        kind, months = rng.choices(
            (("warning", 12), ("serious_warning", 18), ("post_removed", 24)), weights=(70, 25, 5)
        )[0]
        until = on + timedelta(days=months * 30)
        person.sanctions.append((kind, text(on), text(until), organ))
    for person in gone:
        if person.standing == "expelled":
            person.sanctions.append(("expelled", person.changes[-1].on, "", organ))


def _name(branches: list[Unit], place: int) -> str:
    return next(unit.name for unit in branches if unit.place == place)
