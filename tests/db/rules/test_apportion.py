from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import Refusal
from db.rules.apportion import apportion

weights = st.lists(st.integers(0, 2000), min_size=1, max_size=40).filter(any)


@given(st.integers(0, 500), weights)
def test_shares_add_up_and_stay_within_one_of_the_exact_share(total: int, given: list[int]) -> None:
    shares = apportion(total, given)
    assert sum(shares) == total
    whole = sum(given)
    for share, weight in zip(shares, given, strict=True):
        assert abs(share - total * weight / whole) < 1
        assert weight or not share


@given(st.integers(0, 500), weights)
def test_a_larger_branch_never_gets_less(total: int, given: list[int]) -> None:
    shares = apportion(total, given)
    pairs = sorted(zip(given, shares, strict=True))
    assert [share for _, share in pairs] == sorted(share for _, share in pairs)


@given(st.integers(1, 3), weights, st.integers(0, 200))
def test_the_least_is_kept(least: int, given: list[int], more: int) -> None:
    eligible = sum(1 for w in given if w)
    shares = apportion(least * eligible + more, given, least)
    assert all(share >= least for share, w in zip(shares, given, strict=True) if w)


def test_too_few_places_for_everybody_are_refused() -> None:
    with pytest.raises(Refusal, match="不够"):
        apportion(2, [5, 5, 5], least=1)
    with pytest.raises(Refusal, match="基数都是 0"):
        apportion(2, [0, 0])


def test_fifty_four_places_over_three_committees() -> None:
    assert apportion(54, [6200, 5446, 2564]) == [23, 21, 10]
