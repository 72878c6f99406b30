from __future__ import annotations

import pytest

from db import access, changes, journal, registry
from db.access import Person, Role
from db.connection import database
from db.errors import Refusal
from db.record import insert_rows, update_rows
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import build, make

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def branch() -> Organization:
    return make(Organization, name="哈沙图嘎查党支部", kind="branch")


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
    with pytest.raises(Exception, match="NOT NULL"):
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


def test_undo_puts_back_and_redo_does_again(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    member.name, member.phone = "巴图尔", "13900000000"
    member.save()
    undone = undo(journal.operations()[0].id)
    assert Member.get_by_id(member.id).name == "巴图"
    undo(undone)
    assert Member.get_by_id(member.id).name == "巴图尔"
    assert journal.verify() == []


def test_undo_of_new_rows_retires_them(branch: Organization) -> None:
    with journal.operation("导入", kind="import"):
        insert_rows(Member, ("name", "organization", "category"), [("甲", branch.id, "full")] * 3)
    operation = journal.operations()[0]
    undo(operation.id)
    assert Member.select().count() == 3
    assert Member.living().count() == 0
    undo(journal.operations()[0].id)
    assert Member.living().count() == 3
    undo(journal.operations()[0].id)
    assert Member.living().count() == 0


def test_undo_refuses_when_later_work_builds_on_it() -> None:
    branch = make(Organization, name="新支部", kind="branch")
    founding = journal.operations()[0].id
    make(Member, name="巴图", organization=branch)
    with pytest.raises(Refusal, match="新支部"):
        undo(founding)
    assert Organization.get_by_id(branch.id).retired == ""


def test_undo_refuses_when_the_field_changed_again(branch: Organization) -> None:
    member = make(Member, name="巴图", organization=branch)
    member.phone = "13900000000"
    member.save()
    first = journal.operations()[0].id
    member.phone = "13911111111"
    member.save()
    with pytest.raises(Refusal, match="手机号码"):
        undo(first)


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
