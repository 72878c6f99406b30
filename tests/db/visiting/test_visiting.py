"""Trips, matters, rules and who is behind, as a clerk would notice them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import journal
from db.errors import Refusal
from db.registers.aid import AidPayment
from db.registers.contact_point import ContactPoint, Goal
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.member import Member, MemberFlag
from db.registers.organization import Organization
from db.registers.visit import Gift, Household, Visit, VisitServed
from db.registers.visit_rule import VisitRule
from db.rules.visit_frequency import State
from db.statistics import stats
from db.statistics.scope import Scope
from db.undo import undo
from db.visiting import compliance, goals, matters, presets, reminding, trips
from db.visiting.trips import Met
from tests.factories import make
from tests.histories import histories

TODAY = date(2026, 9, 5)


def leader(name: str = "赵国庆", rank: str = "county_deputy", **over: Any) -> Leader:
    row = Leader(name=name, rank=rank, post_title="副旗长", **over)
    row.save()
    return row


def village(name: str = "白音嘎查党支部") -> Organization:
    return make(
        Organization, name=name, kind="branch", parent=None, status="active", code=f"C{name}"
    )


def point(who: Leader, of: Organization, kind: str = "advanced", **over: Any) -> ContactPoint:
    row = ContactPoint(leader=who, kind=kind, organization=of, **{"from_on": "2026-01-01", **over})
    row.save()
    return row


def trip(who: Leader, of: Organization, on: str, **over: Any) -> Visit:
    visit = Visit(leader=who, organization=of, from_on=on, **{"way": "household", **over})
    return trips.record(visit)


@pytest.fixture
def scene(office: object) -> tuple[Leader, Organization, ContactPoint]:
    who, of = leader(), village()
    return who, of, point(who, of)


def test_one_entry_keeps_a_trip_with_many_households(scene: Any) -> None:
    who, of, kept = scene
    needy = make(Member, name="张三", organization=of)
    helped = ContactPoint(
        leader=who, kind="hardship", member=needy, organization=of, from_on="2026-01-01"
    )
    helped.save()
    assert helped.name == "张三"
    visit = trips.record(
        Visit(leader=who, organization=of, from_on="2026-03-10", way="comfort"),
        [
            Met("张三", "hardship_member", member=needy.id, money=50_000, goods="米 2 袋", goods_value=20_000),
            Met("李四", matter="机井坏了", matter_kind="water", due_on="2026-04-10"),
            Met("王五"),
        ],
    )  # fmt: skip
    assert visit.visitors == "赵国庆"
    assert visit.days == 1
    assert Household.select().count() == 3
    assert sum(gift.value for gift in Gift.select()) == 70_000
    # One visit, both counters: the village's point and the member in hardship.
    served = {one.contact_point_id for one in VisitServed.living()}
    assert served == {kept.id, helped.id}
    matter = Matter.get()
    assert (matter.raised_by, matter.visit_id, matter.number) == ("李四", visit.id, "2026-00001")
    undo(journal.operations(1)[0].id)
    assert not Visit.living().exists()
    assert not Household.living().exists()


def test_a_member_met_is_recognised_and_a_shared_name_is_not(scene: Any) -> None:
    who, of, _ = scene
    needy = make(Member, name="张三", organization=of)
    MemberFlag(member=needy, kind="hardship", from_on="2025-01-01").save()
    for _ in range(2):
        make(Member, name="李四", organization=of)
    trips.record(
        Visit(leader=who, organization=of, from_on="2026-03-10", way="household"),
        [Met("张三"), Met("李四"), Met("王五")],
    )
    first, second, third = Household.select().order_by(Household.id)
    assert (first.member_id, first.kind) == (needy.id, "hardship_member")
    assert second.member_id is None
    assert third.member_id is None


def test_a_row_of_aid_handed_over_is_not_typed_again_nor_counted_twice(scene: Any) -> None:
    who, of, _ = scene
    visit = trip(who, of, "2026-03-10")
    payment = make(AidPayment)
    Gift(visit=visit, kind="money", payment=payment, value=1).save()
    assert Gift.get().value == payment.amount
    assert stats(Scope(today=TODAY))["visits.given"] == 0
    with pytest.raises(Refusal, match="另一次走访"):
        Gift(visit=visit, kind="money", payment=payment).save()
    Gift(visit=visit, kind="money", value=30_000).save()
    assert stats(Scope(today=TODAY))["visits.given"] == 30_000


def test_a_faulty_household_is_named_and_nothing_is_kept(scene: Any) -> None:
    who, of, _ = scene
    visit = Visit(leader=who, organization=of, from_on="2026-03-10", way="household")
    with pytest.raises(Refusal, match=r"第 2 户“李四”.*品名"):
        trips.record(visit, [Met("张三"), Met("李四", goods_value=100)])
    assert not Visit.select().exists()
    assert visit.id is None


def test_a_leader_who_came_along_is_counted_for_his_own_point(scene: Any) -> None:
    who, of, _ = scene
    other = leader("钱志强", "section_head")
    mine = point(other, of, "ordinary")
    trips.record(
        Visit(
            leader=who,
            organization=of,
            from_on="2026-03-10",
            way="forum",
            companions="钱志强、老孙",
        )
    )
    assert mine.id in {one.contact_point_id for one in VisitServed.living()}


def test_a_trip_moved_to_another_village_counts_there(scene: Any) -> None:
    who, of, kept = scene
    other = village("乌兰嘎查党支部")
    there = point(who, other)
    visit = trip(who, of, "2026-03-10")
    visit.organization = other
    visit.save()
    assert trips.serve_again(visit) == 2
    assert [one.contact_point_id for one in VisitServed.living()] == [there.id]
    assert trips.serve_again(visit) == 0
    assert kept.id != there.id


def test_a_telephone_call_is_no_visit(scene: Any) -> None:
    who, of, _ = scene
    presets.adopt("monthly", "2026-01-01")
    trip(who, of, "2026-08-10", way="telephone")
    (line,) = compliance.matrix("month", date(2026, 8, 1), TODAY).lines
    assert [cell.state for cell in line.cells] == [State.OVERDUE, State.DUE]


def test_a_change_of_rule_in_july_leaves_the_first_half_as_it_was(scene: Any) -> None:
    who, of, _ = scene
    presets.adopt("quarterly", "2025-01-01")
    presets.adopt("monthly", "2026-07-01")
    assert [one.until_on for one in VisitRule.select().order_by(VisitRule.from_on)] == [
        "2026-06-30",
        "",
    ]
    for on in ("2026-01-05", "2026-03-31", "2026-06-01", "2026-07-15", "2026-09-01"):
        trip(who, of, on)
    (line,) = compliance.matrix("month", date(2026, 1, 1), TODAY).lines
    # Quarters stand where they end; before July two visits a quarter, from July one a month.
    assert [cell.state for cell in line.cells] == [
        State.FREE, State.FREE, State.DONE,
        State.FREE, State.FREE, State.OVERDUE,
        State.DONE, State.OVERDUE, State.DONE,
    ]  # fmt: skip
    assert (line.whole.visits, line.whole.asked_visits) == (5, 7)


def test_what_one_point_had_too_much_does_not_make_up_for_another(scene: Any) -> None:
    who, of, _ = scene
    presets.adopt("monthly", "2026-01-01")
    point(who, village("乌兰嘎查党支部"))
    for on in ("2026-08-03", "2026-08-10", "2026-08-17"):
        trip(who, of, on)
    (line,) = compliance.matrix("month", date(2026, 8, 1), date(2026, 8, 31)).lines
    assert (line.cells[0].visits, line.cells[0].met, line.cells[0].asked_visits) == (3, 1, 2)


def test_a_rule_that_would_begin_before_a_later_one_is_refused(office: object) -> None:
    presets.adopt("monthly", "2026-07-01")
    with pytest.raises(Refusal, match="起生效"):
        presets.adopt("quarterly", "2026-01-01")
    with pytest.raises(Refusal, match="已有规定"):
        VisitRule(name="又一条", period="month", least_visits=2, from_on="2026-08-01").save()


def test_a_point_that_ended_owes_nothing_afterwards(scene: Any) -> None:
    who, _, _ = scene
    presets.adopt("monthly", "2026-01-01")
    row = ContactPoint.get()
    row.until_on = "2026-02-28"
    row.save()
    (line,) = compliance.matrix("month", date(2026, 1, 1), TODAY).lines
    assert [len(cell.overdue) for cell in line.cells] == [1, 1, 0, 0, 0, 0, 0, 0, 0]
    assert who.id == line.id


def test_who_waits_is_reminded_ahead_and_after(scene: Any) -> None:
    who, of, _ = scene
    presets.adopt("monthly", "2026-01-01")
    trip(who, of, "2026-07-10")
    (one,) = reminding.reminders(date(2026, 8, 25), ahead=10)
    assert [w.late for w in one.waiting] == [True, False]  # June is missed, August ends soon
    trip(who, of, "2026-08-26")
    trip(who, of, "2026-06-26")
    (one,) = reminding.reminders(date(2026, 8, 26), ahead=10)
    assert [w.standing.duty.end for w in one.waiting] == [date(2026, 5, 31)]


def test_a_matter_goes_from_hand_to_hand(scene: Any) -> None:
    _, of, _ = scene
    one = Matter(kind="road", source="letter", organization=of, received_on="2026-03-01",
                 content="村口的桥坏了", raised_by="李四")  # fmt: skip
    one.save()
    assert one.state("2026-03-02") == "未交办"
    matters.assign([one], "交通局", "周明", "2026-03-31", "2026-03-05")
    assert (one.state("2026-03-31"), one.state("2026-04-01")) == ("办理中", "超期")
    assert [late.id for late in matters.overdue(date(2026, 4, 1))] == [one.id]
    matters.progress(one, "已勘查", on="2026-03-20")
    matters.settle([one], "2026-04-02", "桥已修好", told_on="2026-04-03", satisfaction="content")
    assert (one.state(), one.told) == ("办结", "李四")
    with pytest.raises(Refusal, match=r"已于 2026\.04\.02 办结"):
        matters.progress(one, "又去看了")
    two = Matter(kind="land", source="letter", received_on="2026-03-01", content="草场边界")
    two.save()
    assert two.number == "2026-00002"
    with pytest.raises(Refusal, match="原因"):
        matters.explain(two, "2026-04-01", "")
    matters.explain(two, "2026-04-01", "待上级确权", satisfaction="discontent")
    found = matters.rates_of()
    assert (found.total, found.settled, found.explained, found.overdue) == (2, 1, 1, 0)
    assert (found.settled_percent, found.content_percent) == (50, 50)


def test_the_seven_goals_are_listed_once(scene: Any) -> None:
    _, _, kept = scene
    assert goals.list_goals([kept]) == 7
    with pytest.raises(Refusal, match="已经列好"):
        goals.list_goals([kept])
    goal = Goal.get()
    goal.done_on = "2026-05-01"
    with pytest.raises(Refusal, match="已完成"):
        goal.save()


@pytest.mark.parametrize("field", ["from_on", "until_on"])
def test_a_visit_needs_its_day(scene: Any, field: str) -> None:
    who, of, _ = scene
    given_ = {"from_on": "2026-03-10", "until_on": "2026-03-11", field: "2026-03"}
    with pytest.raises(Refusal, match="要写到日"):
        Visit(leader=who, organization=of, way="household", **given_).save()


@pytest.fixture
def judged(scene: Any) -> tuple[Leader, Organization, ContactPoint]:
    presets.adopt("quarterly", "2025-01-01")
    presets.adopt("monthly", "2026-07-01")
    return scene


@settings(
    max_examples=histories(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=6))
def test_the_table_is_what_the_single_visits_say(judged: Any, history: list[Any]) -> None:
    who, of, kept = judged
    for one in VisitServed.living():
        one.retire("重来")
    days = []
    for offset, taken_back in history:
        day = date(2026, 1, 1) + timedelta(days=offset)
        visit = trip(who, of, day.isoformat())
        if taken_back:
            visit.retire("登错")
        elif day <= TODAY:
            days.append(day)
    (seen,) = compliance.watch(date(2026, 1, 1), TODAY)
    assert seen.id == kept.id
    for standing in seen.standings:
        duty = standing.duty
        assert standing.visits == sum(duty.start <= day <= duty.end for day in days)
