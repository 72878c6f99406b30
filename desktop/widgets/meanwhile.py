"""A line above a form: somebody on another PC has just changed the record that is open here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.theme import look
from desktop.widgets.difference import differing
from desktop.widgets.page import button, label

_SHOWN = 4


class MeanwhileLine(QWidget):
    """Who changed what, and the way to see both versions; hidden until there is something to tell."""

    def __init__(self, compare: Callable[[], object]) -> None:
        super().__init__()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(look().measure.units(1))
        self.words = label("", "flaw", wrap=True)
        box.addWidget(self.words, 1)
        box.addWidget(button("逐项对照", compare, link=True))
        self.hide()

    def tell(self, words: str) -> None:
        """Show the line."""
        self.words.setText(words)
        self.show()


def what_changed(who: str, base: Any, now: Any, columns: list[Any]) -> str:
    """What somebody else did to a record since it was read, in the office's words; "" for nothing."""
    if now.retired and not base.retired:
        return f"{who}刚把这条记录停用了（{now.retired}）。您填的内容还在。"
    found = differing(base, base, now, columns)
    if not found:
        return ""
    told = "；".join(
        f"“{each.label}”：{each.mine or '（空）'} → {each.theirs or '（空）'}"
        for each in found[:_SHOWN]
    )
    more = f"等 {len(found)} 项" if len(found) > _SHOWN else ""
    return f"{who}刚改了{told}{more}。您填的内容还在。"
