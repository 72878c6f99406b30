"""What a form may read of a record, and how the record's own columns show it.

A posted sheet hangs on a wall: its form is given `Public` records, on which a private column
cannot be read at all, so that no posted sheet can show one by mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType, MethodType
from typing import Any


class PrivateField(Exception):
    """A form for posting asked for protected personal data: the form is wrong, not the person."""

    def __init__(self, model: str, name: str) -> None:
        super().__init__(f"a posted form may not read {model}.{name}")


_UNTOUCHABLE = frozenset(
    {"save", "retire", "restore", "delete_instance", "check", "search_terms", "dirty_fields"}
)


class Public:
    """A record without its private columns; what is reached through it has none either."""

    __slots__ = ("_record",)

    def __init__(self, record: Any) -> None:
        object.__setattr__(self, "_record", record)

    def __getattribute__(self, name: str) -> Any:
        if name == "_record":
            raise PrivateField("Public", name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        record = object.__getattribute__(self, "_record")
        model = type(record)
        if name.startswith("_") or name in _UNTOUCHABLE:
            raise PrivateField(model.__name__, name)
        if is_private(model, name):
            raise PrivateField(model.__name__, name)
        # Methods and properties run on this proxy, so that they cannot reach further than it.
        described = _described(model, name)
        if isinstance(described, FunctionType):
            return MethodType(described, self)
        if isinstance(described, property) and described.fget is not None:
            return described.fget(self)
        return public(getattr(record, name))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a form cannot write {name}")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Public) and whole(self) == whole(other)

    def __hash__(self) -> int:
        return hash(whole(self))


def public(value: Any) -> Any:
    """A value as a posted form gets it: records, and lists of them, without private columns."""
    if isinstance(value, (str, int, float, bool, type(None), Public)):
        return value
    if is_record(value):
        return Public(value)
    if isinstance(value, Mapping):
        return {key: public(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return (
            type(value)(public(entry) for entry in value) if type(value) in {list, tuple} else value
        )
    if isinstance(value, Iterable):
        return _PublicRows(value)
    return value


class _PublicRows:
    """The rows of a query or another walk, each without its private columns."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return (public(row) for row in self._rows)


def whole(record: Any) -> Any:
    """The record behind a proxy; for the engine, never for a form."""
    return object.__getattribute__(record, "_record") if isinstance(record, Public) else record


def is_record(value: Any) -> bool:
    """Whether a value is a record of a register, or a stand-in that names its private fields."""
    model = type(value)
    return hasattr(model, "_meta") or hasattr(model, "__dataclass_fields__")


def is_private(model: type, name: str) -> bool:
    """Whether a column holds protected personal data."""
    column = column_of(model, name)
    if column is None:
        fields = getattr(model, "__dataclass_fields__", {})
        return bool(name in fields and fields[name].metadata.get("private"))
    return bool(getattr(column, "private", False))


def column_of(model: type, name: str) -> Any:
    """The column of a register's model, None for anything else it has."""
    meta = getattr(model, "_meta", None)
    return None if meta is None else meta.combined.get(name)


def label_of(record: Any, field: Any) -> str:
    """What the office calls a column, as the column says it."""
    name = getattr(field, "name", field)
    column = column_of(type(whole(record)), name)
    if column is not None:
        return str(column.verbose_name)
    told = getattr(type(whole(record)), "__dataclass_fields__", {})
    return str(told[name].metadata.get("label", name)) if name in told else str(name)


def is_person(field: Any) -> bool:
    """Whether a column holds names of people."""
    return type(field).__name__ == "Name"


def shown(record: Any, field: Any) -> str:
    """A column of a record as people read it."""
    name = getattr(field, "name", field)
    value = getattr(record, name)
    column = column_of(type(whole(record)), name)
    if hasattr(value, "title") and not isinstance(value, str):
        return str(value.title())
    if column is not None and hasattr(column, "show"):
        return str(column.show(value))
    return "" if value is None else str(value)


def _described(model: type, name: str) -> Any:
    """What the class itself holds under a name, without calling it."""
    for base in model.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return None
