"""“光荣在党50年”纪念章审批表: one person each, from branch to 组织部."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.codes import code_list
from db.registers.aid import Aid, AidPayment
from db.rules import dates
from desktop.forms.aid_parts import Paid, meeting_words, party_years, rows_of, steps_of
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet


@dataclass(frozen=True)
class Person:
    """One of a batch; a batch without a list gives an empty form."""

    aid: Aid
    paid: Paid

    def title(self) -> str:
        return self.paid.name or str(self.aid.name)


class FiftyApproval(Form):
    """The person, the dates that count, and the opinions."""

    of = Aid
    title = "“光荣在党50年”审批表"
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (BLANK,)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        found = []
        for aid in records:
            rows = rows_of(aid) or [Paid(AidPayment(aid=aid, name=""))]
            found += [Person(aid, paid) for paid in rows]
        return found

    def mark(self, subject: Person) -> Mark | None:
        row = subject.paid.row.id
        return Mark(self.id, row, short_number(row)) if row else None

    def compose(self, sheet: Sheet, subject: Person, options: Options) -> None:
        """党龄 by 1 July of the year, counted from 转正."""
        paid, aid = subject.paid, subject.aid
        member = paid.member
        year = aid.pay_on[:4]
        sheet.title("“光荣在党50年”纪念章审批表")
        sheet.heads(f"填报单位（盖章）：{aid.issuer}", f"{year}年")
        with sheet.grid(13, 24, 30, 24, 30, 24, 33, row=12) as grid:
            grid.reserve = 9
            _person(grid, paid, member, f"{year}-07-01")
            steps = steps_of(aid)
            for label, step, sign in (
                ("支部意见", "branch", "支部书记（签字）："),
                ("党委意见", "committee", "负责人（签字）："),
                ("组织部意见", "department", "负责人（签字）："),
            ):
                found = steps.get(step)
                words = meeting_words(found) if step == "branch" else ""
                words = words or (found.opinion or "同意" if found is not None else "")
                day = dates.show(found.on, "chinese") if found is not None else ""
                grid.row(fill=1).label(label, upright=True).opinion(words, 6, sign=sign, date=day)
        sheet.note("注：党龄从转为正式党员之日算起，计算到当年7月1日。")


def _person(grid: Any, paid: Paid, member: Any, by: str) -> None:
    sex = code_list("sex").label_of(paid.row.sex) if paid.row.sex else ""
    ethnicity = code_list("ethnicity").label_of(member.ethnicity) if member is not None else ""
    row = grid.row().label("姓名", 2).name(paid.name)
    row.label("性别").cell(sex).label("民族").cell(ethnicity)
    row = grid.row().label("出生年月", 2).cell(paid.row.born_on[:7].replace("-", "."))
    row.label("身份证号").cell(paid.id_number, 3)
    confirmed = member.confirmed_on.replace("-", ".") if member is not None else ""
    row = grid.row().label("入党时间", 2).cell(paid.joined_on.replace("-", "."))
    row.label("转正时间").cell(confirmed).label("党龄")
    years = party_years(member, by)
    row.cell(f"{years} 年" if years else "")
    row = grid.row().label("所在党支部", 2).cell(paid.branch, 3, align="left")
    row.label("联系电话").cell(paid.phone)
    introducers = member.introducers if member is not None else ""
    grid.row().label("入党介绍人", 2).cell(introducers, 5, align="left")
    grid.row(fill=0.8).label("主要经历和一贯表现", 2).block("", 5)
