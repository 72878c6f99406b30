"""The inputs that fuzzing kept, and some drawn ones, give a refusal in words or keep every promise."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.__main__ import seeds
from tests.fuzz.targets import TARGETS

#: Drawn inputs a target, beside the kept ones.
DRAWN = {
    "packet": 1500, "body": 1500, "receipt": 150, "container": 300, "import": 150, "whole": 8,
}  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_kept_and_drawn_inputs_break_nothing(target: str) -> None:
    chance = Random(20261128)
    for data in seeds(target)[:: 10 if target == "whole" else 1]:
        TARGETS[target](data)
    for _ in range(DRAWN[target]):
        TARGETS[target](chance.randbytes(chance.randint(1, 60)))
