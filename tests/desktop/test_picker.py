"""Choosing a row of another register by typing: what is offered, and what is said when nothing fits."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db.registers.organization import Organization
from desktop.widgets.page import Place
from tests.factories import make


@pytest.fixture
def picker(office, frame, settle):
    """The branch of a new member, with two branches to choose from."""
    top = make(Organization, name="西召镇党委", short_name="", kind="committee", parent=None)
    for name in ("公田村党支部", "机关党支部"):
        make(
            Organization,
            name=name,
            short_name="",
            kind="branch",
            parent=top,
            status="active",
            ended_on="",
        )
    frame.go(Place("member", fresh=True))
    settle()
    found = frame.page.panel.form.editor.fields["organization"].picker
    found.setFocus()
    return found


def offered(picker):
    rows = picker._offers
    return [rows.item(n).text() for n in range(rows.count())] if rows.isVisible() else []


def type_into(picker, settle, words):
    """As an input method gives it: whole words at once."""
    picker.setText(words)
    picker.textEdited.emit(words)
    settle()


def test_a_name_with_another_character_of_the_same_sound_is_offered(picker, settle):
    type_into(picker, settle, "共天")
    assert offered(picker) == ["公田村党支部　西召镇党委"]
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert picker.text() == "公田村党支部"
    assert picker.record_id == Organization.get(Organization.name == "公田村党支部").id


def test_nothing_that_fits_is_said_and_cannot_be_taken(picker, settle):
    type_into(picker, settle, "嘻嘻")
    assert offered(picker) == ["没有找到“嘻嘻”"]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(picker, key)
    assert (picker.record_id, picker.settled) == (None, False)


def test_an_empty_field_offers_nothing(picker, settle):
    type_into(picker, settle, "嘻嘻")
    type_into(picker, settle, "")
    assert offered(picker) == []
