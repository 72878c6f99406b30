"""Two or three lines for a new passphrase, with its strength in words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.theme import look
from desktop.widgets.page import button, label
from desktop.widgets.secret import Secret, strength


class SecretForm(QWidget):
    """Asks for a new passphrase twice, and for the old one where somebody changes their own."""

    given = Signal(str, str)  # old, new

    def __init__(self, *, asks_old: bool, verb: str) -> None:
        super().__init__()
        unit, em = look().measure.units, look().measure.characters
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(unit(2))
        grid.setVerticalSpacing(unit(0.75))
        # The lines are as long as the place allows, up to a passphrase of many words.
        grid.setColumnStretch(1, 1000)
        grid.setColumnStretch(2, 1)
        self.old, self.new, self.again = (
            Secret("现在的口令"),
            Secret("新口令"),
            Secret("再输一遍新口令"),
        )
        rows = ((self.old, "现在的口令"), (self.new, "新口令"), (self.again, "再输一遍"))
        for row, (edit, words) in enumerate(rows):
            name = label(words, "muted")
            name.setBuddy(edit)
            edit.setMaximumWidth(em(22))
            edit.textEdited.connect(lambda _text: self.tell(""))
            edit.returnPressed.connect(self.submit)
            grid.addWidget(name, row, 0)
            grid.addWidget(edit, row, 1)
            if edit is self.old:
                name.setVisible(asks_old)
                edit.setVisible(asks_old)
        self._words = label("", "muted", wrap=True)
        self._words.hide()
        grid.addWidget(self._words, 3, 1, 1, 2)
        self._fault = label("", "fault", wrap=True)
        self._fault.hide()
        grid.addWidget(self._fault, 4, 1, 1, 2)
        self.go = button(verb, self.submit)
        grid.addWidget(self.go, 5, 1, 1, 2, Qt.AlignmentFlag.AlignLeft)
        self.new.textChanged.connect(self._weigh)

    def submit(self) -> None:
        """Check both lines and hand them on."""
        words, enough = strength(self.new.text())
        if not enough:
            self.tell(words + "。")
            self.new.setFocus()
        elif self.new.text() != self.again.text():
            self.tell("两遍口令不一样。")
            self.again.setFocus()
            self.again.selectAll()
        else:
            self.tell("")
            self.given.emit(self.old.text(), self.new.text())

    def _weigh(self, text: str) -> None:
        self._words.setText(strength(text)[0] if text else "")
        self._words.setVisible(bool(text))

    def tell(self, words: str) -> None:
        """Say what is wrong."""
        self._fault.setText(words)
        self._fault.setVisible(bool(words))

    def clear(self) -> None:
        """Forget what was typed."""
        for each in (self.old, self.new, self.again):
            each.clear()
        self.tell("")
