"""“光荣在党50年”老党员名单: those whose standing is fifty full years by the first of July."""

from __future__ import annotations

from desktop.forms.aid_parts import Batch, BatchForm, party_years
from desktop.typeset.form import Options
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class FiftyYears(BatchForm):
    """The list of a batch, with the dates that the standing is counted from."""

    title = "“光荣在党50年”老党员名单"

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """党龄 by 1 July of the year, counted from 转正."""
        by = f"{subject.aid.pay_on[:4]}-07-01"
        sheet.roster(
            Roster(
                f"{subject.aid.pay_on[:4]}年“光荣在党50年”老党员名单",
                (
                    ORDINAL,
                    Column("姓名", 26, lambda p: p.name, kind=NAME),
                    Column(
                        "出生年月", 24, lambda p: p.row.born_on[:7].replace("-", "."), kind=CENTRE
                    ),
                    Column("入党时间", 24, lambda p: p.joined_on.replace("-", "."), kind=CENTRE),
                    Column("党龄", 14, lambda p: party_years(p.member, by), kind=CENTRE),
                    Column("所在党支部", 70, lambda p: p.branch, kind=TEXT),
                    Column("公民身份号码", 42, lambda p: p.id_number, kind=CENTRE),
                    Column("联系电话", 28, lambda p: p.phone, kind=CENTRE),
                    Column("领取人签字", 28),
                ),
                heads=(f"填报单位（盖章）：{subject.issuer}", subject.heads()[1]),
                foot=("负责人", "审核", "制表"),
                row=8.5,
            ),
            subject.rows,
        )
