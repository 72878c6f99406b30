"""认定与数据: the yes-or-no questions, numbers and review grades of a round, in one grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db import access, journal
from db.bulk import update_rows
from db.errors import Refusal
from db.rating import sources
from db.rating.gathering import gather
from db.rating.marking import accepts_marks, answer, fill
from db.registers.appraisal import Appraisal, Participant
from db.rules.quota import decimal
from db.rules.scheme import Scheme
from db.rules.scheme_items import Banded, Drawn
from desktop.pages.appraisal.state import RoundState
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.editors import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.page import label
from desktop.widgets.score_grid import ScoreGrid
from desktop.widgets.score_model import GridColumn, GridRow, ScoreModel

_YES = {"是", "1", "√", "y", "Y", "有", "对"}
_NO = {"否", "0", "×", "n", "N", "无"}


@dataclass(frozen=True)
class Fact:
    """One column: where it is kept, and how it looks."""

    kind: str
    key: str
    column: GridColumn


def facts_of(rules: Scheme) -> list[Fact]:
    """What has to be said of each subject beside the marks."""
    found = [
        Fact(
            "answers", key, GridColumn(words, "填“是”或“否”，空着是尚未认定", _yes_no, _show_yes_no)
        )
        for key, words in rules.flags()
    ]
    for item in rules.items:
        if isinstance(item, Banded):
            for one in item.measures:
                heading = f"{one.name}{f'（{one.unit.strip()}）' if one.unit.strip() else ''}"
                found.append(_number(one.source or f"{item.id}.{one.id}", heading, item.standard))
        elif isinstance(item, Drawn):
            heading = f"{item.name}（{item.unit.strip() or '数'}）"
            where = f"取自{sources.label_of(item.source)}；台账里没有时在此填写，填写的优先"
            found.append(_number(item.source, heading, where))
    if rules.review is not None:
        names = [grade.name for grade in rules.review.grades]
        tip = f"填{'、'.join(names)}；当年民主评议已归档的会自动取用"
        found.append(
            Fact(
                "review",
                "review",
                GridColumn(rules.review.name, tip, partial(_grade, names), lambda v: v or ""),
            )
        )
    return found


def _number(key: str, heading: str, tip: str) -> Fact:
    def read(text: str) -> str | None:
        plain = text.strip().replace("，", "").replace(",", "")
        if not plain:
            return None
        try:
            Fraction(plain)
        except (ValueError, ZeroDivisionError):
            raise Refusal(f"“{heading}”应填数，“{text}”不是。") from None
        return plain

    return Fact("numbers", key, GridColumn(heading, tip, read, lambda value: value or ""))


def _yes_no(text: str) -> bool | None:
    plain = text.strip()
    if not plain:
        return None
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Refusal(f"应填“是”或“否”，“{text}”看不懂。")


def _show_yes_no(value: bool | None) -> str:
    return {True: "是", False: "否", None: ""}[value]


def _grade(names: list[str], text: str) -> str | None:
    plain = text.strip()
    if not plain:
        return None
    if plain not in names:
        raise Refusal(f"应填{'、'.join(names)}之一，现为“{text}”。")
    return plain


class FactsTab(QWidget):
    """The grid of facts of a branch or of everybody."""

    said = Signal(str, str)
    saved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._state: RoundState | None = None
        self._facts: list[Fact] = []
        self._kept: dict[int, tuple[Any, ...]] = {}
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        line = QHBoxLayout()
        self.branch = Choices()
        self.branch.setAccessibleName("党支部")
        self.branch.activated.connect(lambda _at: self.load())
        line.addWidget(self.branch, 3)
        self._words = label("台账里有的数已取来，可以改填；空着的请填写。", "muted")
        line.addWidget(self._words, 4)
        box.addLayout(line)
        self.grid = ScoreGrid()
        self.grid.setAccessibleName("认定与数据")
        self._none = Empty("没有要认定或填写的", "本办法的结果只由评分和记分决定。", meaning="good")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._none)
        box.addWidget(self._stack, 1)
        self.fault = label("", "fault", wrap=True)
        self.fault.hide()
        box.addWidget(self.fault)
        self.grid.explained.connect(self._on_explained)

    def show_round(self, state: RoundState) -> None:
        """Offer the branches; read when it is another round."""
        before, self._state = self._state, state
        if before is not None and before.appraisal.id == state.appraisal.id:
            if (before.appraisal.step, before.rated) != (state.appraisal.step, state.rated):
                self.load()
            return
        self._facts = facts_of(state.rules)
        self.branch.clear()
        self.branch.addItem(f"全部（{state.rated}）", None)
        for branch in state.branches:
            self.branch.addItem(f"{branch.name}（{branch.rated}）", branch.id)
        self.load()

    def load(self) -> None:
        """Read what is known."""
        state = self._state
        if state is None or not self._facts or not state.rated:
            self._stack.setCurrentWidget(self._none)
            return
        branch, facts, appraisal_id = self.branch.currentData(), self._facts, state.appraisal.id

        def read() -> list[GridRow]:
            rows = []
            for row, inputs in gather(Appraisal.get_by_id(appraisal_id)):
                if branch is not None and row.branch_id != branch:
                    continue
                cells: list[Any] = []
                for fact in facts:
                    if fact.kind == "answers":
                        cells.append((row.answers or {}).get(fact.key))
                    elif fact.kind == "numbers":
                        value = inputs.values.get(fact.key)
                        cells.append(None if value is None else decimal(Fraction(value)))
                    else:
                        cells.append(inputs.review or None)
                rows.append(GridRow(row.id, row.name, tuple(cells), row.branch_name))
            return rows

        Read(self, read).then(self._show).start()

    def _show(self, rows: list[GridRow]) -> None:
        state = self._state
        if state is None:
            return
        self._kept = {row.key: row.cells for row in rows}
        may = accepts_marks(state.appraisal) and access.can("write", "appraisal")
        model = ScoreModel([fact.column for fact in self._facts], rows, editable=may)
        model.setParent(self.grid)
        model.edited.connect(self._save)
        model.refused.connect(lambda _count, why: self.said.emit(why, "warn"))
        self.grid.show_model(model)
        self._stack.setCurrentWidget(self.grid if rows else self._none)

    def _save(self, rows: dict[int, tuple[Any, ...]]) -> None:
        changes: list[tuple[Fact, Any, int]] = []
        for key, cells in rows.items():
            before = self._kept.get(key, (None,) * len(cells))
            changes += [
                (fact, new, key)
                for fact, old, new in zip(self._facts, before, cells, strict=True)
                if old != new
            ]
            self._kept[key] = cells
        grouped: dict[tuple[str, str, Any], list[int]] = {}
        for fact, new, key in changes:
            grouped.setdefault((fact.kind, fact.key, new), []).append(key)
        Write(self, lambda: _keep(grouped)).then(lambda _none: self.saved.emit()).failed(
            self._lost
        ).start()

    def _lost(self, _problem: Exception) -> bool:
        self.load()
        return False

    def _on_explained(self, reason: str) -> None:
        self.fault.setText(reason)
        self.fault.setVisible(bool(reason))


def _keep(grouped: dict[tuple[str, str, Any], list[int]]) -> None:
    """Write the same value of one fact for many at once, all in one operation."""
    writers: dict[str, Callable[[list[Participant], str, Any], int]] = {
        "answers": answer,
        "numbers": fill,
        "review": _review,
    }
    with journal.operation("填写认定事项和数据", kind="rating"):
        for (kind, key, value), ids in grouped.items():
            rows = list(Participant.select().where(Participant.id.in_(ids)))
            writers[kind](rows, key, value)


def _review(rows: list[Participant], key: str, value: str | None) -> int:
    del key
    return update_rows(Participant, ("review",), [(row.id, (value or "",)) for row in rows])
