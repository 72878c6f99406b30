"""A font file as a composite (Type0) font of a PDF: TrueType and CFF, cut to what was used.

reportlab's own class refuses CFF outlines, draws boxes for what a face lacks and writes wrong
text for characters above U+FFFF; so a page here names glyphs by two-byte CIDs, and this module
gives the file the outlines, widths and text of exactly the glyphs that were named.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop.typeset.cff import charset

if TYPE_CHECKING:
    from reportlab.pdfbase.pdfdoc import PDFDocument


class Glyph(NamedTuple):
    """How a character is named on the page, and its advance in thousandths of the size."""

    cid: int
    width: int


class Face:
    """One font file, mapped into memory; glyphs are looked up when they are asked for.

    A file that ends in ``.zst`` is unpacked into memory the first time instead.
    """

    def __init__(self, path: Path, index: int = 0) -> None:
        self.path = path
        self.index = index
        self._glyphs: dict[int, Glyph | None] = {}

    @cached_property
    def _face(self) -> Any:
        import uharfbuzz as hb

        if self.path.suffix != ".zst":
            return hb.Face(hb.Blob.from_file_path(str(self.path)), self.index)
        import zstandard

        return hb.Face(hb.Blob(zstandard.decompress(self.path.read_bytes())), self.index)

    @cached_property
    def _font(self) -> Any:
        import uharfbuzz as hb

        return hb.Font(self._face)

    @cached_property
    def is_cff(self) -> bool:
        return "CFF " in self._face.table_tags

    @cached_property
    def _cids(self) -> list[int] | None:
        """CID of each glyph where the file says so; None when the CID is the glyph's index."""
        if not self.is_cff:
            return None
        return charset(self._face.reference_table("CFF ").data, self._face.glyph_count)

    @cached_property
    def name(self) -> str:
        """PostScript name, in the letters a PDF name may have."""
        import uharfbuzz as hb

        told = self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or self.path.stem
        return "".join(c for c in told if c.isascii() and (c.isalnum() or c in "-_")) or "Face"

    def glyph(self, code: int) -> Glyph | None:
        """Glyph of a character, or None when the face lacks it."""
        try:
            return self._glyphs[code]
        except KeyError:
            pass
        index = self._font.get_nominal_glyph(code)
        found = None
        if index:
            cid = self._cids[index] if self._cids is not None else index
            advance = self._font.get_glyph_h_advance(index)
            found = Glyph(cid, round(advance * 1000 / self._face.upem))
        self._glyphs[code] = found
        return found

    def cut(self, used: dict[int, int]) -> tuple[bytes, dict[int, int]]:
        """Font program with only these CIDs (given with their characters), and CID → new index.

        A CFF program comes as the bare CFF table, a TrueType one as a whole file.
        """
        import uharfbuzz as hb

        order = sorted(used)
        if self._cids is None:
            indexes = order
        else:
            back = {cid: index for index, cid in enumerate(self._cids)}
            indexes = [back[cid] for cid in order]
        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).set({0, *indexes})
        wanted.sets(hb.SubsetInputSets.UNICODE).clear()
        drop = {"GSUB", "GPOS", "GDEF", "DSIG", "BASE", "VORG", "vhea", "vmtx", "name"}
        wanted.sets(hb.SubsetInputSets.DROP_TABLE_TAG).update(
            int.from_bytes(tag.encode(), "big") for tag in drop
        )
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        if self.is_cff and self._cids is None:
            wanted.flags |= hb.SubsetFlags.RETAIN_GIDS
        plan = hb.SubsetPlan(self._face, wanted)
        cut = plan.execute()
        places = dict(plan.old_to_new_glyph_mapping)
        program = cut.reference_table("CFF ").data if self.is_cff else cut.blob.data
        new = {cid: places[index] for cid, index in zip(order, indexes, strict=True)}
        return bytes(program), new

    @cached_property
    def extents(self) -> tuple[int, int]:
        """Ascent and descent in thousandths."""
        told = self._font.get_font_extents("ltr")
        scale = 1000 / self._face.upem
        return round(told.ascender * scale), round(told.descender * scale)


class Embedded:
    """A face inside one document: its name there and the glyphs used so far."""

    def __init__(self, face: Face, number: int) -> None:
        self.face = face
        self.name = f"F{number}"
        self.used: dict[int, int] = {}
        self._widths: dict[int, int] = {}

    def use(self, code: int, glyph: Glyph) -> str:
        """Note that a character is printed and give the hexadecimal digits that print it."""
        self.used.setdefault(glyph.cid, code)
        self._widths[glyph.cid] = glyph.width
        return f"{glyph.cid:04X}"

    def add_to(self, document: PDFDocument) -> None:
        """Write the font objects once every page is set."""
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFString

        program, places = self.face.cut(self.used)
        named = self._tagged_name()
        descriptor = self._descriptor(document, named, program)
        inner: dict[str, Any] = {
            "Type": PDFName("Font"),
            "Subtype": PDFName("CIDFontType0" if self.face.is_cff else "CIDFontType2"),
            "BaseFont": PDFName(named),
            "CIDSystemInfo": PDFDictionary(
                {
                    "Registry": PDFString("Adobe"),
                    "Ordering": PDFString("Identity"),
                    "Supplement": 0,
                }
            ),
            "FontDescriptor": descriptor,
            "DW": 1000,
            "W": _Raw(self._width_array()),
        }
        if not self.face.is_cff:
            top = max(places, default=0)
            table = bytearray(2 * top + 2)
            for cid, index in places.items():
                table[2 * cid : 2 * cid + 2] = index.to_bytes(2, "big")
            inner["CIDToGIDMap"] = _stream(document, bytes(table), f"gids:{self.name}")
        outer = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": PDFName(named),
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray(
                    [document.Reference(PDFDictionary(inner), f"inner:{self.name}")]
                ),
                "ToUnicode": _stream(document, self._to_unicode(), f"text:{self.name}"),
            }
        )
        fonts = document.idToObject["BasicFonts"].dict
        fonts[self.name] = document.Reference(outer, f"outer:{self.name}")

    def _tagged_name(self) -> str:
        """Name with the six-letter mark of a cut font; the same glyphs give the same mark."""
        told = ",".join(map(str, sorted(self.used))) + self.face.name
        digest = hashlib.sha256(told.encode()).digest()
        return "".join(chr(65 + byte % 26) for byte in digest[:6]) + "+" + self.face.name

    def _descriptor(self, document: PDFDocument, named: str, program: bytes) -> Any:
        from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName

        ascent, descent = self.face.extents
        more: dict[str, Any] = (
            {"Subtype": PDFName("CIDFontType0C")} if self.face.is_cff else {"Length1": len(program)}
        )
        file = _stream(document, program, f"program:{self.name}", more)
        return document.Reference(
            PDFDictionary(
                {
                    "Type": PDFName("FontDescriptor"),
                    "FontName": PDFName(named),
                    "Flags": 4,
                    "FontBBox": PDFArray([-1000, descent, 3000, ascent]),
                    "ItalicAngle": 0,
                    "Ascent": ascent,
                    "Descent": descent,
                    "CapHeight": 700,
                    "StemV": 80,
                    "FontFile3" if self.face.is_cff else "FontFile2": file,
                }
            ),
            f"descriptor:{self.name}",
        )

    def _width_array(self) -> str:
        """Widths other than the full em, as runs of neighbouring CIDs."""
        odd = sorted((cid, width) for cid, width in self._widths.items() if width != 1000)
        runs: list[tuple[int, list[int]]] = []
        for cid, width in odd:
            if runs and runs[-1][0] + len(runs[-1][1]) == cid:
                runs[-1][1].append(width)
            else:
                runs.append((cid, [width]))
        return "[" + " ".join(f"{a} [{' '.join(map(str, w))}]" for a, w in runs) + "]"

    def _to_unicode(self) -> bytes:
        """Map from CID to text, in UTF-16 so that characters above U+FFFF copy and search."""
        pairs = [
            f"<{cid:04X}> <{chr(code).encode('utf-16-be').hex().upper()}>"
            for cid, code in sorted(self.used.items())
        ]
        lines = [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
        ]
        for at in range(0, len(pairs), 100):
            block = pairs[at : at + 100]
            lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
        return "\n".join(lines).encode("ascii")


class _Raw:
    """PDF source put into the file as it stands."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __str__(self) -> str:
        return self._source


def _stream(
    document: PDFDocument, content: bytes, name: str, more: dict[str, Any] | None = None
) -> Any:
    from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFStream, PDFZCompress

    stream = PDFStream(PDFDictionary(more or {}), content, [PDFZCompress])
    return document.Reference(stream, name)
