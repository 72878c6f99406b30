"""The organizations of the training county: 22 党委 › 34 总支 › 492 支部, and the small units under them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from db.demonstration import numbers
from db.demonstration.words import stream, words


@dataclass(slots=True)
class Unit:
    """One organization before it is kept; `place` is its index in the county's list."""

    place: int
    name: str
    kind: str
    domain: str
    parent: int | None
    town: str = ""
    code: str = ""
    short_name: str = ""
    village: bool = False
    township: bool = False
    status: str = "active"
    ended_on: str = ""
    founded_on: str = ""
    founding_document: str = ""
    unit_situation: str = "legal_unit"
    unit_name: str = ""
    unit_kind: str = ""
    unit_code: str = ""
    address: str = ""
    #: What its members are like: the profile of `members.py`.
    profile: str = ""
    #: How many living members belong directly to it.
    size: int = 0
    #: Share of Mongolian members in percent.
    mongolian: int = 16
    cooperative: bool = False
    #: Lines of its history: (kind, on, document, words).
    events: list[tuple[str, str, str, str]] = field(default_factory=list)


class County:
    """The growing list of organizations; the same seed grows the same tree."""

    def __init__(self, seed: int) -> None:
        self.units: list[Unit] = []
        self.shape = words("county")
        self.places = words("places")
        self.rng = stream(seed, "tree")
        self._codes: dict[str, int] = {}

    def town_committees(self) -> dict[str, Unit]:
        """The committee of each town, by the town's name."""
        return {unit.town: unit for unit in self.units if unit.township}

    def subtree(self, root: Unit) -> list[Unit]:
        """An organization and everything under it, in the order of the list."""
        inside = {root.place}
        for unit in self.units:
            if unit.parent in inside:
                inside.add(unit.place)
        return [unit for unit in self.units if unit.place in inside]

    def add(self, name: str, kind: str, domain: str, parent: Unit | None, **facts: Any) -> Unit:
        unit = Unit(len(self.units), name, kind, domain, parent.place if parent else None, **facts)
        if parent is not None and not unit.town:
            unit.town = parent.town
        unit.code = self._next_code(unit)
        if not unit.unit_name and unit.unit_situation == "same_as_parent" and parent is not None:
            unit.unit_name, unit.unit_kind = parent.unit_name, parent.unit_kind
        self.units.append(unit)
        return unit

    def _next_code(self, unit: Unit) -> str:
        towns = {town["name"]: town["code"] for town in self.places["towns"]}
        area = towns.get(unit.town, self.places["county"]["code"] + "000")
        self._codes[area] = self._codes.get(area, 0) + 1
        return f"{area}{self._codes[area]:03d}"

    def legal(self, kind: str) -> str:
        return numbers.unit_code(self.rng, self.places["county"]["code"], kind)
