"""先进基层党组织推荐审批表: both sides of an A4 sheet, one organization (or unit, or window) each."""

from __future__ import annotations

from typing import Any

from desktop.forms.commendation_parts import (
    ApprovalForm,
    Recipient,
    honours_and_sanctions,
    month,
)
from desktop.typeset.sheet import Sheet


class OrganizationApproval(ApprovalForm):
    """Front: the organization, its members, secretary, ratings and deeds; back: the opinions."""

    title = "先进基层党组织推荐审批表"
    subjects = frozenset({"organization", "unit"})
    blank = "先进基层党组织"
    deeds_on_form = 1200

    def front(self, sheet: Sheet, subject: Recipient, deeds: str) -> None:
        n, frozen = subject.nomination, subject.frozen
        with sheet.grid(13, 22, 26, 26, 26, 26, 29, row=11) as grid:
            grid.reserve = 9
            if subject.award_type.subject == "unit":
                _unit_rows(grid, n)
            else:
                _organization_rows(grid, n, frozen)
            honours = honours_and_sanctions({**frozen, "sanctions": ()}) if frozen else ""
            grid.row(fill=0.5).label("曾受表彰", upright=True).block(honours, 6)
            grid.row(fill=1.6).label("主要事迹", upright=True).block(deeds, 6, size=14)


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
