"""困难党员台账: everybody registered in a year, with cause, household and what was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import fn

from db.registers.aid import AidPayment
from db.registers.hardship import Hardship
from db.rules import dates
from desktop.forms.aid_parts import age
from desktop.typeset.form import ORDER, Form, Options, in_order
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import CENTRE, MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import whole


class HardshipLedger(Form):
    """One list; for the office only, so the cause stands on it."""

    of = Hardship
    title = "困难党员台账"
    paper = A4_LANDSCAPE
    gathers = True
    signed = True
    choices = (ORDER,)

    def mark(self, subject: Any) -> Mark | None:
        """The list of a year."""
        rows = whole(subject)
        return Mark(self.id, 0, str(rows[0].year) if rows else "0")

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """The columns of the usual ledger, and the aid paid on each registration."""
        rows = in_order(subject, options["order"])
        given = _given(rows)
        today = dates.today()
        years = sorted({one.year for one in rows})
        words = f"{years[0]}年度" if len(years) == 1 else "、".join(f"{y}年" for y in years)
        recognised = sum(1 for one in rows if one.recognised)
        ended = sum(1 for one in rows if one.until_on)
        sheet.roster(
            Roster(
                self.title,
                (
                    ORDINAL,
                    Column("姓名", 22, lambda h: h.name, kind=NAME),
                    Column(Hardship.sex, 9),
                    Column("年龄", 9, lambda h: age(h.born_on, today), kind=CENTRE),
                    Column(Hardship.kind, 16, short=True),
                    Column(Hardship.organization, 38),
                    Column(Hardship.category, 24, short=True),
                    Column(Hardship.degree, 13, short=True),
                    Column("困难原因", 46, lambda h: h.cause, kind=TEXT),
                    Column("家庭\n人口", 10, lambda h: h.household_size, kind=CENTRE),
                    Column("人均年收入\n（元）", 22, lambda h: h.income, kind=MONEY),
                    Column("组织\n认定", 11, lambda h: "是" if h.recognised else "", kind=CENTRE),
                    Column("已发放（元）", 24, lambda h: given.get(h.id), kind=MONEY, total=True),
                    Column("脱困时间", 17, lambda h: h.until_on[:7].replace("-", "."), kind=CENTRE),
                    Column("备注", 16, lambda h: h.notes, kind=TEXT),
                ),
                heads=("填报单位（盖章）：", words),
                summary=(f"共 {len(rows)} 人，其中组织认定 {recognised} 人，已脱困 {ended} 人。",),
                foot=("负责人", "审核", "制表"),
                row=8.4,
                size=9.0,
            ),
            rows,
        )


def _given(rows: Sequence[Hardship]) -> dict[int, int]:
    """What frozen lists paid on each registration, in 分."""
    query: Any = (
        AidPayment.living()
        .select(AidPayment.hardship, fn.SUM(AidPayment.amount))
        .where(AidPayment.frozen == 1, AidPayment.result != "uncollected")
        .group_by(AidPayment.hardship)
    )
    wanted = {one.id for one in rows}
    return {row: amount for row, amount in query.tuples() if row in wanted}
