"""Where a new office's data will lie: shown, changed, and doubted at once when it is no fit place."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QWidget

from db import placement
from desktop import whereabouts
from desktop.widgets.page import button, label


class DataPlace:
    """Three rows of a form: the folder, keys to take another one, and what speaks against it."""

    def __init__(self, form: QFormLayout, folder: Path) -> None:
        self.folder = folder
        self._shown = label("", wrap=True)
        self._shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.doubts = label("", "flaw", wrap=True)
        form.addRow("数据放在", self._shown)
        form.addRow("", self._keys())
        form.addRow("", self.doubts)
        self.put(folder)

    def _keys(self) -> QWidget:
        made = QWidget()
        line = QHBoxLayout(made)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(button("换个地方…", self._choose, meaning="open"))
        for disk in placement.other_disks()[:2]:
            words = f"放到 {disk.drive.rstrip(':')} 盘（重装系统也在）"
            line.addWidget(button(words, partial(self.put, disk / whereabouts.NAME), link=True))
        line.addStretch(1)
        return made

    def _choose(self) -> None:
        above = next(each for each in self.folder.parents if each.is_dir())
        asks = self._shown.window()
        chosen = QFileDialog.getExistingDirectory(asks, "数据放在哪个文件夹里", str(above))
        if chosen:
            self.put(whereabouts.inside(Path(chosen)))

    def put(self, folder: Path) -> None:
        """The office will be founded in this folder; says at once when it is not a fit place."""
        self.folder = folder
        self._shown.setText(str(folder))
        doubts = placement.doubts(folder)
        self.doubts.setText("".join(doubts))
        self.doubts.setVisible(bool(doubts))

    def objections(self) -> str:
        """Why no office may be founded in this folder; empty when one may."""
        return "".join(placement.objections(self.folder))
