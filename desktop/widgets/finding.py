"""Asking the search index from the screen: the best hits over some or all registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import registry, search
from db.record import Record
from desktop.widgets.listing import load


@dataclass(frozen=True)
class Found:
    """One row that fits what was typed, as the search box shows it."""

    stem: str
    label: str
    row: int
    title: str
    subtitle: str


def find(text: str, stems: tuple[str, ...] = (), limit: int = 30) -> list[Found]:
    """The best hits over some or all registers; runs on the database worker."""
    hits = search.query(text, stems or None, limit)
    by_model: dict[type[Record], list[int]] = {}
    for hit in hits:
        by_model.setdefault(registry.model_of(hit.stem), []).append(hit.id)
    rows = {(type(row).stem(), row.id): row for m, ids in by_model.items() for row in load(m, ids)}
    found = []
    for hit in hits:
        row = rows.get((hit.stem, hit.id))
        if row is None or row.retired:
            continue
        stem = registry.stem_of(type(row))
        label = str(type(row)._meta.label)
        found.append(Found(stem, label, row.id, row.title(), row.subtitle()))
    return found


def titles(places: Sequence[tuple[str, int]]) -> list[Found]:
    """Records by register and id, in the order given; what is gone is left out."""
    found = []
    for stem, number in places:
        try:
            model = registry.register(stem).model
        except KeyError:
            continue
        row = model.get_or_none(model.id == number)
        if row is not None and not row.retired:
            found.append(Found(stem, str(model._meta.label), number, row.title(), row.subtitle()))
    return found
