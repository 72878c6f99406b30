"""Dates at the precision an office knows: "1998", "1998-06" or "1998-06-01" as text.

Such texts sort as they should (a bare year before its months). GB/T 7408 writes them this way.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from db.errors import Refusal
from db.rules.writing import folded, is_nothing

Style = Literal["dots", "chinese", "iso", "numerals"]

EARLIEST_YEAR = 1850
LATEST_YEAR = 2099

_SEPARATED = re.compile(
    r"(\d{4})\s*[-./年\\,、]\s*(\d{1,2})\s*(?:[-./月\\,、]\s*(\d{1,2})\s*[日号]?|月份?)?"
)
_USUAL = re.compile(r"((?:19|20)[0-9]{2})[-./](0[1-9]|1[0-2])[-./](0[1-9]|1[0-9]|2[0-8])")
_YEAR = re.compile(r"(\d{4})\s*年?")
_CLOCK = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?([+-]\d{2}:?\d{2}|Z)?$")
_SHORT_YEAR = re.compile(r"'?\d{2}\s*[-./年]")
_RELATIVE_YEAR = re.compile(r"(前|去|今|本|明)年(?:(\d{1,2})月(?:份|(\d{1,2})[日号])?)?")
_RELATIVE_MONTH = re.compile(r"(上|上个|本|这个|下|下个)月(?:(\d{1,2})[日号])?")
_STORED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_YEARS_BACK = {"前": -2, "去": -1, "今": 0, "本": 0, "明": 1}
_MONTHS_BACK = {"上": -1, "上个": -1, "本": 0, "这个": 0, "下": 1, "下个": 1}
_DAYS_BACK = {"前天": -2, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1}

_DIGITS = dict(
    zip("〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "0001234567891234567892", strict=True)
)
_NUMERAL_RUN = re.compile(r"[〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖两十廿卅拾]+")


def parse(value: object, *, reference: date | None = None, epoch_1904: bool = False) -> str:
    """The date a person typed or a spreadsheet cell holds; "" for an empty cell.

    Takes 1998.06, 1998年6月, 19980601, 1998/6/1, 一九九八年六月, a spreadsheet's serial number
    (`epoch_1904` for workbooks that count from 1904), date and datetime objects, and, given a
    `reference` day, 去年7月. Raises Refusal whose message continues a field's label.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _parse_text(value, reference, epoch_1904)
    if isinstance(value, datetime):
        return _whole(value.year, value.month, value.day, str(value))
    if isinstance(value, date):
        return _whole(value.year, value.month, value.day, str(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(f"“{value}”不是日期")
    return _parse_number(value, epoch_1904)


@lru_cache(maxsize=32768)
def _parse_text(raw: str, reference: date | None, epoch_1904: bool) -> str:
    usual = _USUAL.fullmatch(raw)
    if usual:  # by far the most in any roster, and never doubtful
        return "-".join(usual.groups())
    text = folded(raw)
    if is_nothing(text):
        return ""
    text = text.lstrip("'").rstrip(".。,")
    if text.isascii() and text.isdecimal():
        return _parse_digits(text, raw, epoch_1904)
    text = _CLOCK.sub("", text)
    if not text.isascii():
        relative = _parse_relative(text, raw, reference)
        if relative is not None:
            return relative
        text = _NUMERAL_RUN.sub(lambda run: _read_numeral(run.group()), text)
        if text.isdecimal():
            return _parse_digits(text, raw, epoch_1904)
    match = _SEPARATED.fullmatch(text)
    if match:
        year, month, day = match.groups()
        return _whole(int(year), int(month), int(day) if day else None, raw)
    match = _YEAR.fullmatch(text)
    if match:
        return _whole(int(match.group(1)), None, None, raw)
    if _SHORT_YEAR.match(text):
        raise Refusal(f"“{raw}”的年份请写四位")
    raise Refusal(f"“{raw}”看不懂，请写成 1998.06 或 1998.06.01")


def _parse_digits(text: str, raw: str, epoch_1904: bool) -> str:
    if len(text) == 8:
        return _whole(int(text[:4]), int(text[4:6]), int(text[6:]), raw)
    if len(text) == 6:
        return _whole(int(text[:4]), int(text[4:]), None, raw)
    if len(text) == 4:
        return _whole(int(text), None, None, raw)
    if len(text) == 5:
        return _from_serial(int(text), epoch_1904, raw)
    raise Refusal(f"“{raw}”看不懂，请写成 1998.06 或 1998.06.01")


def _parse_number(number: float, epoch_1904: bool) -> str:
    if number != number or number in (float("inf"), float("-inf")):
        raise Refusal(f"“{number}”不是日期")
    whole = int(number)
    if whole == number:
        if EARLIEST_YEAR <= whole <= LATEST_YEAR or len(str(whole)) in (6, 8):
            return _parse_digits(str(whole), str(whole), epoch_1904)
        return _from_serial(whole, epoch_1904, str(whole))
    if EARLIEST_YEAR <= number < LATEST_YEAR + 1:
        # 1998.06 typed into a number cell. The cell cannot hold the zero of 1998.10.
        shown = repr(number)
        decimals = shown.partition(".")[2]
        if len(decimals) == 2:
            return _whole(whole, int(decimals), None, shown)
        if len(decimals) == 1 and decimals == "1":
            raise Refusal("“" + shown + "”是数字格式，分不清 1 月还是 10 月，请改成文本再填")
        if len(decimals) == 1:
            return _whole(whole, int(decimals), None, shown)
        raise Refusal(f"“{shown}”看不懂，请写成 1998.06 或 1998.06.01")
    return _from_serial(whole, epoch_1904, str(number))


def _from_serial(serial: int, epoch_1904: bool, raw: str) -> str:
    """The day of a spreadsheet's serial number; 1900 workbooks count a 29 February 1900."""
    origin = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    try:
        day = origin + timedelta(days=serial)
    except OverflowError:
        raise Refusal(f"“{raw}”不是日期") from None
    if serial < 61 or day.year > LATEST_YEAR:
        raise Refusal(f"“{raw}”不是日期")
    return day.isoformat()


def _parse_relative(text: str, raw: str, reference: date | None) -> str | None:
    text = "".join(text.split())
    numbers = _NUMERAL_RUN.sub(lambda run: _read_numeral(run.group()), text)
    year = _RELATIVE_YEAR.fullmatch(numbers)
    month = _RELATIVE_MONTH.fullmatch(numbers)
    if not (year or month or text in _DAYS_BACK):
        return None
    if reference is None:
        raise Refusal(f"“{raw}”没有写明年份")
    if text in _DAYS_BACK:
        return (reference + timedelta(days=_DAYS_BACK[text])).isoformat()
    if year:
        month_text, day_text = year.group(2), year.group(3)
        return _whole(
            reference.year + _YEARS_BACK[year.group(1)],
            int(month_text) if month_text else None,
            int(day_text) if day_text else None,
            raw,
        )
    assert month is not None
    moved = add_months(f"{reference:%Y-%m}", _MONTHS_BACK[month.group(1)])
    day = int(month.group(2)) if month.group(2) else None
    return _whole(int(moved[:4]), int(moved[5:]), day, raw)


def _read_numeral(run: str) -> str:
    """Arabic digits of a Chinese numeral: 一九九八 → 1998, 二十一 → 21, 廿三 → 23, 十 → 10."""
    run = run.replace("拾", "十").replace("廿", "二十").replace("卅", "三十")
    if "十" not in run:
        return "".join(_DIGITS[sign] for sign in run)
    tens, _, units = run.partition("十")
    if len(tens) > 1 or len(units) > 1:
        return run
    return str(int(_DIGITS[tens] if tens else "1") * 10 + int(_DIGITS[units] if units else "0"))


def _whole(year: int, month: int | None, day: int | None, raw: str) -> str:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise Refusal(f"“{raw}”的年份应在 {EARLIEST_YEAR} 到 {LATEST_YEAR} 之间")
    if month is None:
        return f"{year:04}"
    if not 1 <= month <= 12:
        raise Refusal(f"“{raw}”有误：没有 {month} 月")
    if day is None:
        return f"{year:04}-{month:02}"
    if not 1 <= day <= 28 and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise Refusal(f"“{raw}”有误：{year} 年 {month} 月没有 {day} 日")
    return f"{year:04}-{month:02}-{day:02}"


def is_stored(value: str) -> bool:
    """Whether a text is a real date in the stored form."""
    match = _STORED.fullmatch(value)
    if not match:
        return False
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return year is not None and _whole(year, month, day, value) == value
    except Refusal:
        return False


def show(value: str, style: Style = "dots") -> str:
    """The date for people: 1998.06 (dots), 1998年6月 (chinese), 1998-06 (iso), 一九九八年六月."""
    if not value or style == "iso":
        return value
    if style == "dots":
        return value.replace("-", ".")
    year, month, day = _parts(value)
    if style == "chinese":
        return f"{year}年" + (f"{month}月" if month else "") + (f"{day}日" if day else "")
    words = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year)) + "年"
    return words + (f"{_numeral(month)}月" if month else "") + (f"{_numeral(day)}日" if day else "")


def _numeral(number: int) -> str:
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else "一二三"[tens - 1] + "十"
    return head + ("一二三四五六七八九"[units - 1] if units else "")


def _parts(value: str) -> tuple[int, int | None, int | None]:
    return (
        int(value[:4]),
        int(value[5:7]) if len(value) >= 7 else None,
        int(value[8:10]) if len(value) >= 10 else None,
    )


def today() -> str:
    """Today in the stored form."""
    return date.today().isoformat()


def years_between(start: str, end: str | date) -> int | None:
    """Whole years from one date to another (党龄, 任职年限), compared at the precision both have.

    Of a bare year the first of January counts, of a bare month its first day: someone confirmed in
    "1976" has 50 years on any day of 2026. None if a date is missing.
    """
    until = end.isoformat() if isinstance(end, date) else end
    if not start or not until:
        return None
    common = min(len(start), len(until))
    years = int(until[:4]) - int(start[:4])
    return years - (until[4:common] < start[4:common])


def age_at(born_on: str, on: str | date) -> int | None:
    """Age in whole years on a day; from a bare year or month as `years_between` counts."""
    age = years_between(born_on, on)
    return None if age is None or age < 0 else age


def add_months(value: str, months: int) -> str:
    """The date so many months later at the same precision; 31 January + 1 month = end of February.

    A bare year moves by the whole years in `months`.
    """
    year, month, day = _parts(value)
    if month is None:
        return f"{year + int(months / 12):04}"
    count = year * 12 + month - 1 + months
    year, month = count // 12, count % 12 + 1
    if day is None:
        return f"{year:04}-{month:02}"
    return f"{year:04}-{month:02}-{min(day, calendar.monthrange(year, month)[1]):02}"


def add_days(value: str, days: int) -> str:
    """The day so many days later; a partial date counts from its first day."""
    return (first_day(value) + timedelta(days=days)).isoformat()


def first_day(value: str) -> date:
    """The first day a partial date may mean."""
    year, month, day = _parts(value)
    return date(year, month or 1, day or 1)


def last_day(value: str) -> date:
    """The last day a partial date may mean."""
    year, month, day = _parts(value)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def compare(one: str, other: str) -> int | None:
    """-1, 0, 1 for before, same, after; None if the coarser one contains the finer (or one is "").

    So a check “转正 not before 入党” refuses only what is certainly wrong.
    """
    if not one or not other:
        return None
    common = min(len(one), len(other))
    if one[:common] != other[:common]:
        return -1 if one[:common] < other[:common] else 1
    return 0 if len(one) == len(other) else None
