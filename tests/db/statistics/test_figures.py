from __future__ import annotations

from datetime import date

import pytest

from db import statistics
from db.demonstration.calendar import TODAY
from db.registers.appraisal import Appraisal, Participant
from db.registers.member import Member
from db.registers.organization import Organization
from db.statistics.scope import Scope, as_of
from tests.factories import make

#: What the county's reports say (docs/systems.md 1-9, 18, 24, 39).
REPORTED = {
    "organizations.total": 548,
    "organizations.committees": 22,
    "organizations.general_branches": 34,
    "organizations.branches": 492,
    "organizations.township_committees": 9,
    "organizations.village": 93,
    "organizations.liaisons": 526,
    "organizations.instructors": 115,
    "organizations.founded_in_period": 104,
    "organizations.graduates_posted": 747,
    "members.total": 14_210,
    "members.herders_and_farmers": 5_446,
    "members.before_1949": 23,
    "members.reserve_cadres": 35,
    "appraisal.rural.rated": 4_896,
    "appraisal.rural.eight_stars_or_more": 2_946,
    "appraisal.community.ten_stars": 14,
    "appraisal.rectified_branches": 179,
    "appraisal.satisfaction_percent": 98,
    "commendations.township_committees": 3,
    "commendations.village_organizations": 9,
    "commendations.cooperative_organizations": 2,
    "commendations.village_secretaries": 9,
    "commendations.village_heads": 9,
    "commendations.organizations": 27,
    "commendations.members": 54,
}


def test_the_county_shows_the_reported_figures(county):
    found = statistics.stats()
    assert {key: found.get(key) for key in REPORTED} == REPORTED
    assert as_of() == TODAY


def test_every_number_leads_to_as_many_rows(county):
    for section in statistics.measures().values():
        for measure in section:
            if measure.listing is not None:
                ids = measure.listing.ids()
                assert len(ids) == len(set(ids)) == measure.value, measure.key


def test_tables_add_up_to_the_report(county):
    tables = {f.id: f for section in statistics.figures().values() for f in section}
    assert tables["organizations_by_domain"].rows[-1].cells[0].value == 548
    assert tables["organizations_by_committee"].rows[-1].cells[3].value == 14_210
    for name in ("members_by_age", "members_by_education", "members_by_ethnicity", "members_by_occupation",
                 "members_by_joining", "members_by_domain"):  # fmt: skip
        assert tables[name].rows[-1].cells[0].value == 14_210, name
    rural = tables["appraisal_rural"]
    assert [c.value for c in rural.rows[-1].cells[:2]] == [4_896, 2_946]
    assert sum(c.value for c in rural.rows[-1].cells[2:]) == 4_896
    assert tables["commendations_years"].rows[-1].cells[0].value == 3 + 9 + 2 + 9 + 9 + 27 + 54
    for table in tables.values():
        assert all(len(row.cells) == len(table.heads) - 1 for row in table.rows), table.id
        assert all(
            len(line.points) == len([r for r in table.rows if not r.total]) for line in table.series
        )


def test_towns_add_up_to_the_county(county):
    towns = Organization.living().where(Organization.township == 1)
    parts = [statistics.stats(Scope(town.id)) for town in towns]
    assert len(parts) == 9
    for key in (
        "organizations.village",
        "appraisal.rural.rated",
        "appraisal.rural.eight_stars_or_more",
    ):
        assert sum(part[key] for part in parts) == REPORTED[key]
    assert all(0 < part["members.total"] < 2_000 for part in parts)


def test_fields_add_up_to_the_county(county):
    from db.codes import code_list

    parts = [statistics.stats(Scope(domain=code)) for code in code_list("domain").codes]
    for key in ("organizations.total", "members.total", "members.herders_and_farmers"):
        assert sum(part[key] for part in parts) == REPORTED[key]


# -- what is counted, on small rows ------------------------------------------------------------


@pytest.fixture
def branch(office):
    top = make(Organization, name="西召镇党委", kind="committee", township=1, founded_on="1960")
    return make(
        Organization, name="哈沙图嘎查党支部", kind="branch", parent=top, village=1, domain="pastoral",
        founded_on="2026-03-01",
    )  # fmt: skip


def test_who_left_is_no_longer_counted(branch):
    kept = make(Member, organization=branch, standing="normal")
    gone = make(Member, organization=branch, standing="transferred")
    retired = make(Member, organization=branch, standing="normal")
    retired.retire("重复登记")
    assert statistics.stats()["members.total"] == 1
    assert {kept.id}.isdisjoint({gone.id, retired.id})


def test_party_groups_are_no_organizations_in_the_count(branch):
    make(Organization, name="第一党小组", kind="group", parent=branch)
    assert statistics.stats()["organizations.total"] == 2


def test_the_period_decides_what_is_new(branch):
    day = date(2026, 11, 22)
    assert statistics.stats(Scope(today=day))["organizations.founded_in_period"] == 1
    before = Scope(today=day, since="2024-01-01", until="2025-12-31")
    assert statistics.stats(before)["organizations.founded_in_period"] == 0


def test_sixty_full_years_on_the_very_day(branch):
    make(
        Member,
        organization=branch,
        occupation="farmer",
        standing="normal",
        born_on="1966-11-22",
        joined_on="1990",
        confirmed_on="1991",
    )
    make(
        Member,
        organization=branch,
        occupation="farmer",
        standing="normal",
        born_on="1966-11-23",
        joined_on="1990",
        confirmed_on="1991",
    )
    found = statistics.stats(Scope(today=date(2026, 11, 22)))
    assert found["members.elderly_herders"] == 1
    assert found["members.herders_and_farmers"] == 2


def test_an_open_round_does_not_count_yet(county):
    rounds = [row.id for row in Appraisal.living().where(Appraisal.sealed_on == "")]
    listed = next(
        m.listing.ids()
        for m in statistics.measures()["评比考核"]
        if m.key == "appraisal.rural.rated"
    )
    inside = Participant.select().where(
        Participant.id.in_(listed[:500]), Participant.appraisal.in_(rounds)
    )
    assert inside.count() == 0


def test_an_empty_office_has_noughts_and_no_fault(office):
    found = statistics.stats()
    assert set(found) >= set(REPORTED)
    assert not any(found.values())
    for section in statistics.figures().values():
        for figure in section:
            assert figure.series is not None
            assert all(len(row.cells) == len(figure.heads) - 1 for row in figure.rows), figure.id
