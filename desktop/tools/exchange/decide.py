"""待决定: two values side by side with who said so; 1 keeps ours, 2 takes theirs, 3 leaves it for later."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from db import access
from db.errors import Refusal
from db.exchange import conflict
from db.exchange.sides import Side, Waiting
from db.fields import Reference
from desktop.tasks import Write
from desktop.theme import look
from desktop.tools.exchange.words import card, stacked
from desktop.widgets.editors import Field, field_for
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label
from desktop.widgets.plain_table import PlainModel, PlainView

OURS, THEIRS, BOTH = "ours", "theirs", "both"


class DecideView(QWidget):
    """The list of what waits, and the one in hand."""

    decided = Signal()

    def __init__(self) -> None:
        super().__init__()
        unit, em = look().measure.units, look().measure.characters
        box = stacked(self)
        self.words = label("", "muted", wrap=True)
        box.addWidget(self.words)
        self.model = PlainModel(("单位", "台账", "记录", "哪一项", "收到"), (), self)
        self.table = PlainView("待决定的事项", self.model, (9, 5, 9, 7.5, 5), 2)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._on_current())
        self._right = QWidget()
        self._right.setObjectName("clear")
        self._box = QVBoxLayout(self._right)
        self._box.setContentsMargins(unit(1), 0, 0, 0)
        self._content: QWidget | None = None
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(scrolled(self._right))
        self._split.setSizes([em(36), em(36)])
        box.addWidget(self._split, 1)
        # With nothing to decide the words stay at the top.
        box.addStretch(0)
        self.buttons: dict[str, QPushButton] = {}
        self.other: Field | None = None
        self.fault: QLabel | None = None
        for key, slot in (
            ("1", partial(self._take, OURS)),
            ("2", partial(self._take, THEIRS)),
            ("3", self.later),
        ):
            made = QShortcut(QKeySequence(key), self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(slot)

    def show_waiting(self, found: list[Waiting], total: int) -> None:
        """Show what waits, of `total` matters the oldest; the one that was in hand stays in hand."""
        before = self.table.currentIndex().row()
        asked = sum(one.number is not None for one in found)
        held = len(found) - asked
        words = f"{total:,} 件等人决定：按 1 用我方，按 2 用对方，按 3 以后再定。" if asked else ""
        words += f"先列最早的 {asked:,} 件。" if asked < total else ""
        words += f"{held:,} 条记录等候上级记录到齐，到了自动接上，不用处理。" if held else ""
        self.words.setText(words or "没有等人决定的事项。")
        self._split.setVisible(bool(found))
        self.model.show_rows(
            [
                (
                    (
                        one.office,
                        one.register,
                        one.title,
                        one.label if one.kind != "pair" else "疑似同一个",
                        one.at[5:10],
                    ),
                    one,
                )
                for one in found
            ]
        )
        if found:
            self.table.selectRow(min(max(before, 0), len(found) - 1))
        self._on_current()

    # -- the one in hand ---------------------------------------------------------------

    def _on_current(self) -> None:
        one = self.table.current_thing()
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
            self._content = None
        self.buttons, self.other, self.fault = {}, None, None
        if isinstance(one, Waiting):
            self._content = self._made(one)
            self._box.addWidget(self._content)

    def _made(self, one: Waiting) -> QWidget:
        unit = look().measure.units
        place = QWidget()
        place.setObjectName("clear")
        box = QVBoxLayout(place)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        box.addWidget(label(f"{one.register}　{one.title}", "heading", wrap=True))
        if one.number is None:
            box.addWidget(
                label(
                    f"“{one.office}”送来的这条记录，它的“{one.label or '所属记录'}”还没有到。"
                    "那条记录随下一个包来了，就自动接上。",
                    "muted",
                    wrap=True,
                )
            )
            box.addStretch(1)
            return place
        asked = {
            "late": f"转出以后，原单位又改了“{one.label}”。",
            "pair": f"“{one.label}”相同，可能是同一个{one.register}录了两次。",
            "loop": f"两边都调整了“{one.label}”，合起来会互相成为上级。",
        }
        box.addWidget(
            label(
                asked.get(one.kind, f"两边都改了“{one.label}”，各自的值都保留着。"),
                "muted",
                wrap=True,
            )
        )
        if one.kind == "pair":
            box.addLayout(self._pair(one))
        else:
            sides = QHBoxLayout()
            sides.setSpacing(unit(1.5))
            sides.addWidget(self._side("1　用我方的", OURS, one.ours), 1)
            sides.addWidget(self._side("2　用对方的", THEIRS, one.theirs), 1)
            box.addLayout(sides)
        if one.column is not None:
            box.addWidget(self._other(one.column))
        self.fault = label("", "fault", wrap=True)
        self.fault.hide()
        box.addWidget(self.fault)
        if one.kind != "pair":
            keys = QHBoxLayout()
            keys.addWidget(button("3　以后再定", self.later))
            keys.addStretch(1)
            box.addLayout(keys)
        box.addStretch(1)
        return place

    def _side(self, words: str, take: str, side: Side) -> QFrame:
        frame, box = card()
        value = label(side.words, "number", wrap=True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(value)
        box.addWidget(label(side.said, "muted", wrap=True))
        box.addStretch(1)
        line = QHBoxLayout()
        self._verb(line, words, take)
        line.addStretch(1)
        box.addLayout(line)
        return frame

    def _verb(self, line: QHBoxLayout, words: str, take: str) -> None:
        made = button(words, partial(self._take, take))
        made.setEnabled(access.can("approve"))
        self.buttons[take] = made
        line.addWidget(made)

    def _pair(self, one: Waiting) -> QGridLayout:
        unit = look().measure.units
        grid = QGridLayout()
        grid.setHorizontalSpacing(unit(2))
        grid.setVerticalSpacing(unit(0.5))
        for column, side in ((1, one.ours), (2, one.theirs)):
            grid.addWidget(label(side.words, "heading", wrap=True), 0, column)
            grid.addWidget(label(side.said, "muted", wrap=True), 1, column)
            grid.setColumnStretch(column, 1)
        for column, words, take in ((1, "1　留这一条", OURS), (2, "2　留这一条", THEIRS)):
            line = QHBoxLayout()
            self._verb(line, words, take)
            line.addStretch(1)
            grid.addLayout(line, 2, column)
        neither = QHBoxLayout()
        self._verb(neither, "不是同一个，两条都留", BOTH)
        neither.addWidget(button("3　以后再定", self.later))
        neither.addStretch(1)
        grid.addLayout(neither, 3, 1, 1, 2)
        for row, (words, left, right) in enumerate(one.fields, 4):
            mark = "" if left == right else "▲ "
            grid.addWidget(label(mark + words, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(left, wrap=True), row, 1)
            grid.addWidget(label(right, wrap=True), row, 2)
        return grid

    def _other(self, column: Any) -> QWidget:
        unit = look().measure.units
        place = QWidget()
        place.setObjectName("clear")
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(unit(1))
        words = label("都不对，填", "muted")
        self.other = field_for(column)
        words.setBuddy(self.other.control)
        line.addWidget(words)
        line.addWidget(self.other, 1)
        made = button("用填的", self._take_other)
        made.setEnabled(access.can("approve"))
        line.addWidget(made)
        return place

    # -- deciding ----------------------------------------------------------------------

    def _take(self, take: str) -> None:
        made = self.buttons.get(take)
        if made is not None and made.isEnabled():
            self._decide(take)

    def _take_other(self) -> None:
        if self.other is None:
            return
        try:
            value = self.other.column.accept(self.other.value())
        except Refusal as refusal:
            self._tell(refusal)
            return
        column = self.other.column
        shown = str(value or "") if isinstance(column, Reference) else column.show(value)
        self._decide(f"{column.name}={shown}")

    def _decide(self, take: str) -> None:
        one = self.table.current_thing()
        if not isinstance(one, Waiting) or one.number is None:
            return
        number = one.number
        for made in self.buttons.values():
            made.setEnabled(False)
        Write(self, lambda: conflict.decide(number, take)).then(
            lambda _done: self.decided.emit()
        ).failed(self._tell).start()

    def _tell(self, problem: Exception) -> bool:
        for made in self.buttons.values():
            made.setEnabled(access.can("approve"))
        if not isinstance(problem, Refusal) or self.fault is None:
            return False
        self.fault.setText(problem.message)
        self.fault.show()
        return True

    def later(self) -> None:
        """Leave this one open and go to the next."""
        at = self.table.currentIndex().row() + 1
        if at < self.model.rowCount():
            self.table.selectRow(at)
            self.table.setFocus()
