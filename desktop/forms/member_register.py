"""党员基本信息登记表: one member on one sheet, signed by the member and the branch (2017 collection)."""

from __future__ import annotations

from typing import Any

from db.registers.member import Discipline, Honour, Member, MemberFlag, Post, StatusChange
from db.rules import dates
from desktop.forms import about_members as about
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import shown


class MemberRegister(Form):
    """The member's own card."""

    of = Member
    title = "党员基本信息登记表"
    paper = A4.with_margins(20, 20, 14, 22)
    signed = True
    choices = (BLANK,)

    def usual(self, query: Any) -> Any:
        return about.usual(query)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Identity, membership, work, home, seats, honours and sanctions, signatures."""
        del options
        m = subject
        today = dates.today()
        years = about.party_years(m, today)
        sheet.title(self.title)
        sheet.heads(
            f"所在党支部：{shown(m, Member.organization)}",
            f"填表日期：{dates.show(today, 'chinese')}",
        )
        with sheet.grid(24, 26, 22, 24, 24, 24, 28, row=9.4) as grid:
            grid.reserve = 8
            row = grid.row().label("姓名").name(m.name)
            row.field(m, Member.sex).field(m, Member.ethnicity).photo(rows=4)
            row = grid.row().field(m, Member.born_on)
            row.field(m, Member.native_place).field(m, Member.worked_from, label="参加工作")
            row = grid.row().field(m, Member.id_number, 2, label="身份号码")
            row.field(m, Member.category, 2)
            row = grid.row().field(m, Member.joined_on).field(m, Member.confirmed_on)
            row.label("党龄").cell("" if years is None else f"{years} 年")
            row = grid.row().field(m, Member.education).field(m, Member.degree)
            row.field(m, Member.standing, 2)
            grid.row().field(m, Member.school, 3, label="院校及专业").field(
                m, Member.introducers, 2, label="介绍人"
            )
            row = grid.row().field(m, Member.unit_name, 3)
            row.field(m, Member.post_title, 2)
            row = grid.row().field(m, Member.occupation, 3).field(m, Member.phone, 2)
            row = grid.row().field(m, Member.address, 3).field(m, Member.landline, 2)
            grid.row().field(m, Member.registered_residence, 6)
            for label, text, share in (
                ("党内任职", _lines(_posts(m)), 1.0),
                ("奖励情况", _lines(_honours(m)), 1.0),
                ("处分情况", _lines(_disciplines(m)), 0.6),
                ("流动困难等情况", _lines(_flags(m)), 0.8),
                ("党籍变动", _lines(_changes(m)), 1.0),
            ):
                grid.row(13, fill=share).label(label).block(text, 6, size=11, indent=0)
            row = (
                grid.row(27)
                .label("本人确认")
                .opinion("以上内容属实。", 2, sign="签名：", seal=False)
            )
            row.label("党支部审核").opinion("", 3, sign="书记（签字）：")
        sheet.note("注：本表一式两份，党支部、基层党委各存一份。")


def _lines(entries: list[str]) -> str:
    return "\n".join(entry for entry in entries if entry)


def _rows(member: Any, model: Any, date: Any) -> list[Any]:
    """Living details of a member, oldest first."""
    return list(model.living().where(model.member == member.id).order_by(date))


def _when(record: Any, field: Any) -> str:
    text = dates.show(getattr(record, field.name), "chinese")
    return f"{text}，" if text else ""


def _posts(member: Any) -> list[str]:
    said = []
    for post in _rows(member, Post, Post.from_on):
        until = dates.show(post.until_on) or "至今"
        begun = dates.show(post.from_on)
        term = f"{begun}—{until}　" if begun else ""
        said.append(f"{term}{post.organization.name}{shown(post, Post.kind)}")
    return said


def _honours(member: Any) -> list[str]:
    return [
        f"{_when(one, Honour.on)}{one.giver}授予“{one.title_given}”{_number(one.document)}"
        for one in _rows(member, Honour, Honour.on)
    ]


def _disciplines(member: Any) -> list[str]:
    return [
        f"{_when(one, Discipline.on)}{one.organ}给予{shown(one, Discipline.kind)}处分"
        + (f"，影响期至{dates.show(one.effect_until, 'chinese')}" if one.effect_until else "")
        + (f"，{dates.show(one.lifted_on, 'chinese')}解除" if one.lifted_on else "")
        for one in _rows(member, Discipline, Discipline.on)
    ]


def _flags(member: Any) -> list[str]:
    said = []
    for one in _rows(member, MemberFlag, MemberFlag.from_on):
        if one.until_on:
            continue
        since = dates.show(one.from_on, "chinese")
        said.append(
            shown(one, MemberFlag.kind)
            + (f"（{since}起）" if since else "")
            + (f"：{one.place}" if one.place else "")
        )
    return said


def _changes(member: Any) -> list[str]:
    said = []
    for one in _rows(member, StatusChange, StatusChange.on):
        origin = one.origin.name if one.origin is not None else ""
        target = one.target.name if one.target is not None else ""
        way = one.elsewhere or (f"{origin}至{target}" if origin and target else target or origin)
        said.append(
            f"{_when(one, StatusChange.on)}{shown(one, StatusChange.kind)}"
            + (f"（{way}）" if way else "")
            + _number(one.document)
        )
    return said


def _number(document: str) -> str:
    return f"（{document}）" if document else ""
