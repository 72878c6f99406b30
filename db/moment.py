"""The moment that is written down with what is done: the clock's, or that of a history being made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

_thread = threading.local()


def now() -> str:
    """The present moment to the second, as ISO text in the office's own time."""
    told: str = getattr(_thread, "told", "")
    return told or datetime.now().isoformat(timespec="seconds")


@contextmanager
def told(moment: str) -> Iterator[None]:
    """Inside, on this thread, it is this moment: for a training history."""
    before = getattr(_thread, "told", "")
    _thread.told = moment
    try:
        yield
    finally:
        _thread.told = before
