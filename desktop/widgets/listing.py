"""What a list shows: which register, which rows, in which order; asked of the database by id.

A Listing is a plain value, so a table, an export and a form can be given the same one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import peewee

from db.columns import columns_of
from db.connection import database
from db.fields import Choice, Name, Reference, Structured, Text
from db.record import Record

#: Numbers in one IN list; SQLite's own limit is far higher, a long statement only gets slower.
IDS_PER_QUESTION = 5_000


@dataclass(frozen=True)
class Listing:
    """Rows of one register: filters, order, living or retired."""

    model: type[Record]
    columns: tuple[Any, ...]
    where: tuple[Any, ...] = ()
    ids: tuple[int, ...] | None = None
    sort: str = ""
    descending: bool = False
    retired: bool = False
    text: str = ""

    def sorted_by(self, name: str, descending: bool) -> Listing:
        """The same rows in another order."""
        return replace(self, sort=name, descending=descending)

    def find_ids(self) -> array[int]:
        """Ids of all rows, in order; runs on the database worker."""
        model = self.model
        query = model.select(model.id)
        query = query.where(model.retired != "" if self.retired else model.retired == "")
        for condition in self.where:
            query = query.where(condition)
        wanted = self._wanted()
        if wanted is not None and not wanted:
            return array("q")
        if wanted is not None and len(wanted) <= IDS_PER_QUESTION:
            query = query.where(model.id.in_(list(wanted)))
            wanted = None
        found = self._ordered(query)
        return array("q", found if wanted is None else (row for row in found if row in wanted))

    def find_rows(self, ids: Sequence[int]) -> dict[int, Any]:
        """The records of some ids, their references loaded; runs on the database worker."""
        return {row.id: row for row in load(self.model, ids)}

    def _wanted(self) -> set[int] | None:
        wanted = set(self.ids) if self.ids is not None else None
        if self.text:
            from db import search

            found = search.matching(self.text, self.model.stem())
            wanted = found if wanted is None else wanted & found
        return wanted

    def _ordered(self, query: Any) -> list[int]:
        column = self.model._meta.fields.get(self.sort)
        key = self.model.id
        if column is None:
            latest = bool(self.model._meta.newest_first)
            return [row[0] for row in plain_rows(query.order_by(key.desc() if latest else key))]
        if isinstance(column, Text | Name | Reference):
            words = _title_of(column) if isinstance(column, Reference) else column
            rows = plain_rows(query.select(key, words))
            rows.sort(key=lambda row: (by_sound(row[1]), row[0]), reverse=self.descending)
            # What has nothing in this column stands last, in both directions.
            rows.sort(key=lambda row: not row[1])
            return [row[0] for row in rows]
        term: Any = column
        if isinstance(column, Choice):
            places = [(code, place) for place, code in enumerate(column.codes.codes)]
            term = peewee.Case(column, places, len(places))
        empty = column.is_null() if column.nothing is None else (column == column.nothing)
        last = peewee.Case(None, [(empty, 1)], 0)
        term = term.desc() if self.descending else term.asc()
        return [row[0] for row in plain_rows(query.order_by(last, term, key))]


def plain_rows(query: Any) -> list[tuple[Any, ...]]:
    """What a question finds, as the driver gives it: ids and texts need no conversion."""
    return list(database.execute(query).fetchall())


def by_sound(text: str | None) -> bytes:
    """Sort key of a Chinese text: GB 18030 keeps everyday characters in the order of pinyin."""
    return (text or "").encode("gb18030", "replace")


def _title_of(key: Any) -> Any:
    """The title column of a referred row, as a question inside the question."""
    column = titled_by(key.rel_model)
    if column is None:
        return key
    other = key.rel_model.alias()
    return other.select(getattr(other, column.name)).where(other.id == key)


def titled_by(model: type[Record]) -> Any | None:
    """The column that carries the title of a row."""
    for each in columns_of(model):
        if each.searched == "name":
            return each
    return next((each for each in columns_of(model) if isinstance(each, Text | Name)), None)


def shown_columns(model: type[Record]) -> tuple[Any, ...]:
    """Columns a list may show: everything except long notes and structures."""
    return tuple(
        each
        for each in columns_of(model)
        if not isinstance(each, Structured) and not getattr(each, "multiline", False)
    )


def load(model: type[Record], ids: Iterable[int]) -> list[Any]:
    """Records by id with their references loaded in one question each, not one per row."""
    wanted = list(ids)
    rows: list[Any] = []
    for start in range(0, len(wanted), IDS_PER_QUESTION):
        part = wanted[start : start + IDS_PER_QUESTION]
        rows += list(model.select().where(model.id.in_(part)))
    preload(rows)
    return rows


def preload(rows: Sequence[Any]) -> None:
    """Fetch what the rows refer to, so that showing them asks nothing more."""
    if not rows:
        return
    for column in columns_of(type(rows[0])):
        if not isinstance(column, Reference):
            continue
        keys = {row.__data__.get(column.name) for row in rows} - {None}
        if not keys:
            continue
        other = column.rel_model
        found = {row.id: row for row in other.select().where(other.id.in_(list(keys)))}
        for row in rows:
            referred = found.get(row.__data__.get(column.name))
            if referred is not None:
                row.__rel__[column.name] = referred
