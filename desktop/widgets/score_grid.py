"""A grid of boxes to be filled quickly, with the keys that people know from WPS and Excel.

Arrows move; typing replaces; F2 edits; Enter goes down, Tab right, Esc gives up; Delete empties;
Ctrl+C and Ctrl+V take and give blocks; Ctrl+D fills down; Ctrl+Z and Ctrl+Y go back and forth.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktop.theme import look
from desktop.widgets.score_model import ScoreModel

_ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}


class _BoxDelegate(QStyledItemDelegate):
    """Opens a bare line in the box; an arrow ends typing that began by typing, as in a sheet."""

    typing = False

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """Qt override."""
        del option
        edit = QLineEdit(parent)
        edit.setFrame(False)
        edit.setAlignment(Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)))
        edit.setProperty("box", True)
        edit.setStyleSheet("QLineEdit { border: none; border-radius: 0; min-height: 0; }")
        edit.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole) or ""))
        return edit

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Qt override: the box under the cursor has a frame, as in a sheet."""
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look().theme["accent"], 2))
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override."""
        view = self.parent()
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and isinstance(watched, QLineEdit)
            and isinstance(view, ScoreGrid)
        ):
            move = _ARROWS.get(Qt.Key(event.key())) if self.typing else None
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                move = (-1, 0) if back else (1, 0)
            if move is not None:
                self.commitData.emit(watched)
                self.closeEditor.emit(watched, QAbstractItemDelegate.EndEditHint.NoHint)
                view.step(*move)
                return True
        return super().eventFilter(watched, event)


class ScoreGrid(QTableView):
    """The grid; ``explained`` tells why the box under the cursor was refused ("" when it was not)."""

    explained = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = _BoxDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setTabKeyNavigation(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows.setMinimumSectionSize(1)
        self._measure()
        look().changed.connect(self._measure)

    def _measure(self) -> None:
        self.verticalHeader().setDefaultSectionSize(look().measure.units(3.6))
        theme = look().theme
        self.verticalHeader().setStyleSheet(
            f"QHeaderView::section {{ font-weight: normal; color: {theme.hex('ink')};"
            f" border-bottom: 1px solid {theme.hex('line')};"
            f" border-right: 1px solid {theme.hex('edge')}; }}"
        )
        self.horizontalHeader().setFixedHeight(look().measure.row)

    def show_model(self, model: ScoreModel) -> None:
        """Take other boxes; columns are as wide as their headings need."""
        self.setModel(model)
        metrics = QFontMetrics(self.font())
        least = look().measure.characters(4.5)
        for place in range(model.columnCount()):
            heading = model.headerData(place, Qt.Orientation.Horizontal) or ""
            sample = max(
                (model.text(row, place) for row in range(min(40, model.rowCount()))),
                key=len,
                default="",
            )
            need = max(metrics.horizontalAdvance(text) for text in (heading, sample))
            width = need + look().measure.characters(1.6)
            self.setColumnWidth(place, min(max(least, width), look().measure.characters(14)))
        self.selectionModel().currentChanged.connect(self._on_current)
        model.dataChanged.connect(self._on_changed)
        if model.rowCount() and model.columnCount():
            self.setCurrentIndex(model.index(0, 0))

    def boxes(self) -> ScoreModel:
        """The model behind the view."""
        model = self.model()
        assert isinstance(model, ScoreModel)
        return model

    def step(self, down: int, right: int) -> None:
        """Move the cursor; over the edge it stays, except that Tab goes on in the next row."""
        model = self.model()
        at = self.currentIndex()
        row = min(max(at.row() + down, 0), model.rowCount() - 1)
        column = min(max(at.column() + right, 0), model.columnCount() - 1)
        self.setCurrentIndex(model.index(row, column))

    # -- keys --------------------------------------------------------------------------

    def edit(  # type: ignore[override]
        self, index: Any, trigger: Any = None, event: QEvent | None = None
    ) -> bool:
        """Qt override: remembers whether a box was opened by typing or by F2."""
        if trigger is None:
            super().edit(index)
            return True
        self._delegate.typing = trigger == QAbstractItemView.EditTrigger.AnyKeyPressed
        return bool(super().edit(index, trigger, event))  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override."""
        for wanted, slot in (
            (QKeySequence.StandardKey.Copy, self.copy),
            (QKeySequence.StandardKey.Paste, self.paste),
            (QKeySequence.StandardKey.Cut, self.cut),
            (QKeySequence.StandardKey.Undo, self.undo),
            (QKeySequence.StandardKey.Redo, self.redo),
        ):
            if event.matches(wanted):
                slot()
                return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_Y:
            self.redo()
        elif control and event.key() == Qt.Key.Key_D:
            self.fill_down()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._write(dict.fromkeys(self._selected(), ""), "清空")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1, 0)
        else:
            super().keyPressEvent(event)

    def undo(self) -> None:
        """Take back the last step."""
        self.boxes().stack.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.boxes().stack.redo()

    # -- blocks ------------------------------------------------------------------------

    def _selected(self) -> list[tuple[int, int]]:
        places = [(i.row(), i.column()) for i in self.selectionModel().selectedIndexes()]
        if not places and self.currentIndex().isValid():
            places = [(self.currentIndex().row(), self.currentIndex().column())]
        return sorted(places)

    def _write(self, texts: dict[tuple[int, int], str], words: str) -> None:
        self.boxes().write(texts, words)

    def copy(self) -> None:
        """The selected block as WPS and Excel take it."""
        lines: dict[int, list[str]] = {}
        for row, column in self._selected():
            lines.setdefault(row, []).append(self.boxes().text(row, column))
        QApplication.clipboard().setText("\n".join("\t".join(line) for line in lines.values()))

    def cut(self) -> None:
        """Copy, then empty."""
        self.copy()
        self._write(dict.fromkeys(self._selected(), ""), "剪切")

    def paste(self) -> None:
        """A block from WPS or Excel, from the first selected box on; one value fills a selection."""
        text = QApplication.clipboard().text().replace("\r\n", "\n").rstrip("\n")
        block = [line.split("\t") for line in text.split("\n")]
        places = self._selected()
        if not places or not text:
            return
        if len(block) == 1 and len(block[0]) == 1 and len(places) > 1:
            self._write(dict.fromkeys(places, block[0][0]), "粘贴")
            return
        top, left = min(row for row, _ in places), min(column for _, column in places)
        self._write(
            {
                (top + down, left + right): value
                for down, line in enumerate(block)
                for right, value in enumerate(line)
            },
            "粘贴",
        )

    def fill_down(self) -> None:
        """The first selected row into the ones below."""
        places = self._selected()
        if places:
            top = places[0][0]
            self._write(
                {(r, c): self.boxes().text(top, c) for r, c in places if r > top}, "向下填充"
            )

    # -- telling why -------------------------------------------------------------------

    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        self.explained.emit(str(now.data(ScoreModel.FaultRole) or ""))

    def _on_changed(self, *_: Any) -> None:
        now = self.currentIndex()
        reason = str(now.data(ScoreModel.FaultRole) or "")
        self.explained.emit(reason)
        if reason and self.isVisible():
            below = self.visualRect(now).bottomLeft() + QPoint(0, 2)
            QToolTip.showText(self.viewport().mapToGlobal(below), reason, self)
