from __future__ import annotations

import pytest

from db.checking import check
from db.connection import database
from db.registers.member import Member, Post
from db.registers.organization import Organization, Term
from tests.factories import make


@pytest.fixture
def branch(office):
    return make(
        Organization, name="哈沙图嘎查党支部", kind="branch", founded_on="1990", domain="pastoral"
    )


def kinds() -> set[str]:
    return {finding.kind for finding in check()}


def person(branch, **over):
    given = {
        "standing": "normal",
        "category": "full",
        "joined_on": "2000-07",
        "confirmed_on": "2001-07",
    }
    return make(Member, organization=branch, **{**given, **over})


def post(branch, **over):
    return make(Post, organization=branch, kind="secretary", until_on="", **over)


def test_a_sound_office_has_only_what_is_missing(branch):
    member = person(branch, id_number="11010519491231002X", born_on="1949-12-31", sex="2")
    post(branch, member=member, from_on="2025-01-01")
    assert check() == []


def test_a_branch_without_a_secretary_is_named(branch):
    assert kinds() == {"head_vacant"}


def test_members_of_a_dissolved_branch_are_grave(branch):
    member = person(branch, id_number="11010519491231002X", born_on="1949-12-31", sex="2")
    branch.status = "dissolved"
    branch.save()
    [finding] = check()
    assert (finding.kind, finding.id, finding.grave) == (
        "member_in_ended_organization",
        member.id,
        True,
    )


def test_a_member_directly_under_a_committee(office):
    committee = make(Organization, name="西召镇党委", kind="committee")
    person(committee, id_number="11010519491231002X", born_on="1949-12-31", sex="2")
    assert "member_above_branch" in kinds()


def test_a_departed_member_who_still_holds_a_post(branch):
    member = person(branch)
    post(branch, member=member, from_on="2020-01-01")
    member.standing = "deceased"
    member.save()
    assert "post_of_ended_member" in kinds()


def test_two_secretaries_at_once(branch):
    for _ in range(2):
        post(branch, member=person(branch), from_on="2020-01-01")
    assert "two_heads" in kinds()


def test_a_renamed_member_is_another_name_on_the_post(branch):
    member = person(branch, name="王甲")
    post(branch, member=member, from_on="2020-01-01")
    member.name = "王乙"
    member.save()
    assert "post_name_differs" in kinds()


def test_a_post_older_than_the_term_and_a_due_date_of_its_own(branch):
    make(Term, organization=branch, elected_on="2025-06-01", due_on="2028-06-01")
    post(branch, member=person(branch), from_on="2020-01-01")
    assert {"post_before_term", "due_differs"} <= kinds()


def test_numbers_that_contradict_or_repeat(branch):
    person(branch, id_number="11010519491231002X", born_on="1949-12-30", sex="2")
    person(branch, id_number="11010519491231002X", born_on="1949-12-31", sex="1")
    person(branch, id_number="440524188001010014", born_on="1880-01-01", sex="1")
    person(branch, id_number="440524188001010015", born_on="1880-01-01", sex="1")
    assert {"born_on", "sex", "id_twice", "id_number"} <= kinds()


def test_an_old_number_and_its_new_form_are_one_person(branch):
    person(branch, id_number="110105491231002", born_on="1949-12-31", sex="2")
    person(branch, id_number="11010519491231002X", born_on="1949-12-31", sex="2")
    assert "id_twice" in kinds()


def test_an_edited_journal_is_found(branch):
    database.execute_sql(
        "UPDATE operation SET words = '别的' WHERE id = (SELECT max(id) FROM operation)"
    )
    found = [finding for finding in check() if finding.kind == "journal"]
    assert found
    assert found[0].grave
