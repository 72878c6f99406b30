"""困难党员台账: who is recognised as in hardship, person by person and year by year (docs/systems.md 10).

A row stays when the hardship has ended, so that last year's list is still last year's list. People
outside the Party stand here too: families, former cadres.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault
from db.fields import (
    Attachment,
    Choice,
    Flag,
    IdNumber,
    Money,
    Name,
    Number,
    PartialDate,
    Phone,
    Reference,
    Structured,
    Text,
)
from db.identity import identity
from db.record import Record
from db.registers.member import Member
from db.registers.organization import Organization


class Hardship(Record):
    """One person's hardship in one year."""

    name = Name("姓名", required=True, width=8)
    year = Number("年度", required=True, minimum=1949, maximum=2099)
    member = Reference("党员", Member, backref="hardships", width=8, help_text="不是党员的空着")
    kind = Choice("对象类别", "recipient_kind", required=True, default="member", width=8)
    organization = Reference("所在党支部", Organization, required=True, width=22)
    sex = Choice("性别", "sex", width=4)
    ethnicity = Choice("民族", "ethnicity", width=6)
    born_on = PartialDate("出生日期")
    id_number = IdNumber("公民身份号码", aliases=("身份证号", "身份证号码"))
    phone = Phone("联系电话")
    address = Text("家庭住址", max_length=80, private=True, width=18)
    category = Choice("困难类别", "hardship", required=True, width=12)
    degree = Choice("困难程度", "hardship_degree", required=True, default="general", width=8)
    cause = Text(
        "困难原因",
        max_length=300,
        multiline=True,
        private=True,
        aliases=("困难原因简述", "致困原因"),
    )
    household_number = Text(
        "户编号",
        max_length=20,
        private=True,
        help_text="同一户的人写同一个编号，发放时防止一户重复",
    )
    household = Structured(
        "家庭成员", default=list, private=True,
        help_text="每人：姓名、关系、年龄、健康状况、年收入",
    )  # fmt: skip
    household_size = Number("家庭人口", minimum=1, maximum=30)
    income = Money("家庭人均年收入", private=True)
    income_source = Text("收入来源", max_length=60, private=True, help_text="只写本人的收入来源")
    subsistence = Choice("享受保障情况", "subsistence")
    labour = Choice("劳动能力", "labour")
    health = Choice("健康状况", "health")
    past_aid = Text("曾受帮扶情况", max_length=300, multiline=True)
    asked_on = PartialDate("申请日期")
    asked_amount = Money("申请金额")
    recognised = Flag("组织认定", help_text="只由旗县组织部认定；未认定的不计入统计")
    recognised_on = PartialDate("认定日期")
    recognised_by = Text("认定单位", max_length=60)
    until_on = PartialDate("脱困日期")
    until_reason = Text("脱困原因", max_length=100)
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        member_id: int | None
        organization_id: int

    class Meta:
        label = "困难帮扶对象"
        section = "关爱帮扶"
        order = 91
        told_by = ("id_number", "year")

    def check(self) -> list[Fault]:
        """What the member's record knows is taken from there, for a new row only."""
        if self.__data__.get("id") is None and self.member_id:
            take_over(self, self.member)
        if self.household and not self.household_size:
            self.household_size = len(self.household) + 1
        return super().check()

    def faults(self) -> Iterator[Fault]:
        """One row a person and year; recognition belongs to the county; an end has a date."""
        if not self.retired:
            yield from self._twice()
        if self.kind == "member" and not self.member_id:
            yield Fault("member", "对象类别是“党员”时请选择党员")
        if self.until_reason and not self.until_on:
            yield Fault("until_on", "写了脱困原因，请填脱困日期")
        if self.recognised and not self.recognised_on:
            yield Fault("recognised_on", "组织认定请填认定日期")
        if self.recognised_on and not self.recognised:
            yield Fault("recognised", "填了认定日期，请勾选组织认定")
        if self._recognition_changed() and identity().level != "county":
            yield Fault("recognised", "组织认定由旗县组织部作出，苏木乡镇不能填写")

    def _twice(self) -> Iterator[Fault]:
        rows = Hardship.living().where(Hardship.year == self.year, Hardship.id != (self.id or 0))
        if self.member_id:
            rows = rows.where(Hardship.member == self.member_id)
        elif self.id_number:
            rows = rows.where(Hardship.id_number == self.id_number)
        else:
            return
        if rows.exists():
            yield Fault("name", f"{self.name}{self.year}年度已经登记过")

    def _recognition_changed(self) -> bool:
        kept: Any = None
        if self.__data__.get("id") is not None:
            query: Any = Hardship.select(Hardship.recognised, Hardship.recognised_on)
            kept = query.where(Hardship.id == self.id).tuples().first()
        return (int(self.recognised or 0), self.recognised_on) != tuple(kept or (0, ""))

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return f"{self.year}年 {code_list('hardship_degree').label_of(self.degree)}"

    @property
    def current(self) -> bool:
        """Whether the hardship has not ended."""
        return not self.retired and not self.until_on


class Evidence(Record):
    """证明材料: which paper proves the hardship, and its scan."""

    hardship = Reference("困难帮扶对象", Hardship, required=True, backref="evidence")
    kind = Choice("材料种类", "evidence_kind", required=True)
    file_name = Text("文件名", max_length=120, width=20, private=True)
    digest = Attachment(
        "扫描件", named_in="file_name", sized_in="size", private=True, aliases=("校验值",)
    )
    size = Number("字节数")
    place = Text("存放位置", max_length=80, help_text="原件在哪个档案盒")
    received_on = PartialDate("收到日期")

    class Meta:
        label = "困难证明材料"
        detail_of = Hardship

    def title(self) -> str:
        return f"{self.hardship.name} {code_list('evidence_kind').label_of(self.kind)}"


#: What a new row takes from the member's record where nothing was typed.
_TAKEN = ("sex", "ethnicity", "born_on", "id_number", "phone", "address")


def take_over(hardship: Hardship, member: Member) -> None:
    """Fill a row from the member's record; what was typed stays."""
    hardship.name = member.name
    hardship.organization = hardship.organization_id or member.organization_id
    for name in _TAKEN:
        if not getattr(hardship, name):
            setattr(hardship, name, getattr(member, name))
