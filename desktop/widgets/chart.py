"""A chart on the screen: quiet bars, each of which leads to the rows it counts."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import look
from desktop.typeset.chart import Bar, Chart, lay


class ChartView(QWidget):
    """Draws one chart; ``picked`` with the number of the bar."""

    picked = Signal(int)

    def __init__(self, chart: Chart | None = None) -> None:
        super().__init__()
        self._chart: Chart | None = None
        self._at = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if chart is not None:
            self.show_chart(chart)

    def show_chart(self, chart: Chart) -> None:
        """Draw these numbers."""
        self._chart = chart
        self._at = -1
        self.setAccessibleName(chart.title)
        self.setAccessibleDescription(chart.words)
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def _line(self) -> float:
        return look().measure.units(3.4)

    def _bars(self) -> list[Bar]:
        if self._chart is None:
            return []
        metrics = QFontMetricsF(self.font())
        gap = look().measure.units(1)
        return list(
            lay(self._chart, self.width() - 2, self._line(), metrics.horizontalAdvance, gap)
        )

    def sizeHint(self) -> QSize:
        """Qt override."""
        count = len(self._chart.values) if self._chart is not None else 1
        return QSize(look().measure.characters(18), round(count * self._line()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt override."""
        theme = look().theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(self.font())
        for bar in self._bars():
            here = bar.index == self._at
            painter.setPen(theme["ink"] if here else theme["muted"])
            box = QRectF(*bar.label_box)
            label = metrics.elidedText(bar.label, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), label
            )
            x, y, width, height = bar.track
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme["hover"])
            painter.drawRect(QRectF(x, y, width, height))
            painter.setBrush(theme["accent"] if here else theme["warm"])
            painter.drawRect(QRectF(x, y, bar.length, height))
            painter.setPen(theme["ink"])
            end = QPointF(*bar.value_at)
            painter.drawText(
                QRectF(end.x(), end.y() - 20, 200, 40),
                int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
                bar.value,
            )
        if self.hasFocus():
            painter.setPen(QPen(theme["focus"], 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _under(self, y: float) -> int:
        at = int(y // self._line())
        count = len(self._chart.values) if self._chart is not None else 0
        return at if 0 <= at < count else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Qt override."""
        at = self._under(event.position().y())
        if at != self._at:
            self._at = at
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Qt override."""
        self._at = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt override."""
        at = self._under(event.position().y())
        if at >= 0:
            self.picked.emit(at)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt override."""
        self._at = max(self._at, 0)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override: arrows walk the bars, Enter opens the list behind one."""
        count = len(self._chart.values) if self._chart is not None else 0
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None and count:
            self._at = (self._at + step) % count
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space) and self._at >= 0:
            self.picked.emit(self._at)
        else:
            super().keyPressEvent(event)
