"""为什么是这个星: the whole reckoning of one participant, from the marks as they were given."""

from __future__ import annotations

from dataclasses import dataclass

from db.codes import code_list
from db.errors import Refusal
from db.rating.gathering import gather
from db.rating.reckoning import Board, board
from db.registers.appraisal import Appraisal, Choosing, Participant
from db.rules.scoring import Line, Result, after_limits, explain, score
from db.rules.scoring_items import Inputs

#: Earlier rounds that an explanation names.
_YEARS = 5


@dataclass(frozen=True, slots=True)
class Why:
    """The result of one participant and the sentences that lead to it."""

    participant: Participant
    result: Result | None
    sentences: tuple[str, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The steps with their points, for a table."""
        return self.result.lines if self.result else ()


def why(participant: Participant, reckoned: Board | None = None) -> Why:
    """Explain one result; pass the round's `board` when explaining many."""
    appraisal: Appraisal = participant.appraisal
    if participant.state != "rated":
        label = code_list("participation").label_of(participant.state)
        return Why(participant, None, (f"{label}：{participant.reason}",))
    rules = appraisal.rules
    result = score(rules, _inputs(participant, reckoned))
    if rules.limits:
        result = _limited(result, participant, reckoned or board(appraisal))
    return Why(participant, result, tuple(_sentences(participant, result)))


def _inputs(participant: Participant, reckoned: Board | None) -> Inputs:
    if reckoned is not None and participant.id in reckoned.place_of:
        return reckoned.inputs[reckoned.place_of[participant.id]]
    found = gather(participant.appraisal, participant.id)
    if not found:
        raise Refusal(f"“{participant.name}”已不在参评名单里。")
    return found[0][1]


def _limited(result: Result, participant: Participant, reckoned: Board) -> Result:
    ceiling = reckoned.ceilings.get(participant.id)
    settlement = reckoned.settlement
    if settlement is None:
        return result
    rules = participant.appraisal.rules
    rank = settlement.levels.get(participant.id)
    if ceiling is not None and rank is not None:
        return after_limits(result, rules, rules.levels[rank].name, ceiling)
    return result


def _sentences(participant: Participant, result: Result) -> list[str]:
    lines = explain(result)
    appraisal: Appraisal = participant.appraisal
    for one in Choosing.living().where(Choosing.appraisal == appraisal.id):
        if participant.id in one.chosen:
            lines.append(f"同分取舍：{one.chosen_on} 选入“{one.level}”，理由：{one.reason}")
    if participant.decided:
        lines.append(
            f"组织认定：{participant.decided}"
            + (f"，理由：{participant.decided_reason}" if participant.decided_reason else "")
        )
    if participant.last_level:
        moved = code_list("movement").label_of(participant.movement)
        reason = f"（{participant.movement_reason}）" if participant.movement_reason else ""
        lines.append(f"上期 {participant.last_level}，本期{moved}{reason}")
    lines += _past(participant)
    for amendment in participant.amendments:
        lines.append(
            f"更正：{amendment.made_on} 由 {amendment.old_level or '无'} 更正为 {amendment.new_level}，"
            f"理由：{amendment.reason}（{amendment.approved_by}批准）"
        )
    return lines


def _past(participant: Participant) -> list[str]:
    """The levels of earlier sealed rounds of the same scheme, the newest first."""
    appraisal: Appraisal = participant.appraisal
    mine = Participant.member == participant.member_id
    if participant.member_id is None:
        mine = Participant.organization == participant.organization_id
    if participant.member_id is None and participant.organization_id is None:
        return []
    rows = (
        Participant.living()
        .select(Appraisal.period, Participant.level)
        .join(Appraisal)
        .where(
            mine,
            Participant.level != "",
            Appraisal.scheme_code == appraisal.scheme_code,
            Appraisal.period < appraisal.period,
            Appraisal.sealed_on != "",
        )
        .order_by(Appraisal.period.desc())
        .limit(_YEARS)
        .tuples()
    )
    earlier = [f"{period} {level}" for period, level in rows]
    return [f"历年：{'，'.join(earlier)}"] if len(earlier) > 1 else []
