"""From the first start to the lock: wizard, unlock page, window, settings, second instance."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from db import backup
from db import office as offices
from db.connection import database
from db.errors import Refusal, Trouble
from db.registers.organization import Organization
from desktop import settings
from desktop.shell.window import SETTINGS_FILE, Window
from desktop.tasks import Read, worker
from desktop.widgets.page import Message, Place
from tests.conftest import PASSPHRASE
from tests.factories import make


def standing(made, settle):
    """A window that is up for one test and then taken down; for fixtures."""
    made.begin()
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    yield made
    made.close()
    settle(quiet=1)
    made.deleteLater()


@pytest.fixture
def window(screen, settle, tmp_path):
    """A window on an empty folder."""
    yield from standing(Window(tmp_path / "data"), settle)


@pytest.fixture
def closed_office(office):
    """An office on disk that nobody has open."""
    folder = office.folder
    offices.close_office()
    return folder


def found_with(window, settle):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("中共西召镇委员会")
    wizard.code.setText("150823102")
    wizard._next()
    wizard.person.setText("张秘书")
    for each in (wizard.secret, wizard.again):
        each.setText("草原上的第一场雪")
    wizard._next()
    settle()
    return wizard


def test_the_first_start_founds_an_office(window, settle):
    wizard = found_with(window, settle)
    assert len(wizard.recovery.text()) > 30
    wizard._next()
    assert "恢复单" in wizard.fault.text()
    wizard.kept.setChecked(True)
    wizard._next()
    wizard._choose("organization")()
    settle()
    assert window.frame.here.stem == "organization"
    assert "西召镇" in window.windowTitle()
    assert offices.exists(window._folder)


def test_the_training_data_is_a_folder_of_its_own_and_marked(window, settle):
    wizard = window.stack.currentWidget()
    wizard._try_training()
    settle(limit=300_000)
    folder = window._folder
    assert folder.name.endswith("-training")
    assert offices.exists(folder)
    assert window.stack.currentWidget() is window.unlock_page
    assert "训练" in window.unlock_page.words.text()
    secret = (folder / "training-passphrase.txt").read_text("utf-8").strip()
    window.unlock_page.secret.setText(secret)
    window.unlock_page.unlock()
    settle()
    assert not window.frame.sidebar.training.isHidden()
    assert "训练" in window.windowTitle()


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        ({"office_name": ""}, "单位名称"),
        ({"code": "12"}, "6 至 12 位"),
    ],
)
def test_the_wizard_says_what_is_missing_and_writes_nothing(window, settle, fill, words):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    wizard.code.setText("150823102")
    for name, value in fill.items():
        getattr(wizard, name).setText(value)
    wizard._next()
    assert words in wizard.fault.text()
    assert not window._folder.exists()


def test_enter_walks_the_wizard_from_field_to_field(window):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    QTest.keyClick(wizard.office_name, Qt.Key.Key_Return)
    assert wizard.focusWidget() is wizard.code
    assert not wizard.fault.text()
    wizard.code.setText("150823102")
    QTest.keyClick(wizard.code, Qt.Key.Key_Return)
    assert wizard.focusWidget() is wizard.person


def test_weak_and_different_passphrases_are_sent_back(window):
    wizard = window.stack.currentWidget()
    wizard.office_name.setText("某镇")
    wizard.code.setText("150823102")
    wizard._next()
    wizard.person.setText("某人")
    wizard.secret.setText("123")
    wizard._next()
    assert "至少" in wizard.fault.text()
    wizard.secret.setText("草原上的第一场雪")
    wizard.again.setText("草原上的第二场雪")
    wizard._next()
    assert "不一样" in wizard.fault.text()


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


def test_three_kinds_of_failure_look_different(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()

    def fail(problem):
        def work():
            raise problem

        Read(window, work).start()
        settle()

    fail(Refusal("先填姓名。"))
    assert window.frame.messages.message.kind == "warn"
    fail(Trouble("U盘已拔出。", "请重新插入后再试。"))
    assert window.frame.messages.message.kind == "bad"
    assert window.frame.messages.message.advice == "请重新插入后再试。"
    fail(KeyError("our bug"))
    page = window.stack.currentWidget()
    assert "出错" in page._title.text()
    assert list(window._folder.glob("出错报告-*.txt"))
    page.back.click()
    settle()
    assert window.stack.currentWidget() is window.frame


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


def test_a_second_start_brings_the_first_window_up(screen, qtbot, tmp_path):
    from PySide6.QtCore import QObject

    from desktop.shell.instance import Doorbell, knock

    rung = []
    owner = QObject()
    assert not knock(tmp_path)
    bell = Doorbell(tmp_path, rung.append, owner)
    packet = tmp_path / "第 1 号 包.zytz"
    knocks = "import sys; from desktop.shell.instance import knock; from pathlib import Path;"
    knocks += "sys.exit(not knock(*map(Path, sys.argv[1:])))"
    for words in ([tmp_path], [tmp_path, packet]):
        other = subprocess.Popen([sys.executable, "-X", "utf8", "-c", knocks, *map(str, words)])
        qtbot.waitUntil(lambda other=other: other.poll() is not None, timeout=60_000)
        assert other.returncode == 0
    assert rung == [None, packet]
    assert not knock(tmp_path / "another")
    bell.close()


def test_an_impatient_second_start_waits_until_the_first_window_listens(tmp_path):
    from threading import Thread

    from desktop.shell.instance import threshold

    order = []

    def second():
        with threshold(tmp_path):
            order.append("second")

    with threshold(tmp_path):
        start = Thread(target=second)
        start.start()
        start.join(0.2)
        assert start.is_alive()
        order.append("first")
    start.join()
    assert order == ["first", "second"]


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


def test_settings_survive_a_damaged_file_and_reject_nonsense(tmp_path):
    path = tmp_path / "screen.json"
    path.write_text("{ broken", encoding="utf-8")
    kept = settings.Settings(path)
    assert kept["theme"] == "light"
    assert path.with_suffix(".bad").exists()
    kept["theme"] = "dark"
    assert settings.Settings(path)["theme"] == "dark"
    path.write_text(json.dumps({"theme": "pink", "text_size": "big", "x": 1}), encoding="utf-8")
    kept = settings.Settings(path)
    assert (kept["theme"], kept["text_size"]) == ("light", 10.5)


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ([], True),
        (["--data", "/x"], True),
        (["--data=/x"], True),
        (["stats", "--json"], False),
        (["--data", "/x", "stats"], False),
        (["--help"], False),
        (["E:/ZHENGYOU/a_1.ZYTZ"], True),
        (["--data", "/x", "回答.zyti"], True),
        (["receive", "a.zytz"], False),
        (["import", "member", "a.csv"], False),
    ],
)
def test_words_decide_between_window_and_command(words, window):
    from desktop.__main__ import folder_of, wants_window

    assert wants_window(words) is window
    assert (folder_of(words) is not None) == any(each.startswith("--data") for each in words)


def test_work_that_waits_is_done_before_the_window_goes(screen, settle):
    from PySide6.QtCore import QObject

    done = []
    Read(QObject(), lambda: done.append(1)).start()
    worker().drain()
    assert done == [1]


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("导入党员名册", "已导入党员名册"),
        ("“巴图”调整到“三合村党支部”", "“巴图”已调整到“三合村党支部”"),
        ("“2026年“七一”表彰”开始推荐", "“2026年“七一”表彰”已开始推荐"),
    ],
)
def test_what_was_done_is_told_as_done(operation, told):
    from desktop.shell.frame import _did

    assert _did(operation) == told


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


def test_a_message_moves_nothing_on_the_page(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    frame = window.frame
    before = frame.pages.geometry()
    frame.messages.show_message(Message("已保存。\n第二行说明。", "warn"))
    assert frame.messages.isVisible()
    assert frame.pages.geometry() == before
    bar = frame.messages.geometry()
    assert bar.height() >= frame.messages.sizeHint().height()


def test_a_message_covers_no_button_that_somebody_may_be_about_to_press(window, settle):
    found_with(window, settle).founded.emit(offices.access.acting(), "home")
    settle()
    frame = window.frame
    window.resize(1280, 800)
    for stem in ("member", "organization", "fund"):
        frame.go(Place(stem))
        settle()
        frame.page.add()
        settle()
        frame.messages.show_message(Message("已保存“巴图”。", "good", undo=1))
        bar = frame.messages
        covered = [
            button.text()
            for button in frame.page.findChildren(QAbstractButton)
            if button.isVisible()
            and bar.rect().intersects(
                QRect(button.mapTo(bar.parentWidget(), QPoint()) - bar.pos(), button.size())
            )
        ]
        assert covered == []
        assert not bar.undo_button.visibleRegion().isEmpty()


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


def test_row_50_a_wrong_date_is_said_over_the_pages_and_answered(frame, settle):
    from db import moment

    assert frame.clock.isHidden()
    with moment.told("2099-01-01T08:00:00"):
        make(Organization, name="甲支部", kind="branch")
    frame.clock.look_now()
    settle()
    assert not frame.clock.isHidden()
    assert "调对" in frame.clock.words.text()
    frame.clock.right.click()
    frame.clock.look_now()
    settle()
    assert frame.clock.isHidden()
    with moment.told("2098-01-01T08:00:00"):
        make(Organization, name="乙支部", kind="branch")
    frame.clock.again.click()
    settle()
    assert not frame.clock.isHidden()
    make(Organization, name="丙支部", kind="branch")
    frame.clock.look_now()
    settle()
    assert frame.clock.isHidden()
