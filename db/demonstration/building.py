"""Fills a training office: everything that happened, one operation after another, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import date

from db.demonstration.aid import aid_events
from db.demonstration.commending import Chooser
from db.demonstration.commending_keeping import commendation_events
from db.demonstration.keeping import Event, Kept, member_events, organization_events
from db.demonstration.movements import YEARS
from db.demonstration.rating_keeping import round_events, scheme_events
from db.demonstration.rating_members import Rolls, community_rounds, review_rounds, rural_rounds
from db.demonstration.rating_units import (
    class_rounds,
    grade_rounds,
    satisfaction_rounds,
    star_rounds,
)
from db.demonstration.visits_keeping import visit_events
from db.demonstration.world import World, world
from db.journal import operation


def fill(
    scale: str, seed: int, today: date, progress: Callable[[int, int, str], None] | None
) -> dict[str, int]:
    """Fill the open office; returns the rows of each kind that were made."""
    from db import registry

    year = 0
    for event in heapq.merge(*_streams(scale, world(seed, today)), key=lambda event: event.at):
        if progress is not None and int(event.at[:4]) != year:
            year = int(event.at[:4])
            progress(year - today.year + YEARS, YEARS + 1, f"{year}年")
        with operation(event.words, kind=event.kind, at=event.at):
            event.run()
    if progress is not None:
        progress(YEARS + 1, YEARS + 1, "完成")
    return {model.stem(): count for model in registry.models() if (count := model.select().count())}


def _streams(scale: str, county: World) -> Iterator[Iterator[Event]]:
    """What each part of the work did over the years, each in the order of time."""
    from db.demonstration import TOWN

    tree = county.county
    units = tree.units if scale == "county" else tree.subtree(tree.town_committees()[TOWN])
    kept = Kept(county, units)
    rolls = Rolls(county, {unit.place for unit in units})
    yield organization_events(kept)
    yield member_events(kept)
    yield scheme_events(kept)
    open_town = "" if scale == "county" else TOWN
    for rounds in (
        rural_rounds(county, rolls, open_town),
        community_rounds(county, rolls),
        review_rounds(county, rolls),
        class_rounds(county),
        star_rounds(county, is_open=scale == "county"),
        grade_rounds(county),
        satisfaction_rounds(county),
    ):
        yield round_events(kept, rounds)
    yield commendation_events(kept, Chooser(kept, rolls).programmes(scale))
    yield aid_events(kept)
    yield visit_events(kept)
