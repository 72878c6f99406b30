"""Ask for the one sentence that a step needs, in the page and not in a box over it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.theme import look
from desktop.widgets.page import button, label


class ReasonBar(QWidget):
    """A line that appears, takes a reason and goes away."""

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(0.5))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        # The name of what is meant may be longer than the place is wide.
        self._words = label("", wrap=True)
        self.edit = QLineEdit()
        self.edit.setAccessibleName("原因")
        self.edit.returnPressed.connect(self._give)
        self._words.setBuddy(self.edit)
        box.addWidget(self._words)
        box.addLayout(line)
        line.addWidget(self.edit, 1)
        line.addWidget(button("确定", self._give, primary=True))
        line.addWidget(button("取消", self.hide))
        leave = QShortcut(QKeySequence("Escape"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.hide)
        self.hide()

    def ask(self, words: str) -> None:
        """Show the line and wait for the sentence."""
        self._words.setText(words)
        self.edit.setAccessibleName(words)
        self.edit.clear()
        self.show()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give(self) -> None:
        words = self.edit.text().strip()
        if not words:
            self.edit.setPlaceholderText("请写明原因")
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.hide()
        self.given.emit(words)
