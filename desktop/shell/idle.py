"""Locks when nobody has touched keyboard or mouse for a while."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop.tasks import worker

TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.InputMethod,
    QEvent.Type.TouchBegin,
}
LOOKS_EVERY = 5_000  # ms


class IdleLock(QObject):
    """Watches for touches; ``idle`` after the minutes of the settings, or when the machine slept."""

    idle = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QObject | None = None
        self._minutes = 0
        self._last = monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOKS_EVERY)
        self._timer.timeout.connect(self.look)

    def begin(self, minutes: int) -> None:
        """Start watching; 0 never locks."""
        self._minutes = minutes
        self._last = monotonic()
        self.stop()
        if minutes:
            # The platform window sees every key and move once; the application would hand over
            # each paint and layout event as well.
            self._watched = self._window.windowHandle()
            if self._watched is not None:
                self._watched.installEventFilter(self)
            self._timer.start()

    def stop(self) -> None:
        """Nobody is in; there is nothing to lock."""
        self._timer.stop()
        if self._watched is not None:
            self._watched.removeEventFilter(self)
            self._watched = None

    def look(self, now: float | None = None) -> None:
        """Lock when the time is over; an open dialog and running work put it off."""
        if now is None and (QApplication.activeModalWidget() is not None or not worker().idle):
            self._last = monotonic()
        if (monotonic() if now is None else now) - self._last >= self._minutes * 60:
            self.stop()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override."""
        if event.type() in TOUCHES:
            self._last = monotonic()
        return False
