"""Opens a round: its scheme frozen, its steps laid out, everybody listed with the reason who stays out."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import access, journal
from db.bulk import insert_rows
from db.errors import Refusal
from db.rating.eligibility import Proposal, proposals
from db.rating.periods import Span, span
from db.registers.appraisal import Appraisal, Participant, Stage
from db.registers.organization import Organization
from db.registers.scheme import Scheme
from db.rules.scheme import Scheme as Rules


def open_round(
    scheme: Scheme,
    scope: Organization,
    period: str,
    *,
    rated_on: str = "",
    name: str = "",
    notice_phone: str = "",
    notice_address: str = "",
) -> Appraisal:
    """开评: one round of a scheme in a scope for a period.

    `rated_on` is the day on which membership decides who takes part (the end of the period, or
    today when that is earlier). Refuses a second round of the same scheme, scope and period.
    """
    rules = scheme.rules()
    when = span(period, rules.period.kind)
    require_single(scheme, scope, when)
    on = rated_on or min(when.last, date.today()).isoformat()
    listed = proposals(rules, scope.id, date.fromisoformat(on))
    if not any(one.state == "rated" for one in listed):
        raise Refusal(
            f"“{scope.name}”范围内没有符合“{scheme.name}”的{rules.subject.label}，请检查范围、领域和参评条件。"
        )
    title = name or f"{when.words}{rules.name}"
    with journal.operation(f"开评“{title}”，{len(listed)} 个对象", kind="open"):
        appraisal = _round(scheme, rules, scope, when, on, title)
        appraisal.notice_phone, appraisal.notice_address = notice_phone, notice_address
        appraisal.save()
        insert_rows(
            Stage,
            ("appraisal", "position", "kind", "name"),
            [
                (appraisal.id, position, step.kind, step.name)
                for position, step in enumerate(rules.steps)
            ],
        )
        _list(appraisal, listed, lasts(appraisal))
    return appraisal


def require_single(scheme: Scheme, scope: Organization, when: Span) -> None:
    """Refuse a second round of the same scheme, scope and period."""
    twin = Appraisal.living().where(
        Appraisal.scheme_code == scheme.code,
        Appraisal.organization == scope,
        Appraisal.period == when.text,
    )
    if twin.exists():
        raise Refusal(f"“{scope.name}”{when.words}的“{scheme.name}”已经开评，不必重复。")


def _round(
    scheme: Scheme, rules: Rules, scope: Organization, when: Span, on: str, title: str
) -> Appraisal:
    return Appraisal(
        name=title[:60],
        scheme=scheme,
        scheme_code=scheme.code,
        subject=rules.subject.value,
        organization=scope,
        year=when.year,
        period=when.text,
        rated_on=on,
        step=0,
        step_name=rules.steps[0].name,
        notice_days=rules.notice_days,
        notice_unit=rules.notice_unit,
        body=scheme.body,
    )


_COLUMNS = (
    "appraisal",
    "member",
    "organization",
    "branch",
    "name",
    "branch_name",
    "category",
    "state",
    "reason",
    "notes",
    "last_level",
)


def _list(appraisal: Appraisal, listed: list[Proposal], last: dict[int, str]) -> None:
    insert_rows(
        Participant,
        _COLUMNS,
        [
            (
                appraisal.id,
                one.member,
                one.organization,
                one.branch,
                one.name,
                one.branch_name,
                one.category,
                one.state,
                one.reason,
                f"可申请免评：{one.hint}" if one.hint else "",
                last.get(one.member or one.organization or 0, ""),
            )
            for one in listed
        ],
    )


def lasts(appraisal: Appraisal) -> dict[int, str]:
    """The level each subject held after the last sealed round of this scheme, by member or organization."""
    p = Participant
    earlier = (
        Appraisal.living()
        .select(Appraisal.id)
        .where(
            Appraisal.scheme_code == appraisal.scheme_code,
            Appraisal.sealed_on != "",
            Appraisal.period < appraisal.period,
            Appraisal.year >= appraisal.year - 2,
            Appraisal.id != (appraisal.id or 0),
        )
        .order_by(Appraisal.period)
    )
    found: dict[int, str] = {}
    for (ident,) in list(earlier.tuples()):
        rows = (
            p.living()
            .select(p.member, p.organization, p.level)
            .where(p.appraisal == ident, p.level != "")
        )
        for member, organization, level in rows.tuples():
            found[member or organization] = level
    return found


def refresh(appraisal: Appraisal) -> tuple[int, int]:
    """Compare the list with the registers of now, while still a draft: (added, gone out).

    Somebody new is added; somebody no longer in the scope is set aside with the reason.
    """
    require_draft(appraisal)
    listed = proposals(
        appraisal.rules, appraisal.organization_id, date.fromisoformat(appraisal.rated_on)
    )
    kept = {row.member_id or row.organization_id: row for row in appraisal.participants}
    new = [one for one in listed if (one.member or one.organization) not in kept]
    still = {one.member or one.organization for one in listed}
    gone = [row for key, row in kept.items() if key not in still and row.state == "rated"]
    with journal.operation(f"更新“{appraisal.name}”参评名单"):
        _list(appraisal, new, lasts(appraisal))
        for row in gone:
            row.state, row.reason = "excluded", "已不在评定范围内"
            row.save()
    return len(new), len(gone)


def require_draft(appraisal: Appraisal) -> None:
    """Refuse once the draft step is over."""
    if appraisal.step != 0 or appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已进入“{appraisal.step_name}”，参评名单不能再整体更新。")


def set_aside(
    rows: list[Participant],
    state: str,
    reason: str,
    *,
    wish: bool = False,
    meeting_on: str = "",
) -> int:
    """免评 or 不参评 for these, or back to 参评 with state "rated"; the reason is kept with each.

    An exemption that the scheme ties to a wish or a meeting is refused without them.
    """
    access.require("write", "appraisal", "星级评比")
    with journal.operation(f"{'恢复参评' if state == 'rated' else '调整参评情况'} {len(rows)} 个"):
        for row in rows:
            _require_grounds(row, state, reason, wish, meeting_on)
            row.state = state
            row.reason = "" if state == "rated" else reason
            row.wish, row.meeting_on = int(wish), meeting_on
            if state != "rated":
                row.level, row.rank, row.total, row.reckoned = "", None, None, ""
            row.save()
    return len(rows)


def _require_grounds(row: Any, state: str, reason: str, wish: bool, meeting_on: str) -> None:
    if state != "exempt":
        return
    for one in row.appraisal.rules.exemptions:
        if one.name != reason:
            continue
        if one.by_wish and not wish:
            raise Refusal(f"“{reason}”免评须由本人提出，请勾选“本人申请”。")
        if one.by_meeting and not meeting_on:
            raise Refusal(f"“{reason}”免评须经党员大会通过，请填写通过日期。")
