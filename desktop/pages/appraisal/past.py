"""补录往年结果: paste an old list, see what it was matched with, keep it as a sealed round."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from db.errors import Refusal
from db.rating.history import record_past
from db.rating.past_list import Reading, read_list
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from db.rules import dates
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.page import button, label

_PAUSE = 300  # ms after the last key


class PastForm(QWidget):
    """The pasted list, what it says, and the decision it rests on."""

    kept = Signal(object)  # the round's id

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._where: tuple[int, int, str] | None = None
        self._reading: Reading | None = None
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        box.addWidget(
            label(
                "从表格里复制姓名、支部、等次、得分几列，粘贴在这里，一行一个；列的先后不限，支部和得分可以没有。",
                "muted",
                wrap=True,
            )
        )
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("往年结果")
        self.text.setPlaceholderText("巴图\t哈沙图嘎查党支部\t八星级\t86.5")
        box.addWidget(self.text, 1)
        self.preview = label("", wrap=True)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.preview)
        box.addWidget(self.fault)
        line = QHBoxLayout()
        self.decided_on, self.document = QLineEdit(), QLineEdit()
        for control, words in ((self.decided_on, "审定日期"), (self.document, "审定文号")):
            control.setPlaceholderText(words)
            control.setAccessibleName(words)
            line.addWidget(control, 1)
        self.keep = button("补录并归档", self.submit, primary=True)
        self.keep.setEnabled(False)
        line.addWidget(self.keep)
        box.addLayout(line)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self.read)
        self.text.textChanged.connect(self._pause.start)

    def show_for(self, where: tuple[int, int, str] | None) -> None:
        """The scheme, scope and period that were chosen above."""
        if where != self._where:
            self._where = where
            self.read()

    def read(self) -> None:
        """Match the pasted lines, before anything is kept."""
        where, text = self._where, self.text.toPlainText()
        self._reading = None
        self.keep.setEnabled(False)
        if where is None or not text.strip():
            self.preview.setText("")
            self.fault.setText("")
            return
        scheme, scope, _ = where
        Read(
            self,
            lambda: read_list(Scheme.get_by_id(scheme), Organization.get_by_id(scope), text),
        ).then(self._show).start()

    def _show(self, found: Reading) -> None:
        self._reading = found
        words = f"读出 {len(found.results)} 条"
        if found.by_name_only:
            some = "、".join(found.by_name_only[:6])
            words += f"；其中 {len(found.by_name_only)} 条在台账里没有，只记名字：{some}"
        self.preview.setText(words + "。")
        more = f"\n另有 {len(found.refused) - 5} 行" if len(found.refused) > 5 else ""
        self.fault.setText("\n".join(found.refused[:5]) + more)
        self.keep.setEnabled(bool(found.results))

    def submit(self) -> None:
        """Keep the list as a sealed round."""
        where, reading = self._where, self._reading
        if where is None or reading is None:
            return
        try:
            on = dates.parse(self.decided_on.text())
        except Refusal as refusal:
            self.fault.setText(f"审定日期{refusal.message}")
            return
        if len(on) != 10:
            self.fault.setText("请把审定日期写到日，例如 2023.12.20。")
            self.decided_on.setFocus()
            return
        scheme, scope, period = where
        document = self.document.text().strip()
        self.keep.setEnabled(False)

        def work() -> int:
            made = record_past(
                Scheme.get_by_id(scheme),
                Organization.get_by_id(scope),
                period,
                reading.results,
                decided_on=on,
                document=document,
            )
            return int(made.id)

        Write(self, work).then(self._kept).failed(self._lost).start()

    def _kept(self, row: Any) -> None:
        self.text.clear()
        self.kept.emit(row)

    def _lost(self, problem: Exception) -> bool:
        self.keep.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        self.fault.setText(problem.message)
        return True
