"""问题清单、销号表: what is still open with who and until when; what was settled and struck off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.codes import code_list
from db.registers.matter import Matter, Progress
from db.rules import dates
from db.visiting.matters import rates
from desktop.forms.matter_ledger import count_words
from desktop.forms.visit_parts import ON, Ledger, day_of, hanging
from desktop.typeset.form import Option, Options
from desktop.typeset.roster import CENTRE, ORDINAL, TEXT, Column, Roster, Section
from desktop.typeset.sheet import Sheet

OPEN, SETTLED = "问题清单", "销号表"


class MatterSettling(Ledger):
    """One list of the matters chosen: by who must settle them, or those struck off."""

    of = Matter
    title = "问题清单（销号表）"
    choices = (Option("which", "印哪一种", OPEN, (OPEN, SETTLED)), ON)

    def compose(self, sheet: Sheet, subject: Sequence[Any], options: Options) -> None:
        """Open matters by the unit that must settle them, the most pressing first."""
        on = day_of(options["on"]).isoformat()
        settled = options["which"] == SETTLED
        rows = [m for m in subject if bool(m.settled_on and m.settled_on <= on) == settled]
        steps = hanging(Progress, Progress.matter, [m.id for m in rows])
        units: dict[str, list[Any]] = {}
        for m in sorted(rows, key=lambda m: (m.due_on or "9999", m.received_on, m.id)):
            units.setdefault(m.unit_name or "（未交办）", []).append(m)
        sections = [Section(name, mine, "件") for name, mine in sorted(units.items())]
        count = rates(((m.due_on, m.settled_on, m.explained_on, m.satisfaction) for m in rows), on)
        sheet.roster(
            Roster(
                title="问题销号表" if settled else "问题清单",
                heads=self.heads(on),
                columns=_settled_columns() if settled else _open_columns(on, steps),
                summary=(count_words(count),),
                foot=("负责人", "审核", "制表"),
                row=8.5,
                size=9.5,
            ),
            sections,
        )


def _open_columns(on: str, steps: dict[int, list[Any]]) -> tuple[Column, ...]:
    sources = code_list("matter_source")

    def going(m: Any) -> str:
        if m.unsolved_reason:
            return str(m.unsolved_reason)
        last = steps.get(m.id, ())
        return f"{dates.show(last[-1].on)} {last[-1].words}" if last else ""

    return (
        ORDINAL,
        Column(Matter.number, 22, kind=CENTRE),
        Column("来源", 15, lambda m: sources.short_of(m.source), kind=CENTRE),
        Column(Matter.content, 62, kind=TEXT, heading="存在的问题"),
        Column("责任人", 20, lambda m: m.person, kind=CENTRE),
        Column("交办日期", 19, lambda m: dates.show(m.assigned_on), kind=CENTRE),
        Column("办结时限", 19, lambda m: dates.show(m.due_on), kind=CENTRE),
        Column("状态", 17, lambda m: m.state(on).replace("无法解决", ""), kind=CENTRE),
        Column("进展或未办结原因", 58, going, kind=TEXT),
        Column("销号", 18),
    )


def _settled_columns() -> tuple[Column, ...]:
    content = code_list("satisfaction")
    return (
        ORDINAL,
        Column(Matter.number, 22, kind=CENTRE),
        Column(Matter.content, 56, kind=TEXT, heading="问题"),
        Column("责任人", 18, lambda m: m.person, kind=CENTRE),
        Column("办结时限", 19, lambda m: dates.show(m.due_on), kind=CENTRE),
        Column("办结日期", 19, lambda m: dates.show(m.settled_on), kind=CENTRE),
        Column(Matter.result, 52, kind=TEXT),
        Column("反馈对象", 18, lambda m: m.told, kind=CENTRE),
        Column("反馈日期", 19, lambda m: dates.show(m.told_on), kind=CENTRE),
        Column("满意度", 16, lambda m: content.label_of(m.satisfaction), kind=CENTRE),
        Column("销号签字", 20),
    )
