"""A clerk commends: a round from a preset to the decision, on the screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db import journal
from db.registers.commendation import Award, Commendation, Nomination, Quota
from db.registers.member import Honour, Member
from db.registers.organization import Organization
from db.undo import undo
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Place
from tests.factories import kept


@pytest.fixture
def branch(office):
    top = kept(Organization, name="白音胡舒苏木党委", kind="committee", township=1)
    branch = kept(
        Organization, name="哈沙图嘎查党支部", kind="branch", parent=top, village=1,
        election_due="2030-06",
    )  # fmt: skip
    for name in ("巴图", "田大利", "田富", "白音", "马玉兰"):
        kept(
            Member, name=name, organization=branch, category="full", sex="1", ethnicity="02",
            born_on="1975-03", joined_on="2001-06", education="61",
        )  # fmt: skip
    kept(Member, name="预备人", organization=branch, category="probationary")
    return branch


@pytest.fixture
def page(branch, frame, settle):
    frame.go(Place("commendation"))
    settle()
    return frame.page


def answer(page, settle, **values):
    """Fill the short form that stands open and press its button."""
    forms = [f for f in page.findChildren(AskForm) if f.isVisible()]
    assert len(forms) == 1
    for name, value in values.items():
        forms[0].fields[name].set_value(value)
    QTest.mouseClick(forms[0].go, Qt.MouseButton.LeftButton)
    settle()


def go_on(page, settle, **values):
    QTest.mouseClick(page.view.next, Qt.MouseButton.LeftButton)
    settle()
    answer(page, settle, **values)


@pytest.fixture
def opened(page, settle):
    """A round opened from the first preset."""
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    answer(page, settle, year=2026, name="")
    round_ = Commendation.get()
    round_.eligibility = {**round_.eligibility, "review": {"mode": "off"}}
    round_.save()
    settle()
    return page.view


def put_forward(programme, settle, name: str, words: str = "") -> None:
    tab = programme.nominations
    award_type = next(t for t in tab._types if t.name == name)
    tab._open_choosing(award_type, award_type.subject)
    settle()
    view = tab._stack.currentWidget()
    view.search.setText(words)
    view.ask()
    settle()
    view.table.selectAll()
    settle()
    QTest.mouseClick(view.go, Qt.MouseButton.LeftButton)
    settle()


def test_a_round_is_opened_from_a_preset_with_its_places(opened, page, settle, failures):
    assert page.view.isVisible()
    assert [opened.tabs.tabText(i) for i in range(2)] == ["推荐对象", "名额"]
    assert Quota.select().exists()
    opened.tabs.setCurrentWidget(opened.places)
    settle()
    rows = opened.places._table.rows_model.rows
    assert rows[-1].cells[0] == "合计"
    assert failures == []


def test_from_nomination_to_the_honour_on_the_record(opened, page, settle, failures, frame):
    go_on(page, settle, until="2026-06-10")
    put_forward(opened, settle, "优秀共产党员", "哈沙图")
    assert {n.name for n in Nomination.living()} == {"巴图", "田大利", "田富", "白音", "马玉兰"}
    go_on(page, settle, on="2026-06-12")
    assert {row.cells[3] for row in opened.nominations.table.rows_model.rows} <= {"需核对", "符合"}
    opened.nominations._select()
    settle()
    go_on(page, settle, on="2026-06-15", days=5, unit="working", notice_phone="0478-1")
    assert Commendation.get().notice_until == "2026-06-22"
    go_on(page, settle, document="白党发〔2026〕12号", on="2026-06-24", order="surname")
    assert Award.living().count() == Honour.living().count() >= 1
    operation = next(o for o in journal.operations() if o.kind == "decide")
    undo(operation.id)
    settle()
    assert Honour.living().count() == 0
    assert Commendation.get().step == "notice"
    assert failures == []


def test_a_decision_too_early_is_refused_in_the_form(opened, page, settle, failures):
    go_on(page, settle)
    put_forward(opened, settle, "优秀共产党员", "巴图")
    go_on(page, settle, on="2026-06-12")
    opened.nominations._select()
    settle()
    go_on(page, settle, on="2026-06-15", days=5, unit="working")
    QTest.mouseClick(opened.next, Qt.MouseButton.LeftButton)
    settle()
    answer(page, settle, document="白党发〔2026〕12号", on="2026-06-16")
    form = next(f for f in page.findChildren(AskForm) if f.isVisible())
    assert "6月22日" in form._whole.text()
    assert Commendation.get().step == "notice"
    assert failures == []


def test_the_deeds_are_counted_while_typing(opened, page, settle, failures):
    go_on(page, settle)
    put_forward(opened, settle, "优秀共产党员", "田大利")
    tab = opened.nominations
    tab.table.selectRow(0)
    settle()
    tab.panel.edit()
    settle()
    field = tab.panel.form.editor.fields["deeds"]
    field.control.setPlainText("实" * 601)
    settle()
    from PySide6.QtWidgets import QLabel

    assert any("601 / 600 字，超出 1 字" in each.text() for each in field.findChildren(QLabel))
    assert tab.dirty
    assert page.unsaved()
    tab.panel.form.give_up()


def test_a_condition_changed_on_the_screen_is_kept(opened, page, settle, failures):
    opened.tabs.setCurrentWidget(opened.conditions)
    box = opened.conditions._modes["star"]
    box.setCurrentIndex(box.findData("block"))
    box.activated.emit(box.currentIndex())
    settle()
    assert Commendation.get().eligibility["star"]["mode"] == "block"
    edit = opened.conditions._numbers["star", "stars"]
    edit.clear()
    QTest.keyClicks(edit, "x")
    edit.editingFinished.emit()
    settle()
    assert Commendation.get().eligibility["star"]["stars"] == 3
    assert failures == []


def test_escape_leads_back_to_the_list(opened, page, settle):
    page.close_record()
    settle()
    assert page.view.isHidden()
    assert page.splitter.isVisible()
    page.table.selectRow(0)
    settle()
    assert page.selection() == [Commendation.get().id]
