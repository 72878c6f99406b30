"""How people and spreadsheets write: full-width digits, idle spaces, “无” for an empty cell."""

from __future__ import annotations

import unicodedata

# What rosters put into a cell that has nothing to say (the registration forms forbid blank cells).
_NOTHING = frozenset(
    {"", "无", "暂无", "—", "——", "–", "-", "--", "/", "\\", "空", "无此项", "#N/A", "null", "None"}
)
_INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)


def folded(text: str) -> str:
    """The text in half-width forms, without invisible characters and without spaces at its ends.

    Only for numbers, dates and codes: names must not be folded (it replaces rare ideographs).
    """
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()


def visible(text: str) -> str:
    """The text without invisible characters (zero-width spaces, direction marks, byte-order marks)."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def is_nothing(text: str) -> bool:
    """Whether a cell's text only says that there is nothing."""
    return text in _NOTHING
