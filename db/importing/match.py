"""Which kept record a row of a roster is: by ID number, else by code, else by name and what fits.

Two rules keep people apart: two valid ID numbers that differ are two persons, and a name alone
never decides between several records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.columns import columns_of
from db.fields import IdNumber, Name, PartialDate, Reference, Structured, Text
from db.importing.cells import Several
from db.rules import id_number, names

Values = dict[str, Any]
"""Field name → kept value; a blank cell is absent."""


@dataclass(frozen=True)
class Keys:
    """The fields that tell the rows of a register apart."""

    strong: str
    """公民身份号码, or "" where the register has none."""
    code: str
    title: str
    """The name of the person or thing."""
    fitting: tuple[str, ...]
    """Fields that must not contradict when only the title agrees."""
    all: tuple[str, ...]
    """Without a title: all fields together are the row."""


def keys_of(model: type[Any]) -> Keys:
    """Read from the columns of a register, so that a new register imports without new code."""
    fields = [field for field in columns_of(model) if not isinstance(field, Structured)]
    strong = next((f.name for f in fields if isinstance(f, IdNumber)), "")
    code = next((f.name for f in fields if f.name == "code" and isinstance(f, Text)), "")
    titles = [f for f in fields if f.searched == "name" and isinstance(f, Name | Text)]
    titles.sort(key=lambda f: not f.required)
    title = titles[0].name if titles and titles[0].required else ""
    fitting = tuple(
        f.name
        for f in fields
        if (isinstance(f, Reference) and (f.required or f.rel_model is model))
        or (isinstance(f, PartialDate) and (f.name == "born_on" or (f.required and not strong)))
    )
    return Keys(strong, code, title, fitting, tuple(f.name for f in fields))


@dataclass(frozen=True)
class Found:
    """The outcome of looking for a row: its id, or several that fit, or a contradiction."""

    row: int | None = None
    several: tuple[int, ...] = ()
    clash: str = ""
    by: str = ""
    """The field that decided."""


NOBODY = Found()


class Index:
    """The kept rows of a register, and the accepted rows of the file with ids below zero."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.keys = keys_of(model)
        columns = columns_of(model)
        self.fields = tuple(field.name for field in columns)
        self._nothing = {name: model._meta.fields[name].nothing for name in self.keys.all}
        self.kept: dict[int, Values] = {}
        self._strong: dict[str, list[int]] = {}
        self._code: dict[str, list[int]] = {}
        self._title: dict[str, list[int]] = {}
        self._whole: dict[tuple[Any, ...], list[int]] = {}
        self._met: list[int] = []
        self._plain: dict[str, str] = {}
        self._retired: dict[str, str] | None = None
        for row_id, *values in model.living().select(model.id, *columns).tuples():
            self.add(row_id, dict(zip(self.fields, values, strict=True)))

    def add(self, row_id: int, values: Values) -> None:
        """Take up a row, so that later ones may be found to be the same."""
        self.kept[row_id] = values
        keys = self.keys
        if keys.strong and (number := values.get(keys.strong)):
            self._strong.setdefault(_longest(number), []).append(row_id)
        if keys.code and (code := values.get(keys.code)):
            self._code.setdefault(code, []).append(row_id)
        if keys.title:
            if title := values.get(keys.title):
                self._title.setdefault(self._plain_title(title), []).append(row_id)
        elif not keys.strong:
            self._whole.setdefault(self._as_a_whole(values), []).append(row_id)

    def find(self, values: Values) -> Found:
        """The row that these values belong to."""
        keys = self.keys
        number = values.get(keys.strong) if keys.strong else None
        if number:
            hits = self._strong.get(_longest(number))
            if hits:
                return _one_of(hits, keys.strong)
        code = values.get(keys.code) if keys.code else None
        if code:
            hits = self._code.get(code)
            if hits and len(hits) == 1:
                return self._by_code(hits[0], values)
            if hits:
                return Found(several=tuple(hits), by=keys.code)
        if not keys.title:
            if keys.strong:
                return NOBODY
            hits = self._whole.get(self._as_a_whole(values))
            return Found(row=hits[0], by="") if hits else NOBODY
        title = values.get(keys.title)
        hits = self._title.get(self._plain_title(title)) if title else None
        self._met = hits or []
        if not hits:
            return NOBODY
        fitting = [row_id for row_id in hits if self._fits(row_id, values)]
        return _one_of(fitting, keys.title) if fitting else NOBODY

    def namesakes(self, values: Values) -> list[int]:
        """Of the row last looked for: rows of its name and birth date with another ID number."""
        if not self.keys.strong or not self._met:
            return []
        born = [name for name in self.keys.fitting if len(str(values.get(name) or "")) == 10]
        return [
            row_id
            for row_id in self._met
            if born and all(self.kept[row_id].get(name) == values[name] for name in born)
        ]

    def retired_reason(self, values: Values) -> str:
        """Why a retired row with the same ID number was retired; "" if there is none.

        What an undone import had brought does not count.
        """
        number = values.get(self.keys.strong) if self.keys.strong else None
        if not number:
            return ""
        if self._retired is None:
            column = self.model._meta.fields[self.keys.strong]
            gone = self.model.select(column, self.model.retired).where(
                self.model.retired != "", column != ""
            )
            self._retired = {
                id_number.upgrade(kept): reason
                for kept, reason in gone.tuples()
                if not reason.startswith("撤销")
            }
        return self._retired.get(_longest(number), "") if self._retired else ""

    def _plain_title(self, title: str) -> str:
        plain = self._plain.get(title)
        if plain is None:
            plain = self._plain[title] = names.comparable(title)
        return plain

    def _by_code(self, row_id: int, values: Values) -> Found:
        """Same code; where rows are people, name and number must not contradict it."""
        keys, kept = self.keys, self.kept[row_id]
        if keys.strong:
            title = values.get(keys.title)
            if title and names.comparable(kept.get(keys.title) or "") != names.comparable(title):
                return Found(clash=f"编号与“{kept.get(keys.title)}”相同而姓名不同", by=keys.code)
            if self._two_people(kept.get(keys.strong) or "", values.get(keys.strong) or ""):
                return Found(
                    clash=f"编号与“{kept.get(keys.title)}”相同而身份号码不同", by=keys.code
                )
        return Found(row=row_id, by=keys.code)

    def _fits(self, row_id: int, values: Values) -> bool:
        kept = self.kept[row_id]
        for name in self.keys.fitting:
            new, old = values.get(name), kept.get(name)
            if new == old or new is None or old is None:
                continue
            if isinstance(new, Several) and old in new.rows:
                continue
            if isinstance(new, str) and isinstance(old, str):
                # A coarser date fits a finer one, and nothing fits everything.
                if not (new.startswith(old) or old.startswith(new)):
                    return False
            else:
                return False
        strong = self.keys.strong
        return not (strong and self._two_people(kept.get(strong) or "", values.get(strong) or ""))

    @staticmethod
    def _two_people(one: str, other: str) -> bool:
        """Two numbers that both pass and differ; a faulty one may have been mended."""
        if not one or not other or id_number.upgrade(one) == id_number.upgrade(other):
            return False
        sound = (id_number.State.PASSED, id_number.State.FIFTEEN)
        return id_number.state(one) in sound and id_number.state(other) in sound

    def _as_a_whole(self, values: Values) -> tuple[Any, ...]:
        return tuple(values.get(name, nothing) for name, nothing in self._nothing.items())


def _longest(number: str) -> str:
    return number if len(number) == 18 else id_number.upgrade(number)


def _one_of(rows: Sequence[int], by: str) -> Found:
    return Found(row=rows[0], by=by) if len(rows) == 1 else Found(several=tuple(rows), by=by)


def agrees(field: Any, old: Any, new: Any) -> bool:
    """Whether a roster's value says no more than the kept one.

    A coarser date that agrees (1956.11 for 1956.11.23) and the 15-digit form of a kept 18-digit
    number change nothing: an import never makes a record less exact.
    """
    if old == new or (isinstance(new, Several) and old in new.rows):
        return True
    if isinstance(field, PartialDate):
        return bool(old) and len(new) < len(old) and old.startswith(new)
    if isinstance(field, IdNumber):
        return bool(old) and len(old) == 18 and id_number.upgrade(new) == old
    return False
