"""Puts rating rounds into the open office: judged by the engine, sealed with the scheme they ran under."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from db.bulk import insert_rows
from db.demonstration.calendar import text, years_before
from db.demonstration.keeping import Event, Kept
from db.demonstration.movements import YEARS
from db.demonstration.rating import Round, Subject
from db.demonstration.rating_members import Rolls, community_rounds, review_rounds, rural_rounds
from db.demonstration.rating_units import (
    class_rounds,
    grade_rounds,
    satisfaction_rounds,
    star_rounds,
)
from db.demonstration.words import stream
from db.rating import schemes
from db.registers.appraisal import Appraisal, Mark, Meeting, Participant, Plate, Stage, Turnout
from db.rules.scheme import Scheme as Rules
from db.rules.scoring import score
from db.rules.scoring_items import Inputs
from db.rules.scoring_sets import score_all

_APPRAISAL = ("name", "scheme", "scheme_code", "subject", "organization", "year", "period", "rated_on", "step",
              "step_name", "notice_days", "notice_unit", "notice_from", "notice_until", "notice_phone", "document",
              "decided_on", "decided_by", "sealed_on", "body")  # fmt: skip
_PARTICIPANT = ("appraisal", "member", "organization", "branch", "name", "branch_name", "category", "state", "reason",
                "wish", "meeting_on", "vetoes", "total", "stars", "level", "rank", "reckoned", "last_level", "movement",
                "movement_reason")  # fmt: skip


ORDER = 20


def events(kept: Kept) -> Iterator[Event]:
    """The schemes, then ten years of rounds under them, in the order of time."""
    county = kept.world
    rolls = Rolls(county, {unit.place for unit in kept.units})
    rounds = (
        rural_rounds(county, rolls, kept.town),
        community_rounds(county, rolls),
        review_rounds(county, rolls),
        class_rounds(county),
        star_rounds(county, is_open=not kept.town),
        grade_rounds(county),
        satisfaction_rounds(county),
    )
    return heapq.merge(
        _schemes(kept), *(_rounds(kept, each) for each in rounds), key=lambda event: event.at
    )


def _schemes(kept: Kept) -> Iterator[Event]:
    """Every shipped scheme, from the day the office began."""
    begin = text(years_before(kept.world.today, YEARS))
    yield Event(f"{begin}T09:30:00", "登记预置评定办法", "import", _adopt)


def _adopt() -> None:
    schemes.adopt_all()


def _rounds(kept: Kept, rounds: Iterable[Round]) -> Iterator[Event]:
    """One operation a round, on the day of its last step; only rounds of this office."""
    scopes = {unit.place for unit in kept.units}
    begin = text(years_before(kept.world.today, YEARS))
    for one in rounds:
        last = next(on for days in reversed(one.days) for on in reversed(days) if on)
        if one.scope in scopes and one.subjects and last > begin:
            yield Event(f"{last}T16:00:00", f"“{one.name}”", "rating", partial(_keep, kept, one))


def _keep(kept: Kept, one: Round) -> None:
    rules, scheme = one.scheme, schemes.adopt(one.stem)
    notice_from, notice_until = one.day_of("notice")
    if notice_from and not notice_until:
        from datetime import date

        from db.rules import calendar

        begin = date.fromisoformat(notice_from)
        until = calendar.period(begin, rules.notice_days, rules.notice_unit).end
        notice_until = until.isoformat()
    last = one.days[-1][1] if one.sealed else ""
    [appraisal] = insert_rows(
        Appraisal,
        _APPRAISAL,
        [(
            one.name, scheme.id, one.stem, rules.subject.value, kept.organizations[one.scope], one.year, str(one.year),
            one.rated_on, len(one.days) - 1, rules.steps[len(one.days) - 1].name, rules.notice_days, rules.notice_unit,
            notice_from, notice_until, one.phone, one.document, one.day_of("decision")[1], one.decided_by, last,
            scheme.body,
        )],
    )  # fmt: skip
    insert_rows(
        Stage,
        ("appraisal", "position", "kind", "name", "began_on", "ended_on", "document"),
        [
            (appraisal, position, step.kind, step.name, *_days(one, position),
             one.document if step.kind == "decision" else "")
            for position, step in enumerate(rules.steps)
        ],
    )  # fmt: skip
    ids = _participants(kept, one, rules, appraisal)
    insert_rows(
        Mark,
        ("participant", "rater", "cells"),
        [
            (row, rater, cells)
            for subject, row in zip(one.subjects, ids, strict=True)
            for rater, cells in subject.sheets.items()
        ],
    )
    _paper(kept, one, appraisal)
    if one.plates:
        _plates(kept, one, rules, ids)


def _days(one: Round, position: int) -> tuple[str, str]:
    return one.days[position] if position < len(one.days) else ("", "")


def _participants(kept: Kept, one: Round, rules: Rules, appraisal: int) -> Sequence[int]:
    units = kept.world.county.units
    judged = [s for s in one.subjects if s.state == "rated"]
    inputs = [
        Inputs(sheets=s.sheets, vetoes=s.vetoes, last=s.last, category=s.category) for s in judged
    ]
    results = dict(zip(map(id, judged), _results(rules, judged, inputs), strict=True))
    rows = []
    for subject in one.subjects:
        member, organization, name = _who(kept, one, subject)
        total, level, rank, stars = results.get(id(subject), (None, "", None, []))
        if level != subject.level:
            raise AssertionError(
                f"{one.name}: {name} should be {subject.level!r}, the engine says {level!r}"
            )
        rows.append((
            appraisal, member, organization, kept.organizations.get(subject.branch), name,
            units[subject.branch].name, subject.category, subject.state, subject.reason, int(subject.wish),
            subject.meeting_on, subject.vetoes, total, stars, level, rank, level, subject.last, subject.movement,
            subject.movement_reason,
        ))  # fmt: skip
    return insert_rows(Participant, _PARTICIPANT, rows)


def _who(kept: Kept, one: Round, subject: Subject) -> tuple[int | None, int | None, str]:
    world = kept.world
    if one.scheme.subject == "organization":
        return None, kept.organizations[subject.place], world.county.units[subject.place].name
    people = world.members.departed if subject.departed else world.members.living
    rows = kept.departed if subject.departed else kept.living
    return rows[subject.place], None, people[subject.place].name


_Result = tuple[int | None, str, int | None, list[str]]


def _results(rules: Rules, judged: list[Subject], inputs: list[Inputs]) -> Iterator[_Result]:
    """Points, level, its rank and the stars won, as the engine finds them."""
    standings = _standings(rules, inputs)
    for one, given, (rounded, rank) in zip(judged, inputs, standings, strict=True):
        level = rules.levels[rank].name if rank is not None else ""
        if one.vetoes:
            stars = list(score(rules, given).stars)
        else:
            stars = _stars(rules, one) if rules.by_stars else []
        yield rounded, level, rank, stars


_known: dict[tuple[str, str], tuple[int | None, int | None]] = {}


def _standings(rules: Rules, inputs: list[Inputs]) -> list[tuple[int | None, int | None]]:
    """Rounded points and rank of each; counted ballots repeat, so each count is judged once."""
    if not any(rater.grades for rater in rules.raters):
        found = score_all(rules, inputs)
        return list(zip(found.rounded, found.ranks, strict=True))
    keys = [(rules.name, repr(one)) for one in inputs]
    fresh = {key: one for key, one in zip(keys, inputs, strict=True) if key not in _known}
    found = score_all(rules, list(fresh.values()))
    _known.update(zip(fresh, zip(found.rounded, found.ranks, strict=True), strict=True))
    return [_known[key] for key in keys]


def _stars(rules: Rules, subject: Subject) -> list[str]:
    """The stars won on single items, reckoned like the engine does with weighted means."""
    weights = [(rater.id, rater.weight) for rater in rules.raters]
    whole = sum(weight for _, weight in weights)
    won = []
    for place, star in enumerate(rules.stars):
        points = 0.0
        for rater, weight in weights:
            cell: Any = subject.sheets[rater][place]
            points += weight * (cell[1] / cell[0] if isinstance(cell, list) else cell)
        if points >= (star.at_least or 1000) * whole - 1e-6:
            won.append(star.name)
    return won


def _paper(kept: Kept, one: Round, appraisal: int) -> None:
    """The counted ballots and the meetings."""
    rng = stream(kept.world.seed, "counters", one.scope, one.year)
    names = _names_by_branch(kept, one)
    insert_rows(
        Turnout,
        ("appraisal", "organization", "rater", "held_on", "issued", "returned", "valid", "counters", "supervisor"),
        [
            (appraisal, kept.organizations[b.branch], b.rater, b.on, b.issued, b.returned, b.valid,
             *_counters(rng, names.get(b.branch, [])))
            for b in one.ballots
        ],
    )  # fmt: skip
    insert_rows(
        Meeting,
        ("appraisal", "organization", "held_on", "place", "expected", "present", "agreed", "against", "abstained"),
        [
            (appraisal, kept.organizations[m.branch], m.on, "党员活动室", m.expected, m.present, m.agreed, 0,
             m.present - m.agreed)
            for m in one.sittings
        ],
    )  # fmt: skip


def _names_by_branch(kept: Kept, one: Round) -> dict[int, list[str]]:
    if one.scheme.subject == "organization":
        return {}
    names: dict[int, list[str]] = {}
    for subject in one.subjects:
        names.setdefault(subject.branch, []).append(_who(kept, one, subject)[2])
    return names


def _counters(rng: Any, names: list[str]) -> tuple[str, str]:
    if len(names) < 3:
        return "", ""
    first, second, third = rng.sample(names, 3)
    return f"{first}、{second}", third


def _plates(kept: Kept, one: Round, rules: Rules, ids: Sequence[int]) -> None:
    hung = {level.name for level in rules.levels if level.plate}
    on = one.days[-1][0]
    prefix = f"{one.year}-{kept.world.county.units[one.scope].code[6:9]}-"
    given = [
        (row, subject)
        for subject, row in zip(one.subjects, ids, strict=True)
        if subject.level in hung
    ]
    insert_rows(
        Plate,
        ("participant", "number", "level", "issued_on", "receiver"),
        [
            (row, f"{prefix}{number:04d}", subject.level, on, _who(kept, one, subject)[2])
            for number, (row, subject) in enumerate(given, start=1)
        ],
    )
