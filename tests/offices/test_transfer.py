"""组织关系转接: a member goes from one township to another through the county, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from db import journal
from db.connection import database
from db.errors import Refusal
from db.exchange import conflict, handover, keys, owners, transferring
from db.exchange import offices as directory
from db.identity import identity
from db.registers.member import Discipline, Honour, Member, MemberFlag, Post, StatusChange
from db.registers.organization import Organization
from db.registers.transfer import Transfer, TransferReceipt
from db.undo import undo
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, ONE, TWO, Desk, branch, enrol, person

DAY = "2026-11-20"
ID = "150425196001010016"


class Moving(NamedTuple):
    """Two townships with their committees, and a member of the first one."""

    county: Desk
    one: Desk
    two: Desk
    stick: Path
    member: int
    branch: int


@pytest.fixture
def moving(offices: Offices) -> Moving:
    county, one, two, stick = offices
    with one.open():
        committee = branch("白音胡舒苏木党委", kind="committee", township=1)
        first = branch("哈沙图嘎查党支部", parent=committee)
        member = person("王𠮷", first, id_number=ID, phone="13800000001")
        StatusChange(member=member, kind="admitted", on="2001-07-01", target=first).save()
        Honour(member=member, title_given="优秀共产党员", on="2019-07-01").save()
        MemberFlag(member=member, kind="mobile", from_on="2020-01-01").save()
        Post(organization=first, kind="secretary", member=member, from_on="2021-03-01").save()
    with two.open():
        branch("沙日布拉格苏木党委", kind="committee", township=1)
    around(county, stick, one, two)
    return Moving(county, one, two, stick, member, first)


def around(county: Desk, stick: Path, *towns: Desk) -> None:
    """Everybody sends, the county takes in and sends, everybody takes in."""
    for town in towns:
        town.send(stick)
    county.receive(stick)
    county.send(stick)
    for town in towns:
        town.receive(stick)


def let_go(member: int, to: str = TWO) -> int:
    return int(transferring.ask(Member.get_by_id(member), to, DAY).id)


def owner(desk: Desk, member: int) -> str:
    return str(desk.do(lambda: Member.get_by_id(member).office))


def assert_at_rest(county: Desk, *towns: Desk) -> None:
    for town in towns:
        assert county.digest(town.code) == town.digest(town.code)
    assert county.do(conflict.listed) == []


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


@pytest.mark.parametrize("knew", [True, False])
def test_what_the_old_office_said_while_the_county_had_forgotten_is_not_lost(
    moving: Moving, knew: bool
) -> None:
    county, one, two, stick, member, _first = moving
    with one.open():
        other = person("李四", Organization.get(Organization.township == 1).id)
    forgotten = county.copy()
    around(county, stick, one, two)
    old, member = (county.copy(), member) if knew else (forgotten, other)
    county.do(lambda: let_go(member))
    lost = stick.with_name("lost")
    lost.mkdir()
    county.send(lost)
    two.receive(lost)
    county.restore(old)
    with one.open():
        late = Member.get_by_id(member)
        before, late.phone = late.phone, "13900000002"
        late.save()
    around(county, stick, one)
    around(county, stick, one)
    assert county.do(lambda: Member.get_by_id(member).phone) == "13900000002"
    around(county, stick, two)
    around(county, stick, two)
    (asked,) = county.do(conflict.listed)
    assert (asked["ours"], asked["theirs"]) == ("13900000002", before)
    county.do(lambda: conflict.decide(asked["id"], "ours"))
    around(county, stick, one, two)
    around(county, stick, one, two)
    assert two.do(lambda: Member.get_by_id(member).phone) == "13900000002"
    assert_at_rest(county, one, two)


def test_a_correction_that_went_with_a_member_and_was_forgotten_is_not_lost(
    moving: Moving,
) -> None:
    county, one, two, stick, member, _first = moving
    old = county.copy()

    def correct() -> None:
        kept = Member.get_by_id(member)
        kept.phone = "13800000009"
        kept.save()

    county.do(lambda: let_go(member))
    county.do(correct)
    around(county, stick, one, two)
    county.restore(old)
    # It gives the member away once more, and back, before anybody has told it what it forgot.
    county.do(lambda: let_go(member))
    county.do(lambda: let_go(member, ONE))
    for _turn in range(3):
        around(county, stick, one, two)
    (late,) = county.do(conflict.pending)
    assert (late.kind, late.field) == ("late", "phone")
    assert (late.ours, late.theirs) == ("13800000001", "13800000009")
    county.do(lambda: conflict.decide(late.id, "theirs"))
    around(county, stick, one, two)
    assert one.do(lambda: Member.get_by_id(member).phone) == "13800000009"
    assert_at_rest(county, one, two)


@pytest.mark.parametrize("who_asks", ["one", "county"])
def test_a_letter_that_the_county_lost_comes_back_from_where_it_was_shown(
    moving: Moving, who_asks: str
) -> None:
    county, one, two, stick, member, _first = moving
    if who_asks == "one":
        one.do(lambda: let_go(member))
        around(county, stick, one)
    old = county.copy()
    letter = county.do(lambda: let_go(member))
    lost = stick.with_name("lost")
    lost.mkdir()
    county.send(lost)
    two.receive(lost)
    past = two.do(lambda: Transfer.get_by_id(letter).past)
    with two.open():
        home = Organization.get(Organization.township == 1)
        transferring.accept(Transfer.get_by_id(letter), home, "2026-11-28")
    county.restore(old)
    for _turn in range(4):
        around(county, stick, one, two)
    assert past
    for desk in (county, one, two):
        with desk.open():
            kept = Transfer.get_by_id(letter)
            assert (kept.state, kept.received_on, kept.past) == ("received", "2026-11-28", past)
    assert_at_rest(county, one, two)


def test_what_both_offices_tell_the_county_that_forgot_it_is_no_question(moving: Moving) -> None:
    county, one, two, stick, member, _first = moving
    old = county.copy()
    with county.open():
        said = Member.get_by_id(member)
        said.school = "内蒙古师范大学"
        said.save()
    around(county, stick, one)
    county.do(lambda: let_go(member))
    lost = stick.with_name("lost")
    lost.mkdir()
    county.send(lost)
    one.receive(lost)
    two.receive(lost)
    county.restore(old)
    for _turn in range(3):
        around(county, stick, one)
        around(county, stick, two)
    assert county.do(conflict.listed) == []
    assert county.do(lambda: Member.get_by_id(member).school) == "内蒙古师范大学"
    assert_at_rest(county, one, two)


def test_a_township_gives_back_no_letter_of_which_it_got_nobody(moving: Moving) -> None:
    county, _one, two, stick, _member, _first = moving
    with two.open():
        home = Organization.get(Organization.township == 1)
        own = Member.get_by_id(person("李四", home.id))
        forged = transferring.leave_county(own, DAY, to_name="包头市昆区").id
        with journal.operation("自拟"):
            database.execute_sql(
                "UPDATE transfer SET office = ?, taker = ?, member_id = ? WHERE id = ?",
                (ONE, TWO, own.id, forged),
            )
    two.restore(two.copy())
    two.send(stick)
    assert sum(each["refused"] for each in county.receive(stick)) == 1
    assert county.do(lambda: Transfer.get_or_none(Transfer.id == forged)) is None


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


@pytest.mark.parametrize("who", ["county", "one", "two", "county and one", "county and two"])
@pytest.mark.parametrize("heard", [(), ("one",), ("two",), ("one", "two")], ids=str)
def test_restored_on_any_side_the_person_is_there_once(
    moving: Moving, who: str, heard: tuple[str, ...]
) -> None:
    county, one, two, stick, member, _first = moving
    desks = {"county": county, "one": one, "two": two}
    old = {name: desk.copy() for name, desk in desks.items()}
    county.do(lambda: let_go(member))
    lost = stick.with_name("lost")
    lost.mkdir()
    county.send(lost)
    for name in heard:
        desks[name].receive(lost)
    for name in who.split(" and "):
        desks[name].restore(old[name])
    for _turn in range(4):
        around(county, stick, one, two)
    # Where everybody who heard of it went back, nobody moved the member.
    knows = {"county", *heard} - set(who.split(" and "))
    moved = TWO if knows else ONE
    assert {owner(desk, member) for desk in (county, one)} == {moved}
    assert two.do(lambda: Member.select().where(Member.office == TWO).count()) == (moved == TWO)
    assert_at_rest(county, one, two)


def test_a_letter_that_only_the_taker_kept_comes_back_to_an_office_that_never_had_the_member(
    moving: Moving,
) -> None:
    """County and giver went back to before the member was there at all."""
    county, one, two, stick, member, first = moving
    old = {desk: desk.copy() for desk in (county, one)}
    with one.open():
        fresh = Member(name="赵新", organization=first, category="full")
        fresh.save()
    one.send(stick)
    county.receive(stick)
    letter = county.do(lambda: let_go(fresh.id))
    around(county, stick, one, two)
    for desk, copy in old.items():
        desk.restore(copy)
    other = stick.with_name("another stick")
    other.mkdir()
    for _turn in range(3):
        around(county, other, one, two)
    with one.open():
        found = Transfer.get_by_id(letter)
        assert (found.member.name, found.member.standing) == ("赵新", "transferred")
        assert found.from_name
        assert conflict.held(COUNTY) == []
    assert {owner(desk, fresh.id) for desk in (county, one, two)} == {TWO}
    assert owner(one, member) == ONE
    assert_at_rest(county, one, two)


def test_a_county_with_new_keys_believes_what_it_sealed_with_its_old_ones(
    moving: Moving, tmp_path: Path
) -> None:
    """It went back to before a transfer, and its keys were renewed: the seal that comes back is the old one."""
    from db.exchange import enrolment

    county, one, two, stick, member, _first = moving
    before = county.copy()
    county.do(lambda: let_go(member))
    around(county, stick, one, two)
    county.restore(before)
    county.do(enrolment.renew_keys)
    for town in (one, two):
        enrol(county, town, tmp_path)
    for _turn in range(4):
        around(county, stick, one, two)
    assert {owner(desk, member) for desk in (county, one, two)} == {TWO}
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
