"""The offices, their sticks, and what everybody ever said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from db import identity
from db.connection import database
from db.errors import Refusal
from db.exchange import attached, conflict
from db.record import Record
from db.registers.hardship import Evidence
from db.registers.member import Honour, Member
from db.registers.organization import Organization
from db.registers.visit import VisitFile
from db.registers.visit_rule import VisitRule
from tests.offices import oracles
from tests.offices.desks import COUNTY, enrol
from tests.offices.world.chance import Clock, drawn_from, words
from tests.offices.world.seats import Seat

#: Fields that are said of, each value once in the world.
SAID: dict[type[Record], tuple[str, ...]] = {
    Organization: ("unit_name", "address", "notes"),
    Member: ("school", "address", "notes"),
    Honour: ("document", "notes"),
    VisitRule: ("document", "notes"),
    VisitFile: ("digest",),
    Evidence: ("digest",),
}
_SAID_OF = {model.stem(): names for model, names in SAID.items()}
#: So many files lie in the drawer; the oldest one is lost first.
DRAWER = 40
#: So many missing papers a receipt names, so that some have more.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup of a seat: its file and the papers that lay beside."""

    name: str
    content: bytes
    papers: Mapping[str, bytes]


class World:
    """A county with so many townships, a drawer full of sticks, and one source of chance."""

    def __init__(self, root: Path, seed: int, townships: int = 6) -> None:
        self.root = root
        self.chance = Random(seed)
        self.clock = Clock()
        self.trace = hashlib.sha256(f"{seed} {townships}".encode())
        self.serial = 0
        self.steps = 0
        self.did: dict[str, int] = {}
        self.sayings = oracles.Sayings()
        self.copies: list[Copy] = []
        self.archive: list[tuple[str, bytes]] = []
        self.went_back: set[str] = set()
        self.doubled: set[str] = set()
        #: Papers that went with the last disk which had them, and those the county had at a rest.
        self.gone: set[str] = set()
        self.receipted: set[str] = set()
        self.drawer = root / "drawer"
        self.drawer.mkdir(parents=True)
        with self.ruled():
            self.county = Seat(root / "county", COUNTY, 1, "county")
            self.county.do(lambda: identity.sit_down("county"))
            self.seats: dict[str, Seat] = {"county": self.county}
            for number in range(1, townships + 1):
                name = f"town{number}"
                self.seats[name] = Seat(root / name, f"{COUNTY}{100 + number}", 10 + number)
                self.seats[name].do(lambda name=name: identity.sit_down(name))
                enrol(self.county, self.seats[name], root)

    @contextmanager
    def ruled(self) -> Iterator[None]:
        """What the program draws by itself is drawn from this world's chance; a receipt asks for few papers."""
        names, attached.NAMED = attached.NAMED, NAMED
        try:
            with drawn_from(self.chance, self.clock):
                yield
        finally:
            attached.NAMED = names

    def close(self) -> None:
        for seat in self.seats.values():
            seat.close()

    # -- steps --------------------------------------------------------------------------

    def step(self, what: Callable[[World], Any]) -> Any:
        """Do one thing; its outcome goes into the trace."""
        with self.ruled():
            done = what(self)
        name = what.__name__
        self.steps += 1
        self.did[name] = self.did.get(name, 0) + 1
        self.note(name, done)
        return done

    def note(self, *what: Any) -> None:
        line = json.dumps(what, ensure_ascii=False, sort_keys=True, default=str)
        self.trace.update(line.encode() + b"\n")

    def any_seat(self) -> str:
        return self.chance.choice(list(self.seats))

    def any_town(self) -> str:
        return self.chance.choice([name for name in self.seats if name != "county"])

    def next_word(self) -> str:
        self.serial += 1
        return words(self.serial)

    def decide_some(self, share: float) -> int:
        """Settle open matters in the open office, each with what a person might say."""
        count = 0
        for one in conflict.pending():
            if self.chance.random() > share:
                continue
            take = self.chance.choice(["ours", "theirs"] + ["both"] * (one.kind == "pair"))
            if one.kind != "pair":
                place = (one.register, one.row, one.field)
                stays, goes = (one.ours, one.theirs) if take == "ours" else (one.theirs, one.ours)
                self.sayings.say(place, stays, [goes])
            with suppress(Refusal):
                conflict.decide(one.id, take)
                count += 1
        return count

    # -- what is there ------------------------------------------------------------------

    def collect_new(self) -> None:
        """Remember what lies in the drawer, in the order it came; the oldest is lost."""
        known = {name for name, _ in self.archive}
        fresh = [p for p in self.drawer.iterdir() if p.name not in known]
        # Names hold a digest that differs from run to run; the rest of the name does not.
        fresh.sort(key=lambda p: p.name.rsplit("_", 1)[0] + p.suffix)
        self.archive += [(p.name, p.read_bytes()) for p in fresh if p.suffix != ".part"]
        for each in self.lying()[:-DRAWER]:
            (self.drawer / each).unlink()

    def lying(self) -> list[str]:
        return [name for name, _ in self.archive if (self.drawer / name).exists()]

    def went(self, seat: Seat, digests: Iterable[str]) -> None:
        """These papers are no longer whole at this seat, through no fault of the program."""
        elsewhere = set[str]().union(*(each.papers() for each in self.seats.values()))
        self.gone |= set(digests) - elsewhere
        if seat is self.county:
            self.receipted -= set(digests)

    def living(self, model: Any, office: str) -> list[Any]:
        return list(model.living().where(model.office == office).order_by(model.id))

    def said(self) -> dict[oracles.Place, Any]:
        """Every field that people say things of, in the open office."""
        found: dict[oracles.Place, Any] = {}
        for model, names in SAID.items():
            columns = ", ".join(f'"{n}"' for n in names)
            for row, *values in database.execute_sql(
                f'SELECT id, {columns} FROM "{model.stem()}" ORDER BY id'
            ).fetchall():
                found |= {(model.stem(), row, n): v for n, v in zip(names, values, strict=True)}
        return found

    def known_anywhere(self) -> dict[oracles.Place, set[Any]]:
        """Values that stand at any desk, or in an open conflict of any desk."""
        found: dict[oracles.Place, set[Any]] = {}
        for seat in self.seats.values():
            for place, value in seat.do(self.said).items():
                found.setdefault(place, set()).add(value)
            for one in seat.do(conflict.pending):
                if one.kind in {"field", "late"} and one.field in _SAID_OF.get(one.register, ()):
                    found.setdefault((one.register, one.row, one.field), set()).update(
                        {one.ours, one.theirs}
                    )
        return found

    def check_steps(
        self, before: dict[oracles.Place, Any], after: dict[oracles.Place, Any]
    ) -> None:
        """I1: what a packet did to the open office's fields went only forward."""
        for place, value in before.items():
            if after[place] != value:
                self.sayings.check_step(place, value, after[place])
