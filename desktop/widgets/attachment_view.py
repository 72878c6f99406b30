"""A kept file looked at inside the program: a photo, a PDF; other kinds are saved and opened elsewhere.

What is shown never lies on the disk in the clear; only 另存为 writes it out, and says so.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import attachments, durable
from db.errors import Refusal, Trouble
from db.exchange import attached
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.attaching import picture
from desktop.widgets.page import button, label
from desktop.widgets.preview import PaperView
from desktop.widgets.saving import ask_path


class PictureView(QWidget):
    """One photo, as large as its place allows and no larger than it is."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()

    def show_image(self, image: QImage) -> None:
        """Show another photo."""
        self.image = image
        self.setAccessibleName(f"照片，{image.width()}×{image.height()}")
        self.update()

    def sizeHint(self) -> QSize:
        """Qt override."""
        return self.image.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt override."""
        if self.image.isNull():
            return
        size = self.image.size()
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRect(QPoint(0, 0), size)
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self.image)


class AttachmentView(QWidget):
    """One file with its name, a way back and a way out of the program."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look().measure.units(1))
        self._name = label("", "subtitle", wrap=True)
        box.addWidget(self._name)
        self._stack = QStackedWidget()
        self.photo, self._words = PictureView(), label("", "muted", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages: PaperView | None = None
        for each in (self.photo, self._words):
            self._stack.addWidget(each)
        box.addWidget(self._stack, 1)
        keys = QHBoxLayout()
        self._told = label("", "muted", wrap=True)
        keys.addWidget(self._told, 1)
        self.save_button = button(
            "另存为…", self._save, meaning="export", tip="存出的文件不再加密，用完请删除"
        )
        keys.addWidget(self.save_button)
        keys.addWidget(button("返回", self.leave, meaning="back", tip="返回（Esc）"))
        box.addLayout(keys)
        leave = QShortcut(QKeySequence("Escape"), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.leave)
        self._digest, self._file_name, self._content = "", "", b""

    def show_file(self, digest: str, name: str) -> None:
        """Fetch a file and show it, or say why that cannot be."""
        self._digest, self._file_name, self._content = digest, name or "附件", b""
        self._name.setText(self._file_name)
        self._told.setText("")
        self._say("正在打开…")
        self.save_button.setEnabled(False)
        Read(self, lambda: attached.content(digest)).then(
            lambda content: self._show(digest, content)
        ).failed(self._on_failed).start()

    def _show(self, digest: str, content: bytes) -> None:
        if digest != self._digest:
            return
        self._content = content
        self.save_button.setEnabled(True)
        try:
            kind = attachments.kind_of(content, self._file_name)
        except Refusal:
            kind = ""
        if kind in attachments.PICTURES and not (image := picture(content)).isNull():
            self.photo.show_image(image)
            self._stack.setCurrentWidget(self.photo)
        elif kind in attachments.PAPERS:
            if self._pages is None:
                self._pages = PaperView()
                self._stack.addWidget(self._pages)
            self._pages.show_pdf(content)
            self._stack.setCurrentWidget(self._pages)
        else:
            self._say("这种文件要用 WPS 打开：请另存到本机。存出的文件不再加密，用完请删除。")

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._stack.setCurrentWidget(self._words)

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal | Trouble):
            return False
        self._say(str(problem))
        return True

    def _save(self) -> None:
        path = ask_path(self, self._file_name, "所有文件 (*)")
        if path is not None:
            self.save_to(path)

    def save_to(self, path: Path) -> None:
        """Write the file out of the program, in the clear."""
        content = self._content

        def work() -> None:
            durable.write_bytes(path, content)

        Read(self, work).then(
            lambda _done: self._told.setText(
                f"已存为“{path.name}”。这份文件没有加密，用完请从电脑里删除。"
            )
        ).failed(self._on_failed).start()

    def leave(self) -> None:
        """Back; nothing of the file stays in memory."""
        self._digest, self._content = "", b""
        self.photo.show_image(QImage())
        if self._pages is not None:
            self._pages.show_pdf(None)
        self.left.emit()
