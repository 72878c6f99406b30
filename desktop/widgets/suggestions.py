"""The list under a field while typing.

It is an ordinary child of the window and never takes the focus: a popup window of its own would
swallow what a Chinese input method composes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from desktop.theme import look

ROWS_SHOWN = 9


class Suggestions(QListWidget):
    """Offers under a line edit; arrows choose, Enter takes, Escape closes."""

    taken = Signal(object)

    def __init__(self, edit: QLineEdit) -> None:
        super().__init__(edit.window())
        self._edit = edit
        self.setObjectName("suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("候选")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._on_clicked)
        # The line inside a drop-down box never has the focus itself: the box has, and gets the keys.
        self._keys = edit.focusProxy() or edit
        self._keys.installEventFilter(self)
        self.hide()

    def offer(self, offers: Sequence[tuple[str, Any]], nothing: str = "") -> None:
        """Show these words, each with the value it stands for; if none, `nothing`, or no list."""
        self.clear()
        for words, value in offers:
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, value)
            self.addItem(item)
        if not offers and nothing:
            told = QListWidgetItem(nothing)
            told.setFlags(Qt.ItemFlag.NoItemFlags)
            self.addItem(told)
        if not self.count() or not self._edit.hasFocus():
            self.hide()
            return
        self.setCurrentRow(0 if offers else -1)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        window = self._edit.window()
        if self.parent() is not window:
            self.setParent(window)
        measure = look().measure
        height = measure.row * min(self.count(), ROWS_SHOWN) + measure.units(0.5)
        width = max(self._edit.width(), measure.characters(22))
        below = self._edit.mapTo(window, QPoint(0, self._edit.height()))
        if below.y() + height > window.height():
            above = self._edit.mapTo(window, QPoint(0, 0)).y() - height
            below.setY(max(0, above))
        below.setX(max(0, min(below.x(), window.width() - width)))
        self.setGeometry(below.x(), below.y(), width, height)

    def take_current(self) -> bool:
        """Take what is marked; False when nothing is offered."""
        item = self.currentItem()
        if (
            not self.isVisible()
            or self.currentRow() < 0
            or not item.flags() & Qt.ItemFlag.ItemIsEnabled
        ):
            return False
        self.hide()
        self.taken.emit(item.data(Qt.ItemDataRole.UserRole))
        return True

    def _on_clicked(self, item: QListWidgetItem) -> None:
        self.setCurrentItem(item)
        self.take_current()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override: the keys of the field that belong to the list."""
        if watched is not self._keys or not self.isVisible():
            return False
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.setCurrentRow((self.currentRow() + step) % self.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                took = self.take_current()
                return took and event.key() != Qt.Key.Key_Tab
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        return False
