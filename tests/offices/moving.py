"""A member of one township who is going to another, and what is asked about it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from db.exchange import conflict, transferring
from db.registers.member import Honour, Member, MemberFlag, Post, StatusChange
from tests.offices.desks import TWO, Desk, branch, person

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


def begin(county: Desk, one: Desk, two: Desk, stick: Path) -> Moving:
    """The member is at the first township, with a history, and everybody knows it."""
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
