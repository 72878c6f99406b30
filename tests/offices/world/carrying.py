"""Packets and receipts go about."""

from __future__ import annotations

from typing import Any

from db.errors import Trouble
from db.exchange import receiving, sending
from tests.offices import oracles
from tests.offices.world.county import World
from tests.offices.world.sticks import HOW, Stick


def send(world: World) -> Any:
    name = world.any_seat()
    return name, _send(world, name, Stick(world.drawer))


def send_to_one(world: World) -> Any:
    to = world.any_town()
    return to, _send(world, "county", Stick(world.drawer), world.seats[to].code)


def send_to_ill_stick(world: World) -> Any:
    name = world.any_seat()
    stick = Stick(world.drawer, world.chance.randint(1, 4), world.chance.choice(HOW))
    return name, stick.how, _send(world, name, stick)


def _send(world: World, name: str, stick: Stick, to: str = "") -> Any:
    try:
        sent = world.seats[name].do(lambda: sending.send(stick, to))
    except Trouble as trouble:
        return trouble.message
    finally:
        world.collect_new()
    return [(one.office, one.number, one.totals, one.enclosed.as_json()) for one in sent]


def receive(world: World) -> Any:
    name = world.any_seat()
    lying = world.lying()
    world.chance.shuffle(lying)
    chosen = lying[: world.chance.randint(1, 6)]
    return name, _receive(world, name, Stick(world.drawer), chosen)


def receive_all(world: World) -> Any:
    """Everything is taken in twice; the second time nothing happens."""
    name = world.any_seat()
    done = _receive(world, name, Stick(world.drawer), world.lying())
    seat = world.seats[name]
    before = seat.digest()
    again = seat.do(
        lambda: receiving.receive([(Stick(world.drawer), n) for n in world.lying()], approve=True)
    )
    world.collect_new()
    oracles.repeated(before, seat.digest(), [one.as_json() for one in again])
    return name, done


def receive_from_ill_stick(world: World) -> Any:
    name = world.any_seat()
    stick = Stick(world.drawer, world.chance.randint(1, 6), world.chance.choice(HOW))
    return name, stick.how, _receive(world, name, stick, world.lying())


def _receive(world: World, name: str, stick: Stick, files: list[str]) -> Any:
    seat, done, pulled = world.seats[name], None, ""
    before = seat.do(world.said)
    try:
        done = seat.do(lambda: receiving.receive(receipts_first(stick, files), approve=True))
    except Trouble as trouble:
        pulled = trouble.message
    finally:
        world.collect_new()
    world.check_steps(before, seat.do(world.said))
    seat.do(oracles.listed)
    if done is None:
        return pulled
    return [
        [one.office, one.number, one.outcome, one.reason, one.counts, one.kept, one.missing]
        for one in done
    ]


def receipts_first(stick: Stick, files: list[str]) -> list[Any]:
    """The places to receive from, as a sitting takes them."""
    return [(stick, n) for n in sorted(files, key=lambda n: not n.endswith(".zytr"))]
