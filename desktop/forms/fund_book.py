"""基金收支台账: the day book of each fund with the balance after every line, year by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.aiding.ledger import Booked, day_book
from db.codes import code_list
from db.errors import Refusal
from db.registers.fund import Fund
from db.rules import dates
from db.rules.amount import show
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import CENTRE, MONEY, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

BY_FUND, TOGETHER = "一种资金一册", "合为一本日记账"
_YEAR = Option("year", "年度", "", help="空着印到今天为止的全部账目")
_VOLUMES = Option("volumes", "分册", BY_FUND, (BY_FUND, TOGETHER))


@dataclass(frozen=True)
class Book:
    """The lines of a book with what was brought forward; `fund` is None for the day book of all."""

    fund: Fund | None
    brought: int
    lines: Sequence[Booked]
    year: str

    def title(self) -> str:
        return str(self.fund.name) if self.fund is not None else "资金日记账"


class FundBook(Form):
    """One book for each fund, or one day book for all."""

    of = Fund
    title = "基金收支台账"
    paper = A4_LANDSCAPE
    signed = True
    choices = (_YEAR, _VOLUMES)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        year = str(options["year"]).strip()
        if year and not (year.isdecimal() and len(year) == 4):
            raise Refusal(f"年度请写四位数字，不能是“{year}”。")
        span = (f"{year}-01-01", f"{year}-12-31") if year else ("", "")
        books = []
        for fund in records:
            brought, lines = day_book(fund, *span)
            books.append(Book(fund, brought, lines, year))
        if options["volumes"] == BY_FUND or len(books) < 2:
            return books
        return [_together(books, year)]

    def mark(self, subject: Book) -> Mark | None:
        if subject.fund is None:
            return Mark(self.id, 0, "0")
        return Mark(self.id, subject.fund.id, short_number(subject.fund.id))

    def compose(self, sheet: Sheet, subject: Book, options: Options) -> None:
        """Income, spending and the balance that the ledger works out."""
        year = f"{subject.year}年" if subject.year else ""
        columns = [
            ORDINAL,
            Column("日期", 22, lambda b: b.entry.on.replace("-", "."), kind=CENTRE),
            Column("凭证号", 24, lambda b: b.entry.voucher, kind=CENTRE),
            Column("摘要", 66, lambda b: b.entry.words, kind=TEXT),
            Column("来源或用途", 30, _what, kind=CENTRE),
            Column("收入（元）", 28, lambda b: b.income, kind=MONEY, total=True),
            Column("支出（元）", 28, lambda b: b.spending, kind=MONEY, total=True),
            Column("余额（元）", 28, lambda b: b.balance, kind=MONEY),
            Column("经手人", 18, lambda b: b.entry.handler, kind=CENTRE),
        ]
        if subject.fund is None:
            columns.insert(3, Column("资金", 34, lambda b: b.entry.fund.name, kind=TEXT))
        last = subject.lines[-1].balance if subject.lines else subject.brought
        keepers = ""
        if subject.fund is not None:
            keepers = f"会计：{subject.fund.accountant}　出纳：{subject.fund.cashier}"
        sheet.roster(
            Roster(
                f"{subject.title()}{year}收支台账",
                columns,
                heads=(f"上期结转：{show(subject.brought)} 元", keepers),
                summary=(
                    f"结余：{show(last)} 元　（截至{dates.show(_until(subject), 'chinese')}）",
                ),
                foot=("负责人", "会计", "出纳", "监督人"),
                row=7.6,
            ),
            subject.lines,
        )


def _what(booked: Booked) -> str:
    entry = booked.entry
    if entry.source:
        return code_list("fund_source").label_of(entry.source)
    if entry.purpose:
        return code_list("fund_purpose").label_of(entry.purpose)
    return code_list("ledger_kind").label_of(entry.kind)


def _until(book: Book) -> str:
    if book.year:
        return f"{book.year}-12-31"
    return str(book.lines[-1].entry.on) if book.lines else dates.today()


def _together(books: Sequence[Book], year: str) -> Book:
    """All funds in one book in the order of days; the balance is that of all together."""
    brought = sum(book.brought for book in books)
    lines = sorted(
        (line.entry for book in books for line in book.lines), key=lambda e: (e.on, e.id)
    )
    found, balance = [], brought
    for entry in lines:
        balance += entry.effect
        found.append(Booked(entry, balance))
    return Book(None, brought, found, year)
