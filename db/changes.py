"""What a committed operation changed, told to whoever listens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """The registers and rows that one operation touched, and what it was called."""

    operation: int
    words: str
    ids: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: Who did it in another program, on another PC; "" for what was done here.
    by: str = ""
    #: The kind of the operation: not every one can be taken back.
    kind: str = ""

    @property
    def stems(self) -> frozenset[str]:
        """The tables that changed."""
        return frozenset(self.ids)


_listeners: list[Callable[[Changes], None]] = []


def listen(callback: Callable[[Changes], None]) -> Callable[[], None]:
    """Call back after each commit, on the thread that committed; returns the way to stop.

    What was committed on another PC is told on a thread of its own.
    """
    _listeners.append(callback)

    def stop() -> None:
        if callback in _listeners:
            _listeners.remove(callback)

    return stop


def announce(changes: Changes) -> None:
    """Tell every listener; called after the commit by the journal, and by `watching` for other PCs.

    What was committed stays committed: a listener that fails is reported as the bug it is and
    neither makes the save look failed nor keeps the others from hearing of it.
    """
    for callback in tuple(_listeners):
        try:
            callback(changes)
        except Exception:
            threading.excepthook(
                threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread()))
            )
