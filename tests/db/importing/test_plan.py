"""What becomes of each row: who it is, what changes, what is sent back and why."""

from __future__ import annotations

import pytest

from db import office as offices
from db.errors import Refusal
from db.importing.drafting import plan as make_plan
from db.importing.execute import Executed, execute
from db.importing.plan import Options, Outcome, Plan, PlannedRow, as_json
from db.importing.table import SECTION_HEADER, Row, Table
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import id_number
from db.undo import undo
from tests.factories import make

FIELDS = ("name", "id_number", "born_on", "organization", "category", "phone")
HEADER = ("姓名", "身份证号码", "出生年月", "党支部", "类别", "电话")
BRANCH = "哈沙图嘎查党支部"

pytestmark = [pytest.mark.usefixtures("office"), pytest.mark.both_engines]


def number(serial: int, born: str = "19560817") -> str:
    digits = f"150823{born}{serial:03d}"
    return digits + id_number.check_digit(digits)


def person(
    name: object, id_: object = "", born: object = "1956.08", **over: object
) -> list[object]:
    row = {"branch": BRANCH, "category": "正式党员", "phone": ""} | over
    return [name, id_, born, row["branch"], row["category"], row["phone"]]


def table(*rows: list[object], header: tuple[str, ...] = HEADER) -> Table:
    return Table("名册", header, [Row(n, cells) for n, cells in enumerate(rows, start=2)])


def planned(*rows: list[object], **options: object) -> Plan:
    options.setdefault("found", True)
    return make_plan("member", table(*rows), dict(enumerate(FIELDS)), Options(**options))  # type: ignore[arg-type]


def imported(*rows: list[object]) -> Executed:
    return execute(planned(*rows))


def outcomes(plan: Plan) -> list[str]:
    return [row.outcome.value for row in plan.rows]


def only(plan: Plan) -> PlannedRow:
    (row,) = plan.rows
    return row


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


# -- organizations ----------------------------------------------------------------------------


def test_an_unknown_branch_is_offered_and_founded_only_when_allowed() -> None:
    rows = [person("田富", number(1)), person("巴图", number(2), branch="红旗村党支部")]
    refused = planned(*rows, found=False)
    assert outcomes(refused) == ["refused", "refused"]
    assert [f.name for f in refused.proposed] == [BRANCH, "红旗村党支部"]
    partly = planned(*rows, found=frozenset({BRANCH}))
    assert outcomes(partly) == ["new", "refused"]
    execute(partly)
    founded = Organization.get(Organization.name == BRANCH)
    assert (founded.kind, founded.village, founded.domain) == ("branch", 1, "pastoral")
    assert Organization.living().where(Organization.name == "红旗村党支部").count() == 0


def test_new_organizations_hang_from_the_offices_own_committee() -> None:
    top = make(Organization, name="白音胡舒苏木党委", kind="committee", parent=None)
    imported(
        person("田富", number(1), branch="红旗村党支部第一党小组"),
        person("巴图", number(2), branch="红旗村党支部"),
    )
    branch = Organization.get(Organization.name == "红旗村党支部")
    group = Organization.get(Organization.name == "红旗村党支部第一党小组")
    assert branch.parent_id == top.id
    assert (group.kind, group.parent_id) == ("group", branch.id)


@pytest.mark.parametrize("branch", [BRANCH, "白音胡舒苏木党委"])
def test_in_an_empty_office_its_own_committee_comes_first(branch: str) -> None:
    imported(person("田富", number(1), branch=branch), person("巴图", number(2)))
    top = Organization.get(Organization.name == "白音胡舒苏木党委")
    assert (top.kind, top.parent_id) == ("committee", None)
    assert Organization.get(Organization.name == BRANCH).parent_id == top.id
    assert Organization.living().count() == 2


def test_never_by_likeness() -> None:
    make(Organization, name="哈沙图嘎查党支部", short_name="", kind="branch", code="")
    row = only(planned(person("田富", number(1), branch="哈沙图村党支部"), found=False))
    assert row.outcome is Outcome.REFUSED
    assert "相近不等于相同" in row.reason
    plan = planned(person("田富", number(1), branch="哈沙图村党支部"))
    assert [f.name for f in plan.founding] == ["哈沙图村党支部"]
    assert plan.founding[0].near == ("哈沙图嘎查党支部",)


def test_a_missing_dang_is_a_question_to_the_person() -> None:
    kept = make(Organization, name=BRANCH, short_name="", kind="branch", code="")
    row = person("田富", number(1), branch="哈沙图嘎查支部")
    asked = only(planned(row))
    assert asked.outcome is Outcome.REFUSED
    assert BRANCH in asked.reason
    assert [(t.name, t.kept, t.rows) for t in planned(row).twins] == [("哈沙图嘎查支部", BRANCH, 1)]
    answered = planned(row, same={"哈沙图嘎查支部": kept.id})
    assert only(answered).values["organization"] == kept.id
    execute(answered)
    assert only(planned(row, found=False)).outcome is Outcome.SAME


def test_two_spellings_of_one_new_branch_found_one() -> None:
    plan = planned(
        person("田富", number(1), branch="红旗村支部"),
        person("巴图", number(2), branch="红旗村党支部"),
    )
    own, founding = plan.founding
    assert own.own
    assert (founding.name, founding.short_name, founding.rows) == ("红旗村党支部", "红旗村支部", 2)


@pytest.mark.parametrize(
    "named", ["哈沙图嘎查党支部", " 哈沙图 嘎查党支部", "H-01", "Ｈ-01", "哈沙图"]
)
def test_matched_by_code_full_name_or_registered_short_name(named: str) -> None:
    kept = make(Organization, name=BRANCH, short_name="哈沙图", code="H-01", kind="branch")
    assert only(planned(person("田富", number(1), branch=named))).values["organization"] == kept.id


def test_two_branches_of_one_name_need_a_code() -> None:
    make(
        Organization, name="机关党支部", kind="branch", parent=make(Organization, kind="committee")
    )
    make(
        Organization, name="机关党支部", kind="branch", parent=make(Organization, kind="committee")
    )
    row = only(planned(person("田富", number(1), branch="机关党支部")))
    assert row.outcome is Outcome.REFUSED
    assert "代码" in row.reason


def test_a_group_line_speaks_for_rows_without_a_branch() -> None:
    header = ("姓名", "党支部", "类别", SECTION_HEADER)
    mapping = {0: "name", 1: "organization", 2: "category"}
    rows = table(["田富", "", "正式", BRANCH], header=header)
    founding = make_plan("member", rows, mapping, Options(found=True)).founding
    assert BRANCH in [f.name for f in founding]


def test_organizations_import_with_their_parents_in_any_order() -> None:
    header = ("党组织全称", "组织类别", "上级党组织")
    mapping = {0: "name", 1: "kind", 2: "parent"}
    rows = table(
        ["一支部", "党支部", "总支"],
        ["总支", "党总支", "党委"],
        ["党委", "党委", ""],
        ["甲支部", "党支部", "乙支部"],
        ["乙支部", "党支部", "甲支部"],
        ["丙支部", "党支部", "丁支部"],
        ["丁支部", "不存在的类别", ""],
        header=header,
    )
    plan = make_plan("organization", rows, mapping, Options())
    assert outcomes(plan) == ["new", "new", "new", "refused", "refused", "refused", "refused"]
    execute(plan)
    branch = Organization.get(Organization.name == "一支部")
    assert branch.parent.name == "总支"
    assert branch.parent.parent.name == "党委"
    again = make_plan("organization", rows, mapping, Options())
    assert outcomes(again)[:3] == ["same"] * 3


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


def test_one_branch_for_all_rows_may_be_a_new_one() -> None:
    header, mapping = ("姓名", "类别"), {0: "name", 1: "category"}
    rows = table(["田富", "正式"], ["巴图", "正式"], header=header)
    fill = {"organization": BRANCH}
    asked = make_plan("member", rows, mapping, Options(fill=fill))
    assert [(f.name, f.rows) for f in asked.proposed] == [(BRANCH, 2)]
    done = make_plan("member", rows, mapping, Options(fill=fill, found=frozenset({BRANCH})))
    assert outcomes(done) == ["new", "new"]
    execute(done)
    assert {member.organization.name for member in Member.living()} == {BRANCH}


def test_a_shared_or_retired_name_is_no_problem_where_the_record_already_refers_to_it() -> None:
    one, two = (
        make(
            Organization,
            name="机关党支部",
            kind="branch",
            parent=make(Organization, kind="committee"),
        )
        for _ in range(2)
    )
    rows = [person("田富", number(1), branch="机关党支部")]
    make(Member, name="田富", id_number=number(1), organization=two, born_on="", joined_on="")
    assert "organization" not in only(planned(*rows)).values
    assert only(planned(*rows)).outcome is not Outcome.REFUSED
    assert only(planned(person("巴图", number(2), branch="机关党支部"))).outcome is Outcome.REFUSED
    one.retire("撤并")
    assert only(planned(person("巴图", number(2), branch="机关党支部"))).outcome is Outcome.NEW
    gone = make(Organization, name="粮站党支部", kind="branch")
    gone.retire("撤并")
    refused = only(planned(person("巴图", number(2), branch="粮站党支部")))
    assert "已停用" in refused.reason


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
