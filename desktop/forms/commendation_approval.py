"""优秀共产党员（党务工作者）推荐审批表: both sides of an A4 sheet, one person each."""

from __future__ import annotations

from typing import Any

from desktop.forms.commendation_parts import (
    ApprovalForm,
    Recipient,
    honours_and_sanctions,
    month,
    unit_and_post,
)
from desktop.typeset.sheet import Sheet


class Approval(ApprovalForm):
    """Front: the person, honours and deeds; back: the opinions, each with room for its seal."""

    title = "优秀共产党员（党务工作者）推荐审批表"
    subjects = frozenset({"member", "person"})
    blank = "优秀共产党员"
    deeds_on_form = 1000

    def front(self, sheet: Sheet, subject: Recipient, deeds: str) -> None:
        n, frozen = subject.nomination, subject.frozen
        member = subject.award_type.subject == "member" or bool(n.member_id)
        with sheet.grid(13, 13, 27, 22, 27, 22, 24, 30, row=10.2) as grid:
            grid.reserve = 9
            row = grid.row().label("姓名", 2).name(n.name)
            row.label("性别").cell(frozen.get("sex"))
            row.label("民族").cell(frozen.get("ethnicity")).photo(rows=4)
            row = grid.row().label("出生年月", 2).cell(month(frozen.get("born_on", "")))
            row.label("籍贯").cell(frozen.get("native_place"))
            row.label("学历").cell(frozen.get("education"))
            row = grid.row()
            if member:
                row.label("入党时间", 2).cell(month(frozen.get("joined_on", "")))
            else:
                row.label("政治面貌", 2).cell(frozen.get("political_status"))
            row.label("参加工作\n时间").cell(month(frozen.get("worked_from", "")))
            if subject.award_type.kind == "worker":
                since = month(frozen.get("worker_since", ""))
                row.label("从事党务\n工作时间").cell(f"{since}起" if since else "")
            else:
                row.label("学位").cell(frozen.get("degree"))
            row = grid.row().label("身份证号", 2).cell(frozen.get("id_number"), 2)
            row.label("联系电话").cell(frozen.get("phone"), 2)
            branch = frozen.get("organization", "")
            work = unit_and_post(n)
            work = frozen.get("occupation", "") if work == f"{branch}党员" else work
            grid.row().label("工作单位及职务", 3).cell(work, 5, align="left")
            party = "、".join(frozen.get("posts", ()))
            if member:
                told = f"{branch}（{party}）" if party and party not in branch else branch
                grid.row().label("所在党支部及党内职务", 3).cell(told, 5, align="left")
            _ratings(grid, frozen)
            grid.row(fill=0.55).label("简历", upright=True).block(n.resume, 7, indent=0)
            given = honours_and_sanctions(frozen)
            grid.row(fill=0.45).label("奖惩情况", upright=True).block(given, 7)
            grid.row(fill=1.5).label("主要事迹", upright=True).block(deeds, 7, size=14)


def _ratings(grid: Any, frozen: dict[str, Any]) -> None:
    review, star = frozen.get("review", ""), frozen.get("star", "")
    if review or star:
        row = grid.row().label("最近民主评议", 2).cell(review, 2)
        row.label("星级").cell(star, 3)
