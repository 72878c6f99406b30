"""The clerk keeps a fund: money in with receipts, money out, mistakes put right, the year closed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import journal
from db.aiding import ledger
from db.errors import Refusal
from db.registers.fund import Fund, FundBudget, FundEntry
from db.undo import undo
from tests.factories import make
from tests.histories import histories


@pytest.fixture
def fund(office: Any) -> Fund:
    return ledger.open_fund("困难党员救助基金", "relief", 100_000, "2026-01-01")


def test_money_in_and_out_and_the_balance_nobody_types(fund):
    gift = ledger.receive(
        fund, 50_000, "2026-02-01", "society", "捐款", donor="巴图", voucher="收1"
    )
    ledger.spend(fund, 120_000, "2026-03-01", "relief", "春节救助", voucher="付1")
    assert ledger.balance(fund) == 30_000
    assert ledger.balance(fund, "2026-02-15") == 150_000
    assert gift.receipt == "2026-0001"
    assert (
        ledger.receive(fund, 1, "2026-04-01", "units", "捐", donor="甲单位").receipt == "2026-0002"
    )
    assert ledger.receive(fund, 1, "2026-04-01", "fiscal", "拨款").receipt == ""


def test_more_than_there_is_cannot_be_spent_on_any_day(fund):
    with pytest.raises(Refusal, match="余额不足"):
        ledger.spend(fund, 100_001, "2026-03-01", "relief", "超支")
    ledger.receive(fund, 50_000, "2026-06-01", "fiscal", "拨款")
    with pytest.raises(Refusal, match="余额不足"):
        ledger.spend(fund, 120_000, "2026-05-01", "relief", "在拨款以前")
    with pytest.raises(Refusal, match="余额不足"):
        ledger.spend(fund, 1, "2025-12-31", "relief", "在设立以前")
    fund.overdraft = 1
    fund.save()
    ledger.spend(Fund.get_by_id(fund.id), 120_000, "2026-05-01", "relief", "允许垫付")


def test_an_entry_is_never_changed_nor_taken_out_but_mended_by_a_red_one(fund):
    paid = ledger.spend(fund, 40_000, "2026-03-01", "relief", "记错")
    paid.amount = 30_000
    with pytest.raises(Refusal, match="冲销"):
        paid.save()
    paid = FundEntry.get_by_id(paid.id)
    with pytest.raises(Refusal, match="冲销"):
        paid.retire("错了")
    red = ledger.contra(paid, "2026-03-02", "多记", 10_000)
    assert (red.amount, red.contra_of_id, red.kind) == (-10_000, paid.id, "spending")
    assert ledger.balance(fund) == 70_000
    with pytest.raises(Refusal, match=r"最多还能冲销 300\.00"):
        ledger.contra(paid, "2026-03-02", "太多", 30_001)
    ledger.contra(paid, "2026-03-03", "全部冲销")
    assert ledger.balance(fund) == 100_000
    with pytest.raises(Refusal, match="已经全部冲销"):
        ledger.contra(paid, "2026-03-04", "再冲")
    with pytest.raises(Refusal, match="不能再冲销"):
        ledger.contra(red, "2026-03-04", "冲红字", 1)


def test_only_the_last_line_can_be_undone(fund):
    given = ledger.receive(fund, 50_000, "2026-02-01", "fiscal", "拨款")
    ledger.spend(fund, 120_000, "2026-03-01", "relief", "救助")
    operations = journal.operations(10)
    spent = next(o for o in operations if "支出" in o.words)
    came = next(o for o in operations if "拨款" in o.words)
    with pytest.raises(Refusal, match="不能撤销"):
        undo(came.id)
    assert FundEntry.get_by_id(given.id).retired == ""
    taken = undo(spent.id)
    assert ledger.balance(fund) == 150_000
    ledger.spend(fund, 10_000, "2026-03-02", "relief", "另一笔")
    with pytest.raises(Refusal, match="矛盾"):
        undo(taken)


def test_a_closed_year_takes_no_more_entries_and_carries_its_balance_over(fund):
    ledger.spend(fund, 40_000, "2026-03-01", "relief", "救助")
    kept = ledger.close_year(fund, 2026, "2027-01-05")
    assert (kept.opening, kept.income, kept.spending, kept.closing) == (0, 100_000, 40_000, 60_000)
    with pytest.raises(Refusal, match="已经结账"):
        ledger.spend(fund, 1, "2026-12-31", "relief", "补记")
    ledger.spend(fund, 10_000, "2027-02-01", "relief", "来年")
    brought, booked = ledger.day_book(fund, "2027-01-01", "2027-12-31")
    assert (brought, [b.balance for b in booked]) == (60_000, [50_000])
    with pytest.raises(Refusal, match="已经结账"):
        ledger.close_year(fund, 2026)
    with pytest.raises(Refusal, match="先结清 2027"):
        ledger.close_year(fund, 2028)


def test_a_budget_shows_what_its_organization_spent(fund):
    budget = make(FundBudget, fund=fund, year=2026, amount=50_000, purpose="")
    mine = ledger.spend(
        fund, 60_000, "2026-03-01", "meeting", "活动", organization=budget.organization
    )
    ledger.contra(mine, "2026-03-02", "退回", 20_000)
    ledger.spend(fund, 10_000, "2026-03-01", "meeting", "不分单位")
    (line,) = ledger.budgets(fund, 2026)
    assert (line.spent, line.left) == (40_000, 10_000)


steps = st.lists(
    st.tuples(
        st.sampled_from(["in", "out", "contra", "undo"]),
        st.integers(1, 30),
        st.integers(1, 28).map(lambda day: f"2026-02-{day:02}"),
    ),
    max_size=14,
)


@settings(
    max_examples=histories(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_no_history_of_work_brings_a_fund_below_zero(office, history):
    fund = ledger.open_fund(f"基金{FundEntry.select().count()}", "relief", 20, "2026-01-01")
    made: list[FundEntry] = []
    for what, amount, on in history:
        try:
            if what == "in":
                made.append(ledger.receive(fund, amount, on, "fiscal", "收"))
            elif what == "out":
                made.append(ledger.spend(fund, amount, on, "relief", "付"))
            elif what == "contra" and made:
                ledger.contra(made[amount % len(made)], on, "改", amount)
            elif what == "undo":
                last = journal.operations(1)[0]
                if "设立" not in last.words:
                    undo(last.id)
        except Refusal:
            pass
        entries = list(FundEntry.living().where(FundEntry.fund == fund))
        came = sum(e.amount for e in entries if e.kind in ("income", "opening"))
        went = sum(e.amount for e in entries if e.kind == "spending")
        assert ledger.balance(fund) == came - went
        assert all(b.balance >= 0 for b in ledger.day_book(fund)[1])
