"""本单位设置: the days of reminders and what else this office decides for itself, on one page."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from db import access, office_settings
from db.columns import Column
from db.fields import Flag, Number, Text
from db.rules.office_settings import LONGEST, TEXT, Declared, declared
from desktop.tasks import Read
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.page import Page, Place

_WORDS = "写“天”的各项：提前几天在首页提醒，填 0 表示到了当天才提醒；发放没有办结、没有上报、没有来的三项是过了几天才提醒。"


class OfficeSettings(Page):
    """Every decision with what holds now; an administrator may change them."""

    title = "本单位设置"
    section = "系统"
    help_stem = "office_setting"

    def __init__(self) -> None:
        super().__init__()
        self.form: AskForm | None = None
        self._place: QWidget | None = None
        self.set_sentence(
            "这里的规定对本单位所有电脑、所有使用人有效，只有管理员能改；改动可以撤销。"
        )

    def opened(self, place: Place) -> None:
        """Show what holds now."""
        self.refresh()

    def refresh(self, changes: Any = None) -> None:
        """Read again."""
        Read(self, office_settings.values).then(self._show).start()

    def concerns(self, changes: Any) -> bool:
        """Only its own rows."""
        return "office_setting" in changes.stems

    def _show(self, values: dict[str, int | str]) -> None:
        fields = [(key, _column(one), values[key]) for key, one in declared().items()]
        form = AskForm("", _WORDS, fields, self._keep, "保存")
        form.setMaximumWidth(look().measure.characters(40))
        form.gave_up.connect(self.refresh)
        form.done.connect(self.refresh)
        may = access.can("manage")
        form.go.setVisible(may)
        for field in form.fields.values():
            field.set_read_only(not may)
        if self._place is not None:
            self.body.removeWidget(self._place)
            self._place.deleteLater()
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(form)
        line.addStretch(1)
        self.form, self._place = form, place
        self.body.addWidget(self._place, 1)

    def _keep(self, given: dict[str, Any]) -> None:
        office_settings.change(
            {
                key: str(new or "") if declared()[key].kind == TEXT else int(new or 0)
                for key, new in given.items()
            }
        )


def _column(one: Declared) -> Column:
    if one.kind == "flag":
        return Flag(one.label, help_text=one.help)
    if one.kind == TEXT:
        return Text(one.label, max_length=LONGEST, help_text=one.help)
    label = f"{one.label}（{one.unit}）"
    return Number(label, required=True, maximum=one.highest, help_text=one.help)


PAGE = OfficeSettings
