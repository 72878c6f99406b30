"""A schedule's parts add up to the loan, to the last 分."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from db.rules.loans import schedule, state

LENT = "2026-01-31"
loans = st.tuples(
    st.integers(1, 10**9), st.integers(0, 3600), st.integers(1, 60), st.sampled_from([0, 1, 3]),
    st.booleans(), st.integers(0, 10_000),
)  # fmt: skip


def made(loan):
    principal, rate, months, every, even, subsidised = loan
    return schedule(principal, rate, months, LENT, every, even=even, subsidised=subsidised)


@given(loans)
def test_the_parts_add_up(loan):
    dues = made(loan)
    principal, rate, months, _, _, subsidised = loan
    assert sum(due.principal for due in dues) == principal
    assert all(due.principal >= 0 and due.interest >= 0 for due in dues)
    assert all(0 <= due.subsidy <= due.interest + 1 for due in dues)
    total = sum(due.interest for due in dues)
    assert abs(sum(due.subsidy for due in dues) - total * subsidised / 10_000) <= 0.5
    assert total <= principal * rate * months / 120_000 + 0.5
    assert [due.on for due in dues] == sorted({due.on for due in dues})


@given(loans, st.data())
def test_paying_every_instalment_leaves_nothing_late_or_owed(loan, data):
    dues = made(loan)
    paid = [(due.on, due.principal, due.interest - due.subsidy) for due in dues]
    on = data.draw(st.sampled_from([due.on for due in dues]))
    now = state(dues, paid, on)
    assert (now.overdue, now.late_since) == (0, "")
    assert state(dues, paid, "2099-12-31").principal_left == 0
    if dues[0].owed:
        assert state(dues, [], "2099-12-31").late_since == dues[0].on


def test_a_loan_of_fifty_thousand_at_four_and_a_third():
    dues = schedule(5_000_000, 435, 12, LENT, 3, subsidised=5000)
    assert [due.on for due in dues] == ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31"]
    assert [due.interest for due in dues] == [54_375] * 4
    assert sum(due.subsidy for due in dues) == 108_750
    assert [due.principal for due in dues] == [0, 0, 0, 5_000_000]
