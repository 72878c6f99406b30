"""建国前老党员名单: those who joined before 1 October 1949, in the order of joining."""

from __future__ import annotations

from desktop.forms.aid_parts import Batch, BatchForm, Paid, age
from desktop.typeset.form import Options
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

#: Before this day a member is one of before the founding of the state.
_FOUNDED = "1949-10-01"


class Before1949(BatchForm):
    """The old members of a batch, with birth, joining and how to reach them."""

    title = "建国前老党员名单"

    def compose(self, sheet: Sheet, subject: Batch, options: Options) -> None:
        """Who joined first stands first."""
        old = [p for p in subject.rows if p.joined_on and p.joined_on < _FOUNDED]
        day = subject.aid.pay_on
        sheet.roster(
            Roster(
                "建国前入党老党员名单",
                (
                    ORDINAL,
                    Column("姓名", 26, lambda p: p.name, kind=NAME),
                    Column("性别", 12, lambda p: _sex(p), kind=CENTRE),
                    Column(
                        "出生年月", 22, lambda p: p.row.born_on[:7].replace("-", "."), kind=CENTRE
                    ),
                    Column("年龄", 12, lambda p: age(p.row.born_on, day), kind=CENTRE),
                    Column("入党时间", 24, lambda p: p.joined_on.replace("-", "."), kind=CENTRE),
                    Column("所在党支部", 64, lambda p: p.branch, kind=TEXT),
                    Column("公民身份号码", 40, lambda p: p.id_number, kind=CENTRE),
                    Column("联系电话", 26, lambda p: p.phone, kind=CENTRE),
                    Column("备注", 18),
                ),
                heads=(f"填报单位（盖章）：{subject.issuer}", subject.heads()[1]),
                foot=("负责人", "审核", "制表"),
                row=8.5,
            ),
            sorted(old, key=lambda p: (p.joined_on, p.row.id)),
        )


def _sex(paid: Paid) -> str:
    from db.codes import code_list

    return code_list("sex").label_of(paid.row.sex) if paid.row.sex else ""
