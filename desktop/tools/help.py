"""Help: one page a register and tool, searched by words, and the sheet of shortcuts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QTextBrowser

from desktop.theme import look
from desktop.widgets.page import Page, Place
from desktop.widgets.saving import ask_path


def help_pages() -> dict[str, tuple[str, str]]:
    """Stem → (title, text in Markdown) of every help page."""
    found = {}
    for path in (files("resources") / "help").iterdir():
        if path.name.endswith(".md"):
            text = path.read_text(encoding="utf-8")
            title = text.lstrip("# ").split("\n", 1)[0].strip()
            found[path.name[:-3]] = (title, text)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "index", item[1][0])))


class HelpPage(Page):
    """Everything that can be read about the program, offline."""

    title = "帮助"
    section = "系统"
    order = 9900
    help_stem = "index"

    def __init__(self) -> None:
        super().__init__()
        self._pages = help_pages()
        em = look().measure.characters
        self.add_action("打印这一页…", self.print_page, meaning="print")
        self.search = QLineEdit()
        self.search.setPlaceholderText("在帮助中查找")
        self.search.setAccessibleName("在帮助中查找")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._fill)
        self.body.addWidget(self.search)
        self.list = QListWidget()
        self.list.setAccessibleName("帮助目录")
        self.list.setFixedWidth(em(14))
        self.text = QTextBrowser()
        self.text.setAccessibleName("帮助内容")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(
            lambda url: self.show_page(url.toString().removesuffix(".md"))
        )
        line = QHBoxLayout()
        line.setSpacing(look().measure.units(1.5))
        line.addWidget(self.list)
        line.addWidget(self.text, 1)
        self.body.addLayout(line, 1)
        self.list.currentItemChanged.connect(self._on_current)
        self._fill("")

    def opened(self, place: Place) -> None:
        """Open at the page that was asked for, else at the first."""
        self.show_page(place.words if place.words in self._pages else "index")

    def concerns(self, changes: object) -> bool:
        """Help does not change."""
        return False

    def show_page(self, stem: str) -> None:
        """Show one page."""
        for at in range(self.list.count()):
            item = self.list.item(at)
            if item.data(Qt.ItemDataRole.UserRole) == stem:
                self.list.setCurrentItem(item)

    def _fill(self, words: str) -> None:
        self.list.clear()
        for stem, (title, text) in self._pages.items():
            if words.strip().lower() in text.lower():
                item = QListWidgetItem(title)
                item.setData(Qt.ItemDataRole.UserRole, stem)
                self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        self.set_sentence(
            f"{self.list.count()} 页里有“{words.strip()}”。"
            if words.strip()
            else "按 F1 看当前页面的帮助，按 Ctrl+/ 看快捷键。"
        )

    def _on_current(self, now: QListWidgetItem | None, _before: object) -> None:
        if now is not None:
            self.text.setMarkdown(self._pages[now.data(Qt.ItemDataRole.UserRole)][1])
            words = self.search.text().strip()
            if words:
                self.text.find(words)

    def print_page(self) -> None:
        """Save this page as a PDF for the wall."""
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        path = ask_path(self, f"{item.text()}.pdf", "PDF (*.pdf)")
        if path is not None:
            self.write(item.data(Qt.ItemDataRole.UserRole), path)
            self.say(f"已保存为“{path.name}”。")

    def write(self, stem: str, path: Path) -> None:
        """Set one help page as a PDF."""
        from PySide6.QtGui import QPdfWriter

        document = QTextDocument()
        document.setDefaultFont(self.font())
        document.setMarkdown(self._pages[stem][1])
        document.print_(QPdfWriter(str(path)))
