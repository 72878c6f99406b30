"""党组织: the tree with counts, each organization with its people, terms and history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from db import access, organizing
from db.codes import code_list
from db.fields import Choice, PartialDate, Reference, Text
from db.office_settings import days
from db.registers.commendation import Award
from db.registers.member import Post
from db.registers.organization import Organization, OrganizationEvent, Term
from db.rules import dates
from desktop.theme import look
from desktop.widgets.ask_form import AskForm
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.org_tree import OrgTree
from desktop.widgets.page import Place, button
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


def _date(words: str = "日期") -> PartialDate:
    return PartialDate(words, required=True)


def _document() -> Text:
    return Text("批准文号", max_length=40)


class OrganizationPage(RegisterPage):
    """The tree is the list; searching or filtering shows the flat list instead."""

    of = Organization
    columns = (
        Organization.name,
        Organization.kind,
        Organization.domain,
        Organization.parent,
        Organization.election_due,
        Organization.code,
    )
    editor = (
        Group(
            "基本情况",
            Organization.name,
            Organization.short_name,
            Organization.code,
            Organization.kind,
            Organization.domain,
            Organization.parent,
            Organization.village,
            Organization.township,
        ),
        Group(
            "成立与换届",
            Organization.founded_on,
            Organization.founding_document,
            Organization.election_due,
            Organization.status,
            Organization.ended_on,
        ),
        Group(
            "所在单位",
            Organization.unit_situation,
            Organization.unit_name,
            Organization.unit_kind,
            Organization.unit_code,
        ),
        Group(
            "联系",
            Organization.contact,
            Organization.phone,
            Organization.address,
            Organization.notes,
        ),
    )
    chips = (
        Chip("village", "嘎查村党组织", lambda: Organization.village == 1),
        Chip("active", "只看正常", lambda: Organization.status == "active"),
        Chip("ended", "已撤并", lambda: Organization.status.not_in(["active"])),
        Chip(
            "due",
            "即将届满",
            lambda: (Organization.election_due != "") & (Organization.election_due <= _soon()),
        ),
    )
    purpose = "先建立本级党委，再建下面的总支、支部；也可以在导入党员名册时一并建立。"

    def make_left(self) -> QWidget | None:
        """The tree stands in the place of the list."""
        self.tree = OrgTree()
        self.tree.chosen.connect(self._on_chosen)
        self.tree.activated_row.connect(lambda _row: self.panel.edit())
        self.tree.setMinimumWidth(look().measure.characters(14))
        return self.tree

    def __init__(self) -> None:
        super().__init__()
        self.setFocusProxy(self.tree)

    def make_panel(self) -> RecordPanel:
        """Posts and responsible persons beside terms and history."""
        details: tuple[tuple[type[Any], Any], ...] = (
            (Post, Post.organization),
            (Term, Term.organization),
            (OrganizationEvent, OrganizationEvent.organization),
            (Award, Award.organization),
        )
        seats = (Post.kind, Post.holder_name, Post.from_on, Post.until_on, Post.phone, Post.notes)
        panel = RecordPanel(
            Organization,
            tuple(self.editor),
            details,
            names=("班子与责任人", "换届", "沿革"),
            columns={Post: seats},
        )
        self._steps = button(
            "变动", meaning="organization", tip="成立下级、更名、并入、升格、换届、撤销"
        )
        menu = QMenu(self._steps)
        menu.aboutToShow.connect(self._fill_steps)
        self._steps.setMenu(menu)
        self._members = button("党员", self._show_members, meaning="member", tip="列出这里的党员")
        panel.keys.insertWidget(1, self._steps)
        panel.keys.insertWidget(2, self._members)
        panel.shown.connect(self._on_shown)
        return panel

    def state(self, shown: int, total: int) -> str:
        """Counts by kind when everything is shown."""
        if self.filters.active:
            return super().state(shown, total)
        return f"共 {total:,} 个党组织，含已撤并的。"

    def opened(self, place: Place) -> None:
        """Show the tree, or the list when something is filtered."""
        self.tree.refresh()
        super().opened(place)
        self._arrange()
        if place.row is not None:
            self.tree.pick(place.row)

    def ask(self) -> None:
        """The list follows the filters; the tree does when there are none."""
        super().ask()
        self._arrange()

    def refresh(self, changes: Any = None) -> None:
        """The tree and the list both."""
        super().refresh(changes)
        self.tree.refresh()

    def concerns(self, changes: Any) -> bool:
        """Members move the counts of the tree."""
        return super().concerns(changes) or bool(changes.stems & {"member", Post.stem()})

    def new_record(self) -> Any:
        """Below the organization chosen in the tree."""
        record = Organization(founded_on=dates.today())
        above = self.panel.record
        if above is not None:
            record.parent = above
        return record

    def _arrange(self) -> None:
        flat = self.filters.active
        empty = not self._total and not flat
        self.tree.setVisible(not flat and not empty)
        self._which.setVisible(flat or empty)

    def _on_counted(self, count: int) -> None:
        super()._on_counted(count)
        self._arrange()

    def _on_chosen(self, organization: int | None) -> None:
        chosen = organization is not None and not self.filters.active
        if chosen and not self._in_the_form(self.tree):
            self.panel.show_id(organization)

    def _on_saved(self, row: int) -> None:
        super()._on_saved(row)
        self.tree.refresh()

    def _on_shown(self, record: Any) -> None:
        on = record is not None and access.can("write", self.stem)
        self._steps.setVisible(on and record.status == "active" and not record.retired)
        self._members.setVisible(record is not None)

    def _show_members(self) -> None:
        self.go("member", chip=f"organization:{self.panel.record.id}")

    # -- steps in the life of an organization ------------------------------------------

    def _fill_steps(self) -> None:
        menu = self._steps.menu()
        menu.clear()
        record = self.panel.record
        for words, ask in (
            ("成立下级组织…", self._ask_found),
            ("换届…", self._ask_elect),
            ("更名…", self._ask_rename),
            ("隶属调整…", self._ask_reassign),
            ("升格…", self._ask_upgrade),
            ("并入其他组织…", self._ask_merge),
            ("撤销…", self._ask_dissolve),
        ):
            menu.addAction(words).triggered.connect(partial(self._open_step, ask, record))

    def _open_step(self, ask: Callable[[Any], AskForm], record: Any, _on: bool = False) -> None:
        self.panel.ask(ask(record))

    def _ask_found(self, record: Any) -> AskForm:
        kinds = Choice("组织类别", "organization_kind", required=True)
        name = Text("党组织全称", required=True, max_length=60)

        def work(given: dict[str, Any]) -> None:
            made = Organization(name=given["name"], kind=given["kind"], parent=record.id)
            made.domain = record.domain
            organizing.found(made, given["on"], given["document"])

        return AskForm(
            f"在“{record.name}”下成立组织",
            "",
            (
                ("name", name, ""),
                ("kind", kinds, ""),
                ("on", _date("成立日期"), dates.today()),
                ("document", _document(), ""),
            ),
            work,
            "成立",
        )

    def _ask_rename(self, record: Any) -> AskForm:
        name = Text("新的全称", required=True, max_length=60)
        return AskForm(
            f"“{record.name}”更名",
            "原名称留在历史里，仍能查到。",
            (
                ("name", name, record.name),
                ("on", _date(), dates.today()),
                ("document", _document(), ""),
            ),
            lambda given: organizing.rename(
                Organization.get_by_id(record.id), given["name"], given["on"], given["document"]
            ),
            "更名",
        )

    def _ask_reassign(self, record: Any) -> AskForm:
        target = Reference("新的上级", Organization, required=True)
        return AskForm(
            f"“{record.name}”隶属调整",
            "下级组织与党员一起调整。",
            (
                ("target", target, None),
                ("on", _date(), dates.today()),
                ("document", _document(), ""),
            ),
            lambda given: organizing.reassign(
                Organization.get_by_id(record.id),
                Organization.get_by_id(given["target"]),
                given["on"],
                given["document"],
            ),
            "调整",
        )

    def _ask_upgrade(self, record: Any) -> AskForm:
        kinds = Choice("升格为", "organization_kind", required=True)
        name = Text("新的全称", required=True, max_length=60)
        return AskForm(
            f"“{record.name}”升格",
            "党员的党籍不变。",
            (
                ("kind", kinds, ""),
                ("name", name, record.name),
                ("on", _date(), dates.today()),
                ("document", _document(), ""),
            ),
            lambda given: organizing.upgrade(
                Organization.get_by_id(record.id),
                given["kind"],
                given["name"],
                given["on"],
                given["document"],
            ),
            "升格",
        )

    def _ask_merge(self, record: Any) -> AskForm:
        target = Reference("并入", Organization, required=True)
        return AskForm(
            f"“{record.name}”并入其他组织",
            "党员和下级组织转到并入的组织，任职随之结束；一步可以撤销。",
            (
                ("target", target, None),
                ("on", _date(), dates.today()),
                ("document", _document(), ""),
            ),
            lambda given: organizing.merge(
                [Organization.get_by_id(record.id)],
                Organization.get_by_id(given["target"]),
                given["on"],
                given["document"],
            ),
            "并入",
        )

    def _ask_dissolve(self, record: Any) -> AskForm:
        words = Text("说明", max_length=200, multiline=True)
        return AskForm(
            f"撤销“{record.name}”",
            "还有党员或下级组织时不能撤销，请先转出或并入。",
            (("on", _date(), dates.today()), ("document", _document(), ""), ("words", words, "")),
            lambda given: organizing.dissolve(
                Organization.get_by_id(record.id), given["on"], given["document"], given["words"]
            ),
            "撤销",
        )

    def _ask_elect(self, record: Any) -> AskForm:
        leading = [code for code in code_list("post") if code.is_marked("leading")][:4]
        seats: Sequence[tuple[str, Any, Any]] = [
            (f"seat_{code.code}", Text(code.label, max_length=60, help_text="多人用顿号分开"), "")
            for code in leading
        ]

        def work(given: dict[str, Any]) -> None:
            from db.registers.member import Member

            chosen = []
            for code in leading:
                names = given[f"seat_{code.code}"].replace("，", "、").split("、")
                for name in filter(None, (each.strip() for each in names)):
                    found = list(
                        Member.living().where(
                            Member.name == name,
                            Member.organization.in_(organizing.below(record.id)),
                        )
                    )
                    holder = found[0] if len(found) == 1 else None
                    chosen.append(organizing.Seat(code.code, holder, name))
            term = Term(
                number=given["number"],
                elected_on=given["on"],
                due_on=given["due"],
                document=given["document"],
            )
            organizing.elect(Organization.get_by_id(record.id), term, chosen)

        return AskForm(
            f"“{record.name}”换届",
            "原班子任职到选举日为止，新班子从选举日起任职；届满日期写入提醒，不填就按任期推算。",
            (
                ("number", Text("届次", max_length=12), ""),
                ("on", _date("选举日期"), dates.today()),
                ("due", PartialDate("届满日期"), ""),
                *seats,
                ("document", Text("批复文号", max_length=40), ""),
            ),
            work,
            "登记换届",
        )


def _soon() -> str:
    """Up to when the home page speaks of an election."""
    return (date.today() + timedelta(days=days("election_days"))).isoformat()
