"""A drop-down list in the look of the program; knows no fields, so that the first page may use it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from desktop.icons import picture
from desktop.theme import look


class Choices(QComboBox):
    """A combo box that draws its own arrow and does not change under a passing wheel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(14)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt override."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt override."""
        super().paintEvent(event)
        edge = look().measure.units(1.8)
        at = QPoint(self.width() - edge - look().measure.units(0.8), (self.height() - edge) // 2)
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        drawn = picture("down", "muted", round(edge * ratio))
        drawn.setDevicePixelRatio(ratio)
        painter.drawPixmap(at, drawn)
        painter.end()

    def showPopup(self) -> None:
        """Qt override: the list is as wide as its words, however narrow the box is."""
        view = self.view()
        bar = view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(view.sizeHintForColumn(0) + bar)
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override: Enter goes on to the next field, Down opens the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.showPopup()
            return
        super().keyPressEvent(event)
