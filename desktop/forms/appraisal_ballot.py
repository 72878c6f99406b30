"""民主测评票: an unsigned ballot, those rated in 姓氏笔画 order, boxes to be filled by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from db.registers.appraisal import Appraisal
from db.rules.scheme import Grade, Rater, Scheme
from db.rules.scoring_items import show
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import BY_NAME, BY_SURNAME, Option, Options
from desktop.typeset.paper import A4_LANDSCAPE
from desktop.typeset.roster import NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

PEERS, MASSES = "党员", "群众"
_RATERS = {PEERS: ("peer", "branch", "panel"), MASSES: ("masses", "representatives", "household")}
#: Boxes of a ballot with points when there are more items than fit: the grades of a review.
_MOST_ITEMS = 12
#: Where nobody gives points: the four boxes of a democratic review.
_REVIEW = Rater(
    "peer",
    "民主测评",
    grades=tuple(Grade(name, Fraction(0)) for name in ("优秀", "合格", "基本合格", "不合格")),
)


class Ballot(about.RoundForm):
    """One ballot for each branch; nothing on it tells who filled it in."""

    title = "民主测评票"
    paper = A4_LANDSCAPE
    choices = (
        about.BRANCH,
        Option("rater", "由谁填", PEERS, (PEERS, MASSES)),
        Option("order", "排序", BY_SURNAME, (BY_SURNAME, BY_NAME)),
    )

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """One ballot a branch; for organizations one for the round."""
        found: list[Any] = []
        for appraisal in records:
            rows = about.chosen(about.participants(appraisal, "rated"), options["branch"])
            if appraisal.subject == "organization":
                found.append(about.Sheets(appraisal, "", rows))
            else:
                found += about.by_branch(appraisal, rows, options["order"])
        return found

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Heading, how to fill it in, names with empty boxes."""
        appraisal: Appraisal = subject.appraisal
        rules = appraisal.rules
        rater = _rater(rules, options["rater"])
        boxes = _boxes(rules, rater)
        person = appraisal.subject != "organization"
        columns = [
            ORDINAL,
            Column(
                about.who(appraisal),
                24 if person else 56,
                value=lambda row: row.name,
                kind=NAME if person else TEXT,
            ),
            *(Column(heading, 16) for heading in boxes),
        ]
        sheet.roster(
            Roster(
                title=f"{appraisal.name}{rater.name}票",
                heads=(
                    f"党组织：{subject.branch or appraisal.organization.name}",
                    _how(rater),
                ),
                columns=columns,
                summary=("本票不记名。每人每项只填一格，漏填的按弃权计，涂改的作废。",),
                row=8.5,
            ),
            subject.rows,
        )


def _rater(rules: Scheme, who: str) -> Rater:
    for ident in _RATERS[who]:
        if ident in rules.rater_of:
            return rules.rater_of[ident]
    return rules.raters[0] if rules.raters else _REVIEW


def _boxes(rules: Scheme, rater: Rater) -> list[str]:
    if rater.grades:
        return [grade.name for grade in rater.grades]
    items = rules.sheet[rater.id]
    if len(items) <= _MOST_ITEMS:
        return [f"{item.name}\n（{show(item.highest or 0)}）" for item in items]
    headings = list(dict.fromkeys(item.heading or item.name for item in items))
    if len(headings) > _MOST_ITEMS:
        return ["总分"]
    full = {h: sum(i.highest or 0 for i in items if (i.heading or i.name) == h) for h in headings}
    return [f"{heading}\n（{show(full[heading])}）" for heading in headings]


def _how(rater: Rater) -> str:
    return "请在相应的格内画“√”" if rater.grades else "请在格内填分数，括号内为满分"
