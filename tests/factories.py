"""A valid row for any register, made from its fields; overrides by keyword."""

from __future__ import annotations

from itertools import count
from typing import Any

from db.fields import (
    Choice,
    Flag,
    IdNumber,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Structured,
    Text,
    columns_of,
)
from db.record import Record

_serial = count(1)


def value_for(field: Any) -> Any:
    """A plausible value that passes the field's own check."""
    n = next(_serial)
    if isinstance(field, Choice):
        return field.codes.codes[0]
    if isinstance(field, Name):
        return "王" + "一二三四五六七八九十"[n % 10] + "甲乙丙丁戊己庚辛"[n % 8]
    if isinstance(field, PartialDate):
        return f"20{10 + n % 10}-0{1 + n % 9}-15"
    if isinstance(field, IdNumber | Phone):
        return ""
    if isinstance(field, Flag):
        return 0
    if isinstance(field, Money | Number):
        return field.minimum or 1
    if isinstance(field, Reference):
        return make(field.rel_model) if field.rel_model is not field.model else None
    if isinstance(field, Structured):
        return {}
    if isinstance(field, Text):
        return f"{field.verbose_name}{n}"[: field.max_length]
    return field.nothing


def build(model: type[Record], **over: Any) -> Any:
    """An unsaved row: required fields filled, the rest at their defaults."""
    given = {f.name: value_for(f) for f in columns_of(model) if f.required and f.name not in over}
    return model(**given, **over)


def make(model: type[Record], **over: Any) -> Any:
    """A kept row."""
    row = build(model, **over)
    row.save()
    return row
