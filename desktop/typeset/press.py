"""The PDF file being made: pages of operators, faces at a size, metadata.

Pages are written as PDF operators at once; reportlab keeps the file's objects. A text becomes
one `[<…>] TJ`, where marks of a fixed advance and characters of a helping face carry their own
adjustments, so that a line is set by a single table look-up per character.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from desktop.typeset.fonts import ADVANCES, SILENT, Chain, Library, Role
from desktop.typeset.type0 import Embedded, Glyph

_OPENERS = frozenset("“‘")
_LATIN_SPACE = ord(" ")


@dataclass(frozen=True)
class Missing:
    """A character that no face has, and the text in which it stands."""

    where: str
    char: str

    def __str__(self) -> str:
        return f"“{self.where}”中的“{self.char}”（U+{ord(self.char):04X}）"


class Lettering:
    """A role at a size in one document: turns text into operators and measures it (in points)."""

    __slots__ = ("_press", "_table", "_widths", "chain", "name", "role", "select", "size")

    def __init__(self, press: Press, chain: Chain, widths: _Widths, size: float) -> None:
        self._press = press
        self.chain = chain
        self.role = chain.role
        self.size = size
        self._widths = widths
        self.name = press.embedded(chain, 0).name
        self.select = f"/{self.name} {number(size)} Tf"
        self._table = _Table(press, chain, size, self.select)

    def width(self, text: str) -> float:
        """Length of the text set in one line, in points."""
        return sum(map(self._widths.__getitem__, text)) * self.size / 1000

    def widths(self, text: str) -> list[int]:
        """Advance of each character in thousandths of the size."""
        return list(map(self._widths.__getitem__, text))

    def show(self, text: str) -> str:
        """Operator that prints the text at the current place, this lettering being selected."""
        shown = text.translate(self._table)
        absent = self._press.absent
        if absent and not absent.isdisjoint(text):
            self._press.note_missing(text)
        return f"[<{shown}>]TJ"


class _Widths(dict[str, int]):
    """Advance of each character of a chain, filled as it is asked."""

    def __init__(self, chain: Chain) -> None:
        super().__init__()
        self._chain = chain

    def __missing__(self, char: str) -> int:
        code = ord(char)
        if code in SILENT:
            width = 0
        elif char in ADVANCES:
            width = ADVANCES[char]
        else:
            found = self._chain.find(_LATIN_SPACE if char == "\u00a0" else code)
            width = found[1].width if found else 1000
        self[char] = width
        return width


class _Table(dict[int, str]):
    """What each character adds between `[<` and `>]TJ`, filled as characters come.

    `__missing__` must not raise LookupError: `str.translate` would take that as "leave it in".
    """

    def __init__(self, press: Press, chain: Chain, size: float, select: str) -> None:
        super().__init__()
        self._press, self._chain, self._size, self._select = press, chain, size, select

    def __missing__(self, code: int) -> str:
        self[code] = piece = self._piece(_LATIN_SPACE if code == 0xA0 else code)
        return piece

    def _piece(self, code: int) -> str:
        if code in SILENT:
            return ""
        found = self._chain.find(code)
        if found is None:
            self._press.absent.add(chr(code))
            return ">-1000<"
        place, glyph = found
        embedded = self._press.embedded(self._chain, place)
        shown = _at_advance(embedded.use(code, glyph), glyph, chr(code))
        if place == 0:
            return shown
        return f">]TJ /{embedded.name} {number(self._size)} Tf[<{shown}>]TJ {self._select}[<"


def _at_advance(digits: str, glyph: Glyph, char: str) -> str:
    """The glyph with the adjustments that give the mark its advance."""
    advance = ADVANCES.get(char)
    if advance is None or advance == glyph.width:
        return digits
    spare = advance - glyph.width
    before = spare if char in _OPENERS and spare > 0 else spare // 2
    if char in "”’" and spare > 0:
        before = 0
    after = spare - before
    left = f">{-before}<" if before else ""
    right = f">{-after}<" if after else ""
    return f"{left}{digits}{right}"


class Press:
    """One PDF in the making.

    `invariant` leaves the time out, so that the same content gives the same bytes.
    """

    def __init__(
        self,
        faces: Library,
        title: str,
        *,
        author: str = "",
        subject: str = "",
        invariant: bool = False,
    ) -> None:
        from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFDocument, PDFResourceDictionary

        self.faces = faces
        self.pages = 0
        self.absent: set[str] = set()
        self.missing: dict[Missing, None] = {}
        self._document = PDFDocument(invariant=int(invariant), lang="zh-CN")
        info = self._document.info
        info.title, info.author, info.subject = title, author or "争优台账", subject or title
        info.creator = info.producer = "争优台账"
        self._embedded: dict[tuple[str, int], Embedded] = {}
        self._letterings: dict[tuple[Role, float], Lettering] = {}
        self._widths: dict[Role, _Widths] = {}
        self._plates = PDFDictionary({})
        resources = PDFResourceDictionary()
        resources.basicFonts()
        resources.XObject = self._document.Reference(self._plates, "plates")
        self._resources = self._document.Reference(resources, "resources")

    def lettering(self, role: Role, size: float) -> Lettering:
        """A role at a size in points."""
        key = (role, size)
        found = self._letterings.get(key)
        if found is None:
            chain = self.faces.chain(role)
            widths = self._widths.setdefault(role, _Widths(chain))
            found = self._letterings[key] = Lettering(self, chain, widths, size)
        return found

    def embedded(self, chain: Chain, place: int) -> Embedded:
        """The face of a chain as it goes into this document; faces are shared between chains."""
        face = chain.faces[place]
        key = (str(face.path), face.index)
        found = self._embedded.get(key)
        if found is None:
            found = self._embedded[key] = Embedded(face, len(self._embedded) + 1)
        return found

    def note_missing(self, text: str) -> None:
        """Keep which text lacks which characters, for the person who prints."""
        for char in dict.fromkeys(text):
            if char in self.absent:
                self.missing[Missing(text if len(text) <= 30 else _around(text, char), char)] = None

    def plate(self, operators: Iterable[str], width: float, height: float) -> str:
        """Operators kept once and printed on many pages; gives the operator that prints them."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName

        name = f"P{len(self._plates.dict) + 1}"
        head = PDFDictionary(
            {
                "Type": PDFName("XObject"),
                "Subtype": PDFName("Form"),
                "BBox": PDFArray([0, 0, number(width), number(height)]),
                "Resources": self._resources,
            }
        )
        stream = self._stream("\n".join(operators), head)
        self._plates.dict[name] = self._document.Reference(stream, f"plate:{name}")
        return f"/{name} Do"

    def page(self, operators: Iterable[str], width: float, height: float) -> None:
        """Close a page of this size in points."""
        from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFPage

        page = PDFPage()
        page.pagewidth, page.pageheight = width, height
        page.Resources = self._resources
        page.Contents = self._stream("\n".join(operators), PDFDictionary({}))
        self._document.addPage(page)
        self.pages += 1

    def close(self) -> bytes:
        """Embed the faces and give the finished file."""
        for embedded in self._embedded.values():
            if embedded.used:
                embedded.add_to(self._document)
        out = BytesIO()
        self._document.SaveToFile(out, None)
        return out.getvalue()

    def _stream(self, content: str, head: Any) -> Any:
        from reportlab.pdfbase.pdfdoc import PDFName, PDFStream

        head.dict["Filter"] = PDFName("FlateDecode")
        return PDFStream(head, zlib.compress(content.encode("ascii")))


def number(value: float) -> str:
    """A number as PDF writes it: at most three decimals, no exponent."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def _around(text: str, char: str) -> str:
    at = text.index(char)
    return "…" + text[max(0, at - 10) : at + 11] + "…"
