"""Header words made comparable: the same heading is written in many ways."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LEVELS = "／"
"""Stands between the two lines of a two-row heading: “联系方式／手机”."""

_BRACKETED = re.compile(r"[(\[【〔（〖{][^)\]】〕）〗}]*[)\]】〕）〗}]")
_NOISE = re.compile(r"[\s_*#:：,，、.。;；'\"“”‘’?？!！·\-—]+")
_BRACKETS = re.compile(r"[()\[\]【】〔〕（）〖〗{}]")


@lru_cache(maxsize=4096)
def plain_heading(text: str) -> str:
    """A heading without spaces, marks, width differences and remarks in brackets.

    “＊姓 名（必填）” and “姓名” are the same heading. When nothing remains outside the brackets,
    what is inside them counts.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    outside = _NOISE.sub("", _BRACKETED.sub("", folded))
    return outside or _NOISE.sub("", _BRACKETS.sub("", folded))


def readings(heading: str) -> tuple[str, ...]:
    """The ways a heading may be meant: whole, and each line of a two-row heading."""
    parts = [part for part in heading.split(LEVELS) if part]
    forms = [plain_heading("".join(parts)), *(plain_heading(part) for part in reversed(parts))]
    return tuple(dict.fromkeys(form for form in forms if form))


SERIAL_HEADINGS = frozenset({"序号", "编号", "序", "号", "no", "行号", "顺序号", "原行号", "序列"})
"""Headings under which offices merely number the lines."""
