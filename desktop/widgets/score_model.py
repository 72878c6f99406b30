"""The numbers behind a score grid: boxes that are typed, pasted, refused in place, and taken back.

It knows nothing of ratings: a column says how to read and how to show a box, a row is a key with boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from db.errors import Refusal
from desktop.theme import look

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class GridColumn:
    """One column of boxes: its heading, what belongs there, how a box is read and shown."""

    heading: str
    tip: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]
    numeric: bool = True


@dataclass(frozen=True)
class GridRow:
    """One row: whom it is about and what is kept."""

    key: int
    title: str
    cells: tuple[Any, ...]
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """A box that could not be read: what stands there and why not."""

    text: str
    reason: str


class ScoreModel(QAbstractTableModel):
    """Boxes by row and column; ``edited`` tells which rows are to be kept, by key."""

    edited = Signal(object)  # {key: tuple of cells}
    refused = Signal(int, str)  # how many boxes of one step, and why the first
    FaultRole = Qt.ItemDataRole.UserRole + 3

    def __init__(
        self,
        columns: Sequence[GridColumn],
        rows: Iterable[GridRow],
        summing: tuple[str, Callable[[tuple[Any, ...]], str]] | None = None,
        editable: bool = True,
    ) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.rows = list(rows)
        self._cells = [list(row.cells) for row in self.rows]
        self._faults: dict[tuple[int, int], Refused] = {}
        self._summing = summing
        self._editable = editable
        self.stack = QUndoStack(self)

    # -- what Qt asks ------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Qt override."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Qt override."""
        return 0 if parent.isValid() else len(self.columns) + bool(self._summing)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Qt override: headings above, names at the left."""
        if orientation == Qt.Orientation.Vertical:
            row = self.rows[section]
            if role == Qt.ItemDataRole.DisplayRole:
                return row.title
            return row.note or None if role == Qt.ItemDataRole.ToolTipRole else None
        if section == len(self.columns):
            heading = self._summing[0] if self._summing else ""
            return heading if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        return column.tip if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt override."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self._editable and index.column() < len(self.columns):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt override."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self.text(row, column)
        fault = self._faults.get((row, column))
        if role == self.FaultRole:
            return fault.reason if fault else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return fault.reason if fault else None
        if role == Qt.ItemDataRole.BackgroundRole and fault:
            return look().theme["wash_bad"]
        if role == Qt.ItemDataRole.ForegroundRole:
            if fault:
                return look().theme["bad"]
            return look().theme["muted"] if column == len(self.columns) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = column == len(self.columns) or self.columns[column].numeric
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.AccessibleTextRole and column < len(self.columns):
            words = self.text(row, column) or "未评"
            where = f"{self.rows[row].title} {self.columns[column].heading} {words}"
            return f"{where}，{fault.reason}" if fault else where
        return None

    def text(self, row: int, column: int) -> str:
        """What stands in a box."""
        if column == len(self.columns):
            return self._summing[1](tuple(self._cells[row])) if self._summing else ""
        fault = self._faults.get((row, column))
        return fault.text if fault else self.columns[column].show(self._cells[row][column])

    # -- changing ----------------------------------------------------------------------

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Qt override: one box typed."""
        if role != Qt.ItemDataRole.EditRole or index.column() >= len(self.columns):
            return False
        self.write({(index.row(), index.column()): str(value)}, "键入")
        return True

    def write(self, texts: dict[tuple[int, int], str], words: str) -> None:
        """Put texts into boxes as one step that can be taken back; bad ones stay and say why."""
        after: dict[tuple[int, int], tuple[Any, Refused | None]] = {}
        reasons = []
        for (row, column), text in texts.items():
            if row >= len(self.rows) or column >= len(self.columns) or not self._editable:
                continue
            try:
                value, fault = self.columns[column].read(text), None
            except Refusal as refusal:
                value, fault = self._cells[row][column], Refused(text, refusal.message)
                reasons.append(refusal.message)
            before = (self._cells[row][column], self._faults.get((row, column)))
            if (value, fault) != before:
                after[row, column] = (value, fault)
        if after:
            self.stack.push(_Step(self, after, words))
        if reasons:
            self.refused.emit(len(reasons), reasons[0])

    def put(self, boxes: dict[tuple[int, int], tuple[Any, Refused | None]]) -> None:
        """Set boxes and tell which rows are to be kept."""
        changed: set[int] = set()
        for (row, column), (value, fault) in boxes.items():
            if self._cells[row][column] != value:
                changed.add(row)
            self._cells[row][column] = value
            if fault is None:
                self._faults.pop((row, column), None)
            else:
                self._faults[row, column] = fault
        rows = sorted(row for row, _ in boxes)
        self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], self.columnCount() - 1))
        if changed:
            self.edited.emit({self.rows[row].key: tuple(self._cells[row]) for row in changed})

    def box(self, row: int, column: int) -> tuple[Any, Refused | None]:
        """What is kept in a box and what is refused there."""
        return self._cells[row][column], self._faults.get((row, column))

    @property
    def faulty(self) -> int:
        """How many boxes hold something that was refused."""
        return len(self._faults)

    @property
    def filled(self) -> int:
        """How many rows have no empty box."""
        return sum(all(cell is not None for cell in row) for row in self._cells)


class _Step(QUndoCommand):
    """One change of boxes, forward and back."""

    def __init__(
        self,
        model: ScoreModel,
        after: dict[tuple[int, int], tuple[Any, Refused | None]],
        words: str,
    ) -> None:
        super().__init__(words)
        self._model = model
        self._before = {place: model.box(*place) for place in after}
        self._after = after

    def redo(self) -> None:
        """Qt override."""
        self._model.put(self._after)

    def undo(self) -> None:
        """Qt override."""
        self._model.put(self._before)
