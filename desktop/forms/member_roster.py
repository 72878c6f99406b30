"""党员花名册: the members of each branch, with the counts at the foot (docs/systems.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from db.registers.member import Member
from db.rules import dates
from desktop.forms import about_members as about
from desktop.typeset.form import ORDER, Form, Option, Options, in_order
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import CENTRE, ORDINAL, Column, Roster
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import whole

TOGETHER, APART = "合为一册", "一支部一册"
FULL, MASKED, NONE = "印全号", "隐去中间", "不印"


@dataclass(frozen=True)
class Branch:
    """The members of one branch, or of the whole selection when `organization` is None."""

    organization: Any
    members: Sequence[Any]

    def title(self) -> str:
        return str(self.organization.name) if self.organization is not None else "党员花名册"


class MemberRoster(Form):
    """One list for each branch, or one for all."""

    of = Member
    title = "党员花名册"
    paper = A4_LANDSCAPE
    signed = True
    choices = (
        ORDER,
        Option("volumes", "分册", APART, (APART, TOGETHER)),
        Option("ids", "公民身份号码", FULL, (FULL, MASKED, NONE)),
        Option("on", "截至日期", "", help="空着就是今天；年龄和党龄按这一天算"),
    )

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Members in the headcount, branch by branch."""
        members = in_order(about.counted(records), options["order"])
        if options["volumes"] == TOGETHER:
            return [Branch(None, members)] if members else []
        branches: dict[int, list[Any]] = {}
        for member in members:
            branches.setdefault(member.organization_id, []).append(member)
        found = [Branch(rows[0].organization, rows) for rows in branches.values()]
        return sorted(found, key=lambda branch: str(branch.organization.name))

    def named(self, subject: Any) -> str:
        return str(whole(subject).title())

    def mark(self, subject: Any) -> Mark | None:
        """The list belongs to its branch."""
        branch = whole(subject).organization
        if branch is None:
            return Mark(self.id, 0, "0")
        return Mark(self.id, branch.id, short_number(branch.id))

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Columns of the usual roster; an empty column for remarks."""
        on = dates.parse(options["on"]) if options["on"] else dates.today()
        members = subject.members
        where = subject.title() if subject.organization is not None else "全部党支部"
        sheet.roster(
            Roster(
                title=self.title,
                columns=columns(members, on, options["ids"], subject.organization is None),
                heads=(f"党组织（盖章）：{where}", f"截至{dates.show(on, 'chinese')}"),
                summary=(about.Headcount.of(members, on).words(),),
                foot=("党组织负责人", "审核", "制表"),
                row=7.0,
                size=9.0,
            ),
            members,
        )


def columns(members: Sequence[Any], on: str, ids: str, branch: bool) -> list[Column]:
    """The columns of the roster; with the branch where the list holds several."""
    seats = about.seats(members)
    flags = about.flags(members, ("hardship", "mobile", "lost"))
    made = [
        ORDINAL,
        Column(Member.name, 18),
        Column(Member.sex, 8.5),
        Column(Member.ethnicity, 13),
        Column(Member.born_on, 18, heading="出生年月"),
        Column("年龄", 8.5, lambda m: about.age(m, on), kind=CENTRE),
        Column(Member.education, 13, short=True),
        Column(Member.joined_on, 18, heading="入党时间"),
        Column(Member.confirmed_on, 18, heading="转正时间"),
        Column("党龄", 8.5, lambda m: about.party_years(m, on), kind=CENTRE),
        Column(Member.category, 13, short=True),
        Column("党内职务", 18, lambda m: seats.get(m.id, ""), kind=CENTRE),
        Column(Member.occupation, 24, kind=CENTRE),
        Column("流动困难", 16, lambda m: flags.get(m.id, ""), kind=CENTRE),
        Column(Member.phone, 23, heading="联系电话"),
        Column("备注", 14),
    ]
    if ids == FULL:
        made.insert(7, Column(Member.id_number, 35))
    elif ids == MASKED:
        mask = Member.id_number.mask
        made.insert(7, Column("公民身份号码", 35, lambda m: mask(m.id_number), kind=CENTRE))
    if branch:
        made.insert(2, Column(Member.organization, 34))
    return made
