"""概况 at a township: what is unsent, how far the last packet has come, what happened to the data."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db import office_settings
from db.exchange import overview, slips
from db.exchange.overview import Station, Unsent
from desktop.theme import look
from desktop.tools.exchange.limit_box import LimitBox
from desktop.tools.exchange.words import card, moment, totals
from desktop.widgets.empty import Empty
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView
from desktop.widgets.steps_bar import Step, StepsBar

#: The states of a packet, never one green tick for all of them.
MADE, WRITTEN, RECEIVED = "已生成", "已写入并回读", "县里已接收（凭回执）"


@dataclass(frozen=True)
class Seen:
    """What the page shows of the one office above."""

    station: Station
    unsent: Unsent | None
    days: int


def read() -> Seen | None:
    """The county, as far as the exchange with it has come; runs on the database worker."""
    found = overview.stations()
    if not found:
        return None
    (station,) = overview.with_files(found[:1])
    unsent = overview.unsent(station.office) if station.state == "known" else None
    return Seen(station, unsent, office_settings.days("unsent_days"))


class TownshipView(QWidget):
    """Three cards: the last packet, what is not acknowledged, what has to be known."""

    slip_asked = Signal(str)
    join_asked = Signal()
    limit_set = Signal()

    def __init__(self) -> None:
        super().__init__()
        unit = look().measure.units
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, unit(1), 0, 0)
        outer.setSpacing(unit(1.5))
        self._empty = Empty(
            "还没有和旗县互认",
            "请旗县组织部在交换中心“邀请”本单位，把邀请放在U盘里带来，在这里“加入”。",
            (("加入…", self.join_asked.emit),),
            "exchange",
        )
        outer.addWidget(self._empty, 1)
        inside = QWidget()
        inside.setObjectName("clear")
        self._content = scrolled(inside)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1.5))
        self.told = label("", "notice", wrap=True)
        box.addWidget(self.told)
        columns = QHBoxLayout()
        columns.setSpacing(unit(2))
        last, inner = card("最近一次上报")
        self.packet = label("", wrap=True)
        self.steps = StepsBar()
        self.refused = label("", "fault", wrap=True)
        self.totals = label("", "muted", wrap=True)
        self.receipt = label("", "muted", wrap=True)
        self.files = label("", "notice", wrap=True)
        self.slip = button("打印交接单", self._ask_slip, meaning="print")
        for each in (
            self.packet,
            self.steps,
            self.refused,
            self.totals,
            self.receipt,
            self.files,
        ):
            inner.addWidget(each)
        keys = QHBoxLayout()
        keys.addWidget(self.slip)
        keys.addStretch(1)
        inner.addLayout(keys)
        inner.addStretch(1)
        columns.addWidget(last, 1)
        waiting, inner = card("还没有得到回执的内容")
        self.model = PlainModel(("台账", "上次回执以来", "其中还没写进包"), (1, 2), self)
        self.table = PlainView("还没有得到回执的内容", self.model, (10, 7.5, 8.5), 0)
        self.all_told = label("没有新内容，县里都已接收。", "muted", wrap=True)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.all_told)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.limit = LimitBox("unsent_days")
        self.limit.kept.connect(self.limit_set)
        foot.addWidget(self.limit)
        inner.addLayout(foot)
        columns.addWidget(waiting, 1)
        box.addLayout(columns, 1)
        outer.addWidget(self._content, 1)
        self._packet = ""

    def show_seen(self, seen: Seen | None) -> None:
        """Show how things stand."""
        known = seen is not None and seen.unsent is not None
        self._empty.setVisible(not known)
        self._content.setVisible(known)
        if seen is None:
            return
        if seen.unsent is None:
            self._empty.set_words(
                f"“{seen.station.name}”的密钥已作废", "请旗县重新发来邀请，再在这里“加入”。"
            )
            return
        self._show_last(seen.station)
        self._show_unsent(seen.unsent)
        self.limit.show_value(seen.days)
        self.told.setText(seen.station.told)
        self.told.setVisible(bool(seen.station.told))

    def _show_last(self, station: Station) -> None:
        sent = station.sent
        self._packet = sent.packet if sent is not None else ""
        self.slip.setEnabled(sent is not None)
        self.steps.setVisible(sent is not None)
        if sent is None:
            self.packet.setText("还没有上报过。插上U盘，按右上角的“上报”。")
            self.totals.clear()
        else:
            total = sum(sent.totals.values())
            self.packet.setText(
                f"第 {sent.number} 号包，{moment(station.sent_at)}，共 {total:,} 条"
            )
            self.totals.setText("\n".join(totals(sent.totals, {})))
        self.steps.show_steps(_steps(sent.state if sent is not None else ""))
        refused = sent is not None and sent.state in {"refused", "fork"}
        self.refused.setVisible(refused)
        if sent is not None and refused:
            self.refused.setText(f"被退回：{sent.reason}")
        receipt = station.receipt
        self.receipt.setText(
            f"最近一次回执：第 {receipt.number} 号包，{moment(receipt.answered_at)} 取回。"
            if receipt is not None
            else "还没有收到过县里的回执。"
        )

        self.files.setText(_files_words(station))
        self.files.setVisible(bool(self.files.text()))

    def _show_unsent(self, unsent: Unsent) -> None:
        lines = slips.lines(unsent.since_receipt, {})
        fresh = {words: n for words, n, _ in slips.lines(unsent.unpacked, {})}
        self.model.show_rows(
            [((words, f"{n:,}", f"{fresh.get(words, 0):,}"), words) for words, n, _ in lines]
        )
        self.table.setVisible(bool(lines))
        self.all_told.setVisible(not lines)

    def _ask_slip(self) -> None:
        if self._packet:
            self.slip_asked.emit(self._packet)


def _files_words(station: Station) -> str:
    """Attachments that the county has not said to have, and those that are missing here."""
    found = []
    if station.files_owed:
        found.append(
            f"{station.files_owed:,} 个附件还没有得到县里的回执；没有带到的，下次上报一起带去。"
        )
    if station.files_missing:
        found.append(f"本机还缺 {station.files_missing:,} 个附件，已请旗县下次带来。")
    return "".join(found)


def _steps(state: str) -> tuple[Step, ...]:
    """Three circles; what was sent back stands in words below them."""
    names = (MADE, WRITTEN, RECEIVED)
    reached = {"made": 1, "written": 2, "received": 3, "refused": 2, "fork": 2}.get(state, 0)
    return tuple(Step(name, "done" if at < reached else "next") for at, name in enumerate(names))
