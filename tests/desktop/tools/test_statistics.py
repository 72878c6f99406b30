"""统计与通报: each number leads to its list, scope and period narrow it, the report can be handed over."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from python_calamine import CalamineWorkbook

from db.codes import code_list
from db.registers.loan import Loan
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.widgets.figure_view import FigureView
from desktop.widgets.page import Place
from tests.factories import make


@pytest.fixture
def branch(office):
    top = make(
        Organization,
        name="西召镇党委",
        kind="committee",
        township=1,
        founded_on="1960",
        domain="pastoral",
    )
    branch = make(
        Organization, name="哈沙图嘎查党支部", kind="branch", parent=top, village=1, domain="pastoral",
        founded_on="2026-03-01",
    )  # fmt: skip
    for sex in "112":
        make(Member, organization=branch, standing="normal", sex=sex, born_on="1980-01-01", joined_on="2005-07-01",
             confirmed_on="2006-07-01", ethnicity="02")  # fmt: skip
    return branch


@pytest.fixture
def page(branch, frame, settle):
    frame.go(Place("statistics"))
    settle()
    return frame.page


def show(page, name, settle):
    at = next(i for i in range(page.tabs.count()) if page.tabs.tabText(i) == name)
    page.tabs.setCurrentIndex(at)
    settle()
    return {view.figure.id: view for view in page.findChildren(FigureView)}


def founded(page):
    """What the link of the new organizations is called; "" when there are none to show."""
    names = (each.accessibleName() for each in page.findChildren(QPushButton))
    return next((name for name in names if name.startswith("统计期内新建")), "")


def test_a_number_leads_to_its_list(page, frame, settle, failures):
    views = show(page, "党员", settle)
    ages = views["members_by_age"]
    line = next(i for i, row in enumerate(ages.figure.rows) if row.label == "46至50岁")
    assert ages.model.index(line, 2).data() == "1"
    ages.table.clicked.emit(ages.model.index(line, 2))
    settle()
    assert frame.page.title == "党员"
    assert frame.page.table.model().rowCount() == 1
    assert failures == []


def test_the_first_column_and_empty_numbers_lead_nowhere(page, settle):
    view = show(page, "党员", settle)["members_by_age"]
    assert view.model.listing(view.model.index(0, 0)) is None
    empty = [
        view.model.index(r, c + 1)
        for r, row in enumerate(view.figure.rows)
        for c, cell in enumerate(row.cells)
        if not cell.value
    ]
    assert all(view.model.listing(index) is None for index in empty)


def test_posts_are_shown_as_the_people_or_places_they_are_about(page, office, settle):
    from db.registers.member import Post
    from db.statistics.figure import Listing

    member = Member.select().first()
    kept = make(Post, organization=member.organization, kind="liaison", member=member, until_on="")
    assert Listing(Post, Post.living()).opened() == ("member", [member.id])
    kept.retire("录错")
    make(
        Post,
        organization=member.organization,
        kind="liaison",
        member=None,
        holder_name="乌云",
        until_on="",
    )
    assert Listing(Post, Post.living()).opened() == ("organization", [member.organization_id])


def test_scope_and_period_narrow_the_numbers(page, branch, settle):
    show(page, "党组织", settle)
    assert "1个" in founded(page)
    page.since.setText("2020")
    page.until.setText("2021年5月")
    page.since.editingFinished.emit()
    settle()
    assert page._scope.since == "2020"
    assert page._scope.until == "2021-05"
    assert founded(page) == ""
    page.place.set_record(branch.id, branch.name)
    page.place.chosen.emit(branch.id)
    settle()
    table = show(page, "党组织", settle)["organizations_by_domain"]
    assert table.figure.rows[-1].cells[0].value == 1


def test_a_period_nobody_can_read_is_said_and_changes_nothing(page, settle):
    said = []
    page.said.connect(said.append)
    before = page._scope
    page.since.setText("去年某月")
    page.since.editingFinished.emit()
    settle()
    assert said
    assert said[0].kind == "bad"
    assert "去年某月" in said[0].words
    assert page._scope is before


def test_the_report_goes_out_as_a_workbook(page, settle, tmp_path, failures):
    path = tmp_path / "通报.xlsx"
    page.export_to(path)
    settle()
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names[0] == "党组织"
    assert "党员年龄结构" in book.sheet_names
    rows = book.get_sheet_by_name("党员年龄结构").to_python()
    assert rows[2][:3] == ["年龄", "党员", "女"]
    assert rows[-1][:3] == ["合计", 3, 1]
    assert failures == []


def test_money_is_read_in_yuan_on_the_screen_and_in_the_sheet(page, branch, settle, tmp_path):
    make(
        Loan,
        member=None,
        name="赵利锋",
        organization=branch,
        kind=sorted(code_list("loan_kind").marked("pool"))[0],
        principal=5_000_050,
        lent_on=f"{date.today().year}-01-10",
        settled_on="",
    )
    show(page, "关爱帮扶", settle)
    page.refresh()
    settle()
    words = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "50,000.50" in words
    assert "元 贴息贷款金额" in words
    assert not any(each.startswith("分 ") for each in words)
    path = tmp_path / "通报.xlsx"
    page.export_to(path)
    settle()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("关爱帮扶").to_python()
    line = next(row for row in rows if "贴息贷款金额" in row)
    assert 50000.5 in line
    assert "元" in line
