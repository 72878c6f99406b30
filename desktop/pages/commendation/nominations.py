"""推荐对象: the list of a round with a mark for each, the one chosen at the right."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from db import access
from db.codes import code_list
from db.commending.deciding import Choice, select_by_rank
from db.commending.nominating import Outcome, nominate_outsider, rank, refresh_snapshots, set_state
from db.commending.quotas import award_types
from db.commending.reviewing import check_all
from db.fields import Name, Text
from db.registers.commendation import AwardType, Commendation, Nomination, Opinion
from desktop.pages.commendation.choosing import Choosing
from desktop.pages.commendation.findings import FindingsView
from desktop.pages.commendation.lines import listed
from desktop.pages.commendation.reckoned_table import Head, ReckonedTable, Row
from desktop.pages.commendation.signing import ask_opinion
from desktop.tasks import Job, Progress, Read, Write
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.editors import Choices
from desktop.widgets.empty import Empty
from desktop.widgets.flow import Flow
from desktop.widgets.form_box import scrolled
from desktop.widgets.page import button, label, named, tell
from desktop.widgets.reason import ReasonBar
from desktop.widgets.record_panel import RecordPanel

_GROUPS = (
    Group("事迹", Nomination.brief, Nomination.deeds, Nomination.resume),
    Group("推荐", Nomination.name, Nomination.award_type, Nomination.nominator, Nomination.rank,
          Nomination.state, Nomination.state_reason, Nomination.posthumous),
    Group("个人或单位情况", Nomination.sex, Nomination.ethnicity, Nomination.born_on,
          Nomination.political_status, Nomination.education, Nomination.unit_name,
          Nomination.post_title, Nomination.phone, Nomination.id_number),
)  # fmt: skip
_OPEN = ("draft", "nominating", "reviewing")


class NominationsTab(QWidget):
    """Put forward, rank, review, select."""

    told = Signal(str, str)  # words, kind

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._round: Any = None
        self._types: list[Any] = []
        self._waiting_state = ""
        unit = look().measure.units
        box = QVBoxLayout(self)
        box.setContentsMargins(0, unit(1), 0, 0)
        box.setSpacing(unit(1))
        self._stack = QStackedWidget()
        box.addWidget(self._stack)
        self._whole = QWidget()
        inside = QVBoxLayout(self._whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(unit(1))
        what, keys = Flow(), Flow(right=True)
        self.which = Choices()
        named(self.which, "表彰项目")
        self.which.setMinimumWidth(look().measure.characters(15))
        self.which.activated.connect(lambda _at: self._read())
        what.addWidget(self.which)
        self._sentence = label("", "muted")
        what.addWidget(self._sentence)
        self._add = button("推荐…", meaning="add", tip="从台账里选，或添加其他对象")
        self._add.setMenu(QMenu(self._add))
        self._add.menu().aboutToShow.connect(self._fill_add)
        self._review = button("资格审查", self.review, meaning="verify")
        self._choose = button("按名额确定入选", self._select, tip="按推荐顺序，名额内入选")
        for key in (self._add, self._review, self._choose):
            keys.addWidget(key)
        head = QHBoxLayout()
        head.setSpacing(unit(1))
        head.addLayout(what, 1)
        head.addLayout(keys)
        inside.addLayout(head)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        inside.addWidget(self.splitter, 1)
        self._stack.addWidget(self._whole)
        self._make_list()
        self._make_panel()

    def _make_list(self) -> None:
        unit = look().measure.units
        left = QWidget()
        left.setObjectName("clear")
        left.setMinimumWidth(look().measure.characters(14.3))
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(unit(1))
        self.table = ReckonedTable(
            "推荐对象",
            (
                Head("顺序", 2.5, number=True),
                Head("姓名或名称", 10),
                Head("状态", 3),
                Head("审查", 4),
                Head("事迹", 4, number=True),
                Head("推荐单位", 14),
                Head("称号", 10),
            ),
        )
        self.table.picked.connect(self._on_picked)
        self.table.activated_row.connect(lambda _row: self.panel.edit())
        self._which = QStackedWidget()
        self._which.setMinimumHeight(1)
        self._which.addWidget(self.table)
        self._none = Empty(
            "还没有推荐对象",
            "点“推荐…”从党员或党组织里选，可以一次选多个。",
            meaning="commendation",
        )
        self._which.addWidget(self._none)
        box.addWidget(self._which, 1)
        self._reason = ReasonBar()
        self._reason.given.connect(self._on_reason)
        box.addWidget(self._reason)
        line = Flow(right=True)
        self._moves = (
            button("上移", partial(self._move, -1), meaning="up", quiet=True),
            button("下移", partial(self._move, 1), meaning="down", quiet=True),
        )
        self._states = (
            button("入选", partial(self._set_state, "selected")),
            button("落选", partial(self._set_state, "rejected")),
            button("退回", partial(self._set_state, "returned")),
            button("取消推荐", partial(self._set_state, "cancelled")),
            button("签署意见…", self._ask_opinion, tip="给选中的推荐对象一次填写同一个机关的意见"),
        )
        for key in self._moves:
            line.addWidget(key)
        for key in self._states:
            line.addWidget(key)
        box.addLayout(line)
        self.splitter.addWidget(left)

    def _make_panel(self) -> None:
        self.panel = RecordPanel(
            Nomination, _GROUPS, ((Opinion, Opinion.nomination),), "选一个推荐对象查看"
        )
        self.findings = FindingsView()
        self.findings.wants_review.connect(self.review)
        self.panel.add_tab("资格审查", scrolled(self.findings))
        self.panel.shown.connect(self._on_shown)
        self.panel.form_made.connect(self._count_words)
        self.panel.saved.connect(lambda _row: self._read())
        self.splitter.addWidget(self.panel)
        em = look().measure.characters
        self.splitter.setSizes([em(46), em(34)])
        self.splitter.setStretchFactor(0, 1)

    # -- showing -----------------------------------------------------------------------

    def show_round(self, round_: Any) -> None:
        """Read and show the nominations of a round."""
        self._round = round_
        may = access.can("write", "commendation")
        still = may and round_.step in _OPEN
        for key in (self._add, self._review, self._choose, *self._moves):
            key.setVisible(still)
        for key in self._states:
            key.setVisible(may and round_.step in (*_OPEN, "notice"))
        row = round_.id
        Read(self, lambda: award_types(Commendation.get_by_id(row))).then(self._show_types).start()

    def _show_types(self, types: list[Any]) -> None:
        kept = self.which.currentData()
        self._types = types
        self.which.clear()
        self.which.addItem("全部称号", None)
        for one in types:
            self.which.addItem(one.name, one.id)
        at = self.which.findData(kept)
        self.which.setCurrentIndex(max(0, at))
        self._read()

    def _read(self) -> None:
        if self._round is None:
            return
        round_, award_type = self._round.id, self.which.currentData()
        Read(self, lambda: listed(round_, award_type)).then(self._show).start()

    def _show(self, found: list[Row]) -> None:
        self.table.show_rows(found)
        self._which.setCurrentWidget(self.table if found else self._none)
        states = [row.cells[2] for row in found]
        chosen = states.count(code_list("nomination_state").label_of("selected"))
        wrong = sum(row.cells[3] == "不符合" for row in found)
        words = f"{len(found)} 个推荐对象，入选 {chosen} 个" if found else ""
        self._sentence.setText(words + (f"，{wrong} 个不符合条件" if wrong else ""))
        if self.panel.record is not None and not self.panel.dirty:
            self.panel.show_id(self.panel.record.id)
        elif found and self.table.current_id() is None:
            self.table.selectRow(0)

    def _on_picked(self, row: int | None) -> None:
        if not self.panel.dirty:
            self.panel.show_id(row)

    def _on_shown(self, record: Any) -> None:
        self.findings.show_nomination(record)

    @property
    def dirty(self) -> bool:
        """Whether something typed is not saved."""
        return self.panel.dirty

    def _count_words(self) -> None:
        """The deeds say how many characters they have and may have, while typing."""
        editor = self.panel.form.editor
        for name, lines in (("brief", 2), ("deeds", 9), ("resume", 4)):
            editor.fields[name].control.setFixedHeight(look().measure.units(2.6 * lines + 1.5))
        field = editor.fields["deeds"]
        words = label("", "muted")
        words.setAlignment(Qt.AlignmentFlag.AlignRight)
        box: Any = field.layout()
        box.addWidget(words)

        def count() -> None:
            record = editor.record
            limit = record.award_type.deeds_limit if record is not None else None
            written = len("".join(str(field.raw()).split()))
            spare = (limit or written) - written
            over = spare < 0
            count_words = f"{written} / {limit} 字" if limit else f"{written} 字"
            more = f"，超出 {-spare} 字" if over else ""
            tell(words, count_words + more, "fault" if over else "muted")

        field.changed.connect(count)
        self.panel.form.editor.edited.connect(count)
        count()

    # -- verbs -------------------------------------------------------------------------

    def _fill_add(self) -> None:
        menu = self._add.menu()
        menu.clear()
        for one in self._types:
            what = {"member": "党员", "organization": "党组织"}.get(one.subject, "")
            if what:
                act = menu.addAction(f"{one.name}：从{what}中选…")
                act.triggered.connect(partial(self._open_choosing, one, one.subject))
            if one.subject == "person":
                act = menu.addAction(f"{one.name}：从党员中选…")
                act.triggered.connect(partial(self._open_choosing, one, "member"))
            if one.subject in {"person", "unit"}:
                act = menu.addAction(f"{one.name}：填写其他对象…")
                act.triggered.connect(partial(self._open_outsider, one))
        menu.addSeparator()
        menu.addAction("更新推荐时情况").triggered.connect(lambda _on=False: self._refresh())

    def _open_choosing(self, award_type: Any, subject: str, _on: bool = False) -> None:
        view = Choosing(award_type, subject)

        def end() -> None:
            self._stack.setCurrentWidget(self._whole)
            self._stack.removeWidget(view)
            view.deleteLater()

        def done(outcome: Outcome) -> None:
            end()
            words = outcome.words
            if outcome.refused:
                told = "；".join(f"{name}（{why}）" for name, why in outcome.refused[:3])
                words += f"：{told}" + ("……" if len(outcome.refused) > 3 else "")
            self.told.emit(words, "warn" if outcome.refused else "good")
            self._read()

        view.done.connect(done)
        view.gave_up.connect(end)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        view.search.setFocus()

    def _open_outsider(self, award_type: Any, _on: bool = False) -> None:
        row = award_type.id
        unit = award_type.subject == "unit"
        columns: tuple[tuple[str, Any, Any], ...]
        if unit:
            columns = (
                (
                    "name",
                    Text("名称", required=True, max_length=60, help_text="窗口、品牌或单位的名称"),
                    "",
                ),
                ("unit_name", Text("所在单位", max_length=60), ""),
                ("post_title", Text("负责人", max_length=60), ""),
            )
        else:
            names = ("sex", "ethnicity", "born_on", "political_status", "unit_name", "post_title")
            fields = Nomination._meta.fields
            columns = (
                ("name", Name("姓名", required=True, searched=""), ""),
                *((name, fields[name], "") for name in names),
            )

        def work(given: dict[str, Any]) -> Any:
            return nominate_outsider(AwardType.get_by_id(row), **given)

        self.panel.ask(AskForm(f"推荐{award_type.name}", "", columns, work, "推荐"))

    def review(self) -> None:
        """Look at every nomination of the round anew."""
        row = self._round.id

        def work(progress: Progress) -> int:
            progress(0, 1, "正在审查")
            return len(check_all(Commendation.get_by_id(row)))

        Job(self, work, "资格审查").then(
            lambda count: self.told.emit(f"已审查 {count} 个推荐对象。", "good")
        ).start()

    def _select(self) -> None:
        row = self._round.id

        def work() -> dict[int, Choice]:
            return select_by_rank(Commendation.get_by_id(row))

        Write(self, work).then(self._on_selected).start()

    def _on_selected(self, found: dict[int, Choice]) -> None:
        doubtful = sum(len(one.unranked) for one in found.values())
        words = f"入选 {sum(len(c.selected) for c in found.values())} 个，落选 {sum(len(c.left) for c in found.values())} 个"
        if doubtful:
            words += f"；{doubtful} 个没有排序或排序相同，请先排出推荐顺序"
        self.told.emit(words + "。", "warn" if doubtful else "good")

    def _refresh(self) -> None:
        row = self._round.id
        Write(self, lambda: refresh_snapshots(Commendation.get_by_id(row))).then(
            lambda count: self.told.emit(
                f"已更新 {count} 个推荐对象的情况。" if count else "情况没有变化。", "note"
            )
        ).start()

    def _move(self, step: int) -> None:
        ids = [row.id for row in self.table.rows_model.rows]
        one = self.table.current_id()
        if one is None:
            return
        at = ids.index(one)
        other = at + step
        if not 0 <= other < len(ids):
            return
        neighbour = ids[other]

        def work() -> None:
            first, second = Nomination.get_by_id(one), Nomination.get_by_id(neighbour)
            if first.award_type_id != second.award_type_id:
                return
            query = Nomination.living().where(Nomination.award_type == first.award_type_id)
            order = [
                n.id
                for n in query.order_by(Nomination.rank.is_null(), Nomination.rank, Nomination.id)
            ]
            a, b = order.index(one), order.index(neighbour)
            order[a], order[b] = order[b], order[a]
            rank(first.award_type, order)

        Write(self, work).start()

    def _ask_opinion(self) -> None:
        ids = self.table.chosen_ids()
        if not ids:
            self.told.emit("请先选中推荐对象。", "note")
            return
        self.panel.ask(ask_opinion(ids))

    def _set_state(self, state: str) -> None:
        if not self.table.chosen_ids():
            self.told.emit("请先选中推荐对象。", "note")
            return
        self._waiting_state = state
        if state in {"returned", "cancelled"}:
            self._reason.ask(f"{code_list('nomination_state').label_of(state)}的原因")
        else:
            self._on_reason("")

    def _on_reason(self, reason: str) -> None:
        ids, state = self.table.chosen_ids(), self._waiting_state

        def work() -> int:
            return set_state(list(Nomination.select().where(Nomination.id.in_(ids))), state, reason)

        Write(self, work).start()
