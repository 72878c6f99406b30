"""The data is not where it was: say so, and never offer a new, empty office in its place unasked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.widgets.page import LonePage, button, label


class MissingPage(LonePage):
    """Looks again, takes another folder, or goes on to found an office."""

    again = Signal()
    other = Signal()
    fresh = Signal()

    def __init__(self) -> None:
        super().__init__(34)
        box = self.column
        box.addStretch(2)
        box.addWidget(label("找不到数据文件夹", "title"))
        self.words = label("", wrap=True)
        box.addWidget(self.words)
        box.addWidget(
            label(
                "常见的原因：放数据的硬盘没有接好，盘符变了，文件夹被移动或改了名。"
                "请先接好硬盘再找一次，或指给程序看它现在在哪里。",
                "muted",
                wrap=True,
            )
        )
        self.look_again = button("再找一次", self.again.emit, primary=True)
        self.choose = button("选择数据文件夹…", self.other.emit, meaning="open")
        keys = QHBoxLayout()
        keys.addWidget(self.look_again)
        keys.addWidget(self.choose)
        keys.addStretch(1)
        box.addLayout(keys)
        self.found = button("数据确实没有了，另建一份新台账", self.fresh.emit, link=True)
        box.addWidget(self.found)
        box.addStretch(3)

    def tell(self, folder: Path | None, words: str = "") -> None:
        """Name the folder that is gone, or say why none is known."""
        self.words.setText(words or f"数据原来放在“{folder}”，现在那里没有台账数据。")
