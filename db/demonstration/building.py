"""The order in which a training office is filled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from db.demonstration.commending import Chooser
from db.demonstration.commending_keeping import keep_commendations
from db.demonstration.keeping import Kept, keep_members, keep_organizations
from db.demonstration.rating_keeping import keep_rounds, keep_schemes
from db.demonstration.rating_members import Rolls, community_rounds, review_rounds, rural_rounds
from db.demonstration.rating_units import unit_rounds
from db.demonstration.world import world


def fill(
    scale: str, seed: int, today: date, progress: Callable[[int, int, str], None] | None
) -> dict[str, int]:
    """Fill the open office; returns the rows of each kind that were made."""
    from db import registry
    from db.demonstration import TOWN

    county = world(seed, today)
    units = county.county.units
    if scale == "township":
        units = county.county.subtree(county.county.town_committees()[TOWN])
    kept = Kept(county, units)
    rolls = Rolls(county, {unit.place for unit in units})
    open_town = TOWN if scale == "township" else ""
    steps: list[tuple[str, Callable[[Kept], None]]] = [
        ("党组织", keep_organizations),
        ("党员", keep_members),
        ("评定办法", keep_schemes),
        ("农牧区星级评定", lambda k: keep_rounds(k, rural_rounds(county, rolls, open_town))),
        ("社区星级评定", lambda k: keep_rounds(k, community_rounds(county, rolls))),
        ("民主评议", lambda k: keep_rounds(k, review_rounds(county, rolls))),
        ("党组织评定", lambda k: keep_rounds(k, unit_rounds(county, open_stars=scale == "county"))),
        ("表彰", lambda k: keep_commendations(k, Chooser(k, rolls).programmes(scale))),
    ]
    for done, (words, step) in enumerate(steps):
        if progress is not None:
            progress(done, len(steps), words)
        step(kept)
    if progress is not None:
        progress(len(steps), len(steps), "完成")
    return {model.stem(): count for model in registry.models() if (count := model.select().count())}
