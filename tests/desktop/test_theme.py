"""Themes: every text can be read, sizes follow the font, icons exist for every meaning."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont

from desktop.icons import icon, meanings, picture
from desktop.theme import Measure, contrast, load_theme, look, style_sheet, theme_stems

TEXT = [
    (ink, ground)
    for ink in ("ink", "muted", "faint")
    for ground in ("paper", "ground", "side", "hover", "chosen", "pressed")
] + [
    ("accent", "paper"),
    ("accent", "ground"),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("bad", "paper"),
    ("warn", "paper"),
    ("warn", "wash_warn"),
    ("bad", "wash_bad"),
    ("good", "wash_good"),
    ("note", "wash_note"),
    ("ink", "wash_warn"),
    ("ink", "wash_bad"),
    ("ink", "wash_good"),
]


@pytest.mark.parametrize("stem", theme_stems())
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read(stem, ink, ground):
    theme = load_theme(stem)
    assert contrast(theme[ink], theme[ground]) >= (
        7 if stem == "contrast" and ink == "ink" else 4.5
    )


@pytest.mark.parametrize("stem", theme_stems())
def test_edges_of_fields_and_the_focus_can_be_seen(stem):
    theme = load_theme(stem)
    assert contrast(theme["edge"], theme["paper"]) >= 3
    assert contrast(theme["focus"], theme["paper"]) >= 3


@pytest.mark.parametrize("stem", theme_stems())
@pytest.mark.parametrize("points", [9, 10.5, 16])
def test_the_sheet_is_complete_in_every_size(dressed, stem, points):
    font = QFont(dressed.font())
    font.setPointSizeF(points)
    sheet = style_sheet(load_theme(stem), Measure.of(font), points)
    assert "$" not in sheet.replace("$$", "")


def test_sizes_grow_with_the_font(dressed):
    small, large = QFont(dressed.font()), QFont(dressed.font())
    small.setPointSizeF(9)
    large.setPointSizeF(16)
    assert Measure.of(large).row > Measure.of(small).row * 1.4


def test_three_looks_can_be_changed_while_the_program_runs(dressed):
    families = list(dressed.font().families())
    for stem in theme_stems():
        look().apply(dressed, stem, 10.5, families)
        assert look().theme.stem == stem
    look().apply(dressed, "light", 10.5, families)


def test_every_meaning_has_a_drawing_and_an_unknown_one_gets_the_ledger(dressed):
    for meaning in (*meanings(), "a register of tomorrow"):
        drawn = picture(meaning, "ink", 32).toImage()
        assert any(
            drawn.pixelColor(x, y).alpha() for x in range(0, 32, 2) for y in range(0, 32, 2)
        ), meaning
        assert not icon(meaning).isNull()


def test_drawings_are_read_as_the_archive_holds_them():
    """The short way through the archive must find what the long way finds."""
    import io
    import random
    import zipfile

    from desktop.icons import _archive, _member

    with zipfile.ZipFile(io.BytesIO(_archive())) as archive:
        names = [name for name in archive.namelist() if name.endswith(".svg")]
        for name in random.Random(1).sample(names, 200):
            assert _member(name) == archive.read(name).decode("utf-8")
    with pytest.raises(KeyError):
        _member("no-such-drawing.svg")
