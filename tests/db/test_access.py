from __future__ import annotations

import threading

import pytest

from db import access, journal, unlocking
from db import office as offices
from db.access import Person, Role
from db.bulk import insert_rows, save_many, update_rows
from db.errors import Refusal
from db.registers.account import Account
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.factories import build, make

pytestmark = pytest.mark.usefixtures("office")

#: Who may do what in an ordinary register, as the office was promised it.
PROMISED = {
    "read": {Role.ADMIN, Role.CLERK, Role.APPROVER, Role.READER},
    "write": {Role.ADMIN, Role.CLERK},
    "retire": {Role.ADMIN, Role.CLERK},
    "import": {Role.ADMIN, Role.CLERK},
    "approve": {Role.ADMIN, Role.APPROVER},
    "export": {Role.ADMIN, Role.CLERK, Role.APPROVER},
    "print": {Role.ADMIN, Role.CLERK, Role.APPROVER},
    "private": {Role.ADMIN, Role.CLERK, Role.APPROVER},
    "manage": {Role.ADMIN},
}


def as_role(role: Role) -> Person:
    return Person(99, f"某{role}", role)


@pytest.mark.parametrize("verb", PROMISED)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_what_was_promised_and_nothing_else(verb: str, role: Role) -> None:
    with access.acting_as(as_role(role)):
        assert access.can(verb, "member") == (role in PROMISED[verb])
        if role in PROMISED[verb]:
            access.require(verb, "member")
        else:
            with pytest.raises(Refusal, match=f"某{role}.*不能"):
                access.require(verb, "member", "党员")


@pytest.mark.parametrize("verb", ["write", "retire", "import"])
@pytest.mark.parametrize("role", Role)
def test_people_are_kept_by_administrators_only(verb: str, role: Role) -> None:
    with access.acting_as(as_role(role)):
        assert access.can(verb, "account") == (role is Role.ADMIN)


def test_every_way_to_write_asks_first() -> None:
    branch = make(Organization, name="甲支部", kind="branch")
    member = make(Member, organization=branch, name="巴图")
    step = journal.operations(1)[0].id
    head = journal.head()
    columns = ("name", "organization", "category")

    def in_operation(act):
        with journal.operation("越权"):
            act()

    ways = [
        lambda: make(Member, organization=branch),
        lambda: Member.create(name="甲", organization=branch, category="full"),
        lambda: setattr(member, "phone", "13900000000") or member.save(),
        lambda: member.retire("越权"),
        lambda: member.restore(),
        lambda: save_many([build(Member, organization=branch)]),
        lambda: in_operation(lambda: insert_rows(Member, columns, [("甲", branch.id, "full")])),
        lambda: in_operation(lambda: update_rows(Member, ["name"], [(member.id, ("甲",))])),
        lambda: undo(step),
    ]
    for role in (Role.READER, Role.APPROVER):
        with access.acting_as(as_role(role)):
            for way in ways:
                with pytest.raises(Refusal, match="不能"):
                    way()
    assert journal.head() == head


def test_nobody_is_nobody() -> None:
    folder = offices.current().folder
    offices.close_office()
    assert not access.can("read")
    with pytest.raises(Refusal, match="尚未登录"):
        access.require("read")
    with pytest.raises(Refusal, match="没有打开"):
        Member.select().count()
    with pytest.raises(Refusal):
        Member(name="甲").save()
    assert offices.exists(folder)


def test_acting_as_somebody_is_a_matter_of_one_thread() -> None:
    """The screen must not show what the administrator may while a job acts as the program."""
    seen: list[str] = []
    with access.acting_as(as_role(Role.READER)):
        other = threading.Thread(target=lambda: seen.append(access.acting().name))
        other.start()
        other.join()
        assert access.acting().name == "某查阅"
    assert seen == ["管理员"]
    assert access.acting().name == "管理员"


def test_approving_ends_with_the_decision_even_when_it_fails() -> None:
    with access.acting_as(as_role(Role.APPROVER)):
        with pytest.raises(ZeroDivisionError), access.approving("member"), access.approving():
            assert access.can("write", "member")
            assert not access.can("write", "account")
            assert not access.can("retire", "member")
            raise ZeroDivisionError
        assert not access.can("write", "member")


def test_private_columns_are_masked_for_readers_in_every_register() -> None:
    from db import registry
    from db.columns import columns_of

    branch = make(Organization, name="甲支部", kind="branch")
    member = make(
        Member,
        organization=branch,
        id_number="150425196001010016",
        phone="13947400001",
        address="某嘎查一组",
    )
    with access.acting_as(as_role(Role.READER)):
        assert [member.shown(Member.id_number)[3:14]] != ["42519600101"]
        assert "4740" not in member.shown(Member.phone)
        assert "嘎查" not in member.shown(Member.address)
        for model in registry.models():
            for field in columns_of(model):
                if field.private:
                    assert field.mask(field.nothing) == ""
    assert member.shown(Member.phone) == "13947400001"


def test_the_role_of_the_register_counts_at_the_next_login() -> None:
    office = offices.current()
    clerk = make(Account, name="李四", role="录入")
    unlocking.give_passphrase(clerk.id, "李四的一句口令")
    clerk.role = "查阅"
    clerk.save()
    offices.close_office()
    assert offices.open_office(office.folder, "李四的一句口令").role is Role.READER
    with pytest.raises(Refusal):
        unlocking.give_passphrase(clerk.id, "李四的另一句口令")
    with pytest.raises(Refusal):
        unlocking.renew_recovery()
    with pytest.raises(Refusal):
        unlocking.dismiss(clerk.id, "越权")
    unlocking.change_passphrase("李四的一句口令", "李四的另一句口令")
