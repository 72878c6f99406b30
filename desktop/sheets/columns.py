"""Which column of a roster is which field: by label, by other known names, by close spelling.

A doubtful likeness is never taken silently: it is left out and reported, and the person decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from db.columns import columns_of
from db.fields import Reference, Structured
from db.importing.headings import SERIAL_HEADINGS, plain_heading, readings
from db.importing.table import SECTION_HEADER, Table

OWN_HEADINGS = ("原行号", "出错列", "原因")
"""Columns of our own refused-rows sheet; they come back with it and are not data."""

_CLOSE_ENOUGH = 84.0
_MARGIN = 8.0
_SOMEBODY_ELSE = re.compile(
    r"配偶|父亲|母亲|家属|介绍人|联系人|子女|监护|推荐人|培养|包联|帮扶|户主"
)
_TIME = re.compile(r"(?:时间|年月日|年月|日期|日子)$")
_IDLE = re.compile(r"(?:名称|情况|信息|填写|类型)$")


class How(StrEnum):
    """Why a column was matched, or why not."""

    CHOSEN = "chosen"
    REMEMBERED = "remembered"
    EXACT = "exact"
    CLOSE = "close"
    AMBIGUOUS = "ambiguous"
    SERIAL = "serial"
    OWN = "own"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Match:
    """One column and the field it was taken for; `field` is "" when it is left out."""

    column: int
    header: str
    field: str
    how: How
    candidates: tuple[str, ...] = ()
    """Field names that came near, best first."""


@dataclass(frozen=True)
class Matching:
    """All columns of a roster; later decisions of the person replace single ones."""

    matches: tuple[Match, ...]

    @property
    def mapping(self) -> dict[int, str]:
        """Column number (from 0) → field name."""
        return {match.column: match.field for match in self.matches if match.field}

    @property
    def questions(self) -> tuple[Match, ...]:
        """Columns a person should look at: more than one field came near."""
        return tuple(match for match in self.matches if match.how is How.AMBIGUOUS)

    def chosen(self, column: int, field: str) -> Matching:
        """The same with one column decided by the person; a field serves one column only."""
        matches = []
        for match in self.matches:
            if match.column == column:
                match = Match(column, match.header, field, How.CHOSEN, match.candidates)
            elif field and match.field == field:
                match = Match(match.column, match.header, "", How.CHOSEN, match.candidates)
            matches.append(match)
        return Matching(tuple(matches))


def importable(model: type[Any]) -> tuple[Any, ...]:
    """The columns of a register that a sheet can fill."""
    return tuple(field for field in columns_of(model) if not isinstance(field, Structured))


def words_of(field: Any) -> tuple[str, ...]:
    """Every heading that means this field: its label first."""
    words = [field.label, *field.aliases]
    if isinstance(field, Reference) and field.rel_model is not field.model:
        words.append(field.rel_model._meta.label)
    return tuple(dict.fromkeys(plain_heading(word) for word in words if word))


def known_headings(model: type[Any]) -> frozenset[str]:
    """All headings that mean a field of this register, made plain."""
    known = {word for field in importable(model) for word in words_of(field)}
    return frozenset(known | SERIAL_HEADINGS)


def fingerprint(header: Sequence[str]) -> str:
    """The same for every roster with the same headings, in whatever order."""
    import hashlib

    words = "\n".join(sorted(plain_heading(title) for title in header))
    return hashlib.sha256(words.encode()).hexdigest()[:24]


def match_columns(
    table: Table, model: type[Any], remembered: Mapping[str, str] | None = None
) -> Matching:
    """Match every column: remembered decisions first, then exact words, then close spelling."""
    fields = importable(model)
    names = {field.name for field in fields}
    matches: dict[int, Match] = {}
    taken: set[str] = set()
    for column, header in enumerate(table.header):
        if plain_heading(header) in OWN_HEADINGS:
            matches[column] = Match(column, header, "", How.OWN)
        elif remembered is not None and plain_heading(header) in remembered:
            name = remembered[plain_heading(header)]
            if name in names and name not in taken:
                taken.add(name)
                matches[column] = Match(column, header, name, How.REMEMBERED)
            else:
                matches[column] = Match(column, header, "", How.REMEMBERED)
        elif header != SECTION_HEADER and _is_serial(table, column):
            matches[column] = Match(column, header, "", How.SERIAL)
    _match_exactly(table, fields, matches, taken)
    _match_closely(table, fields, matches, taken)
    _match_sections(table, fields, matches, taken)
    for column, header in enumerate(table.header):
        matches.setdefault(column, Match(column, header, "", How.UNKNOWN))
    return Matching(tuple(matches[column] for column in sorted(matches)))


def _match_exactly(
    table: Table, fields: Sequence[Any], matches: dict[int, Match], taken: set[str]
) -> None:
    """A field goes to the column that says its label, else to its first alias found."""
    meaning: dict[str, list[tuple[int, str]]] = {}
    for field in fields:
        for rank, word in enumerate(words_of(field)):
            meaning.setdefault(word, []).append((rank, field.name))
    claims: list[tuple[int, int, int, str]] = []
    for column, header in enumerate(table.header):
        if column in matches:
            continue
        for depth, form in enumerate(readings(header)):
            for rank, name in meaning.get(form, ()):
                claims.append((depth, rank, column, name))
    for _depth, _rank, column, name in sorted(claims):
        if column not in matches and name not in taken:
            taken.add(name)
            matches[column] = Match(column, table.header[column], name, How.EXACT)
    for _depth, _rank, column, name in sorted(claims):
        if column not in matches:
            header = table.header[column]
            matches[column] = Match(column, header, "", How.AMBIGUOUS, (name,))


def _match_closely(
    table: Table, fields: Sequence[Any], matches: dict[int, Match], taken: set[str]
) -> None:
    """Close spelling, where one free field stands clear of all others."""
    from rapidfuzz import fuzz

    words = [(field.name, _stem(word)) for field in fields for word in words_of(field)]
    claims: list[tuple[float, int, str, tuple[str, ...]]] = []
    for column, header in enumerate(table.header):
        if column in matches:
            continue
        scores: dict[str, float] = {}
        for form in map(_stem, readings(header)):
            for name, word in words:
                if bool(_SOMEBODY_ELSE.search(form)) != bool(_SOMEBODY_ELSE.search(word)):
                    continue
                score = 100.0 if form == word else fuzz.ratio(form, word)
                if len(word) >= 3 and form.endswith(word) and len(word) / len(form) >= 0.6:
                    score = max(score, 90.0)
                if len(form) >= 2 and word.endswith(form):
                    # “岗位” for 工作岗位: the end of a word carries its meaning.
                    score = max(score, _CLOSE_ENOUGH)
                scores[name] = max(score, scores.get(name, 0.0))
        near = sorted(scores.items(), key=lambda item: -item[1])
        near = [item for item in near if item[1] >= _CLOSE_ENOUGH]
        if not near:
            continue
        candidates = tuple(name for name, _ in near)
        clear = len(near) == 1 or near[0][1] - near[1][1] >= _MARGIN
        if clear and near[0][0] not in taken:
            claims.append((-near[0][1], column, near[0][0], candidates))
        else:
            matches[column] = Match(column, header, "", How.AMBIGUOUS, candidates)
    for _score, column, name, candidates in sorted(claims):
        header = table.header[column]
        if name in taken:
            matches[column] = Match(column, header, "", How.AMBIGUOUS, candidates)
        else:
            taken.add(name)
            matches[column] = Match(column, header, name, How.CLOSE, candidates)


def _stem(word: str) -> str:
    """Endings that mean the same: 入党时间, 入党年月 and 入党日期."""
    if len(word) > 3:
        word = _TIME.sub("日期", word)
        word = _IDLE.sub("", word) if len(word) > 4 else word
    return word


def _match_sections(
    table: Table, fields: Sequence[Any], matches: dict[int, Match], taken: set[str]
) -> None:
    """Group lines name the organization when no column does."""
    for column, header in enumerate(table.header):
        if header != SECTION_HEADER:
            continue
        references = [field for field in fields if isinstance(field, Reference)]
        references.sort(key=lambda field: not field.required)
        matched = matches.get(column)
        if matched is None or not matched.field:
            free = references[0].name if references and references[0].name not in taken else ""
            how = How.EXACT if free else How.OWN
            matches[column] = Match(column, header, free, how)


def _is_serial(table: Table, column: int) -> bool:
    """Whether a column merely numbers the lines (1, 2, 3 …), whatever it calls itself."""
    heading = plain_heading(table.header[column])
    if heading not in SERIAL_HEADINGS:
        return False
    if heading != "编号":
        return True
    numbers = [_number(row.cells[column]) for row in table.rows[:200]]
    kept = [number for number in numbers if number is not None]
    if len(kept) * 2 < len(numbers):
        return False
    if len(kept) < 2:
        return bool(kept) and kept[0] == 1
    steps = sum(1 for before, after in pairwise(kept) if 0 <= after - before <= 2)
    return kept[0] <= len(table.rows) and steps * 10 >= (len(kept) - 1) * 8


def _number(cell: object) -> int | None:
    text = str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
