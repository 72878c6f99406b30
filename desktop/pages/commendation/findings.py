"""资格审查 of one nomination: every condition, what was found, on which facts; let pass with a reason."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from db import access
from db.commending.reviewing import kept_findings, override, withdraw_override
from db.registers.commendation import Nomination
from db.rules import dates
from db.rules.eligibility import Finding, Mode, Outcome
from desktop.icons import picture
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.page import button, label
from desktop.widgets.reason import ReasonBar

_MARKS = {Outcome.MET: "good", Outcome.UNKNOWN: "note"}


class FindingsView(QWidget):
    """The findings kept with a nomination, each in one line with its mark and its words."""

    wants_review = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._nomination: Any = None
        self._check = ""
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        self._state = label("", "muted", wrap=True)
        box.addWidget(self._state)
        self._reason = ReasonBar()
        self._reason.given.connect(self._pass)
        box.addWidget(self._reason)
        self._lines = QWidget()
        self._grid = QGridLayout(self._lines)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(unit(1))
        self._grid.setVerticalSpacing(unit(1))
        self._grid.setColumnStretch(2, 1)
        box.addWidget(self._lines)
        self._again = button("重新审查", self.wants_review.emit, meaning="verify")
        box.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignLeft)
        box.addStretch(1)

    def show_nomination(self, nomination: Any) -> None:
        """Show what the last review found."""
        self._nomination = nomination
        self._reason.hide()
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if nomination is None:
            self._state.setText("")
            return
        found = kept_findings(nomination)
        day = dates.show(nomination.checked_on, "chinese")
        self._state.setText(f"{day} 审查。" if found else "还没有审查。")
        self._again.setVisible(access.can("write", "commendation"))
        for at, one in enumerate(found):
            self._add(at, one, str((nomination.overrides or {}).get(one.check, "")))

    def _add(self, at: int, one: Finding, passed: str) -> None:
        mark = _MARKS.get(one.outcome) or (
            "bad" if one.mode is Mode.BLOCK and not passed else "warn"
        )
        size = look().measure.icon
        spot = QLabel()
        spot.setPixmap(picture(mark, mark, size))
        spot.setAccessibleName(one.outcome.value)
        spot.setToolTip(one.outcome.value)
        self._grid.addWidget(spot, at, 0, Qt.AlignmentFlag.AlignTop)
        name = label(one.label)
        self._grid.addWidget(name, at, 1, Qt.AlignmentFlag.AlignTop)
        words = one.words + (f"\n已放行：{passed}" if passed else "")
        self._grid.addWidget(label(words, "muted", wrap=True), at, 2)
        if not access.can("approve", "commendation"):
            return
        if passed:
            key = button("收回", partial(self._withdraw, one.check), link=True)
        elif one.forbids:
            key = button("放行…", partial(self._ask, one), link=True)
        else:
            return
        self._grid.addWidget(key, at, 3, Qt.AlignmentFlag.AlignTop)

    def _ask(self, one: Finding) -> None:
        self._check = one.check
        self._reason.ask(f"放行“{one.label}”的理由")

    def _pass(self, reason: str) -> None:
        row, check = self._nomination.id, self._check
        Write(self, lambda: override(Nomination.get_by_id(row), check, reason)).start()

    def _withdraw(self, check: str) -> None:
        row = self._nomination.id
        Write(self, lambda: withdraw_override(Nomination.get_by_id(row), check)).start()
