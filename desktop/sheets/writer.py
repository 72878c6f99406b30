"""Sheets out: a register or the current view, the rows an import sent back, a blank template.

Long numbers leave as text, so that no spreadsheet program can eat their last digits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from db.errors import Refusal, Trouble
from db.fields import Choice, Flag, Money, Number, Reference
from db.importing.headings import plain_heading
from db.importing.plan import Plan, Remark, refused_lines
from desktop.sheets.columns import OWN_HEADINGS, importable

_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_HEAD = {**_FONT, "bold": True, "bg_color": "#F1ECE6", "border": 1, "border_color": "#C9C0B6"}
_MUST = {**_HEAD, "font_color": "#A32A29"}
_WRONG = {**_FONT, "bg_color": "#FBE3E1", "num_format": "@"}
_LONGEST_LIST = 250
"""Excel takes choices written into the rule itself only up to 255 characters."""
_TEMPLATE_ROWS = 5000
_PAGE_ACROSS = 200
"""Wider sheets would become too small to read on one page across."""


@dataclass(frozen=True)
class SheetColumn:
    """One column on its way out."""

    title: str
    width: int = 10
    numeric: bool = False


@contextmanager
def _workbook(path: Path, *, constant_memory: bool = False) -> Iterator[Any]:
    """A workbook beside its place, moved there when it is whole; nothing half-written remains."""
    import xlsxwriter

    fresh = path.with_name(f".{path.name}.new")
    # Fixed so that the same rows give the same file.
    made = datetime(2000, 1, 1)
    try:
        book = xlsxwriter.Workbook(
            str(fresh),
            {
                "constant_memory": constant_memory,
                "strings_to_numbers": False,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "nan_inf_to_errors": True,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        book.set_properties({"created": made})
        try:
            yield book
        finally:
            book.close()
        fresh.replace(path)
    except PermissionError:
        raise Refusal(
            f"“{path.name}”写不进去：它可能正被 WPS 或 Excel 打开，请关闭后再试，或换一个文件名。"
        ) from None
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise Trouble(
            f"写“{path.name}”时出错（{error}）。", "请检查磁盘空间和文件夹权限，或换一个位置保存。"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def display_width(text: str) -> int:
    """How many half-width places a text takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def write_rows(
    path: str | Path,
    name: str,
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[object]],
) -> int:
    """Write rows as a sheet with a fixed head; returns how many. Numbers stay numbers only in
    numeric columns; everything else becomes text as people read it.
    """
    path = Path(path)
    written = 0
    with _workbook(path, constant_memory=True) as book:
        sheet = book.add_worksheet(sheet_name(name))
        head = book.add_format({**_HEAD, "align": "center"})
        text = book.add_format({**_FONT, "num_format": "@"})
        number = book.add_format({**_FONT, "align": "right"})
        numeric = [column.numeric for column in columns]
        across = 0
        for at, column in enumerate(columns):
            width = min(max(column.width, display_width(column.title)) + 2, 60)
            across += width
            sheet.set_column(at, at, width, number if column.numeric else text)
        sheet.set_row(0, 24)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column.title, head)
        sheet.freeze_panes(1, 0)
        write_string, write_number = sheet.write_string, sheet.write_number
        for written, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if value is None or value == "":
                    continue
                if numeric[at] and isinstance(value, int | float):
                    write_number(written, at, value, number)
                else:
                    write_string(written, at, str(value), text)
        if written and columns:
            sheet.autofilter(0, 0, written, len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        if across <= _PAGE_ACROSS:
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return written


def write_refused(path: str | Path, plan: Plan) -> int:
    """The rows an import sent back, as they were, each with its row number, column and reason.

    The sheet keeps the headings of the roster, so that it can be corrected and imported again; a
    damaged number stays a damaged number until somebody types it anew, as text. Returns the rows.
    """
    path = Path(path)
    lines = refused_lines(plan)
    kept = [
        at for at, title in enumerate(plan.table.header) if plain_heading(title) not in OWN_HEADINGS
    ]
    titles = [plan.table.header[at] for at in kept]
    with _workbook(path) as book:
        sheet = book.add_worksheet("退回的行")
        head = book.add_format({**_HEAD, "align": "center", "text_wrap": True})
        text = book.add_format({**_FONT, "num_format": "@"})
        day = book.add_format({**_FONT, "num_format": "yyyy-mm-dd"})
        wrong = book.add_format(_WRONG)
        wrong_day = book.add_format({**_WRONG, "num_format": "yyyy-mm-dd"})
        why = book.add_format({**_FONT, "font_color": "#A32A29", "text_wrap": True})
        for at, title in enumerate((*titles, *OWN_HEADINGS)):
            sheet.write_string(0, at, title, head)
        for line, (number, cells, reasons) in enumerate(lines, start=1):
            columns = {reason.column for reason in reasons}
            for at, source in enumerate(kept):
                is_wrong = plan.table.header[source] in columns
                is_day = isinstance(cells[source], date)
                styles = (
                    (wrong_day if is_wrong else day) if is_day else (wrong if is_wrong else text)
                )
                _write_as_it_was(sheet, line, at, cells[source], styles)
            told = [reason for reason in reasons if reason.column]
            sheet.write_number(line, len(titles), number)
            sheet.write_string(line, len(titles) + 1, _columns_told(told), why)
            words = "；".join(reason.words for reason in reasons)
            sheet.write_string(line, len(titles) + 2, words, why)
        for at, title in enumerate(titles):
            longest = max(
                (display_width(str(cells[kept[at]])) for _number, cells, _reasons in lines[:300]),
                default=0,
            )
            sheet.set_column(at, at, min(max(longest, display_width(title)) + 2, 32), text)
        sheet.set_column(len(titles), len(titles), 8)
        sheet.set_column(len(titles) + 1, len(titles) + 1, 16)
        sheet.set_column(len(titles) + 2, len(titles) + 2, 60)
        sheet.freeze_panes(1, 0)
    return len(lines)


def _columns_told(reasons: Sequence[Remark]) -> str:
    return "、".join(dict.fromkeys(reason.column for reason in reasons))


def _write_as_it_was(sheet: Any, line: int, at: int, cell: object, style: Any) -> None:
    if cell is None or cell == "":
        sheet.write_blank(line, at, None, style)
    elif isinstance(cell, bool):
        sheet.write_boolean(line, at, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_number(line, at, cell, style)
    elif isinstance(cell, date | datetime):
        sheet.write_datetime(line, at, cell, style)
    elif isinstance(cell, time):
        sheet.write_string(line, at, cell.isoformat(), style)
    else:
        sheet.write_string(line, at, str(cell), style)


def write_template(path: str | Path, model: type[Any]) -> int:
    """A blank roster for a register: headings, help on each, lists to choose from. Returns columns.

    Fields that must be filled have red headings.
    """
    path = Path(path)
    fields = importable(model)
    with _workbook(path) as book:
        sheet = book.add_worksheet(sheet_name(model._meta.label))
        head = book.add_format({**_HEAD, "align": "center", "text_wrap": True})
        must = book.add_format({**_MUST, "align": "center", "text_wrap": True})
        text = book.add_format({**_FONT, "num_format": "@"})
        lists = _Lists(book)
        sheet.set_row(0, 28)
        for at, field in enumerate(fields):
            width = max(field.width, display_width(field.label)) + 2
            sheet.set_column(at, at, min(width, 40), text)
            sheet.write_string(0, at, field.label, must if field.required else head)
            words = _help(field)
            if words:
                sheet.write_comment(0, at, words, {"x_scale": 2, "font_size": 10})
            source = lists.source(field)
            if source is not None:
                sheet.data_validation(
                    1,
                    at,
                    _TEMPLATE_ROWS,
                    at,
                    {
                        "validate": "list",
                        "source": source,
                        "error_type": "warning",
                        "error_title": field.label,
                        "error_message": "不在列表里，请核对。",
                    },
                )
        sheet.freeze_panes(1, 0)
    return len(fields)


class _Lists:
    """Lists of choices; long ones live on a sheet of their own."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._columns = 0

    def source(self, field: Any) -> list[str] | str | None:
        words = self._words(field)
        if not words:
            return None
        if sum(len(word) + 1 for word in words) <= _LONGEST_LIST and not any(
            "," in w for w in words
        ):
            return words
        if self._sheet is None:
            self._sheet = self._book.add_worksheet("选项")
        at = self._columns
        self._columns += 1
        self._sheet.set_column(at, at, 28)
        self._sheet.write_string(0, at, field.label)
        for line, word in enumerate(words, start=1):
            self._sheet.write_string(line, at, word)
        from desktop.sheets.layout import letter

        name = letter(at)
        return f"=选项!${name}$2:${name}${len(words) + 1}"

    def _words(self, field: Any) -> list[str]:
        if isinstance(field, Choice):
            return [item.label for item in field.codes]
        if isinstance(field, Flag):
            return ["是", "否"]
        if isinstance(field, Reference):
            from db.importing.references import Directory

            return sorted(set(Directory(field.rel_model).names.values()))[:2000]
        return []


def _help(field: Any) -> str:
    parts = ["必填。" if field.required else "", field.help_text or ""]
    if field.aliases:
        parts.append(f"也可写作：{'、'.join(field.aliases)}")
    return "\n".join(part for part in parts if part)


def sheet_name(label: str) -> str:
    """A name that spreadsheet programs accept: at most 31 characters, no brackets or slashes."""
    name = "".join("_" if sign in "[]:*?/\\" else sign for sign in label).strip("'")[:31]
    return name or "表"


def sheet_column(field: Any) -> SheetColumn:
    """How a field of a register stands in a sheet."""
    numeric = isinstance(field, Number) and not isinstance(field, Money | Flag)
    return SheetColumn(field.label, field.width, numeric)
