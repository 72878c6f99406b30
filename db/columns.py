"""What every column of ours promises, whatever it stores, and which columns of a model people see.

A column is the one place for a field's label, help, width, other header names and checks; screens,
sheets, imports and messages all read them here. The kinds of columns stand in `db.fields`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import peewee

from db.errors import Refusal

_FULL_WIDTH = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}


def plain(value: object) -> str:
    """A cell or typed text as half-width text without blanks around it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def half_width(text: str) -> str:
    """Full-width digits, letters and marks as half-width ones."""
    return text.translate(_FULL_WIDTH)


def writable(text: str, label: str) -> str:
    """The text, unless it holds what no file can keep: half a character, or the sign NUL."""
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise Refusal(f"“{label}”里有无法识别的字符，请重新输入")
    return text


if TYPE_CHECKING:
    _Base = peewee.Field[Any]
else:
    _Base = object


class Column(_Base):
    """What every column of ours promises, whatever it stores."""

    name: str
    verbose_name: str
    #: What stands for "nothing" in this column.
    nothing: Any = ""
    #: Numbers stand right-aligned in tables.
    numeric = False

    def __init__(
        self,
        label: str,
        *,
        required: bool = False,
        private: bool = False,
        width: int = 10,
        aliases: tuple[str, ...] = (),
        help_text: str = "",
        searched: str = "",
        **options: Any,
    ) -> None:
        #: How the search box finds rows by this column: "name" (with pinyin), "tail" (last digits),
        #: "text" (any part), "" (not at all).
        self.searched = searched
        self.required = required
        self.private = private
        self.width = width
        self.aliases = aliases
        options.setdefault("default", self.nothing)
        options.setdefault("null", self.nothing is None)
        super().__init__(verbose_name=label, help_text=help_text, **options)

    @property
    def label(self) -> str:
        """What the office calls this field."""
        return self.verbose_name

    def parse(self, value: object) -> Any:
        """What a person typed, or a cell held, as this column keeps it; Refusal says why not."""
        return plain(value)

    def show(self, value: Any) -> str:
        """The kept value as people read it."""
        return "" if value is None else str(value)

    def mask(self, value: Any) -> str:
        """The kept value for eyes that may not see it."""
        return "＊＊＊" if self.show(value) else ""

    def flaw(self, value: Any) -> str | None:
        """A warning about a value that is kept all the same."""
        del value
        return None

    def accept(self, value: object) -> Any:
        """`parse`, and the refusal of an empty value where one is required."""
        kept = self.parse(value)
        if self.required and kept == self.nothing:
            raise Refusal(f"“{self.label}”不能为空")
        return kept

    def settle(self, value: object) -> Any:
        """What the gate makes of an attribute: `accept`, unless the value is in kept form already."""
        return self.accept(value)


def columns_of(model: Any) -> tuple[Any, ...]:
    """The columns of a model that people see, in the order they were declared."""
    return tuple(f for f in model._meta.sorted_fields if isinstance(f, Column) and not hidden(f))


def hidden(field: Any) -> bool:
    """Bookkeeping columns of every record: owner, version, retirement."""
    return field.name in {"id", "office", "version", "retired"}
