"""Reads a finished PDF back with PDFium: what stands where, in millimetres from the top left."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from desktop.typeset.fonts import Library
from desktop.typeset.paper import MM


@dataclass(frozen=True)
class Seen:
    """A character and its box of origin: left, base line, right (mm)."""

    char: str
    left: float
    bottom: float
    right: float
    top: float


def texts(pdf: bytes) -> list[str]:
    """The text of each page as a reader copies it."""
    document = pdfium.PdfDocument(pdf)
    try:
        found = []
        for page in document:
            words = page.get_textpage()
            found.append(words.get_text_range().replace("\r\n", "\n"))
            words.close()
            page.close()
        return found
    finally:
        document.close()


def characters(pdf: bytes, number: int = 0) -> list[Seen]:
    """Every visible character of a page with its loose box (the advance, not the ink)."""
    document = pdfium.PdfDocument(pdf)
    try:
        page = document[number]
        height = page.get_height()
        words = page.get_textpage()
        seen = []
        for place in range(words.count_chars()):
            code = raw.FPDFText_GetUnicode(words, place)
            if 0xD800 <= code < 0xDC00:  # the character has two places, with one box
                low = raw.FPDFText_GetUnicode(words, place + 1)
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            elif 0xDC00 <= code < 0xE000:
                continue
            char = chr(code)
            if not char.strip():
                continue
            left, bottom, right, top = words.get_charbox(place, loose=True)
            seen.append(
                Seen(char, left / MM, (height - bottom) / MM, right / MM, (height - top) / MM)
            )
        words.close()
        page.close()
        return seen
    finally:
        document.close()


def rows(pdf: bytes, number: int = 0) -> list[tuple[float, float, str]]:
    """Lines of a page by their place: middle y, left x, text."""
    lines: dict[int, list[Seen]] = {}
    for one in characters(pdf, number):
        middle = (one.bottom + one.top) / 2
        key = next((k for k in lines if abs(k / 10 - middle) < 1.2), round(middle * 10))
        lines.setdefault(key, []).append(one)
    found = []
    for key, chars in sorted(lines.items()):
        ordered = sorted(chars, key=lambda c: c.left)
        found.append((key / 10, ordered[0].left, "".join(c.char for c in ordered)))
    return found


class WheelOnly(Library):
    """The faces every machine has, so that measured pages are the same everywhere."""

    def _shelves(self):
        return iter(())


@cache
def wheel_only() -> WheelOnly:
    """One of them: each holds its faces open."""
    return WheelOnly()


def plain(text: str) -> str:
    """Text without the spaces that only paper has."""
    return "".join(text.split())
