"""Telephone numbers as people write them: mobile, landline with area code, several in one cell."""

from __future__ import annotations

import re

from db.errors import Refusal
from db.rules.writing import folded, is_nothing

_BETWEEN = re.compile(r"[/、,;，；|]|\s{2,}|或")
_SHAPE = re.compile(r"\+?-*\d[\d\-]*(转\d{1,6})?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3}-)?\d{7,8}(转\d{1,6})?")
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|[1-9]\d{2,5}")


def parse(value: object) -> str:
    """The number a person typed or a cell holds; "" for an empty cell, several joined by “、”.

    +86 and idle spaces go, 0478 3210000 gets its dash. A number of odd length is kept (`flaw`
    names it); letters and numbers damaged by a spreadsheet (1.38E+10) are refused.
    """
    if value is None:
        return ""
    if isinstance(value, float):
        if not value.is_integer():
            raise Refusal(f"电话号码“{value}”不是号码")
        value = int(value)
    if isinstance(value, bool):
        raise Refusal(f"电话号码“{value}”不是号码")
    raw = str(value)
    if len(raw) == 11 and raw[0] == "1" and raw.isascii() and raw.isdecimal():
        return raw
    text = folded(raw)
    if is_nothing(text):
        return ""
    return "、".join(_parse_one(part, raw) for part in _BETWEEN.split(text) if part.strip())


def _parse_one(part: str, raw: str) -> str:
    text = re.sub(r"[\s.]+", " ", part.strip().lstrip("'"))
    text = re.sub(r"[—–_]", "-", text).replace("(", "").replace(")", "-")
    area = re.match(r"(0\d{2,3})[ -]+(?=[\d -]{7,})", text)
    text = text.replace(" ", "") if area is None else area.group(1) + "-" + text[area.end() :]
    text = text.replace(" ", "")
    if not _SHAPE.fullmatch(text):
        raise Refusal(f"电话号码“{raw}”看不懂，请只填号码")
    digits = text.replace("-", "")
    for prefix in ("+86", "0086", "86"):
        if digits.startswith(prefix) and _MOBILE.fullmatch(digits.removeprefix(prefix)):
            return digits.removeprefix(prefix)
    if _MOBILE.fullmatch(digits):
        return digits
    text = text.strip("-")
    if re.fullmatch(r"0\d{10,11}", text):
        cut = 3 if text[1] in "12" else 4
        return f"{text[:cut]}-{text[cut:]}"
    return text


def flaw(text: str) -> str | None:
    """What is doubtful about a kept number, in words; None if it looks right or is empty."""
    if _MOBILE.fullmatch(text):
        return None
    for number in text.split("、") if text else ():
        if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) or _SERVICE.fullmatch(number):
            continue
        digits = sum(sign.isdecimal() for sign in number)
        if number.startswith("1"):
            return f"手机号码“{number}”应为 11 位，现有 {digits} 位"
        return f"电话号码“{number}”位数不像电话（{digits} 位）"
    return None
