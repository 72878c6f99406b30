"""The steps of a round as a strip: what is done, where it stands, what comes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from db.codes import code_list
from db.rules import dates
from desktop.theme import look

#: The column that dates each step.
_DATED = {
    "nominating": "nominate_until",
    "reviewing": "reviewed_on",
    "notice": "notice_until",
    "decided": "decided_on",
    "granted": "granted_on",
}


class StepStrip(QWidget):
    """Six dots on a line; the words say the state, colour never alone."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0
        self._words: list[tuple[str, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(look().measure.units(7))

    def sizeHint(self) -> QSize:
        """Qt override."""
        return QSize(look().measure.characters(40), look().measure.units(7))

    def show_round(self, round_: Any) -> None:
        """Show where a round stands."""
        steps = code_list("commendation_step")
        self._now = steps.position(round_.step)
        self._words = []
        for at, step in enumerate(steps):
            day = str(getattr(round_, _DATED[step.code])) if step.code in _DATED else ""
            shown = dates.show(day)
            if step.code in {"nominating", "notice"} and shown:
                shown = f"至 {shown}"
            self._words.append((step.label, shown if at <= self._now or day else ""))
        done = "、".join(words for words, _ in self._words[: self._now])
        now = self._words[self._now][0]
        self.setAccessibleName(f"步骤：现在是{now}" + (f"，已完成{done}" if done else ""))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt override."""
        theme, measure = look().theme, look().measure
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._words:
            return
        part = self.width() / len(self._words)
        radius = measure.units(0.8)
        middle = radius + measure.units(0.5)
        plain, strong = painter.font(), painter.font()
        strong.setBold(True)
        for at, (words, day) in enumerate(self._words):
            centre = part * (at + 0.5)
            if at:
                done = at <= self._now
                painter.setPen(QPen(theme["accent" if done else "line"], max(1, radius // 3)))
                painter.drawLine(
                    QPointF(centre - part + radius + 2, middle),
                    QPointF(centre - radius - 2, middle),
                )
            painter.setPen(QPen(theme["accent" if at <= self._now else "edge"], 1.5))
            painter.setBrush(theme["accent"] if at < self._now else theme["paper"])
            painter.drawEllipse(QPointF(centre, middle), radius, radius)
            if at == self._now:
                painter.setBrush(theme["accent"])
                painter.drawEllipse(QPointF(centre, middle), radius * 0.45, radius * 0.45)
            painter.setFont(strong if at == self._now else plain)
            painter.setPen(theme["ink" if at <= self._now else "muted"])
            top = middle + radius + measure.units(0.25)
            line = painter.fontMetrics().height()
            box = QRectF(centre - part / 2, top, part, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
            painter.setFont(plain)
            painter.setPen(theme["muted"])
            painter.drawText(box.translated(0, line), Qt.AlignmentFlag.AlignCenter, day)
