"""贷款: paid out with its schedule, paid back, overdue or settled; mutual loans go through their fund."""

from __future__ import annotations

from db import journal
from db.aiding import ledger
from db.codes import code_list
from db.errors import Refusal
from db.registers.loan import Loan, LoanInstalment, LoanRepayment
from db.rules import dates
from db.rules.amount import show
from db.rules.loans import Due, State, schedule, state


def plan(loan: Loan, lent_on: str) -> list[Due]:
    """The instalments of a loan if it were paid out on a day."""
    way = code_list("repay_way")[loan.way]
    return schedule(
        loan.principal or 0,
        loan.rate or 0,
        loan.months or 0,
        lent_on,
        int(way.extra["every"]),
        even=way.is_marked("even"),
        subsidised=loan.subsidised or 0,
    )


def pay_out(loan: Loan, on: str) -> list[LoanInstalment]:
    """放款: the schedule is written down; a mutual loan is booked out of its fund."""
    day = dates.parse(on)
    if len(day) != 10:
        raise Refusal("放款日期请写到日。")
    if LoanInstalment.living().where(LoanInstalment.loan == loan).exists():
        raise Refusal(f"{loan.name}的贷款已经放款。")
    with journal.operation(f"放款：{loan.name} {show(loan.principal or 0)} 元", kind="lend"):
        if code_list("loan_kind")[loan.kind].is_marked("lent"):
            if loan.fund is None:
                raise Refusal("互助借款请先选择出借的资金。")
            loan.entry = ledger.spend(
                loan.fund, loan.principal or 0, day, "", f"借给{loan.name}", kind="lent",
                voucher=loan.contract[:30],
            )  # fmt: skip
        loan.lent_on = day
        loan.save()
        for due in plan(loan, day):
            LoanInstalment(
                loan=loan, number=due.number, due_on=due.on, principal=due.principal,
                interest=due.interest, subsidy=due.subsidy,
            ).save()  # fmt: skip
    return instalments(loan)


def instalments(loan: Loan) -> list[LoanInstalment]:
    """The schedule in order."""
    rows = LoanInstalment.living().where(LoanInstalment.loan == loan.id)
    return list(rows.order_by(LoanInstalment.number))


def repay(loan: Loan, on: str, principal: int, interest: int = 0, voucher: str = "") -> State:
    """还款: noted, booked into the fund of a mutual loan; the last one settles the loan."""
    day = dates.parse(on)
    if len(day) != 10:
        raise Refusal("还款日期请写到日。")
    if principal < 0 or interest < 0 or not principal + interest:
        raise Refusal("还款金额应大于零。")
    left = where(loan, day).principal_left
    if not instalments(loan):
        raise Refusal(f"{loan.name}的贷款还没有放款。")
    if principal > left:
        raise Refusal(f"本金只剩 {show(left)} 元，不能还 {show(principal)} 元。")
    with journal.operation(f"还款：{loan.name} {show(principal + interest)} 元", kind="repay"):
        entry = None
        if loan.entry is not None:
            entry = ledger.receive(
                loan.fund, principal + interest, day, "", f"{loan.name}还款", kind="repaid",
                voucher=voucher,
            )  # fmt: skip
        LoanRepayment(
            loan=loan, on=day, principal=principal, interest=interest, voucher=voucher, entry=entry
        ).save()
        if principal == left:
            loan.settled, loan.settled_on = 1, day
            loan.save()
    return where(loan, day)


def where(loan: Loan, on: str = "") -> State:
    """Where a loan stands on a day: due, paid, principal left, late since when."""
    dues = [
        Due(row.number, row.due_on, row.principal, row.interest, row.subsidy or 0)
        for row in instalments(loan)
    ]
    rows = LoanRepayment.living().where(LoanRepayment.loan == loan.id)
    paid = [(row.on, row.principal or 0, row.interest or 0) for row in rows]
    return state(dues, paid, on or dates.today())


def late(on: str = "") -> list[tuple[Loan, State]]:
    """Loans with an instalment that was due and is not paid, the longest first."""
    day = on or dates.today()
    found = [
        (loan, where(loan, day))
        for loan in Loan.living().where(Loan.settled == 0, Loan.lent_on != "")
    ]
    return sorted(
        ((loan, at) for loan, at in found if at.late_since), key=lambda pair: pair[1].late_since
    )
