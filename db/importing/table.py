"""What an import works on: a header and numbered rows of plain cells, whatever file they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Cell = object
"""`str`, `int`, `float`, `bool`, `date`, `datetime`, `time`, `timedelta`; "" for an empty cell."""

SECTION_HEADER = "〔分组行〕"
"""Header of the column made from group lines (“1、某某党支部（共26人）”) that stand between rows."""

ERROR_CELLS: dict[str, str] = {
    "#REF!": "公式引用的单元格已不存在",
    "#N/A": "公式没有查到结果",
    "#VALUE!": "公式的数据类型不对",
    "#DIV/0!": "公式除以了零",
    "#NAME?": "公式的名称不认识",
    "#NULL!": "公式的区域不对",
    "#NUM!": "公式的数字不对",
    "#公式未计算": "公式没有保存计算结果，请用表格软件打开后另存一次",
}
"""Cells that hold no value but a complaint of the spreadsheet program, with the reason in words."""


class Row(NamedTuple):
    """One data row: the number the spreadsheet program shows at its left, and its cells."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Note:
    """Something the reader noticed and did not hide; `row` 0 concerns the whole sheet."""

    row: int
    text: str


@dataclass(frozen=True)
class Table:
    """A roster as read: `header` and every row's cells have the same length."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Row]
    notes: tuple[Note, ...] = ()
    header_row: int = 1
    epoch_1904: bool = False
    """Whether bare serial numbers count their days from 1904 (workbooks of old Macs)."""
    others: tuple[str, ...] = ()
    """Names of the other sheets of the file that also look like rosters."""
