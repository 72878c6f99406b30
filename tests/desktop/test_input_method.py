"""Typing Chinese: which way is taken, and what a field does while something is composed.

That fcitx 4 itself answers is tried by `installers/check` with the real one.
"""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from desktop.shell import fcitx, input_method

BUS = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus"}
PORTAL = {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}


def chosen(**environ: str) -> dict[str, str]:
    """What Qt finds in the environment, without what is only remembered."""
    environ = BUS | environ
    input_method.choose(environ)
    return {
        name: word
        for name, word in environ.items()
        if name not in BUS and not name.startswith(input_method.WAS)
    }


@pytest.mark.parametrize("asked", [{}, {"QT_IM_MODULE": ""}, {"QT_IM_MODULE": "fcitx"}])
def test_fcitx_is_reached_through_the_portal(asked):
    assert chosen(**asked) == PORTAL


@pytest.mark.parametrize("asked", ["fcitx5", "xim"])
def test_what_qt_has_no_plugin_for_goes_through_the_portal(asked):
    assert chosen(QT_IM_MODULE=asked) == PORTAL


def test_a_chosen_ibus_is_left_alone():
    assert chosen(QT_IM_MODULE="ibus") == {"QT_IM_MODULE": "ibus"}


def test_a_list_of_input_methods_with_fcitx_does_not_win():
    assert chosen(QT_IM_MODULES="wayland;fcitx", QT_IM_MODULE="fcitx") == PORTAL


def test_below_wayland_qts_own_way_stays_unless_shown_on_x11():
    wayland = {"WAYLAND_DISPLAY": "wayland-0"}
    assert chosen(**wayland) == wayland
    shown = wayland | {"QT_QPA_PLATFORM": "xcb"}
    assert chosen(**shown) == shown | PORTAL


def test_without_a_bus_nothing_is_changed():
    environ = {"QT_IM_MODULE": "fcitx"}
    input_method.choose(environ)
    assert environ == {"QT_IM_MODULE": "fcitx"}


@pytest.mark.parametrize(
    "before",
    [{}, {"QT_IM_MODULE": "fcitx"}, {"QT_IM_MODULE": "fcitx", "QT_IM_MODULES": "wayland;fcitx"}],
)
def test_programs_opened_from_here_get_the_input_method_of_the_person(before):
    environ = BUS | before
    input_method.choose(environ)
    assert environ["QT_IM_MODULE"] == "ibus"
    input_method.give_back(environ)
    assert environ == BUS | before


@pytest.mark.parametrize(
    ("display", "number"), [(":0", 0), (":77.0", 77), ("localhost:10.0", 10), ("", 0)]
)
def test_fcitx_bears_the_number_of_the_display(display, number):
    assert fcitx.service(display) == f"org.fcitx.Fcitx-{number}"


class Pinyin(QObject):
    """Keeps letters as fcitx does: Space chooses, Enter takes the letters, Esc forgets them."""

    committed = Signal(str)
    composing = Signal(str, int)
    forwarded = Signal(int, int, bool)
    came = Signal()
    went = Signal()
    WORDS = {"zhangsan": "张三", "wang": "王"}

    def __init__(self):
        super().__init__()
        self.present = True
        self.letters = ""
        self.entered: list[bool] = []
        self.cursor = QRect()

    def find(self):
        """Nothing to look for: it is there."""

    def key(self, event):
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.text().isalpha():
            self.letters += event.text()
        elif not self.letters:
            return False
        elif event.key() == Qt.Key.Key_Space:
            self.committed.emit(self.WORDS[self.letters])
            self.letters = ""
        elif event.key() == Qt.Key.Key_Return:
            self.committed.emit(self.letters)
            self.letters = ""
        elif event.key() == Qt.Key.Key_Escape:
            self.letters = ""
        self.composing.emit(self.letters, len(self.letters))
        return True

    def enter(self):
        self.entered.append(True)

    def leave(self):
        self.entered.append(False)

    def reset(self):
        self.letters = ""

    def place(self, cursor):
        self.cursor = cursor


class Form(QWidget):
    """Two fields for words and one for a passphrase; Esc and Enter are shortcuts of the form."""

    def __init__(self):
        super().__init__()
        self.name, self.place, self.secret = QLineEdit(), QLineEdit(), QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        layout = QVBoxLayout(self)
        for field in (self.name, self.place, self.secret):
            layout.addWidget(field)
        self.pressed: list[str] = []
        for key in ("Esc", "Return"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda key=key: self.pressed.append(key))


@pytest.fixture
def typing(qtbot):
    """A form that is typed in, with the input method between keys and fields."""
    form, method = Form(), Pinyin()
    qtbot.addWidget(form)
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    form.name.setFocus()
    bridge = input_method.Bridge(method, QApplication.instance())
    yield form, method
    bridge.deleteLater()
    QApplication.sendPostedEvents(bridge, QEvent.Type.DeferredDelete.value)


def press(form, *keys):
    """Type as the person does: letters one by one, other keys by name."""
    for key in keys:
        for one in [key] if isinstance(key, Qt.Key) else key:
            QTest.keyClick(form.windowHandle(), one)


def test_letters_become_the_chosen_words(typing):
    form, _ = typing
    press(form, "zhangsan")
    assert form.name.text() == ""
    assert form.name.displayText() in ("", "zhangsan")  # composed, not yet in the ledger
    press(form, Qt.Key.Key_Space)
    assert form.name.text() == "张三"


def test_what_fcitx_does_not_keep_reaches_the_field(typing):
    form, _ = typing
    press(form, "1391", Qt.Key.Key_Backspace)
    assert form.name.text() == "139"


def test_esc_and_enter_are_the_input_methods_while_something_is_composed(typing):
    form, _ = typing
    press(form, "wang", Qt.Key.Key_Escape)
    assert (form.name.text(), form.pressed) == ("", [])
    press(form, "wang", Qt.Key.Key_Return)
    assert (form.name.text(), form.pressed) == ("wang", [])
    press(form, Qt.Key.Key_Return, Qt.Key.Key_Escape)
    assert form.pressed == ["Return", "Esc"]


def test_leaving_the_field_keeps_what_was_composed_where_it_was_typed(typing):
    form, method = typing
    press(form, "wang")
    form.place.setFocus()
    assert (form.name.text(), form.place.text()) == ("wang", "")
    assert method.letters == ""
    press(form, "wang", Qt.Key.Key_Space)
    assert form.place.text() == "王"


def test_a_click_elsewhere_in_the_field_keeps_what_was_composed(typing):
    form, _ = typing
    form.name.setText("党支部")
    press(form, "wang")
    QTest.mouseClick(form.name, Qt.MouseButton.LeftButton, pos=form.name.rect().topLeft())
    assert form.name.text() == "党支部wang"


def test_a_passphrase_never_goes_to_the_input_method(typing):
    form, method = typing
    press(form, "1")
    form.secret.setFocus()
    press(form, "wang")
    assert form.secret.text() == "wang"
    assert method.letters == ""
    assert method.entered == [True, False]


def test_a_field_that_may_only_be_read_is_not_typed_in(typing):
    form, method = typing
    form.name.setReadOnly(True)
    press(form, "wang")
    assert (form.name.text(), method.letters) == ("", "")


def test_the_candidates_are_told_where_the_cursor_is(typing):
    form, method = typing
    press(form, "wang", Qt.Key.Key_Space)
    corner = form.name.mapToGlobal(form.name.rect().topLeft())
    assert QRect(corner, form.name.size()).contains(method.cursor.center())
    before = method.cursor.x()
    press(form, "wang", Qt.Key.Key_Space)
    assert method.cursor.x() > before


def test_a_field_that_is_gone_by_the_time_another_is_entered(typing):
    form, _ = typing
    press(form, "wang")
    shiboken6.delete(form.name)
    form.place.setFocus()
    press(form, "wang", Qt.Key.Key_Space)
    assert form.place.text() == "王"


def test_an_input_method_that_ends_leaves_what_was_composed(typing):
    form, method = typing
    press(form, "wang")
    method.present = False
    method.went.emit()
    assert form.name.text() == "wang"
    press(form, "x")
    assert form.name.text() == "wangx"
    method.present = True
    method.letters = ""
    method.came.emit()
    press(form, "wang", Qt.Key.Key_Space)
    assert form.name.text() == "wangx王"


def test_a_key_that_is_given_back_is_done_by_the_field(typing):
    form, method = typing
    form.name.setText("王五")
    for keysym in (0xFF08, ord("a"), 0xFFC9):
        for pressed in (True, False):
            method.forwarded.emit(keysym, 0, pressed)
    assert form.name.text() == "王a"
