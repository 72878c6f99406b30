"""Everything that differs from run to run is drawn from one seed: ids, moments, incarnations."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from db import identity, journal
from db.rules import id_number

_DIGITS = "甲乙丙丁戊己庚辛壬癸"
BEGINNING = datetime(2026, 3, 1, 8)


def words(number: int) -> str:
    """A number as a text that any field takes."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def id_of(serial: int) -> str:
    """A sound ID number."""
    front = f"15042519600101{serial:03d}"
    return front + id_number.check_digit(front)


class Clock:
    """The world's time: a second a look, and jumps."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def time(self) -> float:
        self.now += timedelta(seconds=1)
        return max(0.0, (self.now - datetime(1970, 1, 1)).total_seconds())


@contextmanager
def drawn_from(chance: Random, clock: Clock) -> Iterator[None]:
    """All that the program itself draws (moments, incarnations, site numbers) comes from here."""

    class Told(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Told:
            clock.time()
            return cls.fromisoformat(clock.now.isoformat())

    class Drawn:
        @staticmethod
        def uuid4() -> uuid.UUID:
            return uuid.UUID(int=chance.getrandbits(128), version=4)

        @staticmethod
        def randbelow(limit: int) -> int:
            return chance.randrange(limit)

    changed: list[tuple[Any, str, Any]] = []

    def put(module: Any, name: str, value: Any) -> None:
        changed.append((module, name, getattr(module, name)))
        setattr(module, name, value)

    put(journal, "time", clock)
    put(identity, "uuid", Drawn)
    put(identity, "secrets", Drawn)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("db.") and getattr(module, "datetime", None) is datetime:
            put(module, "datetime", Told)
    try:
        yield
    finally:
        for module, name, value in reversed(changed):
            setattr(module, name, value)
