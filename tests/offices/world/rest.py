"""Everybody exchanges until nothing moves any more; then every oracle holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from db import identity
from db.connection import database
from db.exchange import conflict, keys, receiving, sending
from db.exchange.carrier import Folder
from tests.offices import oracles
from tests.offices.desks import COUNTY
from tests.offices.world import mishaps, wholeness
from tests.offices.world.county import World
from tests.offices.world.seats import Seat

#: Registers of the county that every township holds as well.
_SHARED = frozenset({"visit_rule"})
_MOST_TURNS = 8


def rest(world: World) -> None:
    """Come to rest and check."""
    with world.ruled():
        known = world.known_anywhere()
        _fold_second_pcs(world)
        towns = [name for name in world.seats if name != "county"]
        for turn in range(_MOST_TURNS):
            _exchange_once(world, towns)
            if turn and _quiet(world, towns):
                break
        _check(world, towns, known)
    world.went_back.clear()
    world.note("rest", world.steps, world.county.digest())


def _exchange_once(world: World, towns: list[str]) -> None:
    shelf = world.root / "shelf"
    shelf.mkdir(exist_ok=True)
    for seat in world.seats.values():
        seat.do(mishaps.suspects)
    for name in towns:
        world.seats[name].do(lambda: sending.send(Folder(shelf)))
    _receive_shelf(world, "county", shelf)
    world.county.do(lambda: world.decide_some(1.0))
    world.county.do(lambda: sending.send(Folder(shelf)))
    for name in towns:
        _receive_shelf(world, name, shelf)
        world.seats[name].do(lambda: world.decide_some(1.0))
    # What the townships answer travels back with the next round.
    for file in shelf.iterdir():
        if not file.name.startswith(f"{COUNTY}_") or file.suffix != ".zytr":
            file.unlink()


def _receive_shelf(world: World, name: str, shelf: Path) -> None:
    seat = world.seats[name]
    before = seat.do(world.said)
    seat.do(lambda: receiving.receive(receiving.in_folder(Folder(shelf)), approve=True))
    world.check_steps(before, seat.do(world.said))


def _fold_second_pcs(world: World) -> None:
    """A second PC tells all it has and is put away; the first one then gets it from the county."""
    for name in sorted(world.doubled):
        for _turn in range(6):
            _exchange_once(world, [f"{name} second"])
        for _turn in range(3):
            _exchange_once(world, [name])
        world.seats.pop(f"{name} second").close()
    world.doubled.clear()


def _quiet(world: World, towns: list[str]) -> bool:
    county = world.county
    return (
        all(
            county.digest(world.seats[n].code) == world.seats[n].digest(world.seats[n].code)
            and all(county.digest(COUNTY)[s] == world.seats[n].digest(COUNTY)[s] for s in _SHARED)
            for n in towns
        )
        and not county.do(conflict.pending)
        and wholeness.quiet(world, towns)
    )


def _check(world: World, towns: list[str], known: dict[oracles.Place, set[Any]]) -> None:
    at_county = world.county.do(world.said)
    waits = world.county.do(conflict.listed)
    assert waits == [], f"something still waits: {waits[:3]}"
    for name in towns:
        _check_town(world, name)
    world.county.do(oracles.chained)
    for place, values in known.items():
        assert place in at_county, f"I1: row {place} is gone"
        world.sayings.check_rest(place, at_county[place], values)
    wholeness.check(world, towns)


def _check_town(world: World, name: str) -> None:
    """I4, I7, I8, I9 between the county and one township."""
    county, town = world.county, world.seats[name]
    code, pair = town.code, (world.county, town)
    _agree(name, *(each.do(lambda: oracles.every_row(code)) for each in pair))
    oracles.agree(county.digest(code), town.digest(code))
    _agree(name, *(each.do(_shared_rows) for each in pair))
    peer = county.do(lambda: keys.known(code))
    town.do(lambda: oracles.chained(peer))
    _agree(name, *(each.do(lambda: oracles.money_of(code)) for each in pair))
    _agree(name, *(each.do(lambda: oracles.shown(code)) for each in pair))
    oracles.belong(*(each.do(oracles.owners) for each in pair), code)
    _check_status(world, town, peer)


def _shared_rows() -> dict[tuple[str, int], Any]:
    return {key: row for key, row in oracles.every_row(COUNTY).items() if key[0] in _SHARED}


def _agree(name: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> None:
    assert ours == theirs, f"I4: {name}: {oracles.differing(ours, theirs)}"


def _check_status(world: World, seat: Seat, peer: keys.Peer) -> None:
    """I8, of the packets of the present incarnation."""
    if "county" in world.went_back:
        return
    ours = seat.do(identity.identity).incarnation
    sent = seat.do(
        lambda: database.execute_sql(
            "SELECT number, name FROM exchange_sent WHERE state = 'received' AND incarnation = ?",
            (ours,),
        ).fetchall()
    )
    received = world.county.do(
        lambda: dict(
            database.execute_sql(
                "SELECT number, hash FROM exchange_received WHERE office = ? AND incarnation = ?",
                (seat.code, ours),
            ).fetchall()
        )
    )
    oracles.truthful(sent, received, peer.their_number)
