"""What befalls files, and the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from db import attachments
from db.exchange import attached
from db.exchange.carrier import CONTAINER
from tests.offices.world.county import World


def damage(world: World) -> Any:
    """A file on the stick is cut, flipped, emptied, doubled or put in another one's place."""
    return _damage(world, world.lying())


def damage_container(world: World) -> Any:
    """The same of a container of attachments, of which there are few."""
    return _damage(world, _containers(world))


def _containers(world: World) -> list[str]:
    return [name for name in world.lying() if name.endswith(CONTAINER)]


def _damage(world: World, among: list[str]) -> Any:
    if not among:
        return None
    lying = world.lying()
    number = world.chance.randrange(len(among))
    file = world.drawer / among[number]
    how = world.chance.choice(["cut", "flip", "empty", "copy", "swap"])
    content = bytearray(file.read_bytes())
    if how == "cut":
        file.write_bytes(content[: world.chance.randrange(len(content) + 1)])
    elif how == "flip" and content:
        # Where exactly is not told to the trace: the bytes differ from run to run.
        content[world.chance.randrange(1 << 30) % len(content)] ^= 1 << world.chance.randrange(8)
        file.write_bytes(content)
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "copy":
        world.serial += 1
        twin = world.drawer / f"副本{world.serial:06d}_{file.suffix}"
        twin.write_bytes(content)
        world.collect_new()
    elif how == "swap":
        other = world.drawer / world.chance.choice(lying)
        here, there = file.read_bytes(), other.read_bytes()
        file.write_bytes(there)
        other.write_bytes(here)
    return how, number


def lose(world: World) -> Any:
    return _lose(world, world.lying())


def lose_container(world: World) -> Any:
    return _lose(world, _containers(world))


def _lose(world: World, among: list[str]) -> Any:
    if not among:
        return None
    number = world.chance.randrange(len(among))
    (world.drawer / among[number]).unlink()
    return number


def rot(world: World) -> Any:
    """A paper on somebody's disk is gone, left empty or no longer readable."""
    name = world.any_seat()
    seat = world.seats[name]
    lying = sorted(seat.papers())
    if not lying:
        return None
    digest, how = world.chance.choice(lying), world.chance.choice(["gone", "empty", "flip"])
    file = seat.paper(digest)
    if how == "gone":
        file.unlink()
    elif how == "empty":
        file.write_bytes(b"")
    else:
        content = bytearray(file.read_bytes())
        content[world.chance.randrange(len(content))] ^= 1 << world.chance.randrange(8)
        file.write_bytes(content)
    world.went(seat, [digest])
    return name, digest, how


def look_through(world: World) -> Any:
    """Somebody has the program check whether all is whole."""
    name = world.any_seat()
    return name, world.seats[name].do(suspects)


def suspects() -> list[str]:
    """What the check finds of the papers at the open desk: those that lie there damaged."""
    files = attachments.kept()
    ill = [d for d in sorted(attached.named()) if files.has(d) and not files.is_whole(d)]
    for digest in ill:
        attached.suspect(digest)
    return ill


def find_again(world: World) -> Any:
    """An old packet or receipt turns up, also from last year."""
    if not world.archive:
        return None
    number = world.chance.randrange(len(world.archive))
    name, content = world.archive[number]
    (world.drawer / name).write_bytes(content)
    return number


def clock(world: World) -> Any:
    """The clock jumps, by years and back."""
    hours = world.chance.randint(-200_000, 200_000)
    world.clock.now = datetime(2026, 3, 1) + timedelta(hours=hours)
    return hours
