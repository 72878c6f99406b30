"""A verified copy of the data every hour of work, and when the day ends, without being asked."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QObject, QTimer

from db import backup, journal, office
from db.connection import database
from desktop.tasks import Write, worker

HOUR = 3_600_000  # ms


def back_up_if_changed(reason: str = "auto") -> str:
    """Copy the data unless nothing was done since the last copy; returns an alarm, if any.

    What lies on a server goes over the network row by row: once a day from each PC is enough.
    """
    opened = office.current()
    last = next(iter(backup.copies(opened.folder)), None)
    if database.shared and last is not None and last.at[:10] == date.today().isoformat():
        return ""
    steps, head = journal.head()
    # The number alone would do until a restore: then as many steps may be other steps.
    if last is not None and (last.operations, last.head) == (steps, head.hex()):
        return ""
    return backup.snapshot(opened.folder, opened.key, reason).alarm


class HourlyCopy(QObject):
    """Asks for a copy once an hour while somebody is in."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(HOUR)
        self._timer.timeout.connect(self.now)

    def begin(self) -> None:
        """Somebody has unlocked; a server's copy waits for the end of the day, not to hold up work."""
        if not database.shared:
            self._timer.start()

    def stop(self) -> None:
        """The data is closed."""
        self._timer.stop()

    def now(self) -> None:
        """Copy now; trouble is shown like any other."""
        Write(self, back_up_if_changed).then(self._warn).start()

    def _warn(self, alarm: str) -> None:
        if alarm:
            from db.errors import Trouble

            worker().unhandled.emit(None, Trouble(f"自动备份已做，但请注意：{alarm}"))
