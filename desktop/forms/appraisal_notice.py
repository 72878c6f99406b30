"""星级评定结果公示: posted; name, branch, level, and points when chosen; nothing else can stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.registers.appraisal import Appraisal
from db.rules import dates
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Option, Options
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.roster import NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

TOGETHER, APART = "全部合印", "一支部一张"


class Notice(about.RoundForm):
    """The notice with its list, period and the way to object."""

    title = "星级评定结果公示"
    paper = A4
    posted = True
    choices = (
        about.BRANCH,
        about.ORDER,
        Option("volumes", "分张", TOGETHER, (TOGETHER, APART)),
        Option("points", "印得分", False),
    )

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Everybody with a result; one notice for all, or one for each branch."""
        found: list[Any] = []
        for appraisal in records:
            rows = [
                row
                for row in about.chosen(about.participants(appraisal, "rated"), options["branch"])
                if row.level
            ]
            if options["volumes"] == APART and appraisal.subject != "organization":
                found += about.by_branch(appraisal, rows, options["order"])
            else:
                ordered = (
                    about.ordered(rows, options["order"])
                    if options["order"] == about.BY_LEVEL or appraisal.subject == "organization"
                    else [
                        row
                        for part in about.by_branch(appraisal, rows, options["order"])
                        for row in part.rows
                    ]
                )
                found.append(about.Sheets(appraisal, "", ordered))
        return found

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Basis and scope, the list, period, where to object, issuer."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        person = appraisal.subject != "organization"
        basis = f"根据《{rules.basis}》，" if rules.basis else ""
        sheet.title(f"关于{appraisal.name}结果的公示")
        sheet.paragraph(
            f"{basis}经自评、评议、测算和集体评定，现将{appraisal.name}结果"
            f"（{subject.branch or appraisal.organization.name}，"
            f"共 {len(subject.rows)} {about.unit(appraisal)}）公示如下，接受党员和群众监督。"
        )
        columns = [
            ORDINAL,
            Column(
                about.who(appraisal),
                28 if person else 70,
                value=lambda row: row.name,
                kind=NAME if person else TEXT,
            ),
        ]
        if person and not subject.branch:
            columns.append(Column("党支部", 62, value=lambda row: row.branch_name, kind=TEXT))
        if options["points"]:
            columns.append(Column("得分", 18, value=about.total))
        columns += [
            Column(about.word(rules), 24, value=lambda row: row.level),
            Column("升降", 14, value=about.movement),
        ]
        sheet.roster(Roster(title="", columns=columns, row=7.2, strike=False), subject.rows)
        if sheet.y + 62 > sheet.bottom:
            sheet.page()
        sheet.y += 3
        sheet.paragraph(
            f"公示期{about.period(appraisal)}。对公示结果有异议的，请在公示期内实名反映。",
            SIZES["四号"],
        )
        told = [("受理电话", appraisal.notice_phone), ("受理地址", appraisal.notice_address)]
        for words, value in told:
            if value:
                sheet.paragraph(f"{words}：{value}")
        day = dates.show(appraisal.notice_from, "chinese") if appraisal.notice_from else ""
        sheet.seal_and_date(subject.branch or str(appraisal.organization.name), day)
