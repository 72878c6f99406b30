"""党组织基本情况登记表: one organization, its people and its leading group on one sheet (docs/systems.md 1, 2)."""

from __future__ import annotations

from typing import Any, Final

from db.codes import code_list
from db.registers.member import Post
from db.registers.organization import Organization, OrganizationEvent, Term
from db.rules import dates
from desktop.forms import about_members as about
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import shown

SEATS: Final = 7
"""Rows for the leading group; a larger one takes as many as it needs."""


class OrganizationRegister(Form):
    """The card of an organization."""

    of = Organization
    title = "党支部基本情况登记表"
    paper = A4.with_margins(20, 20, 14, 22)
    signed = True
    choices = (BLANK,)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Identity and unit, members in figures, leading group, terms, history, seal."""
        del options
        o = subject
        today = dates.today()
        heading = {"committee": "党委", "general_branch": "党总支"}.get(o.kind, "党支部")
        sheet.title(f"{heading}基本情况登记表")
        sheet.heads("填报单位（盖章）：", f"填表日期：{dates.show(today, 'chinese')}")
        posts = list(Post.living().where(Post.organization == o.id, Post.until_on == ""))
        with sheet.grid(26, 32, 22, 30, 24, 34, row=8.8) as grid:
            grid.reserve = 7
            grid.row(10.5).field(o, Organization.name, 5)
            grid.row().field(o, Organization.code).field(o, Organization.kind).field(
                o, Organization.domain
            )
            grid.row().field(o, Organization.parent, 3).field(o, Organization.status)
            grid.row().field(o, Organization.founded_on).field(
                o, Organization.founding_document
            ).field(o, Organization.election_due)
            grid.row().field(o, Organization.unit_name, 3).field(o, Organization.unit_kind)
            grid.row().field(o, Organization.unit_situation, 3, label="单位情况").field(
                o, Organization.unit_code, label="信用代码"
            )
            grid.row().field(o, Organization.address, 3).field(o, Organization.phone)
            grid.row().field(o, Organization.contact).label("联络员").cell(
                _holders(posts, "liaison")
            ).label("指导员").cell(_holders(posts, "activity_instructor", "party_instructor"))
            _figures(grid, about.Headcount.of(about.members_of(o), today))
            _leaders(grid, posts)
            grid.row(20, fill=1).label("换届情况").block(_terms(o), 5, size=11, indent=0)
            grid.row(16, fill=1).label("历史沿革").block(_events(o), 5, size=11, indent=0)
            grid.row(11).label("备注").block(o.notes, 5, size=11, indent=0)
            grid.row(25).label("本组织审核").opinion("", 2, sign="书记（签字）：").label(
                "上级党委审核"
            ).opinion("", 2)
        sheet.note("注：党员人数为填表当日在册人数。")


def _figures(grid: Any, count: about.Headcount) -> None:
    """Members in figures."""
    row = grid.row().label("党员总数").cell(count.total).label("正式党员").cell(count.full)
    row.label("预备党员").cell(count.probationary)
    row = grid.row().label("女党员").cell(count.women).label("少数民族").cell(count.minority)
    row.label("大专及以上").cell(count.schooled)
    row = grid.row().label("35岁及以下").cell(count.young).label("60岁及以上").cell(count.old)
    row.label("36至59岁").cell(count.total - count.young - count.old)


def _leaders(grid: Any, posts: list[Any]) -> None:
    """The leading group, by rank."""
    kinds = code_list("post")
    leading = [post for post in posts if kinds[post.kind].is_marked("leading")]
    leading.sort(key=lambda post: (post.rank or kinds[post.kind].extra["rank"], post.id))
    rows = max(len(leading), min(SEATS, 5)) + 1
    row = grid.row(7.8).label("领导班子", rows=rows, upright=True)
    for heading in ("姓名", "职务", "任职日期", "联系电话", "任免文号"):
        row.label(heading, size=11)
    for place in range(rows - 1):
        post = leading[place] if place < len(leading) else None
        row = grid.row(7.8)
        if post is None:
            row.cell("").cell("").cell("").cell("").cell("")
            continue
        phone = post.phone or (post.member.phone if post.member is not None else "")
        row.name(post.holder_name, size=11).cell(shown(post, Post.kind), size=11)
        row.cell(shown(post, Post.from_on), size=11).cell(phone, size=11)
        row.cell(post.document, size=11)


def _holders(posts: list[Any], *kinds: str) -> str:
    return "、".join(post.holder_name for post in posts if post.kind in kinds)


def _terms(organization: Any) -> str:
    """The last terms, newest first."""
    rows = (
        Term.living().where(Term.organization == organization.id).order_by(Term.elected_on.desc())
    )
    said = []
    for term in rows.limit(4):
        who = ""
        if term.expected is not None and term.present is not None:
            who = f"，应到 {term.expected} 人，实到 {term.present} 人"
        document = f"（{term.document}）" if term.document else ""
        said.append(
            f"{term.number or '换届'}：{dates.show(term.elected_on, 'chinese')}选举"
            f"{shown(term, Term.way)}{who}，{dates.show(term.due_on, 'chinese')}届满{document}"
        )
    return "\n".join(said)


def _events(organization: Any) -> str:
    """Founding, renaming, merging… in their order."""
    rows = OrganizationEvent.living().where(OrganizationEvent.organization == organization.id)
    said = []
    for event in rows.order_by(OrganizationEvent.on):
        if event.kind == "elected":
            continue
        document = f"（{event.document}）" if event.document else ""
        former = f"，原名“{event.former_name}”" if event.former_name else ""
        words = f"：{event.words}" if event.words else ""
        said.append(
            f"{dates.show(event.on, 'chinese')}{shown(event, OrganizationEvent.kind)}"
            f"{former}{words}{document}"
        )
    return "\n".join(said)
