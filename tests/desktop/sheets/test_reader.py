"""Any office file becomes the same rows, and nothing in it is dropped in silence."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import Refusal
from db.importing.headings import plain_heading
from db.importing.table import SECTION_HEADER, Table
from desktop.sheets.reader import open_book, read_table
from tests.desktop.sheets import rosters

KNOWN = frozenset(map(plain_heading, rosters.HEADER))
TITLE = ["额尔登镇党员花名册（截至2026年6月30日）", "", "", "", "", "", ""]
UNIT = ["填报单位：中共额尔登镇委员会", "", "", "", "填报时间：2026.7.1", "", ""]


def names(table: Table) -> list[str]:
    at = next(n for n, title in enumerate(table.header) if plain_heading(title) == "姓名")
    return [str(row.cells[at]) for row in table.rows]


def expected(people: list[list[Any]]) -> list[str]:
    return [str(row[1]) for row in people]


@pytest.mark.parametrize("kind", rosters.WRITERS)
def test_row_63_every_kind_of_file_gives_the_same_rows(kind: str, tmp_path: Path) -> None:
    people = rosters.people()
    path = rosters.WRITERS[kind](tmp_path / "花名册", [TITLE, UNIT, rosters.HEADER, *people])
    table = read_table(path, known=KNOWN)
    assert names(table) == expected(people)
    assert [row.number for row in table.rows] == list(range(4, 14))
    assert [row.cells[3] for row in table.rows] == [person[3] for person in people]


def test_lines_that_are_no_people_are_told_apart_and_named(tmp_path: Path) -> None:
    people = rosters.people(6)
    rows = [
        TITLE,
        UNIT,
        rosters.HEADER,
        ["1、哈沙图嘎查党支部（共3人）"],
        *people[:3],
        [],
        [],
        ["小计", "3人"],
        list(rosters.HEADER),
        ["2、红旗村党支部（共3人）"],
        *people[3:],
        [7],
        ["合  计", "6人"],
        [],
        ["填表人：        审核人：        单位负责人："],
        ["注：本表一式两份。"],
        ["2026年7月1日"],
    ]
    table = read_table(rosters.xlsx(tmp_path / "a", rows), known=KNOWN)
    assert names(table) == expected(people)
    told = {note.row for note in table.notes}
    assert told == {4, 10, 11, 12, 16, 17, 19, 20, 21}
    sections = [row.cells[table.header.index(SECTION_HEADER)] for row in table.rows]
    assert sections == ["哈沙图嘎查党支部"] * 3 + ["红旗村党支部"] * 3


def test_a_heading_of_two_rows_is_joined(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["序号", "姓名", "联系方式", "", "所在党支部"])
    sheet.append(["", "", "手机", "固定电话", ""])
    for merge in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        sheet.merge_cells(merge)
    sheet.append([1, "田富", "13800000000", "0478-3210000", rosters.BRANCH])
    book.save(tmp_path / "a.xlsx")
    table = read_table(
        tmp_path / "a.xlsx", known=frozenset({"姓名", "手机", "固定电话", "所在党支部"})
    )
    assert table.header == ("序号", "姓名", "联系方式／手机", "联系方式／固定电话", "所在党支部")
    assert len(table.rows) == 1


def test_row_63_a_merged_branch_is_filled_down_but_makes_no_rows(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "性别", "所在党支部"])
    sheet.append(["田富", "男", rosters.BRANCH])
    sheet.append(["巴图", "男", ""])
    sheet.append(["那顺", "男", ""])
    sheet.merge_cells("C2:C9")
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", known=frozenset({"姓名", "性别", "所在党支部"}))
    assert [row.cells[2] for row in table.rows] == [rosters.BRANCH] * 3


def test_hidden_rows_and_columns_are_read_and_told(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in [rosters.HEADER, *rosters.people(4)]:
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["D"].hidden = True
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", known=KNOWN)
    assert len(table.rows) == 4
    told = " ".join(note.text for note in table.notes)
    assert "第 3 行" in told
    assert "身份证号码" in told


def test_errors_and_uncomputed_formulas_do_not_pass_for_blanks(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in [rosters.HEADER, *rosters.people(3)]:
        sheet.append(row)
    sheet["G2"] = "#REF!"
    sheet["G2"].data_type = "e"
    sheet["E3"] = "=TODAY()"
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", known=KNOWN)
    assert table.rows[0].cells[6] == "#REF!"
    assert table.rows[1].cells[4] == "#公式未计算"


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_row_63_dates_are_days_whichever_year_a_workbook_counts_from(
    tmp_path: Path, epoch_1904: bool
) -> None:
    from openpyxl import Workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(["姓名", "入党时间"])
    book.active.append(["田富", date(2004, 9, 7)])
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", known=frozenset({"姓名", "入党时间"}))
    assert table.rows[0].cells[1] == date(2004, 9, 7)
    assert table.epoch_1904 is epoch_1904


def test_the_sheet_that_looks_like_the_roster_is_taken(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "填表说明"
    book.active.append(["1.身份证号码必须为文本格式。"])
    for name, people in (("一支部", rosters.people(3)), ("二支部", rosters.people(5))):
        sheet = book.create_sheet(name)
        for row in [rosters.HEADER, *people]:
            sheet.append(row)
    old = book.create_sheet("旧表")
    for row in [rosters.HEADER, *rosters.people(9)]:
        old.append(row)
    old.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    opened = open_book(tmp_path / "a.xlsx", KNOWN)
    table = opened.table()
    assert table.name == "二支部"
    assert table.others == ("一支部", "旧表")
    assert len(opened.table("一支部").rows) == 3
    with pytest.raises(Refusal, match="没有工作表"):
        opened.table("三支部")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 torn", "另存为"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "另存为"),
        (b"<html><body><p>no table</p></body></html>", "没有表格"),
    ],
)
def test_a_file_that_cannot_serve_is_refused_in_words(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "名册.xls"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=words):
        read_table(path, known=KNOWN)


@pytest.mark.parametrize("kind", rosters.WRITERS)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(kind: str, tmp_path: Path) -> None:
    """Cut, flipped and overwritten bytes: never a crash, never memory without end."""
    dice = random.Random(kind)
    path = rosters.WRITERS[kind](tmp_path / "a", [rosters.HEADER, *rosters.people(20)])
    whole = path.read_bytes()
    for _ in range(150):
        torn = bytearray(whole)
        if dice.random() < 0.3:
            del torn[dice.randrange(len(torn)) :]
        for _ in range(dice.choice((0, 1, 5, 100))):
            if torn:
                torn[dice.randrange(len(torn))] = dice.randrange(256)
        path.write_bytes(bytes(torn))
        with suppress(Refusal):
            read_table(path, known=KNOWN)


def test_a_stray_cell_at_the_far_end_is_refused_in_words(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in [rosters.HEADER, *rosters.people(3)]:
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Refusal, match="大得不正常"):
        read_table(tmp_path / "a.xlsx", known=KNOWN)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="找不到文件"):
        read_table(tmp_path / "无.xlsx", known=KNOWN)


def test_broken_bytes_are_told_with_their_row(tmp_path: Path) -> None:
    good = rosters.text([rosters.HEADER, *rosters.people(3)]).encode("gb18030")
    lines = good.split(b"\r\n")
    lines[2] = lines[2].replace("党员".encode("gb18030"), b"\xff\xff")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\r\n".join(lines))
    table = read_table(path, known=KNOWN)
    assert len(table.rows) == 3
    assert [note.row for note in table.notes] == [3]


def test_text_forced_by_an_export_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'sep=,\n姓名,身份证号码\n田富,"=""{rosters.number(1)}"""\n', encoding="utf-8")
    table = read_table(path, known=KNOWN)
    assert table.rows[0].cells[1] == rosters.number(1)
    assert table.rows[0].number == 3


cell = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cc", "Cs", "Co", "Zl", "Zp")), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    rows=st.lists(st.lists(cell, min_size=4, max_size=4), min_size=1, max_size=8),
    encoding=st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"]),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
def test_text_tables_keep_every_cell(
    tmp_path: Path, rows: list[list[str]], encoding: str, delimiter: str
) -> None:
    """Whatever the cells hold, they come back at their row, whitespace at the ends aside."""
    header = ["姓名", "性别", "民族", "学历"]
    kept = [["王某", *row] for row in rows]
    content = rosters.text([[*header, "备注"], *kept], delimiter).encode(encoding)
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    table = read_table(path, known=frozenset(header))
    assert [row.number for row in table.rows] == list(range(2, len(rows) + 2))
    for row, line in zip(table.rows, kept, strict=True):
        assert [str(c) for c in row.cells] == [_forced(c.strip()) for c in line[: len(row.cells)]]


def _forced(text: str) -> str:
    return text[2:-1] if len(text) > 3 and text.startswith('="') and text.endswith('"') else text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    data=st.data(),
    count=st.integers(1, 12),
    kind=st.sampled_from(["xlsx", "csv gb18030", "xls"]),
)
def test_no_noise_between_people_adds_or_loses_one(
    tmp_path: Path, data: st.DataObject, count: int, kind: str
) -> None:
    people = rosters.people(count)
    noise = st.sampled_from(
        [
            [],
            ["", "", "", "", "", "", ""],
            list(rosters.HEADER),
            ["小计", f"{count}人"],
            ["三、红旗村党支部（共9人）"],
            [99],
            TITLE,
        ]
    )
    rows: list[list[Any]] = [TITLE, list(rosters.HEADER)]
    for person in people:
        rows += data.draw(st.lists(noise, max_size=2))
        rows.append(person)
    rows += data.draw(st.lists(noise, max_size=3))
    table = read_table(rosters.WRITERS[kind](tmp_path / "a", rows), known=KNOWN)
    assert names(table) == expected(people)


def test_what_an_old_workbook_hides_or_cannot_compute_is_told(tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("说明").write(0, 0, "填表说明")
    sheet = book.add_sheet("花名册")
    for at, row in enumerate([rosters.HEADER, *rosters.people(40)]):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    sheet.write(41, 1, "额尔敦")
    sheet.row(41).set_cell_error(6, "#REF!")
    sheet.write(41, 2, "男")
    sheet.row(5).hidden = True
    sheet.col(4).hidden = True
    book.save(str(tmp_path / "a.et"))
    table = read_table(tmp_path / "a.et", known=KNOWN)
    assert table.rows[-1].cells[6] == "#REF!"
    assert table.epoch_1904
    told = " ".join(note.text for note in table.notes)
    assert "第 6 行" in told
    assert "入党时间" in told


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ("党支部名称：红旗村党支部", "Sheet1"),
        ("填报单位（盖章）：红旗村党支部    2026年", "Sheet1"),
        ("红旗村党员花名册", "红旗村党支部"),
    ],
)
def test_a_roster_of_one_branch_names_it_above_or_on_the_tab(
    tmp_path: Path, above: str, name: str
) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = name
    for row in [[above], ["姓名", "性别", "类别"], ["田富", "男", "正式"]]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx", known=KNOWN | {"类别"})
    assert table.rows[0].cells[table.header.index(SECTION_HEADER)] == "红旗村党支部"


def test_an_open_quotation_mark_swallows_no_rows(tmp_path: Path) -> None:
    lines = rosters.text([rosters.HEADER, *rosters.people(6)]).splitlines()
    lines[2] = lines[2].replace("哈沙图", '"哈沙图')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(read_table(path, known=KNOWN).rows) == 6


def test_rows_of_blanks_are_no_rows(tmp_path: Path) -> None:
    blanks = [" ", "　", " ", "", " ", " ", " "]
    numbered = [3, " ", "　", "", " ", "", ""]
    rows = [rosters.HEADER, *rosters.people(2), blanks, numbered, *rosters.people(2, start=4)]
    assert len(read_table(rosters.xlsx(tmp_path / "a", rows), known=KNOWN).rows) == 4
