"""One number that the office sets itself, kept as soon as the box is left."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from db import access, office_settings
from db.rules.office_settings import declared
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.page import label, named


class LimitBox(QWidget):
    """A label and a number, for whoever may manage."""

    kept = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name, self._value = name, 0
        limit = declared()[name]
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(look().measure.units(1))
        words = label(limit.label, "muted")
        self.number = QSpinBox()
        # The sheet's padding does not reach the line inside a box of numbers.
        inset = look().measure.units(1)
        self.number.lineEdit().setTextMargins(inset, 0, inset, 0)
        self.number.setRange(1, limit.highest)
        self.number.setSuffix(f" {limit.unit}")
        named(self.number, limit.label, limit.help)
        words.setBuddy(self.number)
        self.number.editingFinished.connect(self._keep)
        line.addWidget(words)
        line.addWidget(self.number)

    def show_value(self, value: int) -> None:
        """Show the number in force."""
        self._value = value
        self.number.setValue(value)
        self.setVisible(access.can("manage"))

    def _keep(self) -> None:
        value = self.number.value()
        if value == self._value:
            return
        self._value = value
        Write(self, lambda: office_settings.change({self._name: value})).then(
            lambda _done: self.kept.emit()
        ).start()
