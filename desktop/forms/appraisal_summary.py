"""星级评定量化汇总表: each item's points, what every rater group gave, total, stars, rise and fall."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

from db.registers.appraisal import Appraisal
from db.rules.scheme import Scheme
from db.rules.scheme_items import Item
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Options
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

#: More items than this are shown by their headings.
_MOST = 11


class Summary(about.BranchesForm):
    """One list for each branch: items, rater groups, result."""

    title = "星级评定量化汇总表"
    paper = A4_LANDSCAPE

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """The table, with the counts of each level below."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        shown = [line.participant for line in subject.rows]
        held = about.counts(shown, rules, about.unit(appraisal))
        sheet.roster(
            Roster(
                title=f"{appraisal.name}量化汇总表",
                heads=(
                    f"党组织（盖章）：{subject.branch or appraisal.organization.name}",
                    "　　年　　月　　日",
                ),
                columns=columns(appraisal, rules),
                summary=(f"参评 {len(shown)} {about.unit(appraisal)}。{held}。",) if held else (),
                foot=("负责人", "审核", "监票", "计票"),
                row=7.4,
                size=9.0,
            ),
            subject.rows,
        )


def columns(appraisal: Appraisal, rules: Scheme) -> list[Column]:
    """Items (or their headings), rater groups, total, level, last level, movement."""
    person = appraisal.subject != "organization"
    found = [
        ORDINAL,
        Column(
            about.who(appraisal),
            19 if person else 44,
            value=lambda line: line.name,
            kind=NAME if person else TEXT,
        ),
    ]
    groups: dict[str, list[Item]] = {}
    for item in rules.items:
        key = item.name if len(rules.items) <= _MOST else (item.heading or item.name)
        groups.setdefault(key, []).append(item)
    found += [
        Column(name, 12 if len(name) <= 6 else 17, value=partial(_sum, items=tuple(items)))
        for name, items in groups.items()
    ]
    if len(rules.raters) > 1:
        found += [
            Column(
                rater.name,
                13.5,
                value=partial(_rater, rater=rater, rules=rules),
            )
            for rater in rules.raters
            if rules.sheet[rater.id]
        ]
    found += [
        Column("总分", 13, value=lambda line: about.total(line.participant)),
        Column(f"拟定{about.word(rules)}", 17, value=lambda line: line.participant.level),
        Column("上期", 17, value=lambda line: line.participant.last_level),
        Column("升降", 10, value=lambda line: about.movement(line.participant), kind=CENTRE),
        Column("备注", 22, value=_remark),
    ]
    return found


def _sum(line: about.Line, items: tuple[Item, ...]) -> str:
    mine = [part for part in line.result.parts if part.item in items]
    if not mine or any(part.points is None for part in mine):
        return ""
    return about.rounded(sum((part.points or Fraction(0) for part in mine), Fraction(0)))


def _rater(line: about.Line, rater: Any, rules: Scheme) -> str:
    return about.rater_total(line, rater, rules)


def _remark(line: about.Line) -> str:
    row = line.participant
    said = [f"否决：{text}" for text in line.result.vetoes]
    if row.decided:
        said.append(f"组织认定（测算{row.reckoned}）")
    if row.missing:
        said.append(f"未评：{row.missing}")
    return "；".join(said)
