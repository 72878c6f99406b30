"""Fixed forms: cells with spans, labels, opinion boxes with room for a seal, the photograph.

    with sheet.grid(24, 30, 18, 26, 32) as grid:
        grid.row().label("姓名").name(member.name).label("性别").cell("男").photo(rows=3)
        grid.row(fill=1).label("主要事迹", upright=True).block(deeds, span=4)
        grid.row(34).label("支部意见", upright=True).opinion(span=4, sign="支部书记（签字）：")

Rows with `fill` share what is left of the page, so that a form always ends at the foot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desktop.typeset import fit
from desktop.typeset.fonts import Role
from desktop.typeset.names import padded
from desktop.typeset.paper import MM
from desktop.typeset.press import number

if TYPE_CHECKING:
    from types import TracebackType

    from desktop.typeset.sheet import Align, Sheet

SEAL = "（盖章）"
DATE = "年　　月　　日"
TIGHTEST = 0.8
"""How far the rows of a form that is too tall are pressed together."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a cell lies, in millimetres."""

    x: float
    y: float
    width: float
    height: float


Painter = Callable[["Sheet", Box], None]


@dataclass(slots=True)
class _Cell:
    column: int
    span: int
    rows: int
    paint: Painter | None


class Row:
    """One row being filled from left to right; each method gives the row back."""

    def __init__(self, grid: Grid, place: int, height: float, fill: float) -> None:
        self._grid = grid
        self._place = place
        self.height = height
        self.fill = fill
        self.cells: list[_Cell] = []
        self._label = ""

    def label(
        self, text: str, span: int = 1, rows: int = 1, *, upright: bool = False, size: float = 12.0
    ) -> Row:
        """What a neighbouring cell holds, in 黑体."""
        self._label = text

        def paint(sheet: Sheet, box: Box) -> None:
            if upright:
                sheet.upright(box.x, box.y, box.width, box.height, text, Role.HEI, size)
            elif len(text) == 2 and box.width > 15:
                middle = box.y + box.height / 2
                sheet.text(
                    box.x + box.width / 2, middle, text, Role.HEI, size, "center", gap=size / MM
                )
            else:
                sheet.cell(box.x, box.y, box.width, box.height, text, Role.HEI, size, where=text)

        return self._add(span, rows, paint)

    def cell(
        self,
        value: object,
        span: int = 1,
        rows: int = 1,
        *,
        align: Align = "center",
        role: Role = Role.FANG,
        size: float = 12.0,
        person: bool = False,
    ) -> Row:
        """A short value; nothing is printed as the sheet's mark for empty (—) when it has one."""
        where = self._label
        text = "" if value is None else str(value)
        pad = 1.0 if align == "center" else 2.0

        def paint(sheet: Sheet, box: Box) -> None:
            sheet.cell(
                box.x, box.y, box.width, box.height, text or sheet.blank, role, size, align,
                pad, where, person=person,
            )  # fmt: skip

        return self._add(span, rows, paint)

    def name(self, name: str, span: int = 1, rows: int = 1, *, size: float = 12.0) -> Row:
        """A person's name: two characters spread, a long one smaller and never torn."""
        return self.cell(padded(name), span, rows, size=size, person=True)

    def field(
        self,
        record: Any,
        field: Any,
        span: int = 1,
        *,
        label: str = "",
        label_span: int = 1,
        align: Align = "center",
    ) -> Row:
        """Label and value of a column of a record, both as the column itself says them."""
        from desktop.typeset.values import is_person, label_of, shown

        self.label(label or label_of(record, field), label_span)
        text = shown(record, field)
        if is_person(field):
            return self.cell(padded(text), span, align=align, person=True)
        return self.cell(text, span, align=align)

    def block(
        self,
        text: str,
        span: int = 1,
        rows: int = 1,
        *,
        size: float = 12.0,
        indent: float = 2.0,
    ) -> Row:
        """Paragraphs, set from the top and made smaller until they fit."""
        where = self._label

        def paint(sheet: Sheet, box: Box) -> None:
            if text.strip():
                _paint_block(sheet, box, text, size, indent, where, foot=1.5)
            elif sheet.blank:
                sheet.cell(box.x, box.y, box.width, box.height, sheet.blank)

        return self._add(span, rows, paint)

    def opinion(
        self,
        text: str = "",
        span: int = 1,
        rows: int = 1,
        *,
        sign: str = "",
        seal: bool = True,
        date: str = "",
        size: float = 12.0,
    ) -> Row:
        """An opinion with the place for signature, seal (left empty) and date below it."""
        where = self._label

        def paint(sheet: Sheet, box: Box) -> None:
            foot = 8.0 + (6.5 if sign or seal else 0)
            if text.strip():
                _paint_block(sheet, box, text, size, 2.0, where, foot=foot)
            right = box.x + box.width - 3
            low = box.y + box.height - 4.5
            sheet.text(right, low, date or DATE, Role.FANG, 11, "right")
            if sign:
                room = box.width - 6 - (24 if seal else 0)
                begin = box.x + 3 if seal else box.x + max(3.0, box.width - 62)
                sheet.cell(begin, low - 10, room, 7, sign, Role.FANG, 11, "left", 0.0, where)
            if seal:
                sheet.text(right, low - 6.5, SEAL, Role.FANG, 11, "right")

        return self._add(span, rows, paint)

    def photo(self, span: int = 1, rows: int = 4, words: str = "照片\n（2寸）") -> Row:
        """The empty place of a photograph."""
        return self.cell(words, span, rows, size=11)

    def write(self, span: int = 1, rows: int = 1) -> Row:
        """An empty cell to be filled by hand (never struck out)."""
        return self._add(span, rows, None)

    def draw(self, paint: Painter, span: int = 1, rows: int = 1) -> Row:
        """A cell that draws itself: `paint(sheet, box)`."""
        return self._add(span, rows, paint)

    def _add(self, span: int, rows: int, paint: Painter | None) -> Row:
        column = self._grid.free_column(self._place)
        if column + span > self._grid.count:
            raise ValueError(f"row {self._place + 1} of the grid is wider than its columns")
        cell = _Cell(column, span, rows, paint)
        self.cells.append(cell)
        self._grid.occupy(self._place, cell)
        return self


class Grid:
    """A form of cells that is drawn when its `with` block ends."""

    def __init__(self, sheet: Sheet, columns: Sequence[float], row: float) -> None:
        scale = sheet.width / sum(columns)
        edges = [sheet.left]
        for column in columns:
            edges.append(edges[-1] + column * scale)
        self._sheet = sheet
        self._edges = edges
        self._row = row
        self.count = len(columns)
        self._rows: list[Row] = []
        self._busy: set[tuple[int, int]] = set()
        self.reserve = 0.0
        """Millimetres kept free under the grid for a note."""

    def __enter__(self) -> Grid:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._draw()

    def row(self, height: float = 0.0, *, fill: float = 0.0) -> Row:
        """A new row, of a height in mm or (with `fill`) of a share of what is left of the page."""
        row = Row(self, len(self._rows), height or self._row, fill)
        self._rows.append(row)
        return row

    def free_column(self, place: int) -> int:
        """First column of a row that no cell has taken."""
        column = 0
        while (place, column) in self._busy:
            column += 1
        return column

    def occupy(self, place: int, cell: _Cell) -> None:
        """Take the columns of a cell in its row and the rows it reaches down to."""
        for row in range(place, place + cell.rows):
            for column in range(cell.column, cell.column + cell.span):
                if (row, column) in self._busy:
                    raise ValueError(f"two cells of the grid meet in row {row + 1}")
                self._busy.add((row, column))

    def _heights(self) -> list[float]:
        """Rows with `fill` share what is left; when there is too little, every row gives way."""
        room = self._sheet.bottom - self._sheet.y - self.reserve
        least = sum(row.height for row in self._rows)
        shares = sum(row.fill for row in self._rows)
        if least > room:
            scale = max(TIGHTEST, room / least)
            return [row.height * scale for row in self._rows]
        each = (room - least) / shares if shares else 0.0
        return [row.height + each * row.fill for row in self._rows]

    def _draw(self) -> None:
        sheet = self._sheet
        heights = self._heights()
        tops = [sheet.y]
        for height in heights:
            tops.append(tops[-1] + height)
        left, right = self._edges[0], self._edges[-1]
        boxes: list[tuple[Box, Painter | None]] = []
        for place, row in enumerate(self._rows):
            for cell in row.cells:
                x, end = self._edges[cell.column], self._edges[cell.column + cell.span]
                last = min(place + cell.rows, len(self._rows))
                y = tops[place]
                boxes.append((Box(x, y, end - x, tops[last] - y), cell.paint))
        rules = [
            f"{number(box.x * MM)} {number(sheet.down(box.y + box.height))} "
            f"{number(box.width * MM)} {number(box.height * MM)} re"
            for box, _ in boxes
        ]
        sheet.draw("0.5 w " + " ".join(rules) + " S")
        sheet.frame(left, tops[0], right - left, tops[-1] - tops[0], 1.1)
        for box, paint in boxes:
            if paint is not None:
                paint(sheet, box)
        sheet.y = tops[-1]


def _paint_block(
    sheet: Sheet, box: Box, text: str, size: float, indent: float, where: str, foot: float
) -> None:
    inner = box.width - 4
    room = box.height - 1.5 - foot
    block = fit.block(sheet.press, Role.FANG, text, inner * MM, room * MM, size, indent=indent)
    if block.cut:
        sheet.report(where, block.cut)
    sheet.print_block(block, box.x + 2, box.y + 1.5, inner)
