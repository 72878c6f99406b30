"""领导联系点一览表: every point, leader by leader (docs/systems.md 15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db import identity
from db.codes import code_list
from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.rules import dates
from db.rules.visit_frequency import period_of
from db.visiting.compliance import watch
from desktop.forms.visit_parts import ON, Ledger, by_id, day_of, hanging
from desktop.typeset.form import Option, Options
from desktop.typeset.roster import CENTRE, NAME, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet

STANDING, EVERY = "现有的", "包括已结束的"


class ContactPointList(Ledger):
    """One list of all the points chosen."""

    of = ContactPoint
    title = "领导联系点一览表"
    choices = (ON, Option("which", "联系点", STANDING, (STANDING, EVERY)))

    def compose(self, sheet: Sheet, subject: Sequence[Any], options: Options) -> None:
        """By the order of the leaders; what was done this year against what is asked."""
        day = day_of(options["on"])
        on = day.isoformat()
        points = [
            p for p in subject if options["which"] == EVERY or not p.until_on or p.until_on >= on
        ]
        leaders = by_id(Leader, (p.leader_id for p in points))
        points.sort(key=lambda p: (_place(leaders[p.leader_id]), p.leader_id, p.id))
        goals = hanging(Goal, Goal.contact_point, [p.id for p in points])
        done = {one.id: one for one in watch(period_of("year", day)[0], day)}
        ranks, kinds = code_list("leader_rank"), code_list("contact_kind")
        ranked = code_list("leader_rank").marked("county")
        of_county = sum(leaders[p.leader_id].rank in ranked for p in points)

        def leader(p: Any) -> Any:
            return leaders[p.leader_id]

        def visits(p: Any) -> str:
            seen = done.get(p.id)
            if seen is None:
                return ""
            asked = sum(s.duty.visits for s in seen.standings)
            made = sum(s.visits for s in seen.standings)
            return f"{made}／{asked}" if asked else str(made)

        def reached(p: Any) -> str:
            mine = goals.get(p.id, [])
            return f"{sum(g.state == 'done' for g in mine)}／{len(mine)}" if mine else ""

        sheet.roster(
            Roster(
                title=self.title,
                heads=(
                    f"填报单位（盖章）：{identity.identity().office_name}",
                    f"截至{dates.show(on, 'chinese')}",
                ),
                columns=(
                    ORDINAL,
                    Column("领导", 20, lambda p: leader(p).name, kind=NAME),
                    Column("级别", 15, lambda p: ranks.label_of(leader(p).rank), kind=CENTRE),
                    Column("单位及职务", 50, lambda p: f"{leader(p).unit_name}{leader(p).post_title}", kind=TEXT),
                    Column("类别", 19, lambda p: kinds.short_of(p.kind), kind=CENTRE),
                    Column(ContactPoint.name, 48),
                    Column("开始日期", 20, lambda p: dates.show(p.from_on), kind=CENTRE),
                    Column(ContactPoint.liaison, 19),
                    Column(ContactPoint.liaison_phone, 25, heading="联络电话"),
                    Column("本年走访", 17, visits, kind=CENTRE),
                    Column("七个一", 14, reached, kind=CENTRE),
                    Column("备注", 16, lambda p: "已结束" if p.until_on and p.until_on < on else "", kind=CENTRE),
                ),
                summary=(
                    f"联系点共 {len(points)} 个，其中处级领导联系点 {of_county} 个；"
                    f"领导 {len({p.leader_id for p in points})} 名。本年走访为实走次数／全年应走次数。",
                ),
                foot=("负责人", "审核", "制表"),
                size=9.5,
            ),
            points,
        )  # fmt: skip


def _place(leader: Any) -> tuple[bool, int]:
    return leader.position is None, leader.position or 0
