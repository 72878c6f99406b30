"""The number of a signed sheet and the small square that a scanner reads it from.

The square says `ZY1:<register>:<id>:<number>`: a scanner that types like a keyboard then opens
the record the paper belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desktop.typeset.paper import MM
from desktop.typeset.press import number

SIDE: Final = 14.0
"""Side of the square, mm."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a signed sheet says about itself."""

    stem: str
    id: int
    number: str

    @property
    def content(self) -> str:
        return f"ZY1:{self.stem}:{self.id}:{self.number}"


def read(text: str) -> Mark | None:
    """The mark in what a scanner typed, or None when it is something else."""
    parts = text.strip().split(":")
    if len(parts) != 4 or parts[0] != "ZY1" or not parts[2].isascii() or not parts[2].isdigit():
        return None
    return Mark(parts[1], int(parts[2]), parts[3])


def short_number(id_: int) -> str:
    """How people read the id of a record: the site and the running number (3-1042)."""
    site, running = id_ >> 40, id_ & ((1 << 40) - 1)
    return f"{site}-{running}" if site else str(running)


def square(content: str, x: float, y: float, side: float = SIDE) -> Iterator[str]:
    """Operators of the square; x and y are its lower left corner in points, side in mm."""
    import segno

    # The pattern that hides runs is fixed: trying all eight takes five times as long and any
    # of them is a right code.
    code = segno.make(content, error="m", mask=2, micro=False, boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    module = side * MM / len(rows)
    yield f"q {number(module)} 0 0 {number(module)} {number(x)} {number(y)} cm"
    boxes: list[str] = []
    for place, row in enumerate(rows):
        bottom = len(rows) - 1 - place
        at = row.find(1)
        while at >= 0:
            end = row.find(0, at)
            end = len(row) if end < 0 else end
            boxes.append(f"{at} {bottom} {end - at} 1 re")
            at = row.find(1, end)
    yield " ".join(boxes)
    yield "f Q"
