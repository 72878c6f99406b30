"""设置: the choices of this machine, drawn from their declarations; and the person's passphrase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from db import access, identity, office, placement
from db.errors import Refusal
from desktop import settings
from desktop.settings import Setting
from desktop.tasks import Job, Progress, Read, Write
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.form_box import scrolled
from desktop.widgets.output import ask_path
from desktop.widgets.page import Page, Place, button, label, named
from desktop.widgets.secret_form import SecretForm


class SettingsPage(Page):
    """What a person may set here."""

    title = "设置"
    section = "系统"
    order = 9400
    help_stem = "settings"

    def __init__(self) -> None:
        super().__init__()
        unit, em = look().measure.units, look().measure.characters
        inside = QWidget()
        inside.setObjectName("clear")
        inside.setMaximumWidth(em(52))
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(2))
        self.controls: dict[str, QWidget] = {}
        card, grid = self._card(box, "这台电脑")
        for row, setting in enumerate(each for each in settings.DECLARED if each.shown):
            self._add(grid, row, setting)
        card, grid = self._card(box, "本单位")
        self.office_name = label("", wrap=True)
        grid.addWidget(label("名称", "muted"), 0, 0)
        grid.addWidget(self.office_name, 0, 1)
        self._code = label("", "muted")
        grid.addWidget(label("代码", "muted"), 1, 0)
        grid.addWidget(self._code, 1, 1)
        self._folder = label("", "muted", wrap=True)
        grid.addWidget(label("数据文件夹", "muted"), 2, 0)
        grid.addWidget(self._folder, 2, 1)
        self._sheet = button("重新制作恢复单…", self.renew_recovery, meaning="key")
        self._doubts = label("", "flaw", wrap=True)
        grid.addWidget(self._doubts, 3, 1)
        grid.addWidget(self._sheet, 4, 1, Qt.AlignmentFlag.AlignLeft)
        card, grid = self._card(box, "我的口令")
        self.secrets = SecretForm(asks_old=True, verb="更改口令")
        self.secrets.given.connect(self._change)
        grid.addWidget(self.secrets, 0, 0, 1, 2)
        del card
        box.addStretch(1)
        self.body.addWidget(scrolled(inside), 1)
        self.set_sentence(
            "这里的选择只影响这台电脑；评定办法、使用人等属于单位的内容在各自的页面里。"
        )

    def _card(self, box: QVBoxLayout, heading: str) -> tuple[QFrame, QGridLayout]:
        unit = look().measure.units
        card = QFrame()
        card.setObjectName("card")
        inner = QVBoxLayout(card)
        inner.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        inner.setSpacing(unit(1))
        inner.addWidget(label(heading, "heading"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(2))
        grid.setVerticalSpacing(unit(0.75))
        grid.setColumnStretch(1, 1)
        inner.addLayout(grid)
        box.addWidget(card)
        return card, grid

    def _add(self, grid: QGridLayout, row: int, setting: Setting) -> None:
        control = self._control(setting)
        named(control, setting.label, setting.help)
        words = label(setting.label, "muted")
        words.setBuddy(control)
        grid.addWidget(words, row * 2, 0)
        grid.addWidget(control, row * 2, 1, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(label(setting.help, "muted", wrap=True), row * 2 + 1, 1)
        self.controls[setting.key] = control

    def _control(self, setting: Setting) -> QWidget:
        value = settings.current[setting.key]
        if setting.choices:
            box = Choices()
            for each, words in setting.choices:
                box.addItem(words, each)
            box.setCurrentIndex(max(0, box.findData(value)))
            box.activated.connect(lambda _at: self._set(setting.key, box.currentData()))
            return box
        check = QCheckBox("是")
        check.setChecked(bool(value))
        check.toggled.connect(lambda on: self._set(setting.key, on))
        return check

    def _set(self, key: str, value: Any) -> None:
        settings.current[key] = value
        if key in {"theme", "text_size"}:
            app = QApplication.instance()
            if isinstance(app, QApplication):
                look().apply(
                    app,
                    str(settings.current["theme"]),
                    float(settings.current["text_size"]),
                    list(app.font().families()),
                )

    def opened(self, place: Place) -> None:
        """Show the office."""
        self._sheet.setVisible(access.can("manage"))
        self.secrets.setEnabled(access.acting().id != 0)
        Read(self, identity.identity).then(self._show_office).start()

    def concerns(self, changes: Any) -> bool:
        """Nothing here depends on the records."""
        return False

    def _show_office(self, found: identity.Identity) -> None:
        self.office_name.setText(found.office_name)
        self._code.setText(f"{found.office_code}　{identity.LEVELS.get(found.level, found.level)}")
        folder = office.current().folder
        self._folder.setText(str(folder))
        doubts = "".join(placement.doubts(folder))
        self._doubts.setText(doubts)
        self._doubts.setVisible(bool(doubts))

    # -- secrets -----------------------------------------------------------------------

    def _change(self, old: str, new: str) -> None:
        Write(self, lambda: office.change_passphrase(old, new)).then(self._changed).failed(
            self._refused
        ).start()

    def _changed(self, _done: object) -> None:
        self.secrets.clear()
        self.say("口令已更改，下次用新口令打开。")

    def _refused(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self.secrets.tell(problem.message)
        return True

    def renew_recovery(self) -> None:
        """A new recovery sheet; the old one no longer opens anything."""
        path = ask_path(self, "恢复单.pdf", "PDF (*.pdf)")
        if path is None:
            return
        person = access.acting().name
        after: Callable[[Any], None] = lambda _kept: self.say(  # noqa: E731
            f"新的恢复单已保存为“{path.name}”，旧恢复单作废。请打印封存后从电脑里删除。", "warn"
        )

        def work(progress: Progress) -> None:
            from desktop.forms.account_recovery import print_sheet

            progress(0, 1, "恢复单")
            name = identity.identity().office_name
            print_sheet(path, name, person, office.renew_recovery())

        Job(self, work, "恢复单").then(after).start()
