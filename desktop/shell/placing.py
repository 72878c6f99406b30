"""Where the window lies on the screen, kept from day to day with the settings of this machine."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from desktop import settings
from desktop.theme import look


def first(window: QMainWindow) -> None:
    """The size of a window that never lay anywhere, and the least it may get."""
    em = look().measure.characters
    room = QGuiApplication.primaryScreen().availableGeometry().size()
    window.resize(em(92), em(58))
    window.setMinimumSize(QSize(em(52), em(34)).boundedTo(room * 0.9))


def restore(window: QMainWindow) -> None:
    """Where it lay last time, as far as that can be seen today."""
    kept = settings.current["window"]
    room = QGuiApplication.primaryScreen().availableGeometry()
    if kept:
        window.restoreGeometry(QByteArray(base64.b64decode(kept)))
    elif window.width() > room.width() * 0.9 or window.height() > room.height() * 0.9:
        # On a 1366 × 768 notebook the lower edge would lie below the screen.
        window.resize(room.size() * 0.9)
        window.move(room.topLeft())
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)
    # A second screen may be gone since yesterday.
    seen = any(
        screen.availableGeometry().intersects(window.frameGeometry())
        for screen in QGuiApplication.screens()
    )
    if not seen:
        window.move(room.topLeft())


def keep(window: QMainWindow) -> None:
    """Remember where it lies now."""
    state = bytes(window.saveGeometry().data())
    settings.current["window"] = base64.b64encode(state).decode("ascii")
