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
    `returned`: when this very packet was not taken in before.
    `files` go beside it by its own word, `files_size` bytes; `kept` of them were kept now, `missing`
    are still not here of all that rows of its sender name, `files_trouble` says why no more were kept;
    `spoiled` containers on the stick could not be used.
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
    returned: str = ""
    files: int = 0
    files_size: int = 0
    kept: int = 0
    missing: int = 0
    files_trouble: str = ""
    spoiled: int = 0

    @property
    def is_old_news(self) -> bool:
        """Nothing new: it was sent back before, and nobody is asked for anything now."""
        return bool(self.returned) and self.outcome not in {"applied", "same"} and not self.mass

    @property
    def files_words(self) -> str:
        """What became of the files beside it, and what is still missing; "" when there were none."""
        found = [f"收下附件 {self.kept:,} 个"] if self.kept else []
        if self.files_trouble:
            found.append(f"其余的没有收下：{self.files_trouble.rstrip('。')}")
        if self.missing and self.spoiled:
            found.append(f"U盘上有 {self.spoiled:,} 个附件包已损坏或没有复制完")
        if self.missing:
            found.append(f"还缺 {self.missing:,} 个附件，已在回执里请对方下次带来")
        return "，".join(found)

    def as_json(self) -> dict[str, Any]:
        """The object of the command line; of files only where there are any."""
        numbers = {
            "count": self.files, "size": self.files_size, "kept": self.kept, "missing": self.missing,
        }  # fmt: skip
        return {
            "packet": self.packet,
            "office": self.office,
            "number": self.number,
            "outcome": self.outcome,
            "reason": self.reason,
            **self.counts,
            **({"attachments": numbers} if any(numbers.values()) else {}),
        }
