"""困难党员申请审批表: both sides of an A4 sheet: person and household, then the opinions of each organ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.codes import code_list
from db.registers.aid import AidPayment
from db.registers.hardship import Hardship
from db.rules import dates
from db.rules.amount import show
from desktop.forms.aid_parts import age, meeting_words, party_years, steps_of
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet

_HOUSEHOLD_ROWS = 4


@dataclass(frozen=True)
class Application:
    """A person's hardship with the batch in which it was last aided, if any."""

    hardship: Hardship
    payment: AidPayment | None

    def title(self) -> str:
        return str(self.hardship.name)


class Approval(Form):
    """Front: person, hardship, household; back: branch with its votes, notice, committee, department."""

    of = Hardship
    title = "困难党员申请审批表"
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (BLANK,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        found = []
        for one in records:
            payment = (
                AidPayment.living()
                .where(AidPayment.hardship == one.id, AidPayment.correction_of.is_null())
                .order_by(AidPayment.id.desc())
                .first()
            )
            found.append(Application(one, payment))
        return found

    def mark(self, subject: Application) -> Mark | None:
        return Mark(self.id, subject.hardship.id, short_number(subject.hardship.id))

    def compose(self, sheet: Sheet, subject: Application, options: Options) -> None:
        """The application as it was typed, the decisions as they were written."""
        h = subject.hardship
        on = h.asked_on if len(h.asked_on) == 10 else f"{h.year}-12-31"
        sheet.title(f"困难{'党员' if h.member_id else '人员'}申请审批表")
        sheet.heads(f"所在党支部：{h.organization.name}", f"年度：{h.year}年")
        with sheet.grid(13, 13, 27, 20, 25, 20, 27, 33, row=10) as grid:
            grid.reserve = 7
            _person(grid, h, on)
            _hardship(grid, h)
            _household(grid, h)
            past = h.past_aid
            grid.row(fill=0.4).label("曾受帮扶情况", 2).block(past, 6)
            asked = f"{show(h.asked_amount)} 元" if h.asked_amount else ""
            row = grid.row().label("申请金额", 2).cell(asked, 2)
            row.label("申请人签名").write(3)
        sheet.note("注：家庭成员写与申请人的关系；证明材料复印件附后。")
        sheet.page()
        with sheet.grid(13, 160, row=30) as grid:
            _opinions(grid, subject)


def _person(grid: Any, h: Hardship, on: str) -> None:
    row = grid.row().label("姓名", 2).name(h.name)
    _pair(row, "性别", h, Hardship.sex)
    _pair(row, "民族", h, Hardship.ethnicity).photo(rows=4)
    row = grid.row().label("出生年月", 2).cell(h.born_on[:7].replace("-", "."))
    row.label("年龄").cell(age(h.born_on, on)).label("家庭人口").cell(h.household_size)
    member = h.member
    row = grid.row().label("入党时间", 2)
    row.cell(member.joined_on[:7].replace("-", ".") if member is not None else "")
    row.label("党龄").cell(party_years(member, on))
    row.label("学历").cell("" if member is None else _education(member))
    grid.row().label("身份证号", 2).cell(h.id_number, 2).label("联系电话").cell(h.phone, 2)
    grid.row().label("家庭住址", 2).cell(h.address, 6, align="left")


def _education(member: Any) -> str:
    return code_list("education").label_of(member.education) if member.education else ""


def _pair(row: Any, label: str, h: Hardship, column: Any) -> Any:
    return row.label(label).cell(column.show(getattr(h, column.name)))


def _hardship(grid: Any, h: Hardship) -> None:
    row = grid.row().label("困难类别", 2).cell(Hardship.category.show(h.category), 2)
    row.label("困难程度").cell(Hardship.degree.show(h.degree), 3)
    row = grid.row().label("健康状况", 2).cell(Hardship.health.show(h.health))
    row.label("劳动能力").cell(Hardship.labour.show(h.labour))
    row.label("享受保障").cell(Hardship.subsistence.show(h.subsistence), 2)
    income = f"{show(h.income)} 元" if h.income is not None else ""
    row = grid.row().label("人均年收入", 2).cell(income)
    row.label("收入来源").cell(h.income_source, 4, align="left")
    grid.row(fill=1.0).label("困难原因", 2).block(h.cause, 6)


def _household(grid: Any, h: Hardship) -> None:
    kept = h.household if isinstance(h.household, list) else []
    people = [one for one in kept if isinstance(one, dict)]
    row = grid.row(9)
    row.label("家庭成员", rows=_HOUSEHOLD_ROWS + 1, upright=True)
    row.label("姓名", 2).label("关系").label("年龄").label("健康状况").label("年收入（元）", 2)
    for place in range(_HOUSEHOLD_ROWS):
        one = people[place] if place < len(people) else {}
        income = one.get("income")
        row = grid.row(9).cell(str(one.get("name", "")), 2).cell(str(one.get("relation", "")))
        row.cell(str(one.get("age", ""))).cell(str(one.get("health", "")))
        row.cell(show(income) if isinstance(income, int) else "", 2)


def _opinions(grid: Any, subject: Application) -> None:
    payment = subject.payment
    aid = payment.aid if payment is not None else None
    steps = steps_of(aid) if aid is not None else {}
    amount = f"发放 {show(payment.amount or 0)} 元" if payment is not None else ""
    branch = steps.get("branch")
    counts = meeting_words(branch) or "应到　　人，实到　　人，同意　　人。"
    grid.row(fill=1).label("支部评议意见", upright=True).opinion(
        counts, sign="支部书记（签字）：", date=_day(branch)
    )
    posted = "公示期　　年　月　日至　　年　月　日，异议情况："
    if aid is not None and aid.notice_from:
        span = (
            f"{dates.show(aid.notice_from, 'chinese')}至{dates.show(aid.notice_until, 'chinese')}"
        )
        posted = f"公示期{span}。" + ("公示期间无异议。" if "notice" in steps else "")
    grid.row(fill=0.7).label("公示情况", upright=True).opinion(
        posted, sign="经办人（签字）：", seal=False, date=_day(steps.get("notice"))
    )
    for label, step in (("党委意见", "committee"), ("组织部意见", "department")):
        found = steps.get(step)
        words = f"{found.opinion or '同意'}，{amount}。" if found is not None else ""
        grid.row(fill=1).label(label, upright=True).opinion(
            words, sign="负责人（签字）：", date=_day(found)
        )
    grid.row(16).label("备注").write()


def _day(step: Any) -> str:
    return dates.show(step.on, "chinese") if step is not None else ""
