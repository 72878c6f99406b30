"""A row of steps: which are done, where the work stands, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.theme import look


@dataclass(frozen=True)
class Step:
    """One step: its name, done / now / next, and the day when it was finished."""

    name: str
    state: str
    on: str = ""


class StepsBar(QWidget):
    """Circles on a line, each with its name and day."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[Step, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("步骤")
        look().changed.connect(self.updateGeometry)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show other steps."""
        self.steps = steps
        words = {"done": "已完成", "now": "进行中", "next": "未开始"}
        self.setAccessibleDescription(
            "，".join(f"{step.name}{words[step.state]}{step.on}" for step in steps)
        )
        # In a narrow place only the beginning of a name is drawn.
        self.setToolTip(
            "\n".join(f"{n}　{each.name}　{each.on}".strip() for n, each in enumerate(steps, 1))
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Qt override."""
        return QSize(look().measure.characters(40), look().measure.units(9))

    def minimumSizeHint(self) -> QSize:
        """Qt override."""
        return QSize(look().measure.characters(20), look().measure.units(9))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt override."""
        del event
        if not self.steps:
            return
        theme, measure = look().theme, look().measure
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(self.steps)
        radius = measure.units(1.25)
        middle = radius + measure.units(0.4)
        for number, step in enumerate(self.steps):
            centre = QPointF(width * (number + 0.5), middle)
            if number:
                done = step.state in ("done", "now")
                painter.setPen(QPen(theme["accent" if done else "line"], max(1.0, radius / 6)))
                start = QPointF(width * (number - 0.5) + radius * 1.4, middle)
                painter.drawLine(start, QPointF(centre.x() - radius * 1.4, middle))
            self._circle(painter, centre, radius, number, step)
            font = QFont(self.font())
            font.setBold(step.state == "now")
            painter.setFont(font)
            painter.setPen(theme["ink" if step.state != "next" else "muted"])
            line = painter.fontMetrics().height()
            box = QRectF(width * number, middle + radius + measure.units(0.5), width, line)
            name = painter.fontMetrics().elidedText(
                step.name, Qt.TextElideMode.ElideRight, int(width) - 4
            )
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), name)
            if step.on:
                font.setBold(False)
                painter.setFont(font)
                painter.setPen(theme["muted"])
                box.translate(0, line)
                # Half a date says something else than the date.
                if painter.fontMetrics().horizontalAdvance(step.on) <= width:
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), step.on)

    def _circle(
        self, painter: QPainter, centre: QPointF, radius: float, number: int, step: Step
    ) -> None:
        theme = look().theme
        filled = step.state == "done"
        edge = "line" if step.state == "next" else "accent"
        painter.setPen(QPen(theme[edge], max(1.0, radius / 6)))
        painter.setBrush(theme["accent"] if filled else theme["paper"])
        painter.drawEllipse(centre, radius, radius)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        if filled:
            painter.setPen(QPen(theme["on_accent"], max(1.5, radius / 5)))
            painter.drawPolyline(
                [
                    centre + QPointF(-radius * 0.45, 0),
                    centre + QPointF(-radius * 0.1, radius * 0.35),
                    centre + QPointF(radius * 0.45, -radius * 0.35),
                ]
            )
        else:
            painter.setPen(theme["accent" if step.state == "now" else "muted"])
            painter.setFont(self.font())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(number + 1))
