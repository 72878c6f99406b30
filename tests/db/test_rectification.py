"""A village is put in order: listed, visited, helped, accepted; and the county's figures of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from db import statistics
from db.errors import Refusal
from db.registers.organization import Organization
from db.registers.rectification import FIVE, MonthlyProgress, Problem, Project, Rectification
from db.registers.visit import Visit, VisitRectified
from db.statistics.due import due
from db.visiting import trips
from tests.factories import make


@pytest.fixture
def village(office: Any) -> Organization:
    found: Organization = make(
        Organization, name="哈沙图嘎查党支部", kind="branch", parent=None, status="active"
    )
    return found


@pytest.fixture
def listed(village: Organization) -> Rectification:
    row = Rectification(
        organization=village, year=2026, from_on="2026-01-10", due_on="2026-12-20", ground="vacant"
    )
    row.save()
    return row


def trip(place: Organization, on: str) -> Visit:
    return trips.record(
        Visit(from_on=on, visitors="赵国庆", way="household", organization=place.id)
    )


def counted(row: Rectification) -> int:
    return int(VisitRectified.living().where(VisitRectified.rectification == row.id).count())


def test_a_visit_counts_by_itself_while_the_village_is_on_the_list(
    village: Organization, listed: Rectification
) -> None:
    group = make(Organization, name="第一党小组", kind="group", parent=village, status="active")
    trip(village, "2026-01-05")
    assert counted(listed) == 0
    seen = trip(village, "2026-03-05")
    trip(group, "2026-03-06")
    assert counted(listed) == 2
    listed.accepted_on, listed.result = "2026-10-01", "turned"
    listed.save()
    trip(village, "2026-11-05")
    assert counted(listed) == 2
    seen.organization = make(Organization, kind="branch")
    seen.save()
    assert trips.serve_again(seen) == 1
    assert counted(listed) == 1
    assert trips.serve_again(seen) == 0


def test_a_result_comes_with_its_acceptance_and_the_board_comes_down_after(
    listed: Rectification,
) -> None:
    for wrong, words in (
        ({"result": "turned"}, "一起填"),
        ({"accepted_on": "2026-10-01"}, "一起填"),
        ({"lifted_on": "2026-10-01"}, "转化"),
        ({"result": "continued", "accepted_on": "2026-10-01", "lifted_on": "2026-10-02"}, "转化"),
        ({"due_on": "2026-01-01"}, "早于列入日期"),
    ):
        row = Rectification.get_by_id(listed.id)
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(Refusal, match=words):
            row.save()
    assert listed.state("2026-06-01") == "整顿中"
    assert listed.state("2027-01-01") == "超期"


def test_once_a_year_and_five_parties(village: Organization, listed: Rectification) -> None:
    with pytest.raises(Refusal, match="已经列入"):
        make(Rectification, organization=village, year=2026)
    assert len(list(listed.warnings())) == len(FIVE)


def test_projects_count_goods_within_their_sum(listed: Rectification) -> None:
    with pytest.raises(Refusal, match="不能多于"):
        make(Project, rectification=listed, amount=100, goods_value=101)
    with pytest.raises(Refusal, match="整改结果"):
        make(Problem, rectification=listed, done_on="2026-05-01", result="")


def test_the_home_page_speaks_of_time_and_of_silent_months(listed: Rectification) -> None:
    def keys(day: date) -> set[str]:
        return {one.key for one in due(day) if one.stem == "rectification"}

    assert keys(date(2026, 1, 20)) == set()
    assert keys(date(2026, 3, 20)) == {"rectification_month"}
    MonthlyProgress(rectification=listed, on="2026-02-25", words="书记到任").save()
    assert keys(date(2026, 3, 20)) == set()
    assert "rectification" in keys(date(2026, 12, 1))


#: What the county's report says (docs/systems.md 28).
REPORTED = {
    "rectification.projects": 29,
    "rectification.project_classes": 20,
    "rectification.amount": 200_000_000,
}


def test_the_county_shows_the_reported_figures(county: Any) -> None:
    measures, figures = statistics.section("后进整顿")
    found = {one.key: one.value for one in measures}
    assert {key: found[key] for key in REPORTED} == REPORTED
    assert found["rectification.villages"] == 12
    assert 0 < found["rectification.turned"] < 12
    assert found["rectification.visits"] > 12
    tables = {one.id: one for one in figures}
    assert [c.value for c in tables["rectification_projects"].rows[-1].cells] == [29, 2_000_000]
    assert len(tables["rectification_projects"].rows) == 21
    assert [c.value for c in tables["rectification_villages"].rows[-1].cells[:2]] == [29, 2_000_000]
