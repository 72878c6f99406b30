"""一村一策整顿方案: the village, the five parties, problems, measures, projects, acceptance (docs/systems.md 28)."""

from __future__ import annotations

from typing import Any, Final

from db.registers.rectification import FIVE, Problem, Project, Rectification
from db.rules import dates
from db.rules.amount import show
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet

PROBLEMS: Final = 5
PROJECTS: Final = 4
"""Rows printed at least; a village with more gets as many as needed."""


class RectificationPlan(Form):
    """Front: village, five parties, causes, problems; back: projects and acceptance."""

    of = Rectification
    title = "一村一策整顿方案"
    paper = A4.with_margins(20, 18, 14, 22)
    signed = True
    choices = (BLANK,)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """What is wrong, who answers for it, until when; what was brought; what came of it."""
        one = subject
        sheet.title(self.title)
        sheet.heads(
            f"整顿对象：{one.organization.name}",
            f"列入日期：{dates.show(one.from_on, 'chinese')}",
        )
        with sheet.grid(22, 38, 24, 40, 22, 28, row=9) as grid:
            _head(grid, one)
            grid.row(24, fill=0.7).label("基本情况").block(one.situation, 5, size=11)
            grid.row(22, fill=0.6).label("成因").block(one.cause, 5, size=11)
            grid.row(22, fill=0.6).label("整顿思路").block(one.plan, 5, size=11)
            _problems(grid, _of(Problem, Problem.rectification, one))
        sheet.page()
        with sheet.grid(22, 38, 24, 40, 22, 28, row=9) as grid:
            _projects(grid, _of(Project, Project.rectification, one))
            row = grid.row().label("申请验收").cell(dates.show(one.asked_on))
            row.label("验收日期").cell(dates.show(one.accepted_on))
            row.label("得分").cell(Rectification.score.show(one.score))
            row = grid.row().label("验收单位").cell(one.accepted_by, 3)
            row.label("结果").cell(Rectification.result.show(one.result))
            for label, words in (
                ("苏木乡镇\n党委意见", ""),
                ("验收意见", one.opinion),
                ("旗委\n组织部\n意见", ""),
            ):
                grid.row(30, fill=1).label(label).opinion(words, 5, sign="负责人（签字）：")
            row = grid.row().label("摘牌日期").cell(dates.show(one.lifted_on))
            row.label("备注").cell(one.notes, 3, align="left")


def _of(model: Any, key: Any, one: Any) -> list[Any]:
    return list(model.living().where(key == one.id).order_by(model.id))


def _head(grid: Any, one: Any) -> None:
    row = grid.row().label("年度").cell(f"{one.year}年").label("整顿类型")
    row.cell(Rectification.kind.show(one.kind)).label("时限").cell(dates.show(one.due_on))
    grid.row().label("主要情形").cell(Rectification.ground.show(one.ground), 5, align="left")
    leader = one.leader
    said = {
        "leader": f"{leader.name}　{leader.unit_name}{leader.post_title}" if leader else "",
        **{name: getattr(one, name) for name in FIVE if name != "leader"},
    }
    row = grid.row(8).label("五定点", rows=len(FIVE))
    for place, (name, words) in enumerate(FIVE.items()):
        if place:
            row = grid.row(8)
        row.label(words, 2, size=10.5).cell(said[name], 3, align="left")


def _problems(grid: Any, found: list[Any]) -> None:
    rows = max(PROBLEMS, len(found))
    row = grid.row(8).label("问题清单", rows=rows + 1, upright=True)
    row.label("具体问题").label("整改措施", 2).label("责任人").label("时限／销号")
    for place in range(rows):
        one = found[place] if place < len(found) else None
        row = grid.row(11)
        if one is None:
            row.cell("").cell("", 2).cell("").cell("")
            continue
        row.cell(one.words, size=9.5, align="left").cell(one.measure, 2, size=9.5, align="left")
        when = "\n".join(filter(None, (dates.show(one.due_on), dates.show(one.done_on))))
        row.cell(one.person, size=9.5).cell(when, size=9)


def _projects(grid: Any, found: list[Any]) -> None:
    rows = max(PROJECTS, len(found))
    row = grid.row(8).label("帮扶项目", rows=rows + 2, upright=True)
    row.label("项目名称").label("类别").label("帮扶单位").label("资金（元）").label("进展")
    for place in range(rows):
        one = found[place] if place < len(found) else None
        row = grid.row(9.5)
        if one is None:
            row.cell("").cell("").cell("").cell("").cell("")
            continue
        row.cell(one.name, size=10, align="left").cell(Project.kind.show(one.kind), size=9.5)
        row.cell(one.unit_name, size=9.5).cell(show(one.amount or 0), size=9.5, align="right")
        row.cell(Project.state.show(one.state), size=9.5)
    total = sum(one.amount or 0 for one in found)
    row = grid.row(8).label("合计").cell(f"{len(found)} 项", 2)
    row.cell(show(total), align="right", size=9.5).cell("")
