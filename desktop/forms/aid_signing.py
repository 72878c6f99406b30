"""慰问金（补助）发放签领表: every recipient with room for the signature, and for whom it is received by proxy."""

from __future__ import annotations

from desktop.forms.aid_parts import ORDER, VOLUMES, Batch, BatchForm, ordered
from desktop.typeset.form import Option, Options
from desktop.typeset.roster import CENTRE, MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

_NUMBERS = Option("numbers", "印公民身份号码", True)


class Signing(BatchForm):
    """One list for a batch, or one for each branch; page sums, the whole in figures and capitals."""

    title = "发放签领表"
    choices = (ORDER, VOLUMES, _NUMBERS)

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """From the frozen rows, so that it prints the same next year."""
        columns = [
            ORDINAL,
            Column("姓名", 24, lambda p: p.name, kind=NAME),
            Column("所在党支部", 50, lambda p: p.branch, kind=TEXT),
        ]
        if options["numbers"]:
            columns.append(Column("公民身份号码", 38, lambda p: p.id_number, kind=CENTRE))
        columns += [
            Column("类别", 18, lambda p: p.kind, kind=CENTRE),
            Column("金额（元）", 25, lambda p: p.amount, kind=MONEY, total=True),
            Column("本人签字\n（手印）", 30),
            Column("代领人签字\n及关系", 30),
            Column("领取日期", 22),
            Column("备注", 14),
        ]
        sheet.roster(
            Roster(
                f"{subject.name}发放签领表",
                columns,
                heads=subject.heads(),
                summary=(f"发放单位（盖章）：{subject.issuer}　{subject.branch}",),
                foot=("负责人", "审核", "发放人（两人）", "监督人", "制表"),
                row=10.5,
            ),
            ordered(subject.rows, options["order"]),
        )
