"""What became of one packet that was taken in, as screen, slip and command line say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

NOTHING = {"new": 0, "changed": 0, "unchanged": 0, "conflicts": 0, "refused": 0}


@dataclass(slots=True)
class Received:
    """What became of one packet; outcome applied, same, waiting, fork, refused, or left (not looked at).

    `rows` and `money` (分) are the control totals per register, `refused_rows` (table, row, reason),
    `held` rows that wait for their parents, `answers` what its sender lacks and is told back, `mass`
    {table: (retired, of)} when so much goes that somebody must approve, `receipt` why no receipt
    could be laid beside it, `program` the version that made it.
    """

    packet: str
    office: str = ""
    number: int | None = None
    outcome: str = "refused"
    reason: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict(NOTHING))
    hash: str = ""
    name: str = ""
    made: str = ""
    program: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    money: dict[str, int] = field(default_factory=dict)
    refused_rows: list[tuple[str, int, str]] = field(default_factory=list)
    held: int = 0
    answers: int = 0
    restored: bool = False
    mass: dict[str, tuple[int, int]] = field(default_factory=dict)
    receipt: str = ""

    def as_json(self) -> dict[str, Any]:
        """The object of the command line."""
        return {
            "packet": self.packet,
            "office": self.office,
            "number": self.number,
            "outcome": self.outcome,
            "reason": self.reason,
            **self.counts,
        }
