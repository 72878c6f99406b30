"""同分取舍: equals at the edge of a quota, laid before a person, with the reason of the choice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from db.errors import Refusal
from db.rating.reckoning import TieBreak, choose
from db.registers.appraisal import Appraisal
from db.rules import dates
from db.rules.scoring_items import show
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label


class TieForm(QWidget):
    """One tie: tick as many as there are places and say why."""

    done = Signal()
    gave_up = Signal()

    def __init__(self, appraisal_id: int, tie: TieBreak) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._appraisal_id, self._tie = appraisal_id, tie
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.setSpacing(unit(1))
        where = f"{tie.scope_name}：" if tie.scope_name else ""
        box.addWidget(label(f"{where}“{tie.level}”同分取舍", "title", wrap=True))
        box.addWidget(
            label(
                f"这 {len(tie.participants)} 个得分相同，“{tie.level}”只剩 {tie.places} 个名额。"
                "程序不替您决定，请选定并写明理由；未选的降到下一等次。",
                "muted",
                wrap=True,
            )
        )
        inside = QWidget()
        inside.setObjectName("clear")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 0, 0, 0)
        self._ticks: list[tuple[QCheckBox, int]] = []
        for row in tie.participants:
            total = f"{show(row.total)} 分" if row.total is not None else ""
            last = f"，上期 {row.last_level}" if row.last_level else ""
            tick = QCheckBox(f"{row.name}　{row.branch_name}　{total}{last}")
            tick.toggled.connect(lambda _on: self._arrange())
            lines.addWidget(tick)
            self._ticks.append((tick, row.id))
        lines.addStretch(1)
        box.addWidget(scrolled(inside), 1)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("理由，如“按党龄”“支委会讨论决定”")
        self.reason.setAccessibleName("取舍理由")
        box.addWidget(self.reason)
        self.fault = label("", "fault", wrap=True)
        self.reason.textEdited.connect(lambda _text: self.fault.clear())
        box.addWidget(self.fault)
        keys = QHBoxLayout()
        self._count = label("", "muted")
        keys.addWidget(self._count, 1)
        keys.addWidget(button("取消", self.gave_up.emit))
        self.go = button("确定", self.submit, primary=True)
        keys.addWidget(self.go)
        box.addLayout(keys)
        self._arrange()

    def chosen(self) -> list[int]:
        """The participants ticked."""
        return [row for tick, row in self._ticks if tick.isChecked()]

    def _arrange(self) -> None:
        self._count.setText(f"已选 {len(self.chosen())}，应选 {self._tie.places}")
        self.go.setEnabled(len(self.chosen()) == self._tie.places)

    def submit(self) -> None:
        """Keep the choice."""
        ids, reason = self.chosen(), self.reason.text().strip()
        if not reason:
            self.fault.setText("请写明取舍理由。")
            self.reason.setFocus()
            return
        appraisal_id, tie = self._appraisal_id, self._tie
        Write(
            self,
            lambda: choose(Appraisal.get_by_id(appraisal_id), tie, ids, reason, dates.today()),
        ).then(lambda _made: self.done.emit()).failed(self._on_failed).start()

    def _on_failed(self, problem: Exception) -> bool:
        if not isinstance(problem, Refusal):
            return False
        self.fault.setText(problem.message)
        return True
