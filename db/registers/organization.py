"""党组织台账: the tree of Party organizations, their posts, terms and history (docs/systems.md 1, 2, 39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Flag, Name, Number, PartialDate, Phone, Reference, Text
from db.record import Record
from db.rules import meeting


class Organization(Record):
    """A Party organization, from 党委 down to 党小组 and 党员中心户."""

    code = Text(
        "党组织代码",
        max_length=24,
        width=14,
        aliases=("组织代码", "组织编码", "支部代码"),
        searched="text",
        help_text="上级党委编定的代码；没有可空着",
        index=True,
    )
    name = Text(
        "党组织全称",
        required=True,
        max_length=60,
        width=26,
        aliases=("党组织名称", "组织名称", "支部名称", "全称"),
        searched="name",
        help_text="与公章一致",
        index=True,
    )
    short_name = Text("简称", max_length=20, width=12, searched="name")
    kind = Choice("组织类别", "organization_kind", required=True, aliases=("党组织类别", "类别"))
    domain = Choice("所属领域", "domain", aliases=("领域",))
    parent = Reference("上级党组织", "self", aliases=("隶属党组织", "上级组织"))
    village = Flag("嘎查村党组织", width=6)
    township = Flag("苏木镇党委", width=6)
    status = Choice("状态", "organization_status", default="active")
    founded_on = PartialDate("成立日期", aliases=("批准成立日期", "成立时间"))
    founding_document = Text("批准文号", max_length=40)
    ended_on = PartialDate("撤并日期")
    election_due = PartialDate("届满日期", aliases=("换届日期", "届满时间"))
    unit_situation = Choice("所在单位情况", "unit_situation")
    unit_name = Text("单位名称", max_length=60, width=20)
    unit_kind = Choice("单位类别", "unit_kind")
    unit_code = Text("统一社会信用代码", max_length=18, width=19)
    address = Text("地址", max_length=80, width=20)
    phone = Phone("办公电话", private=False)
    contact = Name("联系人", searched="")
    notes = Text("备注", max_length=500, multiline=True)

    if TYPE_CHECKING:
        parent_id: int | None

    class Meta:
        label = "党组织"
        section = "基础台账"
        order = 10

    def faults(self) -> Iterator[Fault]:
        """The tree stays a tree; a living organization has one name and one code."""
        yield from self._tree_faults()
        if self.retired or self.status != "active":
            return
        others = Organization.living().where(
            Organization.status == "active", Organization.id != (self.id or 0)
        )
        if others.where(
            Organization.name == self.name, Organization.parent == self.parent_id
        ).exists():
            yield Fault("name", f"同一上级下已有“{self.name}”")
        if self.code and others.where(Organization.code == self.code).exists():
            yield Fault("code", f"代码“{self.code}”已被另一个党组织使用")

    def _tree_faults(self) -> Iterator[Fault]:
        seen = {self.id}
        above = self.parent
        if above is not None and above.retired:
            yield Fault("parent", f"上级“{above.name}”已停用")
        while above is not None:
            if above.id in seen:
                yield Fault("parent", "上级党组织不能是自己或自己的下级")
                return
            seen.add(above.id)
            above = above.parent
        if self.parent is not None and self.kind:
            kinds = code_list("organization_kind")
            if kinds[self.parent.kind].extra["level"] > kinds[self.kind].extra["level"]:
                yield Fault(
                    "parent",
                    f"“{kinds.label_of(self.kind)}”不能隶属于“{kinds.label_of(self.parent.kind)}”",
                )

    def warnings(self) -> Iterator[Fault]:
        """What a complete record of an organization still lacks."""
        yield from super().warnings()
        if not self.founded_on:
            yield Fault("founded_on", "缺成立日期")
        if not self.domain:
            yield Fault("domain", "缺所属领域")

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return str(self.parent.name) if self.parent is not None else ""


class Term(Record):
    """届次: one term of an organization's leading group and how it was elected."""

    organization = Reference("党组织", Organization, required=True, backref="terms")
    number = Text("届次", max_length=12, help_text="如“第五届”")
    elected_on = PartialDate("选举日期", required=True)
    due_on = PartialDate("届满日期", required=True)
    way = Choice("选举方式", "election_way")
    expected = Number("应到人数")
    present = Number("实到人数")
    document = Text("批复文号", max_length=40)
    notes = Text("备注", max_length=200)

    class Meta:
        label = "换届记录"
        detail_of = Organization

    def faults(self) -> Iterator[Fault]:
        """A term ends after it begins, and nobody was present who was not expected."""
        if self.due_on <= self.elected_on:
            yield Fault("due_on", "届满日期应晚于选举日期")
        yield from meeting.faults(self.expected, self.present)

    def title(self) -> str:
        return f"{self.organization.name} {self.number or self.elected_on}".strip()


class OrganizationEvent(Record):
    """成立、合并、升格、撤销、更名: the history of an organization, with its document."""

    organization = Reference("党组织", Organization, required=True, backref="events")
    kind = Choice("变动类别", "organization_event", required=True)
    on = PartialDate("日期", required=True, column_name="happened_on")
    document = Text("批准文号", max_length=40)
    other = Reference(
        "涉及的党组织", Organization, backref="+", help_text="并入、析出或升格前后的组织"
    )
    former_name = Text("原名称", max_length=60)
    words = Text("说明", max_length=300, multiline=True)

    class Meta:
        label = "党组织变动"
        detail_of = Organization

    def title(self) -> str:
        return f"{self.organization.name} {code_list('organization_event').label_of(self.kind)}"
