"""A framed part of a page: a heading, and rows of names and values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme import look
from desktop.widgets.page import label


class Card(QFrame):
    """Rows are added from the top; what is wide takes the whole row."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        unit = look().measure.units
        self.setObjectName("card")
        inner = QVBoxLayout(self)
        inner.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        inner.setSpacing(unit(1))
        inner.addWidget(label(heading, "heading"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(unit(2))
        self._grid.setVerticalSpacing(unit(0.75))
        self._grid.setColumnStretch(1, 1)
        inner.addLayout(self._grid)

    def row(self, words: str, control: QWidget) -> None:
        """A name and what stands beside it; words fill the width, a control keeps its own."""
        at = self._grid.rowCount()
        if words:
            name = label(words, "muted")
            name.setBuddy(control)
            self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        if isinstance(control, QLabel):
            self._grid.addWidget(control, at, 1)
        else:
            self._grid.addWidget(control, at, 1, Qt.AlignmentFlag.AlignLeft)

    def whole(self, content: QWidget) -> None:
        """Something that needs no name beside it."""
        self._grid.addWidget(content, self._grid.rowCount(), 0, 1, 2)
