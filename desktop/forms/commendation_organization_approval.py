"""先进基层党组织推荐审批表: both sides of an A4 sheet, one organization (or unit, or window) each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.registers.commendation import Commendation
from db.rules import dates
from desktop.forms.commendation_parts import (
    NAMES,
    WHO,
    Recipient,
    bare,
    honours_and_sanctions,
    mark_of,
    month,
    opinion_boxes,
    recipients,
)
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.sheet import Sheet

_DEEDS_ON_FORM = 1200


class OrganizationApproval(Form):
    """Front: the organization, its members, secretary, ratings and deeds; back: the opinions."""

    of = Commendation
    title = "先进基层党组织推荐审批表"
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (WHO, NAMES, BLANK)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Organizations, and units, windows and brands."""
        found = recipients(records, options, frozenset({"organization", "unit"}), "先进基层党组织")
        return found

    def mark(self, subject: Recipient) -> Mark | None:
        """The number of the nomination; an empty form has none."""
        return mark_of(self, subject)

    def compose(self, sheet: Sheet, subject: Recipient, options: Options) -> None:
        """The form, and the deeds on a page of their own when they are long."""
        n, frozen = subject.nomination, subject.frozen
        sheet.title(f"{bare(subject.award_type.name)}推荐审批表")
        nominator = n.nominator.name if n.nominator is not None else ""
        taken = dates.show(frozen.get("taken_on", ""), "chinese")
        sheet.heads(f"填报单位（盖章）：{nominator}", f"填表日期：{taken or '　　年　　月　　日'}")
        deeds = n.deeds.strip()
        apart = len(deeds) > _DEEDS_ON_FORM
        with sheet.grid(13, 22, 26, 26, 26, 26, 29, row=11) as grid:
            grid.reserve = 9
            if subject.award_type.subject == "unit":
                _unit_rows(grid, n)
            else:
                _organization_rows(grid, n, frozen)
            honours = honours_and_sanctions({**frozen, "sanctions": ()}) if frozen else ""
            grid.row(fill=0.5).label("曾受表彰", upright=True).block(honours, 6)
            shown = f"{n.brief}\n（主要事迹材料另附）" if apart else deeds
            grid.row(fill=1.6).label("主要事迹", upright=True).block(shown, 6, size=14)
        limit = subject.award_type.deeds_limit
        words = f"主要事迹限{limit}字。" if limit else ""
        sheet.note(f"注：本表一式三份，正反面打印。{words}意见栏由各单位签署并加盖公章。")
        sheet.page()
        with sheet.grid(13, 72, 13, 70) as grid:
            skip = frozenset({"branch"}) if subject.award_type.subject == "unit" else frozenset()
            opinion_boxes(grid, subject, label=1, left=1, right=1, skip=skip)
        if apart:
            sheet.page()
            sheet.title(f"{n.name}主要事迹", SIZES["小二"])
            sheet.paragraph(deeds)


def _organization_rows(grid: Any, nomination: Any, frozen: dict[str, Any]) -> None:
    grid.row(13).label("党组织名称\n（全称）", 2).cell(nomination.name, 5, size=14)
    above = frozen.get("above", [])
    row = grid.row().label("类别", 2).cell(frozen.get("category"))
    row.label("上级党组织").cell(above[0] if above else "", 3)
    row = grid.row().label("成立时间", 2).cell(month(frozen.get("founded_on", "")))
    row.label("本届选举\n时间").cell(month(frozen.get("elected_on", "")))
    row.label("届满时间").cell(month(frozen.get("due_on", "")))
    full, probationary = frozen.get("full"), frozen.get("probationary")
    count = "" if full is None else f"{full + (probationary or 0)}"
    row = grid.row().label("党员人数", 2).cell(count)
    row.label("正式党员").cell("" if full is None else full)
    row.label("预备党员").cell("" if probationary is None else probationary)
    row = grid.row().label("书记姓名", 2).name(frozen.get("secretary", ""))
    row.label("任职时间").cell(month(frozen.get("secretary_since", "")))
    row.label("联系电话").cell(frozen.get("secretary_phone"))
    ratings = "；".join(f"{period}“{words}”" for period, words in frozen.get("gradings", ()))
    grid.row().label("近三年定级\n（星级）", 2).cell(ratings, 5, align="left")


def _unit_rows(grid: Any, nomination: Any) -> None:
    grid.row(13).label("名称", 2).cell(nomination.name, 5, size=14)
    grid.row().label("所在单位", 2).cell(nomination.unit_name, 5, align="left")
    row = grid.row().label("负责人", 2).cell(nomination.post_title, 2)
    row.label("联系电话").cell(nomination.phone, 2)
