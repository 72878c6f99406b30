"""A sheet exactly as it stands in the file: all rows from the first, merges, what was hidden."""

from __future__ import annotations

from dataclasses import dataclass, field

from db.importing.table import Cell

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; counted from 0, ends included."""


@dataclass
class Grid:
    """One sheet; `rows[0]` is row 1 of the spreadsheet program."""

    name: str
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: frozenset[int] = frozenset()
    """Row numbers from 1, as shown by the spreadsheet program."""
    hidden_columns: frozenset[int] = frozenset()
    """Column numbers from 1."""
    visible: bool = True
    epoch_1904: bool = False
    damage: tuple[tuple[int, str], ...] = ()
    """Row number and words on what could not be read there."""

    def fill_merged(self) -> None:
        """Repeat a value merged over several rows in each of them that holds anything else.

        Rows that are otherwise empty stay empty, or a merge drawn past the end would make rows.
        """
        height = len(self.rows)
        tall = [merge for merge in self.merges if merge[2] > merge[0] and merge[0] < height]
        occupied = {
            number
            for first, _left, last, _right in tall
            for number in range(first, min(last, height - 1) + 1)
            if any(cell != "" for cell in self.rows[number])
        }
        for first, left, last, _right in tall:
            row = self.rows[first]
            value = row[left] if left < len(row) else ""
            if value == "":
                continue
            for number in range(first + 1, min(last, height - 1) + 1):
                below = self.rows[number]
                if number in occupied and left < len(below) and below[left] == "":
                    below[left] = value

    def even(self) -> None:
        """Give all rows the same number of cells."""
        width = max((len(row) for row in self.rows), default=0)
        for row in self.rows:
            if len(row) < width:
                row.extend([""] * (width - len(row)))
