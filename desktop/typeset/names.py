"""Names of people as lists print them: spread, aligned, never torn.

Lists of names align on three characters: a name of two gets room between its characters, on
paper only. The dot of a name takes half a character (GB/T 15834-2011 4.9), and a name stays on
one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

EM: Final = "\u3000"


def padded(name: str) -> str:
    """The name with an em space inside when it has two characters (王　文), else as it is."""
    if len(name) == 2 and not name.isascii():
        return f"{name[0]}{EM}{name[1]}"
    return name


@dataclass(frozen=True, slots=True)
class PlacedName:
    """A name in a list: its row, first column and how many columns it takes."""

    name: str
    row: int
    column: int
    span: int


def arranged(
    names: Sequence[str], columns: int, widths: Sequence[float], cell: float
) -> list[PlacedName]:
    """Names row by row; one longer than its cell takes the neighbouring cells too.

    `widths` are the lengths of the padded names and `cell` that of a column, in one unit. The
    order is never changed; a name that does not fit in the rest of a row begins the next.
    """
    placed: list[PlacedName] = []
    row = column = 0
    for name, width in zip(names, widths, strict=True):
        span = 1
        while span < columns and width > cell * span:
            span += 1
        if column + span > columns:
            row, column = row + 1, 0
        placed.append(PlacedName(name, row, column, span))
        column += span
        if column == columns:
            row, column = row + 1, 0
    return placed
