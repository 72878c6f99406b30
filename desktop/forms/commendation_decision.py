"""表彰决定: an official document (GB/T 9704-2012) with its appendix list, headings counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db.commending.deciding import in_order
from db.registers.commendation import Commendation
from desktop.forms.commendation_notice import groups_of
from desktop.forms.commendation_parts import bare, title_lines, unit_and_post
from desktop.typeset.document import Annex, Document, NameList
from desktop.typeset.form import BY_NAME, BY_SURNAME, Form, Option, Options
from desktop.typeset.paper import GB9704
from desktop.typeset.sheet import Sheet

AS_KEPT: Final = "按表彰设置"
RANKED: Final = "推荐顺序"
_ORDERS: Final = {RANKED: "rank", BY_SURNAME: "surname", BY_NAME: "strokes"}
_ORDER: Final = Option("order", "名单排序", AS_KEPT, (AS_KEPT, RANKED, BY_SURNAME, BY_NAME))
_UNIT: Final = Option("unit", "个人印单位职务", False, help="不选时只印姓名，一行五人")
_HEAD: Final = Option("head", "印红头", True)
_COPIES: Final = Option("copies", "抄送")


class Decision(Form):
    """The decision as it goes out; the seal is left to the seal."""

    of = Commendation
    title = "表彰决定"
    paper = GB9704
    choices = (_ORDER, _UNIT, _HEAD, _COPIES)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Each round by itself."""
        return records

    def compose(self, sheet: Sheet, subject: Commendation, options: Options) -> None:
        """Preface, call, annex of names; the number of each group is counted."""
        c = subject
        order = _ORDERS.get(options["order"]) or str(c.order_by)
        lists = []
        for award_type, people in groups_of(c):
            placed = in_order(people, order)
            heading = bare(award_type.group_words or award_type.name)
            if award_type.subject in {"organization", "unit"}:
                names: list[Any] = [n.name for n in placed]
                lists.append(NameList(heading, names, award_type.counter, columns=1))
            elif options["unit"]:
                pairs: list[Any] = [(n.name, unit_and_post(n)) for n in placed]
                lists.append(NameList(heading, pairs, award_type.counter, columns=1))
            else:
                lists.append(NameList(heading, [n.name for n in placed], award_type.counter))
        title = title_lines([c.issuer, *_what([part.heading for part in lists])])
        preface = c.preface.replace("：\n", "。\n").rstrip()
        if lists:
            preface = (
                preface.removesuffix("：") + "（名单附后）。" if preface.endswith("：") else preface
            )
        issued = c.decided_on or ""
        sheet.document(
            Document(
                head=f"{c.issuer}文件" if options["head"] else None,
                number=c.document,
                title=title,
                to=c.addressees,
                body=[preface, c.call],
                annexes=(Annex(f"{c.year}年度表彰名单", tuple(lists)),) if lists else (),
                issuer=c.issuer,
                date=issued or "　　　　年　月　日",
                copies=options["copies"],
                printed_by=f"{c.issuer}办公室" if options["head"] else "",
                printed_on=issued if options["head"] else "",
            )
        )


def _what(headings: Sequence[str]) -> list[str]:
    """What the decision is about, in pieces of its title: A、B和C; many kinds by a general word."""
    if not headings or len(headings) > 3:
        return ["关于表彰先进集体和先进个人的决定"]
    atoms = [f"{heading}、" for heading in headings]
    atoms[-1] = f"{headings[-1]}的决定"
    if len(atoms) > 1:
        atoms[-2] = f"{headings[-2]}和"
    atoms[0] = f"关于表彰{atoms[0]}"
    return atoms
