"""Work is a value that is described, then started; the database has one worker thread.

``Read(page, work).then(show).failed(tell).start()`` asks, ``Write`` changes, ``Job`` takes
long, tells its progress and can be cancelled. ``work`` runs on the database worker and gets
no widget; the handlers run on the screen's thread, and only while the owner still lives.
A failure that no handler took goes to ``worker().unhandled``, which the window shows: a
Refusal and a Trouble in the message bar, anything else on the crash page.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any, Generic, Self, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from desktop.rubbish import Collector

T = TypeVar("T")
PROGRESS_EVERY = 0.06  # seconds between two reports; the eye needs no more


class Cancelled(Exception):
    """The person stopped a job; nothing is wrong, nothing is shown."""


class Progress:
    """What a job is given to report with: ``progress(done, total, words)``.

    Calling it also looks whether the person has cancelled, and raises Cancelled then, so a
    job stops between two items and its transaction is rolled back by the gate.
    """

    def __init__(self, report: Callable[[int, int, str], None]) -> None:
        self._report = report
        self._cancelled = threading.Event()
        self._last = 0.0

    def __call__(self, done: int, total: int, words: str = "") -> None:
        if self._cancelled.is_set():
            raise Cancelled
        now = monotonic()
        if done >= total or now - self._last >= PROGRESS_EVERY:
            self._last = now
            self._report(done, total, words)

    @property
    def cancelled(self) -> bool:
        """True once the person asked to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next item."""
        self._cancelled.set()


class Task(QObject, Generic[T]):
    """One piece of database work with its two continuations."""

    urgent = True
    progressed = Signal(int, int, str)
    finished = Signal()

    def __init__(self, owner: QObject, work: Callable[..., T], words: str = "") -> None:
        super().__init__()
        self.owner = owner
        self.words = words
        self._work = work
        self._then: list[Callable[[T], object]] = []
        self._failed: list[Callable[[Exception], object]] = []
        self.progress = Progress(self._report)
        self.running = False

    def then(self, handler: Callable[[T], object]) -> Self:
        """What to do with the result, on the screen's thread."""
        self._then.append(handler)
        return self

    def failed(self, handler: Callable[[Exception], object]) -> Self:
        """What to do with a failure; return False to leave it to the window after all."""
        self._failed.append(handler)
        return self

    def start(self) -> Self:
        """Queue the work on the database worker."""
        self.running = True
        worker().submit(self)
        return self

    def cancel(self) -> None:
        """Stop before it begins, or at its next item."""
        self.progress.cancel()

    def run(self) -> T:
        """Do the work; called on the worker thread only."""
        if self.progress.cancelled:
            raise Cancelled
        return self._work()

    def _report(self, done: int, total: int, words: str) -> None:
        self.progressed.emit(done, total, words)

    def settle(self, result: Any, failure: BaseException | None) -> None:
        """Hand the outcome to the handlers; called on the screen's thread only."""
        self.running = False
        self.finished.emit()
        if not isValid(self.owner) or isinstance(failure, Cancelled):
            return
        if failure is None:
            for handler in self._then:
                handler(result)
        else:
            assert isinstance(failure, Exception)
            taken = [handler(failure) for handler in self._failed]
            if not taken or all(each is False for each in taken):
                worker().unhandled.emit(self, failure)


class Read(Task[T]):
    """A question to the database; goes before waiting jobs."""


class Write(Task[T]):
    """A change to the database; the journal and the notice are made by the gate."""


class Job(Task[T]):
    """Long work on files or many rows; ``work(progress)`` reports and can be stopped."""

    urgent = False

    def run(self) -> T:
        """Do the work with the progress as its argument."""
        if self.progress.cancelled:
            raise Cancelled
        return self._work(self.progress)


class _Outcome:
    """A task on its way through the worker and back.

    The screen takes the task out of it. So the worker, whose name for this may be the last one, never
    lets go of the last name of something that belongs to the screen.
    """

    def __init__(self, task: Task[Any]) -> None:
        self._task: Task[Any] | None = task
        self._result: Any = None
        self._failure: Exception | None = None

    def reach(self) -> None:
        """Do the work; called on the worker thread only."""
        assert self._task is not None
        try:
            self._result = self._task.run()
        except Exception as problem:
            self._failure = problem

    def take(self) -> tuple[Task[Any], Any, Exception | None]:
        """Empty it; called on the screen's thread only."""
        assert self._task is not None
        taken = self._task, self._result, self._failure
        self._task = self._result = self._failure = None
        return taken


class Worker(QObject):
    """The one thread that talks to the database, and the bridge back to the screen."""

    unhandled = Signal(object, object)  # task, exception
    busy = Signal(int)  # tasks waiting or running
    changed = Signal(object)  # db.changes.Changes, after commit
    submitted = Signal(object)  # task
    _settled = Signal(object)  # _Outcome

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Task[Any]] = deque()
        self._later: deque[Task[Any]] = deque()
        self._alive: set[Task[Any]] = set()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._collector = Collector(self)
        self._settled.connect(self._on_settled)

    def submit(self, task: Task[Any]) -> None:
        """Queue one task; the thread is started with the first."""
        self._alive.add(task)
        with self._wake:
            (self._waiting if task.urgent else self._later).append(task)
            if self._thread is None:
                self._stopping = False
                self._thread = threading.Thread(target=self._loop, name="database", daemon=True)
                self._collector.begin()
                self._thread.start()
            self._wake.notify()
        self.submitted.emit(task)
        self.busy.emit(len(self._alive))

    @property
    def idle(self) -> bool:
        """True when nothing waits, runs or is about to be handed over."""
        return not self._alive

    @property
    def thread_ident(self) -> int | None:
        """Identity of the database thread, for tests that watch who touches the database."""
        return self._thread.ident if self._thread else None

    def stop(self) -> None:
        """Finish what runs, forget what waits, end the thread."""
        with self._wake:
            self._waiting.clear()
            self._later.clear()
        for task in self._alive:
            task.cancel()
        self.drain()

    def cancel_jobs(self) -> None:
        """Ask all long work to stop; small reads and writes go on."""
        for task in self._alive:
            if isinstance(task, Job):
                task.cancel()

    def drain(self) -> None:
        """Do everything that waits, then end the thread; nothing is handed back any more."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            self._collector.end()
        self._alive.clear()

    def _loop(self) -> None:
        while True:
            with self._wake:
                while not (self._waiting or self._later or self._stopping):
                    self._wake.wait()
                if not (self._waiting or self._later):
                    break
                outcome = _Outcome((self._waiting or self._later).popleft())
            outcome.reach()
            self._settled.emit(outcome)
        from db.connection import database

        if database.obj is not None and not database.is_closed():
            database.close()

    @Slot(object)
    def _on_settled(self, outcome: _Outcome) -> None:
        task, result, failure = outcome.take()
        if task not in self._alive:
            return
        self._alive.discard(task)
        try:
            task.settle(result, failure)
        finally:
            self.busy.emit(len(self._alive))


@cache
def worker() -> Worker:
    """The one database worker of this process."""
    return Worker()
