"""Which kept row a name in a cell means: by code, full name or registered short name, exactly.

Never by likeness: 哈沙图村 and 哈沙图嘎查 are two places. What looks alike is told as a hint only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from db.columns import columns_of
from db.fields import Name, Text
from db.importing.table import ERROR_CELLS, Cell

_NAMING = ("code", "name", "short_name")


def plain_name(text: object) -> str:
    """A name without spaces and width differences; nothing else is overlooked."""
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


class Directory:
    """The living rows of one register by everything that names them exactly."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.names: dict[int, str] = {}
        self._by: dict[str, dict[str, set[int]]] = {}
        self._near_names: dict[str, str] = {}
        self._gone: dict[str, set[int]] | None = None
        self._fields = naming_fields(model)
        for row_id, field, text in self._said_of(model.living()):
            self.add(row_id, field, text)

    def _said_of(self, rows: Any) -> Iterator[tuple[int, str, str]]:
        """Each text that names one of these rows; without naming columns, how a person calls it."""
        if not self._fields:
            yield from ((row.id, "name", row.title()) for row in rows)
            return
        for row_id, *texts in rows.select(self.model.id, *self._fields).tuples():
            for field, text in zip(self._fields, texts, strict=True):
                yield row_id, field.name, text

    def add(self, row_id: int, field: str, text: str) -> None:
        """Let a text name a row; pending rows have ids below zero."""
        plain = plain_name(text)
        if not plain:
            return
        self._by.setdefault(field, {}).setdefault(plain, set()).add(row_id)
        if field != "code":
            self.names.setdefault(row_id, str(text))

    def find(self, text: Cell) -> set[int]:
        """The rows that are called exactly so; codes before full names before short names."""
        plain = plain_name(text)
        for by in sorted(self._by, key=_rank):
            found = self._by[by].get(plain)
            if found:
                return found
        return set()

    def gone(self, text: Cell) -> set[int]:
        """Retired rows that are called so; what an undone operation had made does not count."""
        if self._gone is None:
            self._gone = {}
            retired = self.model.select().where(
                self.model.retired != "", ~self.model.retired.startswith("撤销")
            )
            for row_id, _field, name in self._said_of(retired):
                self._gone.setdefault(plain_name(name), set()).add(row_id)
        return self._gone.get(plain_name(text), set())

    def near(self, text: Cell) -> tuple[str, ...]:
        """Up to three kept names that look alike: a hint for the person, never a match."""
        from rapidfuzz import fuzz, process

        if len(self._near_names) != len(self.names):
            self._near_names = {name: plain_name(name) for name in self.names.values()}
        close = process.extract(
            plain_name(text), self._near_names, scorer=fuzz.ratio, score_cutoff=60, limit=3
        )
        return tuple(name for _plain, _score, name in close)

    def title(self, row_id: int) -> str:
        """How the row is called."""
        return self.names.get(row_id, "")


def naming_fields(model: type[Any]) -> list[Any]:
    """The columns that name a row of this register: code, full name, short name."""
    return [
        field
        for field in columns_of(model)
        if isinstance(field, Text | Name) and (field.name in _NAMING or field.searched == "name")
    ]


def _rank(name: str) -> int:
    return _NAMING.index(name) if name in _NAMING else len(_NAMING)


def cell_problem(label: str, cell: Cell) -> str:
    """Why this cell cannot name anything; "" if it can."""
    if isinstance(cell, str) and cell.strip() in ERROR_CELLS:
        return f"“{label}”是错误值 {cell.strip()}：{ERROR_CELLS[cell.strip()]}"
    if isinstance(cell, str) and "\ufffd" in cell:
        return f"“{label}”里有读不出来的字（文件编码有损坏）：“{cell}”"
    return ""
