"""Our column types: each knows its label, reads what people type, shows it, and checks itself.

Text-like columns keep "" for nothing, numbers None. What they all promise stands in `db.columns`.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import peewee

from db.attachments import is_fingerprint
from db.codes import CodeList, code_list
from db.columns import Column, half_width, plain, writable
from db.errors import Refusal
from db.rules import amount, dates, id_number, names, phone

if TYPE_CHECKING:
    _TextField = peewee.Field[str]
    _NumberField = peewee.Field[int | None]
    _FlagField = peewee.Field[int]
    _AnyField = peewee.Field[Any]
    _KeyField = peewee.ForeignKeyField[Any]
else:
    _TextField = _NumberField = _FlagField = _AnyField = peewee.Field
    _KeyField = peewee.ForeignKeyField


class Text(Column, _TextField):
    """Plain text, counted in characters."""

    field_type = "TEXT"

    def __init__(
        self, label: str, *, max_length: int = 200, multiline: bool = False, **options: Any
    ) -> None:
        self.max_length = max_length
        self.multiline = multiline
        options.setdefault("width", 30 if multiline else 12)
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        text = writable(plain(value), self.label)
        if len(text) > self.max_length:
            raise Refusal(f"“{self.label}”最多 {self.max_length} 个字，现有 {len(text)} 个字")
        return text


class Name(Column, _TextField):
    """A person's name: up to 25 characters, the separator is U+00B7 (民委发〔2016〕33号)."""

    field_type = "TEXT"

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("searched", "name")
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        return names.normalise(plain(value))

    def flaw(self, value: Any) -> str | None:
        return names.flaw(value) if value else None


#: Whole numbers beyond this are typing errors; a spreadsheet could not hold them exactly either.
_LARGEST = 10**15 - 1


def _brief(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "…"


class Number(Column, _NumberField):
    """A whole number."""

    field_type = "BIGINT"
    nothing = None
    numeric = True

    def __init__(
        self,
        label: str,
        *,
        minimum: int | None = 0,
        maximum: int | None = None,
        unit: str = "",
        **options: Any,
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.unit = unit
        options.setdefault("width", 6)
        super().__init__(label, **options)

    def parse(self, value: object) -> int | None:
        text = half_width(plain(value)).replace(",", "")
        if not text:
            return None
        try:
            number = int(text if "_" not in text else "")
        except ValueError:
            raise Refusal(f"“{self.label}”应为整数，“{_brief(text)}”不是") from None
        self._bound(number, text)
        return number

    def _bound(self, number: int, text: str) -> None:
        if abs(number) > _LARGEST:
            raise Refusal(f"“{self.label}”的数太大：“{_brief(text)}”")
        if self.minimum is not None and number < self.minimum:
            raise Refusal(f"“{self.label}”不能小于 {self.show(self.minimum)}，现为“{text}”")
        if self.maximum is not None and number > self.maximum:
            raise Refusal(f"“{self.label}”不能大于 {self.show(self.maximum)}，现为“{text}”")


class _Hundredths(Number):
    """A number people write with decimals and rows keep as whole hundredths."""

    def settle(self, value: object) -> int | None:
        # 850 in a row is 8.50; the same digits typed by a person are 850.
        if isinstance(value, int) and not isinstance(value, bool):
            self._bound(value, self.show(value))
            return value
        kept: int | None = self.accept(value)
        return kept


class Score(_Hundredths):
    """Points, kept as whole hundredths of a point."""

    def parse(self, value: object) -> int | None:
        text = half_width(plain(value)).replace(",", "")
        if not text:
            return None
        try:
            hundredths = Decimal(text if "_" not in text else "") * 100
        except InvalidOperation:
            raise Refusal(f"“{self.label}”应为分数，“{text}”不是") from None
        if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
            raise Refusal(f"“{self.label}”最多保留两位小数，“{text}”不符")
        if abs(hundredths) > _LARGEST:
            raise Refusal(f"“{self.label}”的数太大：“{_brief(text)}”")
        number = int(hundredths)
        self._bound(number, text)
        return number

    def show(self, value: Any) -> str:
        if value is None:
            return ""
        return format((Decimal(value) / 100).normalize(), "f")


class Money(_Hundredths):
    """An amount in whole 分; never a float."""

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("width", 12)
        super().__init__(label, **options)

    def parse(self, value: object) -> int | None:
        if isinstance(value, float):
            # A spreadsheet's number; its shortest decimal form is what the person saw.
            value = repr(value)
        text = half_width(plain(value))
        if not text:
            return None
        if len(text) > 40:
            raise Refusal(f"“{self.label}”看不懂：“{_brief(text)}”")
        number: int = amount.parse(text)
        self._bound(number, text)
        return number

    def show(self, value: Any) -> str:
        if value is None:
            return ""
        sign = "-" if value < 0 else ""
        yuan, cents = divmod(abs(value), 100)
        return f"{sign}{yuan:,}.{cents:02d}"


class PartialDate(Column, _TextField):
    """A date at the precision the office knows: 1998, 1998-06 or 1998-06-01, sorted as text."""

    field_type = "TEXT"

    def __init__(self, label: str, *, style: str = "dots", **options: Any) -> None:
        self.style = style
        options.setdefault("width", 10)
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        if value is None or value == "":
            return ""
        try:
            return dates.parse(value)
        except Refusal as refusal:
            raise Refusal(f"“{self.label}”{refusal.message}") from None

    def show(self, value: Any) -> str:
        return str(value).replace("-", ".") if value else ""


class Moment(Column, _TextField):
    """A moment to the second, as ISO text in the office's own time."""

    field_type = "TEXT"

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("width", 16)
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        return writable(plain(value), self.label)

    def show(self, value: Any) -> str:
        return str(value).replace("T", " ")[:16] if value else ""


class IdNumber(Column, _TextField):
    """公民身份号码 (GB 11643): kept when its check digit is wrong, and flagged."""

    field_type = "TEXT"

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("width", 19)
        options.setdefault("private", True)
        options.setdefault("searched", "tail")
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        if value is None or value == "":
            return ""
        return id_number.parse(value)

    def mask(self, value: Any) -> str:
        return id_number.mask(value) if value else ""

    def flaw(self, value: Any) -> str | None:
        return id_number.flaw(value or "")


class Phone(Column, _TextField):
    """A telephone number, as digits with the dashes people wrote."""

    field_type = "TEXT"

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("width", 13)
        options.setdefault("private", True)
        options.setdefault("searched", "tail")
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        return phone.parse(value) if value not in (None, "") else ""

    def flaw(self, value: Any) -> str | None:
        return phone.flaw(value) if value else None

    def mask(self, value: Any) -> str:
        text = str(value or "")
        return (
            text[:3] + "＊" * max(0, len(text) - 7) + text[-4:]
            if len(text) > 7
            else "＊" * len(text)
        )


class Choice(Column, _TextField):
    """One code of a code list; people see its label."""

    field_type = "TEXT"

    def __init__(self, label: str, codes: str, **options: Any) -> None:
        self.codes_name = codes
        super().__init__(label, **options)

    @property
    def codes(self) -> CodeList:
        """The list this column chooses from."""
        return code_list(self.codes_name)

    def parse(self, value: object) -> str:
        text = plain(value)
        if not text:
            return ""
        code = self.codes.find(text)
        if code is None:
            advice = self.codes.advice(text)
            raise Refusal(f"“{self.label}”里没有“{text}”这一项" + (f"，{advice}" if advice else ""))
        return code

    def flaw(self, value: Any) -> str | None:
        if not value or value in self.codes:
            return None
        return f"本机程序不认识“{value}”，可能是新版本的代码，已原样保留"

    def show(self, value: Any) -> str:
        return self.codes.label_of(value) if value else ""


class Flag(Column, _FlagField):
    """Yes or no, kept as 1 or 0."""

    field_type = "SMALLINT"
    nothing = 0
    _YES = frozenset({"1", "是", "有", "√", "✓", "对", "true", "yes", "y"})
    _NO = frozenset({"", "0", "否", "无", "×", "没有", "false", "no", "n"})

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("width", 4)
        super().__init__(label, **options)

    def parse(self, value: object) -> int:
        if isinstance(value, bool):
            return int(value)
        text = half_width(plain(value)).lower()
        if text in self._YES:
            return 1
        if text in self._NO:
            return 0
        raise Refusal(f"“{self.label}”应填“是”或“否”，“{text}”看不懂")

    def db_value(self, value: Any) -> Any:
        """A number also for what Python calls true: a server keeps the two apart."""
        return int(value) if isinstance(value, bool) else value

    def show(self, value: Any) -> str:
        return "是" if value else ""


class Attachment(Column, _TextField):
    """A scan or photo that belongs to the row: the row keeps its SHA-256, `db.attachments` the file.

    `named_in` and `sized_in` are the columns in which its name and its size in bytes stand.
    """

    field_type = "TEXT"

    def __init__(self, label: str, *, named_in: str, sized_in: str, **options: Any) -> None:
        self.named_in, self.sized_in = named_in, sized_in
        super().__init__(label, **options)

    def parse(self, value: object) -> str:
        text = plain(value).lower()
        if text and not is_fingerprint(text):
            raise Refusal(f"“{self.label}”请用“添加文件”选择")
        return text


class Structured(Column, _AnyField):
    """A list or mapping kept as JSON text with sorted keys, so that equal values are equal text."""

    field_type = "TEXT"
    nothing = None

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, null=False, **options)

    def parse(self, value: object) -> Any:
        try:
            parsed = json.loads(value) if isinstance(value, str) and value else value
            self.db_value(parsed).encode()
        except (ValueError, TypeError):
            raise Refusal(f"“{self.label}”里有无法保存的内容，请重新填写") from None
        return parsed

    def db_value(self, value: Any) -> str:
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )

    def python_value(self, value: Any) -> Any:
        return json.loads(value) if value else None

    def show(self, value: Any) -> str:
        return "" if value is None else json.dumps(value, ensure_ascii=False)


class Reference(Column, _KeyField):
    """A row of another register; rows that others lean on cannot vanish."""

    nothing = None

    if TYPE_CHECKING:

        def __new__(cls, *args: Any, **kwargs: Any) -> Any: ...

    def __init__(self, label: str, model: Any, **options: Any) -> None:
        options.setdefault("on_delete", "RESTRICT")
        # So that a packet's rows may come in any order; only PostgreSQL needs to be told.
        options.setdefault("deferrable", "INITIALLY IMMEDIATE")
        options.setdefault("backref", "+")
        options.setdefault("width", 20)
        super().__init__(label, model=model, **options)

    def parse(self, value: object) -> Any:
        if value is None or value == "" or isinstance(value, peewee.Model):
            return value or None
        try:
            row = int(str(value))
        except ValueError:
            row = 0
        if not 0 < row < 1 << 63:
            raise Refusal(f"“{self.label}”请从列表中选择")
        return row

    def show(self, value: Any) -> str:
        if value is None:
            return ""
        row: Any = value
        if not isinstance(value, peewee.Model):
            row = self.rel_model.get_or_none(id=value)
        return "" if row is None else str(row.title())
