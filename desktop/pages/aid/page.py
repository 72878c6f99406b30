"""发放批次: the batches as a list; one is opened over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import access
from db.aiding import batches, presets
from db.fields import PartialDate, Reference, Text
from db.registers.aid import Aid, AidStep
from db.registers.fund import Fund
from db.registers.organization import Organization
from db.rules import dates
from desktop.pages.aid.batch import BatchView
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.opening_page import OpeningPage
from desktop.widgets.record_panel import RecordPanel


class AidPage(OpeningPage):
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

    add_words = "新建批次"
    view: BatchView

    def make_view(self) -> BatchView:
        """One batch."""
        return BatchView()

    def make_panel(self) -> RecordPanel:
        """The facts of a batch, its steps, and the way in."""
        return self.with_way_in(
            RecordPanel(Aid, tuple(self.editor), ((AidStep, AidStep.aid),), names=("审批环节",))
        )

    def add(self) -> None:
        """Choose a preset, the day and the fund."""
        if not access.can("write", self.stem):
            return
        self.close_record()

        def make(preset: str, given: dict[str, Any]) -> Aid:
            fund, scope = given["fund"], given["scope"]
            if isinstance(fund, int):
                fund = Fund.get_by_id(fund)
            if isinstance(scope, int):
                scope = Organization.get_by_id(scope)
            return batches.open_batch(
                preset, given["pay_on"], fund, scope=scope, name=given["name"]
            )

        self.ask_preset(
            presets.presets(),
            "选一个方案开始；资金和文号以后还能补。",
            (
                ("pay_on", PartialDate("发放日期", required=True), dates.today()),
                ("fund", Reference("支出资金", Fund), None),
                ("scope", Reference("发放范围", Organization, help_text="空着表示全部"), None),
                ("name", Text("名称", max_length=60, help_text="空着用方案的名称"), ""),
            ),
            make,
            "新建",
        )
