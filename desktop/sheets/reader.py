"""Read a roster from an office file: which sheet, which heading, which rows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from db.errors import Refusal
from db.gc_pause import gc_paused
from db.importing.table import Table
from desktop.sheets.grid import Grid
from desktop.sheets.layout import find_header, lay_out
from desktop.sheets.opening import open_grids


@dataclass(frozen=True)
class SheetChoice:
    """One sheet offered to the person."""

    name: str
    rows: int
    known: int
    """How many headings are known words."""
    visible: bool

    @property
    def likely(self) -> bool:
        """Whether this sheet looks like a roster at all."""
        return self.known >= 2 and self.rows > 0


class Book:
    """An opened file and its sheets."""

    def __init__(self, path: Path, grids: list[Grid], known: Collection[str]) -> None:
        self.path = path
        self._grids = grids
        self._known = frozenset(known)
        self.sheets = tuple(self._choice(grid) for grid in grids)

    def _choice(self, grid: Grid) -> SheetChoice:
        header = find_header(grid, self._known)
        filled = 0
        if header is not None:
            below = grid.rows[header.last + 1 :]
            filled = sum(1 for row in below if len(row) - row.count("") > 1)
        return SheetChoice(grid.name, filled, header.known if header else 0, grid.visible)

    def likeliest(self) -> int:
        """The sheet that looks most like the roster: known headings, then visible, then rows."""
        order = range(len(self.sheets))

        def rank(at: int) -> tuple[bool, bool, int, int, int]:
            sheet = self.sheets[at]
            return (sheet.rows > 0, sheet.visible, sheet.known, sheet.rows, -at)

        return max(order, key=rank)

    def table(self, sheet: int | str | None = None) -> Table:
        """The roster on one sheet (number, name, or the likeliest); Refusal without a heading."""
        at = self._at(sheet)
        with gc_paused():
            table = lay_out(self._grids[at], self._known)
        others = tuple(
            choice.name for n, choice in enumerate(self.sheets) if n != at and choice.likely
        )
        return replace(table, others=others)

    def _at(self, sheet: int | str | None) -> int:
        if sheet is None:
            return self.likeliest()
        if isinstance(sheet, int) and 0 <= sheet < len(self.sheets):
            return sheet
        for at, choice in enumerate(self.sheets):
            if choice.name == sheet:
                return at
        names = "、".join(choice.name for choice in self.sheets)
        raise Refusal(f"“{self.path.name}”里没有工作表“{sheet}”，有：{names}。")


def open_book(path: str | Path, known: Collection[str] = ()) -> Book:
    """Open a file of any spreadsheet kind; `known` are plain headings that help to find the roster.

    Raises Refusal when the file is no table, is locked or has a password.
    """
    path = Path(path)
    grids = open_grids(path)
    if not any(row for grid in grids for row in grid.rows):
        raise Refusal(f"“{path.name}”里没有内容。")
    return Book(path, grids, known)


def read_table(
    path: str | Path, *, sheet: int | str | None = None, known: Collection[str] = ()
) -> Table:
    """The roster of a file in one step."""
    return open_book(path, known).table(sheet)
