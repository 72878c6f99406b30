"""困难党员公示: the posted list of those to be aided; no cause, number or telephone can stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.aid import Aid, AidPayment
from db.rules import dates
from desktop.forms.aid_parts import age
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.paper import A4
from desktop.typeset.roster import CENTRE, MONEY, NAME, ORDINAL, Column, Roster
from desktop.typeset.sheet import Sheet

_AMOUNT = Option("amount", "印拟补助金额", True)


class Posted:
    """A batch with the public part of its rows."""

    def __init__(self, aid: Aid) -> None:
        self.aid = aid
        rows = AidPayment.living().where(
            AidPayment.aid == aid.id, AidPayment.correction_of.is_null()
        )
        self.rows = list(rows.order_by(AidPayment.position, AidPayment.id))

    def title(self) -> str:
        return str(self.aid.name)


class Notice(Form):
    """Basis, list, period, and how to object."""

    of = Aid
    title = "困难党员公示"
    paper = A4
    posted = True
    choices = (_AMOUNT,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        return [Posted(one) for one in records]

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """What the branch needs to judge: name, age, when joined, household; nothing of illness."""
        aid = subject.aid
        sheet.title(f"{aid.name}拟发放对象公示")
        sheet.paragraph(
            f"经本人申请、支部评议，拟对下列同志发放{aid.name}，现予公示。{_period(aid)}"
            "公示期间如有异议，请以书面、电话或当面方式向受理单位反映，反映人应署真实姓名。"
        )
        day = aid.pay_on
        columns = [
            ORDINAL,
            Column("姓名", 26, lambda p: p.name, kind=NAME),
            Column("年龄", 14, lambda p: age(p.born_on, day), kind=CENTRE),
            Column("入党时间", 22, lambda p: p.joined_on[:7].replace("-", "."), kind=CENTRE),
            Column("家庭人口", 16, lambda p: p.household_size, kind=CENTRE),
            Column("所在党支部", 60, lambda p: _branch(p)),
        ]
        if options["amount"]:
            columns.append(Column("拟补助（元）", 26, lambda p: p.amount, kind=MONEY))
        sheet.roster(Roster("", columns, row=8.0), subject.rows)
        for label, words in (("受理单位", aid.notice_organ), ("受理电话", aid.notice_phone)):
            if words:
                sheet.paragraph(f"{label}：{words}")
        sheet.seal_and_date(aid.issuer, dates.show(aid.notice_from, "chinese"))


def _branch(payment: Any) -> str:
    return str(payment.organization.name) if payment.organization is not None else ""


def _period(aid: Any) -> str:
    if not aid.notice_from or not aid.notice_until:
        return "公示期　　年　月　日至　　年　月　日。"
    unit = code_list("day_unit")[aid.notice_unit or "working"]
    days = f"{aid.notice_days}个{unit.label}" if unit.code == "working" else f"{aid.notice_days}天"
    span = f"{dates.show(aid.notice_from, 'chinese')}至{dates.show(aid.notice_until, 'chinese')}"
    return f"公示期{days if aid.notice_days else ''}（{span}）。"
