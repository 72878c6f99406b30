"""What the reading library does not tell about an .xlsx: hidden rows and columns, error cells."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from html import unescape
from posixpath import join, normpath

from desktop.sheets.grid import Grid

UNCOMPUTED = "#公式未计算"
_DAMAGE = (KeyError, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What the standard library raises besides its own errors when an archive is damaged."""
_MOST_BYTES = 800_000_000

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s(?=[^>]*\bhidden="(?:1|true)")[^>]*>')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"[^>]*>'
    rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]*)</v>"
)
_UNCOMPUTED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]+)(\d+)"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)'
    rb"(?:<v\s*/>|<v></v>)?</(?:\w+:)?c>"
)
_LAST_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
_WIDE = re.compile(rb'r="[A-Z]{3}\d')
_COLUMN = re.compile(rb'r="([A-Z]{1,3})\d')
_NARROW = 702
"""Columns up to ZZ."""
_EPOCH = re.compile(rb'\bdate1904="(?:1|true)"')
_MAX_COLUMN = 16384
MOST_CELLS = 24_000_000
"""The reading library keeps a sheet as a full rectangle; beyond this an office machine starves."""


class Torn(Exception):
    """The file is not a whole workbook; the reading library would stumble over it."""


class Locked(Exception):
    """The workbook asks for a password."""


@dataclass(frozen=True)
class Peek:
    """What stands in one worksheet part beside its values."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: tuple[tuple[int, int, str], ...] = ()
    """Row and column from 0, and the complaint, such as “#REF!”."""
    epoch_1904: bool = False
    size: tuple[int, int] = (0, 0)
    """How many rows and columns its cells span at most."""


NOTHING = Peek()


def peek(content: bytes) -> dict[str, Peek]:
    """Sheet name → what was seen in its part; empty for zipped formats that are not .xlsx.

    Raises Torn when the archive is damaged or would unfold beyond all measure.
    """
    try:
        return _peek_archive(content)
    except (zipfile.BadZipFile, zlib.error, struct.error, *_DAMAGE) as error:
        raise Torn(str(error)) from error


def _peek_archive(content: bytes) -> dict[str, Peek]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(part.file_size > _MOST_BYTES for part in archive.infolist()):
            raise Torn("展开后过大")
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
            return {}
        targets = {
            found[b"Id"]: found[b"Target"].decode()
            for found in _attributes(_RELATION, archive.read("xl/_rels/workbook.xml.rels"))
            if b"Id" in found and b"Target" in found
        }
        seen = {}
        workbook = archive.read("xl/workbook.xml")
        epoch_1904 = bool(_EPOCH.search(workbook))
        for found in _attributes(_SHEET, workbook):
            relation = next((v for k, v in found.items() if k.endswith(b":id")), b"")
            target = targets.get(relation, "")
            part = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            if part in names:
                name = unescape(found.get(b"name", b"").decode())
                seen[name] = replace(_peek_part(archive.read(part)), epoch_1904=epoch_1904)
        return seen


def _attributes(pattern: re.Pattern[bytes], content: bytes) -> list[dict[bytes, bytes]]:
    return [dict(_ATTRIBUTE.findall(tag)) for tag in pattern.findall(content)]


def _peek_part(part: bytes) -> Peek:
    hidden_columns: set[int] = set()
    hidden_rows: frozenset[int] = frozenset()
    if b"hidden=" in part:
        hidden_rows = frozenset(int(number) for number in _HIDDEN_ROW.findall(part))
        for found in _attributes(_HIDDEN_COLUMN, part):
            first, last = int(found.get(b"min", b"1")), int(found.get(b"max", b"0"))
            hidden_columns.update(range(first, min(last, _MAX_COLUMN) + 1))
    errors = []
    if b't="e"' in part:
        errors += [
            (int(row) - 1, _column(letters), unescape(word.decode()))
            for letters, row, word in _ERROR.findall(part)
        ]
    if b"<f" in part:
        errors += [
            (int(row) - 1, _column(letters), UNCOMPUTED)
            for letters, row in _UNCOMPUTED.findall(part)
        ]
    return Peek(hidden_rows, frozenset(hidden_columns), tuple(errors), size=_size(part))


def _size(part: bytes) -> tuple[int, int]:
    """Rows and columns at most; columns are counted exactly only where the sheet is long."""
    tail = part.rfind(b"<row ", 0)
    found = _LAST_ROW.match(part, tail) if tail >= 0 else None
    rows = int(found.group(1)) if found else 1
    if _WIDE.search(part) is None and rows * _NARROW <= MOST_CELLS:
        return rows, _NARROW
    return rows, max((_column(letters) + 1 for letters in set(_COLUMN.findall(part))), default=1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def mark_errors(grid: Grid, seen: Peek) -> None:
    """Put the complaint into cells the library left empty, so that no error passes for a blank."""
    for row, column, word in seen.errors:
        if row < len(grid.rows) and column < len(grid.rows[row]) and grid.rows[row][column] == "":
            grid.rows[row][column] = word
