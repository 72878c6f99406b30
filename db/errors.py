"""The three kinds of failure: the person can mend it, the machine is ill, anything else is our bug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a record, in words; `field` is "" for the whole record."""

    field: str
    message: str


class Refusal(Exception):
    """Something the person can put right: it says what happened and what was kept.

    `faults` names the fields, so that a screen can show each message where it belongs.
    """

    def __init__(self, message: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.faults = tuple(faults)

    @classmethod
    def of_faults(cls, faults: Sequence[Fault]) -> Refusal:
        """A refusal that says every fault in one sentence each."""
        return cls("；".join(fault.message for fault in faults), faults)


class Trouble(Exception):
    """The machine or a file is ill: nothing was lost, and `advice` says what to do now."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message if not advice else f"{message}{advice}")
        self.message = message
        self.advice = advice
