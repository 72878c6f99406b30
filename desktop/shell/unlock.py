"""Who is it, and the passphrase: a page in the window, not a box before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit

from db.errors import Refusal, Trouble
from desktop import settings
from desktop.icons import picture
from desktop.shell.preload import copies, may_rescue, people, preload, rescue, unlock
from desktop.shell.rescue import Rescue
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.page import LonePage, button, label
from desktop.widgets.secret import Secret


class UnlockPage(LonePage):
    """Opens one data folder; ``opened`` with the person, ``other`` for another folder."""

    opened = Signal(object)
    other = Signal()
    loaded = Signal()  # what comes next is in memory

    def __init__(self) -> None:
        super().__init__(24, spacing=1)
        self._folder = Path()
        self._busy = False
        unit, box = look().measure.units, self.column
        box.addStretch(2)
        mark = QLabel()
        mark.setPixmap(picture("appraisal", "accent", unit(6)))
        box.addWidget(mark)
        box.addWidget(label("争优台账", "title"))
        self.words = label("", "muted", wrap=True)
        box.addWidget(self.words)
        box.addSpacing(unit(2))
        who = label("使用人", "muted")
        self.person = Choices()
        self.person.setAccessibleName("使用人")
        who.setBuddy(self.person)
        box.addWidget(who)
        box.addWidget(self.person)
        name = label("口令", "muted")
        self.secret = Secret("口令")
        name.setBuddy(self.secret)
        self.person.activated.connect(lambda _at: self.secret.setFocus())
        self.secret.returnPressed.connect(self.unlock)
        self.secret.textEdited.connect(self._on_typed)
        box.addWidget(name)
        box.addWidget(self.secret)
        self.fault.setAlignment(Qt.AlignmentFlag.AlignTop)
        box.addWidget(self.fault)
        self.enter = button("打开", self.unlock, meaning="unlock", primary=True)
        self.enter.setIconSize(QSize(look().measure.icon, look().measure.icon))
        box.addWidget(self.enter)
        box.addSpacing(unit(1))
        self.rescue = Rescue()
        self.rescue.wanted.connect(self._rescue)
        box.addWidget(self.rescue)
        box.addWidget(button("忘了口令？用恢复单上的恢复码打开", self._recover, link=True))
        self.elsewhere = button("打开另一份数据…", self.other.emit, link=True)
        box.addWidget(self.elsewhere)
        box.addStretch(3)

    def show_folder(self, folder: Path, words: str = "") -> None:
        """Ask for this data folder; nothing is opened yet."""
        self._folder = folder
        self._recovering = False
        self.rescue.hide()
        self.words.setText(words or f"数据在 {folder}")
        self.person.clear()
        Read(self, lambda: people(folder)).then(self._show_people).failed(self._on_failed).start()
        # What the next step needs is loaded while the passphrase is typed.
        Read(self, preload).then(lambda _done: self.loaded.emit()).start()
        self.person.setVisible(True)
        self.fault.clear()
        self.secret.clear()
        self.secret.setPlaceholderText("")
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def unlock(self) -> None:
        """Try the passphrase; the slow key derivation runs off the screen's thread."""
        folder = self._folder
        self._try("正在打开…", lambda secret, person: unlock(folder, secret, person))

    def _rescue(self, copy: str) -> None:
        """Put a copy in the place of data that does not open, with the same passphrase."""
        folder = self._folder
        self._try("正在从备份恢复…", lambda secret, person: rescue(folder, secret, copy, person))

    def _on_typed(self, _text: str) -> None:
        # It spoke of what was typed before.
        if not self._busy:
            self.fault.clear()

    def _try(self, words: str, work: Callable[[str, int | None], Any]) -> None:
        if self._busy:
            return
        secret = self.secret.text()
        if not secret:
            self.refuse("请输入口令。")
            return
        person = None if self._recovering else self.person.currentData()
        self._busy = True
        self.enter.setEnabled(False)
        self.rescue.setEnabled(False)
        self.work_on(words)
        Write(self, lambda: work(secret, person)).then(self._on_opened).failed(
            self._on_failed
        ).start()

    def _show_people(self, found: list[tuple[int, str]]) -> None:
        for number, name in found:
            self.person.addItem(name, number)
        at = self.person.findText(str(settings.current["last_person"]))
        self.person.setCurrentIndex(max(0, at))

    def _on_opened(self, person: Any) -> None:
        self._busy = False
        self.enter.setEnabled(True)
        self.secret.clear()
        self.fault.clear()
        self.rescue.hide()
        if person.id:
            settings.current["last_person"] = person.name
        self.opened.emit(person)

    def _on_failed(self, problem: Exception) -> bool:
        self._busy = False
        self.enter.setEnabled(True)
        self.rescue.setEnabled(True)
        if not isinstance(problem, Refusal | Trouble):
            self.fault.clear()
            return False
        self._tell(problem)
        folder = self._folder
        if may_rescue(problem, folder):
            Read(self, lambda: copies(folder)).then(self.rescue.offer).start()
        self.secret.selectAll()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _tell(self, problem: Exception) -> None:
        self.refuse(str(problem))

    def _recover(self) -> None:
        self._recovering = True
        self.person.hide()
        self.secret.setEchoMode(QLineEdit.EchoMode.Normal)
        self.secret.setPlaceholderText("恢复码，如 ABCD-EFGH-…")
        self.secret.setAccessibleName("恢复码")
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
