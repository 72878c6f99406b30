"""支部星级（定级）评定表: one organization's items, marks of every group, opinions to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.registers.appraisal import Appraisal
from db.registers.member import Post
from db.rules.scoring_items import show
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Form, Options
from desktop.typeset.mark import Mark
from desktop.typeset.roster import ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

#: Lines that fit above the opinions on one page.
_ONE_PAGE = 12


class OrganizationForm(Form):
    """One form for each organization that is rated."""

    of = Appraisal
    title = "支部星级（定级）评定表"
    signed = True
    choices = (about.NAMES,)

    def suits(self, record: Any) -> bool:
        """For rounds of organizations."""
        return bool(record.subject == "organization")

    def usual(self, query: Any) -> Any:
        return about.latest(query.where(Appraisal.subject == "organization"))

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Every organization rated in these rounds; a round of people gives one empty form."""
        found: list[Any] = []
        for appraisal in records:
            rows = about.lines(appraisal) if appraisal.subject == "organization" else []
            found += (
                about.chosen(rows, names=options["names"]) if rows else [about.empty(appraisal)]
            )
        return found

    def mark(self, subject: Any) -> Mark | None:
        return about.mark_of(self, subject.participant) if subject.id else None

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Whose form it is, the items with all marks, the result, the opinions."""
        row = subject.participant
        appraisal: Appraisal = row.appraisal
        rules = appraisal.rules
        organization = row.organization
        sheet.title(f"{appraisal.name}评定表", 18)
        with sheet.grid(26, 60, 26, 60, row=9.5) as grid:
            grid.row().label("党组织全称").cell(row.name, 3)
            grid.row().label("书记").cell(_secretary(organization)).label("上级党组织").cell(
                row.branch_name
            )
            grid.row().label("评定期").cell(appraisal.period).label(
                f"上期{about.word(rules)}"
            ).cell(row.last_level)
        raters = [rater for rater in rules.raters if rules.sheet[rater.id]]
        columns = [
            ORDINAL,
            Column("考核项目", 48, value=lambda part: _named(part.item), kind=TEXT),
            Column("满分", 14, value=lambda part: _full(part.item)),
        ]
        for rater in raters:

            def mark(part: Any, rater: Any = rater) -> str:
                if part.item not in rules.sheet[rater.id]:
                    return ""
                return about.given(subject, rater, part.item, rules)

            columns.append(Column(rater.name, 20, value=mark))
        columns.append(
            Column(
                "得分",
                16,
                value=lambda part: "" if part.points is None else about.rounded(part.points),
            )
        )
        total = about.total(row)
        word = about.word(rules)
        said = f"总分 {total or '　　　'} 分，拟定{word}：{row.level or '　　　　'}。"
        said += "".join(f"否决：{text}。" for text in subject.result.vetoes)
        sheet.roster(
            Roster(title="", columns=columns, summary=(said,), row=7.2, strike=False),
            subject.result.parts,
        )
        if len(subject.result.parts) > _ONE_PAGE:
            sheet.page()
        sheet.y += 2
        with sheet.grid(26, 146) as grid:
            grid.reserve = 9
            for label, sign in (
                ("自评意见", "书记（签字）："),
                ("考评意见", "考评人（签字）："),
                ("党委审定意见", ""),
            ):
                grid.row(fill=1).label(label, upright=True).opinion("", sign=sign)


def _named(item: Any) -> str:
    return f"{item.heading}：{item.name}" if item.heading else str(item.name)


def _full(item: Any) -> str:
    return "" if item.highest is None else show(item.highest)


def _secretary(organization: Any) -> str:
    if organization is None:
        return ""
    found = (
        Post.living()
        .where(Post.organization == organization.id, Post.kind == "secretary", Post.until_on == "")
        .order_by(Post.from_on.desc())
        .first()
    )
    return str(found.holder_name) if found else ""
