"""A file of this machine on its way into the ledgers: recognised, made smaller, stripped, kept.

Photos are turned upright, brought to a size at which a scanned A4 page is still read with ease, and
written anew, so that place and camera do not travel with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from db import attachments, office
from db.errors import Refusal, Trouble
from desktop.widgets.saving import papers_folder

#: The long side of a kept photo in pixels: A4 at 170 to the inch; and how hard a JPEG is squeezed.
LONG_SIDE, QUALITY = 2000, 82
#: A photo may weigh this before it is made smaller, in bytes.
_RAW_LARGEST = 80 << 20
_OFFERED = "照片、扫描件和文件 (*.jpg *.jpeg *.png *.bmp *.tif *.tiff *.pdf *.doc *.docx *.xls *.xlsx *.ppt *.pptx *.wps *.et *.dps)"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file as it will be kept."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept now."""

    name: str
    digest: str
    size: int


def ask_files(parent: QWidget, *, several: bool) -> list[Path]:
    """Which files of this machine; none when the person thinks better of it."""
    start = str(papers_folder())
    if several:
        chosen, _ = QFileDialog.getOpenFileNames(parent, "添加文件", start, _OFFERED)
        return [Path(one) for one in chosen]
    one, _ = QFileDialog.getOpenFileName(parent, "添加文件", start, _OFFERED)
    return [Path(one)] if one else []


def keep(path: Path) -> Kept:
    """Prepare a file and keep it; Refusal says why it will not do. Runs off the screen's thread."""
    found = prepare(path)
    return Kept(found.name, office.files().put(found.content), len(found.content))


def keep_each(paths: Sequence[Path]) -> tuple[list[Kept], list[str]]:
    """Several files: those that are kept, and in words why the others are not."""
    kept, refused = [], []
    for path in paths:
        try:
            kept.append(keep(path))
        except (Refusal, Trouble) as problem:
            refused.append(problem.message)
    return kept, refused


def prepare(path: Path) -> Prepared:
    """A file read and made ready; nothing is kept yet."""
    name = path.name
    try:
        size = path.stat().st_size
        if size > _RAW_LARGEST:
            attachments.require_size(size)
        content = path.read_bytes()
    except OSError as error:
        raise Refusal(f"“{name}”读不出来，没有添加。请检查文件还在不在、U盘是否拔出。") from error
    if not content:
        attachments.require_size(0)
    kind = attachments.kind_of(content[:16], name)
    if kind in attachments.PICTURES:
        content, kind = _smaller(content, name)
    elif kind in attachments.PAPERS:
        _require_readable(content, name)
    attachments.require_size(len(content))
    stem = path.stem if len(path.stem) <= 100 else path.stem[:100]
    return Prepared(f"{stem}.{kind}", content)


def picture(content: bytes) -> QImage:
    """A kept or fresh photo, upright; a null image when it is no picture."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    return reader.read()


def _smaller(content: bytes, name: str) -> tuple[bytes, str]:
    image = picture(content)
    if image.isNull():
        raise Refusal(
            f"“{name}”不是完好的图片，没有添加。请在看图程序里打开看看，或重新拍照、扫描。"
        )
    if max(image.width(), image.height()) > LONG_SIDE:
        image = image.scaled(
            LONG_SIDE,
            LONG_SIDE,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
    if image.hasAlphaChannel():
        image = _on_white(image)
    for key in image.textKeys():
        image.setText(key, "")
    as_photo, as_drawing = _written(image, b"JPG"), _written(image, b"PNG")
    return (as_photo, "jpg") if len(as_photo) <= len(as_drawing) else (as_drawing, "png")


def _on_white(image: QImage) -> QImage:
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(Qt.GlobalColor.white)
    painter = QPainter(flat)
    painter.drawImage(0, 0, image)
    painter.end()
    return flat


def _written(image: QImage, form: bytes) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(form))
    if form == b"JPG":
        writer.setQuality(QUALITY)
    if not writer.write(image):
        raise Trouble("图片没有转换成功。", "请再试一次，或先在看图程序里另存为 JPG。")
    return bytes(buffer.data().data())


def _require_readable(content: bytes, name: str) -> None:
    import pypdfium2

    try:
        pypdfium2.PdfDocument(content).close()
    except pypdfium2.PdfiumError as error:
        raise Refusal(f"“{name}”打不开，可能已损坏或加了密码，没有添加。") from error
