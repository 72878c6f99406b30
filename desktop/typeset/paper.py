"""Sheets of paper and the measures of official type.

All lengths a form sees are millimetres from the upper left corner; sizes of type are points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

MM: Final = 72 / 25.4
"""Points in a millimetre."""

SIZES: Final = {
    "初号": 42.0,
    "小初": 36.0,
    "一号": 26.0,
    "小一": 24.0,
    "二号": 22.0,
    "小二": 18.0,
    "三号": 16.0,
    "小三": 15.0,
    "四号": 14.0,
    "小四": 12.0,
    "五号": 10.5,
    "小五": 9.0,
    "六号": 7.5,
}
"""Sizes of type by their office names, in points."""


@dataclass(frozen=True)
class Paper:
    """A sheet with its margins, in millimetres."""

    name: str
    width: float
    height: float
    top: float
    right: float
    bottom: float
    left: float

    @property
    def inner_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> float:
        return self.height - self.top - self.bottom

    def with_margins(self, top: float, right: float, bottom: float, left: float) -> Paper:
        """The same sheet with other margins."""
        return replace(self, top=top, right=right, bottom=bottom, left=left)


A4: Final = Paper("A4", 210, 297, 20, 20, 18, 25)
A4_LANDSCAPE: Final = Paper("A4横", 297, 210, 18, 15, 14, 15)
A3_LANDSCAPE: Final = Paper("A3横", 420, 297, 18, 18, 16, 18)

# GB/T 9704-2012 5.1–5.2: type area 156 mm × 225 mm, 37 mm above it, 28 mm at the binding edge.
GB9704: Final = Paper("公文", 210, 297, 37, 26, 35, 28)
GRID_CHARS: Final = 28
GRID_LINES: Final = 22
BODY_SIZE: Final = SIZES["三号"]
CHAR_PITCH: Final = 156 / GRID_CHARS
"""Advance of a character of the text, mm: sixteen-point type is 158 mm long, so it is set closer."""
LINE_PITCH: Final = 225 / GRID_LINES
"""Distance of two lines of the text, mm."""
