"""概况 at the county: which township came when, what was given back, what waits."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db import access
from db.exchange.overview import Station
from desktop.tools.exchange.limit_box import LimitBox
from desktop.tools.exchange.words import ago, moment, stacked
from desktop.widgets.empty import Empty
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView

_HEADS = ("单位", "最近送来", "距今", "最近下发", "下发状态", "待决定", "等候", "隔离", "缺附件")


class CountyView(QWidget):
    """One line a township."""

    send_asked = Signal(str)
    slip_asked = Signal(str)
    invite_asked = Signal()
    limit_set = Signal()

    def __init__(self) -> None:
        super().__init__()
        box = stacked(self)
        self._empty = Empty(
            "还没有互认的苏木乡镇",
            "先“邀请”一个单位，把邀请文件放在U盘里给他们；他们加入后把回答带回来。",
            (("邀请…", self.invite_asked.emit),),
            "exchange",
        )
        box.addWidget(self._empty, 1)
        self.model = PlainModel(_HEADS, (5, 6, 7, 8), self)
        self.table = PlainView("各单位", self.model, (14, 12, 6, 12, 16, 4.5, 4, 4, 4.5), 0)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        box.addWidget(self.table, 1)
        self.told = label("", "flaw", wrap=True)
        box.addWidget(self.told)
        keys = QHBoxLayout()
        self.send_button = button("只给这个单位下发", self._send, meaning="export")
        self.slip_button = button("打印最近送来的交接单", self._slip, meaning="print")
        keys.addWidget(self.send_button)
        keys.addWidget(self.slip_button)
        keys.addStretch(1)
        self.limit = LimitBox("silent_days")
        self.limit.kept.connect(self.limit_set)
        keys.addWidget(self.limit)
        box.addLayout(keys)

    def show_stations(self, found: list[Station], days: int) -> None:
        """Show every office and the number of days in force."""
        self.limit.show_value(days)
        self._empty.setVisible(not found)
        self.table.setVisible(bool(found))
        before = self.table.current_thing()
        self.model.show_rows([(_cells(each), each) for each in found])
        offices = [each.office for each in found]
        kept = before.office if isinstance(before, Station) else ""
        if found:
            self.table.selectRow(offices.index(kept) if kept in offices else 0)
        self._on_current()

    def _on_current(self) -> None:
        chosen = self.table.current_thing()
        known = isinstance(chosen, Station) and chosen.state == "known"
        self.send_button.setVisible(chosen is not None and access.can("export"))
        self.send_button.setEnabled(known)
        self.slip_button.setVisible(chosen is not None)
        self.slip_button.setEnabled(isinstance(chosen, Station) and chosen.received is not None)
        words = f"{chosen.told}{_files_words(chosen)}" if isinstance(chosen, Station) else ""
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def _send(self) -> None:
        chosen = self.table.current_thing()
        if isinstance(chosen, Station):
            self.send_asked.emit(chosen.office)

    def _slip(self) -> None:
        chosen = self.table.current_thing()
        if isinstance(chosen, Station) and chosen.received is not None:
            self.slip_asked.emit(chosen.received.packet)


def _cells(each: Station) -> tuple[str, ...]:
    name = f"▲ {each.name}" if each.overdue else each.name
    if each.state != "known":
        state = "已邀请，等候回答" if each.state == "invited" else "密钥已作废"
        return (name, state, "", "", "", *_numbers(each))
    came = each.received
    received = "" if came is None else f"第 {came.number} 号　{moment(came.at)[5:]}"
    sent = "" if each.sent is None else f"第 {each.sent.number} 号　{moment(each.sent_at)[5:]}"
    state = "还没有下发过" if each.sent is None else each.sent.words.replace("对方", "")
    return (name, received, ago(each.silent), sent, state, *_numbers(each))


def _numbers(each: Station) -> tuple[str, ...]:
    numbers = (each.conflicts, each.held, each.quarantined, each.files_missing)
    return tuple(f"{n:,}" if n else "" for n in numbers)


def _files_words(each: Station) -> str:
    if not each.files_missing:
        return ""
    return f"这个单位的记录还缺 {each.files_missing:,} 个附件，回执里已请它下次带来。"
