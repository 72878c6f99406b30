"""A page being set, in millimetres from the upper left corner.

A form says what stands where; the sheet measures, breaks lines, fits texts into boxes and keeps
what did not fit. `y` is the cursor: `title`, `heads`, `paragraph`, `note`, a grid and a roster
begin there and leave it below themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from desktop.typeset import fit
from desktop.typeset.breaking import balance
from desktop.typeset.fonts import Role
from desktop.typeset.names import arranged, padded
from desktop.typeset.page import Align, Overflow, Page
from desktop.typeset.paper import MM, SIZES

if TYPE_CHECKING:
    from desktop.typeset.certificate import Certificate
    from desktop.typeset.document import Document
    from desktop.typeset.grid import Grid
    from desktop.typeset.roster import Roster
__all__ = ["Align", "Overflow", "Sheet"]


class Sheet(Page):
    """The pages of one subject of a form, filled from the top down."""

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
        aligns: dict[int, tuple[Align, ...]] = {1: ("left",), 2: ("left", "right")}
        places = aligns.get(len(texts), ("left", "center", "right"))
        lengths = [self._length(text, size) for text in texts]
        whole = sum(lengths) + 4 * (len(texts) - 1)
        scale = min(1.0, self.width / whole) if texts else 1.0
        for text, align, length in zip(texts, places, lengths, strict=False):
            room = length * scale + 0.01
            x = {"left": self.left, "right": self.right - room}.get(
                align, self.left + (self.width - room) / 2
            )
            self.cell(x, self.y - 3.5, room, 7, text, Role.FANG, size, align, 0.0, "表头")
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
            half = min(max(self._length(unit, size) / 2, 40), self.width / 2)
            middle = self.right - half
            self.cell(self.right - 2 * half, self.y - 5, 2 * half, 10, unit, Role.FANG, size,
                      "center", 0.0, "落款")  # fmt: skip
        self.y += size * 1.6 / MM
        shown = date or f"{'':\u3000<3}年{'':\u3000<2}月{'':\u3000<2}日"
        self.text(middle, self.y, shown, Role.FANG, size, "center")
        self.y += size / MM

    def names(self, names: Iterable[str], columns: int = 5, size: float = SIZES["三号"]) -> None:
        """A list of names in columns, two-character ones spread, long ones over two columns."""
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
