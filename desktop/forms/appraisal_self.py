"""党员星级评定自评表: each subject's own marks, item by item, with the grounds, signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.rules.scheme_items import Item
from db.rules.scoring_items import show
from desktop.forms import appraisal_parts as about
from desktop.typeset.form import Option, Options
from desktop.typeset.mark import Mark
from desktop.typeset.roster import ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

FILLED, EMPTY = "印已录入的自评分", "留空手填"


class SelfAssessment(about.RoundForm):
    """One sheet for each subject, with the standard of each item and room for the grounds."""

    title = "党员星级评定自评表"
    signed = True
    choices = (about.BRANCH, about.NAMES, Option("marks", "自评得分", EMPTY, (EMPTY, FILLED)))

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Everybody who is rated, branch by branch."""
        return [
            line
            for appraisal in records
            for line in about.chosen(about.lines(appraisal), options["branch"], options["names"])
            or [about.empty(appraisal)]
        ]

    def mark(self, subject: Any) -> Mark | None:
        return about.mark_of(self, subject.participant) if subject.id else None

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """Who, then the items; the total and the signature below."""
        row = subject.participant
        appraisal = row.appraisal
        rules = appraisal.rules
        items = [part.item for part in subject.result.parts]
        own = rules.rater_of.get("self")
        filled = options["marks"] == FILLED and own is not None

        def mark(item: Item) -> str:
            if not filled or own is None or item not in rules.sheet["self"]:
                return ""
            return about.given(subject, own, item, rules)

        sum_ = about.rater_total(subject, own, rules) if filled and own is not None else ""
        people = appraisal.subject != "organization"
        sheet.roster(
            Roster(
                title=f"{appraisal.name}自评表",
                heads=(
                    f"{about.who(appraisal)}：{row.name}",
                    f"{'党支部' if people else '上级党组织'}：{row.branch_name}",
                ),
                columns=(
                    ORDINAL,
                    Column("考核项目", 34, value=_named, kind=TEXT),
                    Column("标准", 62, value=lambda item: item.standard, kind=TEXT),
                    Column("满分", 13, value=_full),
                    Column("自评得分", 18, value=mark),
                    Column("自评依据", 46),
                ),
                summary=(f"自评合计：{sum_ or '　　　　'} 分",),
                foot=("本人签名" if people else "书记签名", "日期"),
                row=11.5 if len(items) <= 14 else 9,
            ),
            items,
        )


def _named(item: Item) -> str:
    return f"{item.heading}：{item.name}" if item.heading else item.name


def _full(item: Item) -> str:
    return "" if item.highest is None else show(item.highest)
