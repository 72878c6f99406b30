"""In the small window of an office's notebook nothing is cut off, and faults go once they are mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from db.registers.contact_point import ContactPoint
from db.registers.fund import Fund
from db.registers.loan import Loan
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.shell.unlock import UnlockPage
from desktop.shell.wizard import Wizard
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Place
from tests.desktop.sheets import rosters
from tests.factories import make

NOTEBOOK = (1229, 691)
LARGE_LETTERS = (806, 453)  # as few letters as at 16 points on a notebook


@pytest.fixture
def branch(office: Any) -> Any:
    top = make(Organization, name="白音胡舒苏木党委", short_name="", kind="committee", parent=None)
    return make(Organization, name="哈沙图嘎查党支部", short_name="", kind="branch", parent=top)


def open_page(frame: Any, settle: Any, size: tuple[int, int], stem: str, **where: Any) -> Any:
    frame.resize(*size)
    frame.go(Place(stem, **where))
    settle()
    return frame.page


def place_of(widget: QWidget, inside: QWidget) -> QRect:
    return QRect(widget.mapTo(inside, QPoint(0, 0)), widget.size())


def cut_off(inside: QWidget) -> list[str]:
    """The buttons that do not show all their words, or stand outside."""
    return [
        each.text()
        for each in inside.findChildren(QAbstractButton)
        if each.isVisible()
        and each.text()
        and (
            each.width() < each.minimumSizeHint().width()
            or each.visibleRegion().boundingRect().size() != each.size()
        )
    ]


def test_the_buttons_of_a_record_show_their_words_and_how_it_stands_is_read_whole(
    branch: Any, frame: Any, settle: Any
) -> None:
    loan = make(
        Loan,
        member=None,
        name="赵利锋",
        organization=branch,
        principal=5_000_000,
        lent_on="2026-01-10",
        settled_on="",
    )
    page = open_page(frame, settle, NOTEBOOK, "loan", row=loan.id)
    assert cut_off(page.panel) == []
    words = page.panel.standing
    assert "未还本金" in words.text()
    assert words.visibleRegion().boundingRect().size() == words.size()
    assert words.height() >= words.heightForWidth(words.width())
    fund = make(Fund, name="困难党员救助基金")
    page = open_page(frame, settle, NOTEBOOK, "fund", row=fund.id)
    assert cut_off(page.panel) == []
    assert "余额" in page.panel.standing.text()


def test_the_buttons_of_a_page_go_on_in_a_second_line(branch: Any, frame: Any, settle: Any) -> None:
    make(ContactPoint, organization=branch, kind="committee")
    page = open_page(frame, settle, LARGE_LETTERS, "contact_point")
    assert cut_off(page) == []


def test_a_whole_id_number_is_seen_while_it_is_typed(branch: Any, frame: Any, settle: Any) -> None:
    make(Member, name="张三", organization=branch)
    page = open_page(frame, settle, NOTEBOOK, "member", fresh=True)
    line = page.panel.form.editor.fields["id_number"].control
    line.setText("150826195903027718")
    line.setCursorPosition(0)
    assert line.cursorRect().left() >= 0
    line.setCursorPosition(18)
    taken = line.fontMetrics().horizontalAdvance(line.text())
    line.setCursorPosition(0)
    start = line.cursorRect().center().x()
    assert start + taken <= line.width()


def test_retiring_what_has_a_long_name_leaves_room_for_the_reason(
    branch: Any, frame: Any, settle: Any
) -> None:
    name = "白音胡舒苏木机关事业单位离退休干部联合党支部委员会"
    long = make(Organization, name=name, short_name="", kind="branch", parent=branch.parent)
    page = open_page(frame, settle, NOTEBOOK, "organization", row=long.id)
    frame.resize(*LARGE_LETTERS)
    page.panel.retire_button.click()
    settle()
    bar = page.panel._reason
    assert cut_off(bar) == []
    assert bar.edit.width() > look().measure.characters(8)
    assert bar.visibleRegion().boundingRect().size() == bar.size()


def test_the_charts_of_the_home_page_stand_below_where_there_is_no_room_beside(
    branch: Any, frame: Any, settle: Any
) -> None:
    make(Member, name="张三", organization=branch)
    page = open_page(frame, settle, LARGE_LETTERS, "home")
    assert page._chart_cards
    room = page._content.viewport()
    for card in page._chart_cards:
        assert place_of(card, room).right() <= room.width()


def test_what_is_counted_can_be_chosen_in_a_small_window(
    branch: Any, frame: Any, settle: Any
) -> None:
    page = open_page(frame, settle, LARGE_LETTERS, "statistics")
    controls = [page.place, page.domain, page.since, page.until]
    places = [place_of(each, page) for each in controls]
    for at, one in enumerate(places):
        assert page.rect().contains(one)
        assert not any(one.intersects(other) for other in places[at + 1 :])


def test_a_passphrase_is_typed_right_beside_its_name(frame: Any, settle: Any) -> None:
    page = open_page(frame, settle, NOTEBOOK, "settings")
    form = page.secrets
    name = next(each for each in form.findChildren(QLabel) if each.buddy() is form.new)
    gap = place_of(form.new, form).left() - place_of(name, form).left()
    assert gap < look().measure.characters(8)
    form.new.setText("短")
    form.submit()
    told = form._fault
    assert not told.isHidden()
    form.new.setText("")
    form.new.insert("草原上的小路弯弯")
    form.new.textEdited.emit(form.new.text())
    assert told.isHidden(), "it spoke of the words before"


def test_a_step_with_many_fields_is_scrolled_and_its_button_stays(
    branch: Any, frame: Any, settle: Any
) -> None:
    page = open_page(frame, settle, LARGE_LETTERS, "aid")
    page.add()
    settle()
    form = next(each for each in page.findChildren(AskForm) if each.isVisible())
    assert form.go.visibleRegion().boundingRect().size() == form.go.size()
    for field in form.fields.values():
        for line in field.findChildren(QLineEdit):
            assert line.height() <= field.height(), "a field is not squeezed"


def test_the_fault_of_a_step_goes_when_its_field_is_mended(
    branch: Any, frame: Any, settle: Any
) -> None:
    page = open_page(frame, settle, NOTEBOOK, "aid")
    page.add()
    settle()
    form = next(each for each in page.findChildren(AskForm) if each.isVisible())
    name = next(key for key, field in form.fields.items() if field.column.required)
    form.fields[name].set_value("")
    form.submit()
    settle()
    told = form._faults[name]
    assert told.text()
    assert not told.isHidden()
    assert told.visibleRegion().boundingRect().size() == told.size()
    form.fields[name].control.insert("2026")
    form.fields[name].changed.emit()
    assert told.isHidden()


def test_the_heading_of_a_short_sheet_stands_right_above_its_columns(
    branch: Any, frame: Any, settle: Any, tmp_path: Path
) -> None:
    page = open_page(frame, settle, NOTEBOOK, "importing", words="member")
    page.file_step.take(
        rosters.xlsx(tmp_path / "名册", [["党员花名册"], rosters.HEADER, *rosters.people(2)])
    )
    settle()
    step = page.columns_step
    heading = next(each for each in step.findChildren(QLabel) if each.text() == "前几个值")
    first = next(iter(step._boxes.values()))
    gap = place_of(first, step).top() - place_of(heading, step).bottom()
    assert heading.height() < look().measure.row * 2
    assert gap < look().measure.row


def test_a_plan_without_questions_shows_no_place_for_them(
    branch: Any, frame: Any, settle: Any, tmp_path: Path
) -> None:
    page = open_page(frame, settle, NOTEBOOK, "importing", words="member")
    people = rosters.people(2)
    page.file_step.take(rosters.xlsx(tmp_path / "名册", [["名册"], rosters.HEADER, *people]))
    settle()
    page.columns_step.go_on.click()
    settle()
    step = page.plan_step
    assert step.isVisible()
    assert not step._found
    links = [each for each in step.findChildren(QAbstractButton) if each.text() == "全选"]
    assert links
    assert not any(each.isVisible() for each in links)


def test_a_refused_passphrase_is_spoken_of_until_the_next_is_typed(qtbot: Any) -> None:
    page = UnlockPage()
    qtbot.addWidget(page)
    page.unlock()
    assert page.fault.text()
    QTest.keyClicks(page.secret, "a")
    assert not page.fault.text()


def test_the_first_steps_lose_their_fault_when_the_name_is_typed(
    qtbot: Any, tmp_path: Path
) -> None:
    wizard = Wizard(tmp_path / "office")
    qtbot.addWidget(wizard)
    wizard.start()
    wizard._next()
    assert wizard.fault.text()
    QTest.keyClicks(wizard.office_name, "a")
    assert not wizard.fault.text()


@pytest.mark.parametrize("width", [1229, 1366])
@pytest.mark.parametrize("points", [10.5, 14, 16])
def test_the_form_of_a_member_can_be_saved_whatever_the_size_of_the_letters(
    branch: Any, frame: Any, settle: Any, width: int, points: float
) -> None:
    make(Member, name="张三", organization=branch)
    # The same room in letters as a window of this width has with letters of this size.
    narrow = round(width * 10.5 / points), round(691 * 10.5 / points)
    page = open_page(frame, settle, narrow, "member", fresh=True)
    assert cut_off(page.panel) == []
    save = page.panel.form.save_button
    assert save.visibleRegion().boundingRect().size() == save.size()


def test_the_fault_of_an_office_name_goes_when_the_name_is_typed_anew(
    frame: Any, settle: Any
) -> None:
    page = open_page(frame, settle, NOTEBOOK, "settings")
    page.office.name.setText("")
    page.office.rename()
    settle()
    assert page.office.fault.isVisible()
    QTest.keyClicks(page.office.name, "a")
    assert not page.office.fault.isVisible()


def test_a_scheme_that_passes_its_check_is_not_told_so_in_red(
    branch: Any, frame: Any, settle: Any
) -> None:
    page = open_page(frame, settle, NOTEBOOK, "scheme")
    page.add()
    settle()
    page.panel.show_id(page.model.ids[0])
    settle()
    page._open_editor()
    settle()
    editor = page.scheme_editor
    editor.check()
    assert "检查通过" in editor.fault.text()
    assert editor.fault.objectName() != "fault"
    editor._lines["name"].clear()
    editor.check()
    assert editor.fault.objectName() == "fault"


def test_a_refused_form_shows_the_fault_and_no_field_is_cut_off(
    branch: Any, frame: Any, settle: Any
) -> None:
    """A small window on the notebook of an office: 1366 × 768 before it is made as large as it goes."""
    page = open_page(frame, settle, NOTEBOOK, "member", fresh=True)
    form = page.panel.form
    form.editor.fields["name"].control.setText("赵六")
    form.save()
    settle()
    words = form.editor._faults["organization"]
    assert words.text()
    assert words.visibleRegion().boundingRect().size() == words.size()
    name = form.editor.fields["organization"]
    assert name.visibleRegion().boundingRect().width() == name.width()
