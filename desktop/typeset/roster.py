"""Lists over any number of pages: heads repeat, rows stay whole, sums and counts are worked out.

    sheet.roster(Roster(title="党员花名册", columns=(ORDINAL, Column(Member.name, 22), …)), members)

Rules and headings of a page are drawn once and printed on every like page; a row is a few
look-ups and one operator a cell, so that a list of fifteen thousand is written in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from desktop.typeset import fit
from desktop.typeset.column import (
    CENTRE,
    MONEY,
    NAME,
    NUMBER,
    ORDINAL,
    TEXT,
    Column,
    Kind,
    Section,
)
from desktop.typeset.document import numeral
from desktop.typeset.fonts import Role
from desktop.typeset.paper import MM, SIZES
from desktop.typeset.ruling import HEAD_ROW, Rule, plate
from desktop.typeset.spots import Spots

if TYPE_CHECKING:
    from desktop.typeset.page import Align
    from desktop.typeset.sheet import Sheet

__all__ = [
    "CENTRE",
    "MONEY",
    "NAME",
    "NUMBER",
    "ORDINAL",
    "TEXT",
    "Column",
    "Kind",
    "Roster",
    "Section",
]

SUM_ROW: Final = 8.0
FOOT: Final = 11.0
"""Room under the table for signatures and the page number, mm."""
_PAD: Final = 1.2


@dataclass(frozen=True)
class Roster:
    """A list: what it says above, in and under its table. Lengths in mm, sizes in points."""

    title: str
    columns: Sequence[Column]
    heads: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    row: float = 7.6
    size: float = SIZES["五号"]
    strike: bool = True
    title_size: float = SIZES["小二"]


@dataclass(slots=True)
class _Page:
    """One page of the list while it fills."""

    top: float
    y: float
    texts: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    rows: int = 0


_EDGED: Final[dict[Kind, Align]] = {TEXT: "left", NUMBER: "right", MONEY: "right"}
"""Kinds that stand at an edge of their cells; the others stand in the middle."""


class Setter:
    """Sets one roster on a sheet."""

    def __init__(self, sheet: Sheet, roster: Roster, total: int) -> None:
        self.sheet = sheet
        self.roster = roster
        columns = [c for c in roster.columns if not (sheet.posted and c.private)]
        least = 2.3 * len(str(total)) + 3.0  # mm that the highest number takes
        widths = [max(c.width, least) if c.kind is Kind.ORDINAL else c.width for c in columns]
        scale = sheet.width / sum(widths)
        self.columns = columns
        self.widths = [width * scale for width in widths]
        self.edges = [sheet.left]
        for width in self.widths:
            self.edges.append(self.edges[-1] + width)
        self.lettering = sheet.press.lettering(Role.FANG, roster.size)
        self.readers = [
            self._ordinal if column.kind is Kind.ORDINAL else column.reader() for column in columns
        ]
        self.summed = [i for i, column in enumerate(columns) if column.total]
        self.raw = [columns[i].raw() for i in self.summed]
        self.sums = [0] * len(self.summed)
        self.count = 0
        self.held: list[list[str]] = []
        self._plates: dict[tuple[object, ...], str] = {}
        self._foot = FOOT if roster.foot or roster.title else 7.0
        self._places = self._cell_places()
        self._summary = self._summary_height()
        self._fitted: dict[tuple[int, str], tuple[str, fit.Block]] = {}
        self._needed = self._summary + (SUM_ROW if self.summed else 0)
        self.page = self._first_page()
        self._tallest = self.floor - self.page.top - HEAD_ROW

    # -- pages --------------------------------------------------------------------------

    @property
    def floor(self) -> float:
        """Lowest y a row may reach."""
        return self.sheet.bottom - self._foot - (SUM_ROW if self.summed else 0)

    def _first_page(self) -> _Page:
        sheet = self.sheet
        sheet.draw()
        self._print_heads()
        return self._new_page()

    def _print_heads(self) -> None:
        """Title and the line above the table, on every page."""
        sheet, roster = self.sheet, self.roster
        if roster.title:
            sheet.title(roster.title, roster.title_size)
        if roster.heads:
            sheet.heads(*roster.heads, size=10.5)

    def _new_page(self) -> _Page:
        top = self.sheet.y
        return _Page(top, top + HEAD_ROW, sums=[0] * len(self.summed))

    def turn(self) -> None:
        """Close this page of the table and begin the next."""
        if self.summed:
            self._sum_row("本页小计", self.page.sums, self.page.rows)
            self.sums = [a + b for a, b in zip(self.sums, self.page.sums, strict=True)]
        self._close_page()
        self.held.append(self.sheet.turn())
        self._print_heads()
        self.page = self._new_page()

    def _close_page(self) -> None:
        page, sheet = self.page, self.sheet
        sheet.draw(self._plate(page), f"BT {self.lettering.select}", *page.texts, "ET", *page.extra)
        sheet.y = page.y

    def _plate(self, page: _Page) -> str:
        """Head cells and rules of a page, drawn once for all pages of the same heights."""
        key = (page.top, self.sheet.paper, *page.rules)
        known = self._plates.get(key)
        if known is None:
            headings = [column.heading for column in self.columns]
            known = self._plates[key] = plate(
                self.sheet, self.edges, headings, self.roster.size, page.top, page.rules
            )
        return known

    # -- rows ---------------------------------------------------------------------------

    def _ordinal(self, _record: Any) -> str:
        return str(self.count)

    def _cell_places(self) -> list[Spots]:
        """For each column, where its texts stand."""
        places = []
        for i, column in enumerate(self.columns):
            pad = _PAD if column.kind in _EDGED else _PAD / 2
            left, room = (self.edges[i] + pad) * MM, (self.widths[i] - 2 * pad) * MM
            places.append(Spots(self.lettering, _EDGED.get(column.kind, "center"), left, room))
        return places

    def add(self, records: Iterable[Any]) -> None:
        """Print records as rows."""
        height = self.roster.row
        page_height = self.sheet.paper.height * MM
        drop = height / 2 * MM + self.roster.size * fit.CENTRE
        floor = self.floor + 0.01
        page = self.page
        cells = list(zip(range(99), self._places, self.readers, strict=False))
        texts = page.texts.append
        for record in records:
            self.count += 1
            if page.y + height > floor:
                self.turn()
                page = self.page
                texts = page.texts.append
            y = f"{page_height - page.y * MM - drop:.2f}"
            row: list[str] = []
            long: list[tuple[int, str]] = []
            for i, spots, read in cells:
                text = read(record)
                if text:
                    before, after = spots[text]
                    if after:
                        row.append(before + y + after)
                    else:
                        long.append((i, text))
            grown = 0.0
            if long:
                fitted = [self._long(i, text) for i, text in long]
                tall = max(block.height / MM for _, block in fitted)
                if tall > height:
                    grown = tall + 1.6
                else:
                    lift = f"{page_height - page.y * MM:.2f}"
                    page.extra += [f"q 1 0 0 1 0 {lift} cm {drawn} Q" for drawn, _ in fitted]
            if grown:
                self._add_tall(record, grown)
                page = self.page
                texts = page.texts.append
            else:
                texts("\n".join(row))
                page.y += height
                page.rules.append((page.y, True))
            page.rows += 1
            for place, raw in enumerate(self.raw):
                page.sums[place] += raw(record) or 0

    def _long(self, i: int, text: str) -> tuple[str, fit.Block]:
        """A text longer than its cell: operators for a row of the usual height that lies at 0."""
        known = self._fitted.get((i, text))
        if known is not None:
            return known
        sheet, roster = self.sheet, self.roster
        spots = self._places[i]
        room = spots.room
        high = (roster.row - 0.6) * MM
        setter = fit.person if self.columns[i].kind is Kind.NAME else fit.short
        block = setter(sheet.press, Role.FANG, text, room, high, roster.size)
        if block.cut:  # it takes a taller row
            block = fit.block(
                sheet.press, Role.FANG, text, room, (self._tallest - 1.6) * MM, 9.0,
                indent=0, justify=False, leading=1.2,
            )  # fmt: skip
        drawn = ""
        if block.height / MM <= roster.row:
            top = sheet.paper.height + (roster.row - block.height / MM) / 2
            drawn = "\n".join(self._block(spots, block, top))
        self._fitted[i, text] = drawn, block
        return drawn, block

    def _block(self, spots: Spots, block: fit.Block, top: float) -> list[str]:
        with self.sheet.aside() as drawn:
            self.sheet.print_block(block, spots.left / MM, top, spots.room / MM, spots.align)
        return drawn

    def _add_tall(self, record: Any, height: float) -> None:
        """A row in which some text takes more lines than a row of the usual height has."""
        if self.page.y + height > self.floor + 0.01:
            self.turn()
        page = self.page
        for i, (spots, read) in enumerate(zip(self._places, self.readers, strict=True)):
            text = read(record)
            if not text:
                continue
            if spots[text][1]:
                line = fit.SetLine(text, self.lettering.width(text))
                block = fit.Block(self.lettering, (line,), self.roster.size * 1.2)
            else:
                block = self._long(i, text)[1]
            if block.cut:
                self.sheet.report(self.columns[i].heading, block.cut)
            top = page.y + (height - block.height / MM) / 2
            page.extra += self._block(spots, block, top)
        page.y += height
        page.rules.append((page.y, True))

    def heading(self, text: str) -> None:
        """A heading across the table, never the last row of a page."""
        if self.page.y + 2 * self.roster.row > self.floor + 0.01:
            self.turn()
        self._across(text, self.roster.row, Role.HEI, "left")

    def _across(
        self, text: str, height: float, role: Role = Role.FANG, align: Align = "left"
    ) -> None:
        page, width = self.page, self.edges[-1] - self.edges[0]
        with self.sheet.aside() as drawn:
            self.sheet.cell(
                self.edges[0], page.y, width, height, text, role, self.roster.size, align, 2.0
            )
        page.extra += drawn
        page.y += height
        page.rules.append((page.y, False))

    @cached_property
    def _whole(self) -> bool:
        """Whether this office writes 整 after 角; asked once for all pages."""
        from db.office_settings import flag

        return flag("whole_after_jiao")

    def _sum_row(self, label: str, sums: list[int], rows: int) -> None:
        from db.rules.amount import capitals

        parts = [f"{label}：共 {rows} 行"]
        for place, total in zip(self.summed, sums, strict=True):
            column = self.columns[place]
            if column.kind is MONEY:
                parts.append(
                    f"{column.heading} {capitals(total, whole_after_jiao=self._whole, prefix='人民币')}　￥{column.shown(total)}"
                )
            else:
                parts.append(f"{column.heading} {column.shown(total)}")
        self._across("　　".join(parts), SUM_ROW)

    # -- the end ------------------------------------------------------------------------

    def add_last(self, records: Sequence[Any]) -> None:
        """Print the last records of the list, one of them on the page of the sums and names."""
        self.add(records[:-1])
        if records and self.page.y + self.roster.row + self._needed > self.floor + 0.01:
            self.turn()
        self.add(records[-1:])

    def end(self) -> None:
        """Close the table, number the pages, leave the last page open under the table."""
        roster, sheet, page = self.roster, self.sheet, self.page
        needed = self._needed
        if page.y + needed > self.floor + 0.01:
            self.turn()
            page = self.page
        if roster.strike and self.count and page.y + roster.row + needed <= self.floor + 0.01:
            self._across("（以下空白）", roster.row, Role.FANG, "center")
        if self.summed:
            if self.held:
                self._sum_row("本页小计", page.sums, page.rows)
            grand = [a + b for a, b in zip(self.sums, page.sums, strict=True)]
            self._sum_row("合计", grand, self.count)
        if roster.summary:
            self._across("\n".join(roster.summary), self._summary)
        self._close_page()
        self.held.append(sheet.operators)
        total = len(self.held)
        for place, operators in enumerate(self.held):
            sheet.operators = operators
            self._print_foot(place + 1, total)
        for operators in self.held[:-1]:
            sheet.give(operators)
        sheet.operators = self.held[-1]
        sheet.y += 2

    def _summary_height(self) -> float:
        if not self.roster.summary:
            return 0.0
        width = (self.edges[-1] - self.edges[0] - 4) * MM
        block = fit.block(
            self.sheet.press, Role.FANG, "\n".join(self.roster.summary), width, 1e4,
            self.roster.size, indent=0, justify=False, leading=1.3,
        )  # fmt: skip
        return max(SUM_ROW, block.height / MM + 2.4)

    def _print_foot(self, page: int, total: int) -> None:
        sheet = self.sheet
        y = sheet.bottom - 2.5
        sheet.text(sheet.right, y, f"第 {page} 页　共 {total} 页", Role.FANG, 9, "right")
        step = (sheet.width - 34) / max(1, len(self.roster.foot))
        for place, label in enumerate(self.roster.foot):
            sheet.text(sheet.left + place * step, y, f"{label}：", Role.FANG, 10.5)


def print_roster(sheet: Sheet, roster: Roster, records: Iterable[Any]) -> None:
    """Set a list on a sheet, from its cursor over as many pages as it takes."""
    parts = list(records)
    total = sum(len(part.records) if isinstance(part, Section) else 1 for part in parts)
    setter = Setter(sheet, roster, total)
    sections = 0
    loose: list[Any] = []
    for part in parts:
        if isinstance(part, Section):
            setter.add(loose)
            sections += 1
            mark = numeral(sections)
            setter.heading(f"{mark}、{part.heading}（{len(part.records)}{part.unit}）")
            loose = list(part.records)
        else:
            loose.append(part)
    setter.add_last(loose)
    setter.end()
