"""Every number of the county's report, computed from single rows when asked (docs/systems.md 41).

A file in this folder with `SECTION`, `ORDER`, `measures(scope)` (numbers) and `drafts(scope)` (tables
that can be made) adds them to the report; nothing lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.statistics.figure import Figure, Measure
    from db.statistics.scope import Scope


@cache
def modules() -> tuple[Any, ...]:
    """Everything in this folder."""
    return tuple(
        importlib.import_module(f"{__name__}.{entry.name}")
        for entry in pkgutil.iter_modules(__path__)
    )


@cache
def sections() -> tuple[Any, ...]:
    """The modules that count something, in the order of the report."""
    counting = [module for module in modules() if hasattr(module, "SECTION")]
    return tuple(sorted(counting, key=lambda module: (module.ORDER, module.__name__)))


def measures(scope: Scope | None = None) -> dict[str, list[Measure]]:
    """The numbers by section."""
    from db.statistics.scope import Scope as Whole

    chosen = scope or Whole()
    return {module.SECTION: list(module.measures(chosen)) for module in sections()}


def figures(scope: Scope | None = None, only: Collection[str] = ()) -> dict[str, list[Figure]]:
    """The tables by section; `only` names those that are wanted, by id."""
    from db.statistics.scope import Scope as Whole

    chosen = scope or Whole()
    return {
        module.SECTION: [d.make() for d in module.drafts(chosen) if not only or d.id in only]
        for module in sections()
    }


def section(name: str, scope: Scope | None = None) -> tuple[list[Measure], list[Figure]]:
    """The numbers and the tables of one section."""
    from db.statistics.scope import Scope as Whole

    chosen = scope or Whole()
    module = next(one for one in sections() if name == one.SECTION)
    return list(module.measures(chosen)), [draft.make() for draft in module.drafts(chosen)]


def stats(scope: Scope | None = None) -> dict[str, int]:
    """Every number by its key; amounts of money in 分."""
    return {m.key: m.value for section in measures(scope).values() for m in section}
