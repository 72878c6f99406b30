"""One round opened: its steps, the next thing to do, and everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QMenu

from db import access
from db.commending import deciding, notice, programme
from db.errors import Refusal
from db.fields import Choice, Number, PartialDate, Text
from db.registers.commendation import Award, AwardType, Commendation, CommendationObjection
from db.rules import dates
from desktop.pages.commendation.conditions import ConditionsTab
from desktop.pages.commendation.nominations import NominationsTab
from desktop.pages.commendation.places import PlacesTab
from desktop.pages.commendation.steps import steps_of
from desktop.tasks import Read
from desktop.widgets.ask_form import AskForm
from desktop.widgets.detail_tab import DetailTab
from desktop.widgets.stepped import Stepped


class ProgrammeView(Stepped):
    """The steps above, the tabs below, a short form in their place when a step is asked."""

    listed = "表彰"
    more_words = "退回上一步"

    def __init__(self) -> None:
        super().__init__()
        self.round: Any = None
        self.nominations = NominationsTab()
        self.places = PlacesTab()
        self.conditions = ConditionsTab()
        self.types = DetailTab(AwardType, AwardType.commendation)
        self.objections = DetailTab(CommendationObjection, CommendationObjection.commendation)
        self.awards = DetailTab(Award, Award.commendation)
        for words, tab in (
            ("推荐对象", self.nominations),
            ("名额", self.places),
            ("表彰项目", self.types),
            ("资格条件", self.conditions),
            ("公示异议", self.objections),
            ("表彰结果", self.awards),
        ):
            self.tabs.addTab(tab, words)
        self.nominations.told.connect(self.told)
        self.places.told.connect(lambda words: self.told.emit(words, "good"))
        self.conditions.refused.connect(lambda words: self.told.emit(words, "warn"))

    # -- showing -----------------------------------------------------------------------

    @property
    def record(self) -> Any:
        """The round that is open."""
        return self.round

    def open_record(self, row: int) -> None:
        """Read a round and show it."""
        Read(self, lambda: Commendation.get_by_id(row)).then(self._show).start()

    def refresh(self) -> None:
        """Read the round again."""
        if self.round is not None:
            self.open_record(self.round.id)

    def _show(self, round_: Any) -> None:
        fresh = self.round is None or self.round.id != round_.id
        self.round = round_
        self.strip.show_steps(steps_of(round_))
        self.shown.emit(str(round_.name))
        words, verb = _NEXT.get(round_.step, ("", "write"))
        if round_.step == "reviewing" and not round_.notice_days:
            words, verb = _NEXT["notice"]
        self.show_next(words, verb, "commendation", "已完成")
        self.more.setVisible(
            round_.step in {"nominating", "reviewing", "notice"}
            and access.can("write", "commendation")
        )
        self.nominations.show_round(round_)
        self.places.show_round(round_)
        self.conditions.show_round(round_)
        for tab in (self.types, self.objections, self.awards):
            if fresh:
                tab.show_root(round_)
            else:
                tab.refresh()
        if fresh:
            self.tabs.setCurrentWidget(self.nominations)
            self.next.setFocus()

    def hindrance(self) -> str:
        """What would be lost by leaving."""
        return "表彰的推荐对象有未保存的修改" if self.dirty else ""

    @property
    def dirty(self) -> bool:
        """Whether something typed is not saved."""
        return (
            self.nominations.dirty or self.types.dirty or self.objections.dirty or self.awards.dirty
        )

    # -- steps -------------------------------------------------------------------------

    def go_on(self) -> None:
        """Ask what the step takes."""
        ask: Callable[[Any], AskForm] = {
            "draft": _ask_nominating,
            "nominating": _ask_reviewing,
            "reviewing": _ask_notice if self.round.notice_days else _ask_decision,
            "notice": _ask_decision,
            "decided": _ask_grant,
        }[self.round.step]
        self.ask(ask(self.round))

    def fill_more(self, menu: QMenu) -> None:
        """The way back."""
        menu.addAction("退回上一步…", self._ask_back)

    def _ask_back(self) -> None:
        row = self.round.id
        self.ask(
            AskForm(
                "退回上一步",
                "已经登记的推荐、意见和异议都保留。",
                (("reason", Text("原因", required=True, max_length=200), ""),),
                lambda given: programme.step_back(Commendation.get_by_id(row), given["reason"]),
                "退回",
            )
        )


_NEXT = {
    "draft": ("开始推荐…", "write"),
    "nominating": ("进入资格审查…", "write"),
    "reviewing": ("公示…", "write"),
    "notice": ("作出决定…", "approve"),
    "decided": ("登记授予…", "write"),
}


def _ask_nominating(round_: Any) -> AskForm:
    def work(given: dict[str, Any]) -> None:
        programme.start_nominating(Commendation.get_by_id(round_.id), given["until"])

    fields = (("until", PartialDate("推荐截止日期"), round_.nominate_until),)
    return AskForm("开始推荐", "名额和资格条件以后还能改。", fields, work, "开始推荐")


def _ask_reviewing(round_: Any) -> AskForm:
    def work(given: dict[str, Any]) -> None:
        from db.commending.reviewing import check_all

        programme.start_reviewing(Commendation.get_by_id(round_.id), given["on"])
        check_all(Commendation.get_by_id(round_.id))

    fields = (("on", PartialDate("审查日期", required=True), dates.today()),)
    words = "逐个审查全部推荐对象，结论和依据写在各自名下。"
    return AskForm("进入资格审查", words, fields, work, "开始审查")


def _ask_notice(round_: Any) -> AskForm:
    def work(given: dict[str, Any]) -> None:
        found = Commendation.get_by_id(round_.id)
        for name in ("notice_organ", "notice_phone", "notice_address"):
            setattr(found, name, given[name])
        notice.publish(found, given["on"], given["days"], given["unit"])

    fields = Commendation._meta.fields
    return AskForm(
        "公示拟表彰对象",
        "截止日期按天数推算，工作日跳过法定节假日。公示件可在“打印”里取。",
        (
            ("on", PartialDate("公示开始日期", required=True), dates.today()),
            ("days", Number("公示天数", required=True, minimum=1, maximum=60), round_.notice_days),
            ("unit", Choice("天数单位", "day_unit", required=True), round_.notice_unit),
            *(
                (n, fields[n], getattr(round_, n))
                for n in ("notice_organ", "notice_phone", "notice_address")
            ),
        ),
        work,
        "公示",
    )


def _ask_decision(round_: Any) -> AskForm:
    def work(given: dict[str, Any]) -> None:
        found = Commendation.get_by_id(round_.id)
        if not found.issuer:
            raise Refusal("请先在资料里填写颁发机关。")
        found.order_by = given["order"]
        deciding.decide(found, given["document"], given["on"])

    return AskForm(
        "作出表彰决定",
        "一步生成全部表彰结果和证书编号，荣誉记入党员本人的奖励。可以撤销。",
        (
            ("document", Text("决定文号", required=True, max_length=40), round_.document),
            ("on", PartialDate("决定日期", required=True), dates.today()),
            ("order", Choice("名单排序", "name_order", required=True), round_.order_by),
        ),
        work,
        "作出决定",
    )


def _ask_grant(round_: Any) -> AskForm:
    def work(given: dict[str, Any]) -> None:
        deciding.grant(Commendation.get_by_id(round_.id), given["on"], given["place"])

    fields = (
        ("on", PartialDate("授予日期", required=True), dates.today()),
        ("place", Text("授予地点", max_length=60), ""),
    )
    return AskForm("登记授予", "表彰大会召开或证书送达的日期，印在证书上。", fields, work, "登记")
