"""资金台账: funds, their append-only ledger, budgets and year-ends (docs/systems.md 10, 40).

The balance is no column: it is worked out from the entries. An entry is never changed; a mistake is
mended by a contra entry that names it. Every entry names the one before it, so that only the last
one of a fund can be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.codes import code_list
from db.errors import Fault, Refusal
from db.fields import Choice, Flag, Money, Name, Number, PartialDate, Phone, Reference, Text
from db.record import Record
from db.registers.organization import Organization
from db.rules import amount as money
from db.rules import dates
from db.rules.ledger import Line, effect, mendable, shortfall


class Fund(Record):
    """A fund with its own ledger: 救助基金, 党费专项, 财政, 捐赠, 互助, 党建经费."""

    name = Text("资金名称", required=True, max_length=60, width=22, searched="name")
    kind = Choice("资金类别", "fund_kind", required=True, width=14)
    organization = Reference("管理单位", Organization, width=22)
    overdraft = Flag("允许超支", help_text="一般不允许；先垫付后拨款的才选“是”")
    accountant = Name("会计", searched="", help_text="会计和出纳不能是同一个人")
    cashier = Name("出纳", searched="")
    bank = Text("开户行", max_length=60)
    account_number = Text("账号", max_length=40, private=True)
    opened_on = PartialDate("设立日期")
    document = Text("设立依据", max_length=80, help_text="文件名称或文号")
    notes = Text("备注", max_length=500, multiline=True)

    if TYPE_CHECKING:
        organization_id: int | None

    class Meta:
        label = "资金"
        section = "关爱帮扶"
        order = 90

    def faults(self) -> Iterator[Fault]:
        """Who keeps the books does not keep the money (会计法 第三十五条)."""
        if self.accountant and self.accountant == self.cashier:
            yield Fault("cashier", "会计和出纳不能是同一个人")

    def title(self) -> str:
        return str(self.name)

    def subtitle(self) -> str:
        return code_list("fund_kind").label_of(self.kind)


class FundEntry(Record):
    """收支账目: one line of a fund's ledger; never changed, mended only by a contra entry."""

    fund = Reference("资金", Fund, required=True, backref="entries")
    on = PartialDate("日期", required=True, column_name="entered_on")
    kind = Choice("账目类别", "ledger_kind", required=True, default="income")
    amount = Money("金额", required=True, minimum=None, help_text="冲销写负数")
    voucher = Text("凭证号", max_length=30, searched="text")
    words = Text("摘要", required=True, max_length=120, width=26, searched="text")
    source = Choice("资金来源", "fund_source", help_text="收入时填写")
    purpose = Choice("资金用途", "fund_purpose", help_text="支出时填写")
    organization = Reference("使用单位", Organization, help_text="按单位核算时填写")
    donor = Text("捐赠人", max_length=60, searched="name")
    donor_phone = Phone("捐赠人电话", searched="")
    receipt = Text("捐赠收据号", max_length=20, searched="text")
    handler = Name("经手人", searched="")
    contra_of = Reference("冲销的账目", "self", backref="contras")
    previous = Reference("上一笔", "self", backref="next_entries", help_text="自动填写")

    if TYPE_CHECKING:
        fund_id: int
        organization_id: int | None
        contra_of_id: int | None
        previous_id: int | None

    class Meta:
        label = "收支账目"
        detail_of = Fund

    @property
    def effect(self) -> int:
        """What the entry adds to the balance, in 分."""
        return effect(self.amount or 0, side_of(self.kind))

    def check(self) -> list[Fault]:
        """A new entry stands after the last one of its fund."""
        is_new = self.__data__.get("id") is None
        if is_new and self.previous_id is None and self.fund_id:
            self.previous = last_entry(self.fund_id)
        return super().check()

    def faults(self) -> Iterator[Fault]:
        """Append-only, dated to the day, in an open year, within the balance, contra within its entry."""
        if len(self.on) != 10:
            yield Fault("on", "账目日期请写到日")
            return
        kept = FundEntry.get_or_none(FundEntry.id == self.id) if self.id else None
        if kept is not None and any(getattr(kept, name) != getattr(self, name) for name in _FIXED):
            yield Fault("", "账目登记后不能修改，记错了请冲销后重记")
            return
        if not self.amount:
            yield Fault("amount", "金额不能为零")
            return
        yield from self._order()
        yield from self._contra()
        closed = closed_until(self.fund_id)
        if closed and self.on[:4] <= closed:
            yield Fault("on", f"{closed}年度已经结账，请记入下一年度")
        if not self.fund.overdraft:
            others = [line for line in lines_of(self.fund_id) if line.number != self.id]
            number = self.id or (1 << 62)
            short = shortfall(others, Line(self.on, number, self.effect))
            if short is not None:
                yield Fault(
                    "amount",
                    f"余额不足：到 {dates.show(short.on, 'chinese')}“{self.fund.name}”"
                    f"将差 {money.show(-short.balance)} 元",
                )

    def _order(self) -> Iterator[Fault]:
        """No two entries stand after the same one."""
        rivals = FundEntry.living().where(
            FundEntry.fund == self.fund_id,
            FundEntry.id != (self.id or 0),
            FundEntry.previous.is_null()
            if self.previous_id is None
            else FundEntry.previous == self.previous_id,
        )
        if not self.retired and rivals.exists():
            yield Fault("", "这笔账之后已经登记了别的账目，请重新登记")

    def _contra(self) -> Iterator[Fault]:
        if self.contra_of_id is None:
            if (self.amount or 0) < 0:
                yield Fault("amount", "负数只用于冲销，请选择要冲销的账目")
            return
        mended = self.contra_of
        if mended.fund_id != self.fund_id or mended.kind != self.kind or mended.contra_of_id:
            yield Fault("contra_of", "只能冲销同一资金、同一类别的原账目")
            return
        if (self.amount or 0) > 0:
            yield Fault("amount", "冲销的金额应是负数")
        left = open_amount(mended, besides=self.id)
        if -(self.amount or 0) > left:
            yield Fault("amount", f"这笔账最多还能冲销 {money.show(left)} 元")
        if self.on < mended.on:
            yield Fault("on", "冲销日期早于原账目")

    def retire(self, reason: str) -> None:
        """A ledger loses no line."""
        raise Refusal("账目不能停用。记错了请用“冲销”，程序会登记一笔红字账目。")

    def title(self) -> str:
        return str(self.words)

    def subtitle(self) -> str:
        return f"{code_list('ledger_kind').label_of(self.kind)} {money.show(self.amount or 0)} 元"


#: What of an entry can never be changed; the rest (经手人 …) may be completed.
_FIXED = ("fund_id", "on", "kind", "amount", "contra_of_id", "previous_id", "receipt")


class FundYear(Record):
    """年度结账: the sums of a closed year; nothing more is entered into it."""

    fund = Reference("资金", Fund, required=True, backref="years")
    year = Number("年度", required=True, minimum=1921, maximum=2099)
    opening = Money("上年结转", required=True, minimum=None)
    income = Money("本年收入", required=True, minimum=None)
    spending = Money("本年支出", required=True, minimum=None)
    closing = Money("结转下年", required=True, minimum=None)
    closed_on = PartialDate("结账日期", required=True)
    last = Reference("最后一笔", FundEntry)

    if TYPE_CHECKING:
        fund_id: int
        last_id: int | None

    class Meta:
        label = "年度结账"
        detail_of = Fund

    def faults(self) -> Iterator[Fault]:
        """What came over, came in and went out is what goes on."""
        sums = (self.opening or 0) + (self.income or 0) - (self.spending or 0)
        if sums != self.closing:
            yield Fault("closing", "结转下年应等于上年结转加收入减支出")

    def title(self) -> str:
        return f"{self.fund.name}{self.year}年度"


class FundBudget(Record):
    """经费预算: what an organization may spend of a fund in a year (docs/systems.md 40)."""

    fund = Reference("资金", Fund, required=True, backref="budgets")
    organization = Reference("使用单位", Organization, required=True)
    year = Number("年度", required=True, minimum=1921, maximum=2099)
    amount = Money("预算金额", required=True)
    purpose = Choice("用途", "fund_purpose")
    notes = Text("说明", max_length=200)

    if TYPE_CHECKING:
        fund_id: int
        organization_id: int

    class Meta:
        label = "经费预算"
        detail_of = Fund

    def title(self) -> str:
        return f"{self.organization.name}{self.year}年预算"


def side_of(kind: str) -> str:
    """Whether entries of a kind raise ("in") or lower ("out") the balance."""
    codes = code_list("ledger_kind")
    return str(codes[kind].extra["side"]) if kind in codes else "in"


def lines_of(fund: int) -> list[Line]:
    """The ledger of a fund on plain values."""
    query: Any = (
        FundEntry.living()
        .select(FundEntry.id, FundEntry.on, FundEntry.kind, FundEntry.amount)
        .where(FundEntry.fund == fund)
    )
    return [Line(on, number, effect(a, side_of(kind))) for number, on, kind, a in query.tuples()]


def last_entry(fund: int) -> FundEntry | None:
    """The entry made last, whatever its date."""
    found: FundEntry | None = (
        FundEntry.living().where(FundEntry.fund == fund).order_by(FundEntry.id.desc()).first()
    )
    return found


def open_amount(entry: FundEntry, besides: int | None = None) -> int:
    """What of an entry no contra entry has taken back yet, in 分."""
    query: Any = FundEntry.living().select(FundEntry.amount)
    query = query.where(FundEntry.contra_of == entry.id, FundEntry.id != (besides or 0))
    return mendable(entry.amount or 0, [row[0] for row in query.tuples()])


def closed_until(fund: int) -> str:
    """The last closed year of a fund as text; "" when none is."""
    last = FundYear.living().where(FundYear.fund == fund).order_by(FundYear.year.desc()).first()
    return str(last.year) if last is not None else ""
