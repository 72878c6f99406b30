from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from desktop.typeset.cff import charset
from desktop.typeset.fonts import Role, library
from desktop.typeset.press import Press
from tests.desktop.typeset.reading import characters, texts, wheel_only


def set_page(faces, text: str, size: float = 16) -> bytes:
    press = Press(faces, "字体", invariant=True)
    ops = []
    for place, role in enumerate(Role):
        lettering = press.lettering(role, size)
        ops.append(f"BT {lettering.select} 20 {700 - 40 * place} Td {lettering.show(text)} ET")
    press.page(ops, 900, 842)
    return press.close()


def test_the_same_page_gives_the_same_bytes():
    faces = library()
    assert set_page(faces, "王𬭚·2026") == set_page(faces, "王𬭚·2026")


def test_only_used_glyphs_go_into_the_file():
    assert len(set_page(library(), "王")) < 40_000


def test_glyphs_stand_where_their_widths_say():
    pdf = set_page(wheel_only(), "中共·党员")
    first = [c for c in characters(pdf) if c.char in "中共·党员"][:5]
    lefts = [round((c.left - first[0].left) * 72 / 25.4, 1) for c in first]
    assert lefts[:2] == [0, 16]
    assert lefts[3:] == [40, 56]  # the dot between takes eight points


@pytest.mark.parametrize("text", ["𠅤𬀪𫖮𡐓", "王𬭚", "㛃䶮", "ᠮᠣᠩᠭᠣᠯ"[:0] + "乌云其其格"])
def test_text_above_the_basic_plane_is_copied_right(text):
    assert texts(set_page(library(), text))[0].split() == [text] * len(Role)


def test_the_outlines_are_really_there():
    pytest.importorskip("numpy", reason="Wine lacks a function it calls")
    document = pdfium.PdfDocument(set_page(library(), "囍"))
    page = document[0]
    bitmap = page.render(scale=1, grayscale=True)
    pixels = bitmap.to_numpy()
    for place in range(len(Role)):
        middle = 842 - (700 - 40 * place) - 6
        ink = pixels[middle - 8 : middle + 8, 20:36]
        assert ink.min() < 120
        assert 0.05 < (ink < 160).mean() < 0.8
    bitmap.close()
    page.close()
    document.close()


def test_metadata_is_chinese():
    document = pdfium.PdfDocument(set_page(library(), "字"))
    assert document.get_metadata_value("Title") == "字体"
    document.close()
    assert b"zh-CN" in set_page(library(), "字")


def test_a_charset_of_ranges_gives_each_glyph_its_cid():
    # header, names, top dictionary with ROS and charset at 40, then a format 2 charset.
    top = bytes([139, 139, 139, 12, 30, 28, 0, 40, 15])
    head = (
        bytes([1, 0, 4, 1]) + bytes([0, 1, 1, 1, 2, 65]) + bytes([0, 1, 1, 1, 1 + len(top)]) + top
    )
    table = head.ljust(40, b"\0") + bytes([2, 0, 5, 0, 2, 0, 20, 0, 0])
    assert charset(table, 5) == [0, 5, 6, 7, 20]


def test_a_font_keyed_by_names_has_no_charset_of_its_own():
    top = bytes([28, 0, 40, 15])
    head = (
        bytes([1, 0, 4, 1]) + bytes([0, 1, 1, 1, 2, 65]) + bytes([0, 1, 1, 1, 1 + len(top)]) + top
    )
    assert charset(head.ljust(60, b"\0"), 5) is None
