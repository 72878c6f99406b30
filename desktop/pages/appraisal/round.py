"""One round: its steps above, people, marks, facts, meetings and objections below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from db import access
from db.fields import Choice, Number, PartialDate, Text
from db.rating import steps
from db.rating.amending import hand_out
from db.rating.opening import refresh as refresh_list
from db.rating.reckoning import reckon
from db.registers.appraisal import Appraisal, Meeting, Objection, Turnout
from db.rules import dates
from desktop.pages.appraisal.events import EventsTab
from desktop.pages.appraisal.facts import FactsTab, facts_of
from desktop.pages.appraisal.people import PeopleTab
from desktop.pages.appraisal.scoring import ScoreTab
from desktop.pages.appraisal.state import RoundState, read_round
from desktop.pages.appraisal.ties import TieForm
from desktop.tasks import Read, Write
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.detail_tab import DetailTab
from desktop.widgets.page import button, label
from desktop.widgets.steps_bar import Step, StepsBar

TYPING_PAUSE = 900  # ms after the last box before the page around the grid is read again


class RoundView(QWidget):
    """A round, from the draft to the plates."""

    loaded = Signal(object)  # RoundState
    said = Signal(str, str)
    wants_paper = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.state: RoundState | None = None
        self._wanted: int | None = None
        self._stale = False
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        self.bar = StepsBar()
        box.addWidget(self.bar)
        line = QHBoxLayout()
        line.setSpacing(unit(1))
        self.obstacles = label("", "flaw", wrap=True)
        line.addWidget(self.obstacles, 1)
        self.tie = button("处理同分", self._open_tie, meaning="scheme")
        self.reckon = button("计算", self.reckon_now, meaning="refresh", tip="按评分重新计算（F5）")
        self.reckon.setShortcut("F5")
        self.more = button("更多", meaning="more")
        self.more.setMenu(QMenu(self.more))
        self.more.menu().aboutToShow.connect(self._fill)
        self.advance = button("完成这一步", self._ask_advance, meaning="forward", primary=True)
        for each in (self.tie, self.reckon, self.more, self.advance):
            line.addWidget(each)
        box.addLayout(line)
        self.people, self.score, self.facts = PeopleTab(), ScoreTab(), FactsTab()
        self.events = EventsTab()
        self.meetings = DetailTab(Meeting, Meeting.appraisal)
        self.meetings.begins_with = self._meeting
        self.turnouts = DetailTab(Turnout, Turnout.appraisal)
        self.objections = DetailTab(Objection, Objection.appraisal)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("这一轮的各项")
        for widget, words in (
            (self.people, "参评与结果"),
            (self.score, "打分"),
            (self.events, "记分"),
            (self.facts, "认定与数据"),
            (self.meetings, "评定会议"),
            (self.turnouts, "计票"),
            (self.objections, "公示异议"),
        ):
            self.tabs.addTab(widget, words)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.tabs)
        box.addWidget(self._stack, 1)
        self._form: QWidget | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE)
        self._pause.timeout.connect(self._refresh_all)
        for tab in (self.score, self.facts):
            tab.said.connect(self.said.emit)
            tab.saved.connect(self._on_marks)
        self.events.saved.connect(self._on_marks)
        self.people.wants_paper.connect(self.wants_paper.emit)
        self.people.why.asked.connect(self.reckon_now)
        self.tabs.currentChanged.connect(lambda _at: self._when_back())
        self.tabs.tabBarClicked.connect(self._to_grid)
        for detail, words in (
            (self.meetings, "评定会议"),
            (self.turnouts, "计票"),
            (self.objections, "公示异议"),
        ):
            detail.counted.connect(partial(self._on_counted, detail, words))

    # -- reading -----------------------------------------------------------------------

    def show_id(self, appraisal_id: int) -> None:
        """Show a round."""
        if appraisal_id != self._wanted:
            self.tabs.setCurrentIndex(0)
        self._wanted = appraisal_id
        self._drop_form()
        self.load()

    def load(self) -> None:
        """Read the round again."""
        wanted = self._wanted
        if wanted is not None:
            Read(self, lambda: read_round(wanted)).then(self._show).start()

    def _show(self, state: RoundState | None) -> None:
        if state is None or state.appraisal.id != self._wanted:
            return
        self.state = state
        sealed = bool(state.appraisal.sealed_on)
        self.bar.show_steps(
            tuple(Step(s.name, s.state, s.ended_on.replace("-", ".")) for s in state.steps)
        )
        now = next((s for s in state.steps if s.state == "now"), None)
        words = "；".join(now.obstacles) if now else ""
        words = f"还差：{words}。" if words else ""
        may = access.can("write", "appraisal") and not sealed
        deciding = not sealed and state.rules.steps[state.appraisal.step].kind == "decision"
        may_go_on = access.can("approve", "appraisal") if deciding else may
        if may and not may_go_on:
            words += "这一步由有“审批”权限的人登录后完成。"
        self.obstacles.setText(words)
        self.advance.setVisible(may_go_on and not sealed)
        if now is not None:
            last = now.position + 1 == len(state.steps)
            self.advance.setText(" 归档" if last else f" 完成“{now.name}”")
        self.reckon.setVisible(may)
        self.tie.setVisible(may and bool(state.ties))
        self.tie.setText(f" 处理同分（{len(state.ties)}）")
        self.people.show_round(state)
        self.score.show_round(state)
        self.facts.show_round(state)
        books = EventsTab.belongs(state)
        marked = any(state.rules.sheet.values())
        for tab, on in (
            (self.events, books),
            (self.score, marked),
            (self.turnouts, any(rater.ballot for rater in state.rules.raters)),
            (self.facts, bool(facts_of(state.rules))),
        ):
            self.tabs.setTabVisible(self.tabs.indexOf(tab), on)
        if books:
            self.events.show_round(state)
        for tab in (self.meetings, self.turnouts, self.objections):
            tab.closed = sealed
            tab.show_root(state.appraisal)
        self.loaded.emit(state)

    def refresh(self, changes: Any = None) -> None:
        """Something changed elsewhere or here; while boxes are filled, the rest waits for a pause."""
        if self.tabs.currentWidget() in (self.score, self.facts) and self._form is None:
            self._pause.start()
            return
        self._refresh_all(changes)

    def _refresh_all(self, changes: Any = None) -> None:
        for tab in (self.meetings, self.turnouts, self.objections):
            tab.refresh(changes)
        self.people.refresh()
        self.load()

    def dirty(self) -> bool:
        """Whether something typed is not kept."""
        return bool(self.score.faulty()) or any(
            tab.dirty for tab in (self.meetings, self.turnouts, self.objections)
        )

    def _on_counted(self, tab: DetailTab, words: str, count: int) -> None:
        self.tabs.setTabText(self.tabs.indexOf(tab), f"{words} {count}" if count else words)

    def _on_marks(self) -> None:
        self._stale = True

    def _meeting(self) -> dict[str, Any]:
        """The meeting held today by the only branch there is."""
        given: dict[str, Any] = {"held_on": dates.today()}
        branches = self.state.branches if self.state is not None else ()
        if len(branches) == 1 and branches[0].id is not None:
            given["organization_id"] = branches[0].id
        return given

    def _to_grid(self, at: int) -> None:
        # Who clicked 打分 means to type; the arrow keys on the tabs stay with the tabs.
        if self.tabs.widget(at) is self.score:
            QTimer.singleShot(0, self.score.grid.setFocus)

    def _when_back(self) -> None:
        if self._stale and self.tabs.currentWidget() is self.people:
            self.reckon_now()

    # -- verbs -------------------------------------------------------------------------

    def reckon_now(self) -> None:
        """Reckon the round and show what came of it."""
        wanted = self._wanted
        if wanted is None or (self.state is not None and self.state.appraisal.sealed_on):
            self.load()
            return
        self._stale = False

        def work() -> tuple[int, int, tuple[str, ...]]:
            found = reckon(Appraisal.get_by_id(wanted))
            return found.judged, len(found.waiting), found.reminders

        Write(self, work).then(self._on_reckoned).start()

    def _on_reckoned(self, found: tuple[int, int, tuple[str, ...]]) -> None:
        judged, waiting, reminders = found
        words = f"已算出 {judged} 个结果" + (f"，{waiting} 个还不能定" if waiting else "")
        if reminders:
            words += "；" + "；".join(reminders)
        self.said.emit(words + "。", "note" if not reminders else "warn")
        self.load()

    def _open_tie(self) -> None:
        if self.state is None or not self.state.ties:
            return
        form = TieForm(self.state.appraisal.id, self.state.ties[0])
        form.done.connect(self._done)
        form.gave_up.connect(self._drop_form)
        self._put_form(form)

    def _put_form(self, form: QWidget) -> None:
        self._drop_form()
        self._form = form
        self._stack.addWidget(form)
        self._stack.setCurrentWidget(form)

    def _drop_form(self) -> None:
        if self._form is not None:
            self._stack.removeWidget(self._form)
            self._form.deleteLater()
            self._form = None
        self._stack.setCurrentWidget(self.tabs)

    def _done(self) -> None:
        self._drop_form()
        # The form took the focus with it; the next step is the likeliest thing to do.
        self.advance.setFocus()
        self.load()

    def _ask(self, form: AskForm) -> None:
        frame = QWidget()
        frame.setObjectName("panel")
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        unit = look().measure.units
        box = QHBoxLayout(frame)
        box.setContentsMargins(unit(2), unit(1.5), unit(2), unit(1.5))
        box.addWidget(form, 3)
        box.addStretch(2)
        form.done.connect(self._done)
        form.gave_up.connect(self._drop_form)
        self._put_form(frame)
        form.focus_first()

    def _ask_advance(self) -> None:
        state = self.state
        if state is None:
            return
        now = state.rules.steps[state.appraisal.step]
        fields: list[tuple[str, Any, Any]] = []
        if now.kind == "decision":
            a = state.appraisal
            fields += [
                ("document", Text("审定文号", required=True, max_length=40), a.document),
                (
                    "by",
                    Text("审定机关", required=True, max_length=60),
                    a.decided_by or state.decider,
                ),
            ]
        fields.append(("on", PartialDate("完成日期", required=True), dates.today()))
        fields.append(("words", Text("说明", max_length=300), ""))
        wanted, decision = self._wanted, now.kind == "decision"

        def work(given: dict[str, Any]) -> None:
            appraisal = Appraisal.get_by_id(wanted)
            if decision:
                steps.decide(appraisal, given["document"], given["on"], given["by"])
            steps.advance(appraisal, given["on"], words=given["words"])

        following = state.rules.steps[state.appraisal.step + 1 : state.appraisal.step + 2]
        words = (
            f"下一步是“{following[0].name}”。"
            if following
            else "完成后归档，连同所用办法一起封存。"
        )
        if following and following[0].kind == "notice":
            words += f"公示 {state.appraisal.notice_days} 天，从完成日期起算。"
        self._ask(AskForm(f"完成“{now.name}”", words, fields, work, "完成"))

    def _fill(self) -> None:
        menu = self.more.menu()
        menu.clear()
        state = self.state
        if state is None:
            return
        a = state.appraisal
        open_ = not a.sealed_on and access.can("write", "appraisal")
        kind = state.rules.steps[a.step].kind
        entries: list[tuple[str, Callable[[], object], bool]] = [
            ("退回上一步…", self._ask_back, open_ and a.step > 0),
            ("按现在的台账更新参评名单", self._refresh_list, open_ and a.step == 0),
            ("公示日期…", self._ask_notice, open_ and kind == "notice"),
            ("登记授星牌…", self._ask_plates, access.can("write", "appraisal")),
        ]
        for words, slot, may in entries:
            action = menu.addAction(words)
            action.setEnabled(may)
            action.triggered.connect(partial(self._call, slot))

    def _call(self, slot: Callable[[], object], _on: bool = False) -> None:
        slot()

    def _ask_back(self) -> None:
        wanted = self._wanted
        self._ask(
            AskForm(
                "退回上一步",
                "退回的原因记在步骤里。",
                (("reason", Text("原因", required=True, max_length=200), ""),),
                lambda given: steps.go_back(Appraisal.get_by_id(wanted), given["reason"]),
                "退回",
            )
        )

    def _refresh_list(self) -> None:
        wanted = self._wanted
        Write(self, lambda: refresh_list(Appraisal.get_by_id(wanted))).then(
            lambda found: self.said.emit(f"新增 {found[0]} 个，移出 {found[1]} 个。", "note")
        ).start()

    def _ask_notice(self) -> None:
        assert self.state is not None
        a, wanted = self.state.appraisal, self._wanted
        self._ask(
            AskForm(
                "公示日期",
                "首日计入；按工作日的，遇节假日顺延。",
                (
                    ("first", PartialDate("开始日期", required=True), a.notice_from),
                    ("days", Number("天数", minimum=1, maximum=60, required=True), a.notice_days),
                    ("unit", Choice("单位", "day_unit", required=True), a.notice_unit),
                ),
                lambda given: steps.set_notice(
                    Appraisal.get_by_id(wanted), given["first"], given["days"], given["unit"]
                ),
                "保存",
            )
        )

    def _ask_plates(self) -> None:
        wanted = self._wanted
        self._ask(
            AskForm(
                "登记授星牌",
                "给够得上挂牌等次、还没有牌的逐一编号；编号里 {年}、{序号:3} 会换成年度和三位序号。",
                (
                    ("on", PartialDate("授牌日期", required=True), dates.today()),
                    ("number", Text("编号样式", required=True, max_length=24), "{年}-{序号:3}"),
                    ("start", Number("起始序号", minimum=1, required=True), 1),
                ),
                lambda given: hand_out(
                    Appraisal.get_by_id(wanted), given["on"], given["number"], given["start"]
                ),
                "登记",
            )
        )
