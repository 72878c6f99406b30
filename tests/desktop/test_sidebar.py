"""The sidebar fits a low screen: sections fold, by themselves where they must and by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop import settings
from desktop.shell.sidebar import SECTION
from desktop.widgets.page import Place


def group(frame, section):
    return next(each for each in frame.sidebar._groups if each.section == section)


def low(frame, settle, height=700):
    """As high as a 768-line screen leaves room for."""
    frame.resize(1366, height)
    settle()


def test_on_a_low_screen_everything_is_in_sight_without_scrolling(office, frame, settle):
    low(frame, settle)
    bar = frame.sidebar.list.verticalScrollBar()
    for stem in ("member", "settings", "home"):
        frame.go(Place(stem))
        settle()
        assert bar.maximum() == 0, stem
        now = frame.sidebar.list.currentItem()
        assert now is not None
        assert not now.isHidden()
        assert now.data(Qt.ItemDataRole.UserRole) == stem
    assert any(each.folded for each in frame.sidebar._groups)


def test_a_high_screen_folds_nothing(office, frame, settle):
    low(frame, settle, 1600)
    assert not any(each.folded for each in frame.sidebar._groups)


def test_a_click_and_enter_fold_and_unfold_and_it_is_kept(office, frame, settle):
    low(frame, settle, 1600)
    one = group(frame, "基础台账")
    where = frame.sidebar.list.visualItemRect(one.head).center()
    QTest.mouseClick(frame.sidebar.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert one.folded
    assert all(item.isHidden() for item in one.items)
    assert settings.current["folded"] == {"基础台账": True}
    frame.sidebar.list.setFocus()
    frame.sidebar.list.setCurrentItem(one.head)
    QTest.keyClick(frame.sidebar.list, Qt.Key.Key_Return)
    assert not one.folded
    assert frame.here.stem == "home"
    assert settings.current["folded"] == {"基础台账": False}


def test_headings_are_told_to_a_screen_reader_and_are_no_places(office, frame, settle):
    low(frame, settle)
    heads = [each.head for each in frame.sidebar._groups if each.head is not None]
    assert len(heads) > 4
    for head in heads:
        assert head.data(SECTION) in head.data(Qt.ItemDataRole.AccessibleTextRole)
        assert not head.data(Qt.ItemDataRole.UserRole)
    assert len(frame.sidebar.stems()) > 15
