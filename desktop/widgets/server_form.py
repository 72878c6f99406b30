"""What stands on the server administrator's paper, typed field by field, and tried before it is used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QWidget

from db.address import GUARDS, PORT, Server, is_server
from db.errors import Refusal, Trouble
from db.prospect import Prospect, look
from desktop.tasks import Read
from desktop.theme import look as looks
from desktop.widgets.choices import Choices
from desktop.widgets.page import button, label, named, tell
from desktop.widgets.secret import Secret


class ServerForm(QWidget):
    """The fields, 试连接 below them, and what was found there."""

    edited = Signal()  # what was found no longer counts

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        em = looks().measure.characters
        self._form = form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(looks().measure.units(1.5))
        form.setVerticalSpacing(looks().measure.units(0.75))
        self.host = self._line("服务器", "名称或地址，如 10.0.8.5")
        self.port = self._line("端口", str(PORT))
        self.port.setText(str(PORT))
        self.port.setFixedWidth(em(6))
        self.database = self._line("数据库", "如 zhengyou")
        self.user = self._line("数据库用户", "如 zhengyou")
        self.password = Secret("数据库口令")
        self.guard = Choices()
        for key, words in GUARDS.items():
            self.guard.addItem(words, key)
        named(self.guard, "传输")
        self.certificate = self._line("证书文件", "管理员给的 .crt 或 .pem 文件")
        self._certificate = self._with_button(
            self.certificate, button("选择…", self._choose_certificate)
        )
        self.go = button("试连接", self.try_now, meaning="refresh")
        self.go.setFixedWidth(em(9))
        self.words = label("", wrap=True)
        for name, control in (
            ("服务器", self._with_port()),
            ("数据库", self.database),
            ("数据库用户", self.user),
            ("数据库口令", self.password),
            ("传输", self.guard),
            ("证书文件", self._certificate),
            ("", self.go),
            ("", self.words),
        ):
            form.addRow(name, control)
        self.words.hide()
        self.host.editingFinished.connect(self._take_apart)
        self.guard.activated.connect(lambda _at: self._show_guard())
        for line in self.lines():
            line.textEdited.connect(self._on_edited)
        self._show_guard()

    def lines(self) -> tuple[QLineEdit, ...]:
        """The lines in the order of the paper."""
        return (
            self.host, self.port, self.database, self.user, self.password, self.certificate,
        )  # fmt: skip

    def _line(self, name: str, hint: str) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(hint)
        named(made, name)
        return made

    def _with_button(self, line: QLineEdit, *others: QWidget) -> QWidget:
        made = QWidget()
        made.setObjectName("clear")
        box = QHBoxLayout(made)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(line, 1)
        for each in others:
            box.addWidget(each)
        return made

    def _with_port(self) -> QWidget:
        return self._with_button(self.host, label("端口", "muted"), self.port)

    # -- what is typed ------------------------------------------------------------------

    def server(self) -> Server:
        """What stands in the fields."""
        return Server(
            self.host.text(),
            self.database.text(),
            self.user.text(),
            self.password.text(),
            self.port.text(),
            str(self.guard.currentData()),
            self.certificate.text(),
        )

    def _take_apart(self) -> None:
        """Somebody was given the whole address after all and pasted it into the first line."""
        if not is_server(self.host.text().strip()):
            return
        try:
            found = Server.of(self.host.text())
        except ValueError:
            return
        for line, words in zip(
            self.lines(),
            (found.host, found.port, found.database, found.user, found.password, found.certificate),
            strict=True,
        ):
            line.setText(words)
        self.guard.setCurrentIndex(self.guard.findData(found.guard))
        self._show_guard()

    def _show_guard(self) -> None:
        self._form.setRowVisible(self._certificate, self.guard.currentData() == "verify-full")
        self._on_edited()

    def _on_edited(self) -> None:
        self.words.hide()
        self.edited.emit()

    def _choose_certificate(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "管理员给的证书文件", str(Path.home()), "证书 (*.crt *.pem *.cer);;所有文件 (*)"
        )
        if chosen:
            self.certificate.setText(chosen)
            self._on_edited()

    # -- trying -------------------------------------------------------------------------

    def try_now(self) -> None:
        """Enter the server with what was typed and say what is there; nothing is written."""
        self._enter(self._tell_found, lambda: None)

    def seek(
        self,
        wanted: Literal["empty", "office"],
        go_on: Callable[[Prospect], object],
        always: Callable[[], object],
    ) -> None:
        """Try, and go on only where the server has an empty database, or an office to join.

        `go_on` gets the Prospect; `always` is called first, whatever came of it.
        """

        def found(prospect: Prospect) -> None:
            try:
                if wanted == "empty":
                    prospect.require_empty()
                else:
                    prospect.require_office()
            except Refusal as refusal:
                self.tell_problem(refusal)
                return
            self._tell_found(prospect)
            go_on(prospect)

        self._enter(found, always)

    def _enter(self, found: Callable[[Prospect], object], always: Callable[[], object]) -> None:
        self._take_apart()
        try:
            url = self.server().url()
        except Refusal as refusal:
            always()
            self.tell_problem(refusal)
            return
        self.tell("正在连接…", "muted")
        self.setEnabled(False)

        def settled(then: Callable[[Any], Any]) -> Callable[[Any], Any]:
            def settle(outcome: Any) -> Any:
                self.setEnabled(True)
                always()
                return then(outcome)

            return settle

        Read(self, lambda: look(url)).then(settled(found)).failed(
            settled(self.tell_problem)
        ).start()

    def _tell_found(self, found: Prospect) -> None:
        self.tell(found.words, "agreed" if found.state in {"empty", "office"} else "fault")

    def tell_problem(self, problem: Exception) -> bool:
        """Say a failure below the fields and go to the field it names; False when it is our bug."""
        if not isinstance(problem, Refusal | Trouble):
            self.words.hide()
            return False
        self.tell(str(problem), "fault")
        named_fields = [fault.field for fault in getattr(problem, "faults", ())]
        if named_fields:
            getattr(self, named_fields[0]).setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def tell(self, words: str, kind: str) -> None:
        """Say something below the fields."""
        tell(self.words, words, kind)
        self.words.show()

    def clear(self) -> None:
        """Forget what was typed, above all the password."""
        for line in self.lines():
            line.clear()
        self.port.setText(str(PORT))
        self.words.hide()
