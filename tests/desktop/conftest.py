"""The screen in tests: one application, an office, and a window that is taken down after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest

from db import access, changes
from db import office as offices
from db.access import Person
from desktop import settings
from desktop.tasks import worker
from tests.desktop.opening import standing


@pytest.fixture(autouse=True)
def own_pointer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The configuration of this person is not the test's to read or write."""
    from desktop import whereabouts

    file = tmp_path / "configuration" / whereabouts.FILE
    monkeypatch.setattr(whereabouts, "pointer", lambda: file)
    return file


@pytest.fixture(scope="session")
def qapp_cls() -> Any:
    from PySide6.QtWidgets import QApplication

    return QApplication


@pytest.fixture(scope="session")
def dressed(qapp: Any) -> Any:
    """The application in its theme and face."""
    from desktop.start import dress

    dress(qapp)
    return qapp


@pytest.fixture
def screen(dressed: Any) -> Iterator[Any]:
    """Settings of nobody, and a worker that is stopped afterwards."""
    settings.current.load(None)
    yield dressed
    worker().stop()
    settings.current.load(None)


@pytest.fixture
def settle(screen: Any) -> Callable[..., None]:
    """Turn the event loop until the worker and the timers of typing have nothing left to do."""

    def turn(quiet: int = 3, step: int = 40, limit: int = 60_000) -> None:
        loop = QEventLoop()
        seen = {"idle": 0}
        tick = QTimer()
        tick.setInterval(step)

        def look() -> None:
            seen["idle"] = seen["idle"] + 1 if worker().idle else 0
            if seen["idle"] >= quiet:
                loop.quit()

        tick.timeout.connect(look)
        tick.start()
        QTimer.singleShot(limit, loop.quit)
        loop.exec()

    return turn


@pytest.fixture
def failures(screen: Any) -> Iterator[list[Exception]]:
    """What no handler took; a test that expects none asserts that it is empty."""
    seen: list[Exception] = []

    def take(_task: object, problem: Exception) -> None:
        seen.append(problem)

    worker().unhandled.connect(take)
    yield seen
    worker().unhandled.disconnect(take)


@pytest.fixture
def frame(screen: Any, office: offices.Office, settle: Any) -> Iterator[Any]:
    """The frame with its pages, unlocked by the administrator, without the unlock page."""
    from desktop.shell.frame import Frame

    person: Person = access.acting()
    made = Frame()
    worker().changed.connect(made.show_changes)
    worker().submitted.connect(made.show_busy)
    stop = changes.listen(worker().changed.emit)
    made.resize(1280, 820)
    made.begin(person, "白音胡舒苏木党委", training=False)
    made.show()
    made.activateWindow()
    QTest.qWaitForWindowActive(made)
    settle()
    yield made
    stop()
    worker().changed.disconnect(made.show_changes)
    worker().submitted.disconnect(made.show_busy)
    made.end()
    made.close()
    made.deleteLater()
    settle(quiet=1)


@pytest.fixture
def window(screen: Any, settle: Any, tmp_path: Path) -> Iterator[Any]:
    """A window on an empty folder."""
    from desktop.shell.window import Window

    yield from standing(Window(tmp_path / "data"), settle)
