"""Numbers that schemes draw from other registers; each file here serves some, found by walking.

A module has `SOURCES`: {source name: (label, function)}; the function gets a `Drawing` and returns
{member or organization id: number}. A source that no file serves is typed by hand. What stands after
a colon (“rounds.mean:base_60”) is handed to the function as its parameter.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from db.rating.periods import Span


@dataclass(frozen=True, slots=True)
class Drawing:
    """For whom a number is asked, over which days, and the parameter of the source."""

    ids: Sequence[int]
    span: Span
    parameter: str = ""


Draw = Callable[[Drawing], Mapping[int, Fraction | int]]


@cache
def sources() -> dict[str, tuple[str, Draw]]:
    """Every source there is: its name, what people call it, and how it is drawn."""
    found: dict[str, tuple[str, Draw]] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, (label, draw) in module.SOURCES.items():
            if name in found:
                raise ValueError(f"db/rating/sources/{info.name}.py: {name} is served twice")
            found[name] = (label, draw)
    return found


def draw(source: str, ids: Sequence[int], span: Span) -> Mapping[int, Fraction | int] | None:
    """The numbers of a source; None when no register serves it."""
    name, _, parameter = source.partition(":")
    found = sources().get(name)
    return found[1](Drawing(ids, span, parameter)) if found else None


def label_of(source: str) -> str:
    """What people call a source; its name when no register serves it yet."""
    found = sources().get(source.partition(":")[0])
    return found[0] if found else source
