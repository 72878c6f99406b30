"""Reckons a round: points, levels, quotas; ties go to a person; what changed is written in one operation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from db import journal
from db.bulk import update_rows
from db.errors import Refusal
from db.rating.eligibility import Places
from db.rating.gathering import gather
from db.registers.appraisal import Appraisal, Choosing, Participant
from db.rules.quota import Candidate, Ceiling, Limit, Settlement, settle
from db.rules.scheme import Scheme
from db.rules.scoring import applicable, score
from db.rules.scoring_items import Inputs
from db.rules.scoring_sets import Standings, score_all


@dataclass(frozen=True, slots=True)
class TieBreak:
    """Equals at the edge of a quota, laid before a person."""

    scope: str
    scope_name: str
    level: str
    places: int
    participants: tuple[Participant, ...]


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a reckoning found: how many have a level, who still waits and for what, the ties, the quotas."""

    judged: int
    waiting: tuple[Participant, ...]
    ties: tuple[TieBreak, ...]
    reminders: tuple[str, ...]
    changed: int


@dataclass(slots=True)
class Board:
    """A round reckoned in memory: one entry per participant, in order."""

    rows: list[Participant]
    inputs: list[Inputs]
    standings: Standings
    settlement: Settlement[int] | None = None
    ceilings: dict[int, Ceiling[int]] = field(default_factory=dict)
    place_of: dict[int, int] = field(default_factory=dict)


def board(appraisal: Appraisal) -> Board:
    """Reckon a round without writing anything."""
    rules = appraisal.rules
    gathered = gather(appraisal)
    rows = [row for row, _ in gathered]
    inputs = [one for _, one in gathered]
    found = Board(rows, inputs, score_all(rules, inputs))
    found.place_of = {row.id: place for place, row in enumerate(rows)}
    limits = [
        Limit(rules.level_rank[one.level], one.allowance)
        for one in rules.limits
        if not one.at_least
    ]
    if limits:
        found.settlement = _settle(appraisal, rules, found, limits)
        for ceiling in found.settlement.ceilings:
            found.ceilings.update(dict.fromkeys(ceiling.moved, ceiling))
    return found


def _scopes(rules: Scheme, rows: Sequence[Participant]) -> list[str]:
    """The scope in which each participant counts towards quotas."""
    per = next((one.per for one in rules.limits), "round")
    if per == "branch":
        return [str(row.branch_id or "") for row in rows]
    if per == "round":
        return [""] * len(rows)
    places = Places()
    if per == "domain":
        return [
            places.rows[place][3] if (place := row.organization_id or row.branch_id) else ""
            for row in rows
        ]
    return [str(places.committee_of(row.organization_id or row.branch_id) or "") for row in rows]


def _settle(
    appraisal: Appraisal, rules: Scheme, found: Board, limits: Sequence[Limit]
) -> Settlement[int]:
    scopes = _scopes(rules, found.rows)
    candidates = []
    for number, row in enumerate(found.rows):
        rank, total = found.standings.ranks[number], found.standings.totals[number]
        if rank is None or total is None:
            continue
        merits = [Fraction(total)]
        if rules.tie_break:
            points = {part.item.id: part.points for part in applicable(rules, found.inputs[number])}
            merits += [points.get(item) or Fraction(0) for item in rules.tie_break]
        candidates.append(Candidate(row.id, scopes[number], rank, tuple(merits)))
    counted: dict[str, int] = {}
    for scope in scopes:
        counted[scope] = counted.get(scope, 0) + 1
    choices: dict[int, frozenset[int]] = {}
    for one in Choosing.living().where(Choosing.appraisal == appraisal.id):
        rank = rules.level_rank[one.level]
        choices[rank] = choices.get(rank, frozenset()) | frozenset(one.chosen)
    return settle(candidates, limits, 0, choices, counted)


def reckon(appraisal: Appraisal) -> Reckoned:
    """Reckon the whole round and keep what changed; sealed rounds are refused."""
    if appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已归档，不能重新计算。")
    rules = appraisal.rules
    found = board(appraisal)
    changed: list[tuple[int, tuple[Any, ...]]] = []
    waiting = []
    judged = 0
    for number, row in enumerate(found.rows):
        values = _outcome(rules, found, number)
        judged += bool(values[3])
        if not values[3]:
            waiting.append(row)
        if values != tuple(getattr(row, name) for name in _WRITTEN):
            changed.append((row.id, values))
            for name, value in zip(_WRITTEN, values, strict=True):
                setattr(row, name, value)
    if changed:
        with journal.operation(
            f"计算“{appraisal.name}”，{len(changed)} 个对象有变化", kind="rating"
        ):
            update_rows(Participant, _WRITTEN, changed)
    return Reckoned(
        judged,
        tuple(waiting),
        _ties(rules, found),
        _reminders(rules, found),
        len(changed),
    )


_WRITTEN = ("total", "stars", "reckoned", "level", "rank", "movement", "missing")


def _outcome(rules: Scheme, found: Board, number: int) -> tuple[Any, ...]:
    row, standings = found.rows[number], found.standings
    rank = standings.ranks[number]
    missing = ""
    if rank is None:
        result = score(rules, found.inputs[number])
        missing = "一票否决，不参加评定" if result.not_rated else "、".join(result.missing)
    elif found.settlement is not None:
        rank = found.settlement.levels.get(row.id, rank)
        missing = "名额边缘同分，待定" if rank is None else ""
    reckoned = rules.levels[rank].name if rank is not None else ""
    level = row.decided or reckoned
    final = rules.level_rank.get(level)
    return (
        standings.rounded[number],
        list(standings.stars[number]),
        reckoned,
        level,
        final,
        movement(rules, row.last_level, level),
        missing[:300],
    )


def movement(rules: Scheme, last: str, level: str) -> str:
    """升降 against the last round: first, up, same, down; "" while there is no level."""
    if not level:
        return ""
    if last not in rules.level_rank:
        return "first"
    before, now = rules.level_rank[last], rules.level_rank[level]
    return "up" if now > before else "down" if now < before else "same"


def ties_of(appraisal: Appraisal, found: Board) -> tuple[TieBreak, ...]:
    """The ties of a reckoned round."""
    return _ties(appraisal.rules, found)


def _ties(rules: Scheme, found: Board) -> tuple[TieBreak, ...]:
    if found.settlement is None or not found.settlement.ties:
        return ()
    of = {row.id: row for row in found.rows}
    places = Places()
    return tuple(
        TieBreak(
            scope=tie.scope,
            scope_name=places.name(int(tie.scope)) if tie.scope.isdecimal() else "",
            level=rules.levels[tie.level].name,
            places=tie.places,
            participants=tuple(of[key] for key in tie.keys),
        )
        for tie in found.settlement.ties
    )


def _reminders(rules: Scheme, found: Board) -> tuple[str, ...]:
    """Quotas that only remind: a least share, or a limit on the lowest level."""
    said = []
    ranks = [rank for rank in found.standings.ranks if rank is not None]
    for one in rules.limits:
        if one.at_least:
            least = one.allowance.places(len(found.rows))
            have = sum(rank <= rules.level_rank[one.level] for rank in ranks)
            if have < least:
                said.append(
                    f"“{one.level}”应不少于{one.allowance.words(len(found.rows))}，现有 {have} 个"
                )
    said += [
        f"“{rules.levels[0].name}”名额 {one.places} 个，现有 {one.wanted} 个，请酌定"
        for one in (found.settlement.ceilings if found.settlement else ())
        if not one.moved and one.level == 0
    ]
    return tuple(said)


def choose(
    appraisal: Appraisal, tie: TieBreak, chosen: Sequence[int], reason: str, on: str
) -> Choosing:
    """Settle a tie: who of the equals has the level; as many as there are places, with the reason."""
    if appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已归档，不能再作取舍。")
    among = {row.id for row in tie.participants}
    if set(chosen) - among or len(set(chosen)) != tie.places:
        raise Refusal(f"“{tie.level}”还有 {tie.places} 个名额，请从同分的 {len(among)} 个中选足。")
    made = Choosing(
        appraisal=appraisal,
        scope=tie.scope,
        level=tie.level,
        chosen=sorted(set(chosen)),
        reason=reason,
        chosen_on=on,
    )
    with journal.operation(f"“{tie.level}”同分取舍：{len(chosen)} 个入选", kind="rating"):
        made.save()
        reckon(appraisal)
    return made
