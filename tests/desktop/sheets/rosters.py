"""Rosters as offices keep them, in every kind of file, with whatever may be wrong in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from db.rules import id_number

HEADER = ("序号", "姓 名", "性别", "身份证号码", "入党时间", "党员类别", "所在党支部")
BRANCH = "哈沙图嘎查党支部"
NAMES = [
    "乌云其其格",
    "王",
    "文",
    "田富",
    "巴图",
    "魏䶮",
    "单丹",
    "额尔敦",
    "欧阳明月",
    "那顺",
    "其木格",
]


def number(serial: int, born: str = "19560817") -> str:
    """A valid ID number of 18 digits."""
    digits = f"150823{born}{serial:03d}"
    return digits + id_number.check_digit(digits)


def people(count: int = 10, start: int = 1) -> list[list[Any]]:
    """Lines of a roster without a flaw, under HEADER."""
    rows = []
    for n in range(start, start + count):
        sex = "男" if n % 2 else "女"
        name = NAMES[n % len(NAMES)]
        rows.append([n, name, sex, number(n), "1989.07", "正式党员", BRANCH])
    return rows


Writer = Callable[[Path, Sequence[Sequence[Any]]], Path]


def xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("党员花名册")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell != "":
                style = day if isinstance(cell, date) else xlwt.Style.default_style
                sheet.write(at, column, cell, style)
    book.save(str(path.with_suffix(".xls")))
    return path.with_suffix(".xls")


def et_of_old_kind(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    return xls(path, rows).rename(path.with_suffix(".et"))


def et_of_new_kind(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    return xlsx(path, rows).rename(path.with_suffix(".et"))


def xlsx_called_xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    return xlsx(path, rows).rename(path.with_suffix(".xls"))


def text(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def csv_in(encoding: str, delimiter: str = ",", suffix: str = ".csv") -> Writer:
    def write(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
        path = path.with_suffix(suffix)
        path.write_bytes(text(rows, delimiter).encode(encoding))
        return path

    return write


def html_called_xls(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    lines = "".join(
        "<tr>" + "".join(f"<td>\n  {cell}&nbsp;</td>" for cell in row) + "</tr>\n" for row in rows
    )
    page = f"<html><head><meta charset=gb2312><style>td{{a:b}}</style></head><body><table>{lines}</table></body></html>"
    path = path.with_suffix(".xls")
    path.write_bytes(page.encode("gb18030"))
    return path


def xml_of_2003(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    lines = "".join(
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        + "</Row>"
        for row in rows
    )
    path = path.with_suffix(".xls")
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="花名册"><Table>{lines}</Table></Worksheet></Workbook>',
        encoding="utf-8",
    )
    return path


WRITERS: dict[str, Writer] = {
    "xlsx": xlsx,
    "xls": xls,
    "et, old": et_of_old_kind,
    "et, new": et_of_new_kind,
    "xlsx named xls": xlsx_called_xls,
    "csv gb18030": csv_in("gb18030"),
    "csv utf-8": csv_in("utf-8"),
    "csv utf-8 with mark": csv_in("utf-8-sig"),
    "csv utf-16": csv_in("utf-16", "\t"),
    "csv utf-16 without mark": csv_in("utf-16-le", "\t", ".txt"),
    "tab text named xls": csv_in("gb18030", "\t", ".xls"),
    "semicolons": csv_in("utf-8", ";"),
    "html named xls": html_called_xls,
    "xml 2003": xml_of_2003,
}
