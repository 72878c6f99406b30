"""A short form for one step that is more than a field: 转正, 并入, 换届; asked in the page itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from db.errors import Refusal
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.editors import Field, field_for
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label


class AskForm(QWidget):
    """Asks for the values of a few columns, then does something with them on the worker.

    ``fields`` are (name, column, first value); the columns need not belong to a model.
    ``work`` gets the kept values by name and runs inside the gate; a refusal stays in the form.
    """

    done = Signal()
    gave_up = Signal()

    def __init__(
        self,
        heading: str,
        words: str,
        fields: Sequence[tuple[str, Any, Any]],
        work: Callable[[dict[str, Any]], object],
        verb: str = "确定",
    ) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._work = work
        self.fields: dict[str, Field] = {}
        self._faults: dict[str, Any] = {}
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        if heading:
            box.addWidget(label(heading, "title", wrap=True))
        if words:
            box.addWidget(label(words, "muted", wrap=True))
        self._whole = label("", "fault", wrap=True)
        self._whole.hide()
        box.addWidget(self._whole)
        inside = QWidget()
        inside.setObjectName("clear")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(1.5))
        grid.setVerticalSpacing(unit(0.75))
        grid.setColumnStretch(1, 1)
        for row, (name, column, value) in enumerate(fields):
            field = field_for(column)
            field.set_value(value)
            words_at = label(column.label + (" *" if column.required else ""), "muted")
            words_at.setBuddy(field.control)
            # Beside the first line of the field, however tall that is.
            words_at.setFixedHeight(look().measure.row)
            grid.addWidget(words_at, row * 2, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(field, row * 2, 1)
            fault = label("", "fault", wrap=True)
            fault.hide()
            grid.addWidget(fault, row * 2 + 1, 1)
            self.fields[name], self._faults[name] = field, fault
            for part in (field.control, *field.control.findChildren(QLineEdit)):
                part.installEventFilter(self)
            field.changed.connect(lambda each=name: self._on_changed(each))
        lines.addLayout(grid)
        lines.addStretch(1)
        box.addWidget(scrolled(inside), 1)
        keys = QHBoxLayout()
        keys.addStretch(1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button(verb, self.submit, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        for key, slot in (("Escape", self.gave_up.emit), ("Ctrl+S", self.submit)):
            made = QShortcut(QKeySequence(key), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        for field in self.fields.values():
            field.control.setFocus(Qt.FocusReason.OtherFocusReason)
            return

    def submit(self) -> None:
        """Read the fields and do it."""
        values: dict[str, Any] = {}
        first = None
        for name, field in self.fields.items():
            try:
                values[name] = field.column.accept(field.value())
                self._tell(name, "")
            except Refusal as refusal:
                self._tell(name, refusal.message)
                first = first or field
        if first is not None:
            first.control.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.go.setEnabled(False)
        work = self._work
        Write(self, lambda: work(values)).then(self._on_done).failed(self._on_failed).start()

    def _on_done(self, _result: object) -> None:
        self.done.emit()

    def _on_failed(self, problem: Exception) -> bool:
        self.go.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        rest = []
        for fault in problem.faults:
            if fault.field in self.fields:
                self._tell(fault.field, fault.message)
            else:
                rest.append(fault.message)
        words = "；".join(rest) or ("" if problem.faults else problem.message)
        self._whole.setText(words)
        self._whole.setVisible(bool(words))
        return True

    def _on_changed(self, name: str) -> None:
        # What was refused is being mended; the next try says whether it is right now.
        self._tell(name, "")
        self._whole.hide()

    def _tell(self, name: str, words: str) -> None:
        self._faults[name].setText(words)
        self._faults[name].setVisible(bool(words))
        self.fields[name].mark("faulty" if words else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override: Enter goes on, the last one submits."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not isinstance(watched, QPlainTextEdit)
        ):
            order = [field.control for field in self.fields.values()]
            at = next((i for i, c in enumerate(order) if c in (watched, watched.parent())), -1)
            if at + 1 < len(order):
                order[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
            else:
                self.submit()
            return True
        return False
