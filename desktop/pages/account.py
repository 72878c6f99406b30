"""使用人: who may unlock, with which role; passphrases are given here and nowhere shown."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db import access, office, unlocking, vault
from db.errors import Refusal
from db.registers.account import Account
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import label
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage
from desktop.widgets.secret_form import SecretForm

ROLES = (
    "管理员：什么都能做，包括使用人、评定办法、恢复备份。",
    "录入：新增、修改、停用、导入、打印。",
    "审批：查看、打印、审定评比与表彰。",
    "查阅：只看，身份证号和电话等隐去。",
)


class AccountPage(RegisterPage):
    """The people of the office who use the program."""

    of = Account
    outputs = False
    columns = (Account.name, Account.role, Account.post)
    purpose = "每个用这个程序的人各有自己的口令，操作记录里才分得清是谁做的。"

    def make_panel(self) -> RecordPanel:
        """With a tab to give a passphrase."""
        panel = RecordPanel(Account)
        unit = look().measure.units
        place = QWidget()
        place.setObjectName("clear")
        box = QVBoxLayout(place)
        box.setContentsMargins(0, unit(1.5), 0, 0)
        box.setSpacing(unit(1))
        self._state = label("", "muted", wrap=True)
        box.addWidget(self._state)
        self.secrets = SecretForm(asks_old=False, verb="设定口令")
        self.secrets.given.connect(self._give)
        box.addWidget(self.secrets)
        box.addSpacing(unit(2))
        for words in ROLES:
            box.addWidget(label(words, "muted", wrap=True))
        box.addStretch(1)
        self._secrets_tab = scrolled(place)
        panel.add_tab("口令", self._secrets_tab)
        panel.shown.connect(self._on_shown)
        panel.retire_with = lambda record, reason: unlocking.dismiss(record.id, reason)
        return panel

    def state(self, shown: int, total: int) -> str:
        """How many people."""
        return (
            f"共 {shown:,} 名使用人。" if not self.filters.active else super().state(shown, total)
        )

    def _on_shown(self, record: Any) -> None:
        self.secrets.clear()
        self.secrets.setEnabled(record is not None and access.can("manage"))
        if record is None:
            return
        Read(self, lambda: vault.people(office.current().folder)).then(
            lambda slots: self._tell(record, slots)
        ).start()

    def _tell(self, record: Any, slots: list[vault.Slot]) -> None:
        has = any(slot.person == record.id for slot in slots)
        if not has and access.can("manage") and not record.retired:
            # Without a passphrase the person cannot come in: that is what is to be done next.
            self.panel.tabs.setCurrentWidget(self._secrets_tab)
        self._state.setText(
            "已设口令，可以登录。忘了时由管理员在这里重设。"
            if has
            else "还没有口令，现在不能登录。请当面设定，让本人再到“设置”里改成自己的。"
        )

    def _give(self, _old: str, new: str) -> None:
        record = self.panel.record
        Write(self, lambda: unlocking.give_passphrase(record.id, new)).then(
            lambda _done: self._given(record)
        ).failed(self._refused).start()

    def _given(self, record: Any) -> None:
        self.say(f"“{record.name}”的口令已设定。")
        self._on_shown(record)

    def _refused(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self.secrets.tell(problem.message)
        return True
