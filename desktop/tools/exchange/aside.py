"""隔离: packets that were not taken in, each with its reason; tried again, or given up with a reason."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QWidget

from db import access
from db.exchange import quarantine
from db.exchange.quarantine import Kept
from desktop.tasks import Write
from desktop.theme import look
from desktop.tools.exchange.limit_box import LimitBox
from desktop.tools.exchange.words import OUTCOMES, moment, stacked
from desktop.widgets.flow import Flow
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.reason import ReasonBar

#: What a person can do about it, by outcome.
_ADVICE = {
    "waiting": "等候的包有三种：缺前面的包（不用强行接收，把回执带回，对方下次上报会把缺的一起补齐）；"
    "要停用的记录太多（问清后批准接收）；对方换了一份数据（把回执带回，再报一次）。",
    "fork": "对方可能恢复过备份，或两台电脑在用同一份数据。把回执带回，对方下次会完整报一次，什么都不会丢。",
    "refused": "签名不符或不完整的包不能用，请对方重新上报；内容会随下一个包再来，这个可以作废。"
    "程序较旧打不开的包，升级本机程序后“再试一次”。",
}


class QuarantineView(QWidget):
    """The list, the reason, and what can be done."""

    retry_asked = Signal(object, bool)  # the kept packet, whether its mass retirement is approved
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        em = look().measure.characters
        box = stacked(self)
        self.words = label("", "muted", wrap=True)
        box.addWidget(self.words)
        self.model = PlainModel(("收到", "单位", "号", "原因"), (2,), self)
        self.table = PlainView("隔离的包", self.model, (9, 12, 4, 20), 3)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        self.detail = QPlainTextEdit()
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName("为什么没有接收，怎么办")
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.detail)
        self._split.setSizes([em(46), em(26)])
        box.addWidget(self._split, 1)
        # With nothing aside the words stay at the top and the numbers at the bottom.
        box.addStretch(0)
        self.reason = ReasonBar()
        self.reason.given.connect(self._discard)
        box.addWidget(self.reason)
        keys = QHBoxLayout()
        self.retry = button("再试一次", lambda: self._retry(approve=False), meaning="refresh")
        self.approve = button("批准并接收", lambda: self._retry(approve=True), meaning="verify")
        self.drop = button("作废…", lambda: self.reason.ask("作废的原因"), meaning="retire")
        for each in (self.retry, self.approve, self.drop):
            keys.addWidget(each)
        keys.addStretch(1)
        box.addLayout(keys)
        bounds = Flow(right=True)
        self.limits = {name: LimitBox(name) for name in ("mass_percent", "mass_rows")}
        for bound in self.limits.values():
            bound.kept.connect(self.changed)
            bounds.addWidget(bound)
        box.addLayout(bounds)

    def show_kept(
        self, found: list[Kept], names: dict[str, str], numbers: Mapping[str, int]
    ) -> None:
        """Show what lies aside; `names` of the offices by code, the office's own `numbers`."""
        for name, bound in self.limits.items():
            bound.show_value(numbers[name])
        self.words.setText(
            "没有接收的包都留着副本，在这里等人处理；别的包不受影响。"
            if found
            else "没有隔离的包。坏的、不认识的、要人批准的包会留在这里，不影响别的包。"
        )
        self._split.setVisible(bool(found))
        self.model.show_rows(
            [
                (
                    (
                        moment(each.at),
                        names.get(each.office, each.office) or "不认识的单位",
                        "" if each.number is None else str(each.number),
                        each.reason,
                    ),
                    each,
                )
                for each in found
            ]
        )
        if found:
            self.table.selectRow(0)
        self._on_current()

    def _on_current(self) -> None:
        kept = self.table.current_thing()
        there = isinstance(kept, Kept)
        for each in (self.retry, self.drop, self.approve):
            each.setVisible(there)
        if not isinstance(kept, Kept):
            self.detail.clear()
            return
        self.retry.setEnabled(access.can("import") and kept.size > 0)
        self.approve.setVisible("批准" in kept.reason and access.can("approve"))
        self.drop.setEnabled(access.can("approve"))
        lines = [
            kept.packet,
            f"{OUTCOMES[kept.outcome]}：{kept.reason}",
            f"来自 {kept.source}" if kept.source else "",
            f"副本 {kept.size / 1024:,.0f} KB"
            if kept.size
            else "地方不够，没有留副本，请用原来的U盘。",
            "",
            _ADVICE.get(kept.outcome, ""),
        ]
        self.detail.setPlainText("\n".join(lines))

    def _retry(self, *, approve: bool) -> None:
        kept = self.table.current_thing()
        if isinstance(kept, Kept):
            self.retry_asked.emit(kept, approve)

    def _discard(self, reason: str) -> None:
        kept = self.table.current_thing()
        if isinstance(kept, Kept):
            Write(self, lambda: quarantine.discard(kept.id, reason)).then(
                lambda _done: self.changed.emit()
            ).start()
