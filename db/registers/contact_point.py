"""领导联系点: which leader keeps contact with whom, and the seven goals of it (docs/systems.md 15, 17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Name, PartialDate, Phone, Reference, Text
from db.record import Record
from db.registers.leader import Leader
from db.registers.member import Member
from db.registers.organization import Organization


class ContactPoint(Record):
    """联系点: a leader and an organization, a member, a household or a project, from one day to another."""

    leader = Reference("联系领导", Leader, required=True, backref="points", width=10)
    kind = Choice("联系点类别", "contact_kind", required=True, width=10)
    name = Text(
        "联系对象",
        required=True,
        max_length=60,
        width=22,
        searched="name",
        help_text="选了党组织或党员时自动填写",
    )
    organization = Reference(
        "党组织",
        Organization,
        backref="contact_points",
        help_text="农牧户和项目填所在嘎查村的党组织",
    )
    member = Reference("党员", Member, backref="contact_points")
    place = Text("地点", max_length=80, width=16)
    from_on = PartialDate("开始日期", required=True)
    until_on = PartialDate("结束日期")
    liaison = Name("联络员", searched="")
    liaison_phone = Phone("联络员电话", private=False, searched="")
    task = Text("联系任务", max_length=300, multiline=True)
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        leader_id: int
        organization_id: int | None
        member_id: int | None

    class Meta:
        label = "联系点"
        section = "联系走访"
        order = 82

    def check(self) -> list[Fault]:
        """What the point is called is the member's or the organization's name when one is meant."""
        self._take_name()
        return super().check()

    def _take_name(self) -> None:
        target = self.target
        chosen = {"member": self.member, "organization": self.organization}.get(target)
        if chosen is not None and not self.name:
            self.name = chosen.name

    @property
    def target(self) -> str:
        """What is contacted: organization, member, household or project."""
        kinds = code_list("contact_kind")
        return str(kinds[self.kind].extra["target"]) if self.kind in kinds else ""

    def faults(self) -> Iterator[Fault]:
        """A point of an organization names it; nobody has the same point twice at a time."""
        if self.target == "organization" and not self.organization_id:
            yield Fault("organization", "请选择党组织")
        if self.until_on and self.until_on < self.from_on[: len(self.until_on)]:
            yield Fault("until_on", "结束日期早于开始日期")
        if not self.retired and self._same_again():
            yield Fault("name", f"这位领导已有联系点“{self.name}”，时间重叠")

    def _same_again(self) -> bool:
        others = ContactPoint.living().where(
            ContactPoint.leader == self.leader_id,
            ContactPoint.kind == self.kind,
            ContactPoint.name == self.name,
            ContactPoint.organization.is_null()
            if self.organization_id is None
            else ContactPoint.organization == self.organization_id,
            ContactPoint.id != (self.id or 0),
            (ContactPoint.until_on == "") | (ContactPoint.until_on >= self.from_on),
        )
        if self.until_on:
            others = others.where(ContactPoint.from_on <= self.until_on)
        return bool(others.exists())

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        kind = code_list("contact_kind").label_of(self.kind)
        return f"{self.leader.name}　{kind}"


class Goal(Record):
    """“七个一”目标: one goal of a contact point, and how far it is."""

    contact_point = Reference("联系点", ContactPoint, required=True, backref="goals")
    kind = Choice("目标", "contact_goal", required=True, width=16)
    state = Choice("进展", "goal_state", required=True, default="open", width=6)
    words = Text("具体内容", max_length=300, multiline=True)
    due_on = PartialDate("完成时限")
    done_on = PartialDate("完成日期")

    if TYPE_CHECKING:
        contact_point_id: int

    class Meta:
        label = "联系点目标"
        detail_of = ContactPoint

    def faults(self) -> Iterator[Fault]:
        """What is done says when, and only that."""
        if self.done_on and self.state in code_list("goal_state").marked("open"):
            yield Fault("state", "填了完成日期，进展请选“已完成”")
        if self.state == "done" and not self.done_on:
            yield Fault("done_on", "请填写完成日期")

    def title(self) -> str:
        return f"{self.contact_point.name} {code_list('contact_goal').label_of(self.kind)}"
