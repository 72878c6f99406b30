"""民情台账: every matter in the order it was raised, with what came of it (docs/systems.md 16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.matter import Matter
from db.registers.organization import Organization
from db.rules import dates
from db.visiting.matters import rates
from desktop.forms.visit_parts import Ledger, by_id, day_of
from desktop.typeset.form import Options
from desktop.typeset.roster import CENTRE, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet


class MatterLedger(Ledger):
    """One ledger of the matters chosen."""

    of = Matter
    title = "民情台账"

    def compose(self, sheet: Sheet, subject: Sequence[Any], options: Options) -> None:
        """Who asked for what, who settled it, who was told, how content they were."""
        on = day_of(options["on"]).isoformat()
        rows = sorted(subject, key=lambda m: (m.received_on, m.number, m.id))
        places = by_id(Organization, (m.organization_id for m in rows))
        kinds, content = code_list("matter_kind"), code_list("satisfaction")

        def where(m: Any) -> str:
            place = places.get(m.organization_id)
            return str(place.short_name or place.name) if place is not None else ""

        count = rates(((m.due_on, m.settled_on, m.explained_on, m.satisfaction) for m in rows), on)
        sheet.roster(
            Roster(
                title=self.title,
                heads=self.heads(on),
                columns=(
                    ORDINAL,
                    Column(Matter.number, 22, kind=CENTRE),
                    Column("反映日期", 18, lambda m: dates.show(m.received_on), kind=CENTRE),
                    Column(Matter.raised_by, 17),
                    Column("所在党组织", 26, where, kind=TEXT),
                    Column("类别", 14, lambda m: kinds.short_of(m.kind), kind=CENTRE),
                    Column(Matter.content, 52, kind=TEXT),
                    Column("责任单位、责任人", 28, _who, kind=TEXT),
                    Column("时限", 18, lambda m: dates.show(m.due_on), kind=CENTRE),
                    Column("办理结果", 38, lambda m: m.result or m.unsolved_reason, kind=TEXT),
                    Column("状态", 15, lambda m: _state(m, on), kind=CENTRE),
                    Column("反馈", 17, lambda m: dates.show(m.told_on), kind=CENTRE),
                    Column("满意度", 13, lambda m: content.label_of(m.satisfaction), kind=CENTRE),
                ),
                summary=(count_words(count),),
                foot=("负责人", "审核", "制表"),
                size=9.0,
            ),
            rows,
        )


def _who(matter: Any) -> str:
    return " ".join(filter(None, (matter.unit_name, matter.person)))


def _state(matter: Any, on: str) -> str:
    words = str(matter.state(on))
    return "已说明" if words == "无法解决已说明" else words


def count_words(count: Any) -> str:
    """The line of sums under a list of matters."""
    told = f"共 {count.total} 件：办结 {count.settled} 件，已说明 {count.explained} 件，超期 {count.overdue} 件。"
    if count.settled_percent is not None:
        told += f"办结率 {count.settled_percent}%"
    if count.content_percent is not None:
        told += f"，满意率 {count.content_percent}%（已评价 {count.rated} 件）"
    return told + "。" if not told.endswith("。") else told
