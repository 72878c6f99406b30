"""Backups, copies by hand, a second PC, and closing for an upgrade."""

from __future__ import annotations

from typing import Any

from tests.offices.world.county import World


def back_up(world: World) -> Any:
    name = world.any_seat()
    world.copies.append((name, world.seats[name].copy()))
    return name


def _copy(world: World) -> tuple[str, bytes] | None:
    mine = [(name, copy) for name, copy in world.copies if name in world.seats]
    return world.chance.choice(mine) if mine else None


def restore(world: World) -> Any:
    found = _copy(world)
    if found is None:
        return None
    name, copy = found
    world.seats[name].restore(copy)
    world.went_back.add(name)
    return name


def copy_back(world: World) -> Any:
    """Somebody puts an old copy of the file in place by hand: nothing says that it is a restore."""
    found = _copy(world)
    if found is None:
        return None
    name, copy = found
    world.seats[name].overwrite(copy)
    world.went_back.add(name)
    return name


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
