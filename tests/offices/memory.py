"""Offices without a database: what the exchange reckons with, on plain values, by the hundred thousand merges.

``python -m tests.offices.memory --merges 300000 --seed 1`` says how many packets a second are merged.
Packets are lost, repeated and come in any order; restores and kills need real files and are the world's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from db.exchange import heard
from db.exchange.compare import compare
from db.exchange.merge import merge
from db.exchange.plan import Plan, Shape, State
from db.exchange.share import Key, Line, Share, Value
from tests.offices.oracles import Sayings

COUNTY = "county"
SHAPES = {
    "branch": {
        "name": Shape(),
        "notes": Shape(),
        "parent": Shape(True, True, "branch", None),
        "retired": Shape(),
    }
}
SAID = ("name", "notes")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row, as the office's journal has it; `told` when a packet brought it."""

    key: Key
    column: str
    old: Value
    new: Value
    told: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A packet: its number, the one it stands on, the journal entry it reaches to, and what it says."""

    giver: str
    taker: str
    number: int
    since: int
    covers: int
    answers: int
    have: int
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Peer:
    """How far the exchange with another office has come."""

    number: int = 0
    acknowledged: int = 0
    covered: int = 0
    theirs: int = 0
    stages: dict[int, int] = field(default_factory=dict)


@dataclass
class Office:
    """One office's rows and what it did, as lists and mappings."""

    code: str
    peers: dict[str, Peer]
    rows: dict[Key, dict[str, Value]] = field(default_factory=dict)
    journal: list[Change] = field(default_factory=list)
    #: The same by field.
    steps: dict[tuple[Key, str], list[heard.Step]] = field(default_factory=dict)
    made: dict[Key, int] = field(default_factory=dict)
    #: What an office may hold otherwise: when (counted), which office, where, those values.
    answers: list[tuple[int, str, Key, str, tuple[Value, ...]]] = field(default_factory=list)
    answered: int = 0
    #: What is open → what they hold, and what stood here when it arose.
    open: dict[tuple[Key, str], tuple[Value, Value]] = field(default_factory=dict)
    waiting: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def decides(self) -> bool:
        return self.code == COUNTY

    def make(self, number: int, name: str, parent: int | None) -> Key:
        key = ("branch", number)
        self.rows[key] = {
            "name": name, "notes": "", "parent": parent, "retired": "", "office": self.code,
        }  # fmt: skip
        self.journal.append(Change(key, "", None, None, False))
        self.made[key] = len(self.journal)
        return key

    def write(self, key: Key, column: str, value: Value) -> None:
        old = self.rows[key][column]
        if old != value:
            self.rows[key][column] = value
            self._note(key, column, old, value, False)

    def answer(self, office: str, key: Key, column: str, *theirs: Value) -> None:
        before = [one[4] for one in self.answers if one[1:4] == (office, key, column)]
        held = dict.fromkeys((*theirs, *(value for values in before for value in values)))
        self.answered += 1
        self._forget_answer(office, key, column)
        self.answers.append((self.answered, office, key, column, tuple(held)))

    def _forget_answer(self, office: str, key: Key, column: str) -> None:
        self.answers = [one for one in self.answers if one[1:4] != (office, key, column)]

    def decide(self, sayings: Sayings, chance: Random) -> None:
        for (key, column), (theirs, arose) in sorted(self.open.items()):
            ours = self.rows[key][column]
            stays, goes = (ours, theirs) if chance.random() < 0.5 else (theirs, ours)
            sayings.say((*key, column), stays, [goes])
            self.write(key, column, stays)
            if self.decides:
                steps = self.steps.get((key, column), ())
                had = dict.fromkeys(value for step in steps for value in (step.old, step.new))
                self.answer(str(self.rows[key]["office"]), key, column, theirs, arose, *had)
        self.open.clear()

    def tell(self, taker: str) -> Sheet:
        """Everything since the last receipt, each field with the values that one may still have."""
        peer, now = self.peers[taker], len(self.journal)
        lines = tuple(self._lines(taker, peer))
        peer.number += 1
        peer.stages[peer.number] = now
        return Sheet(
            self.code, taker, peer.number, peer.acknowledged, now, self.answered, peer.theirs, lines
        )

    def _lines(self, taker: str, peer: Peer) -> Iterator[Line]:
        stages = sorted({entry for entry in peer.stages.values() if entry > peer.covered})
        paths: dict[Key, dict[str, list[tuple[int, Value]]]] = {}
        words: dict[tuple[Key, str], list[Value]] = {}
        for entry, one in enumerate(self.journal[peer.covered :], peer.covered + 1):
            path = paths.setdefault(one.key, {})
            if not one.column:
                continue
            said = path.setdefault(one.column, [(0, one.old)])
            if one.told and said[-1][0] <= max((s for s in stages if s < entry), default=0):
                said[:] = [(0, one.new)]
            else:
                said.append((entry, one.new))
                if one.told:
                    words.setdefault((one.key, one.column), []).append(one.new)
        told = {(key, column): v for _, to, key, column, v in self.answers if to == taker}
        for key in sorted({*paths, *(key for key, _ in told)}):
            row = self.rows[key]
            if row["office"] not in (self.code, taker) or not (
                self.decides or row["office"] == self.code
            ):
                continue
            whole = self.made.get(key, 0) > peer.covered
            values, was = {}, {}
            for column in row.keys() - {"office"}:
                bases = list(told.get((key, column), ()))
                steps = paths.get(key, {}).get(column, [])
                if steps:
                    bases += [] if whole and peer.acknowledged else [steps[0][1]]
                    at = [[v for entry, v in steps if entry <= s][-1] for s in stages]
                    bases += at if peer.acknowledged else [value for _, value in steps]
                bases = list(dict.fromkeys([*bases, *words.get((key, column), ())]))
                if (key, column) in self.open and not whole and row["office"] != self.code:
                    continue
                if any(base != row[column] for base in bases):
                    values[column], was[column] = row[column], tuple(bases)
            if whole:
                values = {column: row[column] for column in row if column != "office"}
            if values:
                yield Line(*key, str(row["office"]), whole, values, was)

    def take(self, sheet: Sheet) -> Sheet | None:
        """Merge a packet; the very sheet is its own receipt, None when it is not merged."""
        peer = self.peers[sheet.giver]
        if sheet.number <= peer.theirs:
            return sheet
        held = self.waiting.get(sheet.giver, [])
        share = Share(sheet.lines, full=not sheet.since)
        plan = compare(self._state(sheet, [*held, *sheet.lines]), SHAPES, share, held)
        before = self.rows
        self.rows = merge(before, SHAPES, plan)
        self._remember(sheet.giver, before, plan)
        peer.theirs = sheet.number
        return sheet

    def _state(self, sheet: Sheet, lines: Sequence[Line]) -> State:
        sender = sheet.giver
        unheard, replaced = self._written(sheet, lines)
        owned = {key for key, row in self.rows.items() if row["office"] == sender}
        above = {key[1]: row["parent"] for key, row in self.rows.items()}
        return State(
            frozenset({sender} if self.decides else {sender, self.code}),
            self.rows,
            frozenset(self.rows),
            owned=frozenset(owned if self.decides and not sheet.since else ()),
            above={("branch", "parent"): above},
            us=self.code,
            decides=self.decides,
            undecided=frozenset(key for key, _ in self.open),
            unheard=unheard,
            replaced=replaced,
        )

    def _written(
        self, sheet: Sheet, lines: Sequence[Line]
    ) -> tuple[frozenset[tuple[str, int, str]], frozenset[tuple[str, int, str]]]:
        """Fields that we wrote: not heard by the sender yet, and over what it says again."""
        upto = self.peers[sheet.giver].stages.get(sheet.have)
        unheard, replaced = set(), set()
        for line in lines:
            for column, new in line.values.items():
                steps = self.steps.get((line.key, column), ())
                if not self.decides and upto is not None and heard.unheard(steps, upto):
                    unheard.add((*line.key, column))
                if sheet.since and heard.replaced(steps, new, line.was.get(column, ())):
                    replaced.add((*line.key, column))
        return frozenset(unheard), frozenset(replaced)

    def _note(self, key: Key, column: str, old: Value, new: Value, told: bool) -> None:
        self.journal.append(Change(key, column, old, new, told))
        steps = self.steps.setdefault((key, column), [])
        if not steps and key not in self.made:
            steps.append(heard.Step(0, old, old, True))
        steps.append(heard.Step(len(self.journal), old, new, told))

    def _remember(self, sender: str, before: dict[Key, dict[str, Value]], plan: Plan) -> None:
        for stem, row, column in plan.agreed:
            self.open.pop(((stem, row), column), None)
        for key, values in plan.changed.items():
            for column, new in values.items():
                self.open.pop((key, column), None)
                self._note(key, column, before[key][column], new, True)
        for one in plan.conflicts:
            place = ((one.stem, one.row), one.field)
            arose = self.open[place][1] if place in self.open else one.ours
            self.open[place] = (one.theirs, arose)
            if self.decides:
                self._forget_answer(str(self.rows[place[0]]["office"]), *place)
        for each in plan.answers:
            key = (each.stem, each.row)
            self.answer(each.office or sender, key, each.field, each.theirs)
        self.waiting[sender] = list(plan.held)
        assert not plan.refused, plan.refused

    def hear(self, receipt: Sheet) -> None:
        """The other office has this packet of ours."""
        peer = self.peers[receipt.taker]
        if receipt.number > peer.acknowledged:
            peer.acknowledged, peer.covered = receipt.number, receipt.covers
            self.answers = [
                one for one in self.answers if one[1] != receipt.taker or one[0] > receipt.answers
            ]


class Offices:
    """A county and townships that edit, send, lose, repeat and mix up."""

    def __init__(self, seed: int, townships: int = 4) -> None:
        self.chance, self.sayings = Random(seed), Sayings()
        towns = [f"town{number}" for number in range(1, townships + 1)]
        self.county = Office(COUNTY, {town: Peer() for town in towns})
        self.towns = {town: Office(town, {COUNTY: Peer()}) for town in towns}
        self.drawer: list[tuple[str, Sheet]] = []
        self.serial = self.merges = 0

    def office(self, code: str) -> Office:
        return self.county if code == COUNTY else self.towns[code]

    def any_one(self) -> Office:
        return self.office(self.chance.choice([COUNTY, *self.towns]))

    def edit(self) -> None:
        office = self.any_one()
        self.serial += 1
        if office is not self.county and self.chance.random() < 0.15:
            mine = [key[1] for key in office.rows]
            parent = self.chance.choice(mine) if mine and self.chance.random() < 0.5 else None
            office.make(self.serial, f"第{self.serial}支部", parent)
            return
        if not office.rows:
            return
        key = self.chance.choice(list(office.rows))
        column = self.chance.choice(SAID)
        value = f"说{self.serial}"
        self.sayings.say((*key, column), value, [office.rows[key][column]])
        office.write(key, column, value)

    def send(self) -> None:
        office = self.any_one()
        for peer in office.peers:
            self.drawer.append(("sheet", office.tell(peer)))

    def carry(self) -> None:
        """A few files from the drawer reach whom they are for; some stay there and come again."""
        self.chance.shuffle(self.drawer)
        gone = self.drawer[: self.chance.randint(0, 6)]
        for kind, sheet in gone:
            self.reach(kind, sheet)
        # Some of them are lost, others turn up once more.
        self.drawer = [*self.drawer[len(gone) :], *(f for f in gone if self.chance.random() < 0.3)]
        del self.drawer[60:]

    def reach(self, kind: str, sheet: Sheet) -> None:
        if kind == "receipt":
            self.office(sheet.giver).hear(sheet)
            return
        taker = self.office(sheet.taker)
        before = {key: dict(row) for key, row in taker.rows.items()}
        if taker.take(sheet):
            self.drawer.append(("receipt", sheet))
        self.merges += 1
        for key, row in before.items():
            for column in SAID:
                if taker.rows[key][column] != row[column]:
                    self.sayings.check_step((*key, column), row[column], taker.rows[key][column])

    def step(self) -> None:
        self.chance.choices([self.edit, self.send, self.carry, self.settle], [55, 15, 28, 2])[0]()

    def settle(self) -> None:
        self.any_one().decide(self.sayings, self.chance)

    def rest(self) -> None:
        """Everybody exchanges until nothing moves; then all hold the same and nothing was lost."""
        known = [
            ((*key, column), row[column])
            for office in (self.county, *self.towns.values())
            for key, row in office.rows.items()
            for column in SAID
        ]
        self.drawer.clear()
        for _turn in range(6):
            for town in self.towns.values():
                for giver, taker in ((town, self.county), (self.county, town)):
                    sheet = giver.tell(taker.code)
                    self.reach("sheet", sheet)
                    giver.hear(sheet)
                    taker.decide(self.sayings, self.chance)
            self.drawer.clear()
        for code, town in self.towns.items():
            held = {key: row for key, row in self.county.rows.items() if row["office"] == code}
            assert town.rows == held, "I4"
        for place, value in known:
            key, column = place[:2], place[2]
            self.sayings.check_rest(place, self.county.rows[key][column], [value])


def run(seed: int, merges: int) -> int:
    """Worlds of a few hundred steps each until so many packets were merged; how many it were."""
    done, number = 0, 0
    while done < merges:
        offices = Offices(seed * 1_000_003 + number)
        for _ in range(offices.chance.randint(50, 400)):
            offices.step()
        offices.rest()
        done, number = done + offices.merges, number + 1
    return done


def main() -> None:
    """Run, and say how fast it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.offices.memory", description=__doc__)
    parser.add_argument("--merges", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.process_time()
    done = run(given.seed, given.merges)
    spent = time.process_time() - began
    print(
        f"seed {given.seed}: {done} merges, {spent:.0f} s of the processor, {done / spent:.0f} a second"
    )


if __name__ == "__main__":
    main()
