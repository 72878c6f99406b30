"""Who is behind: 60 000 visits × 541 contact points, against one SQL pass over the same rows.

The pass reads every visit with its point, day and length through the same connection; the table judges
them by dated rules, leader by period. The median of several rounds counts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median
from typing import Any

import pytest

from db import journal
from db.bulk import insert_rows
from db.connection import database
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.organization import Organization
from db.registers.visit import Visit, VisitServed
from db.visiting import compliance, presets
from tests.factories import make

pytestmark = pytest.mark.bench

VISITS, POINTS, LEADERS = 60_000, 541, 186
TODAY = date(2026, 11, 22)
_PASS = """
    SELECT s.contact_point_id, v.from_on, v.days FROM visit_served s JOIN visit v ON v.id = s.visit_id
    WHERE s.retired = '' AND v.retired = '' AND v.from_on >= '2026-01-01' AND v.from_on <= '2026-11-22'
"""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long it took, in milliseconds, and what it returned."""
    start = time.perf_counter()
    value = work()
    return (time.perf_counter() - start) * 1000, value


@pytest.fixture
def year(office: Any) -> None:
    """A year of visits, more than thirty times what the county's report has."""
    dice = random.Random(5)
    of = make(Organization, name="白音嘎查党支部", kind="branch", parent=None, status="active")
    presets.adopt("quarterly", "2024-01-01")
    presets.adopt("monthly", "2026-07-01")
    with journal.operation("测速"):
        leaders = insert_rows(
            Leader, ("name", "rank"), [(f"领导{at}", "section_head") for at in range(LEADERS)]
        )
        points = insert_rows(
            ContactPoint,
            ("leader", "kind", "name", "organization", "from_on"),
            [
                (leaders[at % LEADERS], "advanced", f"点{at}", of.id, "2025-01-01")
                for at in range(POINTS)
            ],
        )
        days = [
            (date(2026, 1, 1) + timedelta(days=dice.randrange(326))).isoformat()
            for _ in range(VISITS)
        ]
        visits = insert_rows(
            Visit,
            ("from_on", "days", "leader", "visitors", "way", "organization"),
            [
                (day, 1, leaders[at % LEADERS], "某人", "household", of.id)
                for at, day in enumerate(days)
            ],
        )
        insert_rows(
            VisitServed,
            ("visit", "contact_point"),
            [(visit, points[dice.randrange(POINTS)]) for visit in visits],
        )


def test_the_table_costs_no_more_than_twice_one_pass(year: None) -> None:
    ratios = []
    for _ in range(7):
        plain, rows = timed(lambda: database.execute_sql(_PASS).fetchall())
        ours, table = timed(lambda: compliance.matrix("month", date(2026, 1, 1), TODAY))
        ratios.append(ours / plain)
    assert len(rows) == VISITS
    assert sum(line.whole.visits for line in table.lines) == VISITS
    ratio = median(ratios)
    print(f"\nwho is behind, {VISITS} visits × {POINTS} points: {ratio:.2f} × one SQL pass (≤ 2 ×)")
    assert ratio <= 2
