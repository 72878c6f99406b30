from __future__ import annotations

import pytest

from db import journal, membership, organizing
from db.errors import Refusal
from db.registers.member import Member, Post, StatusChange
from db.registers.organization import Organization, OrganizationEvent, Term
from db.undo import undo
from tests.factories import make

pytestmark = pytest.mark.usefixtures("office")


@pytest.fixture
def committee() -> Organization:
    return make(Organization, name="某镇党委", kind="committee")


@pytest.fixture
def branches(committee: Organization) -> tuple[Organization, Organization]:
    one = make(Organization, name="一支部", kind="branch", parent=committee)
    two = make(Organization, name="二支部", kind="branch", parent=committee)
    return one, two


def kinds(organization: Organization) -> list[str]:
    return [
        e.kind
        for e in OrganizationEvent.living()
        .where(OrganizationEvent.organization == organization)
        .order_by(OrganizationEvent.id)
    ]


def test_merging_moves_people_and_can_be_taken_back(
    branches: tuple[Organization, Organization],
) -> None:
    one, two = branches
    members = [make(Member, organization=one) for _ in range(3)]
    post = make(Post, organization=one, kind="secretary", member=members[0], until_on="")
    organizing.merge([one], two, "2026-03-01", "某党发〔2026〕3号")
    assert organizing.members_of([two.id]) == 3
    assert Organization.get_by_id(one.id).status == "merged"
    assert Post.get_by_id(post.id).until_on == "2026-03-01"
    assert StatusChange.living().where(StatusChange.origin == one).count() == 3
    undo(journal.operations()[0].id)
    assert organizing.members_of([one.id]) == 3
    assert Organization.get_by_id(one.id).status == "active"
    assert StatusChange.living().count() == 0


def test_an_organization_with_people_is_not_dissolved(
    branches: tuple[Organization, Organization],
) -> None:
    one, _ = branches
    member = make(Member, organization=one)
    with pytest.raises(Refusal, match="1 名党员"):
        organizing.dissolve(one, "2026-03-01")
    membership.end(member, "moved_out", "2026-02-01", elsewhere="外旗某支部")
    organizing.dissolve(one, "2026-03-01")
    assert kinds(one) == ["dissolved"]
    assert Member.get_by_id(member.id).standing == "transferred"


def test_a_committee_with_branches_is_not_dissolved(
    committee: Organization, branches: tuple[Organization, Organization]
) -> None:
    with pytest.raises(Refusal, match="2 个下级组织"):
        organizing.dissolve(committee, "2026-03-01")


def test_upgrading_only_goes_up(branches: tuple[Organization, Organization]) -> None:
    one, _ = branches
    organizing.upgrade(one, "general_branch", "一总支", "2026-03-01")
    assert (one.kind, one.name) == ("general_branch", "一总支")
    with pytest.raises(Refusal, match="不高于"):
        organizing.upgrade(one, "branch", "", "2026-03-02")


def test_an_election_ends_the_old_group_and_sets_the_next_date(
    branches: tuple[Organization, Organization],
) -> None:
    one, _ = branches
    old, new = make(Member, organization=one), make(Member, organization=one)
    first = make(
        Post, organization=one, kind="secretary", member=old, from_on="2023-06-01", until_on=""
    )
    guide = make(
        Post,
        organization=one,
        kind="activity_instructor",
        holder_name="包村干部",
        until_on="",
        member=None,
    )
    term = Term(elected_on="2026-06-01", due_on="2029-06-01", number="第三届")
    organizing.elect(one, term, [organizing.Seat("secretary", new)])
    assert Post.get_by_id(first.id).until_on == "2026-06-01"
    assert Post.get_by_id(guide.id).until_on == ""
    assert Organization.get_by_id(one.id).election_due == "2029-06-01"
    holder = Post.living().where(
        Post.organization == one, Post.until_on == "", Post.kind == "secretary"
    )
    assert [p.holder_name for p in holder] == [new.name]


def test_the_tree_cannot_bite_its_tail(
    committee: Organization, branches: tuple[Organization, Organization]
) -> None:
    one, _ = branches
    with pytest.raises(Refusal, match="不能"):
        organizing.reassign(committee, one, "2026-01-01")
    assert organizing.below(committee.id)[0] == committee.id
    assert len(organizing.below(committee.id)) == 3


def test_a_probationary_member_is_confirmed_once(
    branches: tuple[Organization, Organization],
) -> None:
    one, two = branches
    member = membership.admit(
        Member(name="巴图", organization=one, category="probationary"), "2025-06-20"
    )
    assert (member.joined_on, member.category) == ("2025-06-20", "probationary")
    membership.confirm(member, "2026-06-20")
    with pytest.raises(Refusal):
        membership.confirm(member, "2026-06-21")
    membership.move(member, two, "2026-07-01")
    lines = StatusChange.living().where(StatusChange.member == member).order_by(StatusChange.id)
    assert [line.kind for line in lines] == ["admitted", "confirmed", "moved_within"]


def test_only_a_suspended_membership_is_restored(
    branches: tuple[Organization, Organization],
) -> None:
    member = make(Member, organization=branches[0])
    membership.end(member, "suspended", "2024-01-01")
    membership.restore(member, "2026-01-01")
    assert member.standing == "restored"
    membership.end(member, "expelled", "2026-02-01")
    with pytest.raises(Refusal, match="开除"):
        membership.restore(member, "2026-03-01")


def test_the_target_of_a_merger_may_have_stood_below_what_is_merged(
    committee: Organization,
) -> None:
    general = make(Organization, name="总支", kind="general_branch", parent=committee)
    one, two = (make(Organization, name=n, kind="branch", parent=general) for n in "甲乙")
    group = make(Organization, name="小组", kind="group", parent=two)
    make(Member, organization=two)
    organizing.merge([general, two], one, "2026-03-01")
    assert Organization.get_by_id(one.id).parent_id == committee.id
    assert Organization.get_by_id(group.id).parent_id == one.id
    assert organizing.members_of([one.id]) == 1
    assert {Organization.get_by_id(o.id).status for o in (general, two)} == {"merged"}


def test_what_has_ended_ends_only_once(branches: tuple[Organization, Organization]) -> None:
    one, two = branches
    member = make(Member, organization=one)
    suspended = make(Member, organization=one)
    membership.end(suspended, "suspended", "2024-01-01")
    with pytest.raises(Refusal, match="2 名党员"):
        organizing.dissolve(one, "2026-03-01")
    membership.end(member, "removed", "2026-02-01")
    for step in (
        lambda: membership.end(member, "deceased", "2026-03-01"),
        lambda: membership.move(member, two, "2026-03-01"),
        lambda: membership.confirm(member, "2026-03-01"),
    ):
        with pytest.raises(Refusal, match="不能再办理"):
            step()
    organizing.merge([one], two, "2026-03-01")
    assert Member.get_by_id(suspended.id).organization_id == two.id
    one = Organization.get_by_id(one.id)
    for step in (
        lambda: organizing.merge([one], two, "2026-03-02"),
        lambda: organizing.dissolve(one, "2026-03-02"),
        lambda: organizing.rename(one, "新名", "2026-03-02"),
    ):
        with pytest.raises(Refusal, match="不能再变动"):
            step()
    with pytest.raises(Refusal, match="不能调入"):
        membership.move(suspended, one, "2026-03-02")


def test_a_term_without_an_end_has_the_length_of_its_kind(
    branches: tuple[Organization, Organization],
) -> None:
    one, two = branches
    organizing.elect(one, Term(number="第五届", elected_on="2026-03-01", due_on=""), ())
    assert Organization.get_by_id(one.id).election_due == "2029-03-01"
    two.village = True
    organizing.elect(two, Term(number="第五届", elected_on="2026-03-01", due_on=""), ())
    assert Organization.get_by_id(two.id).election_due == "2031-03-01"


def test_a_term_that_ends_after_every_approved_delay_is_refused(
    branches: tuple[Organization, Organization],
) -> None:
    one, _ = branches
    with pytest.raises(Refusal, match="2030年3月1日"):
        organizing.elect(one, Term(elected_on="2026-03-01", due_on="2036-03-01"), ())
    assert Term.living().count() == 0
    organizing.elect(one, Term(elected_on="2026-03-01", due_on="2030-03-01"), ())
    assert Organization.get_by_id(one.id).election_due == "2030-03-01"
