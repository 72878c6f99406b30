"""走访记录: who went where, whom they met, what was found, what was given (docs/systems.md 16).

One trip is one row; the households it went to, the contact points it serves and the things given
hang from it, so that a visit is entered once and counted wherever it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from db.codes import code_list
from db.errors import Fault
from db.fields import (
    Attachment,
    Choice,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Text,
)
from db.record import Record
from db.registers.aid import AidPayment
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.rectification import Rectification
from db.rules import dates


class Visit(Record):
    """走访: one trip of one or more days."""

    number = Text("编号", max_length=24, width=10, searched="text")
    from_on = PartialDate("走访日期", required=True, index=True)
    until_on = PartialDate("结束日期", help_text="当天返回的空着")
    days = Number("天数", minimum=0, maximum=366, help_text="空着按日期算；半天算 1 天")
    leader = Reference("走访领导", Leader, backref="visits", width=10)
    visitors = Text(
        "走访人",
        required=True,
        max_length=200,
        width=14,
        searched="text",
        help_text="多人用顿号分开；选了领导时自动填写",
    )
    companions = Text("陪同人员", max_length=200)
    way = Choice("走访方式", "visit_way", required=True, width=9)
    organization = Reference("走访的党组织", Organization, backref="visits", width=18)
    place = Text("地点", max_length=80, width=16)
    purpose = Text("事由", max_length=200, width=18)
    found = Text("走访情况", max_length=3000, multiline=True)
    opinions = Text("群众意见建议", max_length=2000, multiline=True)
    plan = Text("下步打算", max_length=1000, multiline=True)
    recorder = Name("记录人", searched="")
    photos = Number("照片张数")
    entered_on = PartialDate("录入日期", help_text="补录的走访也如实写录入日期；空着填当天")
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        leader_id: int | None
        organization_id: int | None

    class Meta:
        label = "走访"
        section = "联系走访"
        order = 84
        newest_first = True

    def check(self) -> list[Fault]:
        """Who went is the leader where nobody is named; days and entry date are filled in."""
        if self.leader is not None and not self.visitors:
            self.visitors = self.leader.name
        if self.__data__.get("id") is None and not self.entered_on:
            self.entered_on = dates.today()
        faults = super().check()
        if not faults and self.days is None:
            self.days = self.length
        return faults

    @property
    def length(self) -> int:
        """The calendar days of the trip, both ends included."""
        first = date.fromisoformat(self.from_on)
        last = date.fromisoformat(self.until_on) if self.until_on else first
        return (last - first).days + 1

    def faults(self) -> Iterator[Fault]:
        """A visit has a day, ends after it begins, and is no longer than its dates."""
        for field, words in (("from_on", "走访日期"), ("until_on", "结束日期")):
            value = getattr(self, field)
            if value and len(value) < 10:
                yield Fault(field, f"{words}要写到日，才能按月、按季考核")
                return
        if self.until_on and self.until_on < self.from_on:
            yield Fault("until_on", "结束日期早于走访日期")
        elif self.days is not None and self.days > self.length:
            yield Fault("days", f"从走访日期到结束日期只有 {self.length} 天")

    def warnings(self) -> Iterator[Fault]:
        """A visit that lies ahead is kept and flagged."""
        yield from super().warnings()
        if self.entered_on and self.from_on > self.entered_on:
            yield Fault("from_on", "走访日期晚于录入日期")

    def title(self) -> str:
        where = self.organization.name if self.organization is not None else self.place
        return f"{self.from_on.replace('-', '.')} {self.visitors} {where}".strip()

    def subtitle(self) -> str:
        return code_list("visit_way").label_of(self.way)


class VisitServed(Record):
    """所服务的联系点: a contact point that a visit counts for; one visit may serve several."""

    visit = Reference("走访", Visit, required=True, backref="served")
    contact_point = Reference("联系点", ContactPoint, required=True, backref="served", width=24)

    if TYPE_CHECKING:
        visit_id: int
        contact_point_id: int

    class Meta:
        label = "走访联系点"
        detail_of = Visit

    def faults(self) -> Iterator[Fault]:
        """A visit counts once for a point."""
        if self.retired:
            return
        again = VisitServed.living().where(
            VisitServed.visit == self.visit_id,
            VisitServed.contact_point == self.contact_point_id,
            VisitServed.id != (self.id or 0),
        )
        if again.exists():
            yield Fault("contact_point", "这次走访已计入这个联系点")

    def title(self) -> str:
        return f"{self.visit.from_on} {self.contact_point.name}"


class VisitRectified(Record):
    """所服务的整顿: a village being put in order that a visit counts for."""

    visit = Reference("走访", Visit, required=True, backref="rectified")
    rectification = Reference("后进整顿", Rectification, required=True, backref="visits", width=24)

    if TYPE_CHECKING:
        visit_id: int
        rectification_id: int

    class Meta:
        label = "走访整顿点"
        detail_of = Visit

    def faults(self) -> Iterator[Fault]:
        """A visit counts once for a village."""
        again = VisitRectified.living().where(
            VisitRectified.visit == self.visit_id,
            VisitRectified.rectification == self.rectification_id,
            VisitRectified.id != (self.id or 0),
        )
        if not self.retired and again.exists():
            yield Fault("rectification", "这次走访已计入这个整顿点")

    def title(self) -> str:
        return f"{self.visit.from_on} {self.rectification.title()}"


class Household(Record):
    """走访户: a household or a person met on the trip."""

    visit = Reference("走访", Visit, required=True, backref="households")
    head = Name("户主姓名", required=True, width=8)
    kind = Choice("走访对象", "visited", required=True, default="farmer", width=9)
    member = Reference(
        "党员", Member, backref="visited_at", help_text="户里是党员的可选，计入困难党员走访"
    )
    people = Number("人口", maximum=99, width=4)
    address = Text("住址", max_length=80, width=14, private=True)
    phone = Phone("联系电话")
    situation = Text("家庭情况", max_length=500, multiline=True)
    difficulty = Text("困难和问题", max_length=500, multiline=True)
    wishes = Text("诉求和建议", max_length=500, multiline=True)

    if TYPE_CHECKING:
        visit_id: int
        member_id: int | None

    class Meta:
        label = "走访户"
        detail_of = Visit

    def title(self) -> str:
        return f"{self.head} {code_list('visited').label_of(self.kind)}"


class Gift(Record):
    """慰问款物: money or goods given on a visit; goods at their value."""

    visit = Reference("走访", Visit, required=True, backref="gifts")
    household = Reference("走访户", Household, backref="gifts")
    kind = Choice("慰问形式", "gift_kind", required=True, default="money", width=6)
    what = Text("品名和数量", max_length=60, width=14, help_text="如“米 2 袋、油 1 桶”")
    value = Money("金额或折款", required=True, minimum=0)
    payment = Reference(
        "发放名单里的一笔",
        AidPayment,
        backref="handed_over",
        help_text="款物已在发放台账里的，选那一笔：金额从那里来，不再另计",
    )
    aid_reference = Text(
        "入账凭证", max_length=60, help_text="款物在别处入账的凭证号；填了的不计入这里的慰问合计"
    )

    if TYPE_CHECKING:
        visit_id: int
        household_id: int | None
        payment_id: int | None

    class Meta:
        label = "慰问款物"
        detail_of = Visit

    def check(self) -> list[Fault]:
        """What stands on a list of aid is not typed again: amount and goods are those of its row."""
        payment = self.payment
        if payment is not None:
            if self.kind == "goods":
                self.value, self.what = payment.goods_value or 0, payment.goods or self.what
            else:
                self.value = payment.amount
        return super().check()

    def faults(self) -> Iterator[Fault]:
        """Goods are named, a household is of the same trip, a row of aid is handed over once."""
        if self.kind == "goods" and not self.what:
            yield Fault("what", "请写明品名和数量")
        if self.household is not None and self.household.visit_id != self.visit_id:
            yield Fault("household", "这一户不在这次走访里")
        if self.payment_id is not None and not self.retired and self._handed_over():
            yield Fault("payment", "这一笔已登记在另一次走访里")

    def _handed_over(self) -> bool:
        others = Gift.living().where(
            Gift.payment == self.payment_id, Gift.kind == self.kind, Gift.id != (self.id or 0)
        )
        return bool(others.exists())

    def title(self) -> str:
        words = self.what or code_list("gift_kind").label_of(self.kind)
        return f"{self.visit.from_on} {words}"


class VisitFile(Record):
    """走访附件: a photo of the trip, or a paper brought back from it."""

    visit = Reference("走访", Visit, required=True, backref="files")
    digest = Attachment("照片或文件", named_in="file_name", sized_in="size", required=True)
    words = Text("说明", max_length=100, width=16, help_text="如“入户了解种植情况”")
    file_name = Text("文件名", max_length=120, width=14)
    size = Number("字节数")

    if TYPE_CHECKING:
        visit_id: int

    class Meta:
        label = "走访附件"
        detail_of = Visit

    def title(self) -> str:
        return str(self.words or self.file_name or "附件")
