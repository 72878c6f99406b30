"""Rubbish is collected on the screen's thread alone, while another thread works.

Python looks for rings of dead objects in whatever thread has just made one object too many. A dead
page is such a ring, and taking a page apart anywhere but on the screen's thread brings Qt down.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY = 1000  # ms


class Collector(QObject):
    """Collects what Python would have collected by itself, a moment later and in the right place."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.collect)

    def begin(self) -> None:
        """Another thread begins: from now on Python collects nothing by itself."""
        gc.disable()
        self._timer.start()

    def end(self) -> None:
        """There is only the screen's thread again."""
        self._timer.stop()
        gc.enable()

    @staticmethod
    def collect() -> None:
        """Collect the oldest generation that is due by Python's own thresholds."""
        for generation, limit in reversed(list(enumerate(gc.get_threshold()))):
            if limit and gc.get_count()[generation] > limit:
                gc.collect(generation)
                return
