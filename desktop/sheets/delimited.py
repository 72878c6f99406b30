"""Text tables: comma, tab, semicolon or bar, in any encoding a Chinese office machine writes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from desktop.sheets.grid import Grid

_SAMPLE = 200
_DELIMITERS = ",\t;|，"
_FORCED_TEXT = re.compile(r'^="(.*)"$', re.DOTALL)


@dataclass(frozen=True)
class Decoded:
    """The text of a file, the encoding it was in, and the lines with bytes nobody can read."""

    text: str
    encoding: str
    damaged: tuple[int, ...] = ()


def decode(content: bytes) -> Decoded:
    """Bytes → text: UTF-8 and UTF-16 with or without mark, else GB 18030.

    Bytes that are none of these become U+FFFD and their lines are named; nothing is dropped.
    """
    if content.startswith(b"\xef\xbb\xbf"):
        return _lenient(content[3:], "utf-8")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _lenient(content, "utf-16")
    head = content[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if even + odd > len(head) // 8:
        return _lenient(content, "utf-16-le" if odd > even else "utf-16-be")
    for encoding in ("utf-8", "gb18030"):
        try:
            return Decoded(content.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    guesses = [_lenient(content, encoding) for encoding in ("utf-8", "gb18030")]
    return min(guesses, key=lambda guess: guess.text.count("\ufffd"))


def _lenient(content: bytes, encoding: str) -> Decoded:
    text = content.decode(encoding, errors="replace")
    if "\ufffd" not in text:
        return Decoded(text, encoding)
    damaged = (n for n, line in enumerate(text.splitlines(), start=1) if "\ufffd" in line)
    return Decoded(text, encoding, tuple(damaged))


def read(name: str, content: bytes) -> Grid:
    """One sheet out of a text table; row numbers are those a spreadsheet program would show."""
    decoded = decode(content)
    text = decoded.text.lstrip("\ufeff").replace("\0", "")
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], "\n" + rest
    else:
        delimiter = _delimiter(text)
    rows: list[list[object]] = []
    damage = []
    try:
        records = list(_records(text, delimiter))
    except csv.Error:
        records = []
    if not records or any(
        cell.count("\n") > 1 and cell.count(delimiter) > 2 for row in records for cell in row
    ):
        # A quotation mark that nobody closed has swallowed whole lines.
        records = list(_records(text, delimiter, quoting=csv.QUOTE_NONE))
    for number, record in enumerate(records, start=1):
        rows.append([_cell(value) for value in record])
        if any("\ufffd" in value for value in record):
            damage.append((number, "这一行有读不出来的字（文件编码有损坏）"))
    return Grid(name=name, rows=rows, damage=tuple(damage))


def _records(
    text: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> Iterator[list[str]]:
    csv.field_size_limit(1 << 24)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        del lines[-1]
    return csv.reader([f"{line}\n" for line in lines], delimiter=delimiter, quoting=quoting)


def _delimiter(text: str) -> str:
    """The mark that cuts most sample lines into the same, largest number of cells."""

    def rating(mark: str) -> tuple[int, int]:
        widths = [len(record) for record in islice(_records(text, mark), _SAMPLE) if record]
        wide = [width for width in widths if width > 1]
        if not wide:
            return (0, 0)
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        return (wide.count(usual), usual)

    return max(_DELIMITERS, key=rating)


def _cell(value: str) -> str:
    """A text cell without the tricks exports use to keep long numbers as text."""
    value = value.strip()
    if value.startswith('="') and (forced := _FORCED_TEXT.match(value)):
        value = forced.group(1)
    return value
