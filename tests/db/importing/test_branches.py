"""Which organization a row belongs to: found by its name or code, founded when allowed, never guessed."""

from __future__ import annotations

import pytest

from db.importing.drafting import plan as make_plan
from db.importing.execute import execute
from db.importing.plan import Options, Outcome
from db.importing.table import SECTION_HEADER
from db.registers.member import Member
from db.registers.organization import Organization
from tests.db.importing.rosters import (
    BRANCH,
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
