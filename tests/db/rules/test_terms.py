from __future__ import annotations

import pytest

from db.rules import terms


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


def test_another_rule_is_another_table():
    rules = terms.read_term_rules(
        {
            "years": {"branch": 2},
            "village_years": {"branch": 2},
            "delay_years": 1,
        }
    )
    assert terms.election_due("2023-06", "branch", village=False, rules=rules) == "2025-06"
    assert terms.latest_with_approval("2025-06", rules) == "2026-06"
