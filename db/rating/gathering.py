"""Reads a round's rows into what the engine judges: everybody's marks, events, numbers, answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from db.rating import sources
from db.rating.periods import span_of
from db.registers.appraisal import Appraisal, Event, Mark, Participant
from db.rules.scheme import Scheme
from db.rules.scoring_items import Booked, Cell, Inputs

_Row = tuple[Any, ...]


def gather(
    appraisal: Appraisal, participant: int | None = None
) -> list[tuple[Participant, Inputs]]:
    """Everybody who is rated (or the one asked for), each with the inputs of the engine."""
    rules = appraisal.rules
    rows = _participants(appraisal, participant)
    ids = [row.id for row in rows]
    sheets = _sheets(appraisal, participant, ids)
    events = _events(appraisal, participant, ids)
    drawn = _drawn(appraisal, rules, rows)
    reviews = _reviews(appraisal, rules)
    nothing: dict[str, Sequence[Cell]] = {}
    return [
        (
            row,
            Inputs(
                sheets=sheets.get(row.id, nothing),
                events=events.get(row.id, ()),
                values=_values(row, drawn),
                answers=row.answers or {},
                vetoes=row.vetoes or (),
                review=row.review or reviews.get(row.member_id or 0, ""),
                last=row.last_level,
                category=row.category,
                groups=frozenset(row.groups or ()),
            ),
        )
        for row in rows
    ]


def _participants(appraisal: Appraisal, participant: int | None) -> list[Participant]:
    query = Participant.living().where(
        Participant.appraisal == appraisal.id, Participant.state == "rated"
    )
    if participant is not None:
        query = query.where(Participant.id == participant)
    return list(query.order_by(Participant.id))


def _within(model: Any, appraisal: Appraisal, participant: int | None) -> Any:
    if participant is not None:
        return model.participant == participant
    return model.participant.in_(
        Participant.select(Participant.id).where(Participant.appraisal == appraisal.id)
    )


def _sheets(
    appraisal: Appraisal, participant: int | None, ids: Sequence[int]
) -> dict[int, dict[str, Sequence[Cell]]]:
    found: dict[int, dict[str, Sequence[Cell]]] = {ident: {} for ident in ids}
    query = Mark.living().select(Mark.participant, Mark.rater, Mark.cells)
    for owner, rater, cells in query.where(_within(Mark, appraisal, participant)).tuples():
        if owner in found:
            found[owner][rater] = cells
    return found


def _events(
    appraisal: Appraisal, participant: int | None, ids: Sequence[int]
) -> dict[int, list[Booked]]:
    found: dict[int, list[Booked]] = {ident: [] for ident in ids}
    e = Event
    query = (
        e.living()
        .select(e.participant, e.item, e.clause, e.on, e.points, e.words)
        .where(_within(e, appraisal, participant))
        .order_by(e.on, e.id)
    )
    for owner, item, clause, on, points, words in query.tuples():
        if owner in found:
            found[owner].append(Booked(item, clause, on, points, words))
    return found


def _drawn(
    appraisal: Appraisal, rules: Scheme, rows: Sequence[Participant]
) -> dict[str, Mapping[int, Fraction | int]]:
    """The numbers of each source that a register serves, by subject."""
    wanted = sorted(set(rules.sources()))
    if not wanted:
        return {}
    ids = [row.member_id or row.organization_id or 0 for row in rows]
    span = span_of(appraisal.period)
    served = {source: sources.draw(source, ids, span) for source in wanted}
    return {source: numbers for source, numbers in served.items() if numbers is not None}


def _values(
    row: Participant, drawn: Mapping[str, Mapping[int, Fraction | int]]
) -> dict[str, Fraction | int]:
    """Numbers from the registers; one typed for this participant takes their place."""
    subject = row.member_id or row.organization_id or 0
    values = {source: numbers[subject] for source, numbers in drawn.items() if subject in numbers}
    values.update((key, Fraction(str(value))) for key, value in (row.numbers or {}).items())
    return values


def _reviews(appraisal: Appraisal, rules: Scheme) -> dict[int, str]:
    """The grades of this year's democratic review, by member."""
    if rules.review is None:
        return {}
    p = Participant
    query = (
        p.living()
        .select(p.member, p.level)
        .join(Appraisal)
        .where(
            Appraisal.year == appraisal.year,
            Appraisal.sealed_on != "",
            Appraisal.subject == "member",
            Appraisal.name.endswith(rules.review.name),
            p.level != "",
        )
    )
    known = {grade.name for grade in rules.review.grades}
    return {member: level for member, level in query.tuples() if level in known}
