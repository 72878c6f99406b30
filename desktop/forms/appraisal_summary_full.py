"""星级评定量化汇总表（各方分项）: every item with what each rater group gave for it, on A3."""

from __future__ import annotations

from functools import partial
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.registers.appraisal import Appraisal
from db.rules.scheme import Rater, Scheme
from db.rules.scheme_items import Item
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Options
from desktop.typeset.paper import A3_LANDSCAPE
from desktop.typeset.roster import NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

_MOST = 60


class FullSummary(about.BranchesForm):
    """One list for each branch: item by item, all rater groups side by side, and the mean."""

    title = "星级评定量化汇总表（各方分项）"
    paper = A3_LANDSCAPE

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """The wide table."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        sheet.roster(
            Roster(
                title=f"{appraisal.name}量化汇总表",
                heads=(
                    f"党组织（盖章）：{subject.branch or appraisal.organization.name}",
                    _legend(rules),
                    "　　年　　月　　日",
                ),
                columns=_columns(appraisal, rules),
                foot=("负责人", "审核", "监票", "计票"),
                row=7.2,
                size=8.5,
            ),
            subject.rows,
        )


def _legend(rules: Scheme) -> str:
    return "各项得分之前依次为：" + "、".join(f"{_short(r)}（{r.name}）" for r in rules.raters)


def _columns(appraisal: Appraisal, rules: Scheme) -> list[Column]:
    person = appraisal.subject != "organization"
    found = [
        ORDINAL,
        Column(
            about.who(appraisal),
            19 if person else 40,
            value=lambda line: line.name,
            kind=NAME if person else TEXT,
        ),
    ]
    for item in rules.items:
        raters = [rules.rater_of[one] for one in rules.raters_of(item)]
        if len(raters) > 1:
            found += [
                Column(
                    _short(rater),
                    8.2,
                    value=partial(_given, rater=rater, item=item, rules=rules),
                )
                for rater in raters
            ]
        found.append(Column(f"{item.name}\n得分", 9.4, value=partial(about.points, item=item)))
    if len(found) > _MOST:
        raise Refusal(f"“{rules.name}”项目太多，一张 A3 纸放不下，请用“星级评定量化汇总表”。")
    found += [
        Column("总分", 12, value=lambda line: about.total(line.participant)),
        Column(f"拟定\n{about.word(rules)}", 15, value=lambda line: line.participant.level),
        Column("上期", 15, value=lambda line: line.participant.last_level),
        Column("升降", 8, value=lambda line: about.movement(line.participant)),
    ]
    return found


def _short(rater: Rater) -> str:
    """One character for a narrow column; the line above the table tells what it stands for."""
    return code_list("rater_group").short_of(rater.id)[:1]


def _given(line: about.Line, rater: Rater, item: Item, rules: Scheme) -> str:
    return about.given(line, rater, item, rules)
