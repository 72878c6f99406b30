"""Fills a training office: everything that happened, one operation after another, in the order of time.

A part of the office's work is one module here with `events(kept)`, what it did over the years in
the order of time, and an `ORDER`; nothing else names it.
"""

from __future__ import annotations

import heapq
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date

from db import demonstration
from db.demonstration.keeping import Event, Kept
from db.demonstration.movements import YEARS
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
    """What each part of the work did, in the order of the parts."""
    tree = county.county
    town = "" if scale == "county" else demonstration.TOWN
    units = tree.subtree(tree.town_committees()[town]) if town else tree.units
    kept = Kept(county, units, town)
    modules = (
        importlib.import_module(f"{demonstration.__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(demonstration.__path__)
    )
    parts = [module for module in modules if hasattr(module, "events")]
    for part in sorted(parts, key=lambda module: module.ORDER):
        yield part.events(kept)
