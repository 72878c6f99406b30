"""An official document set as GB/T 9704-2012 wants it: 22 lines of 28 characters a page.

Sixteen-point type is two millimetres too long for 28 characters in 156 mm, so each character is
set a fifth of a point closer; every distance down the page is a multiple of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.typeset.breaking import Measured, balance
from desktop.typeset.document import Annex, Document, NameList, numeral, styled, written_date
from desktop.typeset.fit import CENTRE
from desktop.typeset.fonts import Role
from desktop.typeset.names import arranged, padded
from desktop.typeset.paper import (
    BODY_SIZE,
    CHAR_PITCH,
    GRID_CHARS,
    GRID_LINES,
    LINE_PITCH,
    MM,
    SIZES,
)
from desktop.typeset.press import number

if TYPE_CHECKING:
    from desktop.typeset.sheet import Sheet

TRACKING: Final = CHAR_PITCH * MM - BODY_SIZE
RED: Final = (0.84, 0.0, 0.0)
_MEASURE: Final = GRID_CHARS * CHAR_PITCH


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one face, from `x` mm right of the type area's edge."""

    x: float
    text: str
    role: Role = Role.FANG
    tracking: float = TRACKING
    size: float = BODY_SIZE


Row = tuple[Run, ...]
"""What stands on one line of the grid."""


class Together(tuple[Row, ...]):
    """Rows that no page break parts: a heading and the row under it, a name and its words."""

    __slots__ = ()


class Typesetter:
    """Sets one document on a sheet."""

    def __init__(self, sheet: Sheet, document: Document) -> None:
        self.sheet = sheet
        self.document = document
        self.page = 1
        self.line = 0

    def run(self) -> None:
        """Set the whole document."""
        document = self.document
        first = self._head() if document.head else 0
        rows: list[Row | Together] = [*self._title(document.title), ()]
        if document.to:
            rows += self._paragraph([(document.to, Role.FANG)], 0, 0)
        rows += self._parts(document.parts)
        rows += self._annex_note()
        closing = self._closing()
        self.line = first
        self._flow(rows, closing)
        for place, annex in enumerate(document.annexes):
            self._next_page()
            self._flow(self._annex(annex, place), [])
        self._colophon()

    # -- rows of the parts --------------------------------------------------------------

    def _title(self, title: str) -> list[Row]:
        """The title in 小标宋 二号, centred, well broken, each line on a line of the grid."""
        size = SIZES["二号"]
        lettering = self.sheet.press.lettering(Role.BIAOSONG, size)
        rows: list[Row] = []
        for part in title.split("\n"):
            text = Measured(part, lettering.widths(part))
            for line in balance(text, _MEASURE * MM * 1000 / size):
                width = line.width * size / 1000 / MM
                run = Run(
                    (_MEASURE - width) / 2, part[line.start : line.end], Role.BIAOSONG, 0.0, size
                )
                rows.append((run,))
        return rows

    def _parts(self, parts: Sequence[str | NameList]) -> list[Row | Together]:
        rows: list[Row | Together] = []
        place = 0
        for part in parts:
            if isinstance(part, NameList):
                rows += self._name_list(part, place)
                place += 1
            else:
                rows += self._paragraph(styled(part), 2, 0)
        return rows

    def _paragraph(self, pieces: list[tuple[str, Role]], first: float, hang: float) -> list[Row]:
        """Lines of a paragraph; `first` and `hang` are its indents in characters."""
        text = "".join(piece for piece, _ in pieces)
        roles = [role for piece, role in pieces for _ in piece]
        widths: list[float] = []
        extra = TRACKING * 1000 / BODY_SIZE
        for piece, role in pieces:
            lettering = self.sheet.press.lettering(role, BODY_SIZE)
            widths += [width + extra for width in lettering.widths(piece)]
        em = CHAR_PITCH * MM * 1000 / BODY_SIZE
        rows: list[Row] = []
        measured = Measured(text, widths)
        measure = em * GRID_CHARS
        for place, line in enumerate(measured.lines(measure - hang * em, measure - first * em)):
            gap = 0.0 if line.last and line.gap > 0 else line.gap * BODY_SIZE / 1000
            x = (hang if place else first) * CHAR_PITCH
            runs: list[Run] = []
            at = line.start
            while at < line.end:
                end = at
                while end < line.end and roles[end] is roles[at]:
                    end += 1
                runs.append(Run(x, text[at:end], roles[at], TRACKING + gap))
                x += sum(widths[at:end]) * BODY_SIZE / 1000 / MM + gap * (end - at) / MM
                at = end
            rows.append(tuple(runs))
        return rows

    def _annex_note(self) -> list[Row]:
        """附件说明: a line below the text; later lines begin under the first one's name."""
        annexes = self.document.annexes
        if not annexes:
            return []
        rows: list[Row] = [()]
        if len(annexes) == 1:
            return rows + self._paragraph([(f"附件：{annexes[0].title}", Role.FANG)], 2, 5)
        for place, annex in enumerate(annexes):
            label = f"{place + 1}. "
            for row in self._paragraph([(label + annex.title, Role.FANG)], 5, 6):
                rows.append(
                    row if place or len(rows) > 1 else (Run(2 * CHAR_PITCH, "附件："), *row)
                )
        return rows

    def _closing(self) -> list[Row]:
        """署名 and date, with lines above them for the upper half of a seal (never drawn)."""
        document = self.document
        date = written_date(document.date)
        if not document.issuer and not date:
            return []
        lettering = self.sheet.press.lettering(Role.FANG, BODY_SIZE)

        def long(text: str) -> float:
            return (lettering.width(text) + TRACKING * len(text)) / MM

        said = [*self._signed(document.issuer), *([date] if date else [])]
        middle = min(
            _MEASURE - 4 * CHAR_PITCH - long(date) / 2,
            _MEASURE - CHAR_PITCH - max(map(long, said)) / 2,
        )
        rows: list[Row] = [(), ()]
        rows += [(Run(middle - long(text) / 2, text),) for text in said]
        if document.remark:
            rows += self._paragraph([(f"（{document.remark}）", Role.FANG)], 2, 2)
        return rows

    def _signed(self, issuer: str) -> list[str]:
        """署名, in lines of like length when one line is too long for it; several stay apart."""
        lines: list[str] = []
        lettering = self.sheet.press.lettering(Role.FANG, BODY_SIZE)
        measure = (GRID_CHARS - 4) * CHAR_PITCH * MM * 1000 / BODY_SIZE
        for part in issuer.split("\n") if issuer else []:
            text = Measured(part, lettering.widths(part))
            lines += [part[line.start : line.end] for line in balance(text, measure)]
        return lines

    def _annex(self, annex: Annex, place: int) -> list[Row | Together]:
        """Label on the first line, title from the third."""
        single = len(self.document.annexes) == 1
        label = "附件" if single else f"附件{place + 1}"
        rows: list[Row | Together] = [(Run(0, label, Role.HEI),), ()]
        return [*rows, *self._title(annex.title), (), *self._parts(annex.parts)]

    def _name_list(self, names: NameList, place: int) -> list[Row | Together]:
        rows: list[Row | Together] = []
        if any(isinstance(name, tuple) for name in names.names):
            for entry in names.names:
                name, words = entry if isinstance(entry, tuple) else (entry, "")
                rows.append(Together(self._noted_name(name, words)))
        elif names.columns <= 1:
            for single in names.names:
                rows += self._paragraph([(str(single), Role.FANG)], 2, 2)
        else:
            rows += self._name_rows([str(name) for name in names.names], names.columns)
        if not names.heading:
            return rows
        mark = f"{numeral(place + 1)}、" if names.numbered else ""
        heading = f"{mark}{names.heading}（{len(names.names)}{names.unit}）"
        top = self._paragraph([(heading, Role.HEI)], 2, 2)
        return [Together([*top, *_flat(rows[:1])]), *rows[1:]]

    def _noted_name(self, name: str, words: str) -> list[Row]:
        """A name and what stands after it, all names' words beginning at one place."""
        lettering = self.sheet.press.lettering(Role.FANG, BODY_SIZE)
        shown = padded(name)
        taken = (lettering.width(shown) + TRACKING * len(shown)) / MM / CHAR_PITCH
        begin = max(7.0, float(int(2 + taken + 1.99)))
        rows = self._paragraph([(words, Role.FANG)], begin, begin) if words else [()]
        return [(Run(2 * CHAR_PITCH, shown), *rows[0]), *rows[1:]]

    def _name_rows(self, names: list[str], columns: int) -> list[Row]:
        """Names in columns over the measure less the indent; a long one takes two cells."""
        lettering = self.sheet.press.lettering(Role.FANG, BODY_SIZE)
        cell = (GRID_CHARS - 2) * CHAR_PITCH / columns
        shown = [padded(name) for name in names]
        widths = [(lettering.width(name) + TRACKING * len(name)) / MM + 1.0 for name in shown]
        rows: list[Row] = []
        for placed in arranged(shown, columns, widths, cell):
            while len(rows) <= placed.row:
                rows.append(())
            run = Run(2 * CHAR_PITCH + placed.column * cell, placed.name)
            rows[placed.row] = (*rows[placed.row], run)
        return rows

    # -- pages --------------------------------------------------------------------------

    def _flow(self, rows: Sequence[Row | Together], closing: list[Row]) -> None:
        """Rows down the pages. The closing never stands alone: two lines of text go with it."""
        if not closing:
            self._print_rows(rows)
            return
        tail: list[Row | Together] = list(rows[-2:])
        self._print_rows(rows[: len(rows) - len(tail)])
        self._print_rows([Together([*_flat(tail), *closing])])

    def _print_rows(self, rows: Sequence[Row | Together]) -> None:
        for entry in rows:
            if isinstance(entry, Together):
                if self.line and self.line + len(entry) > GRID_LINES >= len(entry):
                    self._next_page()
                for row in entry:
                    self._print_row(row)
            else:
                self._print_row(entry)

    def _print_row(self, row: Row) -> None:
        if self.line >= GRID_LINES:
            self._next_page()
        if not row and self.line == 0 and self.page > 1:
            return  # no page begins with an empty line
        for run in row:
            self._print(run, self.line)
        self.line += 1

    def _print(self, run: Run, line: int, drop: float = 0.0) -> None:
        sheet = self.sheet
        lettering = sheet.press.lettering(run.role, run.size)
        x = number((sheet.left + run.x) * MM)
        middle = sheet.paper.top + (line + 0.5) * LINE_PITCH + drop
        y = number(sheet.down(middle) - run.size * CENTRE)
        spread = f"{run.tracking:.4f} Tc" if run.tracking else "0 Tc"
        sheet.draw(f"BT {lettering.select} {spread} {x} {y} Td {lettering.show(run.text)} 0 Tc ET")

    def _next_page(self) -> None:
        self._page_number()
        self.sheet.page()
        self.page += 1
        self.line = 0

    def _page_number(self) -> None:
        """— 1 — in 四号 宋体, 7 mm under the type area, outside (7.5)."""
        sheet = self.sheet
        text = f"— {self.page} —"
        size = SIZES["四号"]
        width = sheet.press.lettering(Role.SONG, size).width(text) / MM
        y = sheet.bottom + 7 + size * 0.5 / MM
        inset = size / MM
        x = sheet.right - inset - width if self.page % 2 else sheet.left + inset
        sheet.text(x, y, text, Role.SONG, size)

    def _head(self) -> int:
        """Agency mark, number and red line (7.2); gives the first line for the title."""
        sheet, document = self.sheet, self.document
        mark = document.head or ""
        size = min(62.0, 0.96 * _MEASURE * MM / max(1, len(mark)))
        lettering = sheet.press.lettering(Role.BIAOSONG, size)
        natural = lettering.width(mark)
        spare = max(0.0, _MEASURE * MM * 0.94 - natural)
        gap = min(spare / max(1, len(mark) - 1), size * 0.3)
        red = " ".join(map(number, RED))
        top = sheet.paper.top + 35
        sheet.draw(f"q {red} rg")
        sheet.text(sheet.left + _MEASURE / 2, top + size * 0.5 / MM, mark,
                   Role.BIAOSONG, size, "center", gap / MM)  # fmt: skip
        sheet.draw("Q")
        line = int((top + size / MM - sheet.paper.top) / LINE_PITCH + 0.999) + 2
        shown = document.number or "〔　　　　〕　　号"
        y = sheet.paper.top + line * LINE_PITCH
        sheet.cell(sheet.left, y, _MEASURE, LINE_PITCH, shown, Role.FANG, BODY_SIZE, pad=0.0)
        rule = sheet.paper.top + (line + 0.5) * LINE_PITCH + BODY_SIZE / 2 / MM + 4
        sheet.draw(f"q {red} RG")
        sheet.line(sheet.left, rule, sheet.left + _MEASURE, rule, 1.2)
        sheet.draw("Q")
        return int((rule - sheet.paper.top) / LINE_PITCH + 0.999) + 1

    def _colophon(self) -> None:
        """版记 at the foot of the last page, even when printed on both sides (7.4)."""
        document, sheet = self.document, self.sheet
        self._page_number()
        if not (document.copies or document.printed_by):
            return
        size = SIZES["四号"]
        step = 8.6
        copies = self._copies(size) if document.copies else []
        height = step * (len(copies) + (1 if document.printed_by else 0))
        free = (GRID_LINES - self.line) * LINE_PITCH
        if free < height + LINE_PITCH or (document.double_sided and self.page % 2):
            sheet.page()
            self.page += 1
            if document.double_sided and self.page % 2:
                sheet.page()
        y = sheet.bottom - height
        inset = sheet.left + size / MM
        sheet.line(sheet.left, y, sheet.left + _MEASURE, y, 0.35 * MM)
        for place, text in enumerate(copies):
            hang = 0.0 if place == 0 else 3 * size / MM
            sheet.text(inset + hang, y + step / 2, text, Role.FANG, size)
            y += step
        if document.printed_by:
            if copies:
                sheet.line(sheet.left, y, sheet.left + _MEASURE, y, 0.25 * MM)
            printed = f"{written_date(document.printed_on or document.date)}印发"
            end = sheet.left + _MEASURE - size / MM
            taken = sheet.text(end, y + step / 2, printed, Role.FANG, size, "right")
            room = end - taken - 4 - inset
            sheet.cell(inset, y, room, step, document.printed_by, Role.FANG, size, "left", 0.0)
        sheet.line(sheet.left, sheet.bottom, sheet.left + _MEASURE, sheet.bottom, 0.35 * MM)

    def _copies(self, size: float) -> list[str]:
        """抄送 broken to its measure, later lines under the first name."""
        text = f"抄送：{self.document.copies.removeprefix('抄送：')}"
        widths = self.sheet.press.lettering(Role.FANG, size).widths(text)
        measure = (_MEASURE * MM - 2 * size) * 1000 / size
        lines = Measured(text, widths).lines(measure - 3000, measure)
        return [text[line.start : line.end] for line in lines]


def _flat(rows: Sequence[Row | Together]) -> list[Row]:
    """Rows with none of them kept together."""
    flat: list[Row] = []
    for entry in rows:
        flat.extend(entry if isinstance(entry, Together) else [entry])
    return flat


def print_document(sheet: Sheet, document: Document) -> None:
    """Set a document on a sheet whose paper is GB9704."""
    Typesetter(sheet, document).run()
