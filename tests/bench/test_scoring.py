"""A round of 4 896 members × 10 items × 4 rater groups against NumPy and SQL on the same numbers.

All three start from the sheets as they come out of the database (one list of marks per member and rater
group) and end with a total and a level for each member; the ratio of the best of several runs counts.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from db.rules.scheme import Scheme
from db.rules.scheme_presets import preset
from db.rules.scoring_items import Inputs
from db.rules.scoring_sets import score_all

pytestmark = pytest.mark.bench

MEMBERS = 4896


def best(work: Callable[[], Any], times: int = 7) -> tuple[float, Any]:
    """The shortest of several runs, in milliseconds, and what it returned."""
    shortest, value = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        value = work()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest * 1000, value


def crowd(scheme: Scheme) -> list[Inputs]:
    """A county's rural members, each with four full sheets of ten marks."""
    dice = random.Random(7)
    return [
        Inputs(
            sheets={
                rater.id: [dice.randrange(0, item.highest or 0, 50) for item in scheme.items]
                for rater in scheme.raters
            },
            category="full",
        )
        for _ in range(MEMBERS)
    ]


def with_numpy(scheme: Scheme, sheets: list[list[list[int]]]) -> tuple[Any, Any]:
    """Weighted means per item, totals rounded half up, levels from bands or from stars won."""
    marks = np.array(sheets, dtype=np.int64)
    weights = np.array([rater.weight for rater in scheme.raters], dtype=np.int64)
    points = np.einsum("mri,r->mi", marks, weights)
    parts = int(weights.sum())
    totals = points.sum(axis=1)
    rounded = (2 * totals + parts) // (2 * parts)
    starts = np.array([level.start for level in scheme.levels[1:]])
    if scheme.by_stars:
        least = np.array([star.at_least for star in scheme.stars]) * parts
        measure = (points >= least).sum(axis=1) * 100
    else:
        measure = rounded
    return rounded, np.searchsorted(starts, measure, side="right")


def with_sql(scheme: Scheme, sheets: list[list[list[int]]]) -> Callable[[], Any]:
    """One grouped statement over one row per mark."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE mark (member INT, rater INT, item INT, points INT)")
    db.execute("CREATE TABLE rater (id INT PRIMARY KEY, weight INT)")
    db.executemany(
        "INSERT INTO rater VALUES (?, ?)",
        [(n, rater.weight) for n, rater in enumerate(scheme.raters)],
    )
    db.executemany(
        "INSERT INTO mark VALUES (?, ?, ?, ?)",
        (
            (m, r, i, points)
            for m, rows in enumerate(sheets)
            for r, row in enumerate(rows)
            for i, points in enumerate(row)
        ),
    )
    return lambda: db.execute(
        "SELECT member, sum(points * weight) FROM mark JOIN rater ON rater.id = mark.rater"
        " GROUP BY member ORDER BY member"
    ).fetchall()


@pytest.mark.parametrize("stem", ["rural_ten_stars", "capped_ten"])
def test_scoring_a_county_round(stem: str, capsys: pytest.CaptureFixture[str]) -> None:
    scheme = preset("rural_ten_stars").scheme
    if stem == "capped_ten":
        from dataclasses import replace

        levels = preset("capped_five").scheme.levels
        scheme = replace(scheme, by_stars=False, stars=(), levels=levels)
    inputs = crowd(scheme)
    sheets = [list(map(list, one.sheets.values())) for one in inputs]
    ours, standings = best(lambda: score_all(scheme, inputs))
    from_lists, (rounded, ranks) = best(lambda: with_numpy(scheme, sheets))
    ready = np.array(sheets, dtype=np.int64)
    in_memory, _ = best(lambda: with_numpy(scheme, ready))  # type: ignore[arg-type]
    by_sql, _ = best(with_sql(scheme, sheets), 3)
    assert standings.rounded == rounded.tolist()
    assert standings.ranks == ranks.tolist()
    with capsys.disabled():
        print(
            f"\nscoring {stem}: ours {ours:.1f} ms; numpy from sheets {from_lists:.1f} ms "
            f"({ours / from_lists:.2f}×); numpy on a ready array {in_memory:.1f} ms "
            f"({ours / in_memory:.1f}×); sql {by_sql:.1f} ms ({ours / by_sql:.2f}×)"
        )
    assert ours <= 5 * from_lists
    assert ours <= 5 * by_sql
