"""Backups, copies by hand, a second PC, and closing for an upgrade."""

from __future__ import annotations

from typing import Any

from tests.offices.world.county import Copy, World


def back_up(world: World) -> Any:
    name = world.any_seat()
    seat = world.seats[name]
    world.copies.append(Copy(name, seat.copy(), seat.sealed()))
    return name


def _copy(world: World) -> Copy | None:
    mine = [copy for copy in world.copies if copy.name in world.seats]
    return world.chance.choice(mine) if mine else None


def restore(world: World) -> Any:
    """A backup comes back, half of the time on a new PC: what came after it is not there."""
    found = _copy(world)
    if found is None:
        return None
    seat = world.seats[found.name]
    seat.restore(found.content)
    seat.bring_back(found.papers)
    world.went_back.add(found.name)
    since = sorted(seat.papers() - found.papers.keys())
    burnt = since if since and world.chance.random() < 0.5 else []
    seat.burn(burnt)
    world.gone -= found.papers.keys()
    world.went(seat, burnt)
    return found.name, burnt


def copy_back(world: World) -> Any:
    """Somebody puts an old copy of the file in place by hand: nothing says that it is a restore."""
    found = _copy(world)
    if found is None:
        return None
    world.seats[found.name].overwrite(found.content)
    world.went_back.add(found.name)
    return found.name


def clone(world: World) -> Any:
    """The data folder is copied to a second PC, and both go on being used."""
    name = world.any_town()
    if "second" in name or f"{name} second" in world.seats or len(world.doubled) > 1:
        return None
    world.seats[f"{name} second"] = world.seats[name].second(world.root / f"{name} second")
    world.doubled.add(name)
    return name


def program_upgrade(world: World) -> Any:
    """Closing and opening again changes nothing."""
    name = world.any_seat()
    before = world.seats[name].digest()
    world.seats[name].close()
    assert world.seats[name].digest() == before
    return name
