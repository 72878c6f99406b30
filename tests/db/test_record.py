"""One row through the gate: kept, refused, retired, masked, and nothing half done."""

from __future__ import annotations

import pytest

from db import access, changes, journal, registry
from db.access import Person, Role
from db.bulk import insert_rows, update_rows
from db.connection import database
from db.errors import Refusal
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import AGREEING, build, make

pytestmark = [pytest.mark.usefixtures("office"), pytest.mark.both_engines]


def test_a_kept_row_knows_its_owner_and_can_be_read_back(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    again = Member.get_by_id(member.id)
    assert (again.name, again.organization.name, again.office) == (
        "巴图",
        "哈沙图嘎查党支部",
        "150823101",
    )
    assert again.version == 1


def test_faults_name_their_fields(branch: Organization) -> None:
    with pytest.raises(Refusal) as caught:
        build(Member, name="", organization=branch, born_on="1998.13").save()
    assert {fault.field for fault in caught.value.faults} == {"name", "born_on"}
    assert not Member.select().exists()


def test_history_says_who_changed_what(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    member.name = "巴图尔"
    member.save()
    newest = journal.history("member", member.id)[0]
    assert (newest.person, newest.field, newest.old, newest.new) == (
        "管理员",
        "name",
        "巴图",
        "巴图尔",
    )


def test_a_write_outside_the_gate_is_refused(branch: Organization) -> None:
    with pytest.raises(Exception, match=r"(?i)not.null"):
        Member.insert(id=1, name="甲", organization=branch, office="1", category="full").execute()


def test_the_second_of_two_writers_is_told(branch: Organization) -> None:
    first = make(Member, name="巴图", organization=branch)
    second = Member.get_by_id(first.id)
    first.name = "巴图尔"
    first.save()
    second.phone = "13900000000"
    with pytest.raises(Refusal, match="刚改过"):
        second.save()
    assert Member.get_by_id(first.id).phone == ""


def test_a_failure_leaves_nothing_behind(branch: Organization) -> None:
    before = journal.head()
    with pytest.raises(ZeroDivisionError), journal.operation("半途而废"):
        make(Member, organization=branch)
        raise ZeroDivisionError
    assert journal.head() == before
    assert not Member.select().exists()
    assert journal.current() is None


def test_changes_are_told_once_after_the_commit(branch: Organization) -> None:
    told: list[changes.Changes] = []
    stop = changes.listen(told.append)
    with journal.operation("两个人"):
        one, two = make(Member, organization=branch), make(Member, organization=branch)
        assert told == []
    stop()
    make(Member, organization=branch)
    assert [c.ids for c in told] == [{"member": frozenset({one.id, two.id})}]


def test_the_chain_is_whole_and_an_edit_is_seen(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    member.name = "巴图尔"
    member.save()
    assert journal.verify() == []
    database.execute_sql(
        "UPDATE journal SET changes = replace(changes, '巴图尔', '某某') WHERE verb = 'U'"
    )
    assert any("被改动" in finding for finding in journal.verify())


def test_a_missing_operation_is_seen(branch: Organization) -> None:
    for name in ("甲", "乙", "丙"):
        make(Member, name=name, organization=branch)
    middle = journal.operations()[1]
    database.execute_sql("DELETE FROM journal WHERE operation = ?", (middle.id,))
    database.execute_sql("DELETE FROM operation WHERE id = ?", (middle.id,))
    assert any("缺了一段" in finding for finding in journal.verify())


def test_bulk_rows_pass_the_same_journal(branch: Organization) -> None:
    with journal.operation("成批"):
        ids = insert_rows(
            Member,
            ("name", "organization", "category"),
            [(f"张{i}", branch.id, "full") for i in range(50)],
        )
        update_rows(Member, ["phone"], [(i, ("13900000000",)) for i in ids])
    assert Member.living().where(Member.phone == "13900000000").count() == 50
    assert journal.operations()[0].entries == 100
    assert Member.get_by_id(ids[0]).version == 2


def test_a_reader_cannot_write_and_sees_masks(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch, id_number="150425196001010016")
    with access.acting_as(Person(5, "查阅人", Role.READER)):
        assert "1960" not in member.shown(Member.id_number)
        member.name = "某某"
        with pytest.raises(Refusal, match="查阅"):
            member.save()
        with pytest.raises(Refusal, match="查阅"):
            insert_or_refuse(branch)
    assert member.shown(Member.id_number) == "150425196001010016"


def insert_or_refuse(branch: Organization) -> None:
    with journal.operation("越权"):
        insert_rows(Member, ("name", "organization", "category"), [("甲", branch.id, "full")])


def test_only_the_administrator_manages_people() -> None:
    from db.registers.account import Account

    with access.acting_as(Person(5, "录入员", Role.CLERK)), pytest.raises(Refusal):
        make(Account, name="新人", role="录入")


def test_a_retired_row_stays_and_can_come_back(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    member.retire("重复录入")
    assert Member.living().count() == 0
    assert Member.get_by_id(member.id).retired == "重复录入"
    member.restore()
    assert Member.living().count() == 1


def test_models_come_in_the_order_of_their_references() -> None:
    models = registry.models()
    assert models.index(Organization) < models.index(Member)


def test_a_row_that_others_stand_on_is_not_retired(branch: Organization) -> None:
    group = make(Organization, name="第一党小组", kind="group", parent=branch)
    with pytest.raises(Refusal, match="1 条“党组织”"):
        branch.retire("录入错误")
    group.retire("录入错误")
    member = make(Member, organization=branch)
    with pytest.raises(Refusal, match="1 条“党员”"):
        branch.retire("录入错误")
    member.retire("录入错误")
    branch.retire("录入错误")
    assert not Organization.living().exists()


def test_a_save_that_failed_can_be_repeated(branch: Organization) -> None:
    """The person frees the disk and presses the same button: nothing may look saved already."""
    member, other = build(Member, organization=branch, name="巴图"), Member.select()
    with pytest.raises(ZeroDivisionError), journal.operation("两步"):
        member.save()
        member.phone = "13900000000"
        member.save()
        raise ZeroDivisionError
    assert (member.id, member.version) == (None, 1)
    member.save()
    assert [(m.name, m.phone, m.version) for m in other.clone()] == [("巴图", "13900000000", 1)]
    with pytest.raises(ZeroDivisionError), journal.operation("又两步"):
        member.name = "巴图尔"
        member.save()
        raise ZeroDivisionError
    member.save()
    assert Member.get().name == "巴图尔"
    with pytest.raises(ZeroDivisionError), journal.operation("停用"):
        member.retire("重复")
        raise ZeroDivisionError
    member.save()
    assert Member.get().retired == ""


def test_a_part_that_fails_goes_alone_when_the_rest_goes_on(branch: Organization) -> None:
    """An import catches the refusal of one row; half of that row's steps must not stay."""
    with journal.operation("逐行"):
        for name in ("甲", "乙", "丙"):
            try:
                with journal.operation("一行两步"):
                    made = make(Member, organization=branch, name=name)
                    if name == "乙":
                        raise Refusal("乙的第二步不行")
                    made.phone = "13900000000"
                    made.save()
            except Refusal:
                continue
    assert sorted(m.name for m in Member.select()) == ["丙", "甲"]
    assert journal.verify() == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_leaves_nothing_and_the_next_step_works(
    branch: Organization, stop: type[BaseException]
) -> None:
    with pytest.raises(stop), journal.operation("外"), journal.operation("内"):
        make(Member, organization=branch)
        raise stop
    assert journal.current() is None
    make(Member, organization=branch)
    assert Member.select().count() == 1


def test_an_interrupt_within_the_commit_leaves_no_open_transaction(
    branch: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(database.obj, "commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(Member, organization=branch)
    monkeypatch.undo()
    assert not database.holds_transaction()
    make(Member, organization=branch)
    assert Member.select().count() == 1


def test_a_mapping_changed_in_place_is_kept_too() -> None:
    from db.registers.commendation import Nomination

    row = make(Nomination, **AGREEING["commendation_nomination"](), overrides={"a": "甲"})
    row.overrides["b"] = "乙"
    row.save()
    assert Nomination.get_by_id(row.id).overrides == {"a": "甲", "b": "乙"}
    version = row.version
    row.save()
    assert Nomination.get_by_id(row.id).version == version


def test_a_reason_that_cannot_be_written_is_refused(branch: Organization) -> None:
    for reason in ("", "  ", "坏\ud800字", "长" * 201):
        with pytest.raises(Refusal):
            branch.retire(reason)
    assert branch.retired == ""
    assert Organization.living().count() == 1


def test_an_approver_decides_but_does_not_edit(branch: Organization) -> None:
    member = make(Member, organization=branch)
    with access.acting_as(Person(6, "审批人", Role.APPROVER)):
        member.phone = "13900000000"
        with pytest.raises(Refusal, match="不能修改"):
            member.save()
        with access.approving("member", "党员"):
            member.save()
        step = journal.operations()[0].id
        founding = journal.operations()[1].id
        with pytest.raises(Refusal, match="不能修改"):
            undo(founding)
        undo(step)
    assert Member.get().phone == ""
    with (
        access.acting_as(Person(5, "录入员", Role.CLERK)),
        pytest.raises(Refusal, match="不能审批"),
        access.approving(),
    ):
        pass


def test_a_reference_that_is_gone_is_said_in_words(branch: Organization) -> None:
    """A form was open while an older backup came back, in which the chosen row is not."""
    from db.registers.member import Honour

    for row in (
        Member(name="巴图", organization=branch.id + 99, category="full"),
        Honour(member=branch.id + 99, title_given="优秀共产党员", on="2021"),
    ):
        with pytest.raises(Refusal, match="已不存在"):
            row.save()
        assert row.id is None
    member = make(Member, organization=branch)
    member.organization = branch.id + 99
    with pytest.raises(Refusal, match="已不存在"):
        member.save()
    member.organization = branch
    member.phone = "13900000000"
    member.save()
    assert Member.get_by_id(member.id).phone == "13900000000"
