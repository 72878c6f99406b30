"""A row of small controls that goes on in the next line when the page is narrow."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QWidget

from desktop.theme import look


class Flow(QLayout):
    """Lays its items out like words of a text.

    ``right`` is for buttons at the right edge: all in one line where there is room for them.
    """

    def __init__(self, parent: QWidget | None = None, *, right: bool = False) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._right = right
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(look().measure.units(0.75))

    def addItem(self, item: QLayoutItem) -> None:
        """Qt override."""
        self._items.append(item)

    def insertWidget(self, at: int, widget: QWidget) -> None:
        """Put a control between the others, as a box layout does."""
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        """Qt override."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Qt override."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Qt override."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Qt override."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Qt override."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Qt override."""
        return self._lay(QRect(0, 0, width, 0), place=False)

    def setGeometry(self, rect: QRect) -> None:
        """Qt override."""
        super().setGeometry(rect)
        self._lay(rect, place=True)

    def sizeHint(self) -> QSize:
        """Qt override: one line of everything."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() + self.spacing() for size in shown) - self.spacing()
        return QSize(max(width, 0), max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        """Qt override."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def _lay(self, rect: QRect, *, place: bool) -> int:
        """Fill line after line; returns the height that took."""
        y, lines = rect.y(), self._lines(rect.width())
        for line in lines:
            taken = sum(width + self.spacing() for _item, width in line) - self.spacing()
            x = rect.x() + (max(rect.width() - taken, 0) if self._right else 0)
            height = max(item.sizeHint().height() for item, _width in line)
            for item, width in line:
                if place:
                    tall = item.sizeHint().height()
                    item.setGeometry(QRect(x, y + (height - tall) // 2, width, tall))
                x += width + self.spacing()
            y += height + self.spacing()
        return y - rect.y() - (self.spacing() if lines else 0)

    def _lines(self, room: int) -> list[list[tuple[QLayoutItem, int]]]:
        lines: list[list[tuple[QLayoutItem, int]]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            width = min(item.sizeHint().width(), max(room, item.minimumSize().width()))
            if not lines or x + width > room:
                lines.append([])
                x = 0
            lines[-1].append((item, width))
            x += width + self.spacing()
        return lines


def together(*parts: QWidget) -> QWidget:
    """A control and its name, which stay in one line."""
    made = QWidget()
    made.setObjectName("clear")
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(look().measure.units(1))
    for part in parts:
        line.addWidget(part)
    return made
