"""入户走访卡: eight on a sheet, blank to be filled in the field or filled from a trip (docs/systems.md 16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.codes import code_list
from db.registers.matter import Matter
from db.registers.visit import Household, Visit
from db.rules import dates
from desktop.forms.visit_parts import hanging
from desktop.typeset.fonts import Role
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet

FILLED, EMPTY = "已填", "空白"
EACH: Final = 8
_ACROSS: Final = 2
_GAP: Final = 5.0


@dataclass(frozen=True)
class Card:
    """What stands on one card; all of it empty on a blank one."""

    visit: Any = None
    home: Any = None
    asked: str = ""


class VisitCards(Form):
    """Sheets of eight cards, to be cut apart along the dashes."""

    of = Visit
    title = "入户走访卡"
    paper = A4.with_margins(9, 9, 9, 9)
    choices = (
        Option("fill", "卡片", FILLED, (FILLED, EMPTY), help="空白的带下去填，回来照着录入"),
        Option("sheets", "空白张数", "1", help="空白卡印几张纸，一张八卡"),
    )

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """A card for each household; a trip without any, and blank ones, give whole sheets."""
        if options["fill"] == EMPTY or not records:
            text = str(options["sheets"]).strip()
            count = min(int(text), 50) if text.isascii() and text.isdigit() else 1
            return [tuple(Card() for _ in range(EACH)) for _ in range(max(1, count))]
        ids = [visit.id for visit in records]
        homes = hanging(Household, Household.visit, ids)
        matters = hanging(Matter, Matter.visit, ids)
        cards = []
        for visit in records:
            for home in homes.get(visit.id, ()):
                mine = [m.content for m in matters.get(visit.id, ()) if m.raised_by == home.head]
                cards.append(Card(visit, home, "；".join(mine)))
            if not homes.get(visit.id):
                cards.append(Card(visit))
        return [tuple(cards[at : at + EACH]) for at in range(0, len(cards), EACH)]

    def compose(self, sheet: Sheet, subject: Sequence[Card], options: Options) -> None:
        """Two across, four down."""
        del options
        width = (sheet.width - _GAP) / _ACROSS
        high = (sheet.bottom - sheet.y - _GAP * (EACH // _ACROSS - 1)) / (EACH // _ACROSS)
        top = sheet.y
        for at, card in enumerate(subject):
            down, across = divmod(at, _ACROSS)
            x, y = sheet.left + across * (width + _GAP), top + down * (high + _GAP)
            _card(sheet, card, x, y, width, high)


def _card(sheet: Sheet, card: Card, x: float, y: float, width: float, height: float) -> None:
    visit, home = card.visit, card.home
    sheet.frame(x, y, width, height, 0.8)
    sheet.cell(x, y, width, 8, "入户走访卡", Role.HEI, 13)
    if visit is not None and visit.number:
        sheet.cell(x + width - 30, y, 29, 8, visit.number, Role.FANG, 8.5, "right")
    kinds = code_list("visited")
    on = dates.show(visit.from_on) if visit is not None else ""
    rows: list[tuple[tuple[str, str, float], ...]] = [
        (("日期", on, 0.5), ("走访人", visit.visitors if visit else "", 0.5)),
        (("户主", home.head if home else "", 0.5), ("人口", _count(home), 0.5)),
        (("住址", (home.address if home else "") or (visit.place if visit else ""), 1.0),),
        (
            ("电话", home.phone if home else "", 0.5),
            ("对象", kinds.short_of(home.kind) if home else "", 0.5),
        ),
    ]
    line, at = 6.3, y + 8
    for cells in rows:
        left = x
        for label, text, share in cells:
            wide = width * share
            sheet.frame(left, at, wide, line, 0.35)
            sheet.cell(left, at, 13, line, label, Role.HEI, 9.5)
            sheet.line(left + 13, at, left + 13, at + line, 0.35)
            sheet.cell(left + 13, at, wide - 13, line, text, Role.FANG, 9.5, "left", 1.2)
            left += wide
        at += line
    rest = y + height - at - 7
    told = "；".join(filter(None, (home.situation, home.difficulty))) if home else ""
    for label, text, share in (("情况和困难", told, 0.5), ("诉求和要办的事", _wishes(card), 0.5)):
        high = rest * share
        sheet.line(x, at + high, x + width, at + high, 0.35)
        sheet.cell(x + 0.5, at, 24, 5, label, Role.HEI, 9, "left", 1.0)
        sheet.cell(x, at + 4.6, width, high - 5, text, Role.FANG, 9.5, "left", 2.0, label)
        at += high
    sheet.cell(x, at, width / 2, 7, "走访人签字：", Role.FANG, 9, "left", 1.5)
    sheet.cell(x + width / 2, at, width / 2, 7, "户主签字：", Role.FANG, 9, "left", 1.5)


def _count(home: Any) -> str:
    return f"{home.people} 人" if home is not None and home.people else ""


def _wishes(card: Card) -> str:
    wishes = card.home.wishes if card.home is not None else ""
    return "；".join(filter(None, (wishes, card.asked)))
