"""公民身份号码 (GB 11643-1999): check digit, 15 → 18 digits, birth date, sex, masking.

A number with a wrong check digit or of the old 15 digits is kept and flagged: real rolls hold
them. A number that a spreadsheet has damaged is refused, because its last digits are gone.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import mul
from typing import Literal

from db.errors import Refusal
from db.rules import dates
from db.rules.writing import folded, is_nothing

MaskStyle = Literal["6+4", "6+2"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_ZEROS = 48 * sum(_WEIGHTS)
_SHAPE = re.compile(r"\d{17}[\dX]|\d{15}", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+", re.ASCII)
_IDLE = re.compile(r"[\s'’`\"“”\-_.,，、]+")
_CROSSES = str.maketrans("x\u00d7\u0425\u0445\u03a7\u03c7\u2715\u2716", "XXXXXXXX")
_DAMAGED = "公民身份号码“{}”已被表格软件改坏（末几位丢失），请在原表中把该列设为文本后重填"


class State(StrEnum):
    """What is known of a number."""

    PASSED = "通过"
    FAILED = "不通过"
    FIFTEEN = "十五位"
    MISSING = "未填"


def parse(value: object) -> str:
    """The number a person typed or a cell holds; "" for an empty cell.

    Spaces, full-width digits and a lower-case x are mended. Refused: numbers a spreadsheet
    stored as a number (more than 15 digits cannot survive that), masked numbers, wrong lengths.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        raise Refusal(f"公民身份号码“{value}”不是号码")
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= 1e15:
            # As the spreadsheet shows it: 1.50823E+17.
            raise Refusal(_DAMAGED.format(f"{value:.5E}"))
        value = int(value)
    if isinstance(value, int):
        if len(str(abs(value))) > 15:
            raise Refusal(_DAMAGED.format(value))
        return _parse_text(str(value))
    return _parse_text(str(value))


def _parse_text(raw: str) -> str:
    if len(raw) == 18 and raw.isascii() and raw[:17].isdecimal() and raw[17] in "0123456789X":
        text = raw
    else:
        text = folded(raw)
        if is_nothing(text):
            return ""
        text = text.translate(_CROSSES).upper()
        if _SCIENTIFIC.fullmatch(text) or re.fullmatch(r"\d{15,18}\.0+", text):
            raise Refusal(_DAMAGED.format(raw))
        text = _IDLE.sub("", text)
        if is_nothing(text):
            return ""
    if "*" in text or "●" in text:
        raise Refusal(f"公民身份号码“{raw}”有遮盖，请填完整号码")
    if not _SHAPE.fullmatch(text):
        if re.fullmatch(r"[\dX]+", text):
            raise Refusal(f"公民身份号码“{raw}”应为 18 位，现有 {len(text)} 位")
        raise Refusal(f"公民身份号码“{raw}”里有不该有的字符")
    if len(text) == 18 and text.endswith("000") and text[17] != check_digit(text):
        raise Refusal(_DAMAGED.format(raw))
    return text


def check_digit(text: str) -> str:
    """The check digit that belongs to the first 17 digits."""
    # The bytes of digits stand 48 above what they mean; taken off once for all seventeen.
    return _CHECKS[(sum(map(mul, _WEIGHTS, text.encode())) - _ZEROS) % 11]


def upgrade(text: str) -> str:
    """The 18-digit form of an old 15-digit number (born in the 1900s); other texts unchanged."""
    if len(text) != 15:
        return text
    longer = text[:6] + "19" + text[6:]
    return longer + check_digit(longer)


@lru_cache(maxsize=16384)
def state(text: str) -> State:
    """Whether a kept number passes."""
    if not text:
        return State.MISSING
    if len(text) == 15:
        return State.FIFTEEN if born_on(text) else State.FAILED
    return State.PASSED if _failure(text) is None else State.FAILED


@lru_cache(maxsize=16384)
def _failure(text: str) -> str | None:
    if not _SHAPE.fullmatch(text):
        return "不是 18 位号码"
    if not born_on(text):
        return "出生日期部分不是真实日期"
    if len(text) == 18 and text[17] != check_digit(text):
        return f"校验码不符（末位应为 {check_digit(text)}）"
    return None


def flaw(text: str) -> str | None:
    """What is doubtful about a kept number, in words; None if it passes."""
    if not text:
        return "公民身份号码未填"
    failure = _failure(text)
    if failure is not None:
        return f"公民身份号码{failure}"
    if len(text) == 15:
        return f"公民身份号码是 15 位旧号码（18 位应为 {upgrade(text)}）"
    return None


@lru_cache(maxsize=16384)
def born_on(text: str) -> str:
    """The birth date in a number, as a stored date; "" if there is none or it is impossible."""
    digits = upgrade(text)[6:14]
    if len(text) not in (15, 18) or not digits.isdecimal():
        return ""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return ""
    return day.isoformat() if dates.EARLIEST_YEAR <= day.year <= dates.LATEST_YEAR else ""


def sex(text: str) -> str:
    """The code of 性别 in a number (GB/T 2261.1: 1 男, 2 女); "" if there is none."""
    digit = upgrade(text)[16:17]
    return ("1" if int(digit) % 2 else "2") if digit.isdecimal() else ""


def region(text: str) -> str:
    """The six-digit code of the county where the number was first given (GB/T 2260)."""
    return text[:6] if len(text) in (15, 18) else ""


def same_person(one: str, other: str) -> bool:
    """Whether two numbers are the same, also when one of them is the 15-digit form."""
    return bool(one) and upgrade(one) == upgrade(other)


def mask(text: str, style: MaskStyle = "6+4") -> str:
    """The number with its middle hidden: 150425********0016, or the last two kept with "6+2"."""
    tail = 4 if style == "6+4" else 2
    if len(text) <= 6 + tail:
        return "*" * len(text)
    return text[:6] + "*" * (len(text) - 6 - tail) + text[-tail:]
