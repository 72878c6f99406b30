"""A report as a workbook: one sheet a table, heads fixed, numbers as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop.sheets.writer import _FONT, _HEAD, _workbook, display_width, sheet_name


@dataclass(frozen=True)
class Table:
    """One sheet: its title above, its heads, its rows; the first column is words."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


def write_report(path: str | Path, tables: Sequence[Table], said: str) -> int:
    """Write the tables into one workbook; `said` stands under each title. Returns how many sheets."""
    with _workbook(Path(path)) as book:
        title = book.add_format({**_FONT, "bold": True, "font_size": 14})
        head = book.add_format({**_HEAD, "align": "center", "text_wrap": True})
        text = book.add_format({**_FONT, "border": 1})
        number = book.add_format({**_FONT, "border": 1, "align": "right", "num_format": "#,##0"})
        money = book.add_format({**_FONT, "border": 1, "align": "right", "num_format": "#,##0.00"})
        plain = book.add_format(dict(_FONT))
        names: set[str] = set()
        for table in tables:
            name = base = sheet_name(table.title)
            serial = 1
            while name in names:
                serial += 1
                name = f"{base[:28]}{serial}"
            names.add(name)
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, table.title, title)
            sheet.write_string(1, 0, " ".join(part for part in (said, table.note) if part), plain)
            widths = [display_width(words) for words in table.heads]
            for at, words in enumerate(table.heads):
                sheet.write_string(2, at, words, head)
            for line, row in enumerate(table.rows, start=3):
                for at, value in enumerate(row):
                    if isinstance(value, int | float):
                        shape = number if isinstance(value, int) else money
                        sheet.write_number(line, at, value, shape)
                    else:
                        sheet.write_string(line, at, str(value), text)
                        widths[at] = max(widths[at], display_width(str(value)))
            for at, width in enumerate(widths):
                sheet.set_column(at, at, min(max(width + 2, 8), 44))
            sheet.freeze_panes(3, 1)
            sheet.set_landscape()
            sheet.set_paper(9)
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(2)
    return len(tables)
