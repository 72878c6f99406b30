"""名额: award types across, those who nominate down; used and left in each cell; shifting with a reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import access, journal
from db.commending.quotas import (
    Cell,
    Matrix,
    divide,
    matrix,
    receivers,
    reckon,
    set_places,
    shift,
    spread,
)
from db.errors import Fault, Refusal
from db.fields import Choice, Number, Score, Text
from db.registers.commendation import AwardType, Commendation, Quota
from desktop.pages.commendation.reckoned_table import Head, ReckonedTable, Row
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editors import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.page import button, label, named


class PlacesTab(QWidget):
    """The matrix, and what can be done with it."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._round: Any = None
        self._matrix: Matrix | None = None
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        keys = QHBoxLayout()
        self._words = label("", "muted", wrap=True)
        keys.addWidget(self._words, 1)
        self._keys = (
            button("重新计算名额", self._reckon, meaning="refresh", tip="按现在的名册重数"),
            button("分配名额…", self._ask_spread, tip="固定个数、按比例，或把一个总数分下去"),
            button("名额调剂…", self._ask_shift, tip="从一个项目调到另一个项目，写明原因"),
        )
        for key in self._keys:
            keys.addWidget(key)
        box.addLayout(keys)
        self._stack = QStackedWidget()
        self._table = ReckonedTable("名额", (Head("推荐单位", 20),))
        self._stack.addWidget(self._table)
        self._empty = Empty(
            "还没有名额", "不分名额也可以推荐；要分，用“分配名额”。", meaning="ledger"
        )
        self._stack.addWidget(self._empty)
        box.addWidget(self._stack, 1)
        self._why = label("", "muted", wrap=True)
        box.addWidget(self._why)

    def show_round(self, round_: Any) -> None:
        """Read and show the places of a round."""
        self._round = round_
        may = access.can("write", "commendation") and round_.step not in {"decided", "granted"}
        for key in self._keys:
            key.setVisible(may)
        row = round_.id
        Read(self, lambda: matrix(Commendation.get_by_id(row))).then(self._show).start()

    def _show(self, found: Matrix) -> None:
        self._matrix = found
        heads = [
            Head("推荐单位", 20),
            *(Head(t.name, max(13, len(t.name))) for t in found.award_types),
        ]
        table = ReckonedTable("名额", heads)
        table.picked.connect(self._explain)
        table.activated_row.connect(self._ask_numbers)
        rows = [
            Row(
                at,
                (row.label, *map(cell_words, row.cells)),
                any(c and c.used > c.allowed for c in row.cells),
            )
            for at, row in enumerate(found.rows)
        ]
        if rows:
            totals = (f"{places} 个，已推荐 {used}" for places, used in found.totals())
            rows.append(Row(-1, ("合计", *totals)))
        table.show_rows(rows)
        old, self._table = self._table, table
        self._stack.insertWidget(0, table)
        self._stack.removeWidget(old)
        old.deleteLater()
        self._stack.setCurrentWidget(table if rows else self._empty)
        self._words.setText(
            "每格：名额，已推荐，还剩。选一行看名额怎样算出，双击直接改。" if rows else ""
        )
        self._why.setText("")

    def _explain(self, at: int | None) -> None:
        if at is None or at < 0 or self._matrix is None:
            self._why.setText("")
            return
        told = []
        for award_type, cell in zip(
            self._matrix.award_types, self._matrix.rows[at].cells, strict=True
        ):
            if cell is None:
                continue
            reason = cell.quota.reason or f"固定 {cell.quota.places} 个"
            moved = cell.quota.shifted or 0
            told.append(f"{award_type.name}：{reason}" + (f"，调剂 {moved:+d}" if moved else ""))
        self._why.setText("\n".join(told))

    # -- verbs -------------------------------------------------------------------------

    def _reckon(self) -> None:
        row = self._round.id

        def work() -> int:
            return reckon(Commendation.get_by_id(row))

        Write(self, work).then(
            lambda count: self.told.emit(
                f"已按现在的名册重算，{count} 处有变化。" if count else "名额没有变化。"
            )
        ).start()

    def _ask(self, form: AskForm) -> None:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        form.setMinimumWidth(look().measure.characters(40))
        line.addWidget(form)
        line.addStretch(1)
        self._why.setText("")
        self._stack.addWidget(holder)
        self._stack.setCurrentWidget(holder)

        def end() -> None:
            self._stack.setCurrentWidget(self._table if self._words.text() else self._empty)
            self._stack.removeWidget(holder)
            holder.deleteLater()

        form.done.connect(end)
        form.gave_up.connect(end)
        form.focus_first()

    def _ask_spread(self) -> None:
        if self._matrix is None or not self._matrix.award_types:
            return
        types = self._matrix.award_types
        # The work runs on the database thread, which may not ask a widget.
        at = {"type": 0}
        picker = _choices("表彰项目", [t.name for t in types])
        picker.currentIndexChanged.connect(lambda place: at.update(type=place))
        form = AskForm(
            "分配名额",
            "已有的名额改成这次的算法；每一格怎样算出，选中那一行就能看到。",
            (
                ("target", Choice("分给谁", "quota_target", required=True), "organizations"),
                ("way", Choice("怎样算", "quota_way", required=True), "percent"),
                ("number", Number("个数或总数", minimum=0, maximum=9999), types[0].places),
                ("percent", Score("百分比", minimum=0, maximum=10000, unit="%"), 500),
                ("base", Choice("基数", "quota_base", required=True), "full_members"),
                ("rounding", Choice("取整办法", "rounding", required=True), "up"),
                ("least", Number("每个至少", maximum=99), 0),
            ),
            lambda given: allot(types[at["type"]].id, given),
            "分配",
        )
        box: Any = form.layout()
        box.insertWidget(2, picker)
        self._ask(form)

    def _ask_numbers(self, at: int | None) -> None:
        if at is None or at < 0 or self._matrix is None or not self._keys[0].isVisible():
            return
        row, types = self._matrix.rows[at], self._matrix.award_types
        columns = [
            (str(t.id), Number(t.name, maximum=9999), cell.places if cell else None)
            for t, cell in zip(types, row.cells, strict=True)
        ]

        def work(given: dict[str, Any]) -> None:
            with journal.operation(f"核定“{row.label}”名额"):
                for award_type in types:
                    found = AwardType.get_by_id(award_type.id)
                    set_places(found, row.receiver, given[str(award_type.id)])

        words = "直接填名额；空着表示不给这一项名额。改了的不再按比例计算。"
        self._ask(AskForm(f"核定“{row.label}”名额", words, columns, work, "保存"))

    def _ask_shift(self) -> None:
        if self._matrix is None:
            return
        cells = [
            (f"{row.label}　{award_type.name}（{cell.places}，余 {cell.left}）", cell.quota.id)
            for row in self._matrix.rows
            for award_type, cell in zip(self._matrix.award_types, row.cells, strict=True)
            if cell is not None
        ]
        if len(cells) < 2:
            self.told.emit("至少要有两项名额才能调剂。")
            return
        words = [each for each, _ in cells]
        source, target = _choices("调出", words), _choices("调入", words)
        target.setCurrentIndex(1)
        at = {"source": 0, "target": 1}
        source.currentIndexChanged.connect(lambda place: at.update(source=place))
        target.currentIndexChanged.connect(lambda place: at.update(target=place))

        def work(given: dict[str, Any]) -> None:
            taken, given_to = cells[at["source"]][1], cells[at["target"]][1]
            if taken == given_to:
                raise Refusal("调出和调入不能是同一项名额。")
            shift(
                Quota.get_by_id(taken), Quota.get_by_id(given_to), given["count"], given["reason"]
            )

        form = AskForm(
            "名额调剂",
            "调剂留有记录，可以撤销。已经推荐了的名额不能调出。",
            (
                ("count", Number("数量", required=True, minimum=1, maximum=999), 1),
                ("reason", Text("原因", required=True, max_length=200), ""),
            ),
            work,
            "调剂",
        )
        box: Any = form.layout()
        for place, part in enumerate(
            (label("调出", "muted"), source, label("调入", "muted"), target)
        ):
            box.insertWidget(2 + place, part)
        self._ask(form)


def allot(award_type: int, given: dict[str, Any]) -> None:
    """Spread the places of an award type as the form says."""
    found = AwardType.get_by_id(award_type)
    to = receivers(found.commendation, given["target"])
    if not to:
        raise Refusal("范围里没有可以分配名额的对象。")
    way, number = given["way"], given["number"]
    if way == "percent":
        if not given["percent"]:
            raise Refusal("请填写百分比。", [Fault("percent", "请填写百分比")])
        rule = {"percent": given["percent"], "base": given["base"], "rounding": given["rounding"]}
        spread(found, to, **rule)
        return
    if number is None:
        raise Refusal("请填写个数。", [Fault("number", "请填写个数")])
    if way == "number":
        spread(found, to, number=number)
    else:
        divide(found, to, number, base=given["base"], least=given["least"] or 0)


def cell_words(cell: Cell | None) -> str:
    """One cell in words: 3 个，已推荐 2，余 1."""
    if cell is None:
        return "—"
    left = f"余 {cell.left}"
    if cell.used > cell.allowed:
        left = f"超 {cell.used - cell.allowed}"
    elif cell.left < 0:
        left = f"含差额 {-cell.left}"
    return f"{cell.places} 个，已推荐 {cell.used}，{left}"


def _choices(name: str, words: list[str]) -> Choices:
    box = Choices()
    box.addItems(words)
    named(box, name)
    return box
