"""An operation taken back, done again, or refused because later work stands on it."""

from __future__ import annotations

import pytest

from db import journal
from db.bulk import insert_rows
from db.errors import Refusal
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import make

pytestmark = [pytest.mark.usefixtures("office"), pytest.mark.both_engines]


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


def test_undo_refuses_what_would_contradict_a_later_record() -> None:
    first = make(Organization, name="甲支部", kind="branch", code="A1")
    first.code = "A2"
    first.save()
    step = journal.operations()[0].id
    make(Organization, name="乙支部", kind="branch", code="A1")
    with pytest.raises(Refusal, match="矛盾"):
        undo(step)
    assert Organization.get_by_id(first.id).code == "A2"


def test_undo_of_an_import_that_founded_branches_takes_them_too(branch: Organization) -> None:
    old = make(Member, organization=branch, name="旧人")
    with journal.operation("导入", kind="import") as opened:
        fresh = make(Organization, name="新支部", kind="branch")
        insert_rows(Member, ("name", "organization", "category"), [("新人", fresh.id, "full")] * 2)
        old.organization = fresh
        old.save()
    undone = undo(opened.id)
    assert [m.name for m in Member.living()] == ["旧人"]
    assert Member.get_by_id(old.id).organization_id == branch.id
    assert [o.id for o in Organization.living()] == [branch.id]
    undo(undone)
    assert Member.living().where(Member.organization == fresh).count() == 3
    assert journal.verify() == []


def test_undo_sees_that_an_older_row_moved_onto_a_new_one(branch: Organization) -> None:
    old = make(Member, organization=branch, name="旧人")
    with journal.operation("导入", kind="import") as opened:
        fresh = make(Organization, name="新支部", kind="branch")
        old.phone = "13900000000"
        old.save()
    old.organization = fresh
    old.save()
    with pytest.raises(Refusal, match="新支部"):
        undo(opened.id)
    assert Organization.get_by_id(fresh.id).retired == ""


def test_undo_respects_a_later_change_that_was_undone_and_done_again(
    branch: Organization,
) -> None:
    member = make(Member, organization=branch)
    made = journal.operations()[0].id
    member.phone = "13900000000"
    member.save()
    changed = journal.operations()[0].id
    undone = undo(changed)
    again = undo(undone)
    with pytest.raises(Refusal, match="后来又改过"):
        undo(made)
    undo(again)
    undo(made)
    assert not Member.living().exists()


def test_the_words_of_undo_do_not_grow(branch: Organization) -> None:
    member = make(Member, organization=branch, name="巴图")
    member.phone = "13900000000"
    member.save()
    step = journal.operations()[0].id
    for _ in range(4):
        step = undo(step)
    words = [o.words for o in journal.operations(4)]
    assert words == ["重做：修改党员“巴图”", "撤销：修改党员“巴图”"] * 2


def test_search_finds_a_row_under_its_old_name_again_after_undo(branch: Organization) -> None:
    from db import search

    member = make(Member, organization=branch, name="巴图")
    member.name = "斯琴高娃"
    member.save()
    undo(journal.operations()[0].id)
    assert [h.id for h in search.query("巴图", ["member"])] == [member.id]
    assert search.query("斯琴高娃", ["member"]) == []


def test_undoing_a_redo_minds_what_was_built_on_it_since() -> None:
    branch = make(Organization, name="新支部", kind="branch")
    founding = journal.operations()[0].id
    redone = undo(undo(founding))
    make(Member, name="巴图", organization=branch)
    with pytest.raises(Refusal, match="新支部"):
        undo(redone)
    assert Organization.get_by_id(branch.id).retired == ""
