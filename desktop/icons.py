"""Icons asked for by meaning, drawn from the Lucide set in the colour the place needs.

``resources/icons.toml`` says which drawing stands for which meaning. A register without an
entry of its own gets the plain ledger drawing, so a new register needs no edit here.
"""

from __future__ import annotations

import struct
import tomllib
import zlib
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.theme import look

_ENTRY = b"PK\x01\x02"


@cache
def _meanings() -> dict[str, str]:
    source = (files("resources") / "icons.toml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in tomllib.loads(source).items()}


@cache
def _archive() -> bytes:
    # The package's own reader needs Django on some paths; the drawings are a plain zip
    # beside it, found without running any of its code.
    spec = find_spec("lucide")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("lucide")
    return (Path(spec.submodule_search_locations[0]) / "lucide.zip").read_bytes()


def _member(name: str) -> str:
    """One file of the archive.

    ``zipfile`` would first make 1 700 objects, a tenth of the time until the window is there;
    one search for the name in the table of contents does (APPNOTE.TXT 4.3.12, 4.3.7).
    """
    archive, wanted = _archive(), name.encode("ascii")
    contents = int.from_bytes(archive[-6:-2], "little")
    at = archive.find(_ENTRY, contents)
    at = archive.find(wanted, at)
    while at >= 0:
        head = at - 46
        if archive[head : head + 4] == _ENTRY and archive[head + 28] == len(wanted):
            break
        at = archive.find(wanted, at + 1)
    else:
        raise KeyError(name)
    method, size, start = struct.unpack_from("<10xH8xI18xI", archive, head)
    names, extra = struct.unpack_from("<26xHH", archive, start)
    begin = start + 30 + names + extra
    data = archive[begin : begin + size]
    return (zlib.decompress(data, -15) if method else data).decode("utf-8")


@cache
def _drawing(meaning: str) -> str:
    name = _meanings().get(meaning) or _meanings()["ledger"]
    return _member(f"{name}.svg")


def meanings() -> tuple[str, ...]:
    """All meanings that have a drawing."""
    return tuple(_meanings())


@lru_cache(maxsize=512)
def _render(meaning: str, colour: str, pixels: int) -> QPixmap:
    source = _drawing(meaning).replace("currentColor", colour)
    source = source.replace('stroke-width="2"', 'stroke-width="1.75"')
    renderer = QSvgRenderer(QByteArray(source.encode("utf-8")))
    image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(QPointF(0, 0), image.size().toSizeF()))
    painter.end()
    return QPixmap.fromImage(image)


def picture(meaning: str, role: str = "muted", size: int | None = None) -> QPixmap:
    """One icon as a picture in a theme colour; ``size`` in device pixels."""
    return _render(meaning, look().theme.hex(role), size or look().measure.icon)


class _Engine(QIconEngine):
    """Draws from the theme in force at the moment of painting, so a theme change needs no list."""

    def __init__(self, meaning: str, role: str) -> None:
        super().__init__()
        self._meaning, self._role = meaning, role

    def paint(self, painter: QPainter, rect: object, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Qt override."""
        role = "faint" if mode == QIcon.Mode.Disabled else self._role
        ratio = painter.device().devicePixelRatioF()
        pixels = max(8, round(min(rect.width(), rect.height()) * ratio))  # type: ignore[attr-defined]
        painter.drawPixmap(rect, picture(self._meaning, role, pixels))  # type: ignore[call-overload]

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Qt override."""
        role = "faint" if mode == QIcon.Mode.Disabled else self._role
        return picture(self._meaning, role, max(8, min(size.width(), size.height())))

    def clone(self) -> QIconEngine:
        """Qt override."""
        return _Engine(self._meaning, self._role)


def icon(meaning: str, role: str = "muted") -> QIcon:
    """Icon by meaning (``"add"``, ``"print"``, a register's stem) in a theme colour."""
    return QIcon(_Engine(meaning, role))
