"""公示: the period in which anybody may object, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from db import journal
from db.codes import code_list
from db.commending.programme import require_step
from db.commending.reviewing import check_all, kept_findings
from db.errors import Refusal
from db.registers.commendation import (
    Commendation,
    CommendationObjection,
    Nomination,
)
from db.rules import calendar, dates
from db.rules.eligibility import forbidding


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice that was begun: its days and what is doubtful about them."""

    from_on: str
    until: str
    doubt: str


def chosen(commendation: Commendation) -> list[Nomination]:
    """Those to be posted and decided: 入选, in the order of award types and ranks."""
    marked = sorted(code_list("nomination_state").marked("chosen"))
    found = list(
        Nomination.living().where(
            Nomination.commendation == commendation, Nomination.state.in_(marked)
        )
    )
    return sorted(
        found, key=lambda n: (n.award_type.position, n.award_type_id, n.rank or 10**9, n.id)
    )


def publish(
    commendation: Commendation, from_on: str, days: int | None = None, unit: str = ""
) -> Posted:
    """资格审查 → 公示 from this day; the last day is reckoned over holidays.

    Refuses when nobody is selected, or when a condition still forbids one of them.
    """
    require_step(commendation, "reviewing")
    selected = chosen(commendation)
    if not selected:
        raise Refusal("还没有确定入选对象，请先确定拟表彰名单。")
    days = days or commendation.notice_days
    if not days:
        raise Refusal("请填写公示天数。")
    start = _day(from_on)
    period = calendar.period(start, days, unit or commendation.notice_unit or "working")
    with journal.operation(f"公示“{commendation.name}”拟表彰对象 {len(selected)} 个", kind="step"):
        require_eligible(commendation, selected)
        commendation.step = "notice"
        commendation.notice_days = days
        commendation.notice_unit = period.unit
        commendation.notice_from = period.start.isoformat()
        commendation.notice_until = period.end.isoformat()
        commendation.notice_outcome = ""
        commendation.save()
    return Posted(commendation.notice_from, commendation.notice_until, period.doubt)


def require_eligible(commendation: Commendation, selected: list[Nomination]) -> None:
    """Review anew and refuse by name when a condition forbids somebody who is selected."""
    check_all(commendation)
    faulty = []
    for one in Nomination.select().where(Nomination.id.in_([n.id for n in selected])):
        stops = forbidding(kept_findings(one), one.overrides or {})
        if stops:
            faulty.append(f"{one.name}（{stops[0].label}：{stops[0].words}）")
    if faulty:
        shown = "；".join(faulty[:5]) + (f"；另有 {len(faulty) - 5} 个" if len(faulty) > 5 else "")
        raise Refusal(f"以下对象不符合条件，请取消、更换或放行：{shown}")


def _day(text: str) -> date:
    kept = dates.parse(text)
    if len(kept) != 10:
        raise Refusal("公示开始日期请写到日。")
    return date.fromisoformat(kept)


def raise_objection(
    commendation: Commendation, content: str, received_on: str = "", **fields: Any
) -> CommendationObjection:
    """Keep what somebody raised during the notice."""
    require_step(commendation, "notice", "reviewing")
    objection = CommendationObjection(
        commendation=commendation,
        content=content,
        received_on=received_on or dates.today(),
        **fields,
    )
    objection.save()
    return objection


def settle_objection(
    objection: CommendationObjection, outcome: str, answer: str, on: str = ""
) -> None:
    """Write down what checking an objection found; one that holds takes the nomination out."""
    if not answer.strip():
        raise Refusal("请写明核实情况与答复。")
    with journal.operation(f"办结异议：{objection.title()}", kind="objection"):
        objection.outcome, objection.answer = outcome, answer.strip()
        objection.settled_on = on or dates.today()
        objection.save()
        nomination = objection.nomination
        if outcome == "founded" and nomination is not None and nomination.live:
            nomination.state, nomination.state_reason = "cancelled", "公示期间异议核实成立"
            nomination.save()


def open_objections(commendation: Commendation) -> list[CommendationObjection]:
    """Objections not settled yet."""
    pending = sorted(code_list("objection_result").marked("open"))
    return list(
        CommendationObjection.living().where(
            CommendationObjection.commendation == commendation,
            CommendationObjection.outcome.in_(pending),
        )
    )


def upheld(commendation: Commendation) -> list[CommendationObjection]:
    """Objections that were found true while the one they are about still stands in the round."""
    query = CommendationObjection.living().where(
        CommendationObjection.commendation == commendation,
        CommendationObjection.outcome == "founded",
        CommendationObjection.nomination.is_null(False),
    )
    return [one for one in query if one.nomination.live]


def outcome_of(commendation: Commendation) -> str:
    """The result of the notice as a code: none, or the gravest outcome of its objections."""
    query = CommendationObjection.living().where(CommendationObjection.commendation == commendation)
    found = {one.outcome for one in query}
    gravest = ("founded", "partly", "unfounded", "withdrawn")
    return next((code for code in gravest if code in found), "none")


def outcome_words(commendation: Commendation) -> str:
    """The result of the notice as it is written in the decision's file."""
    query = CommendationObjection.living().where(CommendationObjection.commendation == commendation)
    found = list(query)
    if not found:
        return "公示期间未收到异议"
    counts: dict[str, int] = {}
    for one in found:
        label = code_list("objection_result").label_of(one.outcome)
        counts[label] = counts.get(label, 0) + 1
    parts = "，".join(f"{label} {n} 件" for label, n in counts.items())
    return f"公示期间收到异议 {len(found)} 件：{parts}"


def ending(until: str) -> list[Commendation]:
    """Rounds whose notice ends on or before a day and that are not decided yet."""
    return list(
        Commendation.living()
        .where(
            Commendation.step == "notice",
            Commendation.notice_until != "",
            Commendation.notice_until <= until,
        )
        .order_by(Commendation.notice_until)
    )
