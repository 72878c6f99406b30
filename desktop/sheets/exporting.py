"""A register, or the view that is on the screen, as a sheet that can be imported again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from db import access, registry
from db.fields import Choice, IdNumber, Money, Number, PartialDate, Reference, Score, Text
from db.importing.references import Directory, naming_fields, plain_name
from desktop.sheets.columns import importable
from desktop.sheets.writer import sheet_column, write_rows, write_template

_CHUNK = 5000


def export_register(stem: str, path: str | Path) -> int:
    """All living rows of a register with all its fields; returns how many."""
    register = registry.asked(stem)
    return export_view(register.model, None, None, path)


def export_template(stem: str, path: str | Path) -> int:
    """A blank roster of a register, to be filled in and imported; returns its columns."""
    register = registry.asked(stem)
    access.require("read", stem, register.label)
    return write_template(path, register.model)


def export_view(
    model: type[Any], ids: Sequence[int] | None, columns: Sequence[str] | None, path: str | Path
) -> int:
    """These rows in this order with these fields, as shown on the screen; returns how many.

    None for `ids` means all living rows, None for `columns` all fields. Private fields leave
    masked when the person may not see them. Raises Refusal without the right to export.
    """
    stem = registry.stem_of(model)
    access.require("export", stem, model._meta.label)
    fields = importable(model)
    if columns is not None:
        by_name = {field.name: field for field in fields}
        fields = tuple(by_name[name] for name in columns if name in by_name)
    private = access.can("private", stem)
    showing = [_shower(field, private) for field in fields]
    return write_rows(
        path,
        model._meta.label,
        [sheet_column(field) for field in fields],
        (
            [show(value) for show, value in zip(showing, row, strict=True)]
            for row in _rows(model, ids, fields)
        ),
    )


def _rows(
    model: type[Any], ids: Sequence[int] | None, fields: Sequence[Any]
) -> Iterator[tuple[Any, ...]]:
    if ids is None:
        query = model.living().select(*fields).order_by(model.id).tuples()
        yield from list(query)
        return
    for start in range(0, len(ids), _CHUNK):
        chunk = list(ids[start : start + _CHUNK])
        found = model.select(model.id, *fields).where(model.id.in_(chunk)).tuples()
        rows = {row[0]: row[1:] for row in found}
        yield from (rows[row_id] for row_id in chunk if row_id in rows)


def _shower(field: Any, private: bool) -> Callable[[Any], object]:
    """How values of this field are written, each spelling worked out once."""
    if field.private and not private:
        return lambda value: field.mask(value)
    if isinstance(field, Reference):
        return _names(field)
    if isinstance(field, Number) and not isinstance(field, Money | Score):
        return lambda value: value
    if isinstance(field, Text | IdNumber):
        return lambda value: value
    if isinstance(field, Score):
        return lambda value: None if value is None else value / 100
    known: dict[Any, str] = {}

    def show(value: Any) -> str:
        if value not in known:
            known[value] = field.show(value)
        return known[value]

    return show if isinstance(field, Choice | PartialDate) else field.show


def _names(field: Any) -> Callable[[Any], object]:
    """Names of the rows referred to; where two share a name, the code of each if it has one."""
    model = field.rel_model
    if not naming_fields(model):
        return lambda value: field.show(value)
    directory = Directory(model)
    codes = {}
    if any(f.name == "code" for f in naming_fields(model)):
        codes = dict(model.select(model.id, model.code).tuples())
    shared: dict[str, int] = {}
    for name in directory.names.values():
        shared[plain_name(name)] = shared.get(plain_name(name), 0) + 1

    def show(value: Any) -> str:
        if value is None:
            return ""
        name = directory.title(value)
        if not name:
            return str(field.show(value))
        if shared[plain_name(name)] > 1 and codes.get(value):
            return str(codes[value])
        return name

    return show
