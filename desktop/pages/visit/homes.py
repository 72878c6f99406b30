"""The households of a trip as a table to type or paste into; an empty row always waits at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QCompleter,
    QLineEdit,
    QStyledItemDelegate,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from db.errors import Refusal
from db.fields import Choice
from db.registers.matter import Matter
from db.registers.visit import Gift, Household
from db.visiting.trips import Met
from desktop.theme import look


@dataclass(frozen=True)
class Line:
    """One column of the table: which value of `Met` it is, the field that reads it, its width."""

    name: str
    column: Any
    width: float
    heading: str = ""

    @property
    def words(self) -> str:
        """The heading: the field's own label unless the table needs another."""
        return self.heading or str(self.column.label)


LINES = (
    Line("head", Household.head, 6),
    Line("kind", Household.kind, 7),
    Line("people", Household.people, 3),
    Line("difficulty", Household.difficulty, 9),
    Line("matter", Matter.content, 11, "要办的事"),
    Line("matter_kind", Matter.kind, 6),
    Line("money", Gift.value, 5, "慰问金"),
    Line("goods", Gift.what, 8, "慰问品"),
    Line("goods_value", Gift.value, 5, "折款"),
    Line("wishes", Household.wishes, 10),
    Line("due_on", Matter.due_on, 7),
    Line("phone", Household.phone, 9),
    Line("address", Household.address, 10),
)
AT = {line.name: at for at, line in enumerate(LINES)}


class _Boxes(QStyledItemDelegate):
    """A box of a code list offers its words while one types, or on the arrow down."""

    def createEditor(self, parent: QWidget, option: Any, index: Any) -> QWidget:
        """Qt override."""
        editor = super().createEditor(parent, option, index)
        column = LINES[index.column()].column
        if isinstance(editor, QLineEdit):
            editor.setAccessibleName(LINES[index.column()].words)
            if isinstance(column, Choice):
                offer = QCompleter([code.label for code in column.codes], editor)
                offer.setFilterMode(Qt.MatchFlag.MatchContains)
                offer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
                offer.setMaxVisibleItems(len(column.codes))
                editor.setCompleter(offer)
                editor.setPlaceholderText("↓ 选择")
        return editor


class Homes(QTableWidget):
    """Rows of texts; `read` makes households of them and says what cannot be read, and where."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__(1, len(LINES))
        self.setAccessibleName("走访户")
        self.setHorizontalHeaderLabels([line.words for line in LINES])
        self.verticalHeader().setDefaultSectionSize(look().measure.row)
        self.setItemDelegate(_Boxes(self))
        self.setTabKeyNavigation(True)
        self.setEditTriggers(
            QTableWidget.EditTrigger.AnyKeyPressed
            | QTableWidget.EditTrigger.DoubleClicked
            | QTableWidget.EditTrigger.EditKeyPressed
        )
        for at, line in enumerate(LINES):
            self.setColumnWidth(at, look().measure.characters(line.width + 1))
            item = self.horizontalHeaderItem(at)
            if item is not None and line.column.help_text:
                item.setToolTip(line.column.help_text)
        self.itemChanged.connect(self._on_changed)

    def clear_rows(self) -> None:
        """Begin with one empty row."""
        self.setRowCount(0)
        self.setRowCount(1)

    def text(self, row: int, column: int) -> str:
        """What stands in a box."""
        item = self.item(row, column)
        return item.text().strip() if item is not None else ""

    def filled_rows(self) -> list[int]:
        """Rows in which something stands."""
        every = range(self.columnCount())
        return [row for row in range(self.rowCount()) if any(self.text(row, c) for c in every)]

    def read(self) -> list[Met]:
        """The households; Refusal names the row and marks the first box that cannot be read."""
        found = []
        for place, row in enumerate(self.filled_rows(), 1):
            values: dict[str, Any] = {}
            for at, line in enumerate(LINES):
                text = self.text(row, at)
                if not text and line.name != "head":
                    continue
                try:
                    values[line.name] = line.column.parse(text)
                    if line.name == "head" and not values["head"]:
                        raise Refusal("请填写户主姓名")
                except Refusal as refusal:
                    self.mark(row, at, refusal.message)
                    raise Refusal(f"第 {place} 户：{refusal.message}") from refusal
            found.append(Met(**values))
        return found

    def mark(self, row: int, column: int, words: str) -> None:
        """Show that a box cannot be kept, and put the cursor there."""
        item = self.item(row, column) or QTableWidgetItem()
        self.blockSignals(True)
        if item.tableWidget() is None:
            self.setItem(row, column, item)
        item.setBackground(look().theme["wash_bad"])
        item.setToolTip(words)
        self.blockSignals(False)
        self.setCurrentCell(row, column)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark_fault(self, place: int, field: str, words: str) -> None:
        """The same for a household (counted from 0 among the filled rows) and a field's name."""
        rows = self.filled_rows()
        known = {"what": "goods", "value": "goods_value", "content": "matter"}.get(field, field)
        if place < len(rows):
            self.mark(rows[place], AT.get(known, 0), words)

    def paste(self, text: str) -> None:
        """Rows from a table elsewhere, from the current box on."""
        lines = [line.split("\t") for line in text.rstrip("\n").splitlines()]
        first, left = max(0, self.currentRow()), max(0, self.currentColumn())
        self._put(first, left, lines)

    def _put(self, first: int, left: int, lines: Sequence[Sequence[str]]) -> None:
        if self.rowCount() < first + len(lines) + 1:
            self.setRowCount(first + len(lines) + 1)
        for down, cells in enumerate(lines):
            for across, words in enumerate(cells):
                if left + across < self.columnCount():
                    self.setItem(first + down, left + across, QTableWidgetItem(words.strip()))

    def _on_changed(self, item: QTableWidgetItem) -> None:
        self.blockSignals(True)
        item.setBackground(look().theme["paper"])
        item.setToolTip("")
        self.blockSignals(False)
        if item.row() == self.rowCount() - 1 and item.text().strip():
            self.setRowCount(self.rowCount() + 1)
        self.edited.emit()

    def closeEditor(self, editor: Any, hint: Any) -> None:
        """Qt override: Enter goes to the head of the next household."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self.setCurrentCell(min(self.currentRow() + 1, self.rowCount() - 1), 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override: paste a block; Delete empties boxes."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste(QGuiApplication.clipboard().text())
            return
        if event.key() == Qt.Key.Key_Delete:
            for index in self.selectedIndexes():
                self._empty(index)
            return
        super().keyPressEvent(event)

    def _empty(self, index: QModelIndex) -> None:
        item = self.item(index.row(), index.column())
        if item is not None:
            item.setText("")
