"""The sidebar: registers and tools under their sections, the office above, the person below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from desktop.icons import icon
from desktop.shell.walk import Entry
from desktop.theme import look
from desktop.widgets.page import button, label

LAST = "系统"  # the section that stands at the foot
STEM = Qt.ItemDataRole.UserRole


class Sidebar(QFrame):
    """Where one can go."""

    chosen = Signal(str)
    lock_asked = Signal()
    search_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1.5), 0, unit(1.5))
        box.setSpacing(unit(1))
        head = QVBoxLayout()
        head.setContentsMargins(unit(2), 0, unit(2), 0)
        head.setSpacing(unit(1))
        self.office = label("", "office", wrap=True)
        self.training = label("训练数据，可以随意操作", "training", wrap=True)
        self.training.hide()
        self.search = button("查找（Ctrl+K）", self.search_asked.emit, meaning="search")
        self.search.setProperty("wide", True)
        head.addWidget(self.office)
        head.addWidget(self.training)
        head.addWidget(self.search)
        box.addLayout(head)
        self.list = QListWidget()
        self.list.setObjectName("sidebar")
        self.list.setAccessibleName("台账与工具")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.currentItemChanged.connect(self._on_current)
        box.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(unit(2), 0, unit(2), 0)
        self.person = label("", "muted", wrap=True)
        self.lock = button("锁定", self.lock_asked.emit, meaning="lock", quiet=True)
        self.lock.setToolTip("锁定（Ctrl+L）")
        foot.addWidget(self.person, 1)
        foot.addWidget(self.lock)
        box.addLayout(foot)
        self.setFixedWidth(look().measure.characters(13))

    def fill(self, entries: Sequence[Entry]) -> None:
        """List what may be opened, under its headings."""
        measure = look().measure
        self.list.blockSignals(True)
        self.list.clear()
        self.list.setIconSize(QSize(measure.icon, measure.icon))
        sections: dict[str, list[Entry]] = {}
        for entry in entries:
            sections.setdefault(entry.section, []).append(entry)
        if LAST in sections:
            sections[LAST] = sections.pop(LAST)
        for section, found in sections.items():
            if section:
                head = QListWidgetItem(section)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setSizeHint(QSize(0, measure.units(4.5)))
                head.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
                self.list.addItem(head)
            for entry in found:
                item = QListWidgetItem(icon(entry.stem), entry.label)
                item.setData(STEM, entry.stem)
                item.setSizeHint(QSize(0, measure.row))
                self.list.addItem(item)
        self.list.blockSignals(False)

    def stems(self) -> list[str]:
        """Everything listed, top down."""
        found = (self.list.item(at).data(STEM) for at in range(self.list.count()))
        return [stem for stem in found if stem]

    def mark(self, stem: str) -> None:
        """Show where one is, without going there."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        for at in range(self.list.count()):
            if self.list.item(at).data(STEM) == stem:
                self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        # The list may not have its height yet; then what is chosen would be half hidden.
        QTimer.singleShot(0, self.list, self._show_current)

    def _show_current(self) -> None:
        now = self.list.currentItem()
        if now is not None:
            self.list.scrollToItem(now)

    def _on_current(self, now: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if now is not None and now.data(STEM):
            self.chosen.emit(now.data(STEM))
