"""资格条件 of a round: for each check what failing it does, and its numbers."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget

from db import access
from db.codes import code_list
from db.commending.programme import set_condition
from db.errors import Refusal
from db.registers.commendation import Commendation
from db.rules.eligibility import CHECKS, Check
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.flow import Flow, together
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import label, named

_SUBJECTS = {"member": "党员", "organization": "党组织", "person": "群众", "unit": "单位"}


class ConditionsTab(QWidget):
    """One line a condition; a change is kept at once and can be undone."""

    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._row: int | None = None
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.addWidget(
            label(
                "改动立即保存，从下一次审查起生效。台账里没有的数据一律写“未核”，不当作符合。",
                "muted",
                wrap=True,
            )
        )
        inside = QWidget()
        inside.setObjectName("clear")
        self._grid = QGridLayout(inside)
        self._grid.setHorizontalSpacing(unit(2))
        self._grid.setVerticalSpacing(unit(1))
        self._grid.setColumnStretch(3, 1)
        for column, words in enumerate(("条件", "适用", "不符合时", "标准")):
            self._grid.addWidget(label(words, "section"), 0, column)
        self._modes: dict[str, Choices] = {}
        self._numbers: dict[tuple[str, str], QLineEdit] = {}
        for at, check in enumerate(CHECKS, 1):
            self._add(at, check)
        self._grid.setRowStretch(len(CHECKS) + 1, 1)
        box.addWidget(scrolled(inside), 1)

    def _add(self, at: int, check: Check) -> None:
        self._grid.addWidget(label(check.label), at, 0)
        whom = "、".join(words for code, words in _SUBJECTS.items() if code in check.subjects)
        whom = "全部" if len(check.subjects) == len(_SUBJECTS) else whom
        self._grid.addWidget(label(whom, "muted"), at, 1)
        box = Choices()
        for code in code_list("check_mode"):
            box.addItem(code.label, code.code)
        named(box, f"{check.label}：不符合时")
        box.activated.connect(partial(self._set_mode, check.code))
        self._modes[check.code] = box
        self._grid.addWidget(box, at, 2)
        line = Flow()
        for name, words in check.asks.items():
            edit = QLineEdit()
            named(edit, words)
            edit.setMaximumWidth(look().measure.characters(16 if name == "not_among" else 5))
            edit.editingFinished.connect(partial(self._set_number, check, name))
            line.addWidget(together(label(words, "muted"), edit))
            self._numbers[check.code, name] = edit
        self._grid.addLayout(line, at, 3)

    def show_round(self, round_: Any) -> None:
        """Show the conditions of a round."""
        self._row = round_.id
        may = access.can("write", "commendation") and round_.step not in {"decided", "granted"}
        settings = round_.eligibility or {}
        for check in CHECKS:
            given = settings.get(check.code, {})
            box = self._modes[check.code]
            box.setCurrentIndex(box.findData(given.get("mode", check.mode.value)))
            box.setEnabled(may)
            for name in check.asks:
                value = given.get(name, check.parameters[name])
                shown = "、".join(value) if isinstance(value, list | tuple) else str(value)
                edit = self._numbers[check.code, name]
                edit.setText(shown)
                edit.setEnabled(may)

    def _set_mode(self, check: str, at: int) -> None:
        self._keep(check, mode=self._modes[check].itemData(at))

    def _set_number(self, check: Check, name: str) -> None:
        edit = self._numbers[check.code, name]
        if not edit.isModified():
            return
        edit.setModified(False)
        text = edit.text().strip()
        value: Any
        if isinstance(check.parameters[name], tuple):
            value = [part.strip() for part in text.replace("，", "、").split("、") if part.strip()]
        elif text.isdecimal():
            value = int(text)
        else:
            edit.setText(str(check.parameters[name]))
            self.refused.emit(f"“{check.asks[name]}”应填整数，“{text}”没有保存。")
            return
        self._keep(check.code, **{name: value})

    def _keep(self, check: str, **setting: Any) -> None:
        row = self._row
        if row is None:
            raise Refusal("请先打开一次表彰。")
        Write(self, lambda: set_condition(Commendation.get_by_id(row), check, **setting)).start()
