"""Members go from one township to another with what is known of them; others come and leave for good."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from db.codes import code_list
from db.errors import Refusal
from db.exchange import transferring
from db.identity import identity
from db.record import Record
from db.registers.member import Discipline, Honour, Member, MemberFlag, Post
from db.registers.organization import Organization
from db.registers.transfer import Transfer
from tests.offices.world.county import World

_DAY = "2026-11-20"


def record(world: World) -> Any:
    """An honour, a sanction, a flag or a seat of a member, written at its office or at the county."""
    kind = world.chance.choice([Honour, Honour, Discipline, MemberFlag, Post])

    def what(member: Member) -> Any:
        row = _detail(world, kind, member)
        row.save()
        return kind.stem(), row.id

    return _somewhere(world, list(world.seats), _ours, what)


def _detail(world: World, kind: type[Record], member: Member) -> Record:
    word = world.next_word()
    if kind is Honour:
        return Honour(member=member, title_given=f"称号{word}", on="2025-07-01")
    if kind is Discipline:
        return Discipline(member=member, kind=code_list("discipline").codes[0], on="2025-03-01")
    if kind is MemberFlag:
        return MemberFlag(member=member, kind=code_list("member_flag").codes[0])
    where = member.organization
    return Post(organization=where, kind=code_list("post").codes[0], member=member)


def ask(world: World) -> Any:
    """A township wants to let somebody go, or the county moves somebody at once."""
    to = world.seats[world.any_town()].code

    def free() -> list[Member]:
        return [one for one in _ours() if one.office != to]

    return to, _somewhere(
        world, list(world.seats), free, lambda one: transferring.ask(one, to, _DAY).id
    )


def answer(world: World) -> Any:
    """The county lets somebody go, or does not."""
    lets = world.chance.random() < 0.8

    def what(one: Transfer) -> Any:
        if lets:
            return transferring.approve(one, _DAY).id
        return transferring.refuse(one, "材料不全")

    return lets, _somewhere(world, ["county"], transferring.asked, what)


def take_in(world: World) -> Any:
    """The other township puts somebody who came into a branch, or asks to send the person back."""
    takes = world.chance.random() < 0.8

    def there() -> list[Transfer]:
        here = world.living(Organization, identity().office_code)
        return transferring.waiting() if here else []

    def what(one: Transfer) -> Any:
        if not takes:
            return transferring.ask(one.member, one.office, _DAY).id
        branch = world.chance.choice(world.living(Organization, identity().office_code))
        return transferring.accept(one, branch, _DAY, world.next_word()[-3:])

    return takes, _somewhere(world, _towns(world), there, what)


def leave(world: World) -> Any:
    """Somebody leaves for another county."""

    def what(one: Member) -> Any:
        return transferring.leave_county(one, _DAY, to_name="包头市昆区").id

    return _somewhere(world, _towns(world), _ours, what)


def arrive(world: World) -> Any:
    """Somebody comes from another county."""

    def branches() -> list[Organization]:
        return world.living(Organization, identity().office_code)

    def what(branch: Organization) -> Any:
        fresh = Member(name=f"赵{world.next_word()[-3:]}", organization=branch, category="full")
        return transferring.come_into_county(fresh, _DAY, "临河区委组织部").id

    return _somewhere(world, _towns(world), branches, what)


def answered(world: World) -> Any:
    """The other county has answered, or we have answered it."""

    def open_ones() -> list[Transfer]:
        mine = Transfer.living().where(
            Transfer.office == identity().office_code,
            Transfer.way != "within",
            Transfer.state == "approved",
        )
        return list(mine.order_by(Transfer.id))

    return _somewhere(
        world, _towns(world), open_ones, lambda one: transferring.returned(one, "2026-12-01")
    )


def _towns(world: World) -> list[str]:
    return [name for name in world.seats if name != "county"]


def _ours() -> list[Member]:
    """Members that the open office may write of."""
    us = identity()
    every = Member.living().order_by(Member.id)
    return [one for one in every if us.level == "county" or one.office == us.office_code]


def _somewhere(
    world: World, names: list[str], there: Callable[[], list[Any]], what: Callable[[Any], Any]
) -> Any:
    """Do it to one of those there are, at the first desk in a drawn order that has any."""
    world.chance.shuffle(names)
    for name in names:
        with world.seats[name].open():
            found = there()
            if not found:
                continue
            one = world.chance.choice(found)
            with suppress(Refusal):
                return name, getattr(one, "id", None), what(one)
            return name, getattr(one, "id", None), "refused"
    return None
