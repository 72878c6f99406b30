"""A table of plain values that were read at once, for lists that are reckoned and not stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop.theme import look
from desktop.widgets.table_model import FlawRole
from desktop.widgets.table_view import QuietDelegate

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it stands for, its cells as words, whether something is wrong, and a tip."""

    id: int
    cells: tuple[str, ...]
    flawed: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, its width in characters, and whether it holds numbers."""

    words: str
    width: float = 8
    number: bool = False


class ReckonedModel(QAbstractTableModel):
    """Rows of words."""

    def __init__(self, heads: Sequence[Head], parent: QWidget) -> None:
        super().__init__(parent)
        self.heads = tuple(heads)
        self.rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Put these rows in the place of the old ones."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role == FlawRole:
            return row.flawed
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return row.tip or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.heads[index.column()].number else None
            return int((side or Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.heads[section].words
        if role == Qt.ItemDataRole.TextAlignmentRole and self.heads[section].number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class ReckonedTable(QTableView):
    """The list: ``picked`` when the current row changes, ``activated_row`` on Enter or double click."""

    picked = Signal(object)
    activated_row = Signal(object)

    def __init__(self, name: str, heads: Sequence[Head]) -> None:
        super().__init__()
        self.rows_model = ReckonedModel(heads, self)
        self.setModel(self.rows_model)
        self.setAccessibleName(name)
        self.setItemDelegate(QuietDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        down = self.verticalHeader()
        down.setVisible(False)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setDefaultSectionSize(look().measure.row)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setStretchLastSection(True)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for at, head in enumerate(heads):
            self.setColumnWidth(at, look().measure.characters(head.width + 1.5))
        self.selectionModel().currentRowChanged.connect(
            lambda *_: self.picked.emit(self.current_id())
        )
        self.doubleClicked.connect(lambda _index: self.activated_row.emit(self.current_id()))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show these rows; the current one stays current when it is still there."""
        kept, chosen = self.current_id(), set(self.chosen_ids())
        self.rows_model.show_rows(rows)
        places = {row.id: at for at, row in enumerate(rows)}
        flags = QItemSelectionModel.SelectionFlag
        for one in chosen & places.keys():
            self.selectionModel().select(
                self.rows_model.index(places[one], 0), flags.Select | flags.Rows
            )
        if kept in places:
            self.selectionModel().setCurrentIndex(
                self.rows_model.index(places[kept], 0), flags.NoUpdate
            )
        elif rows and kept is not None:
            self.picked.emit(None)

    def current_id(self) -> int | None:
        """What the current row stands for."""
        index = self.currentIndex()
        rows = self.rows_model.rows
        return rows[index.row()].id if index.isValid() and index.row() < len(rows) else None

    def chosen_ids(self) -> list[int]:
        """What the chosen rows stand for, from above."""
        rows = self.rows_model.rows
        places = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [rows[at].id for at in places if at < len(rows)]

    def pick(self, one: int) -> bool:
        """Make the row of this id current."""
        for at, row in enumerate(self.rows_model.rows):
            if row.id == one:
                self.selectRow(at)
                self.scrollTo(self.rows_model.index(at, 0))
                return True
        return False

    def keyPressEvent(self, event: Any) -> None:
        """Qt override: Enter opens the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_id() is not None:
            self.activated_row.emit(self.current_id())
            return
        super().keyPressEvent(event)
