"""评定期: "2026", "2026-H2", "2026-Q3", "2026-11" — the span that a round judges."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from db.errors import Refusal

_SHAPES = {
    "year": re.compile(r"(\d{4})"),
    "half_year": re.compile(r"(\d{4})-H([12])"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
}
_MONTHS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}
_EXAMPLES = {"year": "2026", "half_year": "2026-H1", "quarter": "2026-Q3", "month": "2026-11"}


@dataclass(frozen=True, slots=True)
class Span:
    """A period with its first and last day."""

    text: str
    year: int
    first: date
    last: date
    words: str


def span(text: str, kind: str) -> Span:
    """The period of this text; Refusal when the scheme judges by another kind of period."""
    found = _SHAPES[kind].fullmatch(text.strip())
    if found is None:
        raise Refusal(f"评定期“{text}”看不懂，应写成 {_EXAMPLES[kind]} 的样子。")
    year = int(found[1])
    number = int(found[2]) if kind != "year" else 1
    months = _MONTHS[kind]
    first = date(year, (number - 1) * months + 1, 1)
    month = first.month + months - 1
    last = date(year, month, calendar.monthrange(year, month)[1])
    words = {
        "year": f"{year}年度",
        "half_year": f"{year}年{'上' if number == 1 else '下'}半年",
        "quarter": f"{year}年第{'一二三四'[number - 1]}季度",
        "month": f"{year}年{number}月",
    }[kind]
    return Span(found[0], year, first, last, words)


def span_of(text: str) -> Span:
    """The period of a text that was kept, whatever its kind."""
    for kind, shape in _SHAPES.items():
        if shape.fullmatch(text):
            return span(text, kind)
    raise Refusal(f"评定期“{text}”看不懂。")
