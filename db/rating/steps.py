"""The procedure of a round: what each step still needs, forward, back, notice, decision, sealing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import fn

from db import access, journal
from db.errors import Refusal
from db.rating.reckoning import reckon
from db.registers.appraisal import Appraisal, Mark, Meeting, Objection, Participant, Stage
from db.rules import calendar, dates
from db.rules.quota import percent
from db.rules.scheme import Combine, Scheme, Step


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as the bar above a round shows it: done, now or next, and what it still needs."""

    position: int
    name: str
    kind: str
    state: str
    began_on: str
    ended_on: str
    obstacles: tuple[str, ...] = ()


def steps(appraisal: Appraisal) -> list[StepView]:
    """All steps in order; only the current one tells its obstacles."""
    views = []
    for stage in appraisal.stages.order_by(Stage.position):
        place = stage.position
        state = "done" if place < appraisal.step or appraisal.sealed_on else "next"
        if place == appraisal.step and not appraisal.sealed_on:
            state = "now"
        views.append(
            StepView(
                place,
                stage.name,
                stage.kind,
                state,
                stage.began_on,
                stage.ended_on,
                tuple(obstacles(appraisal)) if state == "now" else (),
            )
        )
    return views


def current(appraisal: Appraisal) -> Step:
    """The step the round stands in."""
    return appraisal.rules.steps[appraisal.step]


def obstacles(appraisal: Appraisal, on: str = "") -> list[str]:
    """What keeps the round from leaving its step, in words; [] when nothing does."""
    rules = appraisal.rules
    step = rules.steps[appraisal.step]
    found = _unmarked(appraisal, rules, step)
    found += {
        "draft": _draft,
        "meeting": _meeting,
        "notice": _notice,
        "decision": _decision,
    }.get(step.kind, _nothing)(appraisal, rules, on or dates.today())
    return found + _unjudged(appraisal, rules)


def _nothing(appraisal: Appraisal, rules: Scheme, on: str) -> list[str]:
    del appraisal, rules, on
    return []


def _rated(appraisal: Appraisal) -> Any:
    return Participant.living().where(
        Participant.appraisal == appraisal.id, Participant.state == "rated"
    )


def _draft(appraisal: Appraisal, rules: Scheme, on: str) -> list[str]:
    del on
    found = [] if _rated(appraisal).exists() else ["没有参评对象"]
    lacking = [
        one.name
        for one in rules.exemptions
        if (one.by_meeting or one.by_wish)
        and Participant.living()
        .where(
            Participant.appraisal == appraisal.id,
            Participant.state == "exempt",
            Participant.reason == one.name,
            (Participant.meeting_on == "") if one.by_meeting else (Participant.wish == 0),
        )
        .exists()
    ]
    return found + [f"有人以“{name}”免评，但缺本人申请或党员大会日期" for name in lacking]


def _unmarked(appraisal: Appraisal, rules: Scheme, step: Step) -> list[str]:
    found = []
    rated = _rated(appraisal)
    total = rated.count()
    ids = rated.select(Participant.id)
    for rater_id in step.raters:
        rater = rules.rater_of[rater_id]
        counts = rater.weight or rules.combine is not Combine.WEIGHTED
        if not (rater.required and counts and rules.sheet[rater_id]):
            continue
        marked = Mark.living().where(Mark.rater == rater_id, Mark.participant.in_(ids)).count()
        if marked < total:
            found.append(f"“{rater.name}”还有 {total - marked} 个对象没有评分")
    return found


def _meeting(appraisal: Appraisal, rules: Scheme, on: str) -> list[str]:
    del on
    held = {
        meeting.organization_id: meeting
        for meeting in Meeting.living()
        .where(Meeting.appraisal == appraisal.id)
        .order_by(Meeting.held_on)
    }
    if appraisal.subject == "organization":
        needed = {appraisal.organization_id: appraisal.organization.name}
    else:
        pairs = _rated(appraisal).select(Participant.branch, Participant.branch_name).distinct()
        needed = {place: name for place, name in pairs.tuples() if place}
    found = []
    without = [name for place, name in needed.items() if place not in held]
    if without:
        many = len(without) > 3
        names = "、".join(without[:3]) + (f"等 {len(without)} 个党组织" if many else "")
        found.append(f"{names}没有评定会议记录")
    if rules.quorum:
        for place, meeting in held.items():
            if place in needed and meeting.present < rules.quorum * meeting.expected:
                found.append(
                    f"“{needed[place]}”应到 {meeting.expected} 人、实到 {meeting.present} 人，"
                    f"不足 {percent(rules.quorum)}，评定无效"
                )
    return found


def _notice(appraisal: Appraisal, rules: Scheme, on: str) -> list[str]:
    del rules
    found = []
    if not appraisal.notice_until:
        found.append("尚未填写公示起止日期")
    elif on <= appraisal.notice_until:
        found.append(f"公示到 {dates.show(appraisal.notice_until)} 为止，尚未期满")
    open_ones = sum(one.open for one in _objections(appraisal))
    if open_ones:
        found.append(f"还有 {open_ones} 件异议没有办结")
    return found


def _objections(appraisal: Appraisal) -> list[Objection]:
    return list(Objection.living().where(Objection.appraisal == appraisal.id))


def _decision(appraisal: Appraisal, rules: Scheme, on: str) -> list[str]:
    del rules, on
    return [
        words
        for value, words in (
            (appraisal.decided_by, "尚未填写审定机关"),
            (appraisal.decided_on, "尚未填写审定日期"),
            (appraisal.document, "尚未填写审定文号"),
        )
        if not value
    ]


def _unjudged(appraisal: Appraisal, rules: Scheme) -> list[str]:
    """Before the notice everybody has a level: whoever leaves the last scoring step, or later ones."""
    following = rules.steps[appraisal.step + 1 : appraisal.step + 2]
    kind = rules.steps[appraisal.step].kind
    if kind not in ("notice", "decision") and not (
        following and following[0].kind in ("notice", "decision", "plates")
    ):
        return []
    rows = (
        _rated(appraisal)
        .where(Participant.level == "", ~Participant.missing.startswith("一票否决"))
        .select(Participant.missing, fn.COUNT(Participant.id))
        .group_by(Participant.missing)
    )
    waiting = list(rows.tuples())
    if not waiting:
        return []
    total = sum(count for _, count in waiting)
    reasons = "；".join(f"{words or '尚未计算'}（{count}）" for words, count in waiting[:3])
    return [f"还有 {total} 个对象没有结果：{reasons}"]


def advance(appraisal: Appraisal, on: str = "", *, document: str = "", words: str = "") -> None:
    """Finish this step on a day and go to the next; the last one seals the round.

    Refusal lists what is still needed. Entering the notice sets its days by the scheme.
    """
    if not appraisal.sealed_on and current(appraisal).kind == "decision":
        with access.approving("appraisal", "审定"):
            _advance(appraisal, on or dates.today(), document, words)
    else:
        _advance(appraisal, on or dates.today(), document, words)


def _advance(appraisal: Appraisal, day: str, document: str, words: str) -> None:
    _require_working(appraisal)
    rules = appraisal.rules
    step = rules.steps[appraisal.step]
    reckon(appraisal)
    found = obstacles(appraisal, day)
    if found:
        raise Refusal(f"“{step.name}”还不能结束：{'；'.join(found)}。")
    with journal.operation(f"“{appraisal.name}”完成{step.name}", kind="step"):
        stage = _stage(appraisal, appraisal.step)
        stage.began_on = stage.began_on or day
        stage.ended_on, stage.document, stage.words = day, document or stage.document, words
        stage.save()
        if appraisal.step + 1 == len(rules.steps):
            appraisal.sealed_on = day
            appraisal.step_name = "已归档"
        else:
            appraisal.step += 1
            following = rules.steps[appraisal.step]
            appraisal.step_name = following.name
            entered = _stage(appraisal, appraisal.step)
            entered.began_on = day
            entered.save()
            if following.kind == "notice":
                _set_notice(appraisal, day)
        appraisal.save()


def _stage(appraisal: Appraisal, position: int) -> Stage:
    found: Stage = Stage.get(Stage.appraisal == appraisal.id, Stage.position == position)
    return found


def _require_working(appraisal: Appraisal) -> None:
    access.require("write", "appraisal", "星级评比")
    if appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已归档。")


def _set_notice(appraisal: Appraisal, first: str) -> None:
    period = calendar.period(
        date.fromisoformat(first), appraisal.notice_days or 5, appraisal.notice_unit or "calendar"
    )
    appraisal.notice_from, appraisal.notice_until = period.start.isoformat(), period.end.isoformat()


def set_notice(appraisal: Appraisal, first: str, days: int, unit: str = "calendar") -> str:
    """公示 from this day for so many days; returns what is doubtful about the last day ("" = nothing)."""
    _require_working(appraisal)
    if current(appraisal).kind != "notice":
        raise Refusal(f"“{appraisal.name}”现在是“{appraisal.step_name}”，还没有到公示。")
    period = calendar.period(date.fromisoformat(dates.parse(first)), days, unit)
    appraisal.notice_days, appraisal.notice_unit = days, period.unit
    appraisal.notice_from, appraisal.notice_until = period.start.isoformat(), period.end.isoformat()
    appraisal.save()
    return period.doubt


def decide(appraisal: Appraisal, document: str, decided_on: str, decided_by: str) -> None:
    """党委审定: the document, its day and who decided."""
    with access.approving("appraisal", "审定"):
        _require_working(appraisal)
        appraisal.document, appraisal.decided_by = document, decided_by
        appraisal.decided_on = dates.parse(decided_on)
        with journal.operation(f"审定“{appraisal.name}”", kind="step"):
            appraisal.save()


def go_back(appraisal: Appraisal, reason: str) -> None:
    """Return to the step before, with the reason (an objection that held, a count to be repeated)."""
    _require_working(appraisal)
    if appraisal.step == 0:
        raise Refusal("已经是第一步。")
    if not reason.strip():
        raise Refusal("请写明退回的原因。")
    left = appraisal.rules.steps[appraisal.step]
    with journal.operation(f"“{appraisal.name}”从{left.name}退回：{reason.strip()}", kind="step"):
        stage = _stage(appraisal, appraisal.step)
        stage.began_on = stage.ended_on = ""
        stage.save()
        appraisal.step -= 1
        again = _stage(appraisal, appraisal.step)
        again.ended_on = ""
        again.words = f"退回重办：{reason.strip()}"[:300]
        again.save()
        appraisal.step_name = again.name
        if left.kind == "notice":
            appraisal.notice_from = appraisal.notice_until = ""
        appraisal.save()
