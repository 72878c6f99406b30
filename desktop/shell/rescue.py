"""What stands on the unlock page when the data does not open: go back to a copy that was proved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.page import button, label, named


class Rescue(QWidget):
    """The copies there are, and one button; ``wanted`` with the file name of the copy."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, look().measure.units(1), 0, look().measure.units(1))
        box.setSpacing(look().measure.units(1))
        self._words = label("", "muted", wrap=True)
        box.addWidget(self._words)
        self.copies = Choices()
        named(self.copies, "备份")
        box.addWidget(self.copies)
        self.go = button("恢复到这份备份", self._on_go, meaning="restore")
        box.addWidget(self.go)
        self.hide()

    def offer(self, found: Sequence[tuple[str, str]]) -> None:
        """Show the copies (file name, words); says so when there is none."""
        self.copies.clear()
        for name, words in found:
            self.copies.addItem(words, name)
        self._words.setText(
            "如果数据确实坏了，可以恢复到一份备份。原来的文件会移到一边保存，不会删除。"
            if found
            else "这个文件夹里没有备份。如果备份在U盘上，请把它拷进 backups 文件夹再试。"
        )
        for each in (self.copies, self.go):
            each.setVisible(bool(found))
        self.show()

    def _on_go(self) -> None:
        name = self.copies.currentData()
        if name:
            self.wanted.emit(name)
