"""What ever happened to one record: who, when, from what to what."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import access, journal, undo
from db.columns import columns_of
from db.record import Record
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.page import button, label

SHOWN = 60  # operations; the audit page has the rest


def steps(model: type[Record], row: int) -> list[tuple[journal.Change, list[str]]]:
    """The history of a row in words, one entry an operation; runs on the database worker."""
    columns = {column.column_name: column for column in columns_of(model)}
    private = access.can("private", model.stem())
    found = []
    for _, part in groupby(journal.history(model.stem(), row), key=lambda change: change.operation):
        changes = list(part)
        lines = []
        for change in changes:
            column = columns.get(change.field)
            if column is None:
                if change.field == "retired":
                    lines.append(f"停用：{change.new}" if change.new else "恢复使用")
                continue
            lines.append(
                f"{column.label}：{said(column, change.old, private)} → {said(column, change.new, private)}"
            )
        found.append((changes[0], lines))
        if len(found) == SHOWN:
            break
    return found


def said(column: Any, value: Any, private: bool = True) -> str:
    """A value of the journal in words; what a reader may not see is masked."""
    kept = column.python_value(value) if value is not None else None
    if column.private and not private:
        return str(column.mask(kept)) or "空"
    return str(column.show(kept)) or "空"


class HistoryView(QWidget):
    """The history tab of a record."""

    def __init__(self, model: type[Record]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._model = model
        self._row = 0
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None

    def show_row(self, row: int) -> None:
        """Read and show the history of a record."""
        self._row = row
        model = self._model
        Read(self, lambda: steps(model, row)).then(
            lambda found: self._show(found) if row == self._row else None
        ).start()

    def _show(self, found: list[tuple[journal.Change, list[str]]]) -> None:
        if self._content is not None:
            self._content.deleteLater()
        unit = look().measure.units
        self._content = QWidget()
        self._content.setObjectName("clear")
        box = QVBoxLayout(self._content)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(0.5))
        for change, lines in found:
            head = QHBoxLayout()
            words = label(change.words, "heading", wrap=True)
            head.addWidget(words, 1)
            if lines and change.kind not in undo.FINAL:
                back = button(
                    "撤销这一步",
                    partial(self._undo, change),
                    link=True,
                    tip=f"撤销：{change.words}",
                )
                head.addWidget(back)
            box.addLayout(head)
            box.addWidget(label(f"{change.at.replace('T', ' ')}　{change.person}", "muted"))
            for line in lines:
                box.addWidget(label(line, wrap=True))
            box.addSpacing(unit(1))
        if not found:
            box.addWidget(label("还没有变更记录。", "muted"))
        box.addStretch(1)
        self._box.addWidget(self._content)

    def _undo(self, change: journal.Change) -> None:
        Write(self, lambda: undo.undo(change.operation)).start()
