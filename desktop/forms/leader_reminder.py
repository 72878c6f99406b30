"""提醒函: to a leader whose contact points wait for a visit (docs/systems.md 15)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db import identity
from db.codes import code_list
from db.errors import Refusal
from db.registers.leader import Leader
from db.rules import dates
from db.visiting.reminding import Reminder, Waiting, reminders
from desktop.forms.visit_parts import ON, day_of, span
from desktop.typeset.form import Form, Option, Options
from desktop.typeset.mark import Mark, short_number
from desktop.typeset.paper import A4, SIZES
from desktop.typeset.roster import CENTRE, ORDINAL, TEXT, Column, Roster
from desktop.typeset.sheet import Sheet
from desktop.typeset.values import whole

_AHEAD: Final = 10


class LeaderReminder(Form):
    """One letter for each leader who is behind; the others of a selection get none."""

    of = Leader
    title = "走访提醒函"
    paper = A4.with_margins(30, 25, 20, 27)
    signed = True
    choices = (ON, Option("ahead", "提前天数", str(_AHEAD), help="到期前几天的也提醒"))

    def select(self, records: Sequence[Any], options: Options) -> Sequence[Any]:
        """Leaders with something waiting; one who was picked alone gets a letter in any case."""
        text = str(options["ahead"]).strip()
        if not (text.isascii() and text.isdigit() and int(text) <= 366):
            raise Refusal("“提前天数”应为 0 到 366 的整数。")
        day = day_of(options["on"])
        found = reminders(day, int(text), [one.id for one in records])
        if not found and len(records) == 1:
            return [Reminder(records[0], ())]
        if not found and records:
            raise Refusal("所选领导都按规定走访了，没有需要提醒的。")
        return found

    def mark(self, subject: Any) -> Mark | None:
        """The letter belongs to its leader."""
        leader = whole(subject).leader
        return Mark(self.id, leader.id, short_number(leader.id)) if leader.id else None

    def compose(self, sheet: Sheet, subject: Reminder, options: Options) -> None:
        """To whom, what is missing until when, a request, who sends it."""
        day = day_of(options["on"])
        office = identity.identity().office_name
        leader = subject.leader
        sheet.title(self.title)
        sheet.y += 4
        sheet.paragraph(f"{leader.name}同志：", SIZES["三号"], indent=0)
        sheet.paragraph(_words(subject, day.isoformat()), SIZES["三号"])
        if subject.waiting:
            sheet.y += 3
            sheet.roster(_table(), subject.waiting)
            sheet.y += 2
            sheet.paragraph(
                "请合理安排时间，尽快到联系点走访，并及时登记走访情况。"
                "已经走访尚未登记的，请联络员补录。",
                SIZES["三号"],
            )
        sheet.seal_and_date(office, dates.show(day.isoformat(), "chinese"), SIZES["三号"])


def _words(subject: Reminder, on: str) -> str:
    told = dates.show(on, "chinese")
    if not subject.waiting:
        return f"截至{told}，您的联系点均已按规定走访，谢谢支持。"
    late = sum(one.late for one in subject.waiting)
    soon = len(subject.waiting) - late
    parts = [f"{late}个联系点在已结束的周期内没有走够"] if late else []
    parts += [f"{soon}个联系点的本周期即将结束"] if soon else []
    return f"按照领导联系点走访规定，截至{told}，您有{'，'.join(parts)}，具体如下："


def _table() -> Roster:
    kinds = code_list("contact_kind")

    def missing(one: Waiting) -> str:
        visits, days = one.missing
        return "、".join([f"{visits} 次"] * bool(visits) + [f"{days} 天"] * bool(days))

    def period(one: Waiting) -> str:
        duty = one.standing.duty
        return span(duty.start.isoformat(), duty.end.isoformat())

    return Roster(
        title="",
        columns=(
            ORDINAL,
            Column("联系点", 60, lambda one: one.point.name, kind=TEXT),
            Column("类别", 24, lambda one: kinds.short_of(one.point.kind), kind=CENTRE),
            Column("周期", 36, period, kind=CENTRE),
            Column("已走", 14, lambda one: one.standing.visits, kind=CENTRE),
            Column("还差", 18, missing, kind=CENTRE),
            Column("情况", 18, lambda one: "已过期" if one.late else "将到期", kind=CENTRE),
        ),
        row=9,
        strike=False,
    )
