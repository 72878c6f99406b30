"""The word lists and the shape of the training county, read from `resources/demonstration/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from random import Random
from typing import Any


@cache
def words(name: str) -> dict[str, Any]:
    """One list of words (people, places, county), as its file has it."""
    path = resources.files("resources").joinpath("demonstration", f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def figures() -> dict[str, int]:
    """The numbers that the whole training county shows, by name."""
    return dict(words("county")["figures"])


def stream(seed: int, *topic: object) -> Random:
    """Chance for one topic: the same seed and topic always give the same draws."""
    return Random("/".join(str(part) for part in (seed, *topic)))


class Weighted:
    """Things that occur more or less often: written as "王 86" lines or (thing, weight) pairs."""

    def __init__(self, items: Iterable[str | tuple[str, float]]) -> None:
        pairs = [
            (item.split()[0], float(item.split()[1])) if isinstance(item, str) else item
            for item in items
        ]
        self._things = [thing for thing, _ in pairs]
        self._heights = list(accumulate(weight for _, weight in pairs))

    def draw(self, rng: Random) -> str:
        """One of the things."""
        return rng.choices(self._things, cum_weights=self._heights)[0]


def spread(
    rng: Random, total: int, count: int, smallest: int, largest: int, uneven: float = 0.55
) -> list[int]:
    """`count` sizes between the bounds that add up to `total`, as uneven as life has them."""
    return share_out(
        total, [rng.lognormvariate(0.0, uneven) for _ in range(count)], smallest, largest
    )


def share_out(
    total: int, weights: Sequence[float], smallest: int = 0, largest: int = 1 << 60
) -> list[int]:
    """`total` split by weights into whole numbers within the bounds."""
    if not smallest * len(weights) <= total <= largest * len(weights):
        raise ValueError(f"{total} cannot be split into {len(weights)} parts")
    whole = sum(weights)
    sizes = [min(largest, max(smallest, round(total * weight / whole))) for weight in weights]
    order = sorted(range(len(sizes)), key=lambda i: -weights[i])
    left = total - sum(sizes)
    while left:
        step = 1 if left > 0 else -1
        for i in order:
            if left and smallest <= sizes[i] + step <= largest:
                sizes[i] += step
                left -= step
    return sizes
