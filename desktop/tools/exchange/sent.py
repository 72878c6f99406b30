"""After 上报 or 下发: what was written and read back, the slip, and letting the stick go."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from db.exchange import keys, slips
from db.exchange.container import amount
from db.exchange.enclosing import Enclosed
from db.exchange.sending import Sent
from db.exchange.slips import Slip
from db.exchange.sticks import Stick
from db.rules.amount import show
from desktop.theme import look
from desktop.tools.exchange.stick_choice import warning
from desktop.tools.exchange.words import stacked
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView


@dataclass(frozen=True)
class Written:
    """One packet that lies on the stick now: for whom, its totals, the files beside it."""

    name: str
    slip: Slip
    files: Enclosed


def slips_of(sent: list[Sent]) -> list[Written]:
    """What was written; runs on the database worker."""
    found = []
    for one in sent:
        peer = keys.find(one.office)
        name = peer.name if peer is not None else one.office
        found += [
            Written(name, slip, one.enclosed) for slip in slips.slips(packet=one.packet, limit=1)
        ]
    return found


class SentView(QWidget):
    """What lies on the stick now."""

    slip_asked = Signal(str)
    eject_asked = Signal()
    finished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = stacked(self)
        self.heading = label("", "heading", wrap=True)
        self.words = label("", "muted", wrap=True)
        self.files = label("", "notice", wrap=True)
        self.warning = label("", "flaw", wrap=True)
        for each in (self.heading, self.words, self.files, self.warning):
            box.addWidget(each)
        heads = ("给谁", "号", "条数", "金额（元）", "附件", "校验码")
        self.packets = PlainModel(heads, (1, 2, 3, 4), self)
        self.packet_table = PlainView("写好的包", self.packets, (16, 4, 6, 9, 5, 14), 0)
        self.packet_table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        box.addWidget(self.packet_table, 1)
        self.totals = PlainModel(("台账", "条数", "金额（元）"), (1, 2), self)
        self.totals_table = PlainView("控制数", self.totals, (16, 8, 10), 0)
        box.addWidget(self.totals_table, 2)
        keys_line = QHBoxLayout()
        self.slip = button("打印交接单", self._slip, meaning="print")
        self.eject = button("退出U盘", self.eject_asked.emit, meaning="eject")
        keys_line.addWidget(self.slip)
        keys_line.addWidget(self.eject)
        keys_line.addStretch(1)
        self.leave = button("完成", self.finished.emit, primary=True)
        keys_line.addWidget(self.leave)
        box.addLayout(keys_line)

    def show_sent(self, stick: Stick, found: list[Written]) -> None:
        """Show the packets that were written."""
        left = any(each.files.left for each in found)
        self.heading.setText(
            "台账已写入U盘，读回核对无误；附件没有写全。可以拔出U盘。"
            if left
            else "已写入U盘，读回核对无误。可以拔出U盘。"
        )
        self.words.setText(
            f"写在 {stick.volume.words} 的“{stick.folder.name}”文件夹里。"
            "交接单打两份，一份随U盘走，一份留存；对方接收时会打出同样的控制数。"
        )
        self.warning.setText(warning([stick]))
        self.warning.setVisible(bool(self.warning.text()))
        self.files.setText(_files_words(found))
        self.files.setVisible(bool(self.files.text()))
        self.packets.show_rows(
            [
                (
                    (
                        each.name,
                        str(each.slip.number),
                        f"{sum(each.slip.rows.values()):,}",
                        _yuan(sum(each.slip.money.values())),
                        f"{each.files.count:,}" if each.files.count else "",
                        each.slip.short,
                    ),
                    each.slip,
                )
                for each in found
            ]
        )
        self.packet_table.setMaximumHeight(look().measure.row * (min(len(found), 8) + 2))
        if found:
            self.packet_table.selectRow(0)
        self._on_current()
        self.slip.setFocus()

    def _on_current(self) -> None:
        slip = self.packet_table.current_thing()
        self.slip.setEnabled(isinstance(slip, Slip))
        lines = slips.lines(slip.rows, slip.money) if isinstance(slip, Slip) else []
        self.totals.show_rows(
            [((words, f"{count:,}", _yuan(cents or 0)), words) for words, count, cents in lines]
        )

    def _slip(self) -> None:
        slip = self.packet_table.current_thing()
        if isinstance(slip, Slip):
            self.slip_asked.emit(slip.packet)


def _files_words(found: list[Written]) -> str:
    """The attachments beside the packets together, then what is left of each."""
    count, size = sum(each.files.count for each in found), sum(each.files.size for each in found)
    lines = [f"{amount(count, size)}，写在包旁边的附件包里，已读回核对。"] if count else []
    lines += [
        f"给{each.name}：{each.files.words}。"
        for each in found
        if each.files.left or each.files.absent
    ]
    return "\n".join(lines)


def _yuan(cents: int) -> str:
    return show(cents) if cents else ""
