"""First step of an import: which register, which file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.icons import picture
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.page import button, label
from desktop.widgets.saving import papers_folder

KINDS = "表格 (*.xlsx *.xls *.et *.csv *.txt *.ods *.xlsm *.htm *.html);;所有文件 (*)"


class FileStep(QWidget):
    """A field to drop a file on, and a button that opens the file dialog."""

    chosen = Signal(str, Path)
    template_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(2))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        line.addWidget(label("导入到"))
        self.register = Choices()
        self.register.setAccessibleName("导入到哪个台账")
        self.register.setMinimumWidth(look().measure.characters(12))
        line.addWidget(self.register)
        line.addStretch(1)
        box.addLayout(line)
        box.addWidget(self._field(), 1)
        box.addWidget(
            label(
                "表头上面的标题、分组行、合计行、重复的表头会自动跳过；身份证号请保持文本格式。"
                "没有表格的，可先保存一份空白模板来填。",
                "muted",
                wrap=True,
            )
        )

    def _field(self) -> QFrame:
        unit = look().measure.units
        field = QFrame()
        field.setObjectName("card")
        inside = QVBoxLayout(field)
        inside.setSpacing(unit(1.5))
        inside.addStretch(1)
        drawing = QLabel()
        drawing.setPixmap(picture("importing", "edge", unit(7)))
        drawing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(drawing)
        words = label("把花名册拖到这里", "heading")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(words)
        kinds = label("Excel（.xlsx、.xls）、WPS（.et）、CSV 和文本表格", "muted")
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside.addWidget(kinds)
        line = QHBoxLayout()
        line.addStretch(1)
        self.choose = button("选择文件…", self._ask, meaning="open", primary=True)
        line.addWidget(self.choose)
        line.addWidget(button("空白模板", self._template, meaning="export"))
        line.addStretch(1)
        inside.addLayout(line)
        inside.addStretch(1)
        return field

    def offer(self, registers: list[tuple[str, str]]) -> None:
        """Which registers may be imported into."""
        kept = self.register.currentData() or "member"
        self.register.clear()
        for stem, words in registers:
            self.register.addItem(words, stem)
        self.set_register(kept)
        self.choose.setEnabled(bool(registers))

    def set_register(self, stem: str) -> None:
        """Choose a register."""
        at = self.register.findData(stem)
        if at >= 0:
            self.register.setCurrentIndex(at)

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "选择花名册", str(papers_folder()), KINDS)
        if path:
            self.take(Path(path))

    def take(self, path: Path) -> None:
        """Go on with this file."""
        stem = self.register.currentData()
        if stem:
            self.chosen.emit(stem, path)

    def _template(self) -> None:
        stem = self.register.currentData()
        if stem:
            self.template_wanted.emit(stem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Qt override: one local file is welcome."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Qt override."""
        event.acceptProposedAction()
        self.take(Path(event.mimeData().urls()[0].toLocalFile()))
