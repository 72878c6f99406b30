"""设置: the choices of this machine, drawn from their declarations; the office; the person's passphrase."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QCheckBox, QVBoxLayout, QWidget

from db import access, unlocking
from db.errors import Refusal
from desktop import settings
from desktop.settings import Setting
from desktop.tasks import Write
from desktop.theme import look
from desktop.tools.settings_database import DatabaseCard
from desktop.tools.settings_office import OfficeCard
from desktop.tools.settings_place import PlaceCard
from desktop.tools.settings_program import ProgramCard
from desktop.widgets.card import Card
from desktop.widgets.choices import Choices
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import Page, Place, label, named
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
        machine = Card("这台电脑")
        for setting in settings.DECLARED:
            if setting.shown:
                self._add(machine, setting)
        self.office, self.place, self.program = OfficeCard(self), PlaceCard(self), ProgramCard(self)
        self.database = DatabaseCard(self)
        mine = Card("我的口令")
        self.secrets = SecretForm(asks_old=True, verb="更改口令")
        self.secrets.given.connect(self._change)
        mine.whole(self.secrets)
        for card in (machine, self.office, self.place, self.database, self.program, mine):
            box.addWidget(card)
        box.addStretch(1)
        self.body.addWidget(scrolled(inside), 1)
        self.set_sentence(
            "外观、文字等选择只影响这台电脑；评定办法、使用人等属于单位的内容在各自的页面里。"
        )

    def _add(self, card: Card, setting: Setting) -> None:
        control = self._control(setting)
        named(control, setting.label, setting.help)
        card.row(setting.label, control)
        card.row("", label(setting.help, "muted", wrap=True))
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
        self.secrets.setEnabled(access.acting().id != 0)
        self.office.show_now()
        self.place.show_now()
        self.database.show_now()
        self.program.show_now()

    def concerns(self, changes: Any) -> bool:
        """Nothing here depends on the records."""
        return False

    # -- secrets -----------------------------------------------------------------------

    def _change(self, old: str, new: str) -> None:
        Write(self, lambda: unlocking.change_passphrase(old, new)).then(self._changed).failed(
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
