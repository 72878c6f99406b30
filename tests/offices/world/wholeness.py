"""After a rest every paper that an office's rows name lies whole at that office and at the county."""

from __future__ import annotations

from typing import Any

from db.exchange import attached, keys
from db.identity import identity
from tests.offices.papers import Papers, papers
from tests.offices.world.county import World
from tests.offices.world.seats import Seat


def quiet(world: World, towns: list[str]) -> bool:
    """Nobody owes anybody a paper, and none is missing that is still anywhere."""
    if any(seat.do(_owed) for seat in world.seats.values()):
        return False
    there = {name: seat.papers() for name, seat in world.seats.items()}
    anywhere = set().union(*there.values())
    return all(
        named & anywhere <= there["county"] & there[town]
        for town in towns
        for named in [_shared(world, town)]
    )


def _shared(world: World, town: str) -> set[str]:
    code = world.seats[town].code
    return {each for seat in _pair(world, town) for each in seat.do(lambda: attached.named(code))}


def _pair(world: World, town: str) -> tuple[Seat, Seat]:
    return world.county, world.seats[town]


def _owed() -> list[Any]:
    us = identity()
    return [file for peer in keys.peers() for file in attached.owed(us, peer.office).files]


def check(world: World, towns: list[str]) -> None:
    """I1, I4: at both sides, byte for byte, unless the last disk that had it is gone; nothing goes on for ever."""
    seen: dict[str, Papers] = {name: seat.do(papers) for name, seat in world.seats.items()}
    at_county = seen["county"].whole
    for town in towns:
        shared = _shared(world, town)
        one_sided = shared & (at_county ^ seen[town].whole)
        assert not one_sided, f"I4: {town}: papers at one side only: {sorted(one_sided)}"
        nowhere = shared - at_county - world.gone
        assert not nowhere, f"I1: {town}: papers are lost: {sorted(nowhere)}"
    world.receipted |= at_county
    lost = world.receipted - world.gone - world.county.papers()
    assert not lost, f"I1: the county had and lost {sorted(lost)}"
    for name, seat in world.seats.items():
        assert not seat.do(_owed), f"I8: {name} goes on carrying what is there"
