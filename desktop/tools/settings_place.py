"""The part of 设置 about where the data lies: moved with one action, the old folder removed by a second."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QMessageBox

from db import access, moving, office, placement
from desktop import whereabouts
from desktop.tasks import Job, Progress, Read, Write
from desktop.widgets.card import Card
from desktop.widgets.page import Page, button, label


class PlaceCard(Card):
    """The data folder."""

    def __init__(self, page: Page) -> None:
        super().__init__("数据放在哪里")
        self._page = page
        self._folder = label("", wrap=True)
        self.row("数据文件夹", self._folder)
        self._doubts = label("", "flaw", wrap=True)
        self.row("", self._doubts)
        self.go = button("搬到别的文件夹…", self.choose, meaning="open")
        self.row("", self.go)
        self._words = label(
            "先抄过去、逐个读回核对、打开检验，都没有问题才改用新的；中途断电也不要紧，原来的不会动。",
            "muted",
            wrap=True,
        )
        self.row("", self._words)
        self._old = label("", "muted", wrap=True)
        self.row("", self._old)
        self.drop = button("删除原来那一份…", self.remove_old, meaning="retire")
        self.row("", self.drop)

    def show_now(self) -> None:
        """Show where the data lies, and what is left of an earlier place."""
        folder = office.current().folder
        manages = access.can("manage")
        self._folder.setText(str(folder))
        doubts = "".join(placement.doubts(folder))
        self._doubts.setText(doubts)
        self._doubts.setVisible(bool(doubts))
        for each in (self.go, self._words):
            each.setVisible(manages)
        self._show_old(None)
        if manages:
            Read(self._page, lambda: moving.left_behind(folder)).then(self._show_old).start()

    def _show_old(self, found: tuple[Path, int] | None) -> None:
        for each in (self._old, self.drop):
            each.setVisible(found is not None)
        if found is not None:
            size = f"{max(1, found[1] >> 20):,} MB"
            self._old.setText(f"原来的“{found[0]}”里还留着搬家前的一份（{size}），不再使用。")

    def choose(self) -> None:
        """Ask for a folder and move there."""
        above = office.current().folder.parent
        chosen = QFileDialog.getExistingDirectory(self, "把数据搬到哪里", str(above))
        if chosen:
            self.move_to(whereabouts.inside(Path(chosen)))

    def move_to(self, target: Path) -> None:
        """Move the data; the window then asks for the passphrase at the new place."""
        kept = whereabouts.points_at(office.current().folder)

        def work(progress: Progress) -> None:
            point = whereabouts.point if kept else lambda _folder: None
            office.relocate(target, point, progress)

        Job(self._page, work, "正在搬数据").then(
            lambda _done: self._page.moved.emit(target.absolute())
        ).start()

    def remove_old(self) -> None:
        """Delete what the old folder still holds, after a question."""
        opened = office.current()
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle("删除原来那一份")
        box.setText(
            f"{self._old.text()}\n\n删除前会再检验一遍现在这份数据。删除的是搬家前的数据和那时的备份，"
            "现在的数据和备份不受影响。"
        )
        keep = box.addButton("先留着", QMessageBox.ButtonRole.RejectRole)
        box.addButton("删除", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(keep)
        box.exec()
        if box.clickedButton() is keep:
            return

        def work() -> int:
            return moving.remove_old(opened.folder, opened.key)

        Write(self._page, work).then(self._removed).start()

    def _removed(self, rest: Any) -> None:
        self._show_old(None)
        more = f"那里还有 {rest} 个别的文件，没有动。" if rest else ""
        self._page.say(f"原来那一份已删除。{more}")
