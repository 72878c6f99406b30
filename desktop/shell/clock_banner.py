"""A line over the pages while this PC's date can hardly be right: what to do, and that nothing is lost."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from db.errors import Refusal, Trouble
from desktop import settings
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.page import button, label

_EVERY = 60_000
#: Under this name the machine remembers which doubt was answered.
_ANSWERED = "clock"


class ClockBanner(QFrame):
    """Looks when somebody has unlocked, every minute, and when asked; goes by itself once the date is right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        unit = look().measure.units
        line = QHBoxLayout(self)
        line.setContentsMargins(unit(3), unit(1), unit(3), unit(1))
        line.setSpacing(unit(2))
        self.words = label("", wrap=True)
        line.addWidget(self.words, 1)
        self.again = button("已调好，再看一次", self.look_now, meaning="refresh")
        self.right = button("日期没有错", self._is_right)
        line.addWidget(self.again)
        line.addWidget(self.right)
        self._key = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.look_now)
        self.hide()

    def begin(self) -> None:
        """From now on look now and then."""
        self.look_now()
        self._timer.start()

    def end(self) -> None:
        """The data is locked."""
        self._timer.stop()
        self.hide()

    def look_now(self) -> None:
        """Ask whether the date can be right."""
        from db.exchange import clock

        Read(self, lambda: clock.doubt(datetime.now())).then(self._show).failed(
            self._did_not_look
        ).start()

    @staticmethod
    def _did_not_look(problem: Exception) -> bool:
        """Locked meanwhile, or a server is away: whoever saves is told; the next look comes soon."""
        return isinstance(problem, Refusal | Trouble)

    def _show(self, found: object) -> None:
        from db.exchange.clock import Doubt

        doubted = isinstance(found, Doubt)
        if isinstance(found, Doubt):
            self._key = found.key
            self.words.setText(found.words)
            doubted = settings.current["snoozed"].get(_ANSWERED) != found.key
        self.setVisible(doubted)

    def _is_right(self) -> None:
        settings.current.remember("snoozed", _ANSWERED, self._key)
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Qt override: whoever comes back from the system's settings sees at once whether it helped."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self._timer.isActive():
            self.look_now()
