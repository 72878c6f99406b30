"""统计与通报: every number of the county's report, by organization, 领域 and period, with its list."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from db import statistics
from db.codes import code_list
from db.errors import Refusal
from db.registers.organization import Organization
from db.rules import amount, dates
from db.statistics.figure import Figure, Listing, Measure
from db.statistics.scope import Scope
from desktop.tasks import Job, Progress, Read
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.figure_view import FigureView
from desktop.widgets.flow import Flow, together
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import Page, Place, button, label
from desktop.widgets.picker import Picker
from desktop.widgets.saving import ask_path

NUMBERS_IN_A_LINE = 3


class Statistics(Page):
    """The report as a page: one section at a time, computed from the rows when it is opened."""

    title = "统计与通报"
    section = ""
    order = 5
    help_stem = "statistics"

    def __init__(self) -> None:
        super().__init__()
        self._asked = 0
        self._scope: Scope | None = None
        self.add_action("导出表格", self.export, meaning="export", primary=True)
        self.body.addLayout(self._filters())
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("统计内容")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for module in statistics.sections():
            self.tabs.addTab(module.SECTION)
        self.tabs.currentChanged.connect(lambda _at: self.refresh())
        self.body.addWidget(self.tabs)
        inside = QWidget()
        inside.setObjectName("clear")
        self._content = QVBoxLayout(inside)
        self._content.setContentsMargins(0, 0, look().measure.units(1), 0)
        self._content.setSpacing(look().measure.units(2))
        self._content.addStretch(1)
        self.body.addWidget(scrolled(inside), 1)

    def _filters(self) -> Flow:
        unit, characters = look().measure.units, look().measure.characters
        line = Flow()
        line.setSpacing(unit(1))
        self.place = Picker(Organization)
        self.place.setAccessibleName("统计范围")
        self.place.setPlaceholderText("全部党组织")
        self.place.setMinimumWidth(characters(14))
        self.place.chosen.connect(lambda _row: self.refresh())
        self.domain = Choices()
        self.domain.setAccessibleName("所属领域")
        self.domain.addItem("全部领域", "")
        for item in code_list("domain"):
            self.domain.addItem(item.label, item.code)
        self.domain.activated.connect(lambda _at: self.refresh())
        self.since, self.until = QLineEdit(), QLineEdit()
        for field, name in ((self.since, "统计期起"), (self.until, "统计期止")):
            field.setAccessibleName(name)
            field.setPlaceholderText("如 2025.01.01")
            field.setFixedWidth(characters(8))
            field.editingFinished.connect(self._dated)
        controls: tuple[tuple[str, QWidget], ...] = (
            ("范围", self.place),
            ("领域", self.domain),
            ("统计期", self.since),
        )
        for words, control in controls:
            told = label(words, "muted")
            told.setBuddy(control)
            parts: list[QWidget] = [told, control]
            if control is self.since:
                parts += [label("至", "muted"), self.until]
            line.addWidget(together(*parts))
        return line

    # -- what is asked -----------------------------------------------------------------

    def opened(self, place: Place) -> None:
        """Count anew each time."""
        self.refresh()

    def _dated(self) -> None:
        if self._question() != (self._scope and self._words(self._scope)):
            self.refresh()

    def _question(self) -> tuple[Any, ...] | None:
        try:
            days = [dates.parse(field.text()) for field in (self.since, self.until)]
        except Refusal as refusal:
            self.say(f"统计期{refusal.message}", "bad")
            return None
        return (self.place.record_id, self.domain.currentData() or "", *days)

    @staticmethod
    def _words(scope: Scope) -> tuple[Any, ...]:
        return (scope.organization, scope.domain, scope.since, scope.until)

    def refresh(self, changes: Any = None) -> None:
        """Count the section that is shown."""
        question = self._question()
        if question is None:
            return
        self._asked += 1
        asked = self._asked
        name = self.tabs.tabText(self.tabs.currentIndex())

        def work() -> tuple[Scope, list[Measure], list[Figure]]:
            scope = _scope(*question)
            return scope, *statistics.section(name, scope)

        Read(self, work).then(
            lambda found: self._show(*found) if asked == self._asked else None
        ).start()

    # -- what is shown -----------------------------------------------------------------

    def _show(self, scope: Scope, numbers: list[Measure], figures: list[Figure]) -> None:
        self._scope = scope
        for field, day in ((self.since, scope.since), (self.until, scope.until)):
            if not field.hasFocus():
                field.setText(day.replace("-", "."))
        self.set_sentence(
            f"台账截至{dates.show(scope.today.isoformat(), 'chinese')}；数字都从台账当场算出，点开看名单。"
        )
        while self._content.count() > 1:
            item = self._content.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        self._content.insertWidget(0, self._numbers(numbers))
        for figure in figures:
            if figure.rows:
                view = FigureView(figure)
                view.picked.connect(self._open)
                self._content.insertWidget(self._content.count() - 1, view)

    def _numbers(self, numbers: list[Measure]) -> QFrame:
        unit = look().measure.units
        card = QFrame()
        card.setObjectName("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        grid.setHorizontalSpacing(unit(1))
        grid.setVerticalSpacing(unit(0.5))
        for at, number in enumerate(numbers):
            row, column = divmod(at, NUMBERS_IN_A_LINE)
            value, unit_of = _read(number)
            shown = label(value, "figure")
            shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(shown, row, column * 2)
            words = f"{unit_of} {number.label}".strip()
            if number.listing is None or not number.value:
                grid.addWidget(label(words), row, column * 2 + 1)
                continue
            lead = button(words, partial(self._open, number.listing, number.label), link=True)
            lead.setAccessibleName(f"{number.label} {value}{unit_of}")
            grid.addWidget(lead, row, column * 2 + 1, Qt.AlignmentFlag.AlignLeft)
        for column in range(NUMBERS_IN_A_LINE):
            grid.setColumnStretch(column * 2 + 1, 1)
        return card

    def _open(self, listing: Listing, words: str) -> None:
        Read(self, listing.opened).then(
            lambda found: self.go(found[0], ids=tuple(found[1]), words=words)
        ).start()

    # -- the workbook ------------------------------------------------------------------

    def export(self) -> None:
        """Everything of the report, all sections, as one workbook."""
        question = self._question()
        if question is None:
            return
        path = ask_path(self, f"统计通报{date.today():%Y%m%d}.xlsx", "表格 (*.xlsx)")
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> None:
        """Write the workbook to this place."""
        question = self._question()
        if question is None:
            return

        def work(progress: Progress) -> int:
            from desktop.sheets.report import write_report

            scope = _scope(*question)
            tables = []
            found = statistics.sections()
            for done, module in enumerate(found):
                progress(done, len(found), module.SECTION)
                tables += _tables(module.SECTION, *statistics.section(module.SECTION, scope))
            said = f"台账截至 {scope.today.isoformat()}，统计期 {scope.since} 至 {scope.until}"
            return write_report(path, tables, said)

        Job(self, work, "导出统计表").then(
            lambda sheets: self.say(f"已导出 {sheets} 张表：{path.name}")
        ).start()


def _scope(organization: int | None, domain: str, since: str, until: str) -> Scope:
    return Scope(organization=organization, domain=domain, since=since, until=until)


def _is_money(number: Measure) -> bool:
    return number.unit == "分"


def _read(number: Measure) -> tuple[str, str]:
    """A number and its unit as people read them: money is counted in 分 and read in 元."""
    if _is_money(number):
        return amount.show(number.value).removesuffix(".00"), "元"
    if number.unit == "%":
        return f"{number.value:,}%", ""
    return f"{number.value:,}", number.unit


def _tables(section: str, numbers: list[Measure], figures: list[Figure]) -> list[Any]:
    """The tables of a section as sheets: first its numbers, then each table."""
    from desktop.sheets.report import Table

    lines = [
        (n.label, n.value / 100, "元") if _is_money(n) else (n.label, n.value, n.unit)
        for n in numbers
    ]
    first = Table(section, ("指标", "数量", "单位"), lines)
    rest = [
        Table(
            figure.title,
            figure.heads,
            [(row.label, *(cell.value for cell in row.cells)) for row in figure.rows],
            f"单位：{figure.unit}",
        )
        for figure in figures
        if figure.rows
    ]
    return [first, *rest]


PAGE = Statistics
