"""The part of 设置 about the office: its name, its code, its recovery sheet."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db import access, identity, naming, unlocking
from db.errors import Refusal
from desktop.tasks import Job, Progress, Read, Write
from desktop.theme import look
from desktop.widgets.card import Card
from desktop.widgets.page import Page, button, label, named
from desktop.widgets.saving import ask_path


class OfficeCard(Card):
    """Which office this is; the administrator may give it another name."""

    def __init__(self, page: Page) -> None:
        super().__init__("本单位")
        self._page = page
        self.name = QLineEdit()
        self.name.setFixedWidth(look().measure.characters(24))
        self.name.returnPressed.connect(self.rename)
        named(self.name, "单位名称")
        self.save = button("改名", self.rename)
        line = QWidget()
        keys = QHBoxLayout(line)
        keys.setContentsMargins(0, 0, 0, 0)
        keys.addWidget(self.name)
        keys.addWidget(self.save)
        self.row("名称", line)
        self.fault = label("", "fault", wrap=True)
        self.fault.hide()
        self.name.textEdited.connect(lambda _text: self.fault.hide())
        self.row("", self.fault)
        self.row(
            "",
            label(
                "名称印在各种表册上。改名以后印的用新名称，操作记录里的不变；改错了可以撤销。",
                "muted",
                wrap=True,
            ),
        )
        self._code = label("", "muted")
        self.row("代码", self._code)
        self._sheet = button("重新制作恢复单…", self.renew_recovery, meaning="key")
        self.row("", self._sheet)

    def show_now(self) -> None:
        """Read who this office is."""
        manages = access.can("manage")
        self.name.setReadOnly(not manages)
        self.save.setVisible(manages)
        self._sheet.setVisible(manages)
        self.fault.hide()
        Read(self._page, identity.identity).then(self._show).start()

    def _show(self, found: identity.Identity) -> None:
        self.name.setText(found.office_name)
        self.name.setCursorPosition(0)
        self._code.setText(f"{found.office_code}　{identity.LEVELS.get(found.level, found.level)}")

    def rename(self) -> None:
        """Give the office the name in the line; it stands in the record of operations."""
        if self.name.isReadOnly():
            return
        name = self.name.text().strip()
        self.fault.hide()
        Write(self._page, lambda: naming.rename(name)).failed(self._refused).start()

    def _refused(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self.fault.setText(problem.message)
        self.fault.show()
        return True

    def renew_recovery(self) -> None:
        """A new recovery sheet; the old one no longer opens anything."""
        path = ask_path(self._page, "恢复单.pdf", "PDF (*.pdf)")
        if path is None:
            return
        person = access.acting().name

        def work(progress: Progress) -> None:
            from desktop.forms.account_recovery import print_sheet

            progress(0, 1, "恢复单")
            name = identity.identity().office_name
            print_sheet(path, name, person, unlocking.renew_recovery())

        def told(_done: Any) -> None:
            words = f"新的恢复单已保存为“{path.name}”，旧恢复单作废。请打印封存后从电脑里删除。"
            self._page.say(words, "warn")

        Job(self._page, work, "恢复单").then(told).start()
