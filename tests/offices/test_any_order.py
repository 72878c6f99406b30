"""Offices that edit, send, lose, repeat, swap and restore in any order; afterwards all agree.

The oracles carry the numbers of the fault matrix: I1 nothing confirmed is lost, I2 all or nothing,
I3 repetition changes nothing, I4 equal digests, I5 conflicts keep both values, I7 whole chains, I9
sums of money unchanged.
"""

from __future__ import annotations

import os
import random
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from db import journal
from db.errors import Refusal
from db.exchange import conflict, transferring
from db.registers.fund import FundBudget
from db.registers.member import Honour, Member
from db.registers.organization import Organization
from tests.factories import make
from tests.offices.desks import COUNTY, ONE, TWO, Desk, branch, change, enrol, person

FIELDS = ("unit_name", "address", "contact", "notes")
LONG = int(os.environ.get("ZHENGYOU_OFFICE_STEPS", "25"))
RUNS = int(os.environ.get("ZHENGYOU_OFFICE_RUNS", "4"))


def money() -> int:
    """All that the office's budgets name, in 分."""
    return sum(row.amount for row in FundBudget.select())


def whose() -> dict[int, str]:
    """Every member here and the office it belongs to."""
    return {row.id: row.office for row in Member.select(Member.id, Member.office)}


class Exchange(RuleBasedStateMachine):
    """Two townships, a county, and a drawer full of sticks."""

    @initialize()
    def found(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        root = Path(self.place.name)
        self.county = Desk(root / "county", COUNTY, 1, "county")
        self.towns = {c: Desk(root / c, c, s) for c, s in ((ONE, 11), (TWO, 12))}
        self.drawer = root / "drawer"
        self.drawer.mkdir()
        self.rows: dict[str, list[int]] = {ONE: [], TWO: []}
        self.wanted: dict[str, set[int]] = {ONE: set(), TWO: set()}
        self.said: dict[tuple[int, str], list[tuple[str, str]]] = {}
        self.copies: dict[str, list[bytes]] = {}
        self.restored = False
        self.serial = 0
        self.clock = 0.0
        self.people: set[int] = set()
        for code, town in self.towns.items():
            enrol(self.county, town, root)
            with town.open():
                self.rows[code].append(branch(f"{code}党委", township=1))

    def desk(self, code: str) -> Desk:
        return self.county if code == COUNTY else self.towns[code]

    def teardown(self) -> None:
        if not hasattr(self, "place"):
            return
        try:
            self.come_to_rest()
        finally:
            self.place.cleanup()

    towns_of = st.sampled_from([ONE, TWO])
    desks_of = st.sampled_from([ONE, TWO, COUNTY])
    picks = st.integers(0, 1 << 16)

    @rule(code=towns_of)
    def make_row(self, code: str) -> None:
        self.serial += 1
        row = self.desk(code).do(lambda: branch(f"第{self.serial}支部"))
        self.rows[code].append(row)
        self.wanted[code].add(row)

    @rule(code=towns_of, amount=st.integers(1, 10**9))
    def grant(self, code: str, amount: int) -> None:
        self.serial += 1
        name = f"第{self.serial}支部"
        self.desk(code).do(lambda: make(FundBudget, amount=amount, organization=branch(name)))

    @rule(code=towns_of, by_county=st.booleans(), pick=picks, field=st.sampled_from(FIELDS))
    def edit(self, code: str, by_county: bool, pick: int, field: str) -> None:
        desk = self.county if by_county else self.towns[code]
        self.serial += 1
        said = "一二三四五六七八九十"[self.serial % 10] * (1 + self.serial // 10)

        def what() -> None:
            there = [r.id for r in Organization.select().where(Organization.office == code)]
            if there:
                row = sorted(there)[pick % len(there)]
                change(row, **{field: said})
                self.said.setdefault((row, field), []).append((desk.code, said))

        desk.do(what)

    @rule(code=towns_of, pick=picks)
    def admit(self, code: str, pick: int) -> None:
        self.serial += 1
        name = "王" + "甲乙丙丁戊己庚辛"[self.serial % 8]

        def what() -> int:
            there = [r for r in Organization.living().order_by(Organization.id) if r.office == code]
            return person(name, there[pick % len(there)].id) if there else 0

        self.people |= {self.desk(code).do(what)} - {0}

    def members(self, code: str) -> list[Member]:
        return list(Member.living().where(Member.office == code).order_by(Member.id))

    @rule(code=towns_of, by_county=st.booleans(), pick=picks)
    def speak_of_member(self, code: str, by_county: bool, pick: int) -> None:
        self.serial += 1

        def what() -> None:
            there = self.members(code)
            if there:
                row = there[pick % len(there)]
                row.notes = f"记事{self.serial}"
                row.save()
                Honour(member=row, title_given=f"称号{self.serial}", on="2026-07-01").save()

        (self.county if by_county else self.towns[code]).do(what)

    @rule(code=desks_of, pick=picks)
    def transfer(self, code: str, pick: int) -> None:
        """The county moves somebody, or a township asks for it."""

        def what() -> None:
            there = [m for each in (ONE, TWO) for m in self.members(each)]
            there = [m for m in there if code in (COUNTY, m.office)]
            if there:
                row = there[pick % len(there)]
                with suppress(Refusal):
                    transferring.ask(row, TWO if row.office == ONE else ONE, "2026-11-20")

        self.desk(code).do(what)

    @rule(code=towns_of)
    def take_in(self, code: str) -> None:
        def what() -> None:
            home = Organization.get(Organization.office == code, Organization.township == 1)
            for one in transferring.waiting():
                with suppress(Refusal):
                    transferring.accept(one, home, "2026-11-25")

        self.towns[code].do(what)

    @rule(code=towns_of, pick=picks)
    def retire(self, code: str, pick: int) -> None:
        def what() -> None:
            there = [r for r in Organization.living().order_by(Organization.id) if r.office == code]
            there = [r for r in there if not r.township]
            if there:
                # A branch that a budget stands on stays.
                with suppress(Refusal):
                    there[pick % len(there)].retire("撤销")

        self.towns[code].do(what)

    @rule(code=desks_of)
    def send(self, code: str) -> None:
        self.desk(code).send(self.drawer)

    @rule(code=desks_of, pick=picks, count=st.integers(1, 3))
    def receive_some(self, code: str, pick: int, count: int) -> None:
        names = sorted(p.name for p in self.drawer.iterdir())
        random.Random(pick).shuffle(names)
        chosen = [self.drawer / name for name in names[:count]]
        if chosen:
            self.desk(code).receive(*chosen, approve=True)

    @rule(code=desks_of)
    def receive_all(self, code: str) -> None:
        desk = self.desk(code)
        desk.receive(self.drawer, approve=True)
        before = desk.digest()
        again = desk.receive(self.drawer, approve=True)
        assert desk.digest() == before, "I3"
        assert {d["outcome"] for d in again} <= {"same", "waiting", "fork", "refused"}, "I3"

    @rule(pick=picks)
    def lose(self, pick: int) -> None:
        names = sorted(p.name for p in self.drawer.iterdir())
        if names:
            (self.drawer / names[pick % len(names)]).unlink()

    @rule(take=st.sampled_from(["ours", "theirs"]))
    def decide(self, take: str) -> None:
        self.county.do(lambda: self.decide_all(take))

    def decide_all(self, take: str) -> None:
        for one in conflict.pending():
            assert one.ours != one.theirs, "I5"
            conflict.decide(one.id, take)

    @rule(code=desks_of)
    def back_up(self, code: str) -> None:
        self.copies.setdefault(code, []).append(self.desk(code).copy())

    @precondition(lambda self: getattr(self, "copies", None))
    @rule(pick=picks)
    def restore(self, pick: int) -> None:
        code = sorted(self.copies)[pick % len(self.copies)]
        kept = self.copies[code]
        self.desk(code).restore(kept[pick % len(kept)])
        self.restored = True
        at_county = self.county.do(lambda: {r.id for r in Organization.select()})
        for town, desk in self.towns.items():
            here = desk.do(lambda: {r.id for r in Organization.select()})
            self.wanted[town] &= at_county | here
        desks = (self.county, *self.towns.values())
        self.people &= {row for desk in desks for row in desk.do(lambda: set(whose()))}

    @rule(hours=st.integers(-200_000, 200_000))
    def clock_jumps(self, hours: int) -> None:
        self.clock = hours * 3600.0
        journal.time = _Clock(self.clock)

    def come_to_rest(self) -> None:
        stick = Path(self.place.name) / "rest"
        for turn in range(6):
            shelf = stick / str(turn)
            shelf.mkdir(parents=True)
            for town in self.towns.values():
                town.send(shelf)
            self.county.receive(shelf, approve=True)
            self.county.do(lambda: self.decide_all("theirs"))
            self.county.send(shelf)
            for town in self.towns.values():
                town.receive(shelf, approve=True)
        for code, town in self.towns.items():
            assert self.county.digest(code) == town.digest(code), "I4"
            ids = town.do(lambda: {r.id for r in Organization.select()})
            assert self.wanted[code] <= ids, "I1"
            if not self.restored:
                self.check_values(code, town)
        assert self.county.do(conflict.listed) == []
        self.check_people()
        assert self.county.do(money) == sum(town.do(money) for town in self.towns.values()), "I9"

    def check_people(self) -> None:
        """I1, I4: everybody is there, once, and everywhere with the same office."""
        told = self.county.do(whose)
        assert self.people <= set(told), "I1"
        for code, town in self.towns.items():
            here = town.do(whose)
            assert here.items() <= told.items(), "I4"
            assert {m for m, office in told.items() if office == code} <= set(here), "I1"

    def check_values(self, code: str, town: Desk) -> None:
        """I1: what only the township ever said of a field stands there as it said it last."""
        kept: dict[tuple[int, str], Any] = town.do(
            lambda: {(r.id, f): getattr(r, f) for r in Organization.select() for f in FIELDS}
        )
        for (row, field), said in self.said.items():
            if (row, field) in kept:
                assert kept[row, field] in [words for _who, words in said], "I1"
                if {who for who, _ in said} == {code}:
                    assert kept[row, field] == said[-1][1], "I1"


class _Clock:
    def __init__(self, jump: float) -> None:
        self.jump = jump

    def time(self) -> float:
        import time

        return max(0.0, time.time() + self.jump)


@pytest.fixture(autouse=True)
def real_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "time", journal.time)


def run(seed_free: bool, runs: int, steps: int) -> None:
    Exchange.TestCase.settings = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not seed_free,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
    )
    Exchange.TestCase().runTest()


def test_row_64_in_any_order_all_offices_agree_in_the_end() -> None:
    run(False, RUNS, LONG)


@pytest.mark.slow
def test_in_any_order_for_long() -> None:
    run(True, 20 * RUNS, 3 * LONG)
