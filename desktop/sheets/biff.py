"""What the reading library does not tell about an .xls or .et: hidden rows, error cells, the epoch.

Both are compound files (MS-CFB) with a stream of records (MS-XLS). Only the few records that matter
here are looked at; a file that is not as described simply tells nothing more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from desktop.sheets.archive import MOST_CELLS, Locked, Peek, Torn

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_NO_SECTOR = 0xFFFFFFFA
"""From here on a sector number means “none”, “end” or “free”."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_FILEPASS = 0x2F
_EOF, _DATEMODE, _COLINFO, _BOUNDSHEET = 0x0A, 0x22, 0x7D, 0x85
_BEGINNINGS = frozenset({0x809, 0x409, 0x209, 0x009})
_FORMULA, _BOOLERR, _ROW = 0x06, 0x205, 0x208
_CELLS = frozenset({_FORMULA, _BOOLERR, 0x7E, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x207, 0x27E})
_MINI_CUTOFF = 4096
_MOST_COLUMNS = 256
"""A cell beyond them is no cell: the file is damaged."""


def peek(content: bytes) -> list[Peek]:
    """What was seen in each worksheet, in the order of the file; Torn or Locked if it cannot be."""
    if _ENCRYPTED in content:
        raise Locked
    try:
        stream = _workbook_stream(content)
        sheets = _worksheets(stream)
    except (struct.error, IndexError, ValueError) as error:
        raise Torn(str(error)) from error
    if not sheets:
        raise Torn("没有工作表")
    return sheets


# -- the compound file -------------------------------------------------------------------------


def _workbook_stream(content: bytes) -> bytes:
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    first_directory = struct.unpack_from("<I", content, 48)[0]
    first_mini_fat = struct.unpack_from("<I", content, 60)[0]
    size = 1 << shift

    def sector(number: int) -> bytes:
        return content[(number + 1) * size : (number + 2) * size]

    if not 7 <= shift <= 12 or mini_shift > shift:
        raise ValueError("sector sizes")
    fat_sectors = [n for n in struct.unpack_from("<109I", content, 76) if n < _NO_SECTOR]
    more, _count = struct.unpack_from("<II", content, 68)
    while more < _NO_SECTOR and len(fat_sectors) < len(content) // size:
        numbers = struct.unpack(f"<{size // 4}I", sector(more))
        fat_sectors += [n for n in numbers[:-1] if n < _NO_SECTOR]
        more = numbers[-1]
    fat = [n for s in fat_sectors for n in struct.unpack(f"<{size // 4}I", sector(s))]

    def chain(start: int, table: list[int]) -> Iterator[int]:
        for _ in range(len(table) + 1):
            if start >= _NO_SECTOR:
                return
            yield start
            start = table[start]
        raise ValueError("a chain without end")

    directory = b"".join(sector(n) for n in chain(first_directory, fat))
    root = b""
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(0, length - 2)].decode("utf-16-le", "replace")
        start, extent = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = b"".join(sector(n) for n in chain(start, fat))
        elif name in ("Workbook", "Book"):
            if extent >= _MINI_CUTOFF:
                return b"".join(sector(n) for n in chain(start, fat))[:extent]
            mini = 1 << mini_shift
            raw = b"".join(sector(n) for n in chain(first_mini_fat, fat))
            mini_fat = list(struct.unpack(f"<{len(raw) // 4}I", raw))
            places = chain(start, mini_fat)
            return b"".join(root[n * mini : (n + 1) * mini] for n in places)[:extent]
    raise ValueError("no workbook inside")


# -- the records -------------------------------------------------------------------------------


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place of the body and its length, until the substream ends."""
    if struct.unpack_from("<H", stream, at)[0] not in _BEGINNINGS:
        raise ValueError("no substream begins here")
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == _EOF:
            return
        at += 4 + length


def _worksheets(stream: bytes) -> list[Peek]:
    starts = []
    epoch_1904 = False
    for kind, at, _length in _records(stream, 0):
        if kind == _BOUNDSHEET:
            start, _visibility, sort = struct.unpack_from("<IBB", stream, at)
            if sort == 0:
                starts.append(start)
        elif kind == _FILEPASS:
            raise Locked
        elif kind == _DATEMODE:
            epoch_1904 = struct.unpack_from("<H", stream, at)[0] == 1
    return [_worksheet(stream, start, epoch_1904) for start in starts]


def _worksheet(stream: bytes, start: int, epoch_1904: bool) -> Peek:
    rows: set[int] = set()
    columns: set[int] = set()
    errors: list[tuple[int, int, str]] = []
    deepest = widest = 0
    for kind, at, length in _records(stream, start):
        if kind in _CELLS and length >= 6:
            row, column = struct.unpack_from("<HH", stream, at)
            deepest, widest = max(deepest, row + 1), max(widest, column + 1)
        if kind == _ROW and length >= 14:
            if stream[at + 12] & 0x20:
                rows.add(struct.unpack_from("<H", stream, at)[0] + 1)
        elif kind == _COLINFO and length >= 10:
            if stream[at + 8] & 0x01:
                first, last = struct.unpack_from("<HH", stream, at)
                columns.update(range(first + 1, min(last, 255) + 2))
        elif kind == _BOOLERR and length >= 8:
            if stream[at + 7]:
                row, column = struct.unpack_from("<HH", stream, at)
                errors.append((row, column, _ERRORS.get(stream[at + 6], "#VALUE!")))
        elif (
            kind == _FORMULA
            and length >= 14
            and stream[at + 12 : at + 14] == b"\xff\xff"
            and stream[at + 6] == 2
        ):
            row, column = struct.unpack_from("<HH", stream, at)
            errors.append((row, column, _ERRORS.get(stream[at + 8], "#VALUE!")))
    size = (deepest, widest) if widest <= _MOST_COLUMNS else (MOST_CELLS, widest)
    return Peek(frozenset(rows), frozenset(columns), tuple(errors), epoch_1904, size)
