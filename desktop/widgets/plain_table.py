"""A small table of words that are all in memory: operations, backups, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from desktop.theme import look
from desktop.widgets.table_view import QuietDelegate

Index = QModelIndex | QPersistentModelIndex


class PlainModel(QAbstractTableModel):
    """Rows of words, each standing for a thing that is given back by ``thing``."""

    def __init__(self, heads: Sequence[str], right: Sequence[int] = (), parent: Any = None) -> None:
        super().__init__(parent)
        self._heads = tuple(heads)
        self._right = frozenset(right)
        self._rows: list[tuple[tuple[str, ...], Any]] = []

    def show_rows(self, rows: Sequence[tuple[Sequence[str], Any]]) -> None:
        """Show these rows instead."""
        self.beginResetModel()
        self._rows = [(tuple(words), thing) for words, thing in rows]
        self.endResetModel()

    def add_rows(self, rows: Sequence[tuple[Sequence[str], Any]]) -> None:
        """Show these rows below the others."""
        if rows:
            at = len(self._rows)
            self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
            self._rows += [(tuple(words), thing) for words, thing in rows]
            self.endInsertRows()

    def thing(self, row: int) -> Any:
        """What a row stands for."""
        return self._rows[row][1] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Qt override."""
        return 0 if parent is not None and parent.isValid() else len(self._heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt override."""
        if not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][0][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Qt override."""
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._heads):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._heads[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return self._side(section)
        return None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if column in self._right else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)


class PlainView(QTableView):
    """Shows a PlainModel in the look of the other tables; widths are in Chinese characters."""

    def __init__(self, name: str, model: PlainModel, widths: Sequence[float], wide: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(QuietDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(look().measure.row)
        head = self.horizontalHeader()
        head.setAccessibleName("表头")
        head.setHighlightSections(False)
        head.setFixedHeight(look().measure.row)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, look().measure.characters(width))
        head.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)

    def current_thing(self) -> Any:
        """What the current row stands for."""
        model = self.model()
        assert isinstance(model, PlainModel)
        return model.thing(self.currentIndex().row()) if self.currentIndex().isValid() else None
