"""整顿工作台账: every village of the list on one line, with its five parties and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.leader import Leader
from db.registers.organization import Organization
from db.registers.rectification import Problem, Project, Rectification
from db.rules import dates
from db.rules.amount import show
from desktop.forms.visit_parts import Ledger, by_id, day_of, hanging
from desktop.typeset.form import Options
from desktop.typeset.roster import CENTRE, MONEY, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class RectificationLedger(Ledger):
    """One ledger of the villages chosen."""

    of = Rectification
    title = "整顿工作台账"

    def compose(self, sheet: Sheet, subject: Sequence[Any], options: Options) -> None:
        """What is wrong, who answers, how many problems are struck off, what was brought."""
        on = day_of(options["on"]).isoformat()
        rows = sorted(subject, key=lambda one: (one.year, one.from_on, one.id))
        ids = [one.id for one in rows]
        places = by_id(Organization, (one.organization_id for one in rows))
        leaders = by_id(Leader, (one.leader_id for one in rows))
        problems = hanging(Problem, Problem.rectification, ids)
        projects = hanging(Project, Project.rectification, ids)
        grounds = code_list("rectification_ground")

        def struck(one: Any) -> str:
            mine = problems.get(one.id, [])
            return f"{sum(bool(p.done_on) for p in mine)}／{len(mine)}" if mine else ""

        def brought(one: Any) -> int:
            return sum(p.amount or 0 for p in projects.get(one.id, []))

        def leader(one: Any) -> str:
            found = leaders.get(one.leader_id)
            return str(found.name) if found is not None else ""

        count = sum(len(mine) for mine in projects.values())
        total = sum(brought(one) for one in rows)
        done = code_list("rectification_result").marked("done")
        turned = sum(one.result in done for one in rows)
        sheet.roster(
            Roster(
                title=self.title,
                heads=self.heads(on),
                columns=(
                    ORDINAL,
                    Column("整顿对象", 34, lambda one: places[one.organization_id].name, kind=TEXT),
                    Column("主要情形", 26, lambda one: grounds.short_of(one.ground), kind=TEXT),
                    Column("联系领导", 18, leader, kind=CENTRE),
                    Column("定点指导", 18, lambda one: one.township, kind=CENTRE),
                    Column("帮扶单位", 26, lambda one: one.unit_name, kind=TEXT),
                    Column("协调干部", 18, lambda one: one.coordinator, kind=CENTRE),
                    Column("督办股室", 20, lambda one: one.section_name, kind=TEXT),
                    Column("问题销号", 16, struck, kind=CENTRE),
                    Column(
                        "项目", 11, lambda one: len(projects.get(one.id, [])) or "", kind=CENTRE
                    ),
                    Column("资金（元）", 25, brought, kind=MONEY),
                    Column("时限", 19, lambda one: dates.show(one.due_on), kind=CENTRE),
                    Column("状态", 17, lambda one: one.state(on), kind=CENTRE),
                ),
                summary=(
                    f"共 {len(rows)} 个，转化 {turned} 个；帮扶项目 {count} 项，资金 {show(total)} 元。",
                ),
                foot=("负责人", "审核", "制表"),
                size=9.5,
            ),
            rows,
        )
