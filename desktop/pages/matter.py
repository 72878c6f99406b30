"""民情事项: from hand to hand until it is settled; what is late stands first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.fields import Choice, Name, PartialDate, Text
from db.registers.matter import Matter, Progress
from db.rules import dates
from db.visiting import matters
from desktop.tasks import Read
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.page import button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage

#: Days given when a matter is handed over and nothing else is typed.
_DAYS_GIVEN = 30


def _open() -> Any:
    return (Matter.settled_on == "") & (Matter.explained_on == "")


def _late() -> Any:
    return _open() & (Matter.due_on != "") & (Matter.due_on < dates.today())


class MatterPage(RegisterPage):
    """The list, and the steps of the matters chosen."""

    of = Matter
    columns = (
        Matter.number,
        Matter.content,
        Matter.kind,
        Matter.raised_by,
        Matter.received_on,
        Matter.unit_name,
        Matter.due_on,
        Matter.settled_on,
        Matter.satisfaction,
    )
    editor = (
        Group("反映", Matter.content, Matter.kind, Matter.grade, Matter.raised_by, Matter.phone,
              Matter.received_on, Matter.organization, Matter.source, Matter.visit, Matter.number),
        Group("交办", Matter.unit_name, Matter.person, Matter.assigned_on, Matter.due_on),
        Group("办结", Matter.settled_on, Matter.result, Matter.told, Matter.told_on, Matter.satisfaction),
        Group("办不了的", Matter.unsolved_reason, Matter.explained_on),
        Group("其他", Matter.contact_point, Matter.notes),
    )  # fmt: skip
    chips = (
        Chip("open", "没有办结", _open),
        Chip("late", "超期", _late),
        Chip("unassigned", "未交办", lambda: _open() & (Matter.assigned_on == "")),
        Chip("untold", "未反馈", lambda: (Matter.settled_on != "") & (Matter.told_on == "")),
        Chip("settled", "已办结", lambda: Matter.settled_on != ""),
        Chip("discontent", "不满意", lambda: Matter.satisfaction == "discontent"),
    )
    sticky = (Matter.source, Matter.organization, Matter.received_on, Matter.unit_name)
    purpose = "走访时写的“要办的事”会自动到这里；评议、督查、来访的事项在这里新增。"

    def make_panel(self) -> RecordPanel:
        """The progress of a matter, and its next step."""
        names = ("进展",)
        panel = RecordPanel(Matter, tuple(self.editor), ((Progress, Progress.matter),), names=names)
        self._steps = button(
            "办理", meaning="forward", tip="交办、记进展、办结、说明；可先选中多件"
        )
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(0, self._steps)
        panel.shown.connect(self._on_shown)
        return panel

    def state(self, shown: int, total: int) -> str:
        """How many, how many are settled, how content people are."""
        words = super().state(shown, total)
        return f"{words}{self._rates}" if self._rates else words

    _rates = ""

    def refresh(self, changes: Any = None) -> None:
        """The rates follow."""
        super().refresh(changes)
        self._read_rates()

    def opened(self, place: Any) -> None:
        """With the rates of the whole ledger."""
        super().opened(place)
        self._read_rates()

    def _read_rates(self) -> None:
        Read(self, matters.rates_of).then(self._show_rates).start()

    def _show_rates(self, found: matters.Rates) -> None:
        parts = []
        if found.settled_percent is not None:
            parts.append(f"办结率 {found.settled_percent}%")
        if found.content_percent is not None:
            parts.append(f"满意率 {found.content_percent}%")
        if found.overdue:
            parts.append(f"超期 {found.overdue} 件")
        self._rates = f"全部台账：{'，'.join(parts)}。" if parts else ""
        self.set_sentence(self.state(self.model.rowCount(), self._total))

    # -- steps -------------------------------------------------------------------------

    def _on_shown(self, record: Any) -> None:
        may = record is not None and access.can("write", self.stem) and not record.retired
        self._steps.setVisible(may and not record.settled_on)

    def _fill_steps(self) -> None:
        menu = self._steps.menu()
        menu.clear()
        asks: tuple[tuple[str, Callable[[list[int]], AskForm]], ...] = (
            ("交办…", self._ask_assign),
            ("记进展…", self._ask_progress),
            ("办结…", self._ask_settle),
            ("办不了，已说明…", self._ask_explain),
        )
        for words, ask in asks:
            menu.addAction(words).triggered.connect(partial(self._open_step, ask))

    def _open_step(self, ask: Callable[[list[int]], AskForm], _on: bool = False) -> None:
        chosen = self.table.chosen_ids()
        record = self.panel.record
        ids = chosen if len(chosen) > 1 and record.id in chosen else [record.id]
        self.panel.ask(ask(ids))

    def _ask_assign(self, ids: list[int]) -> AskForm:
        due = (date.today() + timedelta(days=_DAYS_GIVEN)).isoformat()
        return AskForm(
            f"交办 {len(ids)} 件事项",
            "责任单位和责任人至少填一项。",
            (
                ("unit", Text("责任单位", max_length=60), self.panel.record.unit_name),
                ("person", Text("责任人", max_length=60), self.panel.record.person),
                ("on", _on("交办日期"), dates.today()),
                ("due_on", _on("办结时限"), due),
            ),
            lambda given: matters.assign(
                _rows(ids), given["unit"], given["person"], given["due_on"], given["on"]
            ),
            "交办",
        )

    def _ask_progress(self, ids: list[int]) -> AskForm:
        record = self.panel.record
        return AskForm(
            "记进展",
            record.title(),
            (
                ("on", _on("日期"), dates.today()),
                ("words", Text("进展情况", required=True, max_length=500, multiline=True), ""),
                ("person", Name("经办人"), ""),
            ),
            lambda given: matters.progress(
                Matter.get_by_id(record.id), given["words"], given["person"], given["on"]
            ),
            "登记",
        )

    def _ask_settle(self, ids: list[int]) -> AskForm:
        return AskForm(
            f"办结 {len(ids)} 件事项",
            "还没有反馈的，反馈几项可以先空着，以后补填。",
            (
                ("on", _on("办结日期"), dates.today()),
                ("result", Text("办理结果", required=True, max_length=1000, multiline=True), ""),
                ("told", Text("反馈对象", max_length=60, help_text="空着就是反映人"), ""),
                ("told_on", PartialDate("反馈日期"), ""),
                ("satisfaction", Choice("满意度", "satisfaction"), ""),
            ),
            lambda given: matters.settle(
                _rows(ids),
                given["on"],
                given["result"],
                told=given["told"],
                told_on=given["told_on"],
                satisfaction=given["satisfaction"],
            ),
            "办结",
        )

    def _ask_explain(self, ids: list[int]) -> AskForm:
        record = self.panel.record
        return AskForm(
            "办不了，已说明",
            record.title(),
            (
                ("on", _on("说明日期"), dates.today()),
                ("reason", Text("未办结原因", required=True, max_length=500, multiline=True), ""),
                ("satisfaction", Choice("满意度", "satisfaction"), ""),
            ),
            lambda given: matters.explain(
                Matter.get_by_id(record.id),
                given["on"],
                given["reason"],
                satisfaction=given["satisfaction"],
            ),
            "登记",
        )


def _rows(ids: list[int]) -> list[Matter]:
    return list(Matter.select().where(Matter.id.in_(ids)))


def _on(words: str) -> PartialDate:
    return PartialDate(words, required=True)


PAGE = MatterPage
