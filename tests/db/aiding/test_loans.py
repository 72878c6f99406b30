"""Loans are paid out, paid back, late and settled; a mutual one moves its fund."""

from __future__ import annotations

from datetime import date

import pytest

from db.aiding import ledger, loans, paying
from db.errors import Refusal
from db.registers.loan import Loan
from db.statistics.due import due
from tests.factories import kept


def test_a_subsidised_loan_is_late_and_then_settled(scene):
    loan = kept(Loan, member=scene.members[0], principal=5_000_000, rate=435, subsidised=5000,
                months=12, lender="农村信用社")  # fmt: skip
    assert loan.name == "巴图"
    assert len(loans.pay_out(loan, "2026-01-10")) == 4
    assert loan.due_on == "2027-01-10"
    assert loans.late("2026-04-09") == []
    ((late, at),) = loans.late("2026-05-01")
    assert (late.id, at.late_since, at.overdue) == (loan.id, "2026-04-10", 27_187)
    loans.repay(loan, "2026-05-02", 0, 27_187)
    assert loans.late("2026-05-02") == []
    loan.months = 24
    with pytest.raises(Refusal, match="已经放款"):
        loan.save()
    loan = Loan.get_by_id(loan.id)
    with pytest.raises(Refusal, match="只剩"):
        loans.repay(loan, "2026-06-01", 5_000_001)
    loans.repay(loan, "2026-06-01", 5_000_000)
    assert Loan.get_by_id(loan.id).settled_on == "2026-06-01"


def test_a_mutual_loan_goes_through_its_fund(scene):
    loan = kept(Loan, name="其其格", kind="mutual", principal=60_000, months=6, way="once",
                fund=scene.fund)  # fmt: skip
    loans.pay_out(loan, "2026-02-01")
    assert ledger.balance(scene.fund) == 40_000
    with pytest.raises(Refusal, match="已经放款"):
        loans.pay_out(loan, "2026-02-02")
    loans.repay(Loan.get_by_id(loan.id), "2026-07-01", 60_000)
    assert ledger.balance(scene.fund) == 100_000
    rich = kept(Loan, name="其其格", kind="mutual", principal=100_001, months=6, fund=scene.fund)
    with pytest.raises(Refusal, match="余额不足"):
        loans.pay_out(rich, "2026-08-01")


def test_what_waits_is_told_on_the_home_page(scene):
    loan = kept(Loan, member=scene.members[0], principal=5_000_000, rate=435, months=12)
    loans.pay_out(loan, "2026-01-10")
    paying.freeze(scene.approved())
    told = {each.key: each for each in due(date(2026, 7, 15))}
    assert told["loan_late"].ids == (loan.id,)
    assert told["aid_open"].late == 1
    assert {"loan_late", "aid_open"} & {each.key for each in due(date(2026, 1, 20))} == set()
