"""后进整顿: one village, one plan; the problems, projects, months and visits beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from db.registers.rectification import MonthlyProgress, Problem, Project, Rectification
from db.registers.visit import VisitRectified
from db.rules import dates
from desktop.widgets.editor import Group
from desktop.widgets.filters import Chip
from desktop.widgets.record_panel import RecordPanel
from desktop.widgets.register_page import RegisterPage


class RectificationPage(RegisterPage):
    """The villages of the list, the latest first."""

    of = Rectification
    columns = (
        Rectification.organization,
        Rectification.year,
        Rectification.kind,
        Rectification.ground,
        Rectification.leader,
        Rectification.unit_name,
        Rectification.due_on,
        Rectification.result,
    )
    editor = (
        Group("整顿对象", Rectification.organization, Rectification.year, Rectification.kind,
              Rectification.ground, Rectification.from_on, Rectification.due_on),
        Group("五定点", Rectification.leader, Rectification.township, Rectification.unit_name,
              Rectification.coordinator, Rectification.section_name),
        Group("一村一策", Rectification.situation, Rectification.cause, Rectification.plan),
        Group("验收", Rectification.asked_on, Rectification.accepted_on, Rectification.accepted_by,
              Rectification.score, Rectification.opinion, Rectification.result, Rectification.lifted_on),
        Group("备注", Rectification.notes),
    )  # fmt: skip
    chips = (
        Chip("open", "整顿中", lambda: Rectification.result == ""),
        Chip(
            "late",
            "超期",
            lambda: (Rectification.result == "") & (Rectification.due_on < dates.today()),
        ),
        Chip("turned", "已转化", lambda: Rectification.result == "turned"),
        Chip("year", "今年", lambda: Rectification.year == date.today().year),
    )
    sticky = (
        Rectification.year,
        Rectification.kind,
        Rectification.from_on,
        Rectification.due_on,
        Rectification.section_name,
    )
    purpose = "一个嘎查村一条：五个定点、问题清单、帮扶项目、每月进展、验收。到这里的走访自动计入。"

    def make_panel(self) -> RecordPanel:
        """The village with everything that is done there."""
        details: tuple[tuple[type[Any], Any], ...] = (
            (Problem, Problem.rectification),
            (Project, Project.rectification),
            (MonthlyProgress, MonthlyProgress.rectification),
            (VisitRectified, VisitRectified.rectification),
        )
        columns: dict[type[Any], tuple[Any, ...]] = {
            Problem: (Problem.words, Problem.measure, Problem.due_on, Problem.done_on),
            Project: (Project.name, Project.amount, Project.state),
            VisitRectified: (VisitRectified.visit,),
        }
        return RecordPanel(
            Rectification,
            tuple(self.editor),
            details,
            names=("问题清单", "帮扶项目", "月进展", "走访"),
            columns=columns,
        )


PAGE = RectificationPage
