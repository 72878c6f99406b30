"""联系点: the list of points with goals and trips; the table of who is behind over the whole width."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import access
from db.fields import PartialDate, Text
from db.registers.contact_point import ContactPoint, Goal
from db.registers.visit import VisitServed
from db.rules import dates
from db.visiting import goals, presets
from desktop.pages.contact_point.standing import StandingView
from desktop.tasks import Write
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.editors import Choices
from desktop.widgets.filters import Chip
from desktop.widgets.page import Place, button, label, named
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class ContactPointPage(RegisterPage):
    """The points, and how each leader stands."""

    of = ContactPoint
    columns = (
        ContactPoint.name,
        ContactPoint.leader,
        ContactPoint.kind,
        ContactPoint.from_on,
        ContactPoint.until_on,
        ContactPoint.liaison,
        ContactPoint.liaison_phone,
    )
    editor = (
        Group("联系", ContactPoint.leader, ContactPoint.kind, ContactPoint.organization,
              ContactPoint.member, ContactPoint.name, ContactPoint.place),
        Group("时间", ContactPoint.from_on, ContactPoint.until_on),
        Group("联络", ContactPoint.liaison, ContactPoint.liaison_phone),
        Group("任务", ContactPoint.task, ContactPoint.notes),
    )  # fmt: skip
    chips = (
        Chip("standing", "现有的", lambda: (ContactPoint.until_on == "") | (ContactPoint.until_on >= dates.today())),
        Chip("backward", "后进党组织", lambda: ContactPoint.kind == "backward"),
        Chip("hardship", "困难党员", lambda: ContactPoint.kind == "hardship"),
        Chip("no_goals", "没有列“七个一”", lambda: ContactPoint.id.not_in(
            Goal.living().select(Goal.contact_point))),
        Chip("ended", "已结束", lambda: (ContactPoint.until_on != "") & (ContactPoint.until_on < dates.today())),
    )  # fmt: skip
    sticky = (ContactPoint.leader, ContactPoint.from_on, ContactPoint.organization)
    purpose = "先在“领导干部”里登记领导，再登记每位领导联系的党组织、党员、农牧户和项目。"

    def __init__(self) -> None:
        super().__init__()
        self._judge = button("走访考核", self.open_standing, meaning="due")
        self._judge.setToolTip("一行一位领导，一列一个周期：谁走够了，谁还欠")
        self._buttons.insertWidget(0, self._judge)
        self._more = button("采用规定", self._ask_rule, meaning="visit_rule")
        self._more.setToolTip("从常用的走访频次规定里选一种，定生效日期")
        self._buttons.insertWidget(1, self._more)
        self.standing = StandingView()
        self.standing.hide()
        self.body.addWidget(self.standing, 1)
        self.standing.left.connect(self.close_standing)
        self.standing.told.connect(self._on_told)
        self.standing.wants_visits.connect(self._to_visits)
        self.standing.wants_points.connect(self._to_points)

    def make_panel(self) -> RecordPanel:
        """The goals and the trips of a point."""
        columns: dict[type[Any], tuple[Any, ...]] = {VisitServed: (VisitServed.visit,)}
        details: tuple[tuple[type[Any], Any], ...] = (
            (Goal, Goal.contact_point),
            (VisitServed, VisitServed.contact_point),
        )
        panel = RecordPanel(
            ContactPoint, tuple(self.editor), details, names=("七个一", "走访"), columns=columns
        )
        self._goals = button(
            "列出七个一", self._list_goals, meaning="checking", tip="给选中的联系点列出七项目标"
        )
        panel.keys.insertWidget(1, self._goals)
        panel.shown.connect(
            lambda record: self._goals.setVisible(
                record is not None and not record.retired and access.can("write", self.stem)
            )
        )
        return panel

    # -- steps -------------------------------------------------------------------------

    def _list_goals(self) -> None:
        chosen, shown = self.table.chosen_ids(), self.panel.record.id
        ids = chosen if len(chosen) > 1 and shown in chosen else [shown]
        due = f"{date.today().year}-12-31"

        def work() -> int:
            points = list(ContactPoint.select().where(ContactPoint.id.in_(ids)))
            return goals.list_goals(points, due)

        Write(self, work).start()

    def _ask_rule(self) -> None:
        found = presets.presets()
        chosen = {"preset": found[0].id}
        picker = Choices()
        for one in found:
            picker.addItem(one.name, one.id)
        named(picker, "规定")
        words = label(found[0].words, "muted", wrap=True)

        def on_picked(at: int) -> None:
            chosen["preset"] = found[at].id
            words.setText(found[at].words)

        picker.currentIndexChanged.connect(on_picked)
        self.close_standing()
        form = AskForm(
            "采用走访规定",
            "从生效那天起按新规定考核；以前的仍按原来的规定，原规定自动在前一天失效。",
            (
                ("from_on", PartialDate("生效日期", required=True), dates.today()),
                ("document", Text("依据文件", max_length=80), ""),
            ),
            lambda given: presets.adopt(chosen["preset"], given["from_on"], given["document"]),
            "采用",
        )
        box: Any = form.layout()
        box.insertWidget(2, picker)
        box.insertWidget(3, words)
        self.panel.ask(form)

    # -- who is behind -----------------------------------------------------------------

    def open_standing(self) -> None:
        """Show the table of all leaders."""
        self._arrange(judging=True)
        self.standing.read()
        self.standing.table.setFocus()

    def close_standing(self) -> None:
        """Back to the list."""
        if not self.standing.isHidden():
            self._arrange(judging=False)
            self.table.setFocus()

    def _arrange(self, *, judging: bool) -> None:
        self.filters.setVisible(not judging)
        self.splitter.setVisible(not judging)
        self.standing.setVisible(judging)
        self._judge.setVisible(not judging)
        self.set_title("走访考核" if judging else self.title)
        if not judging:
            self.ask()

    def _on_told(self, words: str) -> None:
        if not self.standing.isHidden():
            self.set_sentence(words)

    def _to_visits(self, ids: tuple[int, ...], words: str) -> None:
        if ids:
            self.wanted.emit(Place("visit", ids=ids, words=words))
        else:
            self.say("这段时间没有走访。", "note")

    def _to_points(self, ids: tuple[int, ...], words: str) -> None:
        if ids:
            self.wanted.emit(Place(self.stem, ids=ids, words=words))
        else:
            self.say("没有欠的联系点。", "good")

    def opened(self, place: Place) -> None:
        """Rows asked for are shown in the list."""
        if place.row is not None or place.ids is not None or place.chip or place.fresh:
            self.close_standing()
        super().opened(place)
        self._more.setVisible(access.can("write", "visit_rule"))

    def refresh(self, changes: Any = None) -> None:
        """The table follows what is entered elsewhere."""
        super().refresh(changes)
        if not self.standing.isHidden():
            self.standing.read()

    def concerns(self, changes: Any) -> bool:
        """Trips and rules change how a leader stands."""
        return super().concerns(changes) or bool(
            changes.stems & {"visit", "visit_served", "visit_rule"}
        )

    def _on_counted(self, count: int) -> None:
        if self.standing.isHidden():
            super()._on_counted(count)
