"""Where the roster is on a sheet: the header under its titles, the rows, and what is not a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from db.errors import Refusal
from db.importing.headings import LEVELS, SERIAL_HEADINGS, plain_heading, readings
from db.importing.table import SECTION_HEADER, Cell, Note, Row, Table
from desktop.sheets.grid import Grid

_SEARCH_DEPTH = 60
_TOTAL = re.compile(r"^.{0,30}?(?:合计|小计|总计|共计|累计)(?:数|人数)?[：:]?\d*[人名个户]?$")
_FOOT = re.compile(
    r"^(?:填表|制表|填报|审核|审批|审签|复核|经办|负责|单位|领导|联系|报送|上报|备注|附注|附|注|说明"
    r"|填写|日期|时间|签字|签名|盖章)[^：:]{0,10}[：:]"
)
_DAY = re.compile(r"^\d{4}\s*年\s*\d{1,2}\s*月\s*(?:\d{1,2}\s*日)?$")
_NUMBERING = re.compile(
    r"^[(（]?(?:[一二三四五六七八九十百]+|\d+)(?:[)）][、.．:：]?|[、.．:：]|\s+)\s*"
)
_BRANCH_NAME = re.compile(r"\S{2,30}(?:支部|党小组|中心户)")
_BRANCH_ABOVE = re.compile(
    r"(?:党支部|支部|党组织|单位)(?:名称|全称)?\s*[(（]?(?:盖章|公章)?[)）]?\s*[:：]\s*"
    r"(\S{2,30}?(?:支部|党小组|中心户))(?:[\s(（,，;；]|$)"
)
_COUNT = re.compile(
    r"\s*[（(](?:共|计|合计)?\s*\d+\s*[人名个户][^）)]*[）)]\s*$|\s*共\s*\d+\s*[人名]\s*$"
)
_ORGANIZATION = re.compile(
    r"(?:党委|总支|支部|小组|委员会|中心户|苏木|嘎查|村|社区|机关|学校|中心校|卫生院|公司|合作社"
    r"|[站所局办院厂])$"
)


@dataclass(frozen=True)
class Header:
    """Where the heading stands (row indexes from 0) and what it says."""

    first: int
    last: int
    titles: tuple[str, ...]
    known: int
    """How many of the titles are known words."""


def text_of(cell: Cell) -> str:
    """A cell as one line of half-width text, for recognising it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def find_header(grid: Grid, known: Collection[str] = ()) -> Header | None:
    """The heading of the roster, found by known words first, else by its looks.

    `known` holds headings made plain (`plain_heading`). None when nothing looks like a heading.
    """
    best: tuple[int, int] = (0, -1)
    depth = min(len(grid.rows), _SEARCH_DEPTH)
    for index in range(depth):
        hits = _hits(grid.rows[index], known)
        if hits > best[0]:
            best = (hits, index)
    width = _usual_width(grid)
    if best[0] >= 2 or (best[0] == 1 and width == 1):
        return _compose(grid, _top_of(grid, best[1]), known)
    for index in range(depth):
        cells = [cell for cell in grid.rows[index] if cell != ""]
        if len(cells) >= max(2, (width + 1) // 2) and _looks_like_titles(cells):
            return _compose(grid, index, known)
    return _compose(grid, best[1], known) if best[0] else None


def _top_of(grid: Grid, index: int) -> int:
    """The first row of the heading that this row closes: cells merged down into it begin there."""
    tops = [top for top, _left, bottom, _right in grid.merges if top < index == bottom]
    return min((top for top in tops if top >= index - 2), default=index)


def _hits(row: Iterable[Cell], known: Collection[str]) -> int:
    words = {plain_heading(cell) for cell in row if isinstance(cell, str) and cell}
    return sum(1 for word in words if word in known)


def _usual_width(grid: Grid) -> int:
    counts = sorted(len(row) - row.count("") for row in grid.rows[:200])
    counts = [count for count in counts if count]
    return counts[len(counts) // 2] if counts else 0


def _looks_like_titles(cells: list[Cell]) -> bool:
    words = [text_of(cell) for cell in cells]
    return (
        all(isinstance(cell, str) for cell in cells)
        and all(
            0 < len(word) <= 24 and not re.fullmatch(r"[\d.\-/年月日xX]+", word) for word in words
        )
        and len(set(words)) >= len(words) * 2 // 3
    )


def _compose(grid: Grid, first: int, known: Collection[str]) -> Header:
    """Join a heading of two rows into one title per column."""
    width = len(grid.rows[first])
    parents = [text_of(cell) for cell in grid.rows[first]]
    spans: dict[int, int] = {}
    last = first
    for top, left, bottom, right in grid.merges:
        if top == first and bottom <= first + 2:
            if right > left:
                spans[left] = min(right, width - 1)
            last = max(last, bottom)
    if last == first and first + 1 < len(grid.rows):
        below = grid.rows[first + 1]
        if spans and _looks_like_titles([cell for cell in below if cell != ""] or [0]):
            last = first + 1
        elif _hits(below, known) >= 2 and any(
            parents[at] == "" and cell != "" for at, cell in enumerate(below)
        ):
            # No merges are told in text files: an unmerged parent stands over its first child.
            last = first + 1
            filled = [at for at, word in enumerate(parents) if word]
            for at, following in zip(filled, [*filled[1:], width], strict=True):
                if following > at + 1:
                    spans[at] = following - 1
    for left, right in spans.items():
        for at in range(left + 1, right + 1):
            parents[at] = parents[at] or parents[left]
    titles = []
    for at in range(width):
        levels = [parents[at]]
        levels += [text_of(grid.rows[row][at]) for row in range(first + 1, last + 1)]
        titles.append(LEVELS.join(dict.fromkeys(level for level in levels if level)))
    hits = sum(1 for title in titles if any(form in known for form in readings(title)))
    return Header(first, last, tuple(titles), hits)


def lay_out(grid: Grid, known: Collection[str] = ()) -> Table:
    """Header and data rows of a sheet, with a note on every line that was not taken as data.

    Blank lines, repeated headings, totals, group lines and foot lines are told apart from rows;
    group lines that name organizations become a column of their own. Raises Refusal when no heading
    is found.
    """
    header = find_header(grid, known)
    if header is None:
        raise Refusal(
            f"“{grid.name}”里没有找到表头（写着“姓名、性别……”的那一行）。请检查是不是选错了工作表。"
        )
    return _Lines(grid, header).table()


class _Lines:
    """One pass over the lines below the heading."""

    def __init__(self, grid: Grid, header: Header) -> None:
        self.grid = grid
        self.header = header
        used = [
            at
            for at in range(len(header.titles))
            if header.titles[at] or any(r[at] != "" for r in grid.rows[header.last + 1 :])
        ]
        self.width = used[-1] + 1 if used else 0
        self.titles = _unique(header.titles[: self.width])
        self.count = sum(1 for title in header.titles if title)
        heads = [grid.rows[row][: self.width] for row in range(header.first, header.last + 1)]
        self.repeated = {tuple(text_of(cell) for cell in head) for head in heads}
        self.suspicious = {next((cell for cell in head if cell != ""), "") for head in heads}
        self.above = {
            plain_heading(text_of(cell))
            for row in grid.rows[: header.first]
            for cell in row
            if isinstance(cell, str) and cell
        }
        self.wide = {
            top for top, left, bottom, right in grid.merges if top == bottom and left < right
        }
        self.serial = bool(self.titles) and plain_heading(self.titles[0]) in SERIAL_HEADINGS
        self.notes: list[Note] = []
        self.section = self._said_above(header)

    def _said_above(self, header: Header) -> str:
        """The branch a roster of one branch names in its title lines or in the sheet's name."""
        for row in self.grid.rows[: header.first]:
            for cell in row:
                said = _BRANCH_ABOVE.search(text_of(cell)) if isinstance(cell, str) else None
                if said:
                    return said.group(1)
        return self.grid.name if _BRANCH_NAME.fullmatch(self.grid.name) else ""

    def table(self) -> Table:
        width = self.width
        few = max(3, self.count // 3)
        start = self.header.last + 1
        taken: list[tuple[int, list[Cell], str]] = []
        for number, row in enumerate(self.grid.rows[start:], start=start + 1):
            cells = row if len(row) == width else row[:width]
            filled = width - cells.count("")
            first = cells[0] if width else ""
            if filled > few and (
                first.__class__ is float or (first.__class__ is str and first.isdigit())
            ):
                pass  # a numbered line with much in it: a person, as nearly all lines are
            elif filled == 0 or not self._is_data(number, cells, filled, few):
                continue
            taken.append((number, cells, self.section))
        self._tell_hidden([number for number, _cells, _section in taken])
        self.notes += [Note(number, words) for number, words in self.grid.damage]
        titles = self.titles
        if any(section for _number, _cells, section in taken):
            titles = (*titles, SECTION_HEADER)
            rows = [Row(number, [*cells, section]) for number, cells, section in taken]
        else:
            rows = [Row(number, cells) for number, cells, _section in taken]
        return Table(
            name=self.grid.name,
            header=titles,
            rows=rows,
            notes=tuple(sorted(self.notes, key=lambda note: note.row)),
            header_row=self.header.first + 1,
            epoch_1904=self.grid.epoch_1904,
        )

    def _is_data(self, number: int, cells: list[Cell], filled: int, few: int) -> bool:
        first = next(cell for cell in cells if cell != "")
        if filled > few and (
            not isinstance(first, str) or (first not in self.suspicious and not first.isspace())
        ):
            # The line of a person: by far the most, so they are told by a glance.
            if not isinstance(first, str) or first.isascii():
                return True
            if not _TOTAL.match(text_of(first).replace(" ", "")):
                return True
        words = [word for word in map(text_of, cells) if word]
        if not words:
            return False
        filled = len(words)
        compact = [word.replace(" ", "") for word in words]
        if self._repeats_header(cells):
            self._note(number, "重复的表头")
        elif any(_TOTAL.match(word) for word in compact[:2]):
            self._note(number, f"合计行“{words[0][:20]}”")
        elif filled <= few and self._is_beside_the_table(words, compact):
            self._note(number, f"表外文字“{words[0][:20]}”")
        elif filled == 1 and plain_heading(words[0]) in self.above:
            self._note(number, f"重复的标题“{words[0][:20]}”")
        elif filled == 1 and self.count > 2 and self._is_line_of_its_own(number, cells, words[0]):
            pass
        else:
            return True
        return False

    @staticmethod
    def _is_beside_the_table(words: list[str], compact: list[str]) -> bool:
        """Signatures, remarks and the date below a roster."""
        return all(_FOOT.match(word) for word in compact) or (
            len(words) == 1 and bool(_DAY.match(words[0]))
        )

    def _is_line_of_its_own(self, number: int, cells: list[Cell], word: str) -> bool:
        """A line with one cell: a group line, a spare serial number, or words below the table."""
        at_first = cells[0] != ""
        if at_first and self.serial and word.isdigit():
            self._note(number, "只有序号的空行")
            return True
        name = _COUNT.sub("", _NUMBERING.sub("", word)).strip()
        counted = bool(_COUNT.search(word))
        merged = number - 1 in self.wide
        organization = bool(_ORGANIZATION.search(name))
        if at_first and (organization or counted) and (merged or counted or self.serial):
            self.section = name
            self._note(number, f"分组行“{word[:20]}”")
            return True
        if merged or (at_first and self.serial):
            self._note(number, f"表外文字“{word[:20]}”")
            return True
        return False

    def _repeats_header(self, cells: list[Cell]) -> bool:
        if tuple(text_of(cell) for cell in cells) in self.repeated:
            return True
        pairs = [
            (text_of(cell), title)
            for cell, title in zip(cells, self.header.titles, strict=False)
            if cell != ""
        ]
        same = sum(1 for word, title in pairs if plain_heading(word) in readings(title))
        return same >= 2 and same * 10 >= len(pairs) * 8

    def _note(self, row: int, what: str) -> None:
        self.notes.append(Note(row, f"第 {row} 行是{what}，没有当作数据"))

    def _tell_hidden(self, numbers: list[int]) -> None:
        hidden = [number for number in numbers if number in self.grid.hidden_rows]
        if hidden:
            shown = "、".join(map(str, hidden[:10])) + ("等" if len(hidden) > 10 else "")
            self.notes.append(Note(0, f"有 {len(hidden)} 行是隐藏的（第 {shown} 行），也一并读入"))
        columns = [
            self.titles[at - 1] for at in sorted(self.grid.hidden_columns) if at <= self.width
        ]
        if columns:
            self.notes.append(Note(0, f"隐藏的列也一并读入：{'、'.join(columns[:10])}"))


def _unique(titles: Iterable[str]) -> tuple[str, ...]:
    """Every column gets a title of its own: untitled ones their letter, doubled ones a number."""
    seen: dict[str, int] = {}
    result = []
    for at, title in enumerate(titles):
        word = title or f"{letter(at)}列"
        seen[word] = seen.get(word, 0) + 1
        result.append(word if seen[word] == 1 else f"{word} ({seen[word]})")
    return tuple(result)


def letter(column: int) -> str:
    """The letter of a column counted from 0, as spreadsheet programs show it."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
