"""Where a Chinese line may end.

No line begins with a closing mark or ends with an opening one (GB/T 15834-2011 5.1: marks at
line ends); a number, a Latin word, —— and …… stay whole. One mark too many is squeezed into the
line when each character gives up no more than a little; otherwise the last unit moves down and
the line is let out to the measure.

Lengths are thousandths of the size of type, so that a text is measured once for all sizes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

CLOSERS: Final = "，。、；：？！）》」』】〕〉｝”’…—·～％‰℃°,.;:?!)]}%"
"""Marks no line begins with."""
OPENERS: Final = "（《「『【〔〈｛“‘([{￥＄$"
"""Marks no line ends with."""

SQUEEZE: Final = 55
"""The most a character gives up to let a mark in."""
STRETCH: Final = 260
"""The most a character is let out; a line that needs more stays ragged."""
ORPHAN: Final = 90
"""The most a line is let out to give a character to the line of a single one below it."""

_WORD = r"0-9A-Za-zÀ-ɏͰ-ӿ᠀-᢯"
_INNER = r".,:/@#&=?%+\-~_'’·"
_UNIT = re.compile(
    rf"(?:[{re.escape(OPENERS)}][ ]*)*"
    rf"(?:[{_WORD}](?:[{_WORD}{_INNER}]*[{_WORD}])?|——|……|.|$)"
    rf"[{re.escape(CLOSERS)} ]*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text: from `start` to `end` (trailing spaces left out)."""

    start: int
    end: int
    width: float
    last: bool
    gap: float = 0.0
    """What is added to each character but the last to fill the measure."""


class Measured:
    """A text cut into units that stay whole, with their lengths."""

    def __init__(self, text: str, widths: Sequence[float]) -> None:
        self.text = text
        self._sums = [0.0, *accumulate(widths)]
        self._units = _units(text)

    @property
    def width(self) -> float:
        """Length in one line."""
        return self._sums[-1]

    @property
    def is_one_unit(self) -> bool:
        """Whether there is no place to break."""
        return len(self._units) <= 1

    def lines(self, measure: float, first: float | None = None) -> list[Line]:
        """Break to a measure; `first` is that of the first line where it is indented."""
        sums = self._sums
        lines: list[Line] = []
        start, limit = 0, measure if first is None else first
        fits = 0  # end of the last unit that is on the line
        for begin, stop, _ in self._units:
            while sums[stop] - sums[start] > limit + 0.01:
                if begin > start and self._squeezes(start, begin, stop, limit):
                    break
                if begin > start:
                    lines.append(self._line(start, fits, limit))
                    start = begin
                else:  # a unit longer than the line is cut
                    cut = self._cut(start, stop, limit)
                    lines.append(self._line(start, cut, limit))
                    begin = start = cut
                limit = measure
            fits = stop
        lines.append(Line(start, fits, sums[fits] - sums[start], last=True))
        final = lines[-1]
        if final.width > limit + 0.01:
            lines[-1] = self._line(start, fits, limit, last=True)
        if len(lines) > 1 and sum(char not in CLOSERS for char in self.text[start:fits]) == 1:
            self._join_orphan(lines, measure if first is None or len(lines) > 2 else first)
        return lines

    def _join_orphan(self, lines: list[Line], limit: float) -> None:
        """No paragraph ends in a line of one character: another comes down to it if it can."""
        above, orphan = lines[-2:]
        places = [(begin, stop) for begin, stop, _ in self._units if above.start < begin]
        moved = max((begin for begin, _ in places if begin < orphan.start), default=None)
        if moved is None:
            return
        end = max(stop for _, stop, after in self._units if after <= moved)
        shorter = self._line(above.start, end, limit)
        if 0 < shorter.gap <= ORPHAN:
            width = self._sums[orphan.end] - self._sums[moved]
            lines[-2:] = [shorter, Line(moved, orphan.end, width, last=True)]

    def _squeezes(self, start: int, begin: int, stop: int, limit: float) -> bool:
        """Whether the unit ends in a mark for which the line can make room."""
        if self.text[stop - 1] not in CLOSERS:
            return False
        over = self._sums[stop] - self._sums[start] - limit
        inside = self._sums[stop - 1] - self._sums[start] <= limit + 0.01
        return inside and over <= SQUEEZE * (stop - start - 1)

    def _cut(self, start: int, stop: int, limit: float) -> int:
        """Longest piece of a unit that fits; at least one character."""
        end = start + 1
        while end < stop and self._sums[end + 1] - self._sums[start] <= limit + 0.01:
            end += 1
        floor = end
        while floor > start + 1 and (
            self.text[floor : floor + 1] in CLOSERS or self.text[floor - 1] in OPENERS
        ):
            floor -= 1
        return floor if floor > start + 1 else end

    def _line(self, start: int, end: int, limit: float, last: bool = False) -> Line:
        width = self._sums[end] - self._sums[start]
        gaps = end - start - 1
        gap = (limit - width) / gaps if gaps > 0 else 0.0
        return Line(start, end, width, last, gap if gap <= STRETCH else 0.0)


@lru_cache(maxsize=512)
def _units(text: str) -> tuple[tuple[int, int, int], ...]:
    """Begin, end without trailing spaces, and end of each unit."""
    units = []
    at = 0
    length = len(text)
    while at < length:
        found = _UNIT.match(text, at)
        end = found.end() if found else at + 1
        stop = at + len(text[at:end].rstrip(" "))
        units.append((at, max(stop, at), end))
        at = end
    return tuple(units)


# Words of the titles of Party papers that a line break would tear apart.
_LEXICON: Final = """
共产党员 党务工作者 工作者 党员 党组织 党支部 党总支 党委 委员会 人民政府 基层
先进 优秀 集体 个人 年度 关于 表彰 命名 决定 通知 通报 公示 公告 报告 请示
批复 意见 方案 办法 名单 结果 星级 评定 审批表 登记表 汇总表 花名册 推荐 考核
年终 开展 活动 工作 支部 书记 苏木 嘎查 社区 同志 中共 授予 称号 荣誉 进行
民主 评议 评选 优秀共产党员 优秀党务工作者 先进基层党组织
"""
_WORDS: Final = tuple(_LEXICON.split())


def balance(measured: Measured, measure: float) -> list[Line]:
    """Lines of a title: as few as the measure allows, of like length, no word torn.

    GB/T 9704-2012 7.3.1: a title of several lines is whole in meaning, well set out and of
    fitting length, in the shape of a trapezoid or a rhombus.
    """
    text, sums = measured.text, measured._sums
    plain = measured.lines(measure)
    count = len(plain)
    if count == 1:
        return [Line(0, plain[0].end, plain[0].width, last=True)]
    places = [0, *(end for _, _, end in _units(text))]
    mean = sums[-1] / count
    cost = {place: _break_cost(text, place) for place in places}
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for step in range(count):
        reached: dict[int, tuple[float, list[int]]] = {}
        for begin, (spent, path) in best.items():
            for place in places:
                width = sums[place] - sums[begin]
                if place <= begin or width > measure + 0.01:
                    continue
                if (place == len(text)) != (step == count - 1):
                    continue
                total = spent + ((width - mean) / 1000) ** 2 + cost[place]
                if place not in reached or total < reached[place][0]:
                    reached[place] = (total, [*path, place])
        best = reached
    if len(text) not in best:
        return plain
    ends = best[len(text)][1]
    starts = [0, *ends[:-1]]
    return [
        Line(a, b, sums[b] - sums[a], last=b == len(text))
        for a, b in zip(starts, ends, strict=True)
    ]


def _break_cost(text: str, place: int) -> float:
    """How much a break of a title hurts: most inside a word, little before 关于, after 、."""
    if place in {0, len(text)}:
        return 0.0
    if text.startswith("关于", place) or text[place - 1] in "，。：；":
        return -6.0
    for word in _WORDS:
        for back in range(1, len(word)):
            if place >= back and text.startswith(word, place - back):
                return 40.0
    if text[place - 1] == "、" or text.startswith(("和", "及", "暨", "与", "并"), place):
        return -3.0
    return 12.0 if text.startswith("的", place) else 4.0
