"""绩效补贴发放表: who earned it by what, how much, signed."""

from __future__ import annotations

from desktop.forms.aid_parts import Batch, BatchForm
from desktop.typeset.form import Options
from desktop.typeset.roster import MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class Performance(BatchForm):
    """The list of a batch with the ground of each payment."""

    title = "绩效补贴发放表"

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """The ground as the rule found it."""
        sheet.roster(
            Roster(
                f"{subject.name}发放表",
                (
                    ORDINAL,
                    Column("姓名", 26, lambda p: p.name, kind=NAME),
                    Column("所在党支部", 52, lambda p: p.branch, kind=TEXT),
                    Column("发放依据", 64, lambda p: _ground(p.row.basis), kind=TEXT),
                    Column("标准（元）", 24, lambda p: p.standard, kind=MONEY),
                    Column("金额（元）", 24, lambda p: p.amount, kind=MONEY, total=True),
                    Column("签字", 30),
                    Column("备注", 18),
                ),
                heads=subject.heads(),
                foot=("负责人", "审核", "经办", "制表"),
                row=9.0,
            ),
            subject.rows,
        )


def _ground(basis: str) -> str:
    """What the payment rests on; the amount stands in a column of its own."""
    return basis.rpartition("；")[0] or basis
