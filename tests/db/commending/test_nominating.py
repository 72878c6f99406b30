from __future__ import annotations

import pytest

from db import access, journal
from db.access import Person, Role
from db.commending import nominating, programme, reviewing
from db.commending.nominating import (
    nominate_members,
    nominate_organizations,
    nominate_outsider,
    rank,
    set_state,
)
from db.errors import Refusal
from db.registers.commendation import Commendation, Nomination
from db.registers.member import Discipline, Honour, Member
from db.rules.eligibility import Outcome
from tests.db.commending.conftest import Township, award, put_forward
from tests.factories import kept


def test_many_members_at_once_the_good_in_the_rest_handed_back(
    township: Township, round_: Commendation
) -> None:
    people = township.of(township.villages[1])
    probationary = kept(
        Member, name="预备人", organization=township.villages[1], category="probationary"
    )
    kept(Discipline, member=people[0], kind="warning", on="2026-01-05")
    outcome = nominate_members(award(round_, "优秀共产党员"), [*people[:3], probationary])
    assert len(outcome.nominated) == 2
    assert {name for name, _ in outcome.refused} == {people[0].name, "预备人"}
    assert "警告" in dict(outcome.refused)[people[0].name]
    assert "预备党员" in dict(outcome.refused)["预备人"]
    assert journal.operations()[0].kind == "nominate"
    first = Nomination.get_by_id(outcome.nominated[0])
    assert (first.name, first.rank, first.nominator.name) == (people[1].name, 1, "哈沙图村党支部")


def test_one_chosen_twice_in_one_go_is_put_forward_once(
    township: Township, round_: Commendation
) -> None:
    one = township.of(township.villages[0])[2]
    outcome = nominate_members(award(round_, "优秀共产党员"), [one, one])
    assert len(outcome.nominated) == len(outcome.refused) == 1


def test_nobody_is_put_forward_twice_in_one_round(township: Township, round_: Commendation) -> None:
    secretary = township.of(township.villages[0])[0]
    assert nominate_members(award(round_, "优秀共产党员"), [secretary]).nominated
    again = nominate_members(award(round_, "优秀党务工作者"), [secretary])
    assert not again.nominated
    assert "优秀共产党员" in again.refused[0][1]
    first = Nomination.get()
    set_state([first], "cancelled", "改报优秀党务工作者")
    assert nominate_members(award(round_, "优秀党务工作者"), [secretary]).nominated


def test_only_those_who_do_party_work_can_be_its_best(
    township: Township, round_: Commendation
) -> None:
    plain = township.of(township.villages[0])[5]
    outcome = nominate_members(award(round_, "优秀党务工作者"), [plain])
    assert "党务工作者" in outcome.refused[0][1]
    allowed = nominate_members(
        award(round_, "优秀党务工作者"), [plain], overrides={"pool": "兼职组织员，任免文件未录入"}
    )
    assert allowed.nominated


def test_the_snapshot_keeps_the_post_of_that_day(township: Township, round_: Commendation) -> None:
    secretary = township.of(township.villages[0])[0]
    kept(Honour, member=secretary, title_given="优秀共产党员", on="2019-07-01", giver="苏木党委")
    outcome = nominate_members(award(round_, "优秀党务工作者"), [secretary])
    secretary.organization = township.agency
    secretary.name = "另一人"
    secretary.save()
    snapshot = Nomination.get_by_id(outcome.nominated[0]).snapshot
    assert snapshot["posts"] == ["哈沙图嘎查党支部书记"]
    assert snapshot["organization"] == "哈沙图嘎查党支部"
    assert snapshot["above"] == ["中共白音胡舒苏木委员会"]
    assert snapshot["honours"][0]["title"] == "优秀共产党员"
    assert snapshot["worker_since"] == "2019-05"
    assert nominating.refresh_snapshots(round_) == 1
    assert Nomination.get_by_id(outcome.nominated[0]).snapshot["name"] == "另一人"
    assert nominating.refresh_snapshots(round_) == 0


def test_an_organization_is_counted_with_all_below_it(
    township: Township, round_: Commendation
) -> None:
    nominate_organizations(award(round_, "先进基层党组织"), [township.committee])
    snapshot = Nomination.get().snapshot
    assert (snapshot["full"], snapshot["probationary"], snapshot["branches"]) == (50, 0, 3)


def test_windows_brands_and_people_outside_the_party(township: Township) -> None:
    opened = programme.open_programme("service_windows", 2026, scope=township.committee)
    window = nominate_outsider(
        award(opened, "群众满意窗口"), "便民服务大厅社保窗口", township.agency
    )
    person = nominate_outsider(
        award(opened, "岗位服务标兵"),
        "买买提．吐尔逊",
        township.agency,
        sex="1",
        unit_name="电信营业厅",
    )
    assert Nomination.get_by_id(person.id).name == "买买提·吐尔逊"
    assert window.snapshot["kind"] == "outside"
    with pytest.raises(Refusal, match="不能推荐"):
        nominate_organizations(award(opened, "岗位服务标兵"), [township.agency])


def test_a_village_head_may_be_a_member_or_not(township: Township) -> None:
    opened = programme.open_programme("five_good_county", 2026, scope=township.committee)
    programme.set_condition(opened, "review", mode="off")
    heads = award(opened, "优秀嘎查村主任")
    member = township.of(township.villages[0])[3]
    assert nominate_members(heads, [member]).nominated
    outsider = nominate_outsider(
        heads, "阿拉腾", township.villages[1], unit_name="哈沙图村", post_title="主任"
    )
    found = reviewing.check_all(opened)
    assert {f.check for f in found[outsider.id]} <= {"repeated", "one_title", "quota", "complete"}
    with pytest.raises(Refusal, match="台账"):
        nominate_outsider(award(opened, "优秀嘎查村党组织书记"), "某某")


def test_ranking_puts_the_named_first_and_keeps_the_rest(
    township: Township, round_: Commendation
) -> None:
    people = award(round_, "优秀共产党员")
    ids = nominate_members(people, township.of(township.villages[0])[1:6]).nominated
    rank(people, [ids[3], ids[1]])
    order = [n.id for n in Nomination.select().order_by(Nomination.rank)]
    assert order == [ids[3], ids[1], ids[0], ids[2], ids[4]]
    assert sorted(n.rank for n in Nomination.select()) == [1, 2, 3, 4, 5]


def test_the_quota_with_its_ratio_warns_the_one_too_many(
    township: Township, round_: Commendation
) -> None:
    people = award(round_, "优秀共产党员")
    ids = nominate_members(people, township.of(township.villages[0])[1:5]).nominated
    found = reviewing.check_all(round_)
    outcomes = [next(f for f in found[i] if f.check == "quota").outcome for i in ids]
    # Two places, 1:1.2 gives three to put forward.
    assert outcomes == [Outcome.MET, Outcome.MET, Outcome.MET, Outcome.FAILED]


def test_a_review_is_kept_and_explains_itself(township: Township, round_: Commendation) -> None:
    put_forward(round_, township)
    reviewing.check_all(round_, on="2026-06-12")
    one = Nomination.get(Nomination.member.is_null(False))
    mark, why = reviewing.verdict(one)
    assert mark == "需核对"
    assert "党费" in why
    assert one.checked_on == "2026-06-12"
    before = journal.head()
    reviewing.check_all(round_, on="2026-06-12")
    assert journal.head() == before


def test_letting_pass_needs_the_right_and_a_reason(
    township: Township, round_: Commendation
) -> None:
    put_forward(round_, township)
    one = Nomination.get(Nomination.member.is_null(False))
    programme.set_condition(round_, "dues", mode="block")
    programme.set_condition(round_, "star", mode="block")
    kept(Discipline, member=one.member, kind="warning", on="2026-02-01", effect_until="2027-02-01")
    reviewing.check_all(round_)
    one = Nomination.get_by_id(one.id)
    assert reviewing.verdict(one)[0] == "不符合"
    with (
        access.acting_as(Person(9, "录入员", Role.CLERK)),
        pytest.raises(Refusal, match="录入"),
    ):
        reviewing.override(one, "sanction", "已解除")
    with pytest.raises(Refusal, match="理由"):
        reviewing.override(one, "sanction", "")
    reviewing.override(one, "sanction", "上级已批复解除")
    reviewing.override(one, "punished_this_year", "上级已批复解除")
    mark, why = reviewing.verdict(Nomination.get_by_id(one.id))
    assert (mark, "上级已批复解除" in why) == ("放行", True)
    reviewing.withdraw_override(one, "sanction")
    assert reviewing.verdict(Nomination.get_by_id(one.id))[0] == "不符合"


def test_deeds_beyond_the_limit_are_refused_with_the_count(
    township: Township, round_: Commendation
) -> None:
    put_forward(round_, township)
    one = Nomination.get(Nomination.member.is_null(False))
    one.deeds = "实" * 601
    with pytest.raises(Refusal, match="超出 1 字"):
        one.save()
