from __future__ import annotations

from datetime import date

import pytest

from db.rules import terms
from db.rules.terms import Due


@pytest.mark.parametrize(
    ("kind", "village", "years"),
    [("committee", False, 5), ("general_branch", False, 3), ("branch", False, 3), ("branch", True, 5),
     ("general_branch", True, 5), ("joint_branch", False, 3), ("temporary_branch", False, None),
     ("group", True, None), ("nonsense", False, None)],
)  # fmt: skip
def test_terms_by_kind(kind, village, years):
    assert terms.term_years(kind, village=village) == years


def test_the_due_date_keeps_the_precision_of_the_last_election():
    assert terms.election_due("2023-06", "branch", village=False) == "2026-06"
    assert terms.election_due("2023-06-15", "branch", village=True) == "2028-06-15"
    assert terms.election_due("2024-02-29", "branch", village=False) == "2027-02-28"
    assert terms.election_due("", "branch", village=False) == ""
    assert terms.election_due("2023", "group", village=False) == ""


@pytest.mark.parametrize(
    ("today", "due", "standing"),
    [("2026-06-14", "2026-12-15", Due.FAR), ("2026-06-15", "2026-12-15", Due.NEAR),
     ("2026-12-15", "2026-12-15", Due.NEAR), ("2026-12-16", "2026-12-15", Due.OVERDUE),
     ("2026-12-31", "2026-12", Due.NEAR), ("2027-01-01", "2026-12", Due.OVERDUE),
     (date(2026, 1, 1), "", Due.UNKNOWN)],
)  # fmt: skip
def test_the_reminder_begins_six_months_ahead(today, due, standing):
    assert terms.standing(due, today, "branch") is standing


def test_kinds_without_elections_are_not_reminded():
    assert terms.standing("", "2026-01-01", "group") is Due.NONE


def test_another_rule_is_another_table():
    rules = terms.read_term_rules(
        {
            "years": {"branch": 2},
            "village_years": {"branch": 2},
            "notice_months": 3,
            "delay_years": 1,
        }
    )
    assert terms.election_due("2023-06", "branch", village=False, rules=rules) == "2025-06"
    assert terms.reminder_on("2025-06-30", rules) == "2025-03-30"
    assert terms.latest_with_approval("2025-06", rules) == "2026-06"
