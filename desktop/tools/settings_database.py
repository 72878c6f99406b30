"""The part of 设置 about a county's rows: in the folder of one PC, or on a server for several."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from db import access, address, identity, office, pouring, resettling
from db.connection import database
from db.errors import Refusal, Trouble
from db.resettling import Moved
from desktop.tasks import Job, Progress, Read
from desktop.theme import look
from desktop.widgets.card import Card
from desktop.widgets.page import Page, button, label, tell
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.server_form import ServerForm

_HERE = "记录在这台电脑的数据文件夹里，一次只能从这台电脑打开。"
_THERE = "记录在数据库服务器“{}”上，几台电脑可以同时用。"
_BACK = (
    "请先让别的电脑都退出程序。搬回以后只有这台电脑能打开；别的电脑再打开时会看到“已搬走”，"
    "它们的文件夹和备份都还在。"
)
_HOW = (
    "先做一份备份，再逐表抄过去、读回来，两边算出同样的校验码才改用新的；"
    "中途断电或断网也不要紧，原来的不会动。"
)
_CODE = 16


class DatabaseCard(Card):
    """Where the rows lie, and the way to the other place; for the administrator of a county."""

    def __init__(self, page: Page) -> None:
        super().__init__("几个人同时用")
        self._page = page
        self._shared = False
        self._state = label("", wrap=True)
        self.row("现在", self._state)
        self.open = button("", self._ask, meaning="open")
        self.row("", self.open)
        self._words = label("", "muted", wrap=True)
        self.whole(self._words)
        self.server = ServerForm()
        self.server.setMaximumWidth(look().measure.characters(40))
        self.whole(self.server)
        self._keys = QWidget()
        keys = QHBoxLayout(self._keys)
        keys.setContentsMargins(0, 0, 0, 0)
        self.cancel = button("取消", self._fold)
        self.start = button("开始搬", self._begin, primary=True)
        keys.addWidget(self.cancel)
        keys.addWidget(self.start)
        self.row("", self._keys)
        self.told = label("", wrap=True)
        self.row("", self.told)
        self.model = PlainModel(("内容", "行数", "校验码（两边相同）"), right=(1,), parent=self)
        self.proof = PlainView("逐表核对", self.model, (14, 9, 16), 0)
        self.proof.setMinimumHeight(look().measure.row * 9)
        self.whole(self.proof)
        self.proof.hide()
        self.told.hide()
        self._job: Job[Moved] | None = None

    def show_now(self) -> None:
        """Show where the rows lie; a township has no use for this, nor who may not move them."""
        self.hide()
        if not access.can("manage"):
            return
        opened = office.current()

        def read() -> tuple[str, str]:
            shared = database.shared
            where = address.shown(address.read(opened.folder, opened.key)) if shared else ""
            return identity.identity().level, where

        Read(self._page, read).then(self._show).start()

    def _show(self, found: tuple[str, str]) -> None:
        level, where = found
        self._shared = bool(where)
        self._state.setText(_THERE.format(where) if where else _HERE)
        self.open.setText(" 搬回这台电脑…" if where else " 搬到数据库服务器…")
        self.setVisible(level == "county")
        self._fold()

    def _fold(self) -> None:
        if self._job is not None:
            self._job.cancel()
            return
        for each in (self._words, self.server, self._keys):
            each.hide()
        self.open.show()

    def _ask(self) -> None:
        self.open.hide()
        self.proof.hide()
        self.told.hide()
        self._words.setText(f"{_BACK}\n{_HOW}" if self._shared else f"请照管理员给的单子填。{_HOW}")
        self._words.show()
        self.server.setVisible(not self._shared)
        self._keys.show()
        if not self._shared:
            self.server.host.setFocus()

    def _begin(self) -> None:
        if self._shared:
            self.move_rows("")
            return
        self.start.setEnabled(False)
        self.server.seek(
            "empty",
            lambda _found: self.move_rows(self.server.server().url()),
            lambda: self.start.setEnabled(True),
        )

    def move_rows(self, url: str) -> None:
        """Move the rows to this server, or with "" back into the folder; the office stays open."""
        opened = office.current()
        self.start.setEnabled(False)
        self.server.setEnabled(False)
        self._tell("正在备份…", "muted")

        def work(progress: Progress) -> Moved:
            if url:
                return resettling.to_server(opened.folder, opened.key, url, progress)
            return resettling.to_file(opened.folder, opened.key, progress)

        self._job = Job(self._page, work, "正在搬记录")
        self._job.progressed.connect(self._on_progress)
        self._job.finished.connect(self._on_end)
        self._job.then(self._on_moved).failed(self._on_failed).start()

    def _on_progress(self, done: int, total: int, words: str) -> None:
        share = done * 100 // max(total, 1)
        self._tell(f"已抄写并核对 {share}%：{words}", "muted")

    def _on_end(self) -> None:
        self._job = None
        self.start.setEnabled(True)
        self.server.setEnabled(True)
        self._tell("", "muted")
        self.told.hide()

    def _on_moved(self, moved: Moved) -> None:
        self.server.clear()
        self._fold()
        rows = sorted(moved.tables.items(), key=lambda each: -each[1][0])
        self.model.show_rows(
            [
                ((pouring.called(table), f"{count:,}", code[:_CODE]), table)
                for table, (count, code) in rows
                if count
            ]
        )
        self.proof.show()
        self._tell(moved.words, "agreed")
        self._page.say(f"记录已搬到“{moved.to}”，可以接着用。")
        self._show(("county", "" if moved.to == resettling.HERE else moved.to))

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal | Trouble):
            return False
        self._tell(f"没有搬。{problem}原来的数据没有变化，可以接着用。", "fault")
        return True

    def _tell(self, words: str, kind: str) -> None:
        tell(self.told, words, kind)
        self.told.show()
