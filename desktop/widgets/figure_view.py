"""A statistical table on the screen: its numbers lead to their lists, its first column is drawn."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from db.statistics.figure import Figure, Listing
from desktop.theme import look
from desktop.typeset.chart import Chart
from desktop.widgets.chart import ChartView
from desktop.widgets.page import label
from desktop.widgets.plain_table import Index, PlainModel, PlainView
from desktop.widgets.table_view import QuietDelegate

#: With more columns than this the chart stands below the table, not beside it.
COLUMNS_BESIDE = 6
FIRST_WIDTH, NUMBER_WIDTH = 11, 4.8


class FigureModel(PlainModel):
    """The numbers of one table; those that have a list lead to it."""

    def __init__(self, figure: Figure, parent: Any = None) -> None:
        super().__init__(figure.heads, range(1, len(figure.heads)), parent)
        self.figure = figure
        self.show_rows(
            [((row.label, *(f"{c.value:,}" for c in row.cells)), row) for row in figure.rows]
        )

    def listing(self, index: Index) -> Listing | None:
        """The list behind one number; None where there is none or nothing in it."""
        if not index.isValid() or index.column() == 0:
            return None
        cell = self.figure.rows[index.row()].cells[index.column() - 1]
        return cell.listing if cell.value else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Qt override."""
        if role == Qt.ItemDataRole.ToolTipRole and self.listing(index) is not None:
            return "点开看名单"
        return super().data(index, role)


class FigureDelegate(QuietDelegate):
    """The line of sums stands out by its weight."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt override."""
        model = index.model()
        if isinstance(model, FigureModel) and model.figure.rows[index.row()].total:
            option = QStyleOptionViewItem(option)
            font = QFont(option.font)
            font.setBold(True)
            option.font, option.fontMetrics = font, QFontMetrics(font)
        super().paint(painter, option, index)


class FigureView(QFrame):
    """One table with its chart; ``picked`` with (Listing, words) when a number is chosen."""

    picked = Signal(object, str)

    def __init__(self, figure: Figure) -> None:
        super().__init__()
        self.setObjectName("card")
        self.figure = figure
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.setSpacing(unit(1))
        head = QHBoxLayout()
        head.addWidget(label(figure.title, "heading"))
        said = f"单位：{figure.unit}" + (f"　{figure.note}" if figure.note else "")
        head.addWidget(label(said, "muted"))
        head.addStretch(1)
        box.addLayout(head)
        beside = len(figure.heads) <= COLUMNS_BESIDE
        inside = QHBoxLayout() if beside else QVBoxLayout()
        inside.setSpacing(unit(2))
        self.model = FigureModel(figure, self)
        self.table = self._table()
        inside.addWidget(self.table, 3)
        if (chart := self._chart()) is not None:
            inside.addWidget(chart, 2)
            if beside:
                inside.setAlignment(chart, Qt.AlignmentFlag.AlignTop)
        box.addLayout(inside)

    def _table(self) -> PlainView:
        widths = [FIRST_WIDTH, *(max(NUMBER_WIDTH, len(h) + 1.6) for h in self.figure.heads[1:])]
        table = PlainView(self.figure.title, self.model, widths, 0)
        rows = len(self.figure.rows)
        measure = look().measure
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setFixedHeight(measure.row * (rows + 1) + 4)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        table.setItemDelegate(FigureDelegate(table))
        table.setMouseTracking(True)
        table.entered.connect(self._over)
        table.clicked.connect(self._open)
        table.activated.connect(self._open)
        return table

    def _over(self, index: QModelIndex) -> None:
        leads = self.model.listing(index) is not None
        shape = Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor
        self.table.viewport().setCursor(shape)

    def _chart(self) -> QWidget | None:
        series = self.figure.series
        if not series or not any(value for _, value in series[0].points):
            return None
        points = series[0].points
        title = f"{self.figure.title}：{series[0].label}"
        view = ChartView(Chart(title, tuple(p[0] for p in points), tuple(p[1] for p in points)))
        column = self.figure.drawn[0] + 1
        lines = [at for at, row in enumerate(self.figure.rows) if not row.total]
        view.picked.connect(lambda at: self._open(self.model.index(lines[at], column)))
        drawn = QWidget()
        box = QVBoxLayout(drawn)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label(series[0].label, "muted"))
        box.addWidget(view)
        return drawn

    def _open(self, index: QModelIndex) -> None:
        listing = self.model.listing(index)
        if listing is not None:
            row = self.figure.rows[index.row()]
            self.picked.emit(listing, f"{row.label} {self.figure.heads[index.column()]}")
