"""Every page: it opens, names its controls, leaves nothing behind; and the frame around them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTabBar,
)

from db import access, registry
from db.access import Person, Role
from db.connection import database
from db.registers.member import Member
from db.registers.organization import Organization
from desktop.shell.error_page import ErrorPage
from desktop.shell.walk import entries, make_page, tools
from desktop.tasks import worker
from desktop.widgets.page import Place
from tests.factories import make

STEMS = [entry.stem for entry in entries() if not entry.hidden]
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractItemView)


def unnamed(page):
    """Controls a screen reader would call nothing."""
    found = []
    for kind in CONTROLS:
        for each in page.findChildren(kind):
            if isinstance(each, QHeaderView | QScrollBar) or not each.isEnabled():
                continue
            inside = each.parent()
            own_part = isinstance(inside, QComboBox | QTabBar | QLineEdit | QAbstractItemView)
            # Parts that Qt makes for itself are spoken with the control they belong to.
            if own_part or (inside is not None and isinstance(inside.parent(), QComboBox)):
                continue
            if each.objectName().startswith("qt_") or type(each).__name__.startswith("QTabBar"):
                continue
            words = each.accessibleName() or (
                each.text() if isinstance(each, QAbstractButton) else ""
            )
            if not words.strip():
                found.append(f"{type(each).__name__} {each.objectName()}")
    return found


@pytest.fixture
def people(office):
    top = make(Organization, name="白音胡舒苏木党委", kind="committee")
    branch = make(Organization, name="哈沙图嘎查党支部", kind="branch", parent=top)
    return [make(Member, name=name, organization=branch) for name in ("张三", "李四", "王五")]


@pytest.mark.parametrize("stem", STEMS)
def test_a_page_opens_names_its_controls_and_leaves_nothing(people, frame, settle, failures, stem):
    shown_before = {each for each in QApplication.topLevelWidgets() if each.isVisible()}
    frame.go(Place(stem))
    settle()
    page = frame.page
    assert not isinstance(page, ErrorPage), getattr(page, "problem", "")
    assert failures == []
    assert page.title
    assert unnamed(page) == []
    assert {e for e in QApplication.topLevelWidgets() if e.isVisible()} <= shown_before
    table = getattr(page, "table", None)
    if table is not None and table.model().rowCount():
        table.setCurrentIndex(table.model().index(0, 0))
        settle()
        assert unnamed(page) == []
    frame.end()
    worker().stop()
    assert failures == []
    # This thread's own connection belongs to the fixture; the worker's must be gone.
    assert page._watched == []


def test_a_register_without_a_page_gets_the_plain_one(office, screen):
    from desktop.widgets.register_page import RegisterPage

    for one in registry.registers():
        page = make_page(one.stem)
        assert not isinstance(page, ErrorPage)
        assert isinstance(page, RegisterPage) or page.title
        page.deleteLater()


def test_a_broken_page_is_named_and_the_rest_opens(office, screen, monkeypatch):
    problem = ImportError("broken on purpose")
    monkeypatch.setitem(tools(), "home", problem)
    page = make_page("home")
    assert isinstance(page, ErrorPage)
    assert "broken on purpose" in page.report.toPlainText()
    assert not isinstance(make_page("help"), ErrorPage)
    assert "home" in [entry.stem for entry in entries()]


def test_one_goes_back_and_forward(people, frame, settle):
    frame.go(Place("member"))
    frame.go(Place("organization"))
    settle()
    QTest.keyClick(frame, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert frame.here.stem == "member"
    QTest.keyClick(frame, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert frame.here.stem == "organization"
    settle()


def test_the_search_box_finds_a_person_by_initials_and_opens_the_record(people, frame, settle):
    QTest.keyClick(frame, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert frame.palette_box.isVisible()
    QTest.keyClicks(frame.palette_box.edit, "zs")
    settle(quiet=5)
    words = [frame.palette_box.list.item(at).text() for at in range(frame.palette_box.list.count())]
    assert any(each.startswith("张三") for each in words)
    QTest.keyClick(frame.palette_box.edit, Qt.Key.Key_Return)
    settle()
    assert frame.here.stem == "member"
    assert frame.page.panel.record.name == "张三"


def test_a_number_leads_to_its_list(people, frame, settle):
    frame.go(Place("member", ids=(people[0].id, people[2].id), words="资料不全"))
    settle()
    assert sorted(frame.page.model.ids) == sorted((people[0].id, people[2].id))
    assert "资料不全" in frame.page.sentence


def test_a_change_elsewhere_shows_up_only_where_it_matters(people, frame, settle):
    frame.go(Place("member"))
    settle()
    count = frame.page.model.rowCount()
    make(Member, name="赵六", organization=people[0].organization)
    settle()
    assert frame.page.model.rowCount() == count + 1
    assert frame.messages.message.undo is not None


def test_a_reader_sees_no_buttons_that_would_be_refused(people, frame, settle):
    frame.end()
    access.act_as(Person(2, "查阅员", Role.READER))
    frame.begin(access.acting(), "苏木党委", training=False)
    assert "account" not in frame.sidebar.stems()
    assert "importing" not in frame.sidebar.stems()
    frame.go(Place("commendation"))
    settle()
    assert all(each.isHidden() for each in frame.page._first.findChildren(QPushButton))
    frame.go(Place("member"))
    settle()
    page = frame.page
    page.table.setCurrentIndex(page.model.index(0, 0))
    settle()
    for each in (page._add, page._import, page._export, page._print, page.panel.edit_button):
        assert each.isHidden()
    page.panel.edit()
    settle()
    assert not page.panel.editing


def test_the_first_page_leaves_the_heavy_libraries_alone(tmp_path):
    """Neither printing nor sheets nor pinyin are loaded before somebody asks for them."""
    import subprocess
    import sys

    code = (
        "import os, sys\n"
        "os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from desktop.start import application\n"
        "from desktop.shell.window import Window\n"
        "app = application(['zhengyou'])\n"
        "import pathlib\n"
        f"window = Window(pathlib.Path({str(tmp_path)!r}))\n"
        "window.begin(); window.show(); app.processEvents()\n"
        "heavy = ['reportlab', 'uharfbuzz', 'python_calamine', 'xlsxwriter', 'pypinyin',"
        " 'pypdfium2', 'rapidfuzz', 'segno']\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_nobody_but_the_worker_talks_to_the_database(people, frame, settle, monkeypatch):
    import threading

    here = threading.get_ident()
    asked = []
    ask = database.obj.execute_sql

    def watched(*args, **kwargs):
        if threading.get_ident() == here:
            asked.append(args[0])
        return ask(*args, **kwargs)

    for stem in STEMS:
        make_page(stem)
    monkeypatch.setattr(database.obj, "execute_sql", watched)
    for stem in ("home", "organization", "member", "audit", "settings"):
        frame.go(Place(stem))
        settle()
    assert asked == []
