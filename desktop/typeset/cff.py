"""The character identifiers inside a CFF font, read from its charset table.

A page names a glyph of a CID-keyed CFF font by the CID in its charset, not by its place in the
file; the two differ in the Fandol faces. The layout is that of Adobe Technical Note 5176.
"""

from __future__ import annotations

from itertools import count, pairwise
from typing import Final

_ROS: Final = 1230
_CHARSET: Final = 15


def charset(table: bytes, glyphs: int) -> list[int] | None:
    """CID of each glyph in order, or None for a font keyed by glyph names (CID is the index)."""
    names_at = table[2]
    tops, _ = _index(table, _index_end(table, names_at))
    top = _dictionary(tops[0])
    if _ROS not in top:
        return None
    at = int(top.get(_CHARSET, [0])[0])
    if at <= 2:  # predefined charsets do not occur in CID-keyed fonts, except as "identity"
        return list(range(glyphs))
    cids = [0]
    kind = table[at]
    at += 1
    if kind == 0:
        places = range(at, at + 2 * (glyphs - 1), 2)
        return cids + [int.from_bytes(table[place : place + 2], "big") for place in places]
    wide = 2 if kind == 2 else 1
    while len(cids) < glyphs:
        first = int.from_bytes(table[at : at + 2], "big")
        left = int.from_bytes(table[at + 2 : at + 2 + wide], "big")
        cids.extend(range(first, first + left + 1))
        at += 2 + wide
    return cids[:glyphs]


def _index(table: bytes, at: int) -> tuple[list[bytes], int]:
    """Entries of an INDEX and the place behind it."""
    entries = int.from_bytes(table[at : at + 2], "big")
    if entries == 0:
        return [], at + 2
    size = table[at + 2]
    starts = [
        int.from_bytes(table[at + 3 + size * i : at + 3 + size * (i + 1)], "big")
        for i in range(entries + 1)
    ]
    base = at + 3 + size * (entries + 1) - 1
    pieces = [table[base + a : base + b] for a, b in pairwise(starts)]
    return pieces, base + starts[-1]


def _index_end(table: bytes, at: int) -> int:
    return _index(table, at)[1]


def _dictionary(data: bytes) -> dict[int, list[float]]:
    """Operators of a DICT with their operands; two-byte operators count from 1200."""
    found: dict[int, list[float]] = {}
    operands: list[float] = []
    at = 0
    while at < len(data):
        byte = data[at]
        at += 1
        if byte <= 21:
            if byte == 12:
                byte = 1200 + data[at]
                at += 1
            found[byte] = operands
            operands = []
        elif byte == 28:
            operands.append(int.from_bytes(data[at : at + 2], "big", signed=True))
            at += 2
        elif byte == 29:
            operands.append(int.from_bytes(data[at : at + 4], "big", signed=True))
            at += 4
        elif byte == 30:  # a real number in nibbles: its value is never asked for here
            for at in count(at):  # noqa: B020
                if data[at] & 0x0F == 0x0F or data[at] >> 4 == 0x0F:
                    break
            at += 1
            operands.append(0.0)
        elif byte <= 246:
            operands.append(byte - 139)
        elif byte <= 250:
            operands.append((byte - 247) * 256 + data[at] + 108)
            at += 1
        else:
            operands.append(-(byte - 251) * 256 - data[at] - 108)
            at += 1
    return found
