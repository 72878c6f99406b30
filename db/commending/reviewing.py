"""资格审查: look at every nomination, keep what was found, let pass with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db import access, journal
from db.bulk import update_rows
from db.commending.facts import gather
from db.commending.programme import LABEL, STEM
from db.commending.tree import Tree
from db.errors import Refusal
from db.registers.commendation import Commendation, Nomination
from db.rules import dates
from db.rules.eligibility import Finding, Mode, Outcome, check, forbidding, judge

#: Checks that can only be answered once somebody has been put forward.
_LATER = {"complete": {"mode": "off"}, "meeting": {"mode": "off"}}


def look_at(
    commendation: Commendation,
    nominations: Sequence[Nomination],
    tree: Tree | None = None,
    *,
    before: bool = False,
    on: str = "",
) -> list[tuple[Finding, ...]]:
    """The findings on each nomination, in order; nothing is written.

    `before` leaves out what can only be asked after somebody has been put forward.
    """
    settings = dict(commendation.eligibility or {})
    if before:
        settings.update(_LATER)
    facts = gather(commendation, nominations, tree or Tree.load(), on)
    return [judge(one, settings) for one in facts]


def check_all(commendation: Commendation, on: str = "") -> dict[int, tuple[Finding, ...]]:
    """Look at every living nomination of the round and keep the findings with it; by nomination id."""
    nominations = list(
        Nomination.living()
        .where(Nomination.commendation == commendation)
        .order_by(Nomination.award_type, Nomination.rank, Nomination.id)
    )
    found = look_at(commendation, nominations, on=on)
    day = on or dates.today()
    rows = []
    for one, findings in zip(nominations, found, strict=True):
        kept = [as_kept(finding) for finding in findings]
        if kept != one.findings or one.checked_on != day:
            rows.append((one.id, (kept, day)))
    if rows:
        with journal.operation(
            f"审查“{commendation.name}”的推荐对象 {len(nominations)} 个", kind="check"
        ):
            update_rows(Nomination, ["findings", "checked_on"], rows)
    return {one.id: findings for one, findings in zip(nominations, found, strict=True)}


def as_kept(finding: Finding) -> dict[str, str]:
    """A finding as it is kept with the nomination."""
    return {
        "check": finding.check,
        "mode": finding.mode.value,
        "outcome": finding.outcome.value,
        "words": finding.words,
    }


def kept_findings(nomination: Nomination) -> tuple[Finding, ...]:
    """What the last review found; () when it has not been reviewed."""
    return tuple(_from_kept(row) for row in nomination.findings or ())


def _from_kept(row: dict[str, Any]) -> Finding:
    label = check(row["check"]).label
    return Finding(row["check"], label, Mode(row["mode"]), Outcome(row["outcome"]), row["words"])


def override(nomination: Nomination, check_code: str, reason: str) -> None:
    """Let one condition pass for this nomination, with the reason and on somebody's responsibility."""
    access.require("approve", STEM, LABEL)
    if not reason.strip():
        raise Refusal("放行请写明理由。")
    label = check(check_code).label
    overrides = dict(nomination.overrides or {})
    overrides[check_code] = reason.strip()
    nomination.overrides = overrides
    words = f"放行{nomination.name}“{label}”：{reason.strip()}"
    with access.approving(STEM, LABEL), journal.operation(words, kind="override"):
        nomination.save()


def withdraw_override(nomination: Nomination, check_code: str) -> None:
    """Ask the condition again."""
    access.require("approve", STEM, LABEL)
    nomination.overrides = {
        k: v for k, v in (nomination.overrides or {}).items() if k != check_code
    }
    words = f"收回{nomination.name}“{check(check_code).label}”的放行"
    with access.approving(STEM, LABEL), journal.operation(words):
        nomination.save()


def verdict(nomination: Nomination) -> tuple[str, str]:
    """(符合 | 需核对 | 放行 | 不符合 | 未审查, why) of the last review, for lists."""
    findings = kept_findings(nomination)
    if not findings:
        return "未审查", ""
    overrides = nomination.overrides or {}
    stops = forbidding(findings, overrides)
    if stops:
        return "不符合", "；".join(f"{f.label}：{f.words}" for f in stops)
    passed = [f for f in findings if f.forbids and f.check in overrides]
    if passed:
        return "放行", "；".join(f"{f.label}：{f.words}（{overrides[f.check]}）" for f in passed)
    doubts = [f for f in findings if f.warns]
    if doubts:
        return "需核对", "；".join(f"{f.label}：{f.words}" for f in doubts)
    return "符合", ""
