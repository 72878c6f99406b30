"""荣誉证书: a sheet to be framed or folded, with the office's words and room for the seal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from desktop.typeset import fit
from desktop.typeset.document import written_date
from desktop.typeset.fonts import Role
from desktop.typeset.names import EM
from desktop.typeset.paper import MM, SIZES

if TYPE_CHECKING:
    from desktop.typeset.sheet import Sheet

RED: Final = "0.76 0.07 0.07"
GOLD: Final = "0.72 0.55 0.2"


@dataclass(frozen=True)
class Certificate:
    """What a certificate says.

    `to` is the receiver as addressed (张三 同志), `words` the sentence, `award` the honour in
    large type (none when the words name it). `inner_page` leaves the border and the heading to
    a bought cover and prints the words only.
    """

    to: str
    words: str
    issuer: str
    date: str
    award: str = ""
    number: str = ""
    title: str = "荣誉证书"
    inner_page: bool = False


def addressed(name: str, ending: str = "同志：") -> str:
    """A person as a certificate addresses them, short names spread."""
    spread = f"{name[0]}{EM}{name[1]}" if len(name) == 2 else name
    return f"{spread}{EM if not ending.startswith('：') else ''}{ending}"


def print_certificate(sheet: Sheet, certificate: Certificate) -> None:
    """Set one certificate on its page; on A3 the words stand on the right half of the fold."""
    paper = sheet.paper
    folded = paper.width > 400
    left = paper.width / 2 if folded else 0.0
    width = paper.width - left
    if not certificate.inner_page:
        _border(sheet, left, width)
        if folded:
            _cover(sheet, certificate.title, width)
    _words(sheet, certificate, left, width, folded)


def _border(sheet: Sheet, left: float, width: float) -> None:
    """Two rules and corner pieces, plain enough for an office printer."""
    height = sheet.paper.height
    sheet.draw(f"q {GOLD} RG")
    for inset, weight in ((11.0, 2.4), (13.2, 0.7)):
        sheet.frame(left + inset, inset, width - 2 * inset, height - 2 * inset, weight)
    for x, to_x in ((left + 13.2, 1), (left + width - 13.2, -1)):
        for y, to_y in ((13.2, 1), (height - 13.2, -1)):
            for reach in (9.0, 6.0):
                sheet.line(x, y + to_y * reach, x + to_x * reach, y + to_y * reach, 0.7)
                sheet.line(x + to_x * reach, y, x + to_x * reach, y + to_y * reach, 0.7)
    sheet.draw("Q")


def _cover(sheet: Sheet, title: str, width: float) -> None:
    """The left half of an A3 sheet, which is the outside when folded."""
    sheet.draw(f"q {RED} rg")
    sheet.text(width / 2, sheet.paper.height * 0.45, title, Role.BIAOSONG, 46, "center", gap=8)
    sheet.draw("Q")


def _words(sheet: Sheet, certificate: Certificate, left: float, width: float, folded: bool) -> None:
    height = sheet.paper.height
    middle = left + width / 2
    inset = 30.0 if not folded else 28.0
    y = height * (0.21 if not folded else 0.2)
    if not certificate.inner_page:
        sheet.draw(f"q {RED} rg")
        sheet.text(middle, y, certificate.title, Role.BIAOSONG, 40, "center", gap=6)
        sheet.draw("Q")
    size = SIZES["小一"] if not folded else SIZES["二号"]
    y += 24
    sheet.cell(left + inset, y - 6, width - 2 * inset, 12, certificate.to,
               Role.KAI, size, "left", 0.0, "称谓")  # fmt: skip
    y += 12
    measure = width - 2 * inset
    foot = height - 58
    award_room = 20.0 if certificate.award else 0.0
    block = fit.block(
        sheet.press, Role.KAI, certificate.words, measure * MM, (foot - award_room - y) * MM,
        size, leading=1.75, smallest=14.0,
    )  # fmt: skip
    if block.cut:
        sheet.report("证书正文", block.cut)
    sheet.print_block(block, left + inset, y, measure)
    y += block.height / MM
    if certificate.award:
        y += (foot - y) / 2
        sheet.draw(f"q {RED} rg")
        sheet.cell(left + inset, y - 9, measure, 18, certificate.award,
                   Role.BIAOSONG, 34, "center", 0.0, "称号")  # fmt: skip
        sheet.draw("Q")
    _sign(sheet, certificate, left + width - inset, height, measure)
    if certificate.number:
        sheet.text(left + inset, height - 24, f"编号：{certificate.number}", Role.SONG, 10.5)


def _sign(sheet: Sheet, certificate: Certificate, right: float, height: float, room: float) -> None:
    """Issuer and date at the right, under each other's middle, room for the seal on both."""
    size = SIZES["小二"]
    lettering = sheet.press.lettering(Role.KAI, size)
    date = written_date(certificate.date)
    longest = max(lettering.width(certificate.issuer), lettering.width(date)) / MM
    half = min(max(longest / 2, 34), room / 2)
    for drop, text in ((47, certificate.issuer), (35, date)):
        sheet.cell(right - 2 * half, height - drop - 6, 2 * half, 12, text, Role.KAI, size,
                   "center", 0.0, "落款")  # fmt: skip
