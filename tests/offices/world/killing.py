"""The power goes while somebody saves, sends or receives."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import receiving, sending
from db.registers.organization import Organization
from tests.offices import oracles
from tests.offices.world.carrying import receipts_first
from tests.offices.world.county import World
from tests.offices.world.sticks import Stick

_FILE_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir"})


def kill(world: World) -> Any:
    name = world.any_seat()
    count = world.chance.randint(1, 60)
    what = world.chance.choice(["send", "receive", "edit"])
    seat = world.seats[name]
    files = world.lying()
    world.chance.shuffle(files)
    value, model = world.next_word(), Organization
    place_of: list[Any] = []

    def edit() -> None:
        row = model.get_by_id(place_of[0][1])
        row.notes = value
        row.save()

    def prepare() -> None:
        rows = sorted(row.id for row in model.select(model.id))
        if rows:
            row = model.get_by_id(world.chance.choice(rows))
            place_of.append((model.stem(), row.id, "notes"))
            world.sayings.say(place_of[0], value, [row.notes])

    seat.do(prepare)
    if what == "edit" and not place_of:
        return None
    works: dict[str, Callable[[], Any]] = {
        "send": lambda: sending.send(Stick(world.drawer)),
        "receive": lambda: receiving.receive(
            receipts_first(Stick(world.drawer), files[:5]), approve=True
        ),
        "edit": edit,
    }
    before = seat.do(world.said)
    seat.close()
    status = in_child(lambda: seat.do(lambda: dying(count, works[what])))
    assert status in {0, -signal.SIGKILL}, f"the child ended with {status}"
    for part in world.drawer.glob(".*.part"):
        part.unlink()
    world.collect_new()
    seat.do(oracles.chained)
    for place, was in seat.do(world.said).items():
        if place in before and before[place] != was:
            world.sayings.check_step(place, before[place], was)
    return name, what, count, status


def dying(count: int, work: Callable[[], Any]) -> None:
    """Do it, and die at the so-manieth statement or file operation."""
    left = count

    def less() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, _arguments: Any) -> None:
        if event in _FILE_EVENTS:
            less()

    def trace(_cursor: Any, _sql: str, _bindings: Any) -> bool:
        less()
        return True

    database.connection().exec_trace = trace
    sys.addaudithook(watch)
    work()


def in_child(work: Callable[[], Any]) -> int:
    """The exit status of a forked process that does this."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            with suppress(Trouble, Refusal):
                work()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)
