"""The organizations of the training county with their history: when founded, how ended, when elected."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from db.demonstration.calendar import TODAY, between, text, working_day, years_before
from db.demonstration.systems import grow_systems
from db.demonstration.tree import County, Unit
from db.demonstration.villages import grow_villages
from db.demonstration.words import figures, stream

#: The first and last year in which organizations of a kind of place were founded.
_AGES = {
    "committee": (1952, 1998),
    "village": (1956, 2001),
    "community": (2001, 2014),
    "cooperative": (2009, 2021),
    "companies": (1999, 2022),
    "associations": (2004, 2022),
}
_USUAL_AGE = (1963, 2015)
#: Places where new organizations still appear.
_YOUNG = frozenset({"cooperative", "companies", "associations"})


def county_plan(seed: int, today: date = TODAY) -> County:
    """Every organization of the county, living and ended, in an order that puts parents first."""
    county = County(seed)
    grow_villages(county)
    grow_systems(county)
    _found(county, stream(seed, "foundings"), today)
    _end(county, stream(seed, "endings"), today)
    return county


def period_start(today: date) -> date:
    """The first day of the two years that the county's report on new organizations covers."""
    return years_before(today, 2) + timedelta(days=1)


def _found(county: County, rng: Random, today: date) -> None:
    start = period_start(today)
    recent = _founded_recently(county, rng)
    upgraded = date(today.year, 7, 6)
    for unit in county.units:
        if unit.kind in ("group", "household"):
            unit.founded_on = "2021-01-15" if rng.random() < 0.95 else ""
            continue
        parent = county.units[unit.parent] if unit.parent is not None else None
        singular = unit.village and unit.kind == "committee"
        if singular or (parent is not None and parent.village and parent.kind == "committee"):
            day = upgraded
        elif unit.place in recent:
            day = working_day(between(rng, start, today - timedelta(days=20)))
        else:
            first, last = _AGES.get(
                "committee" if unit.kind == "committee" else unit.profile, _USUAL_AGE
            )
            day = working_day(
                date(rng.randint(first, last), rng.randint(1, 12), rng.randint(1, 28))
            )
            if parent is not None and parent.founded_on and text(day) < parent.founded_on:
                day = working_day(date.fromisoformat(parent.founded_on) + timedelta(days=40))
        unit.founded_on = text(day)
        word = "旗组发" if unit.kind == "committee" else "党发"
        unit.founding_document = f"{word}〔{day.year}〕{rng.randrange(1, 60)}号"
        unit.events.append(
            (
                "upgraded" if singular else "founded",
                unit.founded_on,
                unit.founding_document,
                "由党支部升格为党委，全旗首个嘎查村党委" if singular else "",
            )
        )


def _founded_recently(county: County, rng: Random) -> set[int]:
    """The places of the organizations founded in the period, beside the one village committee's six."""
    pool = [
        unit.place
        for unit in county.units
        if unit.kind == "branch"
        and (
            unit.profile in _YOUNG
            or (
                unit.profile in ("village", "community")
                and unit.name.endswith(("第二党支部", "第三党支部"))
            )
        )
    ]
    own = 1 + county.shape["rural"]["village_committee_branches"]
    return set(rng.sample(pool, figures()["founded_in_period"] - own))


def _end(county: County, rng: Random, today: date) -> None:
    """Branches that were merged or dissolved during the last ten years; they stay in the ledger."""
    first = years_before(today, 10)
    for town, committee in county.town_committees().items():
        neighbours = [u for u in county.subtree(committee) if u.village and u.kind == "branch"]
        names = rng.sample(county.places["hamlets_merged"], 2)
        for name in names:
            into = rng.choice(neighbours)
            gone = county.add(
                f"{name}村党支部", "branch", "pastoral", committee,
                short_name=f"{name}村", unit_name=f"{name}村村民委员会", unit_kind="village", address=f"{town}{name}村",
            )  # fmt: skip
            _ended(rng, gone, "merged", working_day(between(rng, first, date(today.year - 5, 12, 31))),
                   f"撤村并组，并入{into.name}")  # fmt: skip
    private = next(u for u in county.units if u.domain == "private_enterprise")
    for name in county.places["companies_gone"]:
        gone = county.add(
            f"{name}公司党支部", "branch", "private_enterprise", private,
            short_name=f"{name}公司", unit_name=f"{name}公司", unit_kind="private_enterprise",
        )  # fmt: skip
        day = working_day(between(rng, first, today - timedelta(days=200)))
        _ended(rng, gone, "dissolved", day, "企业注销，党员组织关系转至所在社区")


def _ended(rng: Random, unit: Unit, how: str, day: date, reason: str) -> None:
    unit.status = how
    unit.founded_on = text(date(rng.randint(1970, 2012), rng.randint(1, 12), rng.randint(1, 28)))
    unit.ended_on = text(day)
    unit.events += [
        ("founded", unit.founded_on, "", ""),
        (how, unit.ended_on, f"党发〔{day.year}〕{rng.randrange(1, 60)}号", reason),
    ]
