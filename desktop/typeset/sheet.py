"""A page being set, in millimetres from the upper left corner.

A form says what stands where; the sheet measures, breaks lines, fits texts into boxes and keeps
what did not fit. `y` is the cursor: `title`, `heads`, `paragraph`, `note`, a grid and a roster
begin there and leave it below themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from desktop.typeset import fit
from desktop.typeset.breaking import balance
from desktop.typeset.fonts import Role
from desktop.typeset.mark import SIDE, Mark, square
from desktop.typeset.names import padded
from desktop.typeset.paper import MM, SIZES, Paper
from desktop.typeset.press import Press, number

if TYPE_CHECKING:
    from desktop.typeset.certificate import Certificate
    from desktop.typeset.document import Document
    from desktop.typeset.grid import Grid
    from desktop.typeset.roster import Roster

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


class Sheet:
    """The pages of one subject of a form."""

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
        self.operators.extend(
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
    ) -> None:
        """A few words in the middle of a box, made smaller or broken until they fit."""
        if not text:
            return
        inner = max(width - 2 * pad, 1.0)
        room = max(height - 0.6, 1.0)
        block = fit.short(self.press, role, text, inner * MM, room * MM, size)
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

    # -- running down the page ----------------------------------------------------------

    def title(self, text: str, size: float = SIZES["二号"], role: Role = Role.BIAOSONG) -> None:
        """The title of a sheet, in well-set lines."""
        measure = (self.width - (0 if self.mark is None else 4)) * 1000 * MM / size
        for part in text.split("\n"):
            for line in balance(fit.measured(self.press, role, part), measure):
                self.y += size * 0.7 / MM
                self.text(
                    self.left + self.width / 2,
                    self.y,
                    part[line.start : line.end],
                    role,
                    size,
                    "center",
                )
                self.y += size * 0.7 / MM
        self.y += 2

    def heads(self, *texts: str, size: float = 11.0) -> None:
        """What stands right above a table: first at the left edge, last at the right one."""
        self.y += 3.5
        middle: list[tuple[float, Align]] = []
        if len(texts) == 3:
            middle = [(self.left + self.width / 2, "center")]
        places: list[tuple[float, Align]] = [(self.left, "left"), *middle, (self.right, "right")]
        for text, (x, align) in zip(texts, places, strict=False):
            self.text(x, self.y, text, Role.FANG, size, align)
        self.y += 4

    def paragraph(
        self,
        text: str,
        size: float = SIZES["四号"],
        role: Role = Role.FANG,
        *,
        indent: float = 2.0,
        leading: float = 1.6,
        align: Align = "left",
    ) -> None:
        """Running text; it goes on over the page."""
        lettering = self.press.lettering(role, size)
        step = size * leading / MM
        for part in text.splitlines() or [""]:
            whole = fit.block(
                self.press, role, part, self.width * MM, 1e6, size,
                indent=indent if align == "left" else 0, leading=leading,
            )  # fmt: skip
            for line in whole.lines:
                if self.y + step > self.bottom + 0.01:
                    self.page()
                one = fit.Block(lettering, (line,), size * leading)
                self.print_block(one, self.left, self.y, self.width, align)
                self.y += step

    def note(self, text: str, size: float = 10.0) -> None:
        """Small print under a table."""
        self.y += 1.5
        self.paragraph(text, size, indent=0, leading=1.4)

    def signatures(self, *labels: str, size: float = 11.0, room: float = 12.0) -> None:
        """A line of names to be signed by hand, spread over the width."""
        self.y += room / 2
        step = self.width / max(1, len(labels))
        for place, label in enumerate(labels):
            self.text(self.left + place * step, self.y, f"{label}：", Role.FANG, size)
        self.y += room / 2

    def seal_and_date(self, unit: str = "", date: str = "", size: float = SIZES["四号"]) -> None:
        """Who issues the sheet and when, at the right, with room for a seal (never a drawn one)."""
        middle = self.right - 40
        if self.y + 26 > self.bottom:
            self.page()
        self.y += 10
        if unit:
            self.text(min(middle, self.right - self._length(unit, size) / 2), self.y, unit,
                      Role.FANG, size, "center")  # fmt: skip
        self.y += size * 1.6 / MM
        shown = date or f"{'':\u3000<3}年{'':\u3000<2}月{'':\u3000<2}日"
        self.text(middle, self.y, shown, Role.FANG, size, "center")
        self.y += size / MM

    def names(self, names: Iterable[str], columns: int = 5, size: float = SIZES["三号"]) -> None:
        """A list of names in columns, two-character ones spread, long ones over two columns."""
        from desktop.typeset.names import arranged

        lettering = self.press.lettering(Role.FANG, size)
        shown = [padded(name) for name in names]
        cell = self.width / columns
        widths = [lettering.width(name) / MM + 2 for name in shown]
        step = size * 1.8 / MM
        row = 0
        for placed in arranged(shown, columns, widths, cell):
            self.y += (placed.row - row) * step
            row = placed.row
            if self.y + step > self.bottom:
                self.page()
            self.text(self.left + placed.column * cell, self.y + step / 2, placed.name,
                      Role.FANG, size)  # fmt: skip
        self.y += step

    def roster(self, roster: Roster, records: Iterable[Any]) -> None:
        """A list from the cursor on, over as many pages as it takes."""
        from desktop.typeset.roster import print_roster

        print_roster(self, roster, records)

    def document(self, document: Document) -> None:
        """An official document (GB/T 9704-2012); the form's paper is GB9704."""
        from desktop.typeset.gb9704 import print_document

        print_document(self, document)

    def certificate(self, certificate: Certificate) -> None:
        """A 荣誉证书 on this page."""
        from desktop.typeset.certificate import print_certificate

        print_certificate(self, certificate)

    def grid(self, *columns: float, row: float = 10.0) -> Grid:
        """A form of cells; widths in mm are stretched to the width of the type area."""
        from desktop.typeset.grid import Grid

        return Grid(self, columns, row)

    def _length(self, text: str, size: float) -> float:
        return self.press.lettering(Role.FANG, size).width(text) / MM
