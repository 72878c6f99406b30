"""发放台账: batches of aid from the rule to the signed list (docs/systems.md 10-13).

A batch is drawn up by a rule, discussed, posted and approved, then frozen when its list is first
printed. A frozen list never changes: what comes later is a correction row or a red entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault, Refusal
from db.fields import (
    Choice,
    Flag,
    Money,
    Name,
    Number,
    PartialDate,
    Reference,
    Structured,
    Text,
)
from db.record import Record
from db.registers.fund import Fund, FundEntry
from db.registers.hardship import Hardship
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import aid_rules, meeting
from db.rules import amount as money


class Aid(Record):
    """发放批次: one payment of one right to many people on one day."""

    name = Text("批次名称", required=True, max_length=60, width=26, searched="name")
    year = Number("年度", required=True, minimum=1949, maximum=2099)
    kind = Choice("发放种类", "aid_kind", required=True, width=12)
    fund = Reference("支出资金", Fund, backref="batches", width=18)
    scope = Reference("发放范围", Organization, help_text="在哪个党组织范围内发放；空着表示全部")
    pay_on = PartialDate("发放日期", required=True)
    way = Choice("发放方式", "aid_way", default="cash")
    document = Text("文号", max_length=60, width=18)
    step = Choice("步骤", "aid_step", required=True, default="draft", width=8)
    right_code = Text("发放权利", max_length=40, help_text="同一权利在同一周期内只发一次；自动填写")
    period = Text("权利周期", max_length=12)
    rule = Structured("发放规则", default=dict)
    notice_days = Number("公示天数", minimum=1, maximum=60)
    notice_unit = Choice("公示天数单位", "day_unit", default="working")
    notice_from = PartialDate("公示开始日期")
    notice_until = PartialDate("公示截止日期")
    notice_organ = Text("受理公示意见的单位", max_length=60)
    notice_phone = Text("受理电话", max_length=40, help_text="公示上印出")
    issuer = Text("发放单位", max_length=60, width=20)
    entered_by = Number("经办人号", help_text="程序填写；经办人不能审批自己的批次")
    alone = Flag("单位只有一人经办", help_text="程序填写：经办人审批了自己的名单")
    number = Text("名册编号", max_length=20, searched="text")
    frozen_on = PartialDate("定册日期")
    heading = Structured("定册时的表头", default=dict)
    entry = Reference("支出账目", FundEntry)
    notes = Text("备注", max_length=300, multiline=True)

    if TYPE_CHECKING:
        fund_id: int | None
        scope_id: int | None
        entry_id: int | None

    class Meta:
        label = "发放批次"
        section = "关爱帮扶"
        order = 92
        newest_first = True

    @property
    def frozen(self) -> bool:
        """Whether the list can no longer be changed."""
        codes = code_list("aid_step")
        return self.step in codes and codes[self.step].is_marked("frozen")

    def faults(self) -> Iterator[Fault]:
        """Paid on a day, posted in order; a frozen batch keeps what its list says."""
        if len(self.pay_on) != 10:
            yield Fault("pay_on", "发放日期请写到日")
        if self.notice_from and self.notice_until and self.notice_until < self.notice_from:
            yield Fault("notice_until", "公示截止日期早于开始日期")
        if self.rule:
            try:
                aid_rules.read(self.rule)
            except Refusal as refusal:
                yield Fault("rule", refusal.message)
        kept: Any = Aid.get_or_none(Aid.id == self.id) if self.__data__.get("id") else None
        if kept is not None and kept.frozen and self.frozen:
            for name in _FIXED:
                if getattr(kept, name) != getattr(self, name):
                    label = Aid._meta.fields[name.removesuffix("_id")].label
                    yield Fault(name.removesuffix("_id"), f"名册已经定册，“{label}”不能再改")

    def retire(self, reason: str) -> None:
        """Money that was booked out is not forgotten."""
        if self.frozen:
            raise Refusal("已经定册的批次不能停用；没有发出去的钱请登记“未领退回”。")
        super().retire(reason)

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return f"{self.pay_on.replace('-', '.')} {code_list('aid_step').label_of(self.step)}"


_FIXED = ("name", "kind", "fund_id", "pay_on", "right_code", "period", "rule", "number",
          "frozen_on", "heading", "entry_id")  # fmt: skip


class AidPayment(Record):
    """发放名单: what one person gets in a batch, and how it was received; a correction names its row."""

    aid = Reference("发放批次", Aid, required=True, backref="payments")
    position = Number("序号")
    name = Name("姓名", required=True, width=8)
    member = Reference("党员", Member, backref="payments")
    hardship = Reference("困难登记", Hardship, backref="payments")
    organization = Reference("所在党支部", Organization, width=22)
    sex = Choice("性别", "sex", width=4)
    born_on = PartialDate("出生日期")
    joined_on = PartialDate("入党日期")
    household_size = Number("家庭人口")
    person = Text("人员标识", max_length=60, private=True, help_text="程序填写，用来防止重复发放")
    household = Text("户标识", max_length=40, private=True)
    standard = Money("发放标准", default=0)
    amount = Money("金额", required=True, minimum=None)
    goods = Text("物品", max_length=60, help_text="如：大米 2 袋、食用油 1 桶")
    goods_value = Money("物品折价")
    basis = Text("依据", max_length=300, width=24)
    reason = Text("说明", max_length=200, help_text="高于标准、手工加入或更正的原因")
    frozen = Flag("已定册")
    result = Choice("领取情况", "payment_result", required=True, default="pending", width=8)
    received_on = PartialDate("领取日期")
    proxy_name = Name("代领人", searched="")
    proxy_relation = Text("与本人关系", max_length=20)
    bank = Text("开户行", max_length=60)
    account_number = Text("账号", max_length=40, private=True)
    correction_of = Reference("更正的行", "self", backref="corrections")
    entry = Reference("账目", FundEntry, help_text="退回或更正的账目")
    snapshot = Structured("定册时情况", default=dict, private=True)
    notes = Text("备注", max_length=200)

    if TYPE_CHECKING:
        aid_id: int
        member_id: int | None
        hardship_id: int | None
        organization_id: int | None
        correction_of_id: int | None
        entry_id: int | None

    class Meta:
        label = "发放名单"
        detail_of = Aid

    def faults(self) -> Iterator[Fault]:
        """Within the standard or with a reason; frozen rows stand; nobody twice for one right."""
        if self.correction_of_id is None and (self.amount or 0) < 0:
            yield Fault("amount", "金额不能是负数")
        if (self.amount or 0) > (self.standard or 0) and not self.reason.strip():
            yield Fault("reason", f"高于标准 {money.show(self.standard or 0)} 元，请写明原因")
        if self.correction_of_id is not None and not self.reason.strip():
            yield Fault("reason", "请写明更正原因")
        if self.result == "proxy" and not (self.proxy_name and self.proxy_relation):
            yield Fault("proxy_name", "代领请写明代领人和与本人关系")
        kept: Any = None
        if self.__data__.get("id"):
            kept = AidPayment.get_or_none(AidPayment.id == self.id)
        changed = kept is None or kept.amount != self.amount or kept.person != self.person
        if changed and not self.frozen and not self.retired and self.aid.step != "draft":
            yield Fault("", "名单已经送审，退回拟定后才能修改")
        if self.correction_of_id is not None and self.entry_id is None:
            yield Fault("entry", "更正要有对应的账目，请用“更正”登记")
        if kept is not None and kept.frozen and self.frozen:
            for name in _ROW_FIXED:
                if getattr(kept, name) != getattr(self, name):
                    yield Fault("", "名册已经定册，不能再改；请登记更正")
                    break
        if self.frozen and not self.retired and self.correction_of_id is None:
            yield from self._twice()

    def _twice(self) -> Iterator[Fault]:
        if self.result == "uncollected" or not self.person:
            return
        rows = (
            AidPayment.living()
            .join(Aid, on=AidPayment.aid)
            .where(
                AidPayment.person == self.person,
                AidPayment.frozen == 1,
                AidPayment.correction_of.is_null(),
                AidPayment.result != "uncollected",
                AidPayment.id != (self.id or 0),
                Aid.right_code == self.aid.right_code,
                Aid.period == self.aid.period,
                Aid.retired == "",
            )
        )
        other = rows.first()
        if other is not None:
            yield Fault("name", f"{self.name}已在“{other.aid.name}”里领过同一项")

    def retire(self, reason: str) -> None:
        """A frozen row stays on its list."""
        if self.frozen:
            raise Refusal("已经定册的名单不能停用；没有领的请登记“未领退回”。")
        super().retire(reason)

    def title(self) -> str:
        return f"{self.name} {money.show(self.amount or 0)} 元"

    @property
    def paid(self) -> bool:
        """Whether the person has it."""
        codes = code_list("payment_result")
        return self.result in codes and codes[self.result].is_marked("paid")


_ROW_FIXED = ("aid_id", "name", "person", "amount", "position", "snapshot", "correction_of_id",
              "goods", "goods_value")  # fmt: skip


class AidStep(Record):
    """审批环节: what one organ decided on a batch; a branch with its meeting."""

    aid = Reference("发放批次", Aid, required=True, backref="steps")
    step = Choice("环节", "aid_step", required=True)
    decision = Choice("结论", "step_decision", required=True, default="agreed")
    on = PartialDate("日期", required=True, column_name="decided_on")
    organ = Text("机关名称", max_length=60)
    person = Name("经办人", searched="")
    opinion = Text("意见", max_length=300, multiline=True)
    expected = Number("应到人数")
    present = Number("实到人数")
    approving = Number("同意人数")

    if TYPE_CHECKING:
        aid_id: int

    class Meta:
        label = "发放审批环节"
        detail_of = Aid

    def faults(self) -> Iterator[Fault]:
        """Nobody is present who was not expected, nobody agrees who is not present."""
        yield from meeting.faults(self.expected, self.present, self.approving, "同意人数")

    def title(self) -> str:
        return f"{self.aid.name} {code_list('aid_step').label_of(self.step)}"


class AidObjection(Record):
    """公示异议: what was raised while a list was posted, and what came of it."""

    aid = Reference("发放批次", Aid, required=True, backref="objections")
    received_on = PartialDate("收到日期", required=True)
    payment = Reference("涉及的人", AidPayment, backref="objections")
    content = Text("反映内容", required=True, max_length=600, multiline=True)
    outcome = Choice("处理结果", "objection_result", default="pending")
    settled_on = PartialDate("办结日期")
    answer = Text("核实情况与答复", max_length=600, multiline=True)
    raised_by = Text("反映人", max_length=60, private=True)

    if TYPE_CHECKING:
        aid_id: int

    class Meta:
        label = "发放公示异议"
        detail_of = Aid

    def title(self) -> str:
        return f"{self.aid.name} {self.received_on}"
