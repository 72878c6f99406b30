"""Makes inputs for any scheme, so that every shipped scheme is judged in the tests, whatever it holds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from db.rules.scheme import Scheme
from db.rules.scheme_items import Banded, Drawn, Events
from db.rules.scoring_items import Booked, Inputs, row_reached

TOP = Fraction(1)


def inputs_at(scheme: Scheme, share: Fraction, **over: Any) -> Inputs:
    """Someone who gets this share of everything that can be had."""
    values: dict[str, Fraction | int] = {}
    for item in scheme.items:
        if isinstance(item, Banded):
            number = min(int(share * len(item.rows)), len(item.rows) - 1)
            for measure, at in zip(item.measures, item.rows[number].at, strict=True):
                values[f"{item.id}.{measure.id}"] = at if at is not None else 0
        elif isinstance(item, Drawn):
            values[item.source] = 1000 if item.each > 0 and share == TOP else 0
    sheets = {}
    for rater in scheme.raters:
        cells: list[Any] = []
        for item in scheme.sheet[rater.id]:
            low, high = item.lowest or 0, item.highest or 0
            if isinstance(item, Banded):
                row = item.rows[row_reached(item, values) or 0]
                low, high = row.low, row.high
            if rater.grades:
                yes = int(20 * share)
                cells.append([yes, *[0] * (len(rater.grades) - 2), 20 - yes])
            else:
                points = low + int((high - low) * share)
                n = max(rater.least_ballots, 1)
                cells.append([n, n * points, points, points] if rater.ballot else points)
        sheets[rater.id] = cells
    events = [
        Booked(item.id, clause.id, "2024-05-06", clause.high)
        for item in scheme.items
        if isinstance(item, Events)
        for clause in item.clauses
        if clause.high > 0
        for _ in range(60 if share == TOP else 0)
    ]
    given: dict[str, Any] = {
        "sheets": sheets,
        "events": events,
        "values": values,
        "answers": {key: share == TOP for key, _ in scheme.flags()},
        "review": scheme.review.grades[0].name if scheme.review else "",
        "category": "full",
        "groups": frozenset(scheme.groups[:1]),
    }
    return Inputs(**{**given, **over})


@st.composite
def inputs_for(draw: st.DrawFn, scheme: Scheme, holes: bool = True) -> Inputs:
    """Anybody at all: marks, ballots, gaps, events, numbers, vetoes."""
    sheets = {}
    for rater in scheme.raters:
        cells: list[Any] = []
        for item in scheme.sheet[rater.id]:
            low, high = item.lowest or 0, item.highest or 0
            if rater.grades:
                cells.append([draw(st.integers(0, 40)) for _ in rater.grades])
                continue
            mark = draw(st.integers(low, high))
            if rater.ballot and draw(st.booleans()):
                n = draw(st.integers(1, 60))
                marks = draw(st.lists(st.integers(low, high), min_size=2, max_size=2))
                cells.append([n, mark * n, max(*marks, mark), min(*marks, mark)])
            else:
                cells.append(mark)
        if holes and cells and draw(st.integers(0, 9)) == 0:
            cells[draw(st.integers(0, len(cells) - 1))] = None
        sheets[rater.id] = cells
    clauses = [
        (item.id, clause)
        for item in scheme.items
        if isinstance(item, Events)
        for clause in item.clauses
    ]
    events = [
        Booked(
            item,
            clause.id,
            f"2024-{draw(st.integers(1, 12)):02d}-03",
            draw(st.integers(clause.low, clause.high)),
        )
        for item, clause in draw(
            st.lists(st.sampled_from(clauses), max_size=12) if clauses else st.just([])
        )
    ]
    names = [
        *(f"{i.id}.{m.id}" for i in scheme.items if isinstance(i, Banded) for m in i.measures),
        *scheme.sources(),
    ]
    values = {name: draw(st.integers(0, 6000)) for name in names}
    levels = [level.name for level in scheme.levels]
    vetoes = [veto.id for veto in scheme.vetoes]
    return Inputs(
        sheets=sheets,
        events=events,
        values=values,
        answers={key: draw(st.booleans()) for key, _ in scheme.flags()},
        vetoes=draw(st.lists(st.sampled_from(vetoes), max_size=1)) if vetoes else [],
        review=draw(st.sampled_from([g.name for g in scheme.review.grades]))
        if scheme.review
        else "",
        last=draw(st.sampled_from(["", *levels])),
        category=draw(st.sampled_from(["full", "probationary"])),
        groups=frozenset(draw(st.lists(st.sampled_from(scheme.groups), max_size=1)))
        if scheme.groups
        else frozenset(),
    )
