"""Rounds of earlier years, written down after the fact from their result lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db import journal
from db.bulk import insert_rows
from db.errors import Refusal
from db.rating.eligibility import Places
from db.rating.opening import require_single
from db.rating.periods import span
from db.rating.reckoning import movement
from db.registers.appraisal import Appraisal, Participant, Stage
from db.registers.organization import Organization
from db.registers.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Past:
    """One line of an old result list; `total` in 1/100 point, None when only the level is known."""

    name: str
    branch: int | None
    level: str
    total: int | None = None
    member: int | None = None
    organization: int | None = None
    category: str = ""
    last_level: str = ""
    state: str = "rated"
    reason: str = ""


def record_past(
    scheme: Scheme,
    scope: Organization,
    period: str,
    results: Sequence[Past],
    *,
    decided_on: str,
    document: str = "",
    decided_by: str = "",
    name: str = "",
) -> Appraisal:
    """补录: a finished round from its result list, sealed on the day of the decision, without marks."""
    rules = scheme.rules()
    when = span(period, rules.period.kind)
    require_single(scheme, scope, when)
    unknown = next(
        (one for one in results if one.state == "rated" and one.level not in rules.level_rank), None
    )
    if unknown is not None:
        raise Refusal(f"“{unknown.name}”的“{unknown.level}”不是“{rules.name}”的等次。")
    appraisal = Appraisal(
        name=(name or f"{when.words}{rules.name}")[:60],
        scheme=scheme,
        scheme_code=scheme.code,
        subject=rules.subject.value,
        organization=scope,
        year=when.year,
        period=when.text,
        rated_on=min(when.last.isoformat(), decided_on),
        step=len(rules.steps) - 1,
        step_name="已归档",
        document=document,
        decided_on=decided_on,
        decided_by=decided_by or scope.name,
        sealed_on=decided_on,
        body=scheme.body,
        notes="按原有结果补录",
    )
    names = Places()
    with journal.operation(f"补录“{appraisal.name}”，{len(results)} 个对象", kind="import"):
        appraisal.save()
        insert_rows(
            Stage,
            ("appraisal", "position", "kind", "name", "ended_on"),
            [
                (appraisal.id, position, step.kind, step.name, decided_on)
                for position, step in enumerate(rules.steps)
            ],
        )
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
                    names.name(one.branch),
                    one.category,
                    one.state,
                    one.reason,
                    one.total,
                    one.level,
                    rules.level_rank.get(one.level),
                    one.level,
                    one.last_level,
                    movement(rules, one.last_level, one.level) if one.state == "rated" else "",
                )
                for one in results
            ],
        )
    return appraisal


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
    "total",
    "level",
    "rank",
    "reckoned",
    "last_level",
    "movement",
)
