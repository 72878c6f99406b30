"""What members' own records say of a period: honours received, sanctions in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import fn

from db.rating.sources import Drawing
from db.registers.member import Discipline, Honour


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), 5000):
        yield ids[start : start + 5000]


def _counted(model: Any, asked: Drawing) -> dict[int, int]:
    first, last = asked.span.first.isoformat(), f"{asked.span.last.isoformat()}~"
    when = model.on.between(first[:4], last)
    found = dict.fromkeys(asked.ids, 0)
    for some in _chunks(asked.ids):
        query = model.living().select(model.member, fn.COUNT(model.id)).where(when)
        found.update(query.where(model.member.in_(some)).group_by(model.member).tuples())
    return found


def honours(asked: Drawing) -> dict[int, int]:
    """Honours given in the period."""
    return _counted(Honour, asked)


def sanctions(asked: Drawing) -> dict[int, int]:
    """Sanctions decided in the period."""
    return _counted(Discipline, asked)


SOURCES = {
    "honours.count": ("期内获得表彰次数", honours),
    "discipline.count": ("期内受处分次数", sanctions),
}
