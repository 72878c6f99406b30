"""Ctrl+K: one box over all registers, pages and actions; what is typed is answered while typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop import settings
from desktop.icons import icon
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.finding import Found, find, titles
from desktop.widgets.page import Place, label

TYPING_PAUSE = 40  # ms
MOST = 40


class Palette(QFrame):
    """Lies over the page, a child of the window and no window of its own, so that an input
    method composes in it as anywhere else.
    """

    wanted = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(unit(1.5), unit(1.5), unit(1.5), unit(1))
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("姓名、拼音、首字母、身份证或电话尾数、党组织、页面…")
        self.edit.setAccessibleName("全局查找")
        self.edit.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self.list = QListWidget()
        self.list.setAccessibleName("查找结果")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setIconSize(QSize(look().measure.icon, look().measure.icon))
        self.foot = label("", "muted")
        box.addWidget(self.edit)
        box.addWidget(self.list, 1)
        box.addWidget(self.foot)
        self._commands: list[tuple[str, str, Place | Callable[[], object]]] = []
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._pause.timeout.connect(self._ask)
        self.edit.textChanged.connect(lambda _text: self._pause.start())
        self.edit.installEventFilter(self)
        self.list.itemClicked.connect(self._take)
        window.installEventFilter(self)
        self.hide()

    def offer(self, commands: Sequence[tuple[str, str, Place | Callable[[], object]]]) -> None:
        """What can be done besides finding records: (words, icon, place or action)."""
        self._commands = list(commands)

    def popup(self) -> None:
        """Come up empty, ready to be typed into."""
        self._place()
        self.edit.clear()
        self._show("", [])
        self._ask()
        self.show()
        self.raise_()
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _place(self) -> None:
        window = self.window()
        measure = look().measure
        width = min(measure.characters(46), window.width() - measure.units(8))
        height = min(measure.row * 14, window.height() - measure.units(12))
        self.setGeometry((window.width() - width) // 2, measure.units(8), width, height)

    def _ask(self) -> None:
        text = self.edit.text().strip()
        if not text:
            places = [(str(stem), int(row)) for stem, row in settings.current["recent"]]
            Read(self, lambda: titles(places)).then(
                lambda found: self._show("", found, "最近看过")
            ).start()
            return
        Read(self, lambda: find(text, (), MOST)).then(lambda found: self._show(text, found)).start()

    def _show(self, text: str, found: list[Found], heading: str = "") -> None:
        if text != self.edit.text().strip():
            return
        self.list.clear()
        groups: dict[str, list[Found]] = {}
        for each in found:
            groups.setdefault(heading or each.label, []).append(each)
        commands = [each for each in self._commands if not text or text.lower() in each[0].lower()]
        for name, hits in groups.items():
            self._heading(heading or f"{name} {len(hits)}")
            for hit in hits:
                self._item(f"{hit.title}　　{hit.subtitle}", hit.stem, Place(hit.stem, row=hit.row))
        if commands:
            self._heading("去哪里")
            for words, meaning, what in commands[:30]:
                self._item(words, meaning, what)
        if not self.list.count() and text:
            self._heading("没有找到。可换拼音首字母、号码后四位试试")
        self.foot.setText("↑↓ 选择　回车打开　Esc 关闭")
        self._step(1, start=-1)

    def _heading(self, words: str) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _item(self, words: str, meaning: str, what: Place | Callable[[], object]) -> None:
        item = QListWidgetItem(icon(meaning), words)
        item.setData(Qt.ItemDataRole.UserRole, what)
        self.list.addItem(item)

    def _step(self, step: int, start: int | None = None) -> None:
        count = self.list.count()
        at = self.list.currentRow() if start is None else start
        for _ in range(count):
            at = (at + step) % count
            if self.list.item(at).flags() & Qt.ItemFlag.ItemIsSelectable:
                self.list.setCurrentRow(at)
                return

    def _take(self, item: QListWidgetItem | None) -> None:
        what = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if what is None:
            return
        self.hide()
        if isinstance(what, Place):
            self.wanted.emit(what)
        else:
            what()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt override."""
        if watched is self.parent() and isinstance(event, QResizeEvent) and self.isVisible():
            self._place()
        if watched is self.edit and isinstance(event, QKeyEvent):
            if event.type() != QEvent.Type.KeyPress:
                return False
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.hide()
                return True
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem())
                return True
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            self.hide()
        return False
