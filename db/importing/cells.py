"""From the cells of one column to kept values: one parser a column, each spelling read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from db.errors import Refusal
from db.fields import Choice, Flag, PartialDate, Reference, Text
from db.importing.table import ERROR_CELLS, Cell


class Problem:
    """Why a cell cannot be kept, in words."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and other.reason == self.reason

    def __hash__(self) -> int:
        return hash(self.reason)


class Several(Problem):
    """A name that several rows have: no problem where the kept record already refers to one."""

    __slots__ = ("rows",)

    def __init__(self, reason: str, rows: frozenset[int]) -> None:
        super().__init__(reason)
        self.rows = rows


class _Blank:
    """The cell says nothing; a kept value stays as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "BLANK"

    def __bool__(self) -> bool:
        return False


BLANK = _Blank()

_LONGEST_EXACT = 10**15
"""From here on a spreadsheet's number has lost digits: it keeps fifteen."""

_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+\d{2}")
_EMPTY_WORDS = frozenset({"", "无", "—", "——", "－", "-", "--", "/", "／", "\\"})


def parse_column(
    field: Any, cells: Sequence[Cell], *, epoch_1904: bool = False
) -> tuple[list[Any], list[int]]:
    """Every cell of a column in kept form or BLANK, and the places of those that are a Problem.

    References are not read here.
    """
    if isinstance(field, PartialDate):
        cells = _settle_tenths(cells)
    known: dict[Any, Any] = {"": BLANK}
    values: list[Any] = []
    problems: list[int] = []
    add = values.append
    for cell in cells:
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        try:
            value = known[key]
        except KeyError:
            value = known[key] = read_cell(field, cell, epoch_1904=epoch_1904)
        if value.__class__ is Problem:
            problems.append(len(values))
        add(value)
    return values, problems


def read_cell(field: Any, cell: Cell, *, epoch_1904: bool = False) -> Any:
    """One cell in kept form, BLANK when it says nothing, or a Problem that says why not."""
    try:
        if isinstance(cell, str):
            cell = cell.strip()
            if cell == "":
                return BLANK
            problem = _unreadable(field, cell)
            value = problem or field.parse(cell)
        elif cell is None:
            return BLANK
        else:
            problem = _damage(field, cell)
            value = problem or field.parse(_suited(field, cell, epoch_1904))
    except Refusal as refusal:
        if isinstance(field, Choice | Flag) and cell in _EMPTY_WORDS:
            return BLANK
        return Problem(refusal.message)
    if value == field.nothing and not isinstance(field, Flag):
        return BLANK
    return value


def _unreadable(field: Any, text: str) -> Problem | None:
    """Error values, broken characters and numbers a spreadsheet wrote as 1.5E+17."""
    if text[0] == "#" and text in ERROR_CELLS:
        return Problem(f"“{field.label}”是错误值 {text}：{ERROR_CELLS[text]}")
    if text.isascii():
        if "E+" in text and isinstance(field, Text) and _SCIENTIFIC.fullmatch(text):
            return Problem(f"“{field.label}”的号码已被表格软件改坏（{text}），请改成文本重填")
    elif "\ufffd" in text:
        return Problem(f"“{field.label}”里有读不出来的字（文件编码有损坏）：“{text}”")
    return None


def _damage(field: Any, cell: Cell) -> Problem | None:
    """Long numbers that a spreadsheet kept as numbers have lost their last digits."""
    if (
        isinstance(field, Text)
        and isinstance(cell, int | float)
        and not isinstance(cell, bool)
        and abs(cell) >= _LONGEST_EXACT
    ):
        shown = f"{cell:.0f}" if abs(cell) < 1e30 else str(cell)
        return Problem(
            f"“{field.label}”的号码已被表格软件改坏（{shown}，末几位丢失），请改成文本重填"
        )
    return None


def _suited(field: Any, cell: Cell, epoch_1904: bool) -> Cell:
    """A spreadsheet's own types as the column expects them."""
    if isinstance(cell, bool):
        return cell if isinstance(field, Flag) else ("是" if cell else "否")
    if isinstance(field, PartialDate):
        if epoch_1904 and isinstance(cell, int | float) and 2200 <= cell < 60_000:
            return date(1904, 1, 1) + timedelta(days=int(cell))
        return cell
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, float) and not cell.is_integer():
        return repr(cell)
    return cell


def _settle_tenths(cells: Sequence[Cell]) -> Sequence[Cell]:
    """1998.1 as a number is October where the column writes its months with two digits.

    A number cell loses the zero of 1998.10. Other cells tell how the column is written: 1998.04
    speaks for two digits, 1998.4 for one. Without such evidence the cell stays as it is and the
    date reader refuses it as doubtful.
    """
    numbers = {cell for cell in cells if isinstance(cell, float) and 1850 <= cell < 2100}
    decimals = {repr(number).partition(".")[2] for number in numbers}
    two_digits = any(len(part) == 2 and part.startswith("0") for part in decimals)
    one_digit = any(len(part) == 1 and part in "23456789" for part in decimals)
    if not two_digits or one_digit:
        return cells
    return [
        f"{cell!r}0"
        if isinstance(cell, float) and 1850 <= cell < 2100 and repr(cell).endswith(".1")
        else cell
        for cell in cells
    ]


def is_reference(field: Any) -> bool:
    """Whether cells of this column name a row of a register."""
    return isinstance(field, Reference)
