"""U盘: the register of the sticks that were used here."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from db.exchange.sticks import Kept
from desktop.tools.exchange.words import moment, stacked
from desktop.widgets.page import label
from desktop.widgets.plain_table import PlainModel, PlainView


class UsedSticks(QWidget):
    """Which stick, whose, and when it was used for what."""

    def __init__(self) -> None:
        super().__init__()
        box = stacked(self)
        self.words = label(
            "U盘按自己的编号认，不看盘符；别的单位的U盘不往上写。U盘丢了不必换密钥：里面的包是加密的，"
            "下次上报会把内容再带一次。",
            "muted",
            wrap=True,
        )
        box.addWidget(self.words)
        heads = ("卷标", "单位", "编号", "序列号", "最近一次", "做什么", "次数")
        self.model = PlainModel(heads, (6,), self)
        self.table = PlainView("用过的U盘", self.model, (9, 14, 7, 8, 10, 8, 4), 1)
        box.addWidget(self.table, 1)

    def show_kept(self, found: list[Kept]) -> None:
        """Show the register."""
        self.model.show_rows(
            [
                (
                    (
                        each.label,
                        each.office,
                        each.id[:8],
                        each.serial,
                        moment(each.last_at),
                        each.last_use,
                        f"{each.uses:,}",
                    ),
                    each,
                )
                for each in found
            ]
        )
