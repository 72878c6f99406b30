"""关爱帮扶: what was paid this year, to how many, by kind and place; loans; funds (docs/systems.md 10-14, 40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from peewee import fn

from db.aiding.loans import late as loans_late
from db.codes import code_list
from db.office_settings import days
from db.registers.aid import Aid, AidPayment
from db.registers.fund import Fund, lines_of
from db.registers.hardship import Hardship
from db.registers.loan import Loan
from db.registers.organization import Organization
from db.rules.ledger import effect, running
from db.statistics.due import Due
from db.statistics.figure import Cell, Draft, Figure, Measure, Row, cell, counted, summed
from db.statistics.scope import Scope

SECTION = "关爱帮扶"
ORDER = 50

#: What the county reports one by one: 发放种类 → part of the key, label.
_REPORTED = {
    "relief": ("hardship", "困难党员救助"),
    "medical": ("medical", "老党员合作医疗补助"),
    "before_1949": ("before_1949", "建国前老党员慰问"),
    "performance": ("performance", "优秀嘎查村干部绩效补贴"),
    "fifty_years": ("fifty_years", "光荣在党50年慰问"),
}


def paid(scope: Scope, year: int) -> Any:
    """The rows of frozen lists of a calendar year that were not given back, corrections among them."""
    last = min(f"{year}-12-31", scope.until)
    query = (
        AidPayment.living()
        .join(Aid, on=AidPayment.aid)
        .switch(AidPayment)
        .where(
            AidPayment.frozen == 1,
            AidPayment.result != "uncollected",
            Aid.retired == "",
            Aid.pay_on >= f"{year}-01-01",
            Aid.pay_on <= last,
        )
    )
    return scope.narrowed(query, AidPayment.organization)


def persons(scope: Scope, year: int) -> Any:
    """One row for each payment to a person: without corrections."""
    return paid(scope, year).where(AidPayment.correction_of.is_null())


def amount(query: Any) -> int:
    """The sum of the rows of a query, in 分."""
    return int(query.select(fn.COALESCE(fn.SUM(AidPayment.amount), 0)).scalar() or 0)


def loans(scope: Scope, year: int) -> Any:
    """Subsidised loans paid out in a calendar year."""
    pool = sorted(code_list("loan_kind").marked("pool"))
    query = Loan.living().where(
        Loan.kind.in_(pool), Loan.lent_on >= f"{year}-01-01", Loan.lent_on <= scope.until
    )
    return scope.narrowed(query, Loan.organization)


def measures(scope: Scope) -> Iterator[Measure]:
    """People and amounts of the year by kind, loans of the pool, those recognised in hardship."""
    year = int(scope.until[:4])
    to, all_rows = persons(scope, year), paid(scope, year)
    for kind, (key, label) in _REPORTED.items():
        people = to.where(Aid.kind == kind)
        yield counted(f"aid.{key}.people", f"{label}人数", "名", AidPayment, people)
        yield Measure(
            f"aid.{key}.amount", f"{label}金额", "分", amount(all_rows.where(Aid.kind == kind))
        )
    lent = loans(scope, year)
    pool = int(lent.select(fn.COALESCE(fn.SUM(Loan.principal), 0)).scalar() or 0)
    yield counted("aid.loan_pool.loans", "贴息贷款", "笔", Loan, lent)
    yield Measure("aid.loan_pool.amount", "贴息贷款金额", "分", pool)
    recognised = Hardship.living().where(Hardship.year == year, Hardship.recognised == 1)
    recognised = scope.narrowed(recognised, Hardship.organization)
    yield counted("aid.recognised", "组织认定困难党员", "名", Hardship, recognised)
    yield Measure("aid.total.amount", "本年发放合计", "分", amount(all_rows))


def drafts(scope: Scope) -> Iterator[Draft]:
    """By kind, by committee, by cause of hardship; the funds with what is in them."""
    year = int(scope.until[:4])
    yield Draft("aid_kinds", partial(_by_kind, scope, year))
    yield Draft("aid_causes", partial(_by_cause, scope, year))
    if scope.organization is None:
        yield Draft("aid_committees", partial(_by_committee, scope, year))
        yield Draft("aid_funds", partial(_by_fund, scope, year))


def _by_kind(scope: Scope, year: int) -> Figure:
    to, every = persons(scope, year), paid(scope, year)
    rows = []
    for kind in code_list("aid_kind"):
        mine = to.where(Aid.kind == kind.code)
        sum_of = amount(every.where(Aid.kind == kind.code))
        if sum_of or mine.count():
            rows.append(Row(kind.label, (cell(AidPayment, mine), Cell(sum_of // 100))))
    heads = ("种类", "人次", "金额（元）")
    return Figure("aid_kinds", "本年发放", heads, summed(rows), unit="人次", shape="none")


def _by_cause(scope: Scope, year: int) -> Figure:
    base = Hardship.living().where(Hardship.year == year, Hardship.recognised == 1)
    base = scope.narrowed(base, Hardship.organization)
    rows = [
        Row(cause.label, (cell(Hardship, mine),))
        for cause in code_list("hardship")
        if (mine := base.where(Hardship.category == cause.code)).count()
    ]
    return Figure("aid_causes", "困难类别", ("困难类别", "人数"), summed(rows))


def _by_committee(scope: Scope, year: int) -> Figure:
    tops = scope.organizations().where(
        Organization.kind == "committee", Organization.parent.is_null()
    )
    rows = []
    for top in tops.order_by(Organization.code):
        inside = scope.of(top.id)
        rows.append(
            Row(
                top.name,
                (
                    cell(AidPayment, persons(inside, year)),
                    Cell(amount(paid(inside, year)) // 100),
                ),
            )
        )
    heads = ("党委", "人次", "金额（元）")
    return Figure("aid_committees", "本年发放分布", heads, summed(rows), unit="人次", shape="none")


def _by_fund(scope: Scope, year: int) -> Figure:
    rows = []
    for fund in Fund.living().order_by(Fund.id):
        lines = [line for line in lines_of(fund.id) if line.on <= scope.until]
        this_year = [line for line in lines if line.on[:4] == str(year)]
        came, went = (effect(sum(e for e in _side(this_year, s)), side) for s, side in _SIDES)
        balance = running(lines)[-1][1] if lines else 0
        cells = (Cell(came // 100), Cell(went // 100), Cell(balance // 100))
        rows.append(Row(fund.name, cells))
    heads = ("资金", "本年增加（元）", "本年减少（元）", "余额（元）")
    return Figure("aid_funds", "资金收支", heads, summed(rows), unit="元", shape="none")


def notices(day: date) -> Iterator[Due]:
    """公示 of aid that ends soon or has ended."""
    limit = (day + timedelta(days=days("notice_days"))).isoformat()
    rows = list(
        Aid.living()
        .where(Aid.step == "notice", Aid.notice_until != "", Aid.notice_until <= limit)
        .order_by(Aid.notice_until)
    )
    if rows:
        late = sum(1 for row in rows if row.notice_until < day.isoformat())
        words = "批发放的公示即将期满或已期满"
        yield Due("aid_notice", words, "aid", _ids(rows), late, rows[0].notice_until)


def uncollected(day: date) -> Iterator[Due]:
    """Frozen lists whose day of payment is past for some days and that are not closed."""
    late = days("aid_open_days")
    limit = (day - timedelta(days=late)).isoformat()
    rows = list(Aid.living().where(Aid.step == "frozen", Aid.pay_on <= limit).order_by(Aid.pay_on))
    if rows:
        words = f"批发放超过 {late} 天还没有办结，请登记领取或退回"
        yield Due("aid_open", words, "aid", _ids(rows), len(rows), rows[0].pay_on)


def late_loans(day: date) -> Iterator[Due]:
    """Loans with an instalment that was due and is not paid."""
    found = loans_late(day.isoformat())
    if found:
        ids = tuple(int(loan.id) for loan, _ in found)
        yield Due("loan_late", "笔贷款逾期", "loan", ids, len(ids), found[0][1].late_since)


def _ids(rows: list[Aid]) -> tuple[int, ...]:
    return tuple(int(row.id) for row in rows)


REMINDERS = (notices, uncollected, late_loans)

_SIDES = ((1, "in"), (-1, "out"))


def _side(lines: list[Any], sign: int) -> Iterator[int]:
    return (line.effect for line in lines if line.effect * sign > 0)
