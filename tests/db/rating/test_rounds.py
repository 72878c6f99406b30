from __future__ import annotations

from typing import Any

import pytest

from db import access, journal
from db.access import Person, Role
from db.errors import Refusal
from db.rating import steps
from db.rating.amending import amend, give_reason, hand_out, recognise
from db.rating.explaining import why
from db.rating.history import Past, record_past
from db.rating.marking import put
from db.rating.opening import open_round, refresh, set_aside
from db.rating.reckoning import choose, reckon
from db.rating.schemes import adopt, adopt_all, new_edition
from db.registers.appraisal import Objection, Participant
from db.registers.member import Member
from db.rules.scheme_presets import presets
from tests.db.rating.conftest import Town, mark_all, meet, rated, rounds


def by_name(appraisal: Any, name: str) -> Participant:
    found: Participant = Participant.get(
        Participant.appraisal == appraisal.id, Participant.name == name
    )
    return found


def finish(appraisal: Any) -> None:
    """Take a marked round through all its steps."""
    for step in list(appraisal.rules.steps):
        if step.kind == "meeting":
            meet(appraisal)
        if step.kind == "decision":
            steps.decide(appraisal, "白党发〔2024〕20号", "2024-12-25", "白音胡舒苏木党委")
        steps.advance(
            appraisal, "2024-12-10" if step.kind in ("draft", "marks", "meeting") else "2024-12-25"
        )


def test_every_preset_can_be_taken_over(town: Town) -> None:
    assert adopt_all() == len(presets())
    assert adopt_all() == 0


def test_the_list_says_who_stays_out_and_why(town: Town) -> None:
    appraisal = rounds(town)
    assert len(rated(appraisal)) == 11
    out = by_name(appraisal, "阿荣")
    assert (out.state, out.reason) == ("excluded", "预备党员")
    assert "可申请免评" in by_name(appraisal, "刘江").notes


def test_the_same_round_is_not_opened_twice(town: Town) -> None:
    rounds(town)
    with pytest.raises(Refusal, match="已经开评"):
        rounds(town)


def test_an_exemption_needs_wish_and_meeting(town: Town) -> None:
    appraisal = rounds(town)
    old = by_name(appraisal, "刘江")
    with pytest.raises(Refusal, match="本人"):
        set_aside([old], "exempt", "年老体弱或长期卧病")
    with pytest.raises(Refusal, match="党员大会"):
        set_aside([old], "exempt", "年老体弱或长期卧病", wish=True)
    set_aside([old], "exempt", "年老体弱或长期卧病", wish=True, meeting_on="2024-11-20")
    assert len(rated(appraisal)) == 10
    set_aside([old], "rated", "")
    assert len(rated(appraisal)) == 11


def test_somebody_who_arrived_is_added_while_it_is_a_draft(town: Town) -> None:
    appraisal = rounds(town)
    Member(
        name="新来的", category="full", organization=town.branches[0], joined_on="2005-07-01"
    ).save()
    assert refresh(appraisal) == (1, 0)
    assert refresh(appraisal) == (0, 0)


def test_a_round_from_draft_to_plates(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 850)
    finish(appraisal)
    assert appraisal.sealed_on == "2024-12-25"
    assert {row.level for row in rated(appraisal)} == {"十星级"}
    assert [view.state for view in steps.steps(appraisal)] == ["done"] * 7
    plates = hand_out(appraisal, "2024-12-28")
    assert [plate.number for plate in plates[:2]] == ["2024-001", "2024-002"]
    assert hand_out(appraisal, "2024-12-28") == []


def test_a_step_says_everything_that_it_still_needs(town: Town) -> None:
    appraisal = rounds(town)
    steps.advance(appraisal, "2024-12-01")
    with pytest.raises(Refusal, match="“个人自评”还有 11 个对象没有评分"):
        steps.advance(appraisal, "2024-12-02")
    mark_all(appraisal, 900)
    steps.advance(appraisal, "2024-12-02")
    steps.advance(appraisal, "2024-12-03")
    with pytest.raises(Refusal, match="没有评定会议记录"):
        steps.advance(appraisal, "2024-12-10")
    meet(appraisal, present=6, expected=10)
    with pytest.raises(Refusal, match="应到 10 人、实到 6 人，不足 2/3"):
        steps.advance(appraisal, "2024-12-10")


def test_the_notice_runs_its_days_and_waits_for_objections(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 900)
    for day in ("2024-12-01", "2024-12-02", "2024-12-03"):
        steps.advance(appraisal, day)
    meet(appraisal)
    steps.advance(appraisal, "2024-12-10")
    assert (appraisal.notice_from, appraisal.notice_until) == ("2024-12-10", "2024-12-14")
    with pytest.raises(Refusal, match="尚未期满"):
        steps.advance(appraisal, "2024-12-14")
    objection = Objection(appraisal=appraisal, received_on="2024-12-12", content="有不同意见")
    objection.save()
    with pytest.raises(Refusal, match="1 件异议没有办结"):
        steps.advance(appraisal, "2024-12-15")
    objection.outcome, objection.answer, objection.settled_on = (
        "unfounded",
        "核实无误",
        "2024-12-15",
    )
    objection.save()
    steps.advance(appraisal, "2024-12-15")
    assert steps.current(appraisal).kind == "decision"


def test_marks_stand_once_the_result_is_posted(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 900)
    for day in ("2024-12-01", "2024-12-02", "2024-12-03"):
        steps.advance(appraisal, day)
    meet(appraisal)
    steps.advance(appraisal, "2024-12-10")
    row = rated(appraisal)[0]
    with pytest.raises(Refusal, match="退回上一步"):
        put(appraisal, "self", {row.id: [100] * 10})
    steps.go_back(appraisal, "异议成立，重新评定")
    assert put(appraisal, "self", {row.id: [100] * 10}) == 1


def test_a_round_can_go_back_with_a_reason(town: Town) -> None:
    appraisal = rounds(town)
    steps.advance(appraisal, "2024-12-01")
    with pytest.raises(Refusal, match="原因"):
        steps.go_back(appraisal, " ")
    steps.go_back(appraisal, "名单有误")
    assert appraisal.step == 0
    assert "名单有误" in steps.steps(appraisal)[0].name + appraisal.stages[0].words


def test_a_clerk_cannot_decide(town: Town) -> None:
    appraisal = rounds(town)
    with access.acting_as(Person(9, "小王", Role.CLERK)), pytest.raises(Refusal, match="审批"):
        steps.decide(appraisal, "1号", "2024-12-25", "党委")


def test_unjudged_is_not_nought(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 900)
    row = rated(appraisal)[0]
    put(appraisal, "masses", {row.id: [None] * 10})
    found = reckon(appraisal)
    assert [one.id for one in found.waiting] == [row.id]
    again = Participant.get_by_id(row.id)
    assert (again.level, again.total) == ("", None)
    assert "信念" in again.missing


def test_reckoning_twice_writes_nothing(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 700)
    assert reckon(appraisal).changed == 11
    before = journal.head()
    assert reckon(appraisal).changed == 0
    assert journal.head() == before


def test_quota_ties_wait_for_a_person(town: Town) -> None:
    appraisal = rounds(town, "capped_five")
    rules = appraisal.rules
    for rater in rules.raters:
        put(
            appraisal,
            rater.id,
            {row.id: [i.highest for i in rules.sheet[rater.id]] for row in rated(appraisal)},
        )
    found = reckon(appraisal)
    # 12 people: 5 % is none, 10 % is one; all are equal.
    top = found.ties[0]
    assert (top.level, top.places, len(top.participants)) == (
        "五星级",
        0,
        12,
    ) or top.level == "四星级"
    tie = found.ties[-1]
    chosen = [one.id for one in tie.participants[: tie.places]]
    with pytest.raises(Refusal, match="名额"):
        choose(appraisal, tie, [], "按党龄", "2024-12-11")
    choose(appraisal, tie, chosen, "按党龄", "2024-12-11")
    assert not reckon(appraisal).ties
    winner = Participant.get_by_id(chosen[0])
    assert winner.level == tie.level
    assert any("同分取舍" in line for line in why(winner).sentences)
    loser = Participant.get_by_id(next(p.id for p in tie.participants if p.id not in chosen))
    assert any("名额" in line for line in why(loser).sentences)


def test_next_years_round_knows_the_last_level(town: Town) -> None:
    first = rounds(town)
    mark_all(first, {row.id: 850 if n % 2 else 700 for n, row in enumerate(rated(first))})
    finish(first)
    second = rounds(town, period="2025")
    mark_all(second, 850)
    reckon(second)
    moves = {row.movement for row in rated(second)}
    assert moves == {"same", "up"}
    up = [row for row in rated(second) if row.movement == "up"]
    give_reason(up, "承诺事项全部完成")
    assert any(
        "承诺事项全部完成" in line for line in why(Participant.get_by_id(up[0].id)).sentences
    )


def test_a_sealed_round_is_only_amended(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 850)
    finish(appraisal)
    row = rated(appraisal)[0]
    with pytest.raises(Refusal, match="归档"):
        put(appraisal, "self", {row.id: [100] * 10})
    row.level = "一星级"
    with pytest.raises(Refusal, match="更正"):
        row.save()
    kept = Participant.get_by_id(row.id)
    amend(kept, "七星级", "计票有误", "党委会", document="白党发〔2025〕1号")
    again = Participant.get_by_id(row.id)
    assert (again.level, again.rank) == ("七星级", 7)
    assert any("更正" in line and "计票有误" in line for line in why(again).sentences)


def test_a_later_edition_leaves_a_round_as_it_was(town: Town) -> None:
    appraisal = rounds(town)
    scheme = adopt("rural_ten_stars")
    body = {**scheme.body, "notice": {"days": 7}}
    edition = new_edition(scheme, body)
    assert edition.edition == 2
    assert appraisal.rules.notice_days == 5
    scheme.body = body
    with pytest.raises(Refusal, match="另存为新版"):
        scheme.save()
    assert open_round(edition, town.committee, "2025").rules.notice_days == 7


def test_the_branch_may_recognise_another_level_with_a_reason(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 850)
    reckon(appraisal)
    row = rated(appraisal)[0]
    with pytest.raises(Refusal, match="理由"):
        recognise(row, "八星级", "")
    recognise(Participant.get_by_id(row.id), "八星级", "支部大会认定")
    reckon(appraisal)
    assert Participant.get_by_id(row.id).level == "八星级"


def test_the_explanation_of_everybody_adds_up(town: Town) -> None:
    appraisal = rounds(town)
    mark_all(appraisal, 775)
    reckon(appraisal)
    for row in rated(appraisal):
        found = why(row)
        assert found.result is not None
        assert sum(line.points or 0 for line in found.lines) == found.result.total == 7750
        assert found.result.level == row.level == "未得星"


def test_a_whole_round_can_be_undone(town: Town) -> None:
    from db import undo

    appraisal = rounds(town)
    operation = journal.operations(limit=1)[0]
    undo.undo(operation.id)
    assert not rated(appraisal)


def test_old_results_are_written_down_without_marks(town: Town) -> None:
    scheme = adopt("rural_ten_stars")
    results = [
        Past(m.name, m.organization_id, "八星级" if n < 7 else "七星级", member=m.id)
        for n, m in enumerate(town.members)
    ]
    record_past(scheme, town.committee, "2020", results, decided_on="2020-12-20")
    kept = Participant.get(Participant.member == town.members[0].id)
    assert (kept.level, kept.rank, kept.movement) == ("八星级", 8, "first")
    with pytest.raises(Refusal, match="不是"):
        record_past(
            scheme, town.committee, "2021", [Past("甲", None, "好")], decided_on="2021-12-20"
        )


def test_organizations_are_rated_by_the_same_engine(town: Town) -> None:
    appraisal = open_round(adopt("year_end_grades"), town.committee, "2024")
    assert [row.name for row in rated(appraisal)] == ["哈沙图嘎查党支部", "乌兰嘎查党支部"]
    rules = appraisal.rules
    for rater in rules.raters:
        put(
            appraisal,
            rater.id,
            {
                row.id: [int((i.highest or 0) * share) for i in rules.sheet[rater.id]]
                for row, share in zip(rated(appraisal), (0.95, 0.5), strict=True)
            },
        )
    reckon(appraisal)
    good, poor = rated(appraisal)
    assert (good.level, poor.level) == ("优", "差")
    assert "处置：对领导班子进行组织调整" in why(poor).sentences
