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
    year = 0
    for event in happenings(world(seed, today), "" if scale == "county" else demonstration.TOWN):
        if progress is not None and int(event.at[:4]) != year:
            year = int(event.at[:4])
            progress(year - today.year + YEARS, YEARS + 1, f"{year}年")
        happen(event)
    if progress is not None:
        progress(YEARS + 1, YEARS + 1, "完成")
    return counts()


def happen(event: Event) -> None:
    """One event as one operation of the open office."""
    with operation(event.words, kind=event.kind, at=event.at):
        event.run()


def counts() -> dict[str, int]:
    """The rows of each kind in the open office."""
    from db import registry

    return {model.stem(): count for model in registry.models() if (count := model.select().count())}


def happenings(county: World, town: str) -> Iterator[Event]:
    """Everything that happened in a town's office, or ("") in the county's with all its towns."""
    tree = county.county
    units = tree.subtree(tree.town_committees()[town]) if town else tree.units
    kept = Kept(county, units, town)
    modules = (
        importlib.import_module(f"{demonstration.__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(demonstration.__path__)
    )
    parts = [module for module in modules if hasattr(module, "events")]
    streams = [part.events(kept) for part in sorted(parts, key=lambda module: module.ORDER)]
    return heapq.merge(*streams, key=lambda event: event.at)


def happenings_without_towns(county: World) -> Iterator[Event]:
    """What happened to the organizations and members that are the county's own."""
    from db.demonstration import keeping

    tree = county.county
    away = {
        unit.place
        for committee in tree.town_committees().values()
        for unit in tree.subtree(committee)
    }
    return keeping.events(Kept(county, [unit for unit in tree.units if unit.place not in away]))
