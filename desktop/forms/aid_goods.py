"""慰问品发放表: what was handed out, its value, and who received it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.registers.aid import Aid
from desktop.forms.aid_parts import VOLUMES, Batch, batches, mark_of
from desktop.typeset.form import Form, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class Goods(Form):
    """One list for a batch; empty lines for goods that are written in by hand."""

    of = Aid
    title = "慰问品发放表"
    paper = A4_LANDSCAPE
    signed = True
    choices = (VOLUMES,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        return batches(records, options["volumes"])

    def mark(self, subject: Batch) -> Mark | None:
        return mark_of(self, subject)

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """Goods with their value; the value is summed as money is."""
        sheet.roster(
            Roster(
                f"{subject.name}慰问品发放表",
                (
                    ORDINAL,
                    Column("姓名", 26, lambda p: p.name, kind=NAME),
                    Column("所在党支部", 56, lambda p: p.branch, kind=TEXT),
                    Column("物品名称、数量", 58, lambda p: p.goods, kind=TEXT),
                    Column("折价（元）", 24, lambda p: p.value or None, kind=MONEY, total=True),
                    Column("领取人签字\n（手印）", 32),
                    Column("代领人签字\n及关系", 32),
                    Column("领取日期", 22),
                ),
                heads=subject.heads(),
                foot=("负责人", "审核", "发放人（两人）", "监督人", "制表"),
                row=10.5,
            ),
            subject.rows,
        )
