"""领导干部: who keeps contact points and goes visiting, with rank and unit (docs/systems.md 15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Name, Number, PartialDate, Phone, Reference, Text
from db.record import Record
from db.registers.member import Member
from db.registers.organization import Organization


class Leader(Record):
    """领导干部: one leading cadre in one post; a new post is a new row, so that the past stays right."""

    name = Name("姓名", required=True, width=8, index=True)
    rank = Choice("级别", "leader_rank", required=True, width=7)
    post_title = Text("职务", max_length=60, width=16)
    unit_name = Text("工作单位", max_length=60, width=18)
    organization = Reference(
        "所属党组织", Organization, backref="leaders", help_text="统计用；空着算本级"
    )
    member = Reference("党员", Member, help_text="是本单位党员的可选")
    phone = Phone("联系电话", private=False)
    position = Number("排序", help_text="一览表和通报里的先后")
    from_on = PartialDate("任职日期")
    until_on = PartialDate("离任日期")
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        organization_id: int | None
        member_id: int | None

    class Meta:
        label = "领导干部"
        section = "联系走访"
        order = 80

    def faults(self) -> Iterator[Fault]:
        """Nobody leaves a post before taking it up."""
        if self.from_on and self.until_on and self.until_on < self.from_on[: len(self.until_on)]:
            yield Fault("until_on", "离任日期早于任职日期")

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        rank = code_list("leader_rank").label_of(self.rank)
        return "　".join(filter(None, (rank, f"{self.unit_name}{self.post_title}")))
