"""贴息贷款、互助借款: principal, lender, term, rate, instalments, what came back (docs/systems.md 14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import (
    Choice,
    Flag,
    IdNumber,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Score,
    Text,
)
from db.record import Record
from db.registers.fund import Fund, FundEntry
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import amount as money
from db.rules import dates


class Loan(Record):
    """One loan to one borrower."""

    name = Name("借款人", required=True, width=8)
    kind = Choice("贷款类别", "loan_kind", required=True, default="subsidised", width=8)
    member = Reference("党员", Member, backref="loans", width=8, help_text="不是党员的空着")
    organization = Reference("所在党支部", Organization, width=22)
    id_number = IdNumber("公民身份号码")
    phone = Phone("联系电话")
    lender = Text(
        "贷款单位", max_length=60, width=18, help_text="发放贷款的银行、信用社；互助借款空着"
    )
    fund = Reference("资金", Fund, help_text="互助借款从哪里出借；贴息贷款从哪里贴息")
    project = Text("产业项目", max_length=100, width=20)
    helps = Text("带动农牧户", max_length=100, help_text="如：带动 6 户发展肉羊养殖")
    principal = Money("贷款金额", required=True, minimum=1)
    rate = Score("年利率", minimum=0, maximum=3600, unit="%", default=0)
    subsidised = Score("贴息比例", minimum=0, maximum=10000, unit="%", default=0)
    months = Number("期限", required=True, minimum=1, maximum=360, unit="个月")
    way = Choice("还款办法", "repay_way", required=True, default="quarterly", width=14)
    asked_on = PartialDate("申请日期")
    approved_on = PartialDate("批准日期")
    lent_on = PartialDate("放款日期")
    contract = Text("合同编号", max_length=40)
    guarantor = Name("担保人", searched="")
    settled = Flag("已结清", help_text="还清时由程序勾选")
    settled_on = PartialDate("结清日期")
    entry = Reference("出借账目", FundEntry)
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        member_id: int | None
        organization_id: int | None
        fund_id: int | None
        entry_id: int | None

    class Meta:
        label = "贷款"
        section = "关爱帮扶"
        order = 93

    def check(self) -> list[Fault]:
        """What the member's record knows is taken from there, for a new row only."""
        if self.__data__.get("id") is None and self.member_id:
            self.name = self.member.name
            self.organization = self.organization_id or self.member.organization_id
            self.id_number = self.id_number or self.member.id_number
            self.phone = self.phone or self.member.phone
        return super().check()

    def faults(self) -> Iterator[Fault]:
        """Lent on a day, and not changed once instalments stand."""
        if self.lent_on and len(self.lent_on) != 10:
            yield Fault("lent_on", "放款日期请写到日")
        if self.settled_on and self.lent_on and self.settled_on < self.lent_on:
            yield Fault("settled_on", "结清日期早于放款日期")
        if self.__data__.get("id") is None:
            return
        kept = Loan.get_or_none(Loan.id == self.id)
        if kept is None or not LoanInstalment.living().where(LoanInstalment.loan == self).exists():
            return
        for name in ("principal", "rate", "subsidised", "months", "way", "lent_on"):
            if getattr(kept, name) != getattr(self, name):
                label = Loan._meta.fields[name].label
                yield Fault(name, f"已经放款，“{label}”不能再改")

    def title(self) -> str:
        return f"{self.name} {money.show(self.principal or 0)} 元"

    def subtitle(self) -> str:
        return code_list("loan_kind").label_of(self.kind)

    @property
    def due_on(self) -> str:
        """The day the last instalment falls due; "" before it was lent."""
        return dates.add_months(self.lent_on, self.months or 0) if self.lent_on else ""


class LoanInstalment(Record):
    """还款计划: what falls due on a day; written when the loan is paid out."""

    loan = Reference("贷款", Loan, required=True, backref="instalments")
    number = Number("期次", required=True, minimum=1)
    due_on = PartialDate("应还日期", required=True)
    principal = Money("应还本金", required=True)
    interest = Money("利息", required=True)
    subsidy = Money("其中贴息", default=0)

    if TYPE_CHECKING:
        loan_id: int

    class Meta:
        label = "还款计划"
        detail_of = Loan

    def title(self) -> str:
        return f"{self.loan.name}第 {self.number} 期"


class LoanRepayment(Record):
    """还款记录: what the borrower paid on a day."""

    loan = Reference("贷款", Loan, required=True, backref="repayments")
    on = PartialDate("还款日期", required=True, column_name="paid_on")
    principal = Money("归还本金", required=True, default=0)
    interest = Money("支付利息", default=0)
    voucher = Text("凭证号", max_length=30)
    entry = Reference("账目", FundEntry)
    notes = Text("备注", max_length=200)

    if TYPE_CHECKING:
        loan_id: int

    class Meta:
        label = "还款记录"
        detail_of = Loan

    def title(self) -> str:
        return f"{self.loan.name} {self.on} 还款"
