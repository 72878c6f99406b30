"""组织关系转接: a member goes from one township to another through the county, and nothing is lost."""

from __future__ import annotations

import pytest

from db import journal
from db.errors import Refusal
from db.exchange import conflict, handover, keys, owners, transferring
from db.exchange import offices as directory
from db.identity import identity
from db.registers.member import Discipline, Honour, Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization
from db.registers.transfer import Transfer, TransferReceipt
from db.undo import undo
from tests.offices.desks import COUNTY, ONE, TWO, branch
from tests.offices.moving import DAY, Moving, around, assert_at_rest, let_go, owner

pytestmark = pytest.mark.both_engines


def test_the_county_moves_a_member_with_its_history(moving: Moving) -> None:
    county, one, two, stick, member, first = moving
    county.do(lambda: let_go(member))
    around(county, stick, one, two)
    assert_at_rest(county, one, two)
    assert [owner(desk, member) for desk in (county, one, two)] == [TWO, TWO, TWO]
    with two.open():
        here = Member.get_by_id(member)
        assert (here.name, here.organization.name) == ("王𠮷", "沙日布拉格苏木党委")
        (admitted,) = StatusChange.select().where(StatusChange.member == member)
        assert (admitted.kind, admitted.elsewhere) == ("admitted", "哈沙图嘎查党支部")
        assert [row.title_given for row in Honour.select()] == ["优秀共产党员"]
        assert MemberFlag.select().count() == 1
        (letter,) = Transfer.select()
        assert ["2021-03-01", "哈沙图嘎查党支部书记（至2026-11-20）"] in letter.past
    with one.open():
        trace = Member.get_by_id(member)
        assert trace.standing == "transferred"
        assert trace.organization_id == first
        assert Post.get().until_on == DAY
        (gone,) = StatusChange.select().where(StatusChange.kind == "moved_out")
        assert (gone.office, gone.origin_id) == (ONE, first)
        trace.phone = "13900000002"
        with pytest.raises(Refusal, match="只能查看"):
            trace.save()
        with pytest.raises(Refusal, match="只能查看"):
            Honour(member=member, title_given="先进", on=DAY).save()


def test_a_township_asks_the_county_approves_the_other_answers(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    asked = one.do(lambda: let_go(member))
    assert one.do(lambda: Member.get_by_id(member).standing) == "normal"
    with one.open(), pytest.raises(Refusal, match="没有办完"):
        let_go(member)
    around(county, stick, one, two)
    assert two.do(lambda: Transfer.select().count()) == 0
    assert county.do(lambda: let_go(member)) == asked
    around(county, stick, one, two)
    with two.open():
        letter = Transfer.get_by_id(asked)
        assert letter.number == "2026年第001号"
        target = branch("巴彦嘎查党支部", parent=Organization.get(Organization.township == 1))
        transferring.accept(letter, Organization.get_by_id(target), "2026-11-28", "李四")
        with pytest.raises(Refusal, match="已经接收过"):
            transferring.accept(letter, Organization.get_by_id(target), "2026-11-28")
    around(county, stick, one, two)
    around(county, stick, one, two)
    for desk in (county, one, two):
        with desk.open():
            letter = Transfer.get_by_id(asked)
            assert (letter.state, letter.received_on) == ("received", "2026-11-28")
            assert letter.received_by == "巴彦嘎查党支部"
    assert_at_rest(county, one, two)


def test_what_the_old_office_says_later_is_put_before_the_county(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    county.do(lambda: let_go(member))
    with one.open():
        late = Member.get_by_id(member)
        late.phone, late.standing = "13900000002", "deceased"
        late.save()
        Discipline(member=member, kind="warning", on="2026-11-19").save()
    around(county, stick, one, two)
    found = {one["field"]: one for one in county.do(conflict.listed)}
    assert {kind["kind"] for kind in found.values()} == {"late"}
    assert (found["phone"]["ours"], found["phone"]["theirs"]) == ("13800000001", "13900000002")
    assert found["standing"]["theirs"] == "deceased"
    county.do(lambda: conflict.decide(found["phone"]["id"], "theirs"))
    county.do(lambda: conflict.decide(found["standing"]["id"], "ours"))
    around(county, stick, one, two)
    with two.open():
        here = Member.get_by_id(member)
        assert (here.phone, here.standing) == ("13900000002", "normal")
        assert Discipline.get().office == TWO
    around(county, stick, one, two)
    assert_at_rest(county, one, two)


def test_the_branch_that_stayed_behind_is_not_asked_about(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    county.do(lambda: let_go(member))
    with one.open():
        other = branch("乌兰察布嘎查党支部", parent=Organization.get(Organization.township == 1))
        late = Member.get_by_id(member)
        late.organization = other
        late.save()
    around(county, stick, one, two)
    assert county.do(conflict.listed) == []
    assert_at_rest(county, one, two)


def test_edits_told_only_after_the_handover_came_are_not_lost(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    county.do(lambda: let_go(member))
    with one.open():
        late = Member.get_by_id(member)
        late.phone = "13900000002"
        late.save()
        Honour(member=member, title_given="先进", on="2026-11-19").save()
    county.send(stick)
    one.receive(stick)
    assert owner(one, member) == TWO
    around(county, stick, one, two)
    (late_one,) = county.do(conflict.listed)
    assert (late_one["kind"], late_one["theirs"]) == ("late", "13900000002")
    county.do(lambda: conflict.decide(late_one["id"], "ours"))
    around(county, stick, one, two)
    assert two.do(lambda: {row.title_given for row in Honour.select()}) == {"优秀共产党员", "先进"}
    assert_at_rest(county, one, two)


def test_a_member_comes_back(moving: Moving) -> None:
    county, one, two, stick, member, first = moving
    county.do(lambda: let_go(member))
    around(county, stick, one, two)
    with two.open():
        here = Member.get_by_id(member)
        here.phone = "13900000003"
        here.save()
    around(county, stick, one, two)
    county.do(lambda: let_go(member, ONE))
    around(county, stick, one, two)
    assert [owner(desk, member) for desk in (county, one, two)] == [ONE, ONE, ONE]
    with one.open():
        back = Member.get_by_id(member)
        assert (back.phone, back.standing) == ("13900000003", "normal")
        transferring.accept(
            Transfer.get(Transfer.taker == ONE), Organization.get_by_id(first), "2026-11-25"
        )
    around(county, stick, one, two)
    assert_at_rest(county, one, two)


def test_there_and_back_before_anybody_heard_of_it(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    county.do(lambda: let_go(member))
    county.do(lambda: let_go(member, ONE))
    around(county, stick, one, two)
    around(county, stick, one, two)
    assert [owner(desk, member) for desk in (county, one, two)] == [ONE, ONE, ONE]
    assert_at_rest(county, one, two)


def test_what_was_written_before_a_member_went_and_came_back_is_ours_again(moving: Moving) -> None:
    """An honour that the county had not heard of went out of sight with the member, and comes back with it."""
    county, one, two, stick, member, _first = moving
    with one.open():
        honour = Honour(member=member, title_given="劳动模范", on="2026-07-01")
        honour.save()
    for to in (TWO, ONE):
        county.do(lambda to=to: let_go(member, to))
        county.send(stick)
        one.receive(stick)
    around(county, stick, one, two)
    for desk in (county, one):
        assert desk.do(lambda: Honour.get_by_id(honour.id).office) == ONE
    assert_at_rest(county, one, two)


@pytest.mark.parametrize("take", ["ours", "theirs"])
def test_what_was_not_told_before_a_member_went_and_came_back_is_told(
    moving: Moving, take: str
) -> None:
    county, one, two, stick, member, _first = moving
    with one.open():
        said = Member.get_by_id(member)
        said.address = "东街"
        said.save()
    for to in (TWO, ONE):
        county.do(lambda to=to: let_go(member, to))
        county.send(stick)
        one.receive(stick)
    (asked,) = one.do(conflict.listed)
    one.do(lambda: conflict.decide(asked["id"], take))
    around(county, stick, one, two)
    around(county, stick, one, two)
    here = {desk.do(lambda: Member.get_by_id(member).address) for desk in (county, one)}
    assert here == {"东街" if take == "ours" else ""}
    assert_at_rest(county, one, two)


def test_two_wishes_that_cross(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    asked = one.do(lambda: let_go(member))
    one.send(stick)
    around(county, stick, two)
    with county.open():
        wish = Transfer.get_by_id(asked)
        wish.to_office = COUNTY
        with pytest.raises(Refusal, match="已有一笔"):
            let_go(member, COUNTY)
        transferring.refuse(Transfer.get_by_id(asked), "材料不全")
    around(county, stick, one, two)
    assert one.do(lambda: Transfer.get_by_id(asked).answer) == "材料不全"
    again = one.do(lambda: let_go(member))
    county.do(lambda: let_go(member))
    around(county, stick, one, two)
    with county.open():
        assert Transfer.get_by_id(again).state == "refused"
        assert "沙日布拉格" in Transfer.get_by_id(again).answer
    around(county, stick, one, two)
    assert_at_rest(county, one, two)


def test_only_the_county_says_who_owns_what(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    with two.open():
        said = handover.Handover(7, "member", member, 1, ONE, TWO).sealed_by(keys.own().signing)
        assert owners.learn(identity(), [said]) == []
        Member.update(office=ONE).where(Member.id == 0).execute()
        with journal.operation("冒领"):
            from db.bulk import insert_rows

            home = Organization.get(Organization.township == 1).id
            insert_rows(Member, ("name", "organization", "category"), [("冒名", home, "full")])
    stolen = two.do(lambda: owners.known())
    assert stolen == {("member", member): (ONE, TWO)}
    with county.open():
        assert len(owners.learn(identity(), [said])) == 1
        assert owners.known() == {}
    around(county, stick, one, two)
    assert owner(county, member) == ONE


def test_a_handover_is_not_undone(moving: Moving) -> None:
    county, _one, _two, _stick, member, _first = moving
    with county.open():
        let_go(member)
        with pytest.raises(Refusal, match="再办一次转接"):
            undo(journal.operations(1)[0].id)


def test_the_offices_of_the_county_are_known_everywhere(moving: Moving) -> None:
    _county, one, _two, _stick, member, _first = moving
    with one.open():
        assert list(directory.known()) == [COUNTY, ONE, TWO]
        with pytest.raises(Refusal, match="没有代码为“999999”的单位"):
            let_go(member, "999999")


def test_out_of_the_county_and_into_it(moving: Moving) -> None:
    _county, one, _two, _stick, member, first = moving
    with one.open():
        letter = transferring.leave_county(Member.get_by_id(member), DAY, to_name="包头市昆区工委")
        assert Member.get_by_id(member).standing == "transferred"
        assert letter.due_on() == "2026-12-20"
        transferring.returned(letter, "2026-12-02", "昆区工委第三支部")
        assert Transfer.get_by_id(letter.id).state == "received"
        fresh = Member(name="赵新", organization=first, category="full")
        came = transferring.come_into_county(fresh, DAY, "临河区委组织部", number="临河第7号")
        assert came.member.standing == "normal"
        assert TransferReceipt.select().count() == 0
        with pytest.raises(Refusal, match="对方党组织的名称"):
            transferring.leave_county(Member.get_by_id(fresh.id), DAY)
        assert Member.get_by_id(fresh.id).standing == "normal"
