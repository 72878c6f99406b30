"""A clerk keeps members: without a mouse, with faults at their fields, and every step can be undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from db import journal
from db.registers.member import Member, MemberFlag
from db.registers.organization import Organization
from desktop.widgets.page import Place
from tests.factories import make


@pytest.fixture
def branch(office):
    top = make(Organization, name="白音胡舒苏木党委", kind="committee")
    return make(Organization, name="哈沙图嘎查党支部", kind="branch", parent=top)


@pytest.fixture
def page(branch, frame, settle):
    frame.go(Place("member"))
    settle()
    return frame.page


def type_into(widget, text):
    """As an input method does: the composed words are committed at once."""
    event = QInputMethodEvent("pinyin", [])
    QApplication.sendEvent(widget, event)
    done = QInputMethodEvent()
    done.setCommitString(text)
    QApplication.sendEvent(widget, done)


def focus():
    return QApplication.focusWidget()


def test_a_member_is_entered_without_a_mouse(page, frame, settle, failures):
    QTest.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.panel.editing
    editor = page.panel.form.editor
    assert focus() is editor.fields["name"].control
    type_into(focus(), "乌兰")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert focus() is editor.fields["id_number"].control
    QTest.keyClicks(focus(), "150823198503071224")
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    settle()
    editor.fields["organization"].control.setFocus()
    type_into(focus(), "哈沙图")
    settle()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert editor.value_of("organization") is not None
    editor.fields["joined_on"].control.setFocus()
    QTest.keyClicks(focus(), "2026.3")
    QTest.keyClick(focus(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert failures == []
    kept = Member.get(Member.name == "乌兰")
    assert kept.joined_on == "2026-03"
    assert kept.organization.name == "哈沙图嘎查党支部"
    assert not page.panel.editing
    assert page.table.current_id() == kept.id


def test_a_sound_id_number_fills_birthday_and_sex(page, settle):
    page.add()
    settle()
    editor = page.panel.form.editor
    control = editor.fields["id_number"].control
    control.setFocus()
    QTest.keyClicks(control, "11010519491231002X")
    settle()
    assert editor.value_of("born_on") == "1949-12-31"
    assert editor.value_of("sex") == "2"


def test_a_refusal_stands_at_the_field_and_nothing_is_lost(page, settle):
    page.add()
    settle()
    form = page.panel.form
    form.editor.fields["name"].control.setFocus()
    type_into(focus(), "巴图")
    form.editor.fields["joined_on"].control.setFocus()
    QTest.keyClicks(focus(), "1998.13")
    QTest.keyClick(focus(), Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert page.panel.editing
    assert "1998.13" in form.editor.fault_at("joined_on")
    assert focus() is form.editor.fields["joined_on"].control
    assert form.editor.fields["name"].control.text() == "巴图"
    form.editor.fields["joined_on"].control.clear()
    form.save()
    settle()
    assert "不能为空" in form.editor.fault_at("organization")
    assert Member.select().count() == 0


def test_a_flaw_is_shown_and_does_not_hinder(page, branch, settle):
    page.add()
    settle()
    editor = page.panel.form.editor
    control = editor.fields["id_number"].control
    control.setFocus()
    QTest.keyClicks(control, "110105194912310021")
    editor.fields["joined_on"].control.setFocus()
    settle()
    assert editor.fault_at("id_number")
    editor.fields["name"].control.setText("其其格")
    editor.fields["organization"].picker.set_record(branch.id, branch.name)
    page.panel.form.save()
    settle()
    assert Member.get(Member.name == "其其格").id_number == "110105194912310021"


def test_what_was_saved_can_be_undone_from_the_bar(page, branch, frame, settle):
    make_in_page(page, branch, settle, "苏和")
    message = frame.messages.message
    assert "苏和" in message.words
    assert message.undo is not None
    frame.messages.undo_button.click()
    settle()
    assert Member.living().count() == 0
    assert frame.messages.message.words.startswith("已撤销")
    assert page.model.rowCount() == 0


def make_in_page(page, branch, settle, name):
    page.add()
    settle()
    editor = page.panel.form.editor
    editor.fields["name"].control.setText(name)
    editor.fields["organization"].picker.set_record(branch.id, branch.name)
    page.panel.form.save()
    settle()


def test_half_filled_forms_come_back_after_a_crash(page, branch, settle):
    from db import drafts

    page.add()
    settle()
    control = page.panel.form.editor.fields["name"].control
    control.setFocus()
    type_into(control, "没写完")
    page.panel.form._keep()
    settle()
    assert [draft.fields["name"] for draft in drafts.kept("member")] == ["没写完"]
    page.panel.form.editor.load(Member(category="probationary", standing="normal"))
    page.panel.form.load(Member(category="probationary", standing="normal"))
    settle()
    page.panel.form._take_draft()
    assert control.text() == "没写完"


def test_enter_belongs_to_the_input_method_while_it_composes(page, settle):
    page.add()
    settle()
    control = page.panel.form.editor.fields["name"].control
    control.setFocus()
    QApplication.sendEvent(control, QInputMethodEvent("wu lan", []))
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert focus() is control
    assert control.text() == ""


def test_the_list_narrows_by_tree_chip_and_words(branch, frame, settle):
    other = make(
        Organization, name="机关党支部", short_name="", kind="branch", parent=branch.parent
    )
    make(Member, name="单雄信", organization=branch)
    make(Member, name="曾国强", organization=other, category="probationary")
    gone = make(Member, name="张三", organization=other, standing="transferred")
    hard = make(Member, name="张伟", organization=branch)
    make(MemberFlag, member=hard, kind="hardship", until_on="")
    frame.go(Place("member"))
    settle()
    page = frame.page
    assert page.model.rowCount() == 3
    page.filters.clear_all()
    settle()
    assert page.model.rowCount() == 4
    page.filters.set_chip("hardship")
    settle()
    assert list(page.model.ids) == [hard.id]
    page.filters.clear_all()
    page.filters.search.setText("sxx")
    settle(quiet=5)
    assert page.model.rowCount() == 1
    page.filters.clear_all()
    page.filters.set_ids((gone.id,), "转出的")
    settle()
    assert "转出的" in page.sentence
    assert list(page.model.ids) == [gone.id]
    page.filters.clear_all()
    page.tree.pick(other.id)
    settle()
    assert page.model.rowCount() == 2
    assert "机关" in page.sentence


def test_retiring_asks_why_and_the_record_can_come_back(page, branch, settle):
    make_in_page(page, branch, settle, "斯琴")
    page.panel._ask_reason()
    page.panel._reason.edit.setText("重复登记")
    page.panel._reason._give()
    settle()
    kept = Member.get(Member.name == "斯琴")
    assert kept.retired == "重复登记"
    page.filters.set_retired(True)
    settle()
    page.table.pick(kept.id)
    settle()
    assert not page.panel.restore_button.isHidden()
    page.panel.restore_button.click()
    settle()
    assert Member.get_by_id(kept.id).retired == ""


def test_the_history_tab_tells_who_changed_what(page, branch, settle):
    make_in_page(page, branch, settle, "娜仁")
    kept = Member.get(Member.name == "娜仁")
    kept.education = kept._meta.fields["education"].codes.codes[2]
    kept.save()
    from desktop.widgets.history import steps

    found = steps(Member, kept.id)
    assert len(found) == 2
    assert "学历：空 →" in found[0][1][0]
    page.panel.show_id(kept.id)
    settle()
    page.panel.tabs.setCurrentIndex(page.panel.tabs.count() - 1)
    settle()
    words = [each.text() for each in page.panel._history.findChildren(type(page._title))]
    assert any("学历" in each for each in words)


def test_a_step_of_membership_is_one_operation(page, branch, settle):
    make_in_page(page, branch, settle, "格日勒")
    kept = Member.get(Member.name == "格日勒")
    page.panel.show_id(kept.id)
    settle()
    form = page._ask_confirm(page.panel.record)
    page.panel.ask(form)
    form.fields["on"].control.setText("2026.7.1")
    form.submit()
    settle()
    kept = Member.get_by_id(kept.id)
    assert (kept.category, kept.confirmed_on) == ("full", "2026-07-01")
    assert journal.operations(1)[0].words == "“格日勒”转正"


def test_rows_go_to_the_clipboard_as_a_sheet_takes_them(page, branch, settle):
    for name in ("甲一", "乙二"):
        make_in_page(page, branch, settle, name)
    page.table.setFocus()
    page.table.selectAll()
    page.table.copy()
    settle()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[0] == "姓名"
    assert [line.split("\t")[0] for line in lines[1:]] == ["甲一", "乙二"]


def test_columns_are_chosen_and_remembered(page, frame, settle, tmp_path):
    from desktop import settings

    settings.current.load(tmp_path / "screen.json")
    page.table.show_column("education", False)
    page.table.show_column("notes" if "notes" in page.table._all else "address", True)
    assert "education" not in page.table.shown_names()
    again = settings.Settings(tmp_path / "screen.json")
    kept = [name for name, _ in again["columns"]["member"]]
    assert kept == page.table.shown_names()
    page.table.reset_columns()
    assert "education" in page.table.shown_names()


def test_enter_takes_what_a_long_list_offers_and_the_offer_goes_away(page, settle):
    page.add()
    settle()
    field = page.panel.form.editor.fields["ethnicity"]
    field.control.setFocus()
    type_into(focus(), "蒙古")
    offers = field._offers
    assert offers.isVisible()
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    assert field.value() == field.column.parse("蒙古族")
    assert not offers.isVisible()
    type_into(focus(), "汉")
    QTest.keyClick(focus(), Qt.Key.Key_Tab)
    assert not offers.isVisible()
