"""Which registers travel, and what their columns look like to a packet; read from the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import peewee

from db import registry
from db.codes import code_list
from db.exchange.plan import Follow, Shape
from db.record import Record

#: Ours alone: the key and owner stand in the line itself, saves are counted by each side.
_BOOKKEEPING = frozenset({"id", "office", "version"})


def travels(model: type[Record]) -> str:
    """How the rows of a model travel: "up", "both" or "" (see `Record.Meta`)."""
    return str((model._meta.detail_of or model)._meta.travels)


def models() -> list[type[Record]]:
    """Every model whose rows travel, those that others refer to first."""
    return list(_travelling(tuple(registry.models())))


@cache
def _travelling(among: tuple[type[Record], ...]) -> tuple[type[Record], ...]:
    return tuple(model for model in among if travels(model))


@cache
def columns(model: type[Record]) -> Mapping[str, Any]:
    """The travelling columns of a model by their name in the table."""
    return {f.column_name: f for f in model._meta.sorted_fields if f.name not in _BOOKKEEPING}


def shape(field: Any) -> Shape:
    """What one column may hold."""
    number = field.field_type in {"BIGINT", "INT", "INTEGER", "SMALLINT"} or isinstance(
        field, peewee.ForeignKeyField
    )
    target = field.rel_model.stem() if isinstance(field, peewee.ForeignKeyField) else ""
    default = field.default() if callable(field.default) else field.default
    return Shape(number, bool(field.null), target, field.db_value(default))


def shapes() -> dict[str, Mapping[str, Shape]]:
    """All travelling tables."""
    return {model.stem(): table(model) for model in models()}


@cache
def table(model: type[Record]) -> Mapping[str, Shape]:
    """What the travelling columns of one table may hold."""
    onward = {model._meta.fields[name].column_name: steps for name, steps in model._meta.onward}
    return {
        name: replace(shape(field), onward=onward.get(name, ()))
        for name, field in columns(model).items()
    }


@cache
def told_by(model: type[Record]) -> tuple[str, ...]:
    """The columns by which a person entered twice is known; the first of them is never blank then."""
    return tuple(model._meta.fields[name].column_name for name in model._meta.told_by)


@cache
def trees(model: type[Record]) -> list[str]:
    """The columns by which rows hang under rows of the same table."""
    return [name for name, each in table(model).items() if each.target == model.stem()]


@cache
def unique_together(model: type[Record]) -> tuple[tuple[str, ...], ...]:
    """Sets of columns of which the table holds each combination once."""
    found = [
        tuple(model._meta.fields[name].column_name for name in names)
        for names, unique in model._meta.indexes
        if unique
    ]
    return tuple(found)


def follows() -> Mapping[str, Follow]:
    """The tables whose rows belong to the office of a row of another table."""
    return _follows(tuple(models()))


@cache
def _follows(among: tuple[type[Record], ...]) -> Mapping[str, Follow]:
    found = {}
    for model in among:
        name = model._meta.follows
        if not name:
            continue
        fields = model._meta.fields
        column, stays = "", frozenset[Any]()
        if model._meta.stays:
            kind, mark = model._meta.stays
            column = fields[kind].column_name
            stays = frozenset(
                c.code for c in code_list(fields[kind].codes_name) if c.is_marked(mark)
            )
        target = fields[name].rel_model.stem()
        found[model.stem()] = Follow(fields[name].column_name, target, column, stays)
    return found


def shown_to(model: type[Record]) -> tuple[str, ...]:
    """The columns that name the offices to which the county shows a row of another one."""
    return tuple(model._meta.fields[name].column_name for name in model._meta.shown_to)


def leaving() -> dict[str, dict[str, Any]]:
    """What a row shows at the office it has left: table → {column: value}."""
    return {
        model.stem(): dict(model._meta.on_leaving) for model in models() if model._meta.on_leaving
    }
