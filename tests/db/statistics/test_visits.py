"""The figures of 联系走访, from single rows; and what the home page reminds of."""

from __future__ import annotations

from datetime import date

import pytest

from db import statistics
from db.demonstration.calendar import TODAY
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.organization import Organization
from db.registers.visit import Visit
from db.rules.visit_frequency import State
from db.statistics.due import due
from db.statistics.scope import Scope
from db.visiting import compliance, presets, trips
from db.visiting.trips import Met
from tests.factories import make

#: What the county's reports say (docs/systems.md 15, 16).
REPORTED = {
    "visits.contact_points": 541,
    "visits.contact_points_by_county_leaders": 34,
    "visits.total": 1_894,
    "visits.households": 12_000,
    "visits.matters_settled": 8_240,
}


def test_the_county_shows_the_reported_figures(county):
    measures, figures = statistics.section("联系走访")
    found = {one.key: one.value for one in measures}
    assert {key: found[key] for key in REPORTED} == REPORTED
    for one in measures:
        if one.listing is not None and one.unit != "分":
            assert len(one.listing.ids()) == one.value, one.key
    tables = {one.id: one for one in figures}
    assert [c.value for c in tables["visits_by_month"].rows[-1].cells[:2]] == [1_894, 12_000]
    assert tables["visits_by_kind"].rows[-1].cells[0].value == 541
    assert tables["visits_by_committee"].rows[-1].cells[0].value == 541
    assert tables["visits_by_committee"].rows[-1].cells[4].value == 8_240


def test_most_leaders_of_the_county_keep_to_the_rule_and_some_do_not(county):
    table = compliance.matrix("month", date(TODAY.year, 7, 1), TODAY)
    assert len(table.lines) == 186
    states = [cell.state for line in table.lines for cell in line.cells[:4]]
    assert 0.75 < states.count(State.DONE) / len(states) < 0.99
    assert State.DUE in [line.cells[4].state for line in table.lines]
    assert sum(line.points for line in table.lines) == 541


@pytest.fixture
def place(office):
    of = make(Organization, name="白音嘎查党支部", kind="branch", parent=None, status="active")
    who = Leader(name="赵国庆", rank="county_deputy")
    who.save()
    ContactPoint(leader=who, kind="advanced", organization=of, from_on="2026-01-01").save()
    presets.adopt("monthly", "2026-01-01")
    return who, of


def test_a_trip_is_counted_once_in_each_number(place):
    who, of = place
    trips.record(
        Visit(leader=who, organization=of, from_on="2026-03-10", way="comfort"),
        [Met("张三", "hardship", money=50_000), Met("李四", matter="桥坏了", due_on="2026-04-01")],
    )
    found = statistics.stats(Scope(today=date(2026, 3, 31)))
    assert (found["visits.total"], found["visits.households"]) == (1, 2)
    assert (found["visits.hardship_households"], found["visits.given"]) == (1, 50_000)
    assert (found["visits.matters"], found["visits.matters_settled"]) == (1, 0)
    before = statistics.stats(Scope(today=date(2026, 3, 9)))
    assert before["visits.total"] == before["visits.matters"] == 0


def test_the_home_page_reminds_ahead_and_afterwards(place):
    who, of = place
    keys = {one.key: one for one in due(date(2026, 1, 10))}
    assert "visit" not in keys
    (soon,) = [one for one in due(date(2026, 1, 25)) if one.key == "visit"]
    assert (soon.count, soon.late, soon.until) == (1, 0, "2026-01-31")
    (late,) = [one for one in due(date(2026, 2, 2)) if one.key == "visit"]
    assert late.late == 1
    trips.record(
        Visit(leader=who, organization=of, from_on="2026-01-26", way="forum"),
        [Met("李四", matter="桥坏了", due_on="2026-02-10")],
    )
    assert not [one for one in due(date(2026, 2, 2)) if one.key == "visit"]
    (matter,) = [one for one in due(date(2026, 2, 11)) if one.key == "matter"]
    assert (matter.ids, matter.late) == ((Matter.get().id,), 1)
