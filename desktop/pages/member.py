"""党员: by organization, with what the branch asks for most, and the steps of a membership."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from db import access, membership
from db.codes import code_list
from db.exchange import offices, transferring
from db.fields import Choice, PartialDate, Reference, Text
from db.registers.member import Discipline, Honour, Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization
from db.rules import dates, id_number
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.org_tree import OrgTree
from desktop.widgets.page import Place, button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage

NARROW = 55  # characters; below that the tree gives its room to the list


def _flagged(kind: str) -> Any:
    today = dates.today()
    marks = MemberFlag.living().where(
        MemberFlag.kind == kind, (MemberFlag.until_on == "") | (MemberFlag.until_on > today)
    )
    return Member.id.in_(marks.select(MemberFlag.member))


def _standing(*, counted: bool) -> Any:
    codes = [each.code for each in code_list("standing") if each.is_marked("counted") == counted]
    return Member.standing.in_(codes)


def _incomplete() -> Any:
    return (
        (Member.id_number == "")
        | (Member.joined_on == "")
        | (Member.born_on == "")
        | (Member.sex == "")
        | ((Member.category == "full") & (Member.confirmed_on == ""))
    )


class MemberPage(RegisterPage):
    """The tree chooses the organization, the chips choose whom, the record stands at the right."""

    of = Member
    columns = (
        Member.name,
        Member.sex,
        Member.ethnicity,
        Member.born_on,
        Member.organization,
        Member.category,
        Member.joined_on,
        Member.education,
        Member.id_number,
        Member.phone,
    )
    editor = (
        Group(
            "本人",
            Member.name,
            Member.id_number,
            Member.sex,
            Member.born_on,
            Member.ethnicity,
            Member.native_place,
            Member.education,
            Member.degree,
            Member.school,
        ),
        Group(
            "党籍",
            Member.organization,
            Member.category,
            Member.joined_on,
            Member.confirmed_on,
            Member.standing,
            Member.introducers,
        ),
        Group("工作", Member.occupation, Member.unit_name, Member.post_title, Member.worked_from),
        Group("联系", Member.phone, Member.landline, Member.address, Member.registered_residence),
        Group("其他", Member.code, Member.stroke_code, Member.notes),
    )
    chips = (
        Chip("counted", "在册", lambda: _standing(counted=True)),
        Chip("probation", "预备党员", lambda: Member.category == "probationary"),
        Chip("hardship", "困难", lambda: _flagged("hardship")),
        Chip("mobile", "流动", lambda: _flagged("mobile")),
        Chip("no_id", "缺身份证号", lambda: Member.id_number == ""),
        Chip("incomplete", "资料不全", _incomplete, "缺身份证号、出生、入党或转正日期"),
        Chip("ended", "不再计入", lambda: _standing(counted=False), "转出、停止党籍、除名、死亡等"),
    )
    sticky = (Member.organization, Member.category, Member.ethnicity, Member.unit_name)
    purpose = "可以从现有的 Excel、WPS 名册一次导入，也可以一名一名录入。"

    def __init__(self) -> None:
        super().__init__()
        self.filters.begin_with("counted")

    def make_left(self) -> QWidget | None:
        """Whose members are listed."""
        self._scope: list[int] | None = None
        self._wanted_scope: int | None = None
        self.tree = OrgTree(everything="全部党员")
        self.tree.chosen.connect(self._on_chosen)
        self.tree.setMinimumWidth(look().measure.characters(11))
        return self.tree

    def make_panel(self) -> RecordPanel:
        """Everything that hangs from a member."""
        details: tuple[tuple[type[Any], Any], ...] = (
            (Post, Post.member),
            (StatusChange, StatusChange.member),
            (Honour, Honour.member),
            (Discipline, Discipline.member),
            (MemberFlag, MemberFlag.member),
        )
        names = ("任职", "变动", "奖励", "处分", "标记")
        seats = (Post.organization, Post.kind, Post.from_on, Post.until_on, Post.document)
        panel = RecordPanel(Member, tuple(self.editor), details, names=names, columns={Post: seats})
        self._steps = button(
            "变动", meaning="member", tip="转正、调整支部、转出、停止党籍、除名、去世"
        )
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        panel.keys.insertWidget(1, self._steps)
        panel.shown.connect(self._on_shown)
        panel.form_made.connect(self._on_form)
        return panel

    def opened(self, place: Place) -> None:
        """Maybe with an organization to begin with."""
        kind, _, number = place.chip.partition(":")
        if kind == "organization" and number:
            self._wanted_scope = int(number)
        if place.row is not None or place.ids is not None:
            self._scope = None
            self.tree.setCurrentIndex(self.tree.model().index(0, 0))
        super().opened(place)
        self.tree.refresh()
        if self._wanted_scope is not None and self.tree.pick(self._wanted_scope):
            self._wanted_scope = None

    def scope(self) -> tuple[Any, ...]:
        """The organization chosen in the tree, with everything below it."""
        return () if self._scope is None else (Member.organization.in_(self._scope),)

    def refresh(self, changes: Any = None) -> None:
        """The counts of the tree follow."""
        super().refresh(changes)
        self.tree.refresh()

    def state(self, shown: int, total: int) -> str:
        """How many of how many."""
        if not total and not shown and not self.filters.text:
            return "还没有党员。"
        where = self.tree.current_name() if self._scope is not None else ""
        words = "、".join(part for part in (where, self.filters.words()) if part)
        return f"{words or '台账里全部'} {shown:,} 名。"

    def new_record(self) -> Any:
        """In the branch chosen in the tree, and like the last one when the settings say so."""
        record = Member(category="probationary", standing="normal")
        self.carry(record)
        chosen = self.tree.current_id()
        if chosen is not None and record.organization_id is None:
            record.organization = chosen
        return record

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt override: on a small screen the list and the record come first."""
        super().resizeEvent(event)
        self.tree.setVisible(event.size().width() >= look().measure.characters(NARROW))

    def _on_chosen(self, organization: int | None) -> None:
        if self._wanted_scope is not None and organization is None:
            if self.tree.pick(self._wanted_scope):
                self._wanted_scope = None
            return
        scope = None if organization is None else self.tree.below(organization)
        if scope != self._scope:
            self._scope = scope
            self.ask()

    def _on_shown(self, record: Any) -> None:
        may = record is not None and access.can("write", self.stem) and not record.retired
        self._steps.setVisible(may)

    def _on_form(self) -> None:
        editor = self.panel.form.editor
        editor.field_edited.connect(self._on_field_edited)

    def _on_field_edited(self, name: str) -> None:
        """A sound ID number knows birthday and sex; they are filled in where nothing stands yet."""
        editor = self.panel.form.editor
        if name != "id_number":
            return
        number = editor.value_of("id_number")
        if not number or id_number.state(number) != "通过":
            return
        for each, known in (
            ("born_on", id_number.born_on(number)),
            ("sex", id_number.sex(number)),
        ):
            if known and not editor.value_of(each):
                editor.set_field(each, known)

    # -- steps of a membership ---------------------------------------------------------

    def _fill_steps(self) -> None:
        menu, record = self._steps.menu(), self.panel.record
        menu.clear()
        asks: list[tuple[str, Callable[[Any], AskForm]]] = []
        counted = code_list("standing")[record.standing].is_marked("counted")
        if record.category == "probationary" and counted:
            asks.append(("转正…", self._ask_confirm))
        if counted:
            asks += [
                ("调整支部…", self._ask_move),
                ("转接组织关系，旗县内…", self._ask_transfer),
                ("转接组织关系，旗县外…", self._ask_leave),
                ("停籍、除名、去世…", self._ask_end),
            ]
        if record.standing in {"suspended", "retained"}:
            asks.append(("恢复党籍…", self._ask_restore))
        for words, ask in asks:
            menu.addAction(words).triggered.connect(partial(self._open_step, ask, record))
        if not asks:
            menu.addAction("这名党员已不在册").setEnabled(False)

    def _open_step(self, ask: Callable[[Any], AskForm], record: Any, _on: bool = False) -> None:
        self.panel.ask(ask(record))

    def _ask_confirm(self, record: Any) -> AskForm:
        return AskForm(
            f"“{record.name}”转正",
            "党龄从转正之日算起。",
            (("on", _on("支部大会通过日期"), dates.today()), ("document", _document(), "")),
            lambda given: membership.confirm(
                Member.get_by_id(record.id), given["on"], given["document"]
            ),
            "转正",
        )

    def _ask_move(self, record: Any) -> AskForm:
        target = Reference("调整到", Organization, required=True)
        return AskForm(
            f"“{record.name}”调整支部",
            "在原支部的任职随之结束。",
            (("target", target, None), ("on", _on(), dates.today()), ("words", Text("说明"), "")),
            lambda given: membership.move(
                Member.get_by_id(record.id),
                Organization.get_by_id(given["target"]),
                given["on"],
                given["words"],
            ),
            "调整",
        )

    def _ask_transfer(self, record: Any) -> AskForm:
        return AskForm(
            f"“{record.name}”转到旗县内其他单位",
            "提出后随下次上报带到旗县；批准以前仍在本单位。旗县自己办的，立即转出。",
            (
                ("to", Text("转往单位", required=True, help_text="名称、其中几个字或代码"), ""),
                ("on", _on(), dates.today()),
                ("reason", Text("转接原因", max_length=60), ""),
                ("dues_until", PartialDate("党费交到"), ""),
            ),
            lambda given: transferring.ask(
                Member.get_by_id(record.id),
                offices.meant(given["to"]),
                given["on"],
                reason=given["reason"],
                dues_until=given["dues_until"],
            ),
            "提出",
        )

    def _ask_leave(self, record: Any) -> AskForm:
        return AskForm(
            f"“{record.name}”转往旗县外",
            "立即转出；介绍信在“组织关系转接”里打印，收到回执后在那里登记。",
            (
                ("to_name", Text("去（现党组织）", required=True, max_length=60), ""),
                ("addressee", Text("介绍信抬头", max_length=60), ""),
                ("on", _on("开具日期"), dates.today()),
                ("dues_until", PartialDate("党费交到"), ""),
                ("reason", Text("转接原因", max_length=60), ""),
            ),
            lambda given: transferring.leave_county(
                Member.get_by_id(record.id),
                given["on"],
                to_name=given["to_name"],
                addressee=given["addressee"],
                dues_until=given["dues_until"],
                reason=given["reason"],
            ),
            "转出",
        )

    def _ask_end(self, record: Any) -> AskForm:
        kind = Choice("变动类别", "status_change", required=True)
        return AskForm(
            f"“{record.name}”不再计入",
            "资料和历史都保留，可以撤销这一步。",
            (
                ("kind", kind, "moved_out"),
                ("on", _on(), dates.today()),
                ("elsewhere", Text("转往的党组织", max_length=60), ""),
                ("document", _document(), ""),
                ("words", Text("说明", max_length=200, multiline=True), ""),
            ),
            lambda given: membership.end(
                Member.get_by_id(record.id),
                given["kind"],
                given["on"],
                elsewhere=given["elsewhere"],
                document=given["document"],
                words=given["words"],
            ),
            "登记",
        )

    def _ask_restore(self, record: Any) -> AskForm:
        return AskForm(
            f"恢复“{record.name}”的党籍",
            "",
            (("on", _on(), dates.today()), ("document", _document(), "")),
            lambda given: membership.restore(
                Member.get_by_id(record.id), given["on"], given["document"]
            ),
            "恢复",
        )


def _on(words: str = "日期") -> PartialDate:
    return PartialDate(words, required=True)


def _document() -> Text:
    return Text("文号或介绍信号", max_length=40)
