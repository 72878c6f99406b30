"""困难帮扶对象: by year, with recognition, the end of a hardship and the step into the next year."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.aiding import hardships
from db.errors import Refusal
from db.fields import Number, PartialDate, Text
from db.identity import identity
from db.registers.hardship import Evidence, Hardship
from db.rules import dates
from desktop.tasks import Read, Write
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class HardshipPage(RegisterPage):
    """The list of this year; recognition only where the office is a county's."""

    of = Hardship
    columns = (
        Hardship.name,
        Hardship.year,
        Hardship.organization,
        Hardship.kind,
        Hardship.category,
        Hardship.degree,
        Hardship.recognised,
        Hardship.until_on,
    )
    editor = (
        Group("本人", Hardship.member, Hardship.name, Hardship.year, Hardship.kind,
              Hardship.organization, Hardship.sex, Hardship.ethnicity, Hardship.born_on,
              Hardship.id_number, Hardship.phone, Hardship.address),
        Group("困难情况", Hardship.category, Hardship.degree, Hardship.cause, Hardship.health,
              Hardship.labour, Hardship.subsistence, Hardship.past_aid),
        Group("家庭", Hardship.household_number, Hardship.household_size, Hardship.income,
              Hardship.income_source),
        Group("申请与认定", Hardship.asked_on, Hardship.asked_amount, Hardship.recognised,
              Hardship.recognised_on, Hardship.recognised_by),
        Group("脱困", Hardship.until_on, Hardship.until_reason, Hardship.notes),
    )  # fmt: skip
    chips = (
        Chip("year", "今年", lambda: Hardship.year == date.today().year),
        Chip("current", "未脱困", lambda: Hardship.until_on == ""),
        Chip("recognised", "已认定", lambda: Hardship.recognised == 1),
        Chip("outside", "非党员", lambda: Hardship.kind != "member"),
    )
    purpose = "按人、按年度登记；脱困以后记录仍在。"

    def make_panel(self) -> RecordPanel:
        """The record, its papers and its steps."""
        panel = RecordPanel(
            Hardship, tuple(self.editor), ((Evidence, Evidence.hardship),), names=("证明材料",)
        )
        self._steps = button("认定与脱困", meaning="good", tip="组织认定、脱困、转入新年度")
        self._county = False
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(1, self._steps)
        panel.shown.connect(self._on_shown)
        return panel

    def _on_shown(self, record: Any) -> None:
        self._steps.setVisible(record is not None)
        Read(self, identity).then(self._learn_level).start()

    def _learn_level(self, office: Any) -> None:
        self._county = office.level == "county"

    def _fill_steps(self) -> None:
        menu, record = self._steps.menu(), self.panel.record
        menu.clear()
        if record is None:
            return
        if self._county and access.can("approve", self.stem):
            rows = self.selection() if len(self.selection()) > 1 else [record.id]
            menu.addAction(f"组织认定 {len(rows)} 名", lambda: self._recognise(rows))
        if access.can("write", self.stem):
            menu.addAction("脱困…", self._ask_end)
            menu.addAction("转入新年度…", self._ask_carry)

    def _recognise(self, rows: list[int]) -> None:
        def work() -> int:
            return hardships.recognise(list(Hardship.select().where(Hardship.id.in_(rows))))

        Write(self, work).then(lambda count: self.say(f"已认定 {count} 名。")).failed(
            self._on_failed
        ).start()

    def _on_failed(self, problem: Exception) -> bool:
        if isinstance(problem, Refusal):
            self.say(problem.message, "warn")
            return True
        return False

    def _ask_end(self) -> None:
        row = self.panel.record.id
        self.panel.ask(
            AskForm(
                f"{self.panel.record.name}脱困",
                "记录仍在；党员身上的“困难党员”标记同时结束。",
                (
                    ("on", PartialDate("脱困日期", required=True), dates.today()),
                    ("reason", Text("脱困原因", required=True, max_length=100), ""),
                ),
                lambda given: hardships.end(Hardship.get_by_id(row), **given),
                "脱困",
            )
        )

    def _ask_carry(self) -> None:
        self.panel.ask(
            AskForm(
                "转入新年度",
                "上年末没有脱困的人转入这一年度，认定要重新作出。",
                (
                    (
                        "year",
                        Number("年度", required=True, minimum=1950, maximum=2099),
                        date.today().year,
                    ),
                ),
                lambda given: hardships.carry_over(given["year"]),
                "转入",
            )
        )
