"""An office that went back to before a transfer: nobody is there twice, and nothing said is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import journal
from db.connection import database
from db.exchange import conflict, transferring
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.transfer import Transfer
from tests.offices.desks import COUNTY, ONE, TWO, enrol, person
from tests.offices.moving import DAY, Moving, around, assert_at_rest, let_go, owner

pytestmark = pytest.mark.both_engines


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


def test_what_the_old_office_forgot_itself_is_still_asked_about(moving: Moving) -> None:
    """It wrote of a member who was another's already, told the county so, and went back to before it wrote."""
    county, one, two, stick, member, _first = moving
    county.do(lambda: let_go(member))
    around(county, stick, two)
    old = one.copy()
    with one.open():
        said = Member.get_by_id(member)
        said.address = "东街"
        said.save()
    one.send(stick)
    county.receive(stick)
    one.restore(old)
    for _turn in range(3):
        around(county, stick, one, two)
    (asked,) = county.do(conflict.listed)
    assert (asked["kind"], asked["theirs"]) == ("late", "东街")
    county.do(lambda: conflict.decide(asked["id"], "theirs"))
    for _turn in range(2):
        around(county, stick, one, two)
    assert {desk.do(lambda: Member.get_by_id(member).address) for desk in (county, two)} == {"东街"}
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
