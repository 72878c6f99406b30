"""领导联系点登记表: one leader, the contact points, their goals and what was done (docs/systems.md 15, 17)."""

from __future__ import annotations

from typing import Any, Final

from db.codes import code_list
from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.rules import dates
from db.rules.visit_frequency import period_of
from db.visiting.compliance import watch
from desktop.forms.visit_parts import ON, day_of, hanging, span
from desktop.typeset.form import BLANK, Form, Options
from desktop.typeset.paper import A4
from desktop.typeset.sheet import Sheet

ROWS: Final = 4
"""Rows for contact points; a leader with more gets as many as needed."""


class LeaderPoints(Form):
    """One card for each leader."""

    of = Leader
    title = "领导联系点登记表"
    paper = A4.with_margins(20, 20, 14, 22)
    signed = True
    choices = (ON, BLANK)

    def compose(self, sheet: Sheet, subject: Any, options: Options) -> None:
        """The leader, each point with what is asked, the goals, the opinion of the unit."""
        leader = subject
        day = day_of(options["on"])
        points = list(
            ContactPoint.living()
            .where(ContactPoint.leader == leader.id)
            .order_by(ContactPoint.from_on, ContactPoint.id)
        )
        goals = hanging(Goal, Goal.contact_point, [point.id for point in points])
        year = period_of("year", day)[0]
        done = {one.id: one for one in watch(year, day, leader=leader.id)}
        sheet.title(self.title)
        sheet.heads("填报单位（盖章）：", f"填表日期：{dates.show(day.isoformat(), 'chinese')}")
        with sheet.grid(22, 30, 22, 30, 22, 38, row=9.5) as grid:
            grid.reserve = 9
            row = grid.row().label("姓名").name(leader.name).field(leader, Leader.rank)
            row.field(leader, Leader.phone)
            row = grid.row().label("单位职务").cell(f"{leader.unit_name}{leader.post_title}", 3)
            row.label("任职起止").cell(_term(leader))
            row = grid.row(8.5).label("类别").label("联系对象", 2).label("起止日期")
            row.label("联络员").label("本年走访")
            for at in range(max(ROWS, len(points))):
                _point(grid, points[at] if at < len(points) else None, done)
            grid.row(46, fill=1).label("“七个一”\n目标", size=11).block(
                _goals(points, goals), 5, size=11, indent=0
            )
            grid.row(24, fill=0.4).label("联系任务").block(_tasks(points), 5, size=11, indent=0)
            grid.row(30).label("单位意见").opinion("", 5, sign="负责人（签字）：")
        sheet.note("注：“本年走访”为实走次数／全年应走次数，应走次数按规定的生效日期分段计算。")


def _term(leader: Any) -> str:
    if not leader.from_on and not leader.until_on:
        return ""
    return f"{dates.show(leader.from_on)}—{dates.show(leader.until_on) or '至今'}"


def _point(grid: Any, point: Any, done: dict[int, Any]) -> None:
    row = grid.row()
    if point is None:
        row.cell("").cell("", 2).cell("").cell("").cell("")
        return
    seen = done.get(point.id)
    made = sum(one.visits for one in seen.standings) if seen else 0
    asked = sum(one.duty.visits for one in seen.standings) if seen else 0
    row.cell(code_list("contact_kind").short_of(point.kind), size=10.5)
    row.cell(point.name, 2, size=10.5)
    row.cell(f"{dates.show(point.from_on)}\n—{dates.show(point.until_on) or '至今'}", size=9.5)
    row.cell("\n".join(filter(None, (point.liaison, point.liaison_phone))), size=9.5)
    row.cell(f"{made}／{asked} 次" if asked else f"{made} 次")


def _goals(points: list[Any], goals: dict[int, list[Any]]) -> str:
    kinds, states = code_list("contact_goal"), code_list("goal_state")
    found = []
    for point in points:
        mine = goals.get(point.id, [])
        if not mine:
            continue
        done = sum(one.state == "done" for one in mine)
        found.append(f"{point.name}（完成 {done}／{len(mine)}）")
        for one in mine:
            when = f" {span(one.done_on, '')}" if one.done_on else ""
            words = f"：{one.words}" if one.words else ""
            found.append(f"　{kinds.label_of(one.kind)}——{states.label_of(one.state)}{when}{words}")
    return "\n".join(found)


def _tasks(points: list[Any]) -> str:
    told = [(point.name, point.task) for point in points if point.task]
    return "\n".join(f"{name}：{task}" if len(points) > 1 else task for name, task in told)
