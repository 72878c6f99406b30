"""批量修改: one field of many chosen rows, counted before, one step to undo after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import journal
from db.columns import columns_of
from db.errors import Refusal
from db.fields import IdNumber, Name, Reference, Structured
from db.record import Record
from desktop.tasks import Job, Progress
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.editors import Field, field_for
from desktop.widgets.form_box import scrolled
from desktop.widgets.listing import load
from desktop.widgets.page import button, label


def changeable(model: type[Record]) -> list[Any]:
    """Columns that may sensibly have one value in many rows: not names, not numbers of persons."""
    return [
        column
        for column in columns_of(model)
        if not isinstance(column, Name | IdNumber | Structured) and column.searched == ""
    ]


def change_rows(
    model: type[Record], ids: Sequence[int], column: Any, value: Any, progress: Progress
) -> int:
    """Set one column of these rows in one operation; a row that cannot be kept stops all of them."""
    name = column.object_id_name if isinstance(column, Reference) else column.name
    words = f"批量修改{model._meta.label}的“{column.label}”，{len(ids)} 条"
    with journal.operation(words):
        rows = load(model, ids)
        for done, row in enumerate(rows):
            progress(done, len(rows), row.title())
            setattr(row, name, value)
            try:
                row.save()
            except Refusal as refusal:
                raise Refusal(f"“{row.title()}”：{refusal.message}。一条也没有改。") from refusal
    return len(rows)


class BatchForm(QWidget):
    """Choose a field and its new value for the chosen rows."""

    done = Signal()
    gave_up = Signal()

    def __init__(self, model: type[Record], ids: Sequence[int]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._model, self._ids = model, list(ids)
        self._columns = {column.name: column for column in changeable(model)}
        unit = look().measure.units
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(unit(1))
        self._box.addWidget(label(f"批量修改 {len(self._ids):,} 条", "title"))
        self._box.addWidget(
            label("只改选中的一项，其余不动；作为一步记录，可以一次撤销。", "muted", wrap=True)
        )
        inside = QWidget()
        inside.setObjectName("clear")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(unit(1))
        lines.addWidget(label("修改哪一项", "muted"))
        self.which = Choices()
        self.which.setAccessibleName("修改哪一项")
        for column in self._columns.values():
            self.which.addItem(column.label, column.name)
        self.which.activated.connect(lambda _at: self._show_field())
        lines.addWidget(self.which)
        lines.addWidget(label("改成", "muted"))
        self._place = QVBoxLayout()
        lines.addLayout(self._place)
        self._fault = label("", "fault", wrap=True)
        lines.addWidget(self._fault)
        lines.addStretch(1)
        self._box.addWidget(scrolled(inside), 1)
        keys = QHBoxLayout()
        keys.addStretch(1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button("修改", self.submit, primary=True)
        keys.addWidget(self.go)
        self._box.addLayout(keys)
        leave = QShortcut(QKeySequence("Escape"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.gave_up.emit)
        self.field: Field | None = None
        self._show_field()

    def focus_first(self) -> None:
        """Begin with the field to change."""
        self.which.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, name: str) -> None:
        """Change this column."""
        self.which.setCurrentIndex(self.which.findData(name))
        self._show_field()

    def _show_field(self) -> None:
        if self.field is not None:
            self._place.removeWidget(self.field)
            self.field.deleteLater()
        self.field = field_for(self._columns[self.which.currentData()])
        self.field.set_value(self.field.column.nothing)
        self.field.changed.connect(self._fault.clear)
        self._place.addWidget(self.field)
        self._fault.clear()

    def submit(self) -> None:
        """Change all rows, or none."""
        assert self.field is not None
        column = self.field.column
        try:
            value = column.accept(self.field.value())
        except Refusal as refusal:
            self._fault.setText(refusal.message)
            return
        model, ids = self._model, self._ids
        self.go.setEnabled(False)
        Job(
            self, lambda progress: change_rows(model, ids, column, value, progress), "批量修改"
        ).then(lambda _count: self.done.emit()).failed(self._on_failed).start()

    def _on_failed(self, problem: Exception) -> bool:
        self.go.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        self._fault.setText(problem.message)
        return True
