"""组织关系转接: one member's way to another Party organization, from the request to the returned 回执."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault
from db.fields import Choice, Name, Number, PartialDate, Phone, Reference, Structured, Text
from db.record import Record
from db.registers.member import Member


@cache
def rules() -> dict[str, Any]:
    """The days of the letter and of its 回执, as `resources/rules/transfer.toml` has them."""
    return tomllib.loads((resources.files("resources.rules") / "transfer.toml").read_text("utf-8"))


class Transfer(Record):
    """One 组织关系介绍信 and how far it has come. It stays with the office that lets the member go."""

    member = Reference("党员", Member, width=10)
    way = Choice("去向", "transfer_way", required=True, default="within")
    state = Choice("状态", "transfer_state", required=True, default="asked", width=9)
    number = Text(
        "介绍信号",
        max_length=30,
        width=14,
        searched="text",
        help_text="本单位自己的编号：年份和顺序号",
    )
    issued_on = PartialDate("开具日期", help_text="介绍信上的日期")
    valid_days = Number("有效期", minimum=1, maximum=rules()["longest_days"], unit="天")
    dues_until = PartialDate("党费交到", help_text="年月")
    from_name = Text("由（原党组织）", max_length=60, width=20)
    to_name = Text("去（现党组织）", max_length=60, width=20)
    addressee = Text("抬头", max_length=60, help_text="介绍信写给谁，一般是接收方的县级以上组织部")
    to_office = Text("转往单位代码", max_length=12, width=9, help_text="旗县内转接时填写")
    reason = Text("转接原因", max_length=60)
    asked_on = PartialDate("提出日期", required=True)
    taker = Text("接收单位代码", max_length=12, width=9, help_text="旗县批准后由程序填写")
    answer = Text("旗县意见", max_length=200)
    received_on = PartialDate("回执日期", help_text="回执联上的接收日期")
    received_by = Text("接收的党组织", max_length=60)
    handled_by = Name("回执经办人", searched="")
    receipt_phone = Phone("回执联系电话", searched="")
    past = Structured("在原单位的经历", default=list)
    notes = Text("备注", max_length=200, multiline=True)

    if TYPE_CHECKING:
        member_id: int | None

    class Meta:
        label = "组织关系转接"
        section = "基础台账"
        order = 25
        newest_first = True
        service_made = True
        shown_to = ("taker",)
        onward = (
            ("state", ("asked", "refused", "approved", "received")),
            *((name, ("",)) for name in ("taker", "answer", "received_on", "received_by")),
            *((name, ("",)) for name in ("handled_by", "receipt_phone")),
            ("past", ("[]",)),
        )

    def faults(self) -> Iterator[Fault]:
        """Somebody moves somewhere, and the 回执 is not older than the letter."""
        if self.member_id is None:
            yield Fault("member", "请选择党员")
        where = "from_name" if self.way == "into" else "to_name"
        if self.way != "within" and not getattr(self, where):
            yield Fault(where, "请填写对方党组织的名称")
        if self.way == "within" and not self.to_office:
            yield Fault("to_office", "请选择转往的单位")
        if self.received_on and self.received_on < self.issued_on[: len(self.received_on)]:
            yield Fault("received_on", "回执日期早于介绍信日期")

    def title(self) -> str:
        name = self.member.name if self.member is not None else ""
        return f"{name} {self.number or code_list('transfer_way').label_of(self.way)}".strip()

    def subtitle(self) -> str:
        return " → ".join(name for name in (self.from_name, self.to_name) if name)

    def due_on(self) -> str:
        """The day by which the 回执 should be back."""
        if len(self.issued_on) < 10:
            return ""
        days = timedelta(days=rules()["receipt_days"])
        return (date.fromisoformat(self.issued_on) + days).isoformat()


class TransferReceipt(Record):
    """回执: the receiving office says that the member has come, and to which branch."""

    transfer = Reference("组织关系转接", Transfer, required=True, backref="receipts")
    on = PartialDate("接收日期", required=True, column_name="received_on")
    branch = Text("编入的党支部", max_length=60)
    handled_by = Name("经办人", searched="")
    phone = Phone("联系电话", searched="")

    class Meta:
        label = "转接回执"
        detail_of = Transfer

    def title(self) -> str:
        return f"{self.transfer.title()} 回执"
