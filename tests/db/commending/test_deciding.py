from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import access, journal
from db.access import Person, Role
from db.commending import certificates, notice, programme
from db.commending.deciding import choose, decide, grant, in_order, select_by_rank
from db.errors import Refusal
from db.registers.commendation import Award, Commendation, CommendationObjection, Nomination
from db.registers.member import Discipline, Honour
from db.undo import undo
from tests.db.commending.conftest import Township, award, put_forward
from tests.factories import kept


@pytest.fixture
def posted(township: Township, round_: Commendation) -> Commendation:
    """A round whose notice ran from 15 to 22 June 2026 (five working days, one holiday between)."""
    put_forward(round_, township)
    programme.start_reviewing(round_, "2026-06-12")
    select_by_rank(round_)
    round_.order_by = "surname"
    notice.publish(round_, "2026-06-15")
    return round_


def test_a_notice_counts_working_days_over_the_holiday(posted: Commendation) -> None:
    # 2026-06-19 is 端午; the weekend follows.
    assert (posted.notice_from, posted.notice_until) == ("2026-06-15", "2026-06-22")


def test_the_decision_waits_for_the_end_of_the_notice(posted: Commendation) -> None:
    with pytest.raises(Refusal, match="6月22日"):
        decide(posted, "白党发〔2026〕12号", "2026-06-22")
    assert not Award.select().exists()


def test_honours_land_on_the_record_in_one_operation(posted: Commendation) -> None:
    awards = decide(posted, "白党发〔2026〕12号", "2026-06-24")
    assert [a.recipient for a in awards] == [
        "哈沙图嘎查党支部",
        *sorted((a.recipient for a in awards[1:]), key=strokes_of),
    ]
    assert [a.certificate for a in awards] == [
        "2026-1-001",
        "2026-2-001",
        "2026-2-002",
        "2026-2-003",
    ]
    honours = list(Honour.living())
    assert {h.title_given for h in honours} == {"优秀共产党员"}
    assert {h.document for h in honours} == {"白党发〔2026〕12号"}
    assert {h.member_id for h in honours} == {a.member_id for a in awards if a.member_id}
    assert posted.notice_outcome == "none"
    operation = journal.operations()[0]
    assert operation.kind == "decide"
    undo(operation.id)
    assert Honour.living().count() == Award.living().count() == 0
    again = Commendation.get_by_id(posted.id)
    assert (again.step, again.document) == ("notice", "")
    assert decide(again, "白党发〔2026〕13号", "2026-06-25")[1].certificate == "2026-2-001"


def strokes_of(name: str) -> object:
    from db.rules import strokes

    return strokes.surname_key(name)


def test_an_open_objection_holds_the_decision_and_a_true_one_takes_out(
    posted: Commendation,
) -> None:
    one = Nomination.get(Nomination.member.is_null(False))
    objection = notice.raise_objection(posted, "事迹与事实不符", "2026-06-16", nomination=one)
    with pytest.raises(Refusal, match="1 件异议"):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")
    with pytest.raises(Refusal, match="核实情况"):
        notice.settle_objection(objection, "founded", "")
    notice.settle_objection(objection, "founded", "经查反映属实", "2026-06-18")
    awards = decide(posted, "白党发〔2026〕12号", "2026-06-24")
    assert one.name not in {a.recipient for a in awards}
    assert "收到异议 1 件" in notice.outcome_words(posted)


def test_a_true_objection_written_by_hand_still_holds_the_decision(posted: Commendation) -> None:
    one = Nomination.get(Nomination.member.is_null(False))
    kept(
        CommendationObjection,
        commendation=posted,
        nomination=one,
        received_on="2026-06-16",
        content="不实",
        outcome="founded",
        settled_on="2026-06-18",
    )
    with pytest.raises(Refusal, match=f"{one.name}的异议核实成立"):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")


def test_a_sanction_during_the_notice_stops_the_decision(posted: Commendation) -> None:
    one = Nomination.get(Nomination.member.is_null(False))
    kept(Discipline, member=one.member, kind="warning", on="2026-06-17", effect_until="2027-06-17")
    with pytest.raises(Refusal, match=one.name):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")
    assert Commendation.get_by_id(posted.id).step == "notice"


def test_more_than_the_places_are_refused(posted: Commendation) -> None:
    people = award(posted, "优秀共产党员")
    people.places = 2
    people.save()
    with pytest.raises(Refusal, match="名额 2 名，入选了 3 名"):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")


def test_only_an_approver_decides(posted: Commendation) -> None:
    with (
        access.acting_as(Person(9, "录入员", Role.CLERK)),
        pytest.raises(Refusal, match="录入"),
    ):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")
    with access.acting_as(Person(8, "审批人", Role.APPROVER)):
        decide(posted, "白党发〔2026〕12号", "2026-06-24")


def test_granting_closes_the_round(posted: Commendation) -> None:
    decide(posted, "白党发〔2026〕12号", "2026-06-24")
    with pytest.raises(Refusal, match="早于"):
        grant(Commendation.get_by_id(posted.id), "2026-06-01")
    grant(Commendation.get_by_id(posted.id), "2026-07-01", "苏木礼堂")
    assert Commendation.get_by_id(posted.id).step == "granted"


def test_nobody_selected_no_notice(township: Township, round_: Commendation) -> None:
    put_forward(round_, township)
    programme.start_reviewing(round_)
    with pytest.raises(Refusal, match="入选"):
        notice.publish(round_, "2026-06-15")


def test_a_notice_that_ends_is_told(posted: Commendation) -> None:
    assert [c.id for c in notice.ending("2026-06-22")] == [posted.id]
    assert notice.ending("2026-06-21") == []


def test_an_award_already_given_is_seen_next_year(posted: Commendation, township: Township) -> None:
    from db.commending import reviewing
    from db.commending.nominating import nominate_members, nominate_organizations

    decide(posted, "白党发〔2026〕12号", "2026-06-24")
    following = programme.open_programme("july_first_township", 2027, scope=township.committee)
    programme.set_condition(following, "review", mode="off")
    programme.set_condition(following, "repeated", mode="block")
    winner = Award.get(Award.member.is_null(False)).member
    refused = nominate_members(award(following, "优秀共产党员"), [winner]).refused
    assert "不重复表彰" in refused[0][1]
    village = nominate_organizations(award(following, "先进基层党组织"), [township.villages[0]])
    assert "2026年6月24日" in village.refused[0][1]
    assert reviewing.check_all(following) == {}


ranked = st.lists(st.one_of(st.none(), st.integers(1, 12)), max_size=15).map(
    lambda ranks: list(enumerate(ranks))
)


@given(ranked, st.one_of(st.none(), st.integers(0, 12)))
def test_a_choice_never_exceeds_its_places_and_loses_nobody(
    people: list[tuple[int, int | None]], places: int | None
) -> None:
    choice = choose(people, places)
    everybody = [*choice.selected, *choice.left, *choice.unranked]
    assert sorted(everybody) == [i for i, _ in people]
    if places is not None:
        assert len(choice.selected) <= places
    ranks = dict(people)
    if choice.left and choice.selected:
        worst = max(ranks[i] for i in choice.selected)  # type: ignore[type-var]
        assert all(ranks[i] > worst for i in choice.left)  # type: ignore[operator]


@given(ranked, st.integers(0, 12))
def test_one_more_place_never_drops_anybody(
    people: list[tuple[int, int | None]], places: int
) -> None:
    assert set(choose(people, places).selected) <= set(choose(people, places + 1).selected)


@given(
    st.lists(st.integers(1, 4), max_size=30),
    st.sampled_from(["{年}-{序号:3}", "{年}{类:2}{序号:4}"]),
)
def test_no_two_certificates_share_a_number(kinds: list[int], pattern: str) -> None:
    first = certificates.numbers(pattern, 2026, kinds)
    second = certificates.numbers(pattern, 2026, kinds, first)
    assert len({*first, *second}) == 2 * len(kinds)


@pytest.mark.parametrize("pattern", ["{年}", "{号}-{序号}", "{序号:3"])
def test_a_pattern_without_a_serial_is_refused(pattern: str) -> None:
    with pytest.raises(Refusal):
        certificates.check_pattern(pattern)


def test_lists_in_surname_order(township: Township) -> None:
    names = ["白音", "丁小宁", "马超", "马玉兰", "田大利", "田富"]
    people = [Nomination(name=name, id=i) for i, name in enumerate(names)]
    assert [n.name for n in in_order(people, "surname")] == [
        "丁小宁",
        "马超",
        "马玉兰",
        "田富",
        "田大利",
        "白音",
    ]
    assert [n.name for n in in_order(people, "strokes")] == [
        "丁小宁",
        "马玉兰",
        "马超",
        "田大利",
        "田富",
        "白音",
    ]
