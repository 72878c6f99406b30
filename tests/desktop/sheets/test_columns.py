"""Headings find their fields by what they say; a doubtful likeness is a question, not a match."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.importing.table import SECTION_HEADER, Row, Table
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.sheets.columns import How, fingerprint, known_headings, match_columns
from desktop.sheets.remembered import RememberedFile


def table(*header: str, rows: list[list[object]] | None = None) -> Table:
    lines = rows or [["值"] * len(header)] * 3
    return Table("表", header, [Row(n, cells) for n, cells in enumerate(lines, start=2)])


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓 名", "name"),
        ("＊姓名（必填）", "name"),
        ("党员姓名", "name"),
        ("身份证号码", "id_number"),
        ("身份证号（18位）", "id_number"),
        ("公民身份号码", "id_number"),
        ("出生年月", "born_on"),
        ("入党\n时间", "joined_on"),
        ("入党年月", "joined_on"),
        ("转正年月日", "confirmed_on"),
        ("文化程度", "education"),
        ("所在党支部名称", "organization"),
        ("岗位", "occupation"),
        ("党员身份", "category"),
        ("所属党支部", "organization"),
        ("居住地址", "address"),
        ("手机号", "phone"),
        ("联系方式／手机", "phone"),
        ("工作单位", "unit_name"),
        ("工作岗位", "occupation"),
    ],
)
def test_headings_as_offices_write_them(heading: str, field: str) -> None:
    assert match_columns(table(heading), Member).mapping == {0: field}


@pytest.mark.parametrize(
    "heading", ["配偶姓名", "父亲联系电话", "家属姓名", "入党介绍人电话", "时间", "工作", "星级"]
)
def test_what_is_somebody_elses_or_says_nothing_is_left_out(heading: str) -> None:
    assert match_columns(table(heading), Member).mapping == {}


def test_a_field_takes_one_column_and_the_other_is_a_question() -> None:
    matching = match_columns(table("姓名", "手机号码", "联系电话"), Member)
    assert matching.mapping == {0: "name", 1: "phone"}
    assert [match.header for match in matching.questions] == ["联系电话"]
    assert matching.chosen(2, "landline").mapping[2] == "landline"
    swapped = matching.chosen(2, "phone")
    assert swapped.mapping == {0: "name", 2: "phone"}


def test_a_column_that_numbers_the_lines_is_no_code() -> None:
    numbered: list[list[object]] = [[str(n), "田富"] for n in range(1, 30)]
    matching = match_columns(table("编号", "姓名", rows=numbered), Member)
    assert matching.matches[0].how is How.SERIAL
    coded: list[list[object]] = [[f"QH-{n * 7}", "田富"] for n in range(1, 30)]
    assert match_columns(table("编号", "姓名", rows=coded), Member).mapping[0] == "code"


def test_group_lines_name_the_branch_only_when_no_column_does() -> None:
    assert match_columns(table("姓名", SECTION_HEADER), Member).mapping[1] == "organization"
    both = match_columns(table("姓名", "党支部", SECTION_HEADER), Member).mapping
    assert both == {0: "name", 1: "organization"}


def test_every_field_is_found_by_its_own_label() -> None:
    for model in (Member, Organization):
        from desktop.sheets.columns import importable

        fields = importable(model)
        matching = match_columns(table(*(field.label for field in fields)), model)
        assert matching.mapping == {at: field.name for at, field in enumerate(fields)}


def test_decisions_are_remembered_for_the_same_headings(tmp_path: Path) -> None:
    kept = RememberedFile(tmp_path / "columns.json")
    header = ("姓名", "星级说明", "手机")
    matching = match_columns(table(*header), Member).chosen(1, "notes").chosen(2, "")
    assert kept.recall("member", header) is None
    kept.keep("member", header, matching)
    again = kept.recall("member", ("手 机", "姓名", "星级说明"))
    assert match_columns(table(*header), Member, again).mapping == {0: "name", 1: "notes"}
    assert kept.recall("organization", header) is None


def test_a_torn_memory_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "columns.json").write_text("{torn", encoding="utf-8")
    assert RememberedFile(tmp_path / "columns.json").recall("member", ("姓名",)) is None


def test_headings_make_a_fingerprint_whatever_their_order() -> None:
    assert fingerprint(["姓名", "性别"]) == fingerprint(["性 别", "姓名"])
    assert fingerprint(["姓名"]) != fingerprint(["性别"])


def test_labels_and_aliases_are_known() -> None:
    assert {"姓名", "身份证号码", "党支部", "序号"} <= known_headings(Member)
