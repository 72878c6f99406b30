"""贴息贷款审批表: the borrower, the project, the loan, the opinions of branch, committee, 组织部 and bank."""

from __future__ import annotations

from typing import Any

from db.office_settings import in_capitals
from db.registers.loan import Loan
from db.rules import dates
from db.rules.amount import show
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet


class LoanApproval(Form):
    """One loan each."""

    of = Loan
    title = "贴息贷款审批表"
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (BLANK,)

    def compose(self, sheet: Sheet, subject: Loan, options: Options) -> None:
        """The amount in capitals beside its figures; the opinions left for the pen."""
        loan = subject
        sheet.title("产业带头人贴息贷款审批表" if loan.kind == "subsidised" else "互助借款审批表")
        number = f"合同编号：{loan.contract}" if loan.contract else ""
        sheet.heads(f"申请日期：{dates.show(loan.asked_on, 'chinese')}", number)
        with sheet.grid(13, 22, 36, 24, 34, 22, 27, row=11) as grid:
            grid.reserve = 9
            row = grid.row().label("借款人", 2).name(loan.name)
            row.label("身份证号").cell(loan.id_number, 3)
            branch = loan.organization.name if loan.organization is not None else ""
            row = grid.row().label("所在党支部", 2).cell(branch, 2, align="left")
            row.label("联系电话").cell(loan.phone, 2)
            row = grid.row().label("产业项目", 2).cell(loan.project, 2, align="left")
            row.label("带动农牧户").cell(loan.helps, 2, align="left")
            amount = f"{in_capitals(loan.principal or 0)}（￥{show(loan.principal or 0)}）"
            grid.row().label("贷款金额", 2).cell(amount, 5, align="left")
            row = grid.row().label("贷款单位", 2).cell(loan.lender, 2, align="left")
            row.label("期限").cell(f"{loan.months} 个月", 2)
            row = grid.row().label("年利率", 2).cell(f"{Loan.rate.show(loan.rate)}%")
            row.label("贴息比例").cell(f"{Loan.subsidised.show(loan.subsidised)}%")
            row.label("担保人").name(loan.guarantor)
            grid.row().label("还款办法", 2).cell(Loan.way.show(loan.way), 5, align="left")
            for label, sign in (
                ("支部意见", "支部书记（签字）："),
                ("党委意见", "负责人（签字）："),
                ("组织部意见", "负责人（签字）："),
                ("贷款单位意见", "负责人（签字）："),
            ):
                _opinion(grid, label, sign)
        sheet.note("注：本表一式三份，党委、组织部和贷款单位各存一份。")


def _opinion(grid: Any, label: str, sign: str) -> None:
    grid.row(fill=1).label(label, upright=True).opinion("", 6, sign=sign)
