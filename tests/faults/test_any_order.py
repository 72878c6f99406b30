"""Any steps in any order: the office always holds what a plain list of rows would hold."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db import backup, identity, journal, search, vault
from db import office as offices
from db.bulk import insert_rows, update_rows
from db.errors import Refusal
from db.registers.member import Member
from db.registers.organization import Organization
from db.undo import undo
from tests.conftest import PASSPHRASE

NAMES = st.sampled_from(["巴图", "斯琴高娃", "王小明", "单于", "买买提·艾力", "𠮷日格勒"])
PHONES = st.sampled_from(["", "13900000000", "13911111111", "13922222222"])
WATCHED = ("name", "phone", "notes", "retired")


@dataclass
class Step:
    """One operation as a plain list would remember it: what each field was before and after."""

    id: int
    before: dict[int, dict[str, str]]
    after: dict[int, dict[str, str]]
    made: set[int]


@dataclass
class Plain:
    """The office without a database."""

    rows: dict[int, dict[str, str]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    undone: set[int] = field(default_factory=set)


class AnyOrder(RuleBasedStateMachine):
    copies = Bundle("copies")

    @initialize()
    def found(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        offices.new_office(
            self.place / "office", "150823101", "某苏木党委", "township", "管理员", PASSPHRASE
        )
        self.branch = Organization(name="甲支部", kind="branch")
        self.branch.save()
        self.plain = Plain()
        self.given = {self.branch.id}
        self.incarnations = {identity.identity().incarnation}

    def teardown(self) -> None:
        offices.close_office()
        if hasattr(self, "place"):
            shutil.rmtree(self.place)

    # -- what the plain list does for each step --------------------------------------------

    def remember(self, changed: dict[int, dict[str, str]], made: set[int]) -> None:
        before = {row: dict(self.plain.rows.get(row, {})) for row in changed}
        for row, values in changed.items():
            self.plain.rows[row] = values
        if any(before[row] != changed[row] for row in changed):
            self.plain.steps.append(
                Step(journal.operations(1)[0].id, before, deepcopy(changed), made)
            )

    def are_fresh(self, ids: Iterable[int]) -> None:
        """Above every row there is, as ledgers follow them; never one that a row lost since had."""
        for row in ids:
            assert row > max([self.branch.id, *self.plain.rows])
            assert row not in self.given
            self.given.add(row)

    def some(self, number: int) -> Member:
        ids = sorted(self.plain.rows)
        return Member.get_by_id(ids[number % len(ids)])

    def row_of(self, member: Member) -> dict[str, str]:
        return {name: getattr(member, name) for name in WATCHED}

    # -- the steps ---------------------------------------------------------------------------

    @rule(name=NAMES, phone=PHONES)
    def add(self, name: str, phone: str) -> None:
        member = Member(name=name, phone=phone, organization=self.branch, category="full")
        member.save()
        self.are_fresh([member.id])
        self.remember({member.id: self.row_of(member)}, {member.id})

    @precondition(lambda self: self.plain.rows)
    @rule(number=st.integers(0, 99), name=NAMES, phone=PHONES)
    def change(self, number: int, name: str, phone: str) -> None:
        member = self.some(number)
        member.name, member.phone = name, phone
        member.save()
        self.remember({member.id: self.row_of(member)}, set())

    @precondition(lambda self: self.plain.rows)
    @rule(number=st.integers(0, 99), back=st.booleans())
    def retire(self, number: int, back: bool) -> None:
        member = self.some(number)
        if back:
            member.restore()
        else:
            member.retire("重复录入")
        self.remember({member.id: self.row_of(member)}, set())

    @rule(names=st.lists(NAMES, min_size=1, max_size=4), phone=PHONES, touch=st.integers(0, 99))
    def bring_in(self, names: list[str], phone: str, touch: int) -> None:
        """An import: new rows in bulk, some of them changed, an older one too."""
        old = self.some(touch) if self.plain.rows else None
        with journal.operation("导入", kind="import"):
            ids = insert_rows(
                Member,
                ("name", "organization", "category"),
                [(name, self.branch.id, "full") for name in names],
            )
            update_rows(Member, ["phone"], [(ids[0], (phone,))])
            changed = set(ids)
            if old is not None:
                update_rows(Member, ["notes"], [(old.id, (f"导入{len(names)}",))])
                changed.add(old.id)
        self.are_fresh(ids)
        self.remember({i: self.row_of(Member.get_by_id(i)) for i in changed}, set(ids))

    @rule(name=NAMES, number=st.integers(0, 99))
    def fail(self, name: str, number: int) -> None:
        """Half of an operation, then a failure: nothing of it stays, in the file or in memory."""
        member = Member(name=name, organization=self.branch, category="full")
        old = self.some(number) if self.plain.rows else None
        with pytest.raises(ZeroDivisionError), journal.operation("半途"):
            member.save()
            if old is not None:
                old.notes = "半途"
                old.save()
            raise ZeroDivisionError
        assert member.id is None

    @precondition(lambda self: self.plain.steps)
    @rule(number=st.integers(0, 5))
    def take_back(self, number: int) -> None:
        """Undo one of the last steps, whatever it was; the very last one always can be."""
        step = self.plain.steps[-1 - number % len(self.plain.steps)]
        last = step is self.plain.steps[-1]
        try:
            done = undo(step.id)
        except Refusal:
            assert not last
            return
        assert step.id not in self.plain.undone
        self.plain.undone.add(step.id)
        words = journal.find(done).words
        changed = {}
        for row, after in step.after.items():
            values = dict(self.plain.rows[row])
            if row in step.made:
                values["retired"] = words
            else:
                for name in WATCHED:
                    if step.before[row][name] != after[name]:
                        assert values[name] == after[name]
                        values[name] = step.before[row][name]
            changed[row] = values
        self.remember(changed, set())

    @rule(target=copies)
    def back_up(self) -> tuple[str, Plain]:
        copy = backup.snapshot(offices.current().folder, offices.current().key)
        return copy.file.name, deepcopy(self.plain)

    @rule(copy=copies)
    def bring_back(self, copy: tuple[str, Plain]) -> None:
        name, then = copy
        here = offices.current()
        try:
            found = backup.find(here.folder, name)
        except Refusal:
            return
        backup.restore(here.folder, here.key, found)
        self.plain = deepcopy(then)
        fresh = identity.identity().incarnation
        assert fresh not in self.incarnations
        self.incarnations.add(fresh)

    @rule()
    def next_day(self) -> None:
        folder = offices.current().folder
        offices.close_office()
        offices.open_office(folder, PASSPHRASE)

    # -- what always holds -------------------------------------------------------------------

    @invariant()
    def rows_are_the_same(self) -> None:
        if not hasattr(self, "plain"):
            return
        kept = {m.id: self.row_of(m) for m in Member.select()}
        assert kept == self.plain.rows

    @invariant()
    def the_record_is_whole(self) -> None:
        if hasattr(self, "plain"):
            assert backup.findings(offices.current().folder) == []
            assert journal.current() is None

    @invariant()
    def everybody_is_found(self) -> None:
        if not hasattr(self, "plain"):
            return
        for name in {row["name"] for row in self.plain.rows.values()}:
            wanted = {i for i, row in self.plain.rows.items() if row["name"] == name}
            assert {hit.id for hit in search.query(name, ["member"], limit=500)} >= wanted


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "COST", {"memory": 64, "iterations": 1, "lanes": 1})


def test_any_order_of_steps_keeps_what_a_plain_list_keeps() -> None:
    run(6, 20)


@pytest.mark.slow
def test_many_orders_of_many_steps() -> None:
    run(int(os.environ.get("ZHENGYOU_FAULT_LONG_ROUNDS", "250")), 50)
