"""A column of a list: what it is called, what it reads of a record, how it shows it.

A column bound to a field takes all three from the field, so that a label stands in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from desktop.typeset.names import padded


class Kind(Enum):
    """How the texts of a column stand in their cells."""

    TEXT = "left"
    CENTRE = "center"
    NAME = "name"
    NUMBER = "right"
    MONEY = "money"
    ORDINAL = "ordinal"


TEXT: Final = Kind.TEXT
CENTRE: Final = Kind.CENTRE
NAME: Final = Kind.NAME
NUMBER: Final = Kind.NUMBER
MONEY: Final = Kind.MONEY

# Kind of a column by the class of the field it is bound to.
_KINDS: Final = {"Name": NAME, "Money": MONEY, "Text": TEXT, "Number": NUMBER, "Score": NUMBER}


class Column:
    """A column with its width in mm.

    `bound` is a field of a model, or a heading. A heading without `value` is left for the pen.
    `short` takes the short words of a code list (正式, 初中).
    """

    def __init__(
        self,
        bound: Any,
        width: float,
        value: Callable[[Any], Any] | None = None,
        *,
        kind: Kind | None = None,
        heading: str = "",
        total: bool = False,
        short: bool = False,
    ) -> None:
        field = None if isinstance(bound, str) else bound
        self.width = width
        self.total = total
        self.heading: str = heading or (bound if field is None else str(field.verbose_name))
        self.private: bool = bool(getattr(field, "private", False))
        self.kind: Kind = kind or (
            CENTRE if field is None else _KINDS.get(type(field).__name__, CENTRE)
        )
        self.short = short
        self._value = value
        self._field: Any = field

    @property
    def is_written_by_hand(self) -> bool:
        return self._field is None and self._value is None and self.kind is not Kind.ORDINAL

    def raw(self) -> Callable[[Any], Any]:
        """What reads the value of a record."""
        if self._value is not None:
            return self._value
        name = self._field.name
        return lambda record: getattr(record, name)

    def reader(self) -> Callable[[Any], str]:
        """What reads the text of a record; made anew for each list, it keeps what recurs."""
        field, value, kind = self._field, self._value, self.kind
        if self.is_written_by_hand or kind is Kind.ORDINAL:
            return lambda _record: ""
        if field is not None and value is None:
            read = _field_reader(field, self.short)
        elif kind is MONEY:
            read = _through(value, money)
        else:
            read = _through(value, plain)
        if kind is NAME:
            inner = read
            return lambda record: padded(inner(record))
        return read

    def shown(self, value: Any) -> str:
        """A value, typically a sum, as the column shows it."""
        if self.kind is MONEY:
            return money(value)
        if self._field is not None and self._value is None:
            return str(self._field.show(value))
        return plain(value)


ORDINAL: Final = Column("序号", 10, kind=Kind.ORDINAL)
"""The running number of a row."""


@dataclass(frozen=True)
class Section:
    """A part of a list under its own heading, whose count the list works out itself."""

    heading: str
    records: Sequence[Any]
    unit: str = "名"


def plain(value: Any) -> str:
    """Any value as text; nothing is the empty text."""
    return "" if value is None else str(value)


def money(value: Any) -> str:
    """分 as lists print an amount: 1,234.50."""
    if value is None or value == "":
        return ""
    sign, cents = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def _through(
    value: Callable[[Any], Any] | None, show: Callable[[Any], str]
) -> Callable[[Any], str]:
    assert value is not None
    read = value
    return lambda record: show(read(record))


def _field_reader(field: Any, short: bool) -> Callable[[Any], str]:
    """Text of a field. Codes and references recur, so each is put into words once."""
    name, show = field.name, field.show
    if short and hasattr(field, "codes"):
        codes, long = field.codes, show
        words = {code.code: code.short or code.label for code in codes.items}

        def show(value: Any) -> str:
            return words.get(value) or str(long(value))

    if hasattr(field, "rel_model"):
        return _reference_reader(field)
    if not hasattr(field, "codes") and type(field).__name__ not in {"Flag", "PartialDate"}:
        if type(field).__name__ in {"Text", "Name", "IdNumber", "Phone"}:
            return lambda record: getattr(record, name) or ""
        return lambda record: show(getattr(record, name))
    known: dict[Any, str] = {}

    def read(record: Any) -> str:
        value = getattr(record, name)
        text = known.get(value)
        if text is None:
            text = known[value] = show(value)
        return text

    return read


def _reference_reader(field: Any) -> Callable[[Any], str]:
    name, id_name = field.name, field.object_id_name
    known: dict[Any, str] = {None: ""}

    def read(record: Any) -> str:
        id_ = getattr(record, id_name)
        text = known.get(id_)
        if text is None:
            text = known[id_] = str(getattr(record, name).title())
        return text

    return read
