"""慰问品发放表: what was handed out, its value, and who received it."""

from __future__ import annotations

from desktop.forms.aid_parts import VOLUMES, Batch, BatchForm
from desktop.typeset.form import Options
from desktop.typeset.roster import MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class Goods(BatchForm):
    """One list for a batch; empty lines for goods that are written in by hand."""

    title = "慰问品发放表"
    choices = (VOLUMES,)

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
