"""Where the texts of one column of a list stand in its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop.typeset.page import Align
    from desktop.typeset.press import Lettering

MOST_KEPT: Final = 20_000
"""Texts of a column whose setting is remembered."""


class Spots(dict[str, tuple[str, str]]):
    """What is written before and after the height of a row to print a text in a column.

    Both are empty for a text that does not fit in one line. Texts recur, so each is set once.
    """

    def __init__(self, lettering: Lettering, align: Align, left: float, room: float) -> None:
        super().__init__()
        self.lettering, self.align, self.left, self.room = lettering, align, left, room

    def __missing__(self, text: str) -> tuple[str, str]:
        if len(self) > MOST_KEPT:
            self.clear()
        spare = self.room - self.lettering.width(text)
        if spare < 0 or "\n" in text:
            spot = ("", "")
        else:
            shift = 0.0 if self.align == "left" else spare if self.align == "right" else spare / 2
            spot = (f"1 0 0 1 {self.left + shift:.2f} ", f" Tm {self.lettering.show(text)}")
        self[text] = spot
        return spot
