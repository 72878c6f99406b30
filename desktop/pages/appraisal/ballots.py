"""逐票录入: a stack of paper ballots, one after another; each is counted as soon as it is typed in."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from db.errors import Refusal
from db.rating.marking import add_ballots, read_cell
from db.registers.appraisal import Appraisal
from db.rules.scheme import Rater
from db.rules.scheme_items import Item
from db.rules.scoring_items import show
from desktop.tasks import Write
from desktop.theme import look
from desktop.widgets.page import button, label
from desktop.widgets.score_grid import ScoreGrid
from desktop.widgets.score_model import GridColumn, GridRow, ScoreModel


def ballot_column(item: Item, rater: Rater) -> GridColumn:
    """A column of one ballot: points of one hand, or the grade that was ticked."""
    if not rater.grades:
        tip = f"{item.name}：{show(item.lowest or 0)} 至 {show(item.highest or 0)} 分；空着是弃权"
        return GridColumn(
            f"{item.name} {show(item.highest or 0)}", tip, partial(_points, item, rater), _shown
        )
    names = [grade.name for grade in rater.grades]
    keys = "，".join(f"{n} {name}" for n, name in enumerate(names, 1))
    return GridColumn(
        f"{item.name}（{keys}）",
        f"填等次或序号：{keys}；空着是弃权",
        partial(_grade, names),
        lambda place: "" if place is None else names[place],
        False,
    )


def _shown(points: int | None) -> str:
    return "" if points is None else show(points)


def _points(item: Item, rater: Rater, text: str) -> int | None:
    cell = read_cell(text, item, rater)
    if cell is not None and not isinstance(cell, int):
        raise Refusal("这里一次只录一张票，请填这张票上的分数。")
    return cell


def _grade(names: list[str], text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if plain in names:
        return names.index(plain)
    if plain.isdecimal() and 1 <= int(plain) <= len(names):
        return int(plain) - 1
    raise Refusal(f"应填{'、'.join(names)}或 1 至 {len(names)}，现为“{text}”。")


class BallotForm(QWidget):
    """An empty ballot on the screen; 记入 counts it and clears it for the next."""

    done = Signal(int)  # how many ballots were counted

    def __init__(
        self, appraisal_id: int, rater: Rater, items: tuple[Item, ...], people: list[GridRow]
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._appraisal_id, self._rater, self._items = appraisal_id, rater, items
        self._people = people
        self._given: dict[int, tuple[Any, ...]] = {}
        self.counted = 0
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.setSpacing(unit(1))
        box.addWidget(label(f"逐票录入：{rater.name}", "title"))
        box.addWidget(
            label(
                "照着一张票往下录，录完按“记入这一票”（Ctrl+回车），再录下一张。空着的格子是弃权。",
                "muted",
                wrap=True,
            )
        )
        self.grid = ScoreGrid()
        self.grid.setAccessibleName("一张测评票")
        box.addWidget(self.grid, 1)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        line = QHBoxLayout()
        self._count = label("", "muted")
        line.addWidget(self._count, 1)
        line.addWidget(button("结束录入", lambda: self.done.emit(self.counted)))
        self.keep = button("记入这一票", self.submit, primary=True)
        self.keep.setShortcut("Ctrl+Return")
        line.addWidget(self.keep)
        box.addLayout(line)
        self.grid.explained.connect(self.fault.setText)
        self._fresh()

    def _fresh(self) -> None:
        self._given = {}
        blank = tuple(None for _ in self._items)
        model = ScoreModel(
            [ballot_column(item, self._rater) for item in self._items],
            [GridRow(one.key, one.title, blank, one.note) for one in self._people],
        )
        model.setParent(self.grid)
        model.edited.connect(self._given.update)
        self.grid.show_model(model)
        self.grid.setFocus()
        self._count.setText(f"已记入 {self.counted} 票，正在录第 {self.counted + 1} 票")

    def submit(self) -> None:
        """Count this ballot."""
        if self.grid.boxes().faulty:
            self.fault.setText("还有标红的格子，请先改好。")
            return
        ballot = {
            key: list(cells)
            for key, cells in self._given.items()
            if any(cell is not None for cell in cells)
        }
        if not ballot:
            self.fault.setText("这张票还是空的。整张弃权的票不用录，只在计票记录里计数。")
            return
        appraisal_id, rater = self._appraisal_id, self._rater.id
        self.keep.setEnabled(False)
        Write(self, lambda: add_ballots(Appraisal.get_by_id(appraisal_id), rater, [ballot])).then(
            self._kept
        ).failed(self._lost).start()

    def _kept(self, _count: int) -> None:
        self.counted += 1
        self.keep.setEnabled(True)
        self.fault.setText("")
        self._fresh()

    def _lost(self, problem: Exception) -> bool:
        self.keep.setEnabled(True)
        if not isinstance(problem, Refusal):
            return False
        self.fault.setText(problem.message)
        return True
