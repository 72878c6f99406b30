"""困难, 流动, 后备…: the marks that members of the training county carry, with their beginning and end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from db.codes import code_list
from db.demonstration.calendar import between, text, years_before
from db.demonstration.people import BEFORE_1949, Person
from db.demonstration.tree import County
from db.demonstration.words import Weighted, figures, words

_RURAL = frozenset({"village", "cooperative"})


def mark(rng: Random, people: list[Person], county: County, today: date) -> None:
    """Give every mark to whom it fits, in the county's numbers."""
    profile = {person.unit: county.units[person.unit].profile for person in people}
    rural = [p for p in people if profile[p.unit] in _RURAL]
    elsewhere = [p for p in people if profile[p.unit] not in _RURAL]
    _old_members(people, today)
    _hardship(rng, people, profile, today)
    _mobile(rng, rural, 0.072, today)
    _mobile(rng, elsewhere, 0.018, today)
    _rural_hands(rng, rural, today)
    community = [p for p in people if profile[p.unit] == "community"]
    for person in rng.sample(community, len(community) * 2 // 3):
        person.flags.append(("no_post", text(between(rng, date(2019, 1, 1), today)), "", "", ""))
    for person in rng.sample([p for p in people if 20 <= p.age(today) <= 55], len(people) // 1000):
        _add(
            rng,
            person,
            "lost",
            today,
            place=rng.choice(("外出务工经商", "居住地改变", "工作单位改变")),
        )
    men = [p for p in people if p.male and 22 <= p.age(today) <= 75]
    for person in rng.sample(men, len(people) // 24):
        left = years_before(person.born, -rng.randint(20, 25))
        person.flags.append(("veteran", text(left)[:7], "", "", ""))


def _add(
    rng: Random,
    person: Person,
    kind: str,
    today: date,
    years: int = 6,
    place: str = "",
    words: str = "",
) -> None:
    first = max(years_before(today, years), date.fromisoformat(person.joined_on))
    day = between(rng, first, max(first, today - timedelta(days=15)))
    person.flags.append((kind, text(day), "", place, words))


def _old_members(people: list[Person], today: date) -> None:
    july = date(today.year, 7, 1)
    for person in people:
        if person.joined_on <= text(BEFORE_1949):
            person.flags.append(("before_1949", person.joined_on, "", "", ""))
        if person.confirmed_on and person.confirmed_on <= text(years_before(july, 50)):
            since = f"{max(2021, int(person.confirmed_on[:4]) + 50)}-07-01"
            person.flags.append(("fifty_years", since, "", "", ""))


def _hardship(rng: Random, people: list[Person], profile: dict[int, str], today: date) -> None:
    """373 people: everybody who joined before 1949, and those whom illness or misfortune met."""
    lists = words("profiles")["hardship"]
    kinds = Weighted(lists["kinds"])
    known = code_list("hardship")
    old = [p for p in people if p.is_flagged("before_1949")]
    for person in old:
        person.flags.append(
            ("hardship", person.joined_on[:4], "", known.label_of("10"), "建国前入党")
        )
    poor = [
        p for p in people
        if not p.is_flagged("before_1949") and p.category == "full"
        and (p.occupation in ("farmer", "unemployed", "other")
             or (p.occupation == "retired" and profile[p.unit] in ("village", "community", "forest")))
    ]  # fmt: skip
    weights = [3.0 if p.age(today) >= 65 else 1.0 for p in poor]
    chosen = _weighted_sample(rng, poor, weights, figures()["hardship"] - len(old))
    for person in chosen:
        kind = kinds.draw(rng)
        _add(rng, person, "hardship", today, 9, kind, rng.choice(lists[kind]))
        if kind == "年老体弱无劳动力" or person.age(today) > 80:
            _add(rng, person, "bedridden", today, 3)
    for person in _weighted_sample(
        rng, [p for p in poor if not p.is_flagged("hardship")], None, len(people) // 60
    ):
        kind = kinds.draw(rng)
        begun = years_before(today, rng.randint(5, 9))
        if text(begun) > person.joined_on:
            ended = begun + timedelta(days=rng.randint(300, 1400))
            person.flags.append(
                ("hardship", text(begun), text(ended), kind, rng.choice(lists[kind]))
            )


def _weighted_sample(
    rng: Random, people: Sequence[Person], weights: Sequence[float] | None, count: int
) -> list[Person]:
    heights = weights or [1.0] * len(people)
    order = sorted(range(len(people)), key=lambda i: -(rng.random() ** (1 / heights[i])))
    return [people[i] for i in sorted(order[:count])]


def _mobile(rng: Random, people: list[Person], share: float, today: date) -> None:
    lists = words("profiles")["elsewhere"]
    able = [p for p in people if 20 <= p.age(today) <= 74]
    for person in rng.sample(able, round(len(people) * share)):
        _add(
            rng,
            person,
            "mobile",
            today,
            5,
            rng.choice(lists["places"]),
            rng.choice(lists["reasons"]),
        )
    for person in rng.sample(able, round(len(people) * share / 2)):
        begun = years_before(today, rng.randint(6, 9))
        if text(begun) > person.joined_on and not person.is_flagged("mobile"):
            ended = text(begun + timedelta(days=rng.randint(200, 900)))
            person.flags.append(
                ("mobile", text(begun), ended, rng.choice(lists["places"]), "已返回")
            )


def _rural_hands(rng: Random, rural: list[Person], today: date) -> None:
    """后备干部, 致富带头人, 示范户: the able hands of the villages; the oldest are spared the rating."""
    able = [
        p
        for p in rural
        if 23 <= p.age(today) <= 44 and p.category == "full" and p.joined_on < "2024"
    ]
    reserve = rng.sample(able, figures()["reserve_cadres"])
    for person in reserve:
        _add(rng, person, "double_strong_reserve", today, 4)
    for person in rng.sample(able, 150):
        if not person.is_flagged("double_strong_reserve"):
            _add(rng, person, "reserve_cadre", today, 4)
    working = [p for p in rural if 28 <= p.age(today) <= 62 and p.occupation != "migrant_worker"]
    for person in rng.sample(working, 330):
        _add(rng, person, "wealth_leader", today, 7)
    for person in rng.sample(rural, 240):
        if person.is_flagged("hardship") and person.age(today) > 70:
            _add(rng, person, "low_income", today, 5)
    for person in rural:
        if person.age(today) >= 78 and rng.random() < 0.8:
            _add(rng, person, "star_exempt", today, 3, words="本人申请，支部党员大会同意")
    for person in rng.sample([p for p in rural if p.occupation == "village_cadre"], 150):
        _add(rng, person, "two_committees", today, 5)
