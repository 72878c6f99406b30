"""Work on the database thread: order, outcomes, failures, progress and stopping."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from db.errors import Refusal
from desktop.rubbish import Collector
from desktop.tasks import Job, Progress, Read, Write, worker


def test_work_runs_on_the_one_database_thread_and_answers_on_the_screens(screen, settle):
    owner, seen = QObject(), []
    for _ in range(3):
        Read(owner, threading.get_ident).then(
            lambda ident: seen.append((ident, threading.get_ident()))
        ).start()
    settle()
    assert len(seen) == 3
    assert len({ident for ident, _ in seen}) == 1
    assert {here for _, here in seen} == {threading.main_thread().ident}
    assert seen[0][0] != threading.main_thread().ident


def test_a_failure_goes_to_its_handler_and_otherwise_to_the_window(screen, settle, failures):
    owner, taken = QObject(), []

    def refuse():
        raise Refusal("不行")

    Write(owner, refuse).failed(taken.append).start()
    Write(owner, refuse).start()
    Write(owner, refuse).failed(lambda problem: False).start()
    settle()
    assert [problem.message for problem in taken] == ["不行"]
    assert len(failures) == 2


def test_nobody_is_told_after_the_owner_is_gone(screen, settle, failures):
    from shiboken6 import delete

    owner, seen = QObject(), []
    Read(owner, lambda: 1).then(seen.append).start()
    delete(owner)
    settle()
    assert seen == []
    assert failures == []


def test_a_job_tells_how_far_it_is_and_stops_between_two_items(screen, settle, failures):
    owner, told, done = QObject(), [], []
    begun = threading.Event()
    go_on = threading.Event()

    def work(progress: Progress) -> int:
        for item in range(100):
            progress(item, 100, "第几份")
            begun.set()
            go_on.wait(5)
        return 100

    job = Job(owner, work, "打印").then(done.append)
    job.progressed.connect(lambda *values: told.append(values))
    job.start()
    assert begun.wait(5)
    job.cancel()
    go_on.set()
    settle()
    assert done == []
    assert failures == []
    assert told[0] == (0, 100, "第几份")


def test_small_questions_go_before_waiting_jobs(screen, settle):
    owner, order = QObject(), []
    gate = threading.Event()
    Read(owner, lambda: gate.wait(5)).start()
    Job(owner, lambda progress: order.append("job")).start()
    Read(owner, lambda: order.append("read")).start()
    gate.set()
    settle()
    assert order == ["read", "job"]


def test_stopping_leaves_no_thread_and_a_new_task_starts_one(screen, settle):
    owner, seen = QObject(), []
    Read(owner, lambda: 1).then(seen.append).start()
    settle()
    worker().stop()
    assert not any(thread.name == "database" for thread in threading.enumerate())
    Read(owner, lambda: 2).then(seen.append).start()
    settle()
    assert seen == [1, 2]


@pytest.mark.parametrize("count", [1000])
def test_qt_keeps_its_hands_off_none(screen, count):
    """Some PySide releases drop a reference to None with every call and abort after thousands."""
    import gc
    import sys

    # What other tests left behind gives its own references back when it is collected.
    gc.collect()
    gc.disable()
    try:
        before = sys.getrefcount(None)
        kept = [QObject() for _ in range(count)]
        for each in kept:
            each.setObjectName("一")
        assert sys.getrefcount(None) >= before - count // 10
    finally:
        gc.enable()


class Mark:
    """Says on which thread it was let go."""

    def __init__(self, ends: list[int]) -> None:
        self._ends = ends
        self.itself = self

    def __del__(self) -> None:
        self._ends.append(threading.get_ident())


def test_dead_pages_are_collected_on_the_screens_thread_only(screen, settle):
    owner, ends, kept = QObject(), [], []
    worker().stop()
    Read(owner, lambda: None).start()
    Mark(ends)
    # So many new objects that Python would collect many times by itself.
    Read(owner, lambda: [[] for _ in range(100_000)]).then(kept.append).start()
    settle()
    Collector(owner).collect()
    assert ends == [threading.main_thread().ident]


def test_the_worker_lets_go_of_nothing_that_belongs_to_the_screen(screen, settle):
    owner, ends = QObject(), []

    def answer() -> Mark:
        made = Mark(ends)
        del made.itself
        return made

    Read(owner, answer).then(lambda _result: None).start()
    settle()
    Read(owner, int).start()
    settle()
    assert ends == [threading.main_thread().ident]
