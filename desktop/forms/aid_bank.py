"""银行代发清单: names, numbers and accounts as the bank wants them."""

from __future__ import annotations

from desktop.forms.aid_parts import Batch, BatchForm
from desktop.typeset.form import Options
from desktop.typeset.roster import CENTRE, MONEY, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class BankList(BatchForm):
    """One list for the bank; the same rows leave as a workbook with text cells."""

    title = "银行代发清单"

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """Full numbers: the list stays between the office and the bank."""
        sheet.roster(
            Roster(
                f"{subject.name}银行代发清单",
                (
                    ORDINAL,
                    Column("姓名", 26, lambda p: p.name, kind=NAME),
                    Column("公民身份号码", 42, lambda p: p.id_number, kind=CENTRE),
                    Column("开户行（支行）", 52, lambda p: p.bank, kind=TEXT),
                    Column("账号", 50, lambda p: p.account, kind=CENTRE),
                    Column("金额（元）", 26, lambda p: p.amount, kind=MONEY, total=True),
                    Column("备注", 22),
                ),
                heads=subject.heads(),
                foot=("负责人", "审核", "经办", "银行经办（盖章）"),
                row=7.6,
            ),
            subject.rows,
        )
