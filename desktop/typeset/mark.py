"""The number of a signed sheet and the small square that a scanner reads it from.

The square says `ZY1:<register>:<id>:<number>`: a scanner that types like a keyboard then opens
the record the paper belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

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


def square(content: str, x: float, y: float, side: float = SIDE) -> str:
    """Operator of the square; x and y are its lower left corner in points, side in mm."""
    data = content.encode()
    code = _codes(len(data)).draw(data)
    size = number(side * MM)
    return (
        f"q {size} 0 0 {size} {number(x)} {number(y)} cm "
        f"BI /W {code.width} /H {code.width} /IM true /D [1 0] /F /AHx ID\n{code.digits}>\nEI Q"
    )


class Code(NamedTuple):
    """A square as a picture of one bit a module: modules a side, rows of whole bytes."""

    width: int
    digits: str


class _Codes:
    """Squares of one length of content.

    A square is linear in the bits of its content: data, check words and a fixed pattern are sums
    over GF(2). So the library makes the first one and one for each bit that ever changes, and
    all others are added up from those, which is twenty times as fast for a stack of forms.
    """

    def __init__(self) -> None:
        self._base = b""
        self._first = 0
        self._width = 0
        self._by_bit: dict[tuple[int, int], int] = {}

    def draw(self, data: bytes) -> Code:
        """The square of some content."""
        if not self._base:
            self._first = self._made(data)
            self._base = data  # last: another thread may be drawing too
        value = self._first
        for place, (now, then) in enumerate(zip(data, self._base, strict=True)):
            changed = now ^ then
            while changed:
                bit = changed & -changed
                changed ^= bit
                known = self._by_bit.get((place, bit))
                if known is None:
                    turned = bytearray(self._base)
                    turned[place] ^= bit
                    known = self._by_bit[place, bit] = self._made(bytes(turned)) ^ self._first
                value ^= known
        return Code(self._width, f"{value:0{self._row_digits * self._width}X}")

    @property
    def _row_digits(self) -> int:
        return -(-self._width // 8) * 2

    def _made(self, data: bytes) -> int:
        """The modules as one number, each row filled up to whole bytes."""
        import segno

        # The pattern that breaks up runs is fixed: any of the eight makes a right code, and only
        # a fixed one lets squares be added up.
        code = segno.make(data, error="m", mode="byte", mask=2, micro=False, boost_error=False)
        rows = [bytes(row) for row in code.matrix]
        self._width = len(rows)
        spare = self._row_digits * 4 - self._width
        value = 0
        for row in rows:
            value = (value << self._width | int("".join(map(str, row)), 2)) << spare
        return value


@lru_cache(maxsize=32)
def _codes(length: int) -> _Codes:
    del length
    return _Codes()
