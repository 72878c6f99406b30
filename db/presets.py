"""What an office can start from: ready-made rules, one TOML file each in a folder of resources/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from typing import Protocol, TypeVar


class Preset(Protocol):
    """What every kind of preset has: its id (the file's name) and its place among the others."""

    @property
    def id(self) -> str: ...

    @property
    def order(self) -> int: ...


Kind = TypeVar("Kind", bound=Preset)


def shipped(folder: str) -> Iterator[tuple[str, str]]:
    """Name and text of every TOML file of a folder of resources/, by name."""
    entries = resources.files("resources").joinpath(folder).iterdir()
    for entry in sorted(entries, key=lambda one: one.name):
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_text(encoding="utf-8")


def offered(folder: str, read: Callable[[str, str], Kind]) -> tuple[Kind, ...]:
    """All presets of a folder, in the order in which they are offered; `read` takes id and text."""
    found = [read(name, text) for name, text in shipped(folder)]
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))


def by_id(presets: Iterable[Kind], preset_id: str) -> Kind:
    """The preset with this id; KeyError if there is none."""
    for one in presets:
        if one.id == preset_id:
            return one
    raise KeyError(preset_id)
