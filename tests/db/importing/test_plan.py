"""What becomes of each row: who it is, what changes, what is sent back and why."""

from __future__ import annotations

import pytest

from db import office as offices
from db.errors import Refusal
from db.importing.drafting import plan as make_plan
from db.importing.execute import execute
from db.importing.plan import Options, Outcome, as_json
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import id_number
from db.undo import undo
from tests.db.importing.rosters import (
    BRANCH,
    FIELDS,
    imported,
    number,
    only,
    outcomes,
    person,
    planned,
    table,
)
from tests.factories import make

pytestmark = [pytest.mark.usefixtures("office"), pytest.mark.both_engines]


# -- kept and flagged, or refused -----------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "words"),
    [
        (number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1"), "校验码不符"),
        ("150823560817001", "15 位旧号码"),
        (150823560817001.0, "15 位旧号码"),
        ("", "未填"),
        ("无", "未填"),
    ],
)
def test_a_doubtful_id_is_kept_and_flagged(id_: object, words: str) -> None:
    row = only(planned(person("田富", id_)))
    assert row.outcome is Outcome.NEW
    assert words in row.reason
    assert row.column == "身份证号码"


@pytest.mark.parametrize(
    "id_",
    [
        1.508231978080115e17,
        150823197808011520,
        "1.50823E+17",
        "150823197808011000",
        "#REF!",
        "1508",
    ],
)
def test_a_damaged_number_is_refused_by_row_and_column(id_: object) -> None:
    row = only(planned(person("田富", id_)))
    assert row.outcome is Outcome.REFUSED
    assert row.column == "身份证号码"
    assert row.reason
    assert not planned(person("田富", id_)).founding


def test_all_reasons_of_a_row_are_told_and_the_rest_goes_on() -> None:
    plan = planned(person("", "123", "1998.13"), person("巴图", number(1)))
    assert outcomes(plan) == ["refused", "new"]
    assert {reason.column for reason in plan.rows[0].reasons} >= {"身份证号码", "出生年月"}


def test_required_fields_are_asked_for() -> None:
    plan = planned(person("", number(1)), person("田富", number(2), category=""))
    assert [row.column for row in plan.rows] == ["姓名", "类别"]
    assert outcomes(plan) == ["refused", "refused"]


def test_what_contradicts_the_id_is_flagged() -> None:
    row = only(planned(person("田富", number(1), "1957.08")))
    assert row.outcome is Outcome.NEW
    assert next(flag.field for flag in row.flags) == "born_on"


def test_the_registers_own_checks_refuse() -> None:
    header = ("姓名", "党支部", "类别", "出生", "入党")
    mapping = dict(enumerate(("name", "organization", "category", "born_on", "joined_on")))
    rows = table(["田富", BRANCH, "正式", "1990", "1985.07"], header=header)
    row = only(make_plan("member", rows, mapping, Options(found=True)))
    assert row.outcome is Outcome.REFUSED
    assert row.column == "入党"


def test_tenths_of_a_year_follow_the_hand_of_the_column() -> None:
    two_digits = planned(person("甲某", number(1), 1956.08), person("乙某", number(2), 1956.1))
    assert two_digits.rows[1].values["born_on"] == "1956-10"
    one_digit = planned(person("甲某", number(1), 1956.8), person("乙某", number(2), 1956.1))
    assert one_digit.rows[1].outcome is Outcome.REFUSED


# -- who a row is ----------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing() -> None:
    rows = [
        person("田富", number(1), phone="13800000000"),
        person("巴图", "", "1960"),
        person("那顺"),
    ]
    done = imported(*rows)
    assert done.operation is not None
    again = planned(*rows)
    assert outcomes(again) == ["same"] * 3
    assert execute(again).operation is None


def test_fifteen_and_eighteen_digits_are_one_person_and_the_longer_stays() -> None:
    short = "150823560817001"
    long = id_number.upgrade(short)
    imported(person("田富", short))
    plan = planned(person("田富", long))
    assert [change.new for change in only(plan).changes] == [long]
    execute(plan)
    assert only(planned(person("田富", short))).outcome is Outcome.SAME


def test_without_id_name_birth_and_branch_tell_a_person() -> None:
    imported(person("田富", "", "1956.08"))
    assert only(planned(person("田　富", number(1), "1956.08.17"))).outcome is Outcome.CHANGED
    assert only(planned(person("田富", "", "1957.08"))).outcome is Outcome.NEW
    other = person("田富", "", "1956.08", branch="红旗村党支部")
    assert only(planned(other)).outcome is Outcome.NEW


def test_a_corrected_check_digit_is_the_same_person() -> None:
    wrong = number(1)[:-1] + ("0" if number(1)[-1] != "0" else "1")
    imported(person("田富", wrong))
    row = only(planned(person("田富", number(1))))
    assert row.outcome is Outcome.CHANGED
    assert [change.field for change in row.changes] == ["id_number"]


def test_two_sound_numbers_are_two_people_and_namesakes_are_flagged() -> None:
    imported(person("田富", number(1), "1956.08.17"))
    row = only(planned(person("田富", number(2), "1956.08.17")))
    assert row.outcome is Outcome.NEW
    assert any("同名" in flag.words for flag in row.flags)


def test_a_name_that_fits_two_people_is_sent_back() -> None:
    imported(person("田富", number(1), "1956.08.17"), person("田富", number(2), "1956.08.17"))
    row = only(planned(person("田富", "", "1956.08")))
    assert row.outcome is Outcome.REFUSED
    assert "2 条" in row.reason


def test_an_import_never_makes_a_record_less_exact_or_emptier() -> None:
    imported(person("田富", number(1), "1956.08.17", phone="13800000000"))
    assert only(planned(person("田富", number(1), "1956.08"))).outcome is Outcome.SAME
    assert only(planned(person("田富", number(1), ""))).outcome is Outcome.SAME
    row = only(planned(person("田富", number(1), "1956.08.17"), blank_erases=True))
    assert [(c.field, c.new) for c in row.changes] == [("phone", "")]


def test_a_number_with_another_name_is_a_correction_or_a_stranger() -> None:
    imported(person("乌云其其格", number(1)))
    corrected = only(planned(person("乌云其木格", number(1))))
    assert corrected.outcome is Outcome.CHANGED
    assert "乌云其木格" in corrected.flags[0].words
    stranger = only(planned(person("田富", number(1))))
    assert stranger.outcome is Outcome.REFUSED
    assert "乌云其其格" in stranger.reason


def test_a_person_who_moved_is_changed_not_doubled() -> None:
    imported(person("田富", number(1)))
    row = only(planned(person("田富", number(1), branch="红旗村党支部")))
    assert [(c.old_shown, c.new_shown) for c in row.changes] == [(BRANCH, "红旗村党支部")]


# -- the same person twice in one file --------------------------------------------------------


def test_an_exact_double_is_the_same_and_a_contradiction_goes_back() -> None:
    first = person("田富", number(1), phone="13800000000")
    plan = planned(first, list(first), person("田富", number(1), phone="13900000000"))
    assert outcomes(plan) == ["new", "same", "refused"]
    assert "第 2 行" in plan.rows[1].reason
    assert "第 2 行" in plan.rows[2].reason


def test_one_number_under_two_names_is_told_at_both_rows() -> None:
    plan = planned(person("田富", number(1)), person("巴图", number(1)))
    assert outcomes(plan) == ["new", "refused"]
    assert "田富" in plan.rows[1].reason
    assert any("第 3 行" in flag.words for flag in plan.rows[0].flags)


def test_a_refused_row_is_nobodys_double() -> None:
    plan = planned(person("田富", number(1), "1998.13"), person("田富", number(1)))
    assert outcomes(plan) == ["refused", "new"]


# -- the plan and what is done ----------------------------------------------------------------


def test_row_63_counts_add_up_and_planning_writes_nothing() -> None:
    plan = planned(person("田富", number(1)), person("", number(2)), person("田富", number(1)))
    assert sum(plan.counts.values()) == 3
    assert Member.select().count() == 0
    told = as_json(plan)
    assert [told[key] for key in ("new", "changed", "same", "refused")] == [1, 0, 1, 1]
    assert [row["row"] for row in told["rows"]] == [2, 3, 4]


def test_an_import_is_one_step_to_undo_and_may_be_done_again() -> None:
    rows = [person("田富", number(1)), person("巴图", number(2))]
    before = Organization.living().count()
    done = imported(*rows)
    assert Member.living().count() == 2
    assert done.operation is not None
    undo(done.operation)
    assert Member.living().count() == 0
    assert Organization.living().count() == before
    assert outcomes(planned(*rows)) == ["new", "new"]


def test_a_plan_older_than_the_ledger_is_refused() -> None:
    plan = planned(person("田富", number(1)))
    make(Member, name="巴图")
    with pytest.raises(Refusal, match="重新预览"):
        execute(plan)
    assert Member.living().count() == 1


def test_cancelling_leaves_everything_as_it_was() -> None:
    plan = planned(person("田富", number(1)))

    def cancel(_done: int, _total: int) -> None:
        raise Refusal("已取消")

    with pytest.raises(Refusal, match="已取消"):
        execute(plan, cancel)
    assert Member.select().count() == 0
    assert Organization.living().where(Organization.name == BRANCH).count() == 0
    execute(plan)
    assert Member.living().count() == 1


def test_a_table_that_names_nobody_is_refused_as_a_whole() -> None:
    with pytest.raises(Refusal, match="姓名"):
        make_plan("member", table(["正式"], header=("类别",)), {0: "category"})
    with pytest.raises(Refusal, match="没有数据行"):
        make_plan("member", table(), dict(enumerate(FIELDS)))


def test_a_reader_may_not_import(office: offices.Office) -> None:
    from db.access import Person, Role, acting_as

    with acting_as(Person(5, "查阅者", Role.READER)), pytest.raises(Refusal, match="导入"):
        planned(person("田富", number(1)))


def test_what_is_sealed_is_not_changed_by_a_sheet() -> None:
    from db.registers.appraisal import Appraisal

    kept = make(Appraisal, sealed_on="")
    kept.sealed_on = "2026-06-30"
    kept.save()
    header, mapping = ("名称", "归档日期"), {0: "name", 1: "sealed_on"}
    same = make_plan("appraisal", table([kept.name, "2026-06-30"], header=header), mapping)
    assert outcomes(same) == ["same"]
    notes = {0: "name", 1: "notes"}
    changed = make_plan("appraisal", table([kept.name, "改一改"], header=("名称", "备注")), notes)
    assert outcomes(changed) == ["refused"]


def test_the_number_tells_birth_date_and_sex_where_the_roster_does_not() -> None:
    header, mapping = ("姓名", "号码", "党支部", "类别"), dict(enumerate(FIELDS[:2]))
    mapping |= {2: "organization", 3: "category"}
    wrong = number(3)[:-1] + ("0" if number(3)[-1] != "0" else "1")
    rows = table(
        ["田富", number(1), BRANCH, "正式"],
        ["乌云", number(2), BRANCH, "正式"],
        ["巴图", wrong, BRANCH, "正式"],
        header=header,
    )
    execute(make_plan("member", rows, mapping, Options(found=True)))
    kept = {member.name: (member.born_on, member.sex) for member in Member.living()}
    assert kept == {"田富": ("1956-08-17", "1"), "乌云": ("1956-08-17", "2"), "巴图": ("", "")}
    assert outcomes(make_plan("member", rows, mapping, Options())) == ["same"] * 3
