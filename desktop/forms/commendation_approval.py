"""优秀共产党员（党务工作者）推荐审批表: both sides of an A4 sheet, one person each."""

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
    unit_and_post,
)
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.mark import Mark
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.sheet import Sheet

#: Longer deeds go to a page of their own; on the form they would be too small to read.
_DEEDS_ON_FORM = 1000


class Approval(Form):
    """Front: the person, honours and deeds; back: the opinions, each with room for its seal."""

    of = Commendation
    title = "优秀共产党员（党务工作者）推荐审批表"
    paper = A4.with_margins(21, 18, 13, 24)
    signed = True
    choices = (WHO, NAMES, BLANK)

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """People: members, and those outside the Party."""
        return recipients(records, options, frozenset({"member", "person"}), "优秀共产党员")

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
            shown = f"{n.brief}\n（主要事迹材料另附）" if apart else deeds
            grid.row(fill=1.5).label("主要事迹", upright=True).block(shown, 7, size=14)
        sheet.note(_copies(subject))
        sheet.page()
        with sheet.grid(13, 72, 13, 70) as grid:
            opinion_boxes(grid, subject, label=1, left=1, right=1)
        if apart:
            sheet.page()
            sheet.title(f"{n.name}主要事迹", SIZES["小二"])
            sheet.paragraph(deeds)


def _ratings(grid: Any, frozen: dict[str, Any]) -> None:
    review, star = frozen.get("review", ""), frozen.get("star", "")
    if review or star:
        row = grid.row().label("最近民主评议", 2).cell(review, 2)
        row.label("星级").cell(star, 3)


def _copies(subject: Recipient) -> str:
    limit = subject.award_type.deeds_limit
    words = f"主要事迹限{limit}字。" if limit else ""
    return f"注：本表一式三份，正反面打印。{words}意见栏由各单位签署并加盖公章。"
