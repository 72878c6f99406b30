"""What the names in a roster's reference columns mean: kept rows, rows of the file, or foundings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.errors import Refusal
from db.importing.cells import BLANK, Problem, Several
from db.importing.founding import Founding, office_itself, propose, scope_of_office
from db.importing.plan import Options, Twin
from db.importing.references import Directory, cell_problem, plain_name
from db.importing.table import Cell
from db.registers.organization import Organization

_FOUNDING_BASE = -(10**12)
_OWN = _FOUNDING_BASE + 1
"""Pending id of the office's own 党委."""
_OPTIONAL_WORD = re.compile(r"党(?=(?:支部|总支部?|小组)(?:委员会)?$)")


class Unkept(Problem):
    """Names an organization that is not kept and may not be founded."""

    __slots__ = ("name",)

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason)
        self.name = name


def formal(text: str) -> str:
    """A name without the 党 that offices write or leave out: 某村党支部, 某村支部.

    Two names that agree in this form are a question to the person, never a match.
    """
    return _OPTIONAL_WORD.sub("", plain_name(text).removeprefix("中共"))


@dataclass
class _Wanted:
    """An organization the roster names and the office does not keep."""

    pending: int
    spellings: dict[str, str]
    """Plain name → as first written; one organization may be written with and without 党."""

    @property
    def name(self) -> str:
        """The fuller spelling is the full name."""
        return max(self.spellings.values(), key=len)

    @property
    def short_name(self) -> str:
        """The other spelling, to be registered so that it is matched exactly from then on."""
        longest = Organization.short_name.max_length
        others = (word for word in self.spellings.values() if word != self.name)
        return next((word for word in others if len(word) <= longest), "")


class Naming:
    """Reads reference columns; one directory per register that is referred to."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._directories: dict[type[Any], Directory] = {}
        self._wanted: dict[str, _Wanted] = {}
        """Formal name → what is wanted."""
        self._twins: dict[str, tuple[tuple[int, str], ...]] | None = None
        self._asked: dict[str, tuple[int, str]] = {}
        self._asking: Counter[str] = Counter()

    def directory(self, model: type[Any]) -> Directory:
        """The names of one register's living rows."""
        if model not in self._directories:
            self._directories[model] = Directory(model)
        return self._directories[model]

    def read(
        self, field: Any, cells: Sequence[Cell], in_file: dict[str, int] | None = None
    ) -> list[Any]:
        """Ids, BLANK or Problems; `in_file` are names that rows of the same file bring along."""
        texts = [cell if isinstance(cell, str) else _as_text(cell) for cell in cells]
        known = {text: self._read_one(field, text, in_file or {}) for text in dict.fromkeys(texts)}
        # Only now is known under which spellings the file writes an organization.
        self._asking.update("".join(text.split()) for text in texts if self._asked)
        for text, value in known.items():
            if isinstance(value, _Wanted):
                known[text] = self._settle(value, plain_name(text))
        return [known[text] for text in texts]

    def _read_one(self, field: Any, text: str, in_file: dict[str, int]) -> Any:
        text = text.strip()
        if text in ("", "无", "—", "——", "/"):
            return BLANK
        problem = cell_problem(field.label, text)
        if problem:
            return Problem(problem)
        directory = self.directory(field.rel_model)
        found = directory.find(text)
        if len(found) == 1:
            return next(iter(found))
        if found:
            words = f"有 {len(found)} 个“{text}”，分不清是哪一个，请改填代码"
            return Several(words, frozenset(found))
        if gone := directory.gone(text):
            return Several(f"“{text}”已停用，请先恢复或改填别的", frozenset(gone))
        if (row := in_file.get(plain_name(text))) is not None:
            return row
        if not issubclass(field.rel_model, Organization):
            return Problem(f"“{field.label}”里的“{text}”在台账中没有" + _hint(directory.near(text)))
        return self._not_kept(field, text)

    def _not_kept(self, field: Any, text: str) -> Problem | _Wanted | int:
        name = "".join(text.split())
        try:
            name = Organization.name.parse(name)
        except Refusal as refusal:
            return Problem(refusal.message)
        if name.isascii():
            return Problem(f"“{field.label}”里的代码“{name}”在台账中没有")
        key = formal(name)
        twins = self._kept_twins().get(key, ())
        if twins:
            decided = self.options.same.get(name)
            if decided is not None:
                return decided
            self._asked.setdefault(name, twins[0])
            return Problem(
                f"台账中有“{twins[0][1]}”，与“{name}”只差一个“党”字，不能自行认定是同一个："
                f"是的话，请把“{name}”登记为它的简称，或在表中改写全称"
            )
        wanted = self._wanted.setdefault(key, _Wanted(_FOUNDING_BASE - len(self._wanted), {}))
        wanted.spellings.setdefault(plain_name(name), name)
        return wanted

    @property
    def twins(self) -> tuple[Twin, ...]:
        """The questions that arose, with how many rows ask them."""
        return tuple(
            Twin(name, record, kept, self._asking.get(name, 0))
            for name, (record, kept) in self._asked.items()
        )

    def _kept_twins(self) -> dict[str, tuple[tuple[int, str], ...]]:
        if self._twins is None:
            twins: dict[str, tuple[tuple[int, str], ...]] = {}
            for row_id, name in self.directory(Organization).names.items():
                twins[formal(name)] = (*twins.get(formal(name), ()), (row_id, name))
            self._twins = twins
        return self._twins

    def _settle(self, wanted: _Wanted, spelling: str) -> Any:
        name = wanted.name
        if spelling not in (plain_name(name), plain_name(wanted.short_name)):
            return Problem(f"“{spelling}”与“{name}”只差“党”或“中共”，请在表中写成同一个名称")
        if self.options.may_found(name):
            return wanted.pending
        near = _hint(self.directory(Organization).near(name))
        return Unkept(f"台账中还没有“{name}”{near}；确是新组织的，请选择新建后再导入", name)

    def pending_name(self, pending: int) -> str:
        """The name of an organization that is yet to be founded."""
        return next((w.name for w in self._wanted.values() if w.pending == pending), "")

    def foundings(self, rows: dict[str, int]) -> tuple[Founding, ...]:
        """What would be founded, in the order the roster names them; `rows` counts them by name."""
        if not self._wanted:
            return ()
        directory = self.directory(Organization)
        titles = dict(directory.names)
        titles.update({wanted.pending: wanted.name for wanted in self._wanted.values()})
        scope = self.options.scope if self.options.scope is not None else scope_of_office()
        own = None if scope is not None or directory.names else office_itself(_OWN)
        if own is not None and (named := self._wanted.get(formal(own.name))) is not None:
            own, scope = None, named.pending
        elif own is not None:
            scope, titles[_OWN] = own.pending, own.name
        proposed = (
            propose(
                wanted.pending,
                wanted.name,
                short_name=wanted.short_name,
                scope=scope,
                titles=titles,
                near=directory.near(wanted.name),
                rows=rows.get(wanted.name, 0),
            )
            for wanted in self._wanted.values()
        )
        return (own, *proposed) if own is not None else tuple(proposed)


def _as_text(cell: Cell) -> str:
    return "" if cell is None else plain_name(cell)


def _hint(near: tuple[str, ...]) -> str:
    return f"（名称相近的有{'、'.join(near)}，相近不等于相同）" if near else ""
