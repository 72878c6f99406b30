"""The sidebar: registers and tools under their sections, the office above, the person below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout

from desktop import settings
from desktop.icons import icon
from desktop.shell.walk import Entry
from desktop.theme import look
from desktop.widgets.page import button, label

LAST = "系统"  # the section that stands at the foot
STEM = Qt.ItemDataRole.UserRole
SECTION = Qt.ItemDataRole.UserRole + 1


@dataclass(slots=True)
class Group:
    """A section of the sidebar: its heading and what stands below it."""

    section: str
    head: QListWidgetItem | None
    items: list[QListWidgetItem]
    folded: bool = False

    def height(self, *, folded: bool) -> int:
        """How high it is, in pixels."""
        shown = [self.head, *([] if folded else self.items)]
        return sum(item.sizeHint().height() for item in shown if item is not None)

    def show(self, *, folded: bool) -> None:
        """Show or hide what stands below the heading."""
        self.folded = folded
        for item in self.items:
            item.setHidden(folded)
        if self.head is not None:
            self.head.setIcon(icon("right" if folded else "down", "muted"))
            self.head.setForeground(QBrush(look().theme["muted"]))
            words = f"{self.section}，已折叠" if folded else self.section
            self.head.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            self.head.setToolTip("点一下展开" if folded else "点一下折叠")


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
        self.list.itemClicked.connect(self._on_pressed)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
            fold = QShortcut(QKeySequence(key), self.list)
            fold.setContext(Qt.ShortcutContext.WidgetShortcut)
            fold.activated.connect(lambda: self._on_pressed(self.list.currentItem()))
        box.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(unit(2), 0, unit(2), 0)
        self.person = label("", "muted", wrap=True)
        self.lock = button("锁定", self.lock_asked.emit, meaning="lock", quiet=True)
        self.lock.setToolTip("锁定（Ctrl+L）")
        foot.addWidget(self.person, 1)
        foot.addWidget(self.lock)
        box.addLayout(foot)
        self._groups: list[Group] = []
        look().changed.connect(self._fold)
        self.setFixedWidth(look().measure.characters(13))

    def fill(self, entries: Sequence[Entry]) -> None:
        """List what may be opened, under its headings."""
        measure = look().measure
        self.list.blockSignals(True)
        self.list.clear()
        self._groups.clear()
        self.list.setIconSize(QSize(measure.icon, measure.icon))
        sections: dict[str, list[Entry]] = {}
        for entry in entries:
            sections.setdefault(entry.section, []).append(entry)
        if LAST in sections:
            sections[LAST] = sections.pop(LAST)
        for section, found in sections.items():
            head = None
            if section:
                head = QListWidgetItem(section)
                # Not a place to be, but a click or Enter on it folds and unfolds.
                head.setFlags(Qt.ItemFlag.ItemIsEnabled)
                head.setData(SECTION, section)
                head.setSizeHint(QSize(0, measure.row))
                self.list.addItem(head)
            items = []
            for entry in found:
                item = QListWidgetItem(icon(entry.stem), entry.label)
                item.setData(STEM, entry.stem)
                item.setSizeHint(QSize(0, measure.row))
                self.list.addItem(item)
                items.append(item)
            self._groups.append(Group(section, head, items))
        self.list.blockSignals(False)
        self._fold()

    # -- folding -----------------------------------------------------------------------

    def _fold(self) -> None:
        """Fold what the person folded; where the rest is longer than the list, from the foot up."""
        chosen = settings.current["folded"]
        room = self.list.viewport().height()
        here = self.list.currentItem()
        high = sum(group.height(folded=bool(chosen.get(group.section))) for group in self._groups)
        for group in reversed(self._groups):
            folded = bool(chosen.get(group.section))
            if group.section not in chosen and group.head is not None and here not in group.items:
                # Before it is laid out the list has no height to go by.
                folded = self.isVisible() and high > room
                if folded:
                    high -= group.height(folded=False) - group.height(folded=True)
            group.show(folded=folded)

    def toggle(self, section: str) -> None:
        """Fold a section or unfold it, and keep it so."""
        group = next(each for each in self._groups if each.section == section)
        settings.current.remember("folded", section, not group.folded)
        self._fold()

    def _on_pressed(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(SECTION):
            self.toggle(item.data(SECTION))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt override: another height, another number of sections that fit."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fold)

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
        self._fold()
        # The list may not have its height yet; then what is chosen would be half hidden.
        QTimer.singleShot(0, self.list, self._show_current)

    def _show_current(self) -> None:
        now = self.list.currentItem()
        if now is not None:
            self.list.scrollToItem(now)

    def _on_current(self, now: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if now is not None and now.data(STEM):
            self.chosen.emit(now.data(STEM))
