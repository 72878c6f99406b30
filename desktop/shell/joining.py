"""A further PC comes to a county's office on a server: where it is, who one is, and in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from db import office
from db.access import Person
from db.errors import Refusal, Trouble
from db.prospect import Prospect
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.page import LonePage, button, label, named
from desktop.widgets.secret import Secret
from desktop.widgets.server_form import ServerForm


class JoinPage(LonePage):
    """First the server, then the person and the passphrase; the folder is made at the very end."""

    joined = Signal(object)  # the person
    gave_up = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__(40)
        self.folder = folder
        unit, box = look().measure.units, self.column
        box.addStretch(1)
        box.addWidget(label("加入旗县已有的台账", "title"))
        box.addWidget(
            label(
                "别的电脑上已经建好、记录放在数据库服务器上的台账，从这台电脑也能用。"
                "请照信息化管理员给的单子填，再选您自己、输您自己的口令。",
                "muted",
                wrap=True,
            )
        )
        self.server = ServerForm()
        self.server.edited.connect(self._forget)
        box.addWidget(self.server)
        self._who = QWidget()
        form = QFormLayout(self._who)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(unit(1.5))
        self.person = Choices()
        named(self.person, "使用人")
        self.secret = Secret("您的口令")
        self.secret.returnPressed.connect(self.go_on)
        form.addRow("使用人", self.person)
        form.addRow("您的口令", self.secret)
        form.addRow("数据文件夹", label(str(folder), "muted", wrap=True))
        box.addWidget(self._who)
        box.addWidget(self.fault)
        keys = QHBoxLayout()
        keys.addStretch(1)
        keys.addWidget(button("返回", self.gave_up.emit))
        self.next_button = button("下一步", self.go_on, primary=True)
        keys.addWidget(self.next_button)
        box.addLayout(keys)
        box.addStretch(2)
        self._forget()

    def start(self) -> None:
        """The cursor into the first line."""
        self.server.host.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """Look at the server; once its office is known, join it."""
        self.fault.clear()
        self.next_button.setEnabled(False)
        if self._who.isHidden():
            self.server.seek("office", self._show_people, self._may_go_on)
        else:
            self._join()

    def _may_go_on(self) -> None:
        self.next_button.setEnabled(True)

    def _show_people(self, found: Prospect) -> None:
        self.person.clear()
        for number, name in found.people:
            self.person.addItem(name, number)
        self._who.show()
        self.next_button.setText("加入")
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        self._who.hide()
        self.next_button.setText("下一步")

    def _join(self) -> None:
        folder, url = self.folder, self.server.server().url()
        secret, person = self.secret.text(), self.person.currentData()
        self.work_on("正在打开…")
        Write(self, lambda: office.join_office(folder, url, secret, person)).then(
            self._on_joined
        ).failed(self._on_failed).start()

    def _on_joined(self, person: Person) -> None:
        self._may_go_on()
        self.fault.clear()
        self.secret.clear()
        self.server.clear()
        self.joined.emit(person)

    def _on_failed(self, problem: Exception) -> bool:
        self._may_go_on()
        self.fault.clear()
        if not isinstance(problem, Refusal | Trouble):
            return False
        self.refuse(str(problem))
        self.secret.selectAll()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        return True
