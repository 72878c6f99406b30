"""数据检查: what does not fit together, each finding one step from the row it speaks of."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from db import registry
from db.checking import Finding, check, place_of
from desktop.tasks import Job, Progress
from desktop.theme import look
from desktop.widgets.choices import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.page import Page, Place, button, label
from desktop.widgets.plain_table import PlainModel, PlainView

ALL = "全部"


class Checking(Page):
    """Findings of the whole ledger, grave ones first."""

    title = "数据检查"
    section = "数据"
    order = 9150
    help_stem = "checking"

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Finding] = []
        self.add_action("重新检查", self.look_again, meaning="verify", primary=True)
        line = QHBoxLayout()
        line.setSpacing(look().measure.units(1))
        which = label("只看", "muted")
        self.kinds = Choices()
        self.kinds.setAccessibleName("只看哪一类")
        self.kinds.activated.connect(lambda _at: self._fill())
        which.setBuddy(self.kinds)
        self.open_button = button("打开这条记录", self.open_row, meaning="forward")
        line.addWidget(which)
        line.addWidget(self.kinds)
        line.addStretch(1)
        line.addWidget(self.open_button)
        self.body.addLayout(line)
        self.model = PlainModel(("程度", "台账", "记录", "问题"), (), self)
        self.table = PlainView("检查结果", self.model, (4, 7, 14, 30), 3)
        self.table.activated.connect(lambda _index: self.open_row())
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._none = Empty("没有发现问题", "台账之间都对得上，操作记录也完整。", meaning="good")
        self._stack.addWidget(self._none)
        self.body.addWidget(self._stack, 1)

    def opened(self, place: Place) -> None:
        """Look when the page is opened."""
        self.look_again()

    def concerns(self, changes: Any) -> bool:
        """A check is made when somebody asks, not after every save."""
        return False

    def look_again(self) -> None:
        """Walk all ledgers."""

        def work(progress: Progress) -> list[Finding]:
            progress(0, 1, "正在检查")
            found = check()
            progress(1, 1)
            return found

        Job(self, work, "数据检查").then(self._show).start()

    def open_row(self) -> None:
        """Go to the record of the current finding."""
        chosen = self.table.current_thing()
        if not isinstance(chosen, Finding):
            return
        if chosen.stem == "operation":
            self.go("audit")
        elif chosen.id:
            stem, row = place_of(registry.model_of(chosen.stem).get_by_id(chosen.id))
            self.go(stem, row=row)

    def _show(self, found: list[Finding]) -> None:
        self._found = found
        grave = sum(1 for each in found if each.grave)
        counts: dict[str, int] = {}
        for each in found:
            counts[each.stem] = counts.get(each.stem, 0) + 1
        kept = self.kinds.currentData()
        self.kinds.clear()
        self.kinds.addItem(f"{ALL} {len(found):,}", "")
        for stem, count in counts.items():
            self.kinds.addItem(f"{_label(stem)} {count:,}", stem)
        self.kinds.setCurrentIndex(max(0, self.kinds.findData(kept)))
        if found:
            self.set_sentence(
                f"共 {len(found):,} 处要看一看"
                + (f"，其中 {grave:,} 处互相矛盾，应先处理。" if grave else "，没有互相矛盾的。")
            )
        else:
            self.set_sentence("没有发现问题。")
        self._fill()

    def _fill(self) -> None:
        stem = self.kinds.currentData()
        self.model.show_rows(
            [
                (
                    ("矛盾" if each.grave else "不全", _label(each.stem), each.title, each.message),
                    each,
                )
                for each in self._found
                if not stem or each.stem == stem
            ]
        )
        self._stack.setCurrentWidget(self.table if self.model.rowCount() else self._none)
        self.open_button.setEnabled(bool(self.model.rowCount()))
        if self.model.rowCount():
            self.table.selectRow(0)


def _label(stem: str) -> str:
    try:
        return str(registry.model_of(stem)._meta.label)
    except KeyError:
        return "操作记录"
