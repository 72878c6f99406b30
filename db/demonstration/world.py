"""The whole training county on plain values, before any office keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from db.demonstration.calendar import TODAY
from db.demonstration.membership import Membership, county_members
from db.demonstration.plan import county_plan
from db.demonstration.seats import Seating, Seats
from db.demonstration.tree import County
from db.demonstration.words import stream


@dataclass(frozen=True, slots=True)
class World:
    """Organizations, members and posts of one seed on one day."""

    seed: int
    today: date
    county: County
    members: Membership
    seats: Seats


@lru_cache(maxsize=2)
def world(seed: int, today: date = TODAY) -> World:
    """The county of that seed; nobody changes it afterwards."""
    county = county_plan(seed, today)
    members = county_members(county, seed, today)
    seats = Seating(stream(seed, "seats"), county, members.living, today).fill()
    return World(seed, today, county, members, seats)
