"""A county and its townships with faults of every kind, moved by a seed: rows 64 and 65 of the matrix."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.offices import soak
from tests.offices.world.county import World
from tests.offices.world.mix import STEPS
from tests.offices.world.rest import rest


class Offices(RuleBasedStateMachine):
    """Steps in any order; at the end all come to rest and every oracle holds."""

    @initialize(seed=st.integers(0, 2**32))
    def found(self, seed: int) -> None:
        self.place = tempfile.TemporaryDirectory(dir=soak.memory())
        self.world = World(Path(self.place.name), seed, 5)

    @rule(name=st.sampled_from(sorted(STEPS)))
    def step(self, name: str) -> None:
        self.world.step(STEPS[name])

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                rest(self.world)
            finally:
                self.world.close()
                self.place.cleanup()


def run(runs: int, steps: int, *, drawn: bool) -> None:
    Offices.TestCase.settings = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not drawn,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    Offices.TestCase().runTest()


def test_row_64_five_townships_in_any_order_agree_in_the_end() -> None:
    run(2, 40, drawn=False)


@pytest.mark.slow
def test_row_64_for_long() -> None:
    run(40, 150, drawn=True)


def test_row_64_a_life_of_the_soak() -> None:
    soak.live("1 2", 120)


def test_row_65_the_same_seed_leaves_the_same_trace() -> None:
    assert soak.live("7 3", 50) == soak.live("7 3", 50)
