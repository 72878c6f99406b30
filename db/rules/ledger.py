"""A fund's ledger on plain values: the balance at every moment, what a mistake still leaves to mend.

The balance is never kept anywhere: it is what came in less what went out, in the order of days and,
within a day, of entry. Amounts are whole 分; a contra entry carries the sign minus (红字冲销,
会计基础工作规范 第六十二条).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One entry: its day, its number in the order of entry, and what it adds to the balance."""

    on: str
    number: int
    effect: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The first moment at which a ledger would be below zero, and by how much."""

    on: str
    balance: int


def effect(amount: int, side: str) -> int:
    """What an amount on a side ("in" or "out") adds to the balance."""
    return amount if side == "in" else -amount


def running(lines: Iterable[Line]) -> list[tuple[Line, int]]:
    """The entries in the order of the ledger, each with the balance after it."""
    ordered = sorted(lines)
    return list(zip(ordered, accumulate(line.effect for line in ordered), strict=True))


def balance(lines: Iterable[Line], on: str = "") -> int:
    """The balance after everything, or at the end of a day."""
    return sum(line.effect for line in lines if not on or line.on <= on)


def shortfall(lines: Iterable[Line], new: Line | None = None) -> Shortfall | None:
    """The first moment below zero from the new entry on; None when the money always suffices.

    Moments before the new entry are not its fault.
    """
    every = [*lines, new] if new is not None else list(lines)
    for line, after in running(every):
        if after < 0 and (new is None or line >= new):
            return Shortfall(line.on, after)
    return None


def mendable(amount: int, contras: Sequence[int]) -> int:
    """What of an entry has not been taken back yet; contra amounts carry the sign minus."""
    return amount + sum(contras)
