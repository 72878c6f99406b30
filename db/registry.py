"""Finds every register by its file, checks it, and orders it; the only place that knows "all"."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from peewee import sort_models  # type: ignore[attr-defined]

import db.registers
from db import access
from db.columns import columns_of
from db.errors import Refusal
from db.record import Record, snake


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its file's stem, its root model and the details that hang from it."""

    stem: str
    model: type[Record]
    details: tuple[type[Record], ...]
    module: ModuleType

    @property
    def label(self) -> str:
        """What the office calls this register."""
        return str(self.model._meta.label)

    @property
    def section(self) -> str:
        """The heading it stands under in the sidebar."""
        return str(self.model._meta.section)

    @property
    def order(self) -> int:
        """Its place within all registers."""
        return int(self.model._meta.order)

    @property
    def models(self) -> tuple[type[Record], ...]:
        """The root and its details."""
        return (self.model, *self.details)


#: Names that every record has; a column of that name would hide them.
_TAKEN = frozenset(dir(Record))

_found: tuple[Register, ...] | None = None


def registers() -> tuple[Register, ...]:
    """All registers, in the order of the sidebar; a broken file raises, with its name."""
    global _found
    if _found is None:
        _found = _walk()
    return _found


def forget() -> None:
    """Look at the folder again next time; for a register that was dropped in."""
    global _found
    _found = None


def register(stem: str) -> Register:
    """The register with this stem; KeyError if there is none."""
    for found in registers():
        if found.stem == stem:
            return found
    raise KeyError(stem)


def asked(stem: str) -> Register:
    """The register that a person named; refuses with the list of those there are."""
    try:
        return register(stem)
    except KeyError:
        known = "、".join(f"{each.stem}（{each.label}）" for each in registers())
        raise Refusal(f"没有“{stem}”这个台账，有：{known}。") from None


def models() -> list[type[Record]]:
    """Every model of every register, those that others refer to first."""
    return list(_in_order(registers()))


@cache
def _in_order(found: tuple[Register, ...]) -> tuple[type[Record], ...]:
    return tuple(sort_models([m for r in found for m in r.models]))


def model_of(table: str) -> type[Record]:
    """The model that keeps its rows in this table; KeyError if there is none."""
    for found in registers():
        for model in found.models:
            if model.stem() == table:
                return model
    raise KeyError(table)


def stem_of(model: type[Record]) -> str:
    """The stem of the register that this model belongs to."""
    return str((model._meta.detail_of or model)._meta.table_name)


def _walk() -> tuple[Register, ...]:
    found = [
        _read(info.name)
        for info in pkgutil.iter_modules(db.registers.__path__)
        if not info.name.startswith("_")
    ]
    labels: dict[str, str] = {}
    for one in found:
        for model in one.models:
            label = model._meta.label
            if not label:
                raise ValueError(f"db/registers/{one.stem}.py: {model.__name__} has no label")
            if label in labels:
                raise ValueError(f"db/registers/{one.stem}.py: label {label} is {labels[label]}'s")
            labels[label] = model.__name__
        if one.model._meta.managed:
            access.keep_for_managers(one.stem)
    return tuple(sorted(found, key=lambda r: (r.order, r.stem)))


def _read(stem: str) -> Register:
    module = importlib.import_module(f"db.registers.{stem}")
    own = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Record)
        and value.__module__ == module.__name__
    ]
    roots = [m for m in own if m._meta.detail_of is None]
    where = f"db/registers/{stem}.py"
    if len(roots) != 1:
        raise ValueError(f"{where}: has {len(roots)} root models, one is needed")
    if snake(roots[0].__name__) != stem:
        raise ValueError(
            f"{where}: its root is called {roots[0].__name__}, the stem says otherwise"
        )
    for model in own:
        for field in columns_of(model):
            if not field.verbose_name:
                raise ValueError(f"{where}: {model.__name__}.{field.name} has no label")
            if field.name in _TAKEN:
                raise ValueError(
                    f"{where}: {model.__name__}.{field.name} hides what every record has"
                )
            _check_reference(where, model, field)
    details = tuple(m for m in own if m is not roots[0])
    return Register(stem, roots[0], details, module)


def _check_reference(where: str, model: type[Record], field: Any) -> None:
    target = getattr(field, "rel_model", None)
    if target is not None and not target.__module__.startswith("db.registers."):
        raise ValueError(f"{where}: {model.__name__}.{field.name} points out of the registers")
