"""A record to be read: labels and values in groups, what is empty gathered in one quiet line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from db.errors import Refusal
from db.record import Record
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.editor import Group, groups_of
from desktop.widgets.page import label


class RecordView(QWidget):
    """Reads one record from the database and shows it."""

    def __init__(self, model: type[Record], groups: Sequence[Group] = ()) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._model = model
        self._groups = tuple(groups) or groups_of(model)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None
        self.record: Any = None

    def show_record(self, record: Any) -> None:
        """Show a record that has been read already; its texts are asked of the worker."""
        self.record = record
        groups = self._groups

        def read() -> tuple[list[tuple[str, list[tuple[str, str]]]], list[str], list[Any]]:
            shown, empty = [], []
            for group in groups:
                lines = []
                for column in group.fields:
                    words = record.shown(column)
                    if words:
                        lines.append((column.label, words))
                    else:
                        empty.append(column.label)
                shown.append((group.heading, lines))
            try:
                flaws = list(record.warnings())
            except Refusal as refusal:
                flaws = list(refusal.faults)
            return shown, empty, flaws

        Read(self, read).then(lambda found: self._show(record, *found)).start()

    def _show(
        self,
        record: Any,
        groups: list[tuple[str, list[tuple[str, str]]]],
        empty: list[str],
        flaws: list[Any],
    ) -> None:
        if self.record is not record:
            return
        if self._content is not None:
            self._content.deleteLater()
        unit = look().measure.units
        self._content = QWidget()
        self._content.setObjectName("clear")
        box = QVBoxLayout(self._content)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(0.75))
        if record.retired:
            box.addWidget(label(f"已停用：{record.retired}", "flaw", wrap=True))
        for flaw in flaws:
            box.addWidget(label(f"▲ {flaw.message}", "flaw", wrap=True))
        names = [name for _, lines in groups for name, _ in lines]
        longest = max((len(name) for name in names), default=0)
        widest = look().measure.characters(min(longest, 8) + 0.5)
        for heading, lines in groups:
            if not lines:
                continue
            if heading:
                words = label(heading, "section")
                words.setContentsMargins(0, unit(1), 0, 0)
                box.addWidget(words)
            grid = QGridLayout()
            grid.setHorizontalSpacing(unit(1.5))
            grid.setVerticalSpacing(unit(0.75))
            grid.setColumnStretch(1, 1)
            grid.setColumnMinimumWidth(0, widest)
            for row, (name, value) in enumerate(lines):
                grid.addWidget(label(name, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
                shown = label(value, wrap=True)
                shown.setTextInteractionFlags(
                    Qt.TextInteractionFlag.TextSelectableByMouse
                    | Qt.TextInteractionFlag.TextSelectableByKeyboard
                )
                shown.setAccessibleName(f"{name}：{value}")
                grid.addWidget(shown, row, 1)
            box.addLayout(grid)
        if empty:
            words = label("未填：" + "、".join(empty), "muted", wrap=True)
            words.setContentsMargins(0, unit(1), 0, 0)
            box.addWidget(words)
        box.addStretch(1)
        self._box.addWidget(self._content)
