"""Offices without a database, by the thousand merges: all agree in the end and nothing said is lost."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.offices import memory


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1 << 32), townships=st.integers(1, 5), steps=st.integers(1, 300))
def test_offices_in_memory_agree_in_the_end(seed: int, townships: int, steps: int) -> None:
    offices = memory.Offices(seed, townships)
    for _ in range(steps):
        offices.step()
    offices.rest()


def test_three_thousand_merges_of_one_seed() -> None:
    assert memory.run(1, 3_000) >= 3_000


@pytest.mark.parametrize("seed", [3000531, 1001046, 7002221, 3001400])
def test_decisions_that_cross_and_words_that_come_twice(seed: int) -> None:
    """Worlds that ended with two values: each took the other's; what was told before a question
    was not named after it; what was taken meanwhile was not named."""
    offices = memory.Offices(seed)
    for _ in range(offices.chance.randint(50, 400)):
        offices.step()
    offices.rest()


@pytest.mark.slow
def test_merges_by_the_hundred_thousand() -> None:
    memory.run(int(os.environ.get("ZHENGYOU_FAULT_SEED", "2")), 300_000)
