"""发放批次: the batches as a list; one is opened over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from db import access
from db.aiding import batches, presets
from db.fields import PartialDate, Reference, Text
from db.registers.aid import Aid, AidStep
from db.registers.fund import Fund
from db.registers.organization import Organization
from db.rules import dates
from desktop.pages.aid.batch import BatchView
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.editors import Choices
from desktop.widgets.filters import Chip
from desktop.widgets.page import Place, button, label, named
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class AidPage(RegisterPage):
    """The list of batches, and one batch opened."""

    of = Aid
    columns = (Aid.name, Aid.kind, Aid.pay_on, Aid.fund, Aid.step, Aid.number, Aid.document)
    editor = (
        Group("批次", Aid.name, Aid.year, Aid.kind, Aid.fund, Aid.scope, Aid.pay_on, Aid.way,
              Aid.document, Aid.issuer),
        Group("公示", Aid.notice_days, Aid.notice_unit, Aid.notice_organ, Aid.notice_phone),
        Group("备注", Aid.notes),
    )  # fmt: skip
    chips = (
        Chip("open", "进行中", lambda: Aid.step != "closed"),
        Chip("approved", "待发放", lambda: Aid.step == "approved"),
        Chip("year", "今年", lambda: Aid.year == date.today().year),
    )
    purpose = "从一个方案开始：条件、金额和步骤都带进来，程序列出谁在、谁不在、为什么。"

    def __init__(self) -> None:
        super().__init__()
        self._add.setText(" 新建批次")
        self._import.hide()
        self.batch = BatchView()
        self.batch.hide()
        self.body.addWidget(self.batch, 1)
        self.batch.left.connect(self.close_batch)
        self.batch.told.connect(self.say)
        self.batch.shown.connect(self._on_batch_shown)
        # A batch is opened, not edited, on Enter.
        self.table.activated_row.disconnect()
        self.table.activated_row.connect(self.open_batch)
        leave = QShortcut(QKeySequence("Escape"), self.batch)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.close_batch)

    def make_panel(self) -> RecordPanel:
        """The facts of a batch, its steps, and the way in."""
        panel = RecordPanel(Aid, tuple(self.editor), ((AidStep, AidStep.aid),), names=("审批环节",))
        panel.keys.insertWidget(0, button("打开", self._open_shown, meaning="open", primary=True))
        return panel

    def first_steps(self) -> tuple[tuple[str, Any], ...]:
        """A batch begins with a preset."""
        return (("新建批次", self.add),)

    def add(self) -> None:
        """Choose a preset, the day and the fund."""
        if not access.can("write", self.stem):
            return
        self.close_batch()
        found = presets.presets()
        chosen = {"preset": found[0].id}
        made: list[int] = []
        picker = Choices()
        for one in found:
            picker.addItem(one.name.replace("{年}年", "").replace("{期}", ""), one.id)
        named(picker, "方案")
        words = label(found[0].words, "muted", wrap=True)

        def on_picked(at: int) -> None:
            chosen["preset"] = found[at].id
            words.setText(found[at].words)

        picker.currentIndexChanged.connect(on_picked)

        def work(given: dict[str, Any]) -> None:
            fund, scope = given["fund"], given["scope"]
            if isinstance(fund, int):
                fund = Fund.get_by_id(fund)
            if isinstance(scope, int):
                scope = Organization.get_by_id(scope)
            aid = batches.open_batch(
                chosen["preset"], given["pay_on"], fund, scope=scope, name=given["name"]
            )
            made.append(aid.id)

        form = AskForm(
            "新建批次",
            "选一个方案开始；资金和文号以后还能补。",
            (
                ("pay_on", PartialDate("发放日期", required=True), dates.today()),
                ("fund", Reference("支出资金", Fund), None),
                ("scope", Reference("发放范围", Organization, help_text="空着表示全部"), None),
                ("name", Text("名称", max_length=60, help_text="空着用方案的名称"), ""),
            ),
            work,
            "新建",
        )
        box: Any = form.layout()
        box.insertWidget(2, picker)
        box.insertWidget(3, words)
        form.done.connect(lambda: self.open_batch(made[-1]) if made else None)
        self.panel.ask(form)

    # -- one batch ---------------------------------------------------------------------

    def _open_shown(self) -> None:
        if self.panel.record is not None:
            self.open_batch(self.panel.record.id)

    def open_batch(self, row: int | None) -> None:
        """Show one batch over the whole width."""
        if row is None:
            return
        self._arrange(opened=True)
        self.batch.open_batch(row)

    def _on_batch_shown(self, name: str) -> None:
        if not self.batch.isHidden():
            self.set_title(name)

    def close_batch(self) -> None:
        """Back to the list."""
        if self.batch.isHidden():
            return
        self._arrange(opened=False)
        self.set_title(self.title)
        self.table.setFocus()

    def _arrange(self, *, opened: bool) -> None:
        self.filters.setVisible(not opened)
        self.splitter.setVisible(not opened)
        self.batch.setVisible(opened)
        self._add.setVisible(not opened and access.can("write", self.stem))
        self.set_sentence("" if opened else self.sentence)
        if not opened:
            self.ask()

    def opened(self, place: Place) -> None:
        """A place that names a batch opens it."""
        super().opened(place)
        self._import.hide()
        if place.row is not None:
            self.open_batch(place.row)
        elif place.ids is not None or place.chip or place.fresh:
            self.close_batch()
        if not self.batch.isHidden():
            self._arrange(opened=True)

    def selection(self) -> list[int]:
        """The opened batch, else what the list means."""
        if not self.batch.isHidden() and self.batch.aid is not None:
            return [int(self.batch.aid.id)]
        return super().selection()

    def refresh(self, changes: Any = None) -> None:
        """The list, and the batch that is open."""
        super().refresh(changes)
        if not self.batch.isHidden():
            self.batch.refresh()

    def _on_counted(self, count: int) -> None:
        super()._on_counted(count)
        if not self.batch.isHidden():
            self.set_sentence("")
