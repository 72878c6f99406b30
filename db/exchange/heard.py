"""What the other office knew of a field when it spoke, read from how the field came to its value here.

Values come back (a person decides for the older one), so a value alone does not tell who said it over
what; the order in our own journal and the number of the packet that the other one had from us do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from db.exchange.share import Value


class Step(NamedTuple):
    """One change of one field here: by which journal entry, and whether a packet brought it."""

    entry: int
    old: Value
    new: Value
    received: bool


def unheard(steps: Sequence[Step], upto: int) -> bool:
    """Whether we said something of the field after this journal entry that still stands here."""
    later = [step for step in steps if step.entry > upto]
    if not later:
        return False
    known = next((step.new for step in reversed(later) if step.received), later[0].old)
    return later[-1].new != known


def replaced(steps: Sequence[Step], new: Value, was: Collection[Value]) -> bool:
    """Whether the other office says again what we took from it and have written over since.

    It told it before (its bases name it), and it names nothing that we did not have before that.
    """
    last = max((at for at, step in enumerate(steps) if step.received), default=-1)
    if last < 0 or steps[last].new != new:
        return False
    known = {value for step in steps[: last + 1] for value in (step.old, step.new)}
    return new in was and known.issuperset(was)
