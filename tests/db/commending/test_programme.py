from __future__ import annotations

import pytest

from db import journal
from db.codes import code_list
from db.commending import presets, programme
from db.commending.quotas import (
    Receiver,
    award_types,
    divide,
    matrix,
    receivers,
    reckon,
    set_places,
    shift,
    spread,
)
from db.errors import Refusal
from db.registers.commendation import AwardType, Commendation, Quota
from db.registers.member import Member
from db.rules.eligibility import CHECKS, Mode
from db.undo import undo
from tests.db.commending.conftest import Township, award
from tests.factories import kept


@pytest.mark.parametrize("preset", presets.presets(), ids=lambda p: p.id)
def test_every_preset_opens_and_its_words_are_filled(
    preset: presets.Preset, township: Township
) -> None:
    opened = programme.open_programme(preset.id, 2026, scope=township.committee)
    for text in (opened.name, opened.preface, opened.call, opened.addressees):
        assert "{" not in text
        assert text
    assert len(award_types(opened)) == len(preset.awards)
    for award_type in opened.award_types:
        assert not award_type.award or award_type.award in code_list("award")
    known = {check.code for check in CHECKS}
    assert set(opened.eligibility) == known
    assert {Mode(setting["mode"]) for setting in opened.eligibility.values()}


def test_the_county_presets_hold_the_numbers_of_the_county() -> None:
    numbers = {
        a.award: a.places
        for p in ("five_good_county", "july_first_county")
        for a in presets.preset(p).awards
    }
    assert (
        numbers["five_good_committee"],
        numbers["five_good_village"],
        numbers["five_good_cooperative"],
        numbers["secretary"],
        numbers["village_head"],
        numbers["five_good_organization"],
        numbers["member"],
    ) == (3, 9, 2, 9, 9, 27, 54)


def test_five_percent_of_the_full_members_rounded_up(township: Township) -> None:
    kept(Member, name="预备人", organization=township.villages[1], category="probationary")
    kept(
        Member,
        name="已故人",
        organization=township.villages[1],
        category="full",
        standing="deceased",
    )
    opened = programme.open_programme("july_first_township", 2026, scope=township.committee)
    found = {
        q.organization.name: (q.base_count, q.places)
        for q in Quota.select().where(Quota.award_type == award(opened, "优秀共产党员"))
    }
    assert found == {
        "哈沙图嘎查党支部": (21, 2),
        "哈沙图村党支部": (20, 1),
        "机关党支部": (9, 1),
    }
    quota = Quota.get(Quota.organization == township.villages[0], Quota.percent == 500)
    assert "21 的 5%" in quota.reason


def test_quotas_follow_the_roster_when_reckoned_again(
    township: Township, round_: Commendation
) -> None:
    assert reckon(round_) == 0
    kept(Member, name="新来的", organization=township.villages[1], category="full")
    assert reckon(round_) == 1
    quota = Quota.get(Quota.organization == township.villages[1], Quota.percent == 500)
    assert quota.places == 2


def test_a_fixed_total_is_divided_by_size(township: Township, round_: Commendation) -> None:
    people = award(round_, "优秀共产党员")
    quotas = divide(people, receivers(round_, "organizations"), 10)
    assert sum(q.places for q in quotas) == 10
    assert [q.places for q in quotas] == [4, 4, 2]
    assert Quota.living().where(Quota.award_type == people).count() == 3


def test_spread_by_number_brings_existing_quotas_to_it(
    township: Township, round_: Commendation
) -> None:
    people = award(round_, "优秀共产党员")
    spread(people, [Receiver(v.id) for v in township.villages], number=4)
    assert {q.places for q in Quota.select().where(Quota.award_type == people)} == {4, 1}


def test_places_for_each_domain(township: Township, round_: Commendation) -> None:
    heads = award(round_, "优秀党务工作者")
    for quota in Quota.living().where(Quota.award_type == heads):
        set_places(heads, Receiver(quota.organization_id), None)
    spread(heads, receivers(round_, "domains"), percent=1000)
    rows = {row.label: row for row in matrix(round_).rows if row.receiver.domain}
    assert set(rows) == {"农牧区", "机关"}
    assert [c.places for c in rows["农牧区"].cells if c] == [5]
    secretary = township.of(township.villages[0])[0]
    from db.commending.nominating import nominate_members

    nominate_members(heads, [secretary])
    rows = {row.label: row for row in matrix(round_).rows if row.receiver.domain}
    assert [(c.used, c.left) for c in rows["农牧区"].cells if c] == [(1, 4)]


def test_a_number_set_by_hand_says_so(township: Township, round_: Commendation) -> None:
    people = award(round_, "优秀共产党员")
    set_places(people, Receiver(township.agency.id), 3)
    quota = Quota.get(Quota.award_type == people, Quota.organization == township.agency)
    assert (quota.total, quota.reason) == (3, "核定 3 个")
    reckon(round_)
    assert Quota.get_by_id(quota.id).total == 3
    set_places(people, Receiver(township.agency.id), None)
    assert Quota.get_by_id(quota.id).retired


def test_shifting_places_keeps_the_sum_and_says_why(
    township: Township, round_: Commendation
) -> None:
    source = Quota.get(
        Quota.award_type == award(round_, "优秀共产党员"),
        Quota.organization == township.villages[0],
    )
    target = Quota.get(
        Quota.award_type == award(round_, "优秀党务工作者"),
        Quota.organization == township.villages[0],
    )
    before = sum(places for places, _ in matrix(round_).totals())
    moved = shift(source, target, 1, "党务工作者任务重")
    assert sum(places for places, _ in matrix(round_).totals()) == before
    assert (Quota.get_by_id(source.id).total, Quota.get_by_id(target.id).total) == (1, 2)
    assert moved.reason == "党务工作者任务重"
    with pytest.raises(Refusal, match="调不出"):
        shift(Quota.get_by_id(source.id), Quota.get_by_id(target.id), 2, "再调")
    with pytest.raises(Refusal, match="原因"):
        shift(Quota.get_by_id(source.id), Quota.get_by_id(target.id), 1, "")
    undo(journal.operations()[0].id)
    assert Quota.get_by_id(source.id).total == 2


def test_steps_go_in_order_and_back_with_a_reason(township: Township, round_: Commendation) -> None:
    with pytest.raises(Refusal, match="推荐对象"):
        programme.start_reviewing(round_)
    with pytest.raises(Refusal, match="原因"):
        programme.step_back(round_, " ")
    programme.step_back(round_, "方案要改")
    assert Commendation.get_by_id(round_.id).step == "draft"
    with pytest.raises(Refusal, match="草稿"):
        programme.start_reviewing(round_)


def test_opening_a_round_is_one_operation(township: Township) -> None:
    programme.open_programme("five_good_county", 2010, scope=township.committee)
    undo(journal.operations()[0].id)
    assert not Commendation.living().exists()
    assert not AwardType.living().exists()


@pytest.mark.parametrize(
    ("issuer", "area"),
    [
        ("中共白音胡舒苏木委员会", "苏木"),
        ("中共乌拉特前旗委员会", "旗"),
        ("白音胡舒苏木党委", "苏木"),
        ("中共大沁他拉镇委员会", "镇"),
        ("中共双清区委", "区"),
    ],
)
def test_the_area_is_read_from_the_issuer(issuer: str, area: str) -> None:
    assert programme.text_values(2026, issuer)["域"] == area
    assert programme.text_values(2026, issuer)["周年"] == "105"


@pytest.mark.parametrize(
    ("name", "formal"),
    [
        ("西召镇党委", "中共西召镇委员会"),
        ("中共乌兰前旗委员会组织部", "中共乌兰前旗委员会"),
        ("乌兰前旗委组织部", "中共乌兰前旗委员会"),
        ("哈沙图嘎查党支部", "哈沙图嘎查党支部"),
    ],
)
def test_documents_are_issued_by_the_committee(name: str, formal: str) -> None:
    assert programme.formal_name(name) == formal
