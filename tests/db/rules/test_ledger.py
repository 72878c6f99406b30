"""The balance is income less spending at every moment, whatever the order in which it was entered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from db.rules.ledger import Line, balance, effect, mendable, running, shortfall

days = st.dates().map(lambda day: day.isoformat())
amounts = st.integers(1, 10**9)
ledgers = st.lists(st.tuples(days, st.sampled_from(["in", "out"]), amounts), max_size=30).map(
    lambda rows: [Line(on, n, effect(a, side)) for n, (on, side, a) in enumerate(rows)]
)


@given(ledgers, st.randoms())
def test_the_balance_is_what_came_in_less_what_went_out_at_every_moment(lines, random):
    expected = running(lines)
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert running(shuffled) == expected
    for line, after in expected:
        assert after == sum(other.effect for other in lines if other <= line)
    assert balance(lines) == sum(line.effect for line in lines)


@given(ledgers)
def test_an_entry_is_taken_only_when_no_moment_falls_below_zero(lines):
    kept: list[Line] = []
    for line in lines:
        if shortfall(kept, line) is None:
            kept.append(line)
        assert all(after >= 0 for _, after in running(kept))


@given(amounts, st.lists(st.integers(1, 10**9), max_size=6))
def test_what_was_taken_back_is_no_longer_mendable(amount, taken):
    assert mendable(amount, [-one for one in taken]) == amount - sum(taken)


def test_a_spending_dated_back_is_refused_for_the_day_on_which_the_money_is_missing():
    lines = [Line("2026-01-01", 1, 1000), Line("2026-06-01", 2, -900), Line("2026-07-01", 3, 5000)]
    found = shortfall(lines, Line("2026-03-01", 4, -200))
    assert found is not None
    assert (found.on, found.balance) == ("2026-06-01", -100)
