from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from db import checking, demonstration, journal, office
from db.codes import code_list
from db.commending.reviewing import kept_findings
from db.demonstration.calendar import TODAY
from db.demonstration.world import world
from db.errors import Refusal
from db.registers.appraisal import Appraisal, Mark, Participant
from db.registers.commendation import Award, Commendation, Nomination
from db.registers.member import Discipline, Honour, Member, Post, StatusChange
from db.registers.organization import Organization
from db.rules import id_number, names
from db.rules.eligibility import forbidding
from db.rules.scoring import score
from db.rules.scoring_items import Inputs
from tests.db import training


@pytest.fixture(scope="module")
def county_plan():
    return world(1)


def test_the_tree_has_the_shape_of_the_county(county_plan):
    living = [u for u in county_plan.county.units if u.status == "active"]
    kinds = Counter(u.kind for u in living)
    assert (kinds["committee"], kinds["general_branch"], kinds["branch"]) == (22, 34, 492)
    assert sum(u.village for u in living) == 93
    assert sum(u.township for u in living) == 9
    assert {u.domain for u in living} == set(code_list("domain").codes)
    assert all(3 <= u.size <= 120 for u in living if u.kind == "branch")
    assert sum(u.size for u in living) == 14_210


def test_names_are_no_keys(county_plan):
    """Every town has villages of its own, and one has a 村 and a 嘎查 of the same name."""
    called = [u.name for u in county_plan.county.units if u.village and "哈沙图" in u.name]
    assert sorted(called) == ["哈沙图嘎查党支部", "哈沙图村党支部"]
    assert any(u.name == "公田村党委" and u.village for u in county_plan.county.units)


def test_people_are_as_the_county_counts_them(county_plan):
    people = county_plan.members.living
    herders = code_list("occupation").marked("herder_or_farmer")
    farming = [p for p in people if p.occupation in herders]
    assert len(people) == 14_210
    assert len(farming) == 5_446
    assert sum(p.age(TODAY) >= 60 for p in farming) == 1_257
    assert sum(p.joined_on < "1949-10-01" for p in people) == 23
    assert sum(p.is_flagged("hardship") for p in people) == 373
    assert sum(p.is_flagged("double_strong_reserve") for p in people) == 35
    shares = Counter(p.ethnicity for p in people)
    assert 0.74 < shares["01"] / len(people) < 0.81
    assert 0.16 < shares["02"] / len(people) < 0.21


def test_identity_numbers_tell_birth_and_sex_but_for_a_known_few(county_plan):
    people = county_plan.members.living
    states = Counter(id_number.state(p.id_number).value for p in people)
    assert states["十五位"] == round(14_210 * 4 / 1000)
    assert states["不通过"] == round(14_210 * 3 / 1000)
    assert states["未填"] == round(14_210 * 2 / 1000)
    sound = [p for p in people if id_number.state(p.id_number) == "通过"]
    wrong = [
        p
        for p in sound
        if id_number.born_on(p.id_number) != p.born.isoformat()
        or (id_number.sex(p.id_number) == "1") != p.male
    ]
    assert len(wrong) <= 1  # the one slip of the pen that `check` is to find
    numbers = Counter(p.id_number for p in sound)
    assert sum(n - 1 for n in numbers.values()) == 1


def test_names_can_be_kept_as_they_are(county_plan):
    people = county_plan.members.living
    assert all(names.normalise(p.name) == p.name for p in people)
    assert any("·" in p.name for p in people)
    assert any(len(p.name) == 2 for p in people)
    assert any(ord(c) > 0xFFFF for p in people for c in p.name)
    assert any(p.name.endswith(("其其格", "巴图")) for p in people)


def test_lives_run_forward(county_plan):
    for person in (*county_plan.members.living, *county_plan.members.departed):
        assert person.born.isoformat() < person.joined_on
        assert (
            not person.confirmed_on or person.joined_on < person.confirmed_on <= TODAY.isoformat()
        )
        assert person.category == "probationary" or person.age(TODAY) >= 19


@pytest.mark.parametrize("seed", [2, 7, 42, 1000])
def test_any_seed_gives_another_county_of_the_same_figures(county_plan, seed):
    other = world(seed)
    people = other.members.living
    assert [p.name for p in people[:50]] != [p.name for p in county_plan.members.living[:50]]
    herders = code_list("occupation").marked("herder_or_farmer")
    assert len(people) == 14_210
    assert sum(p.occupation in herders for p in people) == 5_446
    assert sum(p.is_flagged("hardship") for p in people) == 373
    living = [u for u in other.county.units if u.status == "active"]
    counted = [u for u in living if u.kind in ("committee", "general_branch", "branch")]
    assert len(counted) == 548
    assert sum(u.village for u in living) == 93
    assert sum("2024-11-23" <= u.founded_on <= TODAY.isoformat() for u in counted) == 104
    kinds = Counter(seat.kind for seat in other.seats.posts if not seat.until_on)
    assert kinds["liaison"] == 526
    assert kinds["activity_instructor"] == 115
    assert sum(seat.kind == "village_graduate" for seat in other.seats.posts) == 747


# -- the township, as a newcomer opens it -------------------------------------------------------


def test_the_same_seed_gives_the_same_rows_in_another_process(township, tmp_path):
    mine = training.digest()
    program = (
        "import sys; from pathlib import Path; from db import vault, office\n"
        "from tests.db import training; vault.COST = training.CHEAP\n"
        "from db import demonstration; folder = Path(sys.argv[1])\n"
        "demonstration.build(folder, 'township', 1); training.opened(folder)\n"
        "print(training.digest()); office.close_office()"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "again")],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
    )
    assert answer.stdout.strip() == mine


def test_a_newcomer_finds_work_waiting(township):
    waiting = list(Appraisal.living().where(Appraisal.sealed_on == ""))
    assert [one.step_name for one in waiting] == ["公示"]
    assert waiting[0].notice_from <= TODAY.isoformat() <= waiting[0].notice_until
    assert Commendation.living().where(Commendation.step == "nominating").count() == 1
    assert Nomination.living().where(Nomination.state == "proposed").exists()
    assert Member.living().where(Member.phone == "").exists()


def test_every_result_is_what_the_engine_says_of_its_marks(township):
    """为什么是这个星 must come to the star that is kept, in every kind of round."""
    codes = {one.scheme_code for one in Appraisal.living()}
    assert {"rural_ten_stars", "community_ten_stars", "review", "org_classification"} <= codes
    for code in codes:
        newest = (
            Appraisal.living()
            .where(Appraisal.scheme_code == code)
            .order_by(Appraisal.period.desc())
            .first()
        )
        rated = Participant.living().where(
            Participant.appraisal == newest, Participant.state == "rated"
        )
        for participant in rated.limit(25):
            sheets = {
                mark.rater: mark.cells
                for mark in Mark.living().where(Mark.participant == participant)
            }
            found = score(
                newest.rules,
                Inputs(
                    sheets=sheets,
                    vetoes=participant.vetoes,
                    last=participant.last_level,
                    category=participant.category,
                ),
            )
            assert found.level == participant.level
            assert list(found.stars) == participant.stars
            assert found.rounded is None or int(found.rounded) == participant.total


def test_commendations_land_on_the_members_record(township):
    year = TODAY.year
    awards = Award.living().where(Award.on >= f"{year}-01-01", Award.member.is_null(False))
    assert awards.count() > 10
    for award in awards:
        honour = Honour.get_by_id(award.honour_id)
        assert (honour.member_id, honour.title_given) == (award.member_id, award.award_type.name)
        assert award.certificate


def test_nobody_is_commended_against_the_conditions_or_twice_a_year(township):
    for one in Commendation.living().where(Commendation.step == "granted"):
        named = [row.member_id for row in one.awards if row.member_id]
        assert len(named) == len(set(named)), one.name
    latest = (
        Commendation.living()
        .where(Commendation.year == TODAY.year, Commendation.step == "granted")
        .get()
    )
    for nomination in latest.nominations:
        assert nomination.findings, nomination.name
        assert not forbidding(kept_findings(nomination), {}), nomination.name
        assert nomination.opinions.count() == 5
        assert nomination.deeds


def test_a_sanction_costs_stars(county):
    capped = [p for p in Participant.living().where(Participant.vetoes != "[]") if p.vetoes]
    assert len(capped) > 10
    for participant in capped:
        sanctions = Discipline.living().where(Discipline.member == participant.member)
        assert sanctions.exists(), participant.name
        assert participant.level in ("五星级", "四星级", "三星级", "二星级", "一星级", "未得星")


def test_the_ledgers_hold_together(township):
    findings = checking.check()
    assert [f for f in findings if f.grave] == []
    kinds = {f.kind for f in findings}
    assert {"id_number", "id_twice", "confirmed_missing"} <= kinds


def test_history_is_dated_through_the_years(township):
    years = {one.at[:4] for one in journal.operations(limit=500) if one.kind != "found"}
    assert {str(y) for y in range(TODAY.year - 9, TODAY.year + 1)} <= years
    assert (
        max(one.at for one in journal.operations(limit=500) if one.kind != "found")[:10]
        == TODAY.isoformat()
    )


# -- the county office ------------------------------------------------------------------------


def test_the_county_office_holds_ten_years(county):
    kinds = Counter(kind for (kind,) in StatusChange.select(StatusChange.kind).tuples())
    assert kinds["deceased"] > 1_000
    assert kinds["moved_out"] > 400
    assert kinds["moved_within"] > 300
    assert Organization.living().where(Organization.status != "active").count() > 20
    former = Post.living().where(Post.kind == "secretary", Post.until_on != "").count()
    assert former > 500
    assert (
        len(
            {
                one.year
                for one in Appraisal.living().where(Appraisal.scheme_code == "rural_ten_stars")
            }
        )
        == 10
    )
    heads = Award.living().where(Award.recipient != "", Award.on >= f"{TODAY.year}-01-01")
    assert any(row.member_id is None and row.organization_id is None for row in heads)


def test_the_county_waits_for_one_round_and_one_programme(county):
    assert [one.step_name for one in Appraisal.living().where(Appraisal.sealed_on == "")] == [
        "公示"
    ]
    assert Commendation.living().where(Commendation.step != "granted").count() == 1


# -- what goes wrong ----------------------------------------------------------------------------


def test_an_unknown_scale_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(Refusal, match="规模"):
        demonstration.build(tmp_path / "x", "planet")
    assert not (tmp_path / "x").exists()


@pytest.mark.embedded
def test_a_folder_with_an_office_in_it_is_left_alone(office, tmp_path):
    kept = (tmp_path / "office" / "zhengyou.db").stat().st_size
    with pytest.raises(Refusal, match="已经有一份"):
        demonstration.build(tmp_path / "office", "township")
    assert (tmp_path / "office" / "zhengyou.db").stat().st_size == kept


def test_a_broken_off_build_leaves_nothing_behind(tmp_path):
    def stop(done: int, of: int, words: str) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demonstration.build(tmp_path / "half", "township", progress=stop)
    assert list((tmp_path / "half").iterdir()) == []


def test_the_passphrase_of_the_person_opens_it(tmp_path):
    folder = tmp_path / "own"
    demonstration.build(folder, "township", passphrase="自己的口令很长", today=date(2026, 11, 22))
    office.open_office(folder, "自己的口令很长")
    office.close_office()
