"""Finished pages on the screen: the very PDF that is printed and saved, drawn page by page."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from desktop.theme import look

PAGES_KEPT = 12
ZOOMS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
POINTS_PER_INCH = 72
SCREEN_DPI = 96


class Paper:
    """A PDF in memory, drawn by pdfium; pages count from 0."""

    def __init__(self, pdf: bytes) -> None:
        import pypdfium2

        self._document = pypdfium2.PdfDocument(pdf)
        self.pdf = pdf
        self.sizes: list[tuple[float, float]] = [
            self._document.get_page_size(at) for at in range(len(self._document))
        ]

    def __len__(self) -> int:
        return len(self.sizes)

    def draw(self, page: int, dpi: float) -> QImage:
        """One page as a picture."""
        opened = self._document[page]
        bitmap = opened.render(scale=dpi / POINTS_PER_INCH, rev_byteorder=False)
        image = QImage(
            bytes(bitmap.buffer),
            bitmap.width,
            bitmap.height,
            bitmap.stride,
            _format(bitmap),
        ).copy()
        bitmap.close()
        opened.close()
        return image

    def close(self) -> None:
        """Let go of the document."""
        self._document.close()


def _format(bitmap: Any) -> QImage.Format:
    return {
        "BGR": QImage.Format.Format_BGR888,
        "BGRx": QImage.Format.Format_RGB32,
        "BGRA": QImage.Format.Format_ARGB32,
        "L": QImage.Format.Format_Grayscale8,
    }[bitmap.mode]


class PaperView(QAbstractScrollArea):
    """Pages one below the other; only what is in view is drawn, one page a turn."""

    page_shown = Signal(int, int)  # page from 1, of

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paper: Paper | None = None
        self._drawn: OrderedDict[tuple[int, int], QImage] = OrderedDict()
        self._zoom = 0.0  # 0 = as wide as the view
        self._tops: list[int] = []
        self.setAccessibleName("打印预览")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._draw_one)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)

    def show_pdf(self, pdf: bytes | None) -> None:
        """Show a PDF from its first page; None clears."""
        if self._paper is not None:
            self._paper.close()
        self._paper = Paper(pdf) if pdf else None
        self._drawn.clear()
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._on_scrolled()

    @property
    def paper(self) -> Paper | None:
        """What is shown."""
        return self._paper

    @property
    def page(self) -> int:
        """The page at the top of the view, from 0."""
        middle = self.verticalScrollBar().value() + self.viewport().height() // 3
        return max(0, sum(1 for top in self._tops if top <= middle) - 1)

    def set_zoom(self, zoom: float) -> None:
        """Scale of the paper; 0 fits the width."""
        at, before = self.page, self._tops
        self._zoom = zoom
        self._arrange()
        if before and at < len(self._tops):
            self.verticalScrollBar().setValue(self._tops[at])
        self.viewport().update()

    def zoom_by(self, step: int) -> None:
        """One step larger or smaller."""
        now = self._scale()
        larger = [zoom for zoom in ZOOMS if zoom > now + 0.01]
        smaller = [zoom for zoom in ZOOMS if zoom < now - 0.01]
        if step > 0 and larger:
            self.set_zoom(larger[0])
        elif step < 0 and smaller:
            self.set_zoom(smaller[-1])

    def go_to(self, page: int) -> None:
        """Bring a page to the top, from 0."""
        if 0 <= page < len(self._tops):
            self.verticalScrollBar().setValue(self._tops[page])

    # -- geometry ----------------------------------------------------------------------

    def _scale(self) -> float:
        if self._zoom or self._paper is None or not len(self._paper):
            return self._zoom or 1.0
        widest = max(width for width, _ in self._paper.sizes) * SCREEN_DPI / POINTS_PER_INCH
        room = self.viewport().width() - 2 * look().measure.units(2)
        return float(max(0.2, min(1.6, room / widest)))

    def _size(self, page: int) -> tuple[int, int]:
        assert self._paper is not None
        factor = self._scale() * SCREEN_DPI / POINTS_PER_INCH
        width, height = self._paper.sizes[page]
        return round(width * factor), round(height * factor)

    def _arrange(self) -> None:
        gap = look().measure.units(2)
        self._tops = []
        y, widest = gap, 0
        for page in range(len(self._paper) if self._paper else 0):
            width, height = self._size(page)
            self._tops.append(y)
            y += height + gap
            widest = max(widest, width)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, y - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(look().measure.row)
        side = self.horizontalScrollBar()
        side.setRange(0, max(0, widest + 2 * gap - self.viewport().width()))
        side.setPageStep(self.viewport().width())
        self.viewport().update()

    def _place(self, page: int) -> QRect:
        width, height = self._size(page)
        gap = look().measure.units(2)
        x = max(gap, (self.viewport().width() - width) // 2) - self.horizontalScrollBar().value()
        return QRect(
            QPoint(x, self._tops[page] - self.verticalScrollBar().value()),
            QRect(0, 0, width, height).size(),
        )

    def _in_view(self) -> list[int]:
        return [
            page
            for page in range(len(self._tops))
            if self._place(page).intersects(self.viewport().rect())
        ]

    # -- drawing -----------------------------------------------------------------------

    def _dpi(self) -> int:
        return round(self._scale() * SCREEN_DPI * self.devicePixelRatioF())

    def _draw_one(self) -> None:
        if self._paper is None:
            return
        missing = [page for page in self._in_view() if (page, self._dpi()) not in self._drawn]
        if missing:
            key = (missing[0], self._dpi())
            self._drawn[key] = self._paper.draw(*key)
            while len(self._drawn) > PAGES_KEPT:
                self._drawn.popitem(last=False)
            self.viewport().update()
            if len(missing) > 1:
                self._turn.start()

    def _on_scrolled(self, _value: int = 0) -> None:
        self.viewport().update()
        if self._paper is not None:
            self.page_shown.emit(self.page + 1, len(self._paper))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt override."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), look().theme["side"])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for page in self._in_view():
            place = self._place(page)
            drawn = self._drawn.get((page, self._dpi()))
            if drawn is None:
                painter.fillRect(place, Qt.GlobalColor.white)
                self._turn.start()
            else:
                painter.drawImage(place, drawn)
            painter.setPen(QPen(look().theme["edge"], 1))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt override."""
        super().resizeEvent(event)
        self._arrange()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Qt override: with Ctrl the wheel zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override."""
        keys = {
            Qt.Key.Key_PageDown: lambda: self.go_to(self.page + 1),
            Qt.Key.Key_PageUp: lambda: self.go_to(self.page - 1),
            Qt.Key.Key_Home: lambda: self.go_to(0),
            Qt.Key.Key_End: lambda: self.go_to(len(self._tops) - 1),
        }
        if event.matches(QKeySequence.StandardKey.ZoomIn):
            self.zoom_by(1)
        elif event.matches(QKeySequence.StandardKey.ZoomOut):
            self.zoom_by(-1)
        elif Qt.Key(event.key()) in keys:
            keys[Qt.Key(event.key())]()
        else:
            super().keyPressEvent(event)
