"""民情事项: what people asked for, who must settle it until when, and what came of it (docs/systems.md 16)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from peewee import fn

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Name, PartialDate, Phone, Reference, Text
from db.record import Record
from db.registers.contact_point import ContactPoint
from db.registers.organization import Organization
from db.registers.visit import Visit
from db.rules import dates


class Matter(Record):
    """民情事项: found → assigned → settled or explained → the person told → 销号."""

    number = Text("编号", max_length=24, width=12, searched="text", help_text="空着自动编号")
    kind = Choice("事项类别", "matter_kind", required=True, width=9)
    grade = Choice("事项分级", "matter_grade", width=9)
    source = Choice("来源", "matter_source", required=True, default="visit", width=6)
    visit = Reference("来源走访", Visit, backref="matters", width=18)
    contact_point = Reference("联系点", ContactPoint, backref="matters")
    organization = Reference("所在党组织", Organization, backref="matters", width=18)
    raised_by = Name("反映人", width=8)
    phone = Phone("反映人电话", searched="")
    received_on = PartialDate("反映日期", required=True, index=True)
    content = Text(
        "反映内容", required=True, max_length=1000, multiline=True, width=24, searched="text"
    )
    unit_name = Text("责任单位", max_length=60, width=16)
    person = Text("责任人", max_length=60, width=8)
    assigned_on = PartialDate("交办日期")
    due_on = PartialDate("办结时限")
    settled_on = PartialDate("办结日期")
    result = Text("办理结果", max_length=1000, multiline=True)
    told = Text("反馈对象", max_length=60)
    told_on = PartialDate("反馈日期")
    satisfaction = Choice("满意度", "satisfaction", width=7)
    unsolved_reason = Text(
        "未办结原因",
        max_length=500,
        multiline=True,
        help_text="暂时办不了的写明原因，并向反映人说明",
    )
    explained_on = PartialDate("说明日期", help_text="向反映人说明办不了的日期")
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        visit_id: int | None
        contact_point_id: int | None
        organization_id: int | None

    class Meta:
        label = "民情事项"
        section = "联系走访"
        order = 86
        newest_first = True

    def check(self) -> list[Fault]:
        """A matter without a number gets the next one of its year."""
        faults = super().check()
        if not faults and not self.number:
            self.number = next_number(self.received_on[:4])
        return faults

    def faults(self) -> Iterator[Fault]:
        """Steps in their order; what is settled has no reason for not being so."""
        if self.due_on and len(self.due_on) < 10:
            yield Fault("due_on", "办结时限要写到日")
        for field, words in (
            ("due_on", "办结时限"),
            ("settled_on", "办结日期"),
            ("told_on", "反馈日期"),
        ):
            value = getattr(self, field)
            if value and value < self.received_on[: len(value)]:
                yield Fault(field, f"{words}早于反映日期")
        if self.settled_on and self.explained_on:
            yield Fault("explained_on", "已办结的事项不填“说明日期”")
        if self.explained_on and not self.unsolved_reason:
            yield Fault("unsolved_reason", "请写明未办结原因")
        if self.satisfaction and not (self.settled_on or self.explained_on):
            yield Fault("satisfaction", "办结或说明之后才能填满意度")

    def state(self, on: str = "") -> str:
        """未交办, 办理中, 超期, 办结 or 无法解决已说明, on a day (today when empty)."""
        day = on or dates.today()
        if self.settled_on:
            return "办结"
        if self.explained_on:
            return "无法解决已说明"
        if self.due_on and self.due_on < day:
            return "超期"
        return "办理中" if self.assigned_on else "未交办"

    def title(self) -> str:
        words = self.content.replace("\n", " ")
        short = words if len(words) <= 24 else words[:23] + "…"
        return f"{self.number} {short}".strip()

    def subtitle(self) -> str:
        kind = code_list("matter_kind").label_of(self.kind)
        return f"{kind}　{self.state()}"


class Progress(Record):
    """办理进展: one step on the way to settling a matter."""

    matter = Reference("民情事项", Matter, required=True, backref="progress")
    on = PartialDate("日期", required=True, column_name="happened_on")
    words = Text("进展情况", required=True, max_length=500, multiline=True, width=30)
    person = Name("经办人", searched="", width=8)

    if TYPE_CHECKING:
        matter_id: int

    class Meta:
        label = "办理进展"
        detail_of = Matter

    def title(self) -> str:
        return f"{self.matter.title()} {self.on}"


def next_number(year: str) -> str:
    """The number after the highest of a year: 2026-00017."""
    pattern = re.compile(rf"{year}-(\d{{5,}})")
    last: Any = (
        Matter.select(Matter.number)
        .where(Matter.number.startswith(f"{year}-"))
        .order_by(fn.LENGTH(Matter.number).desc(), Matter.number.desc())
    )
    for (number,) in last.tuples():
        found = pattern.fullmatch(number)
        if found:
            return f"{year}-{int(found[1]) + 1:05d}"
    return f"{year}-00001"
