"""首页: what is due, who the members are, what was done last; every number leads to its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from db import journal
from db.journal import Operation
from db.rules import dates
from db.statistics.due import Due, due
from desktop import settings
from desktop.tasks import Read
from desktop.theme import look
from desktop.typeset.chart import Chart
from desktop.widgets.chart import ChartView
from desktop.widgets.empty import Empty
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import Page, Place, button, label

#: Ids of the figures that stand on the home page, in this order.
CHARTS = ("members_by_age", "members_by_education", "members_by_star")
LAST_OPERATIONS = 8


@dataclass(frozen=True)
class Drawn:
    """A chart with the list behind each of its bars."""

    chart: Chart
    listings: tuple[Any, ...]


def read_charts() -> list[Drawn]:
    """The charts of the home page; runs on the database worker."""
    from db import statistics

    found: dict[str, Drawn] = {}
    for figures in statistics.figures(only=CHARTS).values():
        for figure in figures:
            rows = [row for row in figure.rows if not row.total and row.cells[0].value]
            chart = Chart(
                figure.title,
                tuple(row.label for row in rows),
                tuple(row.cells[0].value for row in rows),
                figure.unit,
            )
            found[figure.id] = Drawn(chart, tuple(row.cells[0].listing for row in rows))
    return [found[key] for key in CHARTS if key in found]


def newer_program() -> str:
    """The sentence about somebody's newer program; runs on the database worker."""
    from db.exchange import versions

    return versions.sentence()


class Home(Page):
    """The first page of the day."""

    title = "首页"
    section = ""
    order = 0
    help_stem = "home"

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        inside = QWidget()
        inside.setObjectName("clear")
        self._columns = columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, unit(1), 0)
        columns.setSpacing(unit(2))
        left = QVBoxLayout()
        left.setSpacing(unit(2))
        self._due = self._card("待办")
        self._last = self._card("最近操作")
        left.addWidget(self._due[0])
        left.addWidget(self._last[0])
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(unit(2))
        self._charts = right
        self._chart_cards: list[QFrame] = []
        right.addStretch(1)
        columns.addLayout(left, 3)
        columns.addLayout(right, 2)
        self._newer = button(
            "", lambda: self.go("settings"), meaning="upgrade", link=True, tip="升级本机程序"
        )
        self._newer.hide()
        self.body.addWidget(self._newer, 0, Qt.AlignmentFlag.AlignLeft)
        self._content = scrolled(inside)
        self.body.addWidget(self._content, 1)
        self._empty = Empty(
            "台账还是空的",
            "先导入已有的党员名册，或先建立本级党组织。",
            (
                ("导入党员名册", lambda: self.go("importing", words="member")),
                ("建立党组织", lambda: self.go("organization", fresh=True)),
            ),
            "office",
        )
        self._empty.hide()
        self.body.addWidget(self._empty, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt override: with large letters on a small screen the charts stand below."""
        way = QBoxLayout.Direction
        narrow = event.size().width() < look().measure.characters(62)
        self._columns.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        super().resizeEvent(event)

    def _card(self, heading: str) -> tuple[QFrame, QVBoxLayout]:
        unit = look().measure.units
        card = QFrame()
        card.setObjectName("card")
        box = QVBoxLayout(card)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.setSpacing(unit(0.75))
        box.addWidget(label(heading, "heading"))
        return card, box

    def opened(self, place: Place) -> None:
        """Read everything that may have changed since."""
        self.refresh()

    def refresh(self, changes: Any = None) -> None:
        """Read the figures again."""
        Read(self, due).then(self._show_due).start()
        Read(self, lambda: journal.operations(LAST_OPERATIONS)).then(self._show_last).start()
        Read(self, read_charts).then(self._show_charts).start()
        Read(self, newer_program).then(self._show_newer).start()

    def _show_newer(self, words: str) -> None:
        self._newer.setText(f" {words}")
        self._newer.setAccessibleName(words or "升级本机程序")
        self._newer.setVisible(bool(words))

    # -- due ---------------------------------------------------------------------------

    def _show_due(self, found: Sequence[Due]) -> None:
        today = dates.today()
        snoozed = settings.current["snoozed"]
        shown = [each for each in found if snoozed.get(each.key, "") <= today]
        self.set_sentence(self._said(shown))
        box = self._due[1]
        _clear(box)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().measure.units(1.5))
        grid.setVerticalSpacing(look().measure.units(0.5))
        grid.setColumnStretch(1, 1)
        for row, each in enumerate(shown):
            number = label(f"{each.count:,}", "figure")
            number.setProperty("matters", bool(each.late))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(number, row, 0)
            words = each.words + (f"，其中 {each.late} 个已过期" if each.late else "")
            lead = button(words, partial(self._go, each), link=True)
            lead.setAccessibleName(f"{each.count} {words}")
            grid.addWidget(lead, row, 1)
            when = each.until.replace("-", ".")
            grid.addWidget(label(f"最早 {when}" if when else "", "muted"), row, 2)
            later = button("明天再说", partial(self._snooze, each.key), quiet=True)
            grid.addWidget(later, row, 3)
        if not shown:
            grid.addWidget(label("没有快到期的事情。", "muted"), 0, 1)
        box.addLayout(grid)

    @staticmethod
    def _said(shown: Sequence[Due]) -> str:
        today = date.today()
        when = f"{today.year}年{today.month}月{today.day}日"
        late = sum(1 for each in shown if each.late)
        if not shown:
            return f"{when}，没有快到期的事情。"
        return f"{when}，{len(shown)} 件事需要留意" + (
            f"，{late} 件里有已过期的。" if late else "。"
        )

    def _go(self, each: Due) -> None:
        self.go(each.stem, ids=each.ids, words=each.words.lstrip("名个"), chip=each.chip)

    def _snooze(self, key: str) -> None:
        tomorrow = (date.today() + timedelta(days=1)).isoformat()
        settings.current.remember("snoozed", key, tomorrow)
        self.refresh()

    # -- the last operations -----------------------------------------------------------

    def _show_last(self, found: Sequence[Operation]) -> None:
        box = self._last[1]
        _clear(box)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().measure.units(2))
        grid.setVerticalSpacing(look().measure.units(0.75))
        grid.setColumnStretch(0, 1)
        for row, each in enumerate(found):
            words = label(each.words, wrap=True)
            grid.addWidget(words, row, 0)
            grid.addWidget(
                label(f"{each.at[5:16].replace('T', ' ')}　{each.person}", "muted"), row, 1
            )
        box.addLayout(grid)
        more = button("全部操作与撤销", lambda: self.go("audit"), link=True)
        box.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    # -- charts ------------------------------------------------------------------------

    def _show_charts(self, found: Sequence[Drawn]) -> None:
        for card in self._chart_cards:
            self._charts.removeWidget(card)
            card.deleteLater()
        self._chart_cards.clear()
        empty = not any(sum(each.chart.values) for each in found)
        self._empty.setVisible(empty)
        self._content.setVisible(not empty)
        if empty:
            self.set_sentence("还没有内容。")
            return
        for each in found:
            if not each.chart.values:
                continue
            card, box = self._card(each.chart.title)
            view = ChartView(each.chart)
            view.picked.connect(partial(self._open_bar, each))
            box.addWidget(view)
            self._charts.insertWidget(self._charts.count() - 1, card)
            self._chart_cards.append(card)

    def _open_bar(self, drawn: Drawn, at: int) -> None:
        listing = drawn.listings[at]
        if listing is None:
            return
        words = drawn.chart.labels[at]

        def ids() -> tuple[int, ...]:
            return tuple(listing.ids())

        Read(self, ids).then(lambda found: self.go(listing.stem, ids=found, words=words)).start()


def _clear(box: QVBoxLayout) -> None:
    """Everything but the heading goes."""
    while (item := box.takeAt(1)) is not None:
        if (inner := item.layout()) is not None:
            while (each := inner.takeAt(0)) is not None:
                if (widget := each.widget()) is not None:
                    widget.deleteLater()
            inner.deleteLater()
        elif (widget := item.widget()) is not None:
            widget.deleteLater()
