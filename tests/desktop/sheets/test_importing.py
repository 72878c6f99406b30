"""From file to ledger and back: import, export, refused rows corrected and sent in again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import access
from db.access import Person, Role
from db.errors import Refusal
from db.importing.execute import execute
from db.importing.plan import Options
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from desktop.sheets.exporting import export_register, export_template, export_view
from desktop.sheets.importing import plan_file, run_import
from tests.desktop.sheets import rosters

pytestmark = pytest.mark.usefixtures("office")

KEYS = ("new", "changed", "same", "refused")


def counts(answer: dict[str, Any]) -> tuple[int, ...]:
    assert sum(answer[key] for key in KEYS) == len(answer["rows"])
    return tuple(answer[key] for key in KEYS)


def cells(path: Path) -> list[list[Any]]:
    from openpyxl import load_workbook

    return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", rosters.WRITERS)
def test_every_kind_of_file_imports_and_twice_changes_nothing(kind: str, tmp_path: Path) -> None:
    people = rosters.people(8)
    path = rosters.WRITERS[kind](tmp_path / "a", [rosters.HEADER, *people])
    assert counts(run_import("member", path, dry_run=True, found_organizations=True)) == (
        8,
        0,
        0,
        0,
    )
    assert Member.select().count() == 0
    assert counts(run_import("member", path)) == (0, 0, 0, 8)
    assert counts(run_import("member", path, found_organizations=True)) == (8, 0, 0, 0)
    assert counts(run_import("member", path)) == (0, 0, 8, 0)
    assert Organization.living().where(Organization.name == rosters.BRANCH).count() == 1


def test_what_is_exported_is_what_is_kept(tmp_path: Path) -> None:
    people = rosters.people(10)
    path = rosters.xlsx(tmp_path / "a", [rosters.HEADER, *people])
    run_import("member", path, found_organizations=True)
    for stem, rows in (("member", 10), ("organization", Organization.living().count())):
        out = tmp_path / f"{stem}.xlsx"
        assert export_register(stem, out) == rows
        assert counts(run_import(stem, out)) == (0, 0, rows, 0)


def test_long_numbers_leave_as_text(tmp_path: Path) -> None:
    path = rosters.xlsx(tmp_path / "a", [rosters.HEADER, *rosters.people(1)])
    run_import("member", path, found_organizations=True)
    export_register("member", tmp_path / "out.xlsx")
    header, row = cells(tmp_path / "out.xlsx")
    assert row[header.index("公民身份号码")] == rosters.number(1)
    assert row[header.index("所在党支部")] == rosters.BRANCH


def test_a_view_leaves_as_it_is_shown(tmp_path: Path) -> None:
    path = rosters.xlsx(tmp_path / "a", [rosters.HEADER, *rosters.people(4)])
    run_import("member", path, found_organizations=True)
    ids = [member.id for member in Member.living().order_by(Member.id.desc())][:3]
    assert export_view(Member, ids, ["name", "sex"], tmp_path / "out.xlsx") == 3
    rows = cells(tmp_path / "out.xlsx")
    assert rows[0] == ["姓名", "性别"]
    assert [row[0] for row in rows[1:]] == [Member.get_by_id(i).name for i in ids]


def test_who_may_not_see_exports_masked_or_not_at_all(tmp_path: Path) -> None:
    path = rosters.xlsx(tmp_path / "a", [rosters.HEADER, *rosters.people(1)])
    run_import("member", path, found_organizations=True)
    with access.acting_as(Person(9, "查阅者", Role.READER)), pytest.raises(Refusal, match="导出"):
        export_register("member", tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_refused_rows_come_back_with_reasons_and_go_in_when_corrected(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    people = rosters.people(6)
    people[1][1] = ""
    people[2][3] = 150823195608170036.0
    people[3][4] = "1989.13"
    path = rosters.xlsx(tmp_path / "a", [["党员花名册"], rosters.HEADER, *people])
    back = tmp_path / "退回.xlsx"
    answer = run_import("member", path, found_organizations=True, refused_path=back)
    assert counts(answer) == (3, 0, 0, 3)

    header, *rows = cells(back)
    assert header == [
        *("序号", "姓 名", "性别", "身份证号码", "入党时间", "党员类别", "所在党支部"),
        "原行号",
        "出错列",
        "原因",
    ]
    assert [row[7] for row in rows] == [4, 5, 6]
    assert [row[8] for row in rows] == ["姓 名", "身份证号码", "入党时间"]
    assert all(row[9] for row in rows)

    assert counts(run_import("member", back)) == (0, 0, 0, 3), "nothing was corrected yet"

    book = load_workbook(back)
    sheet = book.active
    sheet["B2"], sheet["D3"], sheet["E4"] = "那顺", rosters.number(3), "1989.12"
    book.save(back)
    assert counts(run_import("member", back)) == (3, 0, 0, 0)
    assert Member.living().count() == 6


def test_no_sheet_is_written_when_nothing_is_refused(tmp_path: Path) -> None:
    path = rosters.xlsx(tmp_path / "a", [rosters.HEADER, *rosters.people(2)])
    run_import("member", path, found_organizations=True, refused_path=tmp_path / "b.xlsx")
    assert not (tmp_path / "b.xlsx").exists()


def test_a_template_filled_in_goes_in(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    blank = tmp_path / "模板.xlsx"
    export_template("member", blank)
    book = load_workbook(blank)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    assert header[header.index("姓名")] == "姓名"
    rules = {
        next(iter(rule.sqref.ranges)).bounds[0]: rule.formula1
        for rule in sheet.data_validations.dataValidation
    }
    assert "男" in rules[header.index("性别") + 1]
    assert sheet.cell(1, header.index("姓名") + 1).comment is not None
    filled = {"姓名": "田富", "所在党支部": rosters.BRANCH, "人员类别": "正式党员"}
    for label, value in filled.items():
        sheet.cell(2, header.index(label) + 1).value = value
    book.save(blank)
    assert counts(run_import("member", blank, found_organizations=True)) == (1, 0, 0, 0)


def test_an_unknown_register_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="党员"):
        run_import("nothing", tmp_path / "a.xlsx")


damage = st.sampled_from(
    [
        (1, ""),
        (1, "王" * 40),
        (3, 150823195608170036.0),
        (3, "1.50823E+17"),
        (3, "15082319560817"),
        (4, "1989.13"),
        (4, "看不清"),
        (5, "群众"),
        (6, ""),
        (6, "#REF!"),
    ]
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(
    data=st.data(), count=st.integers(1, 12), kind=st.sampled_from(["xlsx", "csv gb18030", "xls"])
)
def test_whatever_is_wrong_every_row_is_accounted_for(
    tmp_path: Path, data: st.DataObject, count: int, kind: str
) -> None:
    """Good rows go in, damaged ones are named, a second import and an export change nothing."""
    people = rosters.people(count)
    faulty = {}
    for at, row in enumerate(people):
        if data.draw(st.integers(0, 3)) == 0:
            column, value = data.draw(damage)
            row[column] = value
            faulty[at + 2] = rosters.HEADER[column]
    doubled = data.draw(st.lists(st.sampled_from(range(count)), max_size=3))
    people += [list(people[at]) for at in doubled]
    path = rosters.WRITERS[kind](tmp_path / "a", [rosters.HEADER, *people])

    plan, _matching = plan_file("member", path, Options(found=True))
    assert len(plan.rows) == len(people)
    assert sum(plan.counts.values()) == len(people)
    wrong = {row.number: row.column for row in plan.refused if row.number < count + 2}
    assert wrong == faulty

    done = execute(plan)
    again, _matching = plan_file("member", path)
    assert again.changes_nothing or not done.operation
    assert len(again.refused) == len(plan.refused)

    out = tmp_path / "out.xlsx"
    kept = export_register("member", out)
    if kept:
        assert counts(run_import("member", out)) == (0, 0, kept, 0)
    if done.operation:
        undo(done.operation)
    assert Member.living().count() == 0
