"""参评与结果: everybody in the round, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QSplitter, QVBoxLayout, QWidget

from db import access
from db.fields import Flag, PartialDate, Score, Text
from db.rating.amending import amend, give_reason, recognise
from db.rating.marking import accepts_marks, book, veto
from db.rating.opening import set_aside
from db.registers.appraisal import Participant
from db.rules import dates
from db.rules.scheme_items import Events
from db.rules.scoring_items import show
from desktop.pages.appraisal.state import RoundState
from desktop.pages.appraisal.why_panel import WhyPanel
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editors import Choices
from desktop.widgets.listing import Listing
from desktop.widgets.offer import Offer
from desktop.widgets.page import button, label
from desktop.widgets.table_model import TableModel
from desktop.widgets.table_view import TableView

P = Participant
_COLUMNS = (P.name, P.level, P.total, P.movement, P.last_level, P.state, P.branch_name, P.missing)
_ALL = (
    *_COLUMNS,
    P.category,
    P.reason,
    P.reckoned,
    P.decided,
    P.decided_reason,
    P.review,
    P.movement_reason,
    P.notes,
)


class PeopleTab(QWidget):
    """The list with its filters, and the explanation at the right."""

    wants_paper = Signal(str, object)  # form id, participant ids
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._state: RoundState | None = None
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        self.search = QLineEdit()
        self.search.setPlaceholderText("姓名或名称")
        self.search.setAccessibleName("按姓名查找")
        self.search.setClearButtonEnabled(True)
        self.branch, self.level, self.kind = Choices(), Choices(), Choices()
        for control, name in (
            (self.branch, "党支部"),
            (self.level, "星级（等次）"),
            (self.kind, "参评情况"),
        ):
            control.setAccessibleName(name)
            control.activated.connect(lambda _at: self.ask())
        line.addWidget(self.search, 2)
        line.addWidget(self.branch, 3)
        line.addWidget(self.level, 2)
        line.addWidget(self.kind, 2)
        self._count = label("", "muted")
        line.addWidget(self._count)
        self.handle = button("处理", meaning="edit", tip="免评、记分、否决、认定、升降原因、更正")
        self.handle.setMenu(QMenu(self.handle))
        self.handle.menu().aboutToShow.connect(self._fill)
        line.addWidget(self.handle)
        box.addLayout(line)
        self.model = TableModel(Listing(P, _COLUMNS, (P.id == -1,)), self)
        self.table = TableView("appraisal_participant@round")
        self.table.setAccessibleName("参评对象列表")
        self.table.show_model(self.model, _ALL)
        self.why = WhyPanel()
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.why)
        em = look().measure.characters
        self.splitter.setSizes([em(48), em(30)])
        self.splitter.setStretchFactor(0, 1)
        box.addWidget(self.splitter, 1)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(80)
        self._typing.timeout.connect(self.ask)
        self._picking = QTimer(self)
        self._picking.setSingleShot(True)
        self._picking.setInterval(40)
        self._picking.timeout.connect(lambda: self.why.show_id(self.table.current_id()))
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.table.picked.connect(lambda _row: self._picking.start())
        self.model.counted.connect(lambda count: self._count.setText(f"{count:,} 条"))
        self.why.wants_paper.connect(
            lambda row: self.wants_paper.emit("appraisal_participant_why", (row,))
        )

    def show_round(self, state: RoundState) -> None:
        """Show the people of a round; the filters stay when it is the same round again."""
        same = self._state is not None and self._state.appraisal.id == state.appraisal.id
        self._state = state
        self._offer(self.branch, "全部支部", [(b.id, b.name) for b in state.branches], same)
        levels = [(name, f"{name}（{count}）") for name, count in state.levels.items()]
        levels.append(("-", "未有结果"))
        self._offer(self.level, "全部等次", levels, same)
        kinds = [
            ("rated", "参评"),
            ("exempt", "免评"),
            ("excluded", "不参评"),
            ("hint", "可申请免评"),
        ]
        self._offer(self.kind, "全部", kinds, same)
        if not same:
            self.search.clear()
        self.ask()
        self.why.again()

    def _offer(
        self, box: Choices, everything: str, items: Sequence[tuple[Any, str]], keep: bool
    ) -> None:
        chosen = box.currentData() if keep else None
        box.clear()
        box.addItem(everything, None)
        for value, words in items:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(chosen)) if chosen is not None else 0)

    def ask(self) -> None:
        """Read the list with the filters that are on."""
        if self._state is None:
            return
        where: list[Any] = [P.appraisal == self._state.appraisal.id]
        if words := self.search.text().strip():
            where.append(P.name.contains(words))
        if (branch := self.branch.currentData()) is not None:
            where.append(P.branch == branch)
        if level := self.level.currentData():
            where.append(
                (P.level == "") & (P.state == "rated") if level == "-" else P.level == level
            )
        if kind := self.kind.currentData():
            hinted = P.notes.startswith("可申请免评") & (P.state == "rated")
            where.append(hinted if kind == "hint" else P.state == kind)
        now = self.model.listing
        self.model.ask(
            Listing(P, now.columns, tuple(where), sort=now.sort, descending=now.descending)
        )

    def refresh(self) -> None:
        """Read again what is shown."""
        self.model.touch(frozenset())
        self.why.again()

    def chosen(self) -> list[int]:
        """The participants that are meant: the selected rows."""
        return self.table.chosen_ids()

    # -- decisions ---------------------------------------------------------------------

    def _fill(self) -> None:
        menu = self.handle.menu()
        menu.clear()
        ids = self.chosen()
        state = self._state
        if state is None or not ids:
            menu.addAction("请先在列表里选中对象").setEnabled(False)
            return
        head = menu.addAction(f"已选 {len(ids)} {state.unit}")
        head.setEnabled(False)
        menu.addSeparator()
        open_ = not state.appraisal.sealed_on and access.can("write", "appraisal")
        marks = open_ and accepts_marks(state.appraisal)
        one = len(ids) == 1
        steps: list[tuple[str, Callable[[list[int]], AskForm], bool]] = [
            ("免评…", self._ask_exempt, open_),
            ("不参评…", self._ask_exclude, open_),
            ("恢复参评…", self._ask_back, open_),
            ("记分…", self._ask_event, marks and bool(self._clauses())),
            ("一票否决…", self._ask_veto, marks and one and bool(state.rules.vetoes)),
            ("组织认定…", self._ask_recognise, open_ and one),
            ("升降原因…", self._ask_reason, open_),
            (
                "更正…",
                self._ask_amend,
                bool(state.appraisal.sealed_on) and one and access.can("approve", "appraisal"),
            ),
        ]
        for words, ask, may in steps:
            action = menu.addAction(words)
            action.setEnabled(may)
            action.triggered.connect(partial(self._open, ask, ids))

    def _open(self, ask: Callable[[list[int]], AskForm], ids: list[int], _on: bool = False) -> None:
        self.why.ask(ask(ids))

    def _names(self, ids: list[int]) -> str:
        return f"{len(ids)} {self._state.unit}" if self._state and len(ids) > 1 else "这个对象"

    def _clauses(self) -> list[tuple[str, str]]:
        if self._state is None:
            return []
        found = []
        for item in self._state.rules.items:
            if isinstance(item, Events):
                for one in item.clauses:
                    points = (
                        show(one.low)
                        if one.low == one.high
                        else f"{show(one.low)}—{show(one.high)}"
                    )
                    found.append((f"{item.id}/{one.id}", f"{item.name}：{one.text}（{points}）"))
        return found

    def _ask_exempt(self, ids: list[int]) -> AskForm:
        assert self._state is not None
        known = [(one.name, one.name) for one in self._state.rules.exemptions]
        return AskForm(
            f"免评：{self._names(ids)}",
            "免评的原因和依据会印在未评人员名单上。",
            (
                ("reason", Offer("原因", known or [("其他", "其他")], required=True), ""),
                ("wish", Flag("本人申请"), 1),
                ("on", PartialDate("党员大会通过日期"), ""),
            ),
            lambda given: set_aside(
                _rows(ids),
                "exempt",
                given["reason"],
                wish=bool(given["wish"]),
                meeting_on=given["on"],
            ),
            "登记免评",
        )

    def _ask_exclude(self, ids: list[int]) -> AskForm:
        return AskForm(
            f"不参评：{self._names(ids)}",
            "",
            (("reason", Text("原因", required=True, max_length=100), ""),),
            lambda given: set_aside(_rows(ids), "excluded", given["reason"]),
            "设为不参评",
        )

    def _ask_back(self, ids: list[int]) -> AskForm:
        return AskForm(
            f"恢复参评：{self._names(ids)}",
            "原来的评分还在，恢复后重新计算。",
            (),
            lambda _given: set_aside(_rows(ids), "rated", ""),
            "恢复",
        )

    def _ask_event(self, ids: list[int]) -> AskForm:
        def work(given: dict[str, Any]) -> None:
            item, _, clause = given["clause"].partition("/")
            book(_rows(ids), item, clause, given["on"], given["points"], given["words"])

        return AskForm(
            f"记分：{self._names(ids)}",
            "固定分值的不用填分；有幅度的按情节填。",
            (
                ("clause", Offer("情形", self._clauses(), required=True), ""),
                ("on", PartialDate("日期", required=True), dates.today()),
                ("points", Score("分值", minimum=None), None),
                ("words", Text("事由", max_length=200), ""),
            ),
            work,
            "记分",
        )

    def _ask_veto(self, ids: list[int]) -> AskForm:
        assert self._state is not None
        known = [("", "（撤销否决）"), *((one.id, one.text) for one in self._state.rules.vetoes)]
        return AskForm(
            "一票否决",
            "选中的情形按办法处理；选第一项撤销。",
            (
                ("veto", Offer("情形", known), ""),
                ("words", Text("依据", max_length=200, help_text="处分文号等"), ""),
            ),
            lambda given: veto(
                _rows(ids)[0], [given["veto"]] if given["veto"] else [], given["words"]
            ),
        )

    def _ask_recognise(self, ids: list[int]) -> AskForm:
        assert self._state is not None
        levels = [(one.name, one.name) for one in reversed(self._state.rules.levels)]
        return AskForm(
            "组织认定等次",
            "认定与测算不一致时写明理由；空着等次就是撤销认定。",
            (
                ("level", Offer("认定等次", levels), ""),
                ("reason", Text("理由", max_length=200), ""),
            ),
            lambda given: recognise(_rows(ids)[0], given["level"], given["reason"]),
            "认定",
        )

    def _ask_reason(self, ids: list[int]) -> AskForm:
        return AskForm(
            f"升降原因：{self._names(ids)}",
            "",
            (("reason", Text("原因", required=True, max_length=200), ""),),
            lambda given: give_reason(_rows(ids), given["reason"]),
            "保存",
        )

    def _ask_amend(self, ids: list[int]) -> AskForm:
        assert self._state is not None
        levels = [(one.name, one.name) for one in reversed(self._state.rules.levels)]
        return AskForm(
            "更正归档结果",
            "原结果留在更正记录里，公示和花名册按更正后的印。",
            (
                ("level", Offer("更正为", levels, required=True), ""),
                ("total", Score("更正后得分", minimum=None), None),
                ("reason", Text("理由", required=True, max_length=300), ""),
                ("by", Text("批准人", required=True, max_length=40), ""),
                ("document", Text("文号", max_length=40), ""),
            ),
            lambda given: amend(
                _rows(ids)[0],
                given["level"],
                given["reason"],
                given["by"],
                total=given["total"],
                document=given["document"],
            ),
            "更正",
        )


def _rows(ids: list[int]) -> list[Participant]:
    return list(Participant.select().where(Participant.id.in_(ids)).order_by(Participant.id))
