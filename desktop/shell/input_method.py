"""Typing Chinese on Linux: the person's own input method, whichever the desktop has.

IBus is Qt's own way. fcitx 5 answers as IBus through the portal. fcitx 4 is spoken with by `fcitx`;
here its answers become what Qt's fields understand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QInputMethodEvent,
    QInputMethodQueryEvent,
    QKeyEvent,
    QTextCharFormat,
    QWindow,
)
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

if TYPE_CHECKING:
    from desktop.shell.fcitx import Fcitx

#: Kept under this prefix: what was changed for Qt, so that programs opened from here have it back.
WAS = "ZHENGYOU_WAS_"
BUS = "DBUS_SESSION_BUS_ADDRESS"
#: What a desktop names in QT_IM_MODULE when it means an input method Qt has no plugin for.
OURS = ("fcitx", "xim")
#: Keys that fcitx gives back to be done by the field: X11's number, Qt's.
KEYS = {
    0xFF08: Qt.Key.Key_Backspace,
    0xFF09: Qt.Key.Key_Tab,
    0xFF0D: Qt.Key.Key_Return,
    0xFF1B: Qt.Key.Key_Escape,
    0xFF50: Qt.Key.Key_Home,
    0xFF51: Qt.Key.Key_Left,
    0xFF52: Qt.Key.Key_Up,
    0xFF53: Qt.Key.Key_Right,
    0xFF54: Qt.Key.Key_Down,
    0xFF57: Qt.Key.Key_End,
    0xFF8D: Qt.Key.Key_Enter,
    0xFFFF: Qt.Key.Key_Delete,
}


def choose(environ: MutableMapping[str, str]) -> None:
    """Send Qt's typing to the portal when the desktop says nothing or fcitx; a chosen IBus stays.

    Before Qt is started. Below Wayland without X11, Qt's own way is left as it is.
    """
    if BUS not in environ:
        return
    asked = environ.get("QT_IM_MODULE", "")
    wayland = "WAYLAND_DISPLAY" in environ and environ.get("QT_QPA_PLATFORM") != "xcb"
    changed: dict[str, str] = {}
    if "fcitx" in environ.get("QT_IM_MODULES", ""):
        changed["QT_IM_MODULES"] = ""
    if asked.startswith(OURS) or (not asked and not wayland):
        changed |= {"QT_IM_MODULE": "ibus", "IBUS_USE_PORTAL": "1"}
    for name, word in changed.items():
        environ[WAS + name] = environ.pop(name, "")
        if word:
            environ[name] = word


def give_back(environ: MutableMapping[str, str]) -> None:
    """Give programs opened from here the environment the person has, once Qt has read its own."""
    for name in [name for name in environ if name.startswith(WAS)]:
        before = environ.pop(name)
        environ.pop(name.removeprefix(WAS), None)
        if before:
            environ[name.removeprefix(WAS)] = before


def bridge(app: QGuiApplication) -> Bridge | None:
    """The way to fcitx 4, where there can be one: X11, a session's bus, and nothing else chosen."""
    if sys.platform != "linux" or app.platformName() != "xcb":
        return None
    asked = os.environ.get("QT_IM_MODULE", "")
    if BUS not in os.environ or (asked and not asked.startswith(OURS)):
        return None
    from desktop.shell.fcitx import Fcitx  # with the bus: loaded once the window stands there

    return Bridge(Fcitx(os.environ.get("DISPLAY", "")), app)


def _focused() -> QObject | None:
    return QGuiApplication.focusObject()


class Bridge(QObject):
    """Keys of the window that is typed in go to fcitx first; what it answers goes into the field."""

    def __init__(self, fcitx: Fcitx, app: QGuiApplication) -> None:
        super().__init__(app)
        fcitx.setParent(self)
        self._fcitx = fcitx
        self._composed = ""
        self._entered = False
        self._field: QObject | None = None
        fcitx.committed.connect(self._on_committed)
        fcitx.composing.connect(self._on_composing)
        fcitx.forwarded.connect(self._on_forwarded)
        fcitx.came.connect(self._on_came)
        fcitx.went.connect(self._on_went)
        app.focusWindowChanged.connect(self._on_window)
        app.focusObjectChanged.connect(self._on_field)
        app.inputMethod().cursorRectangleChanged.connect(self._place)
        self._on_window(app.focusWindow())
        self._on_field(app.focusObject())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override: keys as the window gets them, and the moment before the field is left."""
        kind = event.type()
        if isinstance(event, QKeyEvent):
            if not self._fcitx.present or not isinstance(watched, QWindow):
                return False
            if kind == QEvent.Type.ShortcutOverride:
                # While something is composed, Esc and Enter are the input method's, no shortcuts.
                event.setAccepted(bool(self._composed))
                return bool(self._composed)
            return self._attend() and self._fcitx.key(event)
        leaving = QEvent.Type.FocusAboutToChange, QEvent.Type.MouseButtonPress
        if self._composed and kind in leaving and watched is self._field:
            self._keep()
        return False

    # -- what is typed in ------------------------------------------------------------

    def _attend(self) -> bool:
        """Whether Chinese may be typed where the cursor is; fcitx shows its state accordingly."""
        field = _focused()
        about = Qt.InputMethodQuery
        asked = QInputMethodQueryEvent(about.ImEnabled | about.ImHints)
        if field is not None:
            QCoreApplication.sendEvent(field, asked)
        # What is hidden on the screen, a passphrase, is no input method's business.
        hints = Qt.InputMethodHint(asked.value(about.ImHints) or 0)
        enabled = bool(asked.value(about.ImEnabled)) and not (
            hints & Qt.InputMethodHint.ImhHiddenText
        )
        if enabled != self._entered:
            self._entered = enabled
            (self._fcitx.enter if enabled else self._fcitx.leave)()
            self._place()
        return enabled

    def _on_window(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)
            self._fcitx.find()

    def _on_field(self, field: QObject | None) -> None:
        if self._field is not None and isValid(self._field):
            self._field.removeEventFilter(self)
        elif self._composed:
            # It was taken away while it was typed in, and nothing could be kept there.
            self._composed = ""
            self._fcitx.reset()
        self._field = field
        if field is not None and not isinstance(field, QWindow):
            field.installEventFilter(self)
        if self._fcitx.present:
            self._attend()

    def _place(self) -> None:
        field = _focused()
        if not self._entered or not isinstance(field, QWidget):
            return
        # Asked of the field itself: the window in front may be the list of a field that completes words.
        cursor: QRect = field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        # The screen's corner is where it is in the numbers of X11; what lies on it is scaled.
        corner, scale = field.screen().geometry().topLeft(), field.devicePixelRatioF()
        where: QPoint = (field.mapToGlobal(cursor.topLeft()) - corner) * scale + corner
        self._fcitx.place(QRect(where, cursor.size() * scale))

    # -- what fcitx says -------------------------------------------------------------

    def _say(self, event: QInputMethodEvent) -> None:
        field = _focused()
        if field is not None:
            QCoreApplication.sendEvent(field, event)

    def _on_committed(self, text: str) -> None:
        self._composed = ""
        event = QInputMethodEvent()
        event.setCommitString(text)
        self._say(event)

    def _on_composing(self, text: str, cursor: int) -> None:
        if not text and not self._composed:
            return
        self._composed = text
        line = QTextCharFormat()
        line.setFontUnderline(True)
        kinds = QInputMethodEvent.AttributeType
        shown = [
            QInputMethodEvent.Attribute(kinds.TextFormat, 0, len(text), line),
            QInputMethodEvent.Attribute(kinds.Cursor, cursor, 1),
        ]
        self._say(QInputMethodEvent(text, shown))

    def _on_forwarded(self, keysym: int, state: int, pressed: bool) -> None:
        field = _focused()
        text = chr(keysym) if 0x20 <= keysym < 0x7F else ""
        key = KEYS.get(keysym, Qt.Key(ord(text.upper())) if text else None)
        if field is None or key is None:
            return
        held = Qt.KeyboardModifier.NoModifier
        for bit, modifier in (
            (1 << 0, Qt.KeyboardModifier.ShiftModifier),
            (1 << 2, Qt.KeyboardModifier.ControlModifier),
            (1 << 3, Qt.KeyboardModifier.AltModifier),
        ):
            held |= modifier if state & bit else Qt.KeyboardModifier.NoModifier
        kind = QEvent.Type.KeyPress if pressed else QEvent.Type.KeyRelease
        QCoreApplication.sendEvent(field, QKeyEvent(kind, key, held, text))

    def _keep(self) -> None:
        """The field is left while something is composed: what stands there stays, as typed."""
        self._on_committed(self._composed)
        self._fcitx.reset()

    def _on_came(self) -> None:
        self._entered = False
        self._attend()

    def _on_went(self) -> None:
        self._entered = False
        if self._composed:
            self._on_committed(self._composed)
