"""What an official document says (GB/T 9704-2012); `gb9704` sets it.

sheet.document(Document(title="关于…的决定", to="各党（总）支部：", body="…", issuer="…", date="2026-07-01"))
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop.typeset.fonts import Role

NUMERALS: Final = "一二三四五六七八九十"
_FIRST_LEVEL = re.compile(rf"[{NUMERALS}]+、")
_SECOND_LEVEL = re.compile(rf"（[{NUMERALS}]+）")


@dataclass(frozen=True)
class NameList:
    """A list of names under a heading; its number and count are worked out, never typed.

    `names` are texts, or pairs of a name and what stands after it (unit, post). With `columns`
    of 1 each name has a line of its own, as names of organizations need.
    """

    heading: str
    names: Sequence[str | tuple[str, str]]
    unit: str = "名"
    columns: int = 5
    numbered: bool = True


@dataclass(frozen=True)
class Annex:
    """附件: begins on a new page with its label and title."""

    title: str
    parts: Sequence[str | NameList]


@dataclass(frozen=True)
class Document:
    """An official document; dates are stored dates (2026-07-01) or words.

    `head` is the agency mark printed red at the top of the first page, None for plain paper.
    With `double_sided` the closing notes stand on an even page, as 7.4 of the standard wants.
    """

    title: str
    body: str | Sequence[str | NameList]
    head: str | None = None
    number: str = ""
    to: str = ""
    annexes: Sequence[Annex] = ()
    issuer: str = ""
    date: str = ""
    remark: str = ""
    copies: str = ""
    printed_by: str = ""
    printed_on: str = ""
    double_sided: bool = True

    @property
    def parts(self) -> list[str | NameList]:
        """The body, one paragraph or list each."""
        whole = [self.body] if isinstance(self.body, str) else list(self.body)
        parts: list[str | NameList] = []
        for part in whole:
            if isinstance(part, NameList):
                parts.append(part)
            else:
                parts.extend(line.strip() for line in part.splitlines() if line.strip())
        return parts


def written_date(date: str) -> str:
    """A stored date in words: Arabic figures, no leading noughts (7.3.5.4); words stay."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", date)
    if not found:
        return date
    year, month, day = found.groups()
    return f"{year}年{int(month)}月" + (f"{int(day)}日" if day else "")


def styled(paragraph: str) -> list[tuple[str, Role]]:
    """A paragraph with the face of its level: 一、黑体, （一）楷体 up to the first stop, else 仿宋."""
    if _FIRST_LEVEL.match(paragraph):
        face = Role.HEI
    elif _SECOND_LEVEL.match(paragraph):
        face = Role.KAI
    else:
        return [(paragraph, Role.FANG)]
    stop = paragraph.find("。")
    if stop < 0 or stop == len(paragraph) - 1:
        return [(paragraph, face)]
    return [(paragraph[: stop + 1], face), (paragraph[stop + 1 :], Role.FANG)]


def numeral(place: int) -> str:
    """一 … 十, 十一 … 九十九."""
    tens, ones = divmod(place, 10)
    if tens == 0:
        return NUMERALS[ones - 1]
    head = "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[ones - 1] if ones else "")
