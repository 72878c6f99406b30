"""Pages and the plain tools to draw on them, in millimetres from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from desktop.typeset import fit
from desktop.typeset.fonts import Role
from desktop.typeset.mark import SIDE, Mark, square
from desktop.typeset.paper import MM, Paper
from desktop.typeset.press import Press, number

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Overflow:
    """A text that did not fit its place even at the smallest size; `cut` was left out."""

    subject: str
    where: str
    cut: str

    def __str__(self) -> str:
        whose = f"{self.subject}：" if self.subject else ""
        return f"{whose}“{self.where}”写不下，少印 {len(self.cut)} 个字"


class Page:
    """The pages of one subject of a form, and texts, rules and boxes put on them."""

    def __init__(
        self,
        press: Press,
        paper: Paper,
        *,
        subject: str = "",
        mark: Mark | None = None,
        reprint: bool = False,
        blank: str = "",
        posted: bool = False,
        overflow: list[Overflow] | None = None,
    ) -> None:
        self.press = press
        self.paper = paper
        self.subject = subject
        self.mark = mark
        self.reprint = reprint
        self.blank = blank
        self.posted = posted
        self.overflow = overflow if overflow is not None else []
        self.y = paper.top
        self.operators: list[str] = []
        self.pages = 0
        self._open = False
        self._mark_operators: list[str] = []

    # -- pages --------------------------------------------------------------------------

    @property
    def left(self) -> float:
        return self.paper.left

    @property
    def right(self) -> float:
        return self.paper.width - self.paper.right

    @property
    def bottom(self) -> float:
        return self.paper.height - self.paper.bottom

    @property
    def width(self) -> float:
        return self.paper.inner_width

    def page(self, paper: Paper | None = None) -> None:
        """End this page and begin the next, if need be on other paper."""
        self.finish()
        self.paper = paper or self.paper
        self.y = self.paper.top
        self._begin()

    def finish(self) -> None:
        """End the last page; a sheet nobody drew on gives no page."""
        if self._open:
            self.give(self.turn_over())

    def turn(self) -> list[str]:
        """Begin the next page and give the operators of this one, which `give` prints later."""
        done = self.turn_over()
        self.y = self.paper.top
        self._begin()
        return done

    def turn_over(self) -> list[str]:
        """Close the page without printing it yet."""
        done, self.operators = self.operators, []
        self._open = False
        return done

    def give(self, operators: list[str]) -> None:
        """Print a page kept back by `turn`."""
        self.press.page(operators, self.paper.width * MM, self.paper.height * MM)

    def draw(self, *operators: str) -> None:
        """Put PDF operators on the page."""
        self._begin()
        self.operators.extend(operators)

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """Collect what is drawn meanwhile instead of printing it on the page."""
        self._begin()
        kept, self.operators = self.operators, []
        try:
            yield self.operators
        finally:
            self.operators = kept

    def _begin(self) -> None:
        if self._open:
            return
        self._open = True
        self.pages += 1
        if self.mark is not None:
            self._print_mark(self.mark)

    def _print_mark(self, mark: Mark) -> None:
        """Number and square in the upper right corner, the same on every page of the sheet."""
        if self._mark_operators:
            self.operators.extend(self._mark_operators)
            return
        top = 4.5
        left = self.paper.width - max(self.paper.right, 8) - SIDE
        self.operators.append(
            square(mark.content, left * MM, (self.paper.height - top - SIDE) * MM)
        )
        words = f"编号：{mark.number}" + ("（重印）" if self.reprint else "")
        self.text(left - 2, top + SIDE - 1.6, words, Role.SONG, 8, "right")
        self._mark_operators = list(self.operators)

    # -- places -------------------------------------------------------------------------

    def down(self, y: float) -> float:
        """A distance from the top in points from the bottom, as a PDF counts."""
        return (self.paper.height - y) * MM

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: Role = Role.FANG,
        size: float = 12.0,
        align: Align = "left",
        gap: float = 0.0,
    ) -> float:
        """One line of text with its middle at `y`; `gap` mm between characters. Gives its width."""
        lettering = self.press.lettering(role, size)
        width = lettering.width(text) / MM + gap * max(0, len(text) - 1)
        if align != "left":
            x -= width if align == "right" else width / 2
        place = f"{number(x * MM)} {number(self.down(y) - size * fit.CENTRE)} Td"
        spread = f"{number(gap * MM)} Tc " if gap else ""
        back = " 0 Tc" if gap else ""
        self.draw(f"BT {lettering.select} {spread}{place} {lettering.show(text)}{back} ET")
        return width

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.5) -> None:
        """A rule of a weight in points."""
        self.draw(
            f"{number(weight)} w {number(x1 * MM)} {number(self.down(y1))} m "
            f"{number(x2 * MM)} {number(self.down(y2))} l S"
        )

    def frame(self, x: float, y: float, width: float, height: float, weight: float = 0.5) -> None:
        """A box from its upper left corner."""
        self.draw(
            f"{number(weight)} w {number(x * MM)} {number(self.down(y + height))} "
            f"{number(width * MM)} {number(height * MM)} re S"
        )

    def print_block(
        self,
        block: fit.Block,
        x: float,
        y: float,
        width: float,
        align: Align = "left",
    ) -> None:
        """Lines from `y` downwards in a column of a width."""
        size = block.lettering.size
        step = block.leading
        left, top = x * MM, self.down(y)
        pieces = [f"BT {block.lettering.select}"]
        at_x = at_y = 0.0
        spread = 0.0
        for place, line in enumerate(block.lines):
            to_x = left + line.indent
            if align != "left":
                spare = width * MM - line.width
                to_x = left + (spare if align == "right" else spare / 2)
            to_y = top - step * (place + 0.5) - size * fit.CENTRE
            if line.gap != spread:
                pieces.append(f"{number(line.gap)} Tc")
                spread = line.gap
            pieces.append(f"{number(to_x - at_x)} {number(to_y - at_y)} Td")
            pieces.append(block.lettering.show(line.text))
            at_x, at_y = to_x, to_y
        if spread:
            pieces.append("0 Tc")
        pieces.append("ET")
        self.draw("\n".join(pieces))

    def cell(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        role: Role = Role.FANG,
        size: float = 12.0,
        align: Align = "center",
        pad: float = 1.0,
        where: str = "",
        *,
        person: bool = False,
    ) -> None:
        """A few words (or a `person`'s name) in the middle of a box, made smaller until they fit."""
        if not text:
            return
        inner = max(width - 2 * pad, 1.0)
        room = max(height - 0.6, 1.0)
        setter = fit.person if person else fit.short
        block = setter(self.press, role, text, inner * MM, room * MM, size)
        if block.cut:
            self.report(where or text[:12], block.cut)
        top = y + (height - block.height / MM) / 2
        self.print_block(block, x + pad, top, inner, align)

    def report(self, where: str, cut: str) -> None:
        """Keep that a text did not fit."""
        self.overflow.append(Overflow(self.subject, where, cut))

    def upright(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: str,
        role: Role = Role.HEI,
        size: float = 12.0,
    ) -> None:
        """A label whose characters stand under each other; in two columns when it is long."""
        rows = max(1, int((height * MM - 2) / (size * 1.1)))
        columns = -(-len(text) // rows)
        while columns * size * 1.15 > width * MM and size > fit.SMALLEST:
            size -= 0.5
            rows = max(1, int((height * MM - 2) / (size * 1.1)))
            columns = -(-len(text) // rows)
        rows = -(-len(text) // columns)
        step = min(size * 1.6, (height * MM - 2) / rows) / MM
        across = size * 1.15 / MM
        for place, char in enumerate(text):
            column, row = divmod(place, rows)
            in_column = min(rows, len(text) - column * rows)
            self.text(
                x + width / 2 + (column - (columns - 1) / 2) * across,
                y + height / 2 + (row - (in_column - 1) / 2) * step,
                char,
                role,
                size,
                "center",
            )
