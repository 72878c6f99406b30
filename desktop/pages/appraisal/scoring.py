"""打分: the boxes of one rater group, branch by branch, saved as they are filled."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import access
from db.rating.marking import accepts_marks, put, read_cell, sheet_of, show_cell
from db.registers.appraisal import Appraisal, Participant
from db.rules.scheme import Rater, Scheme
from db.rules.scheme_items import Item
from db.rules.scoring_items import average, show
from desktop.pages.appraisal.ballots import BallotForm
from desktop.pages.appraisal.state import RoundState
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.page import button, label
from desktop.widgets.score_grid import ScoreGrid
from desktop.widgets.score_model import GridColumn, GridRow, ScoreModel

KEYS = (
    "方向键移动，键入即替换，F2 修改，回车向下，Tab 向右，Esc 放弃，Delete 清空；"
    "Ctrl+C、Ctrl+V 与 WPS、Excel 互相整块复制，Ctrl+D 向下填充，Ctrl+Z 撤销。"
)


def column_for(item: Item, rater: Rater) -> GridColumn:
    """A column of the grid for one item."""
    low, high = show(item.lowest or 0), show(item.highest or 0)
    if rater.grades:
        heading = "、".join(grade.name for grade in rater.grades)
        tip = f"依次填{heading}各得几票，如 12 5 1 0"
        return GridColumn(f"{item.name}（{heading}）", tip, *_reading(item, rater))
    tip = f"{item.name}：{low} 至 {high} 分"
    if item.standard:
        tip += f"\n{item.standard}"
    if rater.ballot:
        tip += "\n计票写“总分/票数”，如 85/10"
        if rater.drop_extremes:
            tip += "；后面再写最高分、最低分，如 85/10 9.5 7"
    return GridColumn(f"{item.name} {high}", tip, *_reading(item, rater))


def _reading(item: Item, rater: Rater) -> tuple[Any, Any]:
    def read(text: str) -> Any:
        cell = read_cell(text, item, rater)
        return tuple(cell) if isinstance(cell, list) else cell

    return read, lambda cell: show_cell(cell, rater)


def summed(scheme: Scheme, rater: Rater) -> tuple[str, Any]:
    """The last column: what this group gives altogether."""
    items = scheme.sheet[rater.id]

    def total(cells: tuple[Any, ...]) -> str:
        given = [
            average(cell, rater, item)[0]
            for cell, item in zip(cells, items, strict=True)
            if cell is not None
        ]
        known = [one for one in given if one is not None]
        return show(sum(known, Fraction(0))) if known else ""

    return "合计", total


class ScoreTab(QWidget):
    """Which group and which branch above, the grid below."""

    said = Signal(str, str)
    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._state: RoundState | None = None
        self._saving = 0
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        self.rater, self.branch = Choices(), Choices()
        self.rater.setAccessibleName("评分主体")
        self.branch.setAccessibleName("党支部")
        for control in (self.rater, self.branch):
            control.activated.connect(lambda _at: self.load())
        line.addWidget(self.rater, 2)
        line.addWidget(self.branch, 3)
        self._count = label("", "muted")
        line.addWidget(self._count, 2)
        self.one_by_one = button("逐票录入", self.open_ballots, meaning="copy")
        line.addWidget(self.one_by_one)
        box.addLayout(line)
        self.grid = ScoreGrid()
        self.grid.setAccessibleName("打分表")
        self._none = Empty(
            "没有要打分的", "本办法没有由人打分的项目，或没有参评对象。", meaning="edit"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._none)
        box.addWidget(self._stack, 1)
        self.fault = label("", "fault", wrap=True)
        self.fault.hide()
        box.addWidget(self.fault)
        box.addWidget(label(KEYS, "muted", wrap=True))
        self.grid.explained.connect(self._on_explained)

    def show_round(self, state: RoundState) -> None:
        """Offer the groups and branches of a round; keep what was chosen when it is the same one."""
        before, self._state = self._state, state
        same = before is not None and before.appraisal.id == state.appraisal.id
        if same:
            assert before is not None
            if (before.appraisal.step, before.rated) != (state.appraisal.step, state.rated):
                self.load()
            return
        self.rater.clear()
        now = set(state.rules.steps[state.appraisal.step].raters)
        for rater in state.rules.raters:
            if state.rules.sheet[rater.id]:
                share = f"（权重 {show(rater.weight)}%）" if rater.weight else ""
                self.rater.addItem(f"{rater.name}{share}", rater.id)
                if rater.id in now:
                    self.rater.setCurrentIndex(self.rater.count() - 1)
                    now.clear()
        self.branch.clear()
        self.branch.addItem(f"全部（{state.rated}）", None)
        for branch in state.branches:
            self.branch.addItem(f"{branch.name}（{branch.rated}）", branch.id)
        if len(state.branches) > 1:
            self.branch.setCurrentIndex(1)
        self.load()

    def load(self) -> None:
        """Read the boxes."""
        state, rater_id = self._state, self.rater.currentData()
        if state is None or rater_id is None or not state.rated:
            self._stack.setCurrentWidget(self._none)
            return
        branch = self.branch.currentData()
        appraisal_id = state.appraisal.id

        def read() -> list[GridRow]:
            query = Participant.living().where(
                Participant.appraisal == appraisal_id, Participant.state == "rated"
            )
            if branch is not None:
                query = query.where(Participant.branch == branch)
            rows = list(
                query.select(Participant.id, Participant.name, Participant.branch_name)
                .order_by(Participant.id)
                .tuples()
            )
            sheets = sheet_of(Appraisal.get_by_id(appraisal_id), rater_id, [row[0] for row in rows])
            return [
                GridRow(
                    ident,
                    name,
                    tuple(tuple(c) if isinstance(c, list) else c for c in sheets[ident]),
                    place,
                )
                for ident, name, place in rows
            ]

        Read(self, read).then(partial(self._show, rater_id)).start()

    def _show(self, rater_id: str, rows: list[GridRow]) -> None:
        state = self._state
        if state is None or rater_id != self.rater.currentData():
            return
        rater = state.rules.rater_of[rater_id]
        may = accepts_marks(state.appraisal) and access.can("write", "appraisal")
        model = ScoreModel(
            [column_for(item, rater) for item in state.rules.sheet[rater_id]],
            rows,
            None if rater.grades else summed(state.rules, rater),
            editable=may,
        )
        model.setParent(self.grid)
        model.edited.connect(partial(self._save, rater_id))
        model.refused.connect(self._on_refused)
        self.grid.show_model(model)
        self._stack.setCurrentWidget(self.grid if rows else self._none)
        self.one_by_one.setVisible(may and rater.ballot and bool(rows))
        self._tell(model)

    def open_ballots(self) -> None:
        """Count paper ballots one after another, for the branch that is chosen."""
        state = self._state
        if state is None:
            return
        rater = state.rules.rater_of[self.rater.currentData()]
        form = BallotForm(
            state.appraisal.id, rater, state.rules.sheet[rater.id], self.grid.boxes().rows
        )
        form.done.connect(partial(self._end_ballots, form))
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)
        self.one_by_one.hide()

    def _end_ballots(self, form: BallotForm, counted: int) -> None:
        self._stack.removeWidget(form)
        form.deleteLater()
        self.load()
        if counted:
            self.saved.emit()

    def _tell(self, model: ScoreModel) -> None:
        words = f"已评 {model.filled} / {len(model.rows)}"
        if model.faulty:
            words += f"，{model.faulty} 格有误"
        if self._saving:
            words += "，正在保存"
        self._count.setText(words)

    def _save(self, rater_id: str, rows: dict[int, tuple[Any, ...]]) -> None:
        state = self._state
        if state is None:
            return
        appraisal_id = state.appraisal.id
        cells = {
            key: [list(c) if isinstance(c, tuple) else c for c in row] for key, row in rows.items()
        }
        self._saving += 1
        self._tell(self.grid.boxes())
        Write(self, lambda: put(Appraisal.get_by_id(appraisal_id), rater_id, cells)).then(
            lambda _count: self._kept()
        ).failed(self._lost).start()

    def _kept(self) -> None:
        self._saving -= 1
        self._tell(self.grid.boxes())
        self.saved.emit()

    def _lost(self, _problem: Exception) -> bool:
        self._saving -= 1
        self.load()
        return False

    def _on_refused(self, count: int, reason: str) -> None:
        more = f"（共 {count} 格没有收下，已标红）" if count > 1 else ""
        self.said.emit(f"{reason}{more}", "warn")
        self._tell(self.grid.boxes())

    def _on_explained(self, reason: str) -> None:
        self.fault.setText(reason)
        self.fault.setVisible(bool(reason))

    def faulty(self) -> int:
        """How many boxes hold something that was refused."""
        model = self.grid.model()
        return model.faulty if isinstance(model, ScoreModel) else 0
