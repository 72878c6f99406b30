"""Which stick: asked when there are two, or one that was never used, or none; a folder always does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from db.exchange import sticks
from db.exchange.sticks import Stick
from desktop.tasks import Read
from desktop.tools.exchange.words import stacked
from desktop.widgets.page import button, label

_THING = Qt.ItemDataRole.UserRole


class StickChoice(QWidget):
    """The sticks that are plugged in, one to be chosen, or several when a pile is taken in."""

    chosen = Signal(object)  # list[Stick]
    asked = Signal()
    gave_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = stacked(self)
        self.heading = label("", "heading", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.list = QListWidget()
        self.list.setAccessibleName("插着的U盘")
        self.list.itemActivated.connect(lambda _item: self._go())
        self.list.itemSelectionChanged.connect(self._on_changed)
        self.list.itemChanged.connect(lambda _item: self._on_changed())
        self.warning = label("", "flaw", wrap=True)
        box.addWidget(self.heading)
        box.addWidget(self.words)
        box.addWidget(self.list, 1)
        box.addWidget(self.warning)
        keys = QHBoxLayout()
        keys.addWidget(button("再找一次", self.look, meaning="refresh"))
        keys.addWidget(button("选一个文件夹…", self._ask_folder, meaning="open"))
        keys.addStretch(1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button("用这个U盘", self._go, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        self._several = self._sure = False

    def ask(self, heading: str, *, several: bool, sure: bool) -> None:
        """Find the sticks; `sure` takes the only one of ours without asking."""
        self.heading.setText(heading)
        self.go.setText("用勾选的U盘" if several else "用这个U盘")
        self._several, self._sure = several, sure
        self.look()

    def look(self) -> None:
        """Look again what is plugged in."""
        Read(self, sticks.plugged).then(self._show).start()

    def _show(self, found: list[Stick]) -> None:
        one = sticks.only(found)
        if self._sure and one is not None and (not self._several or len(found) == 1):
            self._sure = False
            self.chosen.emit([one])
            return
        self._sure = False
        self.asked.emit()
        self.list.clear()
        for each in found:
            about = f"{each.words}　空余 {each.volume.free / 2**30:.1f} GB"
            if not each.volume.writable:
                about += "　写保护"
            item = QListWidgetItem(about)
            item.setData(_THING, each)
            if self._several:
                item.setCheckState(Qt.CheckState.Checked if each.ours else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        if not found:
            words = "没有找到U盘。请插上U盘再找一次；U盘认不出来时，可以选一个文件夹代替。"
        elif self._several:
            words = f"插着 {len(found)} 个U盘，勾选要接收的。"
        elif len(found) == 1:
            words = (
                "这个U盘还没有用来交换过。用它，就会在上面建一个“ZHENGYOU”文件夹，别的内容不动。"
            )
        else:
            words = f"插着 {len(found)} 个U盘，请选一个。"
        self.words.setText(words)
        if found:
            self.list.setCurrentRow(0)
        (self.list if found else self.go).setFocus()
        self._on_changed()

    def picked(self) -> list[Stick]:
        """The sticks meant now."""
        items = [self.list.item(at) for at in range(self.list.count())]
        if self._several:
            items = [i for i in items if i.checkState() == Qt.CheckState.Checked]
        else:
            items = self.list.selectedItems()
        return [item.data(_THING) for item in items]

    def _on_changed(self) -> None:
        found = self.picked()
        self.go.setEnabled(bool(found))
        self.warning.setText(warning(found))
        self.warning.setVisible(bool(self.warning.text()))

    def _go(self) -> None:
        found = self.picked()
        if found:
            self.chosen.emit(found)

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "选一个文件夹")
        if folder:
            self.take_folder(Path(folder))

    def take_folder(self, folder: Path) -> None:
        """A folder instead of a stick."""
        Read(self, lambda: sticks.by_hand(folder)).then(
            lambda stick: self.chosen.emit([stick])
        ).start()


def warning(found: list[Stick]) -> str:
    """Programs and shortcuts on these sticks, in words; "" when there are none."""
    strange = sorted({name for each in found for name in each.strange})
    if not strange:
        return ""
    names = "、".join(strange[:5]) + ("等" if len(strange) > 5 else "")
    return f"▲ U盘上有程序或快捷方式（{names}），不要双击打开，请先杀毒。程序没有动它们。"
