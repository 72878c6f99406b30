"""收支: money comes in, goes out, is put right, and the year is closed. Amounts in whole 分."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db import journal
from db.codes import code_list
from db.errors import Refusal
from db.registers.fund import (
    Fund,
    FundBudget,
    FundEntry,
    FundYear,
    closed_until,
    last_entry,
    lines_of,
    open_amount,
    side_of,
)
from db.rules import dates, ledger
from db.rules.amount import show

STEM, LABEL = "fund", "资金"


@dataclass(frozen=True, slots=True)
class Booked:
    """A line of the day book: the entry and the balance of its fund after it."""

    entry: FundEntry
    balance: int

    @property
    def income(self) -> int | None:
        """What came in; None for a spending."""
        return self.entry.effect if _came_in(self.entry) else None

    @property
    def spending(self) -> int | None:
        """What went out; None for an income."""
        return None if _came_in(self.entry) else -self.entry.effect


def _came_in(entry: FundEntry) -> bool:
    return side_of(entry.kind) == "in"


def balance(fund: Fund, on: str = "") -> int:
    """The balance now, or at the end of a day."""
    return ledger.balance(lines_of(fund.id), on)


def open_fund(name: str, kind: str, opening: int = 0, on: str = "", **fields: Any) -> Fund:
    """A new fund with what is in it on its first day."""
    day = dates.parse(on) or dates.today()
    with journal.operation(f"设立资金“{name}”"):
        fund = Fund(name=name, kind=kind, opened_on=day, **fields)
        fund.save()
        if opening:
            _enter(fund, "opening", opening, day, "期初余额")
    return fund


def _enter(fund: Fund, kind: str, amount: int, on: str, words: str, **fields: Any) -> FundEntry:
    entry = FundEntry(
        fund=fund, kind=kind, amount=amount, on=dates.parse(on), words=words, **fields
    )
    entry.save()
    return entry


def receive(
    fund: Fund, amount: int, on: str, source: str, words: str, *, donor: str = "", **fields: Any
) -> FundEntry:
    """Money comes in; a giver's entry gets the next number of a receipt."""
    kind = fields.pop("kind", "income")
    is_gift = code_list("fund_source")[source].is_marked("donor") if source else False
    with journal.operation(f"“{fund.name}”收入 {show(amount)} 元：{words}"):
        receipt = next_receipt(dates.parse(on)[:4]) if donor and is_gift else ""
        return _enter(
            fund, kind, amount, on, words, source=source, donor=donor, receipt=receipt, **fields
        )


def next_receipt(year: str) -> str:
    """The next number of a donor's receipt in a year: 2026-0001."""
    query: Any = FundEntry.select(FundEntry.receipt)
    rows = query.where(FundEntry.receipt.startswith(f"{year}-")).tuples()
    last = max((int(number.rpartition("-")[2]) for (number,) in rows), default=0)
    return f"{year}-{last + 1:04}"


def spend(fund: Fund, amount: int, on: str, purpose: str, words: str, **fields: Any) -> FundEntry:
    """Money goes out; refuses beyond the balance unless the fund allows it."""
    kind = fields.pop("kind", "spending")
    with journal.operation(f"“{fund.name}”支出 {show(amount)} 元：{words}"):
        return _enter(fund, kind, amount, on, words, purpose=purpose, **fields)


def contra(
    entry: FundEntry, on: str, reason: str, amount: int | None = None, **fields: Any
) -> FundEntry:
    """Take an entry back by a red one that names it: wholly, or a part of it."""
    if not reason.strip():
        raise Refusal("请写明冲销原因。")
    if entry.contra_of_id is not None:
        raise Refusal("冲销账目本身不能再冲销；多冲了的，请重记一笔。")
    left = open_amount(entry)
    if left <= 0:
        raise Refusal(f"“{entry.words}”已经全部冲销。")
    taken = left if amount is None else amount
    if taken <= 0:
        raise Refusal("冲销的金额应大于零。")
    words = f"冲销{dates.show(entry.on)}“{entry.words[:60]}”：{reason.strip()}"[:120]
    carried = {"source": entry.source, "purpose": entry.purpose, "donor": entry.donor,
               "organization": entry.organization_id}  # fmt: skip
    with journal.operation(f"“{entry.fund.name}”冲销 {show(taken)} 元", kind="contra"):
        return _enter(
            entry.fund, entry.kind, -taken, on, words, contra_of=entry, **{**carried, **fields}
        )


def day_book(fund: Fund, since: str = "", until: str = "") -> tuple[int, list[Booked]]:
    """(balance brought forward, the entries of a period with their balances)."""
    running = ledger.running(lines_of(fund.id))
    entries = {e.id: e for e in FundEntry.living().where(FundEntry.fund == fund)}
    brought = 0
    found = []
    for line, after in running:
        if since and line.on < since:
            brought = after
        elif not until or line.on <= until:
            found.append(Booked(entries[line.number], after))
    return brought, found


def close_year(fund: Fund, year: int, on: str = "") -> FundYear:
    """Close a year: its sums are kept, and what is left is carried over by the ledger itself."""
    closed = closed_until(fund.id)
    if closed and int(closed) >= year:
        raise Refusal(f"“{fund.name}”{closed}年度已经结账。")
    last = last_entry(fund.id)
    if last is None:
        raise Refusal(f"“{fund.name}”还没有账目，不用结账。")
    first = min(line.on for line in lines_of(fund.id))[:4]
    pending = range(int(closed) + 1 if closed else int(first), year)
    if pending:
        raise Refusal(f"请先结清 {pending[0]} 年度。")
    brought, booked = day_book(fund, f"{year}-01-01", f"{year}-12-31")
    income = sum(b.income or 0 for b in booked)
    spending = sum(b.spending or 0 for b in booked)
    with journal.operation(f"“{fund.name}”{year}年度结账", kind="close"):
        kept = FundYear(
            fund=fund, year=year, opening=brought, income=income, spending=spending,
            closing=brought + income - spending, closed_on=on or dates.today(), last=last,
        )  # fmt: skip
        kept.save()
    return kept


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What an organization may spend in a year, and what it has spent."""

    budget: FundBudget
    spent: int

    @property
    def left(self) -> int:
        """What may still be spent; below zero when it was exceeded."""
        return int(self.budget.amount or 0) - self.spent


def budgets(fund: Fund, year: int) -> list[BudgetLine]:
    """The budgets of a year with what was spent of each, contra entries taken off."""
    entries = list(
        FundEntry.living().where(
            FundEntry.fund == fund,
            FundEntry.on.startswith(f"{year}-"),
            FundEntry.organization.is_null(False),
        )
    )
    rows: Iterable[FundBudget] = FundBudget.living().where(
        FundBudget.fund == fund, FundBudget.year == year
    )
    return [
        BudgetLine(
            row,
            -sum(
                e.effect
                for e in entries
                if e.organization_id == row.organization_id
                and not _came_in(e)
                and row.purpose in ("", e.purpose)
            ),
        )
        for row in rows
    ]


def entry_by_voucher(fund: Fund, words: str) -> FundEntry:
    """The one entry that carries a voucher number, or whose summary is these words."""
    rows = FundEntry.living().where(FundEntry.fund == fund, FundEntry.contra_of.is_null())
    text = words.strip()
    found = list(rows.where(FundEntry.voucher == text)) or list(rows.where(FundEntry.words == text))
    if not found:
        raise Refusal(f"“{fund.name}”里没有凭证号或摘要是“{text}”的账目。")
    if len(found) > 1:
        raise Refusal(f"“{text}”有 {len(found)} 笔账目，请用凭证号指明是哪一笔。")
    one: FundEntry = found[0]
    return one
