"""Read a table column by column: each into kept values, blanks and problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.fields import Reference
from db.importing.cells import Problem, Several, parse_column
from db.importing.naming import Naming
from db.importing.references import naming_fields, plain_name
from db.importing.table import SECTION_HEADER, Table


class Columns:
    """The mapped columns of a table, read; `values[name]` has one value per row."""

    def __init__(
        self, model: type[Any], table: Table, mapping: Mapping[int, str], naming: Naming
    ) -> None:
        self.model = model
        self.table = table
        fields = model._meta.fields
        self._places = {fields[name]: at for at, name in sorted(mapping.items())}
        self.headings = {f.name: table.header[at] for f, at in self._places.items()}
        self.references = [f for f in self._places if isinstance(f, Reference)]
        self.values: dict[str, list[Any]] = {}
        self.problems: dict[int, list[tuple[str, Problem]]] = {}
        """Place of a row in the table → what cannot be kept of it."""
        rows = [row.cells for row in table.rows]
        for field, at in self._places.items():
            if not isinstance(field, Reference):
                cells = [row[at] for row in rows]
                self._take(field, *parse_column(field, cells, epoch_1904=table.epoch_1904))
        # Names of rows of the same file are known only now.
        for field in self.references:
            cells = [row[self._places[field]] for row in rows]
            if field is self.references[0] and SECTION_HEADER in table.header:
                section = table.header.index(SECTION_HEADER)
                cells = [
                    row[section] if cell == "" else cell
                    for cell, row in zip(cells, rows, strict=True)
                ]
            in_file = self._in_file() if field.rel_model is model else None
            values = naming.read(field, cells, in_file)
            problems = [
                at
                for at, value in enumerate(values)
                if isinstance(value, Problem) and not isinstance(value, Several)
            ]
            self._take(field, values, problems)

    def _take(self, field: Any, values: list[Any], problems: list[int]) -> None:
        self.values[field.name] = values
        for at in problems:
            self.problems.setdefault(at, []).append((field.name, values[at]))

    def _in_file(self) -> dict[str, int]:
        """Names that rows of this file bring along: a child may stand above its parent."""
        names: dict[str, int] = {}
        for field in naming_fields(self.model):
            values = self.values.get(field.name, ())
            for row, value in zip(self.table.rows, values, strict=False):
                if isinstance(value, str):
                    names.setdefault(plain_name(value), -row.number)
        return names
