"""The first start: which office, who, a passphrase, the recovery sheet, and what to begin with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db import access, office
from db.access import Person
from db.errors import Refusal
from db.identity import LEVELS
from desktop.shell.data_place import DataPlace
from desktop.shell.training import TRAINING_FOLDER, build_training
from desktop.tasks import Job, Progress, Write
from desktop.theme import look
from desktop.widgets.page import LonePage, button, label, named
from desktop.widgets.saving import ask_path
from desktop.widgets.secret import Secret, strength
from desktop.widgets.server_form import ServerForm

OFFICE, SERVER, PERSON, RECOVERY, BEGIN = range(5)
STEPS = ("单位", "数据库服务器", "使用人与口令", "恢复单", "从哪里开始")


class Wizard(LonePage):
    """Four short steps, one more for a county on a server; nothing is written before the recovery sheet."""

    founded = Signal(object, str)  # person, page to begin with
    training = Signal(object)  # folder
    existing = Signal()
    joining = Signal()  # another PC has founded the county's office on a server

    def __init__(self, folder: Path) -> None:
        super().__init__(40)
        self._recovery = ""
        self._person: Person | None = None
        unit, box = look().measure.units, self.column
        box.addStretch(1)
        self._step = label("", "muted")
        self._title = label("", "title")
        box.addWidget(self._step)
        box.addWidget(self._title)
        self.stack = QStackedWidget()
        box.addWidget(self.stack)
        box.addWidget(self.fault)
        keys = QHBoxLayout()
        self._elsewhere = button("打开已有的数据…", self.existing.emit, link=True)
        self._try = button("先用训练数据看看", self._try_training, link=True)
        self._join = button("加入旗县已有的台账…", self.joining.emit, link=True)
        for link in (self._elsewhere, self._join, self._try):
            keys.addWidget(link)
            keys.addSpacing(unit(2))
        keys.addStretch(1)
        self.back_button = button("上一步", self._back)
        self.next_button = button("下一步", self._next, primary=True)
        keys.addWidget(self.back_button)
        keys.addWidget(self.next_button)
        box.addLayout(keys)
        box.addStretch(2)
        for make in (
            partial(self._make_office, folder),
            self._make_server,
            self._make_person,
            self._make_recovery,
            self._make_begin,
        ):
            self.stack.addWidget(make())

    @property
    def folder(self) -> Path:
        """The folder in which the office will be founded."""
        return self.place.folder

    def start(self) -> None:
        """Show the first step."""
        self._show(OFFICE)

    # -- the steps ---------------------------------------------------------------------

    def _form(self, words: str) -> tuple[QWidget, QFormLayout]:
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look().measure.units(1.5))
        box.addWidget(label(words, "muted", wrap=True))
        form = QFormLayout()
        form.setHorizontalSpacing(look().measure.units(1.5))
        form.setVerticalSpacing(look().measure.units(1))
        box.addLayout(form)
        box.addStretch(1)
        return page, form

    def _line(self, name: str, hint: str = "") -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(hint)
        named(made, name)
        made.textEdited.connect(lambda _text: self.fault.clear())
        return made

    def _make_office(self, folder: Path) -> QWidget:
        page, form = self._form("这份台账属于哪个单位？请写全称，它会印在各种表册上。")
        self.office_name = self._line("单位名称", "如：中共西召镇委员会")
        self.code = self._line("行政区划代码", "6 至 12 位数字，如 150823101")
        levels = QWidget()
        line = QHBoxLayout(levels)
        line.setContentsMargins(0, 0, 0, 0)
        self.levels = QButtonGroup(page)
        for key, words in LEVELS.items():
            each = QRadioButton(words)
            each.setProperty("level", key)
            each.setChecked(key == "township")
            self.levels.addButton(each)
            line.addWidget(each)
        line.addStretch(1)
        self.shares = QCheckBox("几个人同时用：记录放在本单位的数据库服务器上")
        self.shares.setToolTip("要有信息化管理员给的单子：服务器、数据库、用户、口令")
        self.shares.hide()
        self.shares.toggled.connect(lambda _on: self._show_step())
        self.levels.buttonToggled.connect(lambda *_: self._show_level())
        form.addRow("单位名称", self.office_name)
        form.addRow("单位级别", levels)
        form.addRow("", self.shares)
        form.addRow("行政区划代码", self.code)
        self.place = DataPlace(form, folder)
        return page

    def _show_level(self) -> None:
        self.shares.setVisible(self.level() == "county")
        self._show_step()

    def _make_server(self) -> QWidget:
        page, form = self._form(
            "请照信息化管理员给的单子填。数据库应是专为台账建的、空的；"
            "备份、附件和口令仍在这台电脑的数据文件夹里。"
        )
        self.server = ServerForm()
        form.addRow(self.server)
        return page

    def _make_person(self) -> QWidget:
        page, form = self._form(
            "数据全部加密。口令只有您自己知道，程序里没有默认口令，也没有人能替您找回；"
            "可以用一句好记的话，中文也行。"
        )
        self.person = self._line("您的姓名")
        self.secret, self.again = Secret("口令"), Secret("再输一遍口令")
        for each in (self.secret, self.again):
            each.textEdited.connect(lambda _text: self.fault.clear())
        self._strength = label("", "muted", wrap=True)
        self.secret.textChanged.connect(
            lambda text: self._strength.setText(strength(text)[0] if text else "")
        )
        form.addRow("您的姓名", self.person)
        form.addRow("口令", self.secret)
        form.addRow("", self._strength)
        form.addRow("再输一遍", self.again)
        return page

    def _make_recovery(self) -> QWidget:
        page, form = self._form(
            "台账已建好。请把恢复单打印出来，装进信封封好，交单位保险柜保管："
            "忘记口令时只有它能打开数据。恢复单不要存在这台电脑里。"
        )
        self.recovery = self._line("恢复码")
        self.recovery.setReadOnly(True)
        self.kept = QCheckBox("恢复单已打印或抄好，并已妥善保管")
        form.addRow("恢复码", self.recovery)
        form.addRow("", button("保存恢复单（PDF）…", self._save_sheet, meaning="print"))
        self._saved = label("", "muted", wrap=True)
        form.addRow("", self._saved)
        form.addRow("", self.kept)
        return page

    def _make_begin(self) -> QWidget:
        page, form = self._form("从哪里开始都可以，另外两样以后随时能做。")
        unit = look().measure.units
        for words, tip, stem in (
            ("导入已有的党员名册", "Excel、WPS 表格都行；先看清楚会写入什么，再写入", "importing"),
            ("从空白开始", "先建党组织，再一个个录入党员", "organization"),
            ("先用训练数据练练手", "编出来的一个苏木镇，随便怎么改都行；自己的台账先放着", ""),
        ):
            slot = self._choose(stem) if stem else self._try_training
            made = button(words, slot, primary=stem == "importing")
            form.addRow(made)
            tip_line = label(tip, "muted")
            tip_line.setContentsMargins(0, 0, 0, unit(1))
            form.addRow(tip_line)
        return page

    # -- going on ----------------------------------------------------------------------

    def _steps(self) -> list[int]:
        """The steps that this office goes through."""
        return [step for step in range(len(STEPS)) if step != SERVER or self._is_shared()]

    def _is_shared(self) -> bool:
        return self.level() == "county" and self.shares.isChecked()

    def _show_step(self) -> None:
        steps, at = self._steps(), self.stack.currentIndex()
        if at in steps:
            self._step.setText(f"第 {steps.index(at) + 1} 步，共 {len(steps)} 步")

    def _show(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self._show_step()
        self._title.setText(STEPS[at])
        self.fault.clear()
        self.back_button.setVisible(at in {SERVER, PERSON})
        self.next_button.setVisible(at != BEGIN)
        self.next_button.setText("建立台账" if at == PERSON else "下一步")
        for each in (self._elsewhere, self._join, self._try):
            each.setVisible(at == OFFICE)
        first = (self.office_name, self.server.host, self.person, self.kept, None)[at]
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt override: Enter goes to the next empty field, then on; on a button it presses it."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        at = self.focusWidget()
        if isinstance(at, QPushButton):
            at.click()
            return
        lines = (
            (self.office_name, self.code),
            self.server.lines()[:-1],
            (self.person, self.secret, self.again),
            (),
            (),
        )[self.stack.currentIndex()]
        later = lines[lines.index(at) + 1 :] if at in lines else ()
        empty = next((each for each in later if not each.text()), None)
        if empty is not None:
            empty.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.next_button.isVisible() and self.next_button.isEnabled():
            self._next()

    def _back(self) -> None:
        steps = self._steps()
        self._show(steps[steps.index(self.stack.currentIndex()) - 1])

    def _next(self) -> None:
        at = self.stack.currentIndex()
        check = {
            OFFICE: self._office_fault, PERSON: self._person_fault, RECOVERY: self._kept_fault,
        }.get(at)  # fmt: skip
        fault = check() if check is not None else ""
        self.refuse(fault)
        if fault:
            return
        if at == SERVER:
            self._try_server()
        elif at == PERSON:
            self._found()
        else:
            self._go_on()

    def _go_on(self) -> None:
        steps = self._steps()
        self._show(steps[steps.index(self.stack.currentIndex()) + 1])

    def _try_server(self) -> None:
        """On to the next step as soon as the server has shown an empty database."""
        self.next_button.setEnabled(False)
        self.server.seek(
            "empty", lambda _found: self._go_on(), lambda: self.next_button.setEnabled(True)
        )

    def _office_fault(self) -> str:
        code = self.code.text().strip()
        if not self.office_name.text().strip():
            self.office_name.setFocus()
            return "请填写单位名称。"
        if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 12):
            self.code.setFocus()
            return "行政区划代码应为 6 至 12 位数字。"
        return self.place.objections()

    def _person_fault(self) -> str:
        if not self.person.text().strip():
            self.person.setFocus()
            return "请填写您的姓名。"
        words, enough = strength(self.secret.text())
        if not enough:
            self.secret.setFocus()
            return words + "。"
        if self.secret.text() != self.again.text():
            self.again.setFocus()
            self.again.selectAll()
            return "两遍口令不一样。"
        return ""

    def _kept_fault(self) -> str:
        return "" if self.kept.isChecked() else "请先把恢复单打印或抄好，再勾选上面一项。"

    def level(self) -> str:
        """The level chosen."""
        chosen = self.levels.checkedButton()
        return str(chosen.property("level")) if chosen is not None else "township"

    def _found(self) -> None:
        self.next_button.setEnabled(False)
        folder = self.folder
        code, name = self.code.text().strip(), self.office_name.text().strip()
        person, secret, level = self.person.text().strip(), self.secret.text(), self.level()
        server = self.server.server().url() if self._is_shared() else ""

        def found() -> tuple[str, Person]:
            recovery = office.new_office(folder, code, name, level, person, secret, server=server)
            return recovery, access.acting()

        Write(self, found).then(self._on_founded).failed(self._on_failed).start()

    def _on_founded(self, found: tuple[str, Person]) -> None:
        self._recovery, self._person = found
        self.next_button.setEnabled(True)
        self.secret.clear()
        self.again.clear()
        self.server.clear()
        self.recovery.setText(self._recovery)
        self.recovery.setCursorPosition(0)
        self._show(RECOVERY)

    def _on_failed(self, problem: Exception) -> bool:
        self.next_button.setEnabled(True)
        self.refuse(str(problem))
        return isinstance(problem, Refusal | OSError) or hasattr(problem, "advice")

    def _save_sheet(self) -> None:
        path = ask_path(self, "恢复单.pdf", "PDF (*.pdf)")
        if path is None:
            return
        name, person, code = self.office_name.text(), self.person.text(), self._recovery

        def work(progress: Progress) -> Path:
            from desktop.forms.account_recovery import print_sheet

            progress(0, 1, "恢复单")
            print_sheet(path, name, person, code)
            return path

        Job(self, work, "恢复单").then(
            lambda kept: self._saved.setText(f"已保存为 {kept}，请打印后从电脑里删除。")
        ).failed(self._on_failed).start()

    def _choose(self, stem: str) -> Callable[[], None]:
        def chosen() -> None:
            self.founded.emit(self._person, stem)

        return chosen

    def _try_training(self) -> None:
        self.next_button.setEnabled(False)
        folder = self.folder.parent / (self.folder.name + TRAINING_FOLDER)
        job = Job(self, lambda progress: build_training(folder, progress), "正在生成训练数据")
        job.progressed.connect(
            lambda done, total, words: self.work_on(
                f"正在生成训练数据 {done * 100 // max(total, 1)}% {words}"
            )
        )
        job.then(self.training.emit).failed(self._on_failed).start()
        self.work_on("正在生成训练数据…")
