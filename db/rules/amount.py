"""Money: whole 分 from what people type, and Chinese capitals for vouchers.

Capitals follow 支付结算办法 附一 and 会计基础工作规范: 整 after 元 always, after 角 by setting, after
分 never; zeros inside are read once.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from db.errors import Refusal
from db.rules.writing import folded, is_nothing

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万")
_SCALES = {"": 1, "万": 10_000, "亿": 100_000_000}
_SHAPE = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?")
LARGEST = 10**18  # 分; capitals end at 仟万亿元


def parse(text: str) -> int:
    """Whole 分 of an amount as typed: “1,409.50”, “￥325.04”, “662元”, “24.7万元”.

    Refused: more than two decimals, thousands commas in wrong places, anything that is no number.
    """
    plain = "".join(folded(text).split())
    if is_nothing(plain):
        raise Refusal(f"金额“{text}”看不懂")
    plain = plain.replace("¥", "").replace("RMB", "").replace("人民币", "").replace("圆", "元")
    plain = plain.removesuffix("整").removesuffix("元")
    scale = plain[-1:] if plain[-1:] in ("万", "亿") else ""
    number = plain.removesuffix(scale)
    if not _SHAPE.fullmatch(number) or not any(sign.isdecimal() for sign in number):
        raise Refusal(f"金额“{text}”看不懂，请写成 1409.50")
    try:
        cents = Decimal(number.replace(",", "")) * 100 * _SCALES[scale]
    except InvalidOperation:
        raise Refusal(f"金额“{text}”看不懂，请写成 1409.50") from None
    if cents != cents.to_integral_value():
        raise Refusal(f"金额“{text}”最多到分（两位小数）")
    if abs(cents) >= LARGEST:
        raise Refusal(f"金额“{text}”太大")
    return int(cents)


def show(cents: int) -> str:
    """The amount with thousands commas and two decimals: 1,409.50."""
    yuan, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{yuan:,}.{rest:02}"


def capitals(cents: int, *, whole_after_jiao: bool = True, prefix: str = "") -> str:
    """The amount in Chinese capitals: 140950 → 壹仟肆佰零玖元伍角整.

    `whole_after_jiao` writes 整 also after 角 (both are allowed); `prefix` is e.g. “人民币”, which
    stands without a gap. A negative amount begins with 负.
    """
    sign = "负" if cents < 0 else ""
    yuan, rest = divmod(abs(cents), 100)
    jiao, fen = divmod(rest, 10)
    words = _whole(yuan) + "元" if yuan else ""
    if not rest:
        return f"{prefix}{sign}{words or '零元'}整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    if fen:
        return f"{prefix}{sign}{words}{_DIGITS[fen]}分"
    return f"{prefix}{sign}{words}{'整' if whole_after_jiao else ''}"


def _whole(number: int) -> str:
    """A whole number in capitals. A zero before a written digit is read, a run of zeros once.

    Where the 万 is 0 and the 仟 is not (107,000) the rule allows 零 or none; the form with it,
    壹拾万零柒仟元, is the one that nobody can lengthen.
    """
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    above = 1
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group:
            words += "零" if words and (group < 1000 or above % 10 == 0) else ""
            words += _group(group) + _GROUPS[place]
        elif place == 2:
            words += "亿"  # 1,0000,0000,0000 is 壹万亿: the 亿 is said though its own group is 0
        above = group
    return words


def _group(number: int) -> str:
    words = ""
    gap = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _UNITS[place]
        gap = False
    return words
