"""The window from the unlock page to the lock: opened, restored, packets, sizes, closed."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db import backup
from db import office as offices
from db.connection import database
from db.registers.organization import Organization
from desktop.shell.window import SETTINGS_FILE, Window
from desktop.tasks import Read, worker
from desktop.widgets.page import Place
from tests.conftest import PASSPHRASE
from tests.desktop.opening import found_with
from tests.factories import make


@pytest.fixture
def closed_office(office):
    """An office on disk that nobody has open."""
    folder = office.folder
    offices.close_office()
    return folder


def test_a_wrong_passphrase_is_told_on_the_page_and_the_right_one_opens(
    closed_office, screen, settle
):
    window = Window(closed_office)
    window.begin()
    window.show()
    page = window.unlock_page
    page.secret.setText("不是这个口令吧")
    page.unlock()
    settle()
    assert "口令" in page.fault.text()
    assert window.stack.currentWidget() is page
    assert database.obj is None
    page.secret.setText(PASSPHRASE)
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    settle()
    assert window.frame.here.stem == "home"
    window.close()


def test_data_that_no_longer_opens_is_restored_from_the_unlock_page(office, screen, settle):
    folder = office.folder
    make(Organization, name="哈沙图嘎查党支部", kind="branch")
    backup.snapshot(folder, office.key)
    offices.close_office()
    (folder / backup.DATABASE).write_bytes(b"\0" * 40_000)
    window = Window(folder)
    window.begin()
    window.show()
    settle()
    page = window.unlock_page
    assert page.rescue.isHidden()
    page.secret.setText(PASSPHRASE)
    page.unlock()
    settle()
    assert page.rescue.isVisible()
    assert page.rescue.copies.count() == 1
    page.rescue.go.click()
    settle()
    assert window.frame.here.stem == "home"
    assert Organization.select().where(Organization.name == "哈沙图嘎查党支部").exists()
    window.close()


def test_data_in_use_elsewhere_is_not_offered_a_restore(office, screen, settle):
    window = Window(office.folder)
    window.begin()
    window.show()
    page = window.unlock_page
    page.secret.setText(PASSPHRASE)
    page.unlock()
    settle()
    assert "另一个程序窗口" in page.fault.text()
    assert page.rescue.isHidden()
    window.close()


def test_locking_closes_the_data_and_asks_again(closed_office, screen, settle):
    window = Window(closed_office)
    window.begin()
    window.show()
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    screen.clipboard().setText("150823198503071224")
    window._idle.look(now=float("inf"))
    settle()
    assert database.obj is None
    assert window.stack.currentWidget() is window.unlock_page
    assert screen.clipboard().text() == ""
    # The page that is built ahead for the next person knows nothing yet.
    assert all(
        window.frame.pages.widget(at).sentence == "" for at in range(window.frame.pages.count())
    )
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert window.stack.currentWidget() is window.frame
    window.close()


def test_closing_leaves_a_copy_and_no_thread(window, settle):
    import threading

    from db import backup

    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    folder = window._folder
    window.close()
    assert not any(each.name == "database" for each in threading.enumerate())
    assert len(backup.copies(folder)) == 1
    assert database.obj is None


def test_the_size_of_the_window_is_remembered(closed_office, screen, settle):
    window = Window(closed_office)
    window.begin()
    window.resize(760, 600)
    window.show()
    window.close()
    assert "window" in json.loads((closed_office / SETTINGS_FILE).read_text("utf-8"))
    again = Window(closed_office)
    again.begin()
    assert (again.width(), again.height()) == (760, 600)
    again.close()


def test_a_double_clicked_packet_waits_for_the_passphrase(window, settle, closed_office, tmp_path):
    from desktop.__main__ import file_of

    packet = tmp_path / "不是包.zytz"
    packet.write_bytes(b"nonsense")
    assert file_of(["--data", "/x", str(packet)]) == packet
    assert file_of(["--data", "a.zytz"]) is None
    window.open_folder(closed_office)
    settle()
    window.open_file(packet)
    assert packet.name in window.unlock_page.words.text()
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    assert window.frame.here.stem == "exchange"
    page = window.frame.page
    assert page.stack.currentWidget() is page.receive_view
    assert "不是争优台账的包" in page.receive_view.detail.toPlainText()
    page.home()
    settle()
    window.answer(packet)
    settle()
    assert page.stack.currentWidget() is page.receive_view


def test_work_that_waits_is_done_before_the_window_goes(screen, settle):
    from PySide6.QtCore import QObject

    done = []
    Read(QObject(), lambda: done.append(1)).start()
    worker().drain()
    assert done == [1]


def test_another_text_size_lays_the_whole_window_out_anew(closed_office, dressed, settle):
    window = Window(closed_office)
    window.begin()
    window.show()
    window.unlock_page.secret.setText(PASSPHRASE)
    window.unlock_page.unlock()
    settle()
    window.frame.go(Place("settings"))
    settle()
    before, width = window.frame, window.frame.sidebar.width()
    before.page._set("text_size", 16.0)
    settle()
    assert window.frame is not before
    assert window.frame.here.stem == "settings"
    assert window.frame.sidebar.width() > width * 1.3
    window.frame.page._set("text_size", 10.5)
    settle()
    window.close()


def test_data_of_a_newer_program_is_refused_in_words_on_the_unlock_page(office, screen, settle):
    folder = office.folder
    database.execute_sql("PRAGMA user_version = 99")
    offices.close_office()
    before = (folder / backup.DATABASE).read_bytes()
    window = Window(folder)
    window.begin()
    window.show()
    page = window.unlock_page
    page.secret.setText(PASSPHRASE)
    page.unlock()
    settle()
    assert "更新版本的程序" in page.fault.text()
    assert "请先升级本机程序" in page.fault.text()
    # A restore would throw the newer work away; it is not offered.
    assert page.rescue.isHidden()
    assert (folder / backup.DATABASE).read_bytes() == before
    window.close()
