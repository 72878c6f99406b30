"""The program may be killed at any moment: what was confirmed is there, what was not is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import backup, identity, journal
from db import office as offices
from db.bulk import insert_rows
from db.errors import Refusal, Trouble
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.factories import make
from tests.faults.conftest import LONG_ROUNDS, ROUNDS, Victim, renew, reopen, sound
from tests.faults.zygote import BULK

#: So often a folder is killed before the next one is taken: it grows with every round.
LIVES = 10


def places(folder: Path, fresh: Path, rounds: int) -> Iterator[Path]:
    for number in range(rounds):
        yield renew(folder, fresh) if number % LIVES == 0 else fresh


LONG = pytest.param(LONG_ROUNDS, marks=pytest.mark.slow)


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_row_01_every_confirmed_save_survives_a_kill(
    folder: Path, fresh: Path, victim: Victim, rounds: int
) -> None:
    for place in places(folder, fresh, rounds):
        victim.kill_within(0.25, "save", place)
        reopen(place)
        sound()
        for line in victim.told(place)[1:]:
            row, code, phone = line.split(" ")
            member = Member.get_by_id(int(row))
            assert member.code == code
            assert phone in ("", member.phone)
        offices.close_office()


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_row_03_a_killed_import_is_there_whole_or_not_at_all(
    folder: Path, fresh: Path, victim: Victim, rounds: int
) -> None:
    for place in places(folder, fresh, rounds):
        victim.kill_within(0.3, "bulk", place)
        reopen(place)
        sound()
        imports = [o for o in journal.operations(10_000) if o.kind == "import"]
        assert {o.entries for o in imports} <= {2 * BULK}
        assert Member.select().count() == BULK * len(imports)
        assert Member.select().where(Member.phone == "").count() == 0
        assert {int(told) for told in victim.told(place)[1:]} <= {o.id for o in imports}
        offices.close_office()


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_a_killed_backup_leaves_only_sound_copies(
    folder: Path, fresh: Path, victim: Victim, rounds: int
) -> None:
    for place in places(folder, fresh, rounds):
        victim.kill_within(0.2, "back_up", place)
        reopen(place)
        sound()
        copies = backup.copies(place)
        # An old copy that was being thinned out may have lost its note already.
        assert {c.reason for c in copies} <= {"manual", "unknown"}
        assert all(c.reason == "manual" for c in copies[:3])
        for copy in copies[:3]:
            assert backup.prove(copy.file, offices.current().key)["organization"] == 3
        offices.close_office()


def test_row_36_a_restore_killed_at_each_step_leaves_the_old_or_the_new(
    folder: Path, victim: Victim, fresh: Path
) -> None:
    reopen(folder)
    backup.snapshot(folder, offices.current().key)
    then = identity.identity().incarnation
    make(Organization, name="丁支部", kind="branch")
    lost = make(Organization, name="戊支部", kind="branch").id
    offices.close_office()
    seen = set()
    for step in range(200):
        copy = renew(folder, fresh)
        done = victim.run("restore", copy, step) == 0
        reopen(copy)
        sound()
        count = Organization.select().count()
        restored = identity.identity().incarnation != then
        assert count == (3 if restored else 5), f"killed before file operation {step}"
        assert make(Organization, name="己支部", kind="branch").id > lost
        assert not list(copy.glob("*restor*"))
        seen.add(restored)
        offices.close_office()
        if done:
            break
    assert done
    assert seen == {True, False}


@pytest.mark.parametrize("rounds", [ROUNDS, LONG])
def test_row_36_a_restore_killed_at_any_moment_leaves_the_old_or_the_new(
    folder: Path, victim: Victim, fresh: Path, rounds: int
) -> None:
    reopen(folder)
    backup.snapshot(folder, offices.current().key)
    make(Organization, name="丁支部", kind="branch")
    offices.close_office()
    for _ in range(rounds):
        copy = renew(folder, fresh)
        victim.kill_within(0.25, "restore_at_once", copy)
        told = victim.told(copy)[1:]
        reopen(copy)
        sound()
        assert Organization.select().count() in ((3,) if told else (3, 4))
        offices.close_office()


def test_row_36_opening_after_a_kill_may_itself_be_killed(
    folder: Path, victim: Victim, fresh: Path
) -> None:
    """The restore is finished by whoever opens next, however often that one is killed."""
    reopen(folder)
    backup.snapshot(folder, offices.current().key)
    make(Organization, name="丁支部", kind="branch")
    offices.close_office()
    passed = next(
        step
        for step in range(200)
        if victim.run("restore", renew(folder, fresh), step) != 0 and (fresh / backup.NOTE).exists()
    )
    for step in range(200):
        copy = renew(folder, fresh)
        victim.run("restore", copy, passed)
        assert (copy / backup.NOTE).exists()
        done = victim.run("open", copy, step) == 0
        reopen(copy)
        sound()
        assert Organization.select().count() == 3
        offices.close_office()
        if done:
            break
    assert done


def test_a_founding_killed_at_each_step_can_be_done_again(tmp_path: Path, victim: Victim) -> None:
    for step in range(300):
        place = tmp_path / f"{step}" / "office"
        place.parent.mkdir()
        done = victim.run("found", place, step) == 0
        if done or offices.exists(place):
            reopen(place)
            with pytest.raises(Refusal, match="已经有"):
                offices.new_office(place, "150823101", "某苏木", "township", "张三", PASSPHRASE)
        else:
            offices.new_office(place, "150823101", "某苏木", "township", "张三", PASSPHRASE)
        sound()
        offices.close_office()
        if done:
            break
    assert done


@pytest.mark.parametrize("rounds", [max(ROUNDS, 10), LONG])
def test_row_61_a_killed_upgrade_starts_again_from_the_whole_old_data(
    folder: Path, victim: Victim, fresh: Path, rounds: int
) -> None:
    reopen(folder)
    branch = Organization.get()
    with journal.operation("千人"):
        ids = insert_rows(
            Member, ("name", "organization", "category"), [("巴图", branch.id, "full")] * 1000
        )
    offices.close_office()
    seen = set()
    for _ in range(rounds):
        copy = renew(folder, fresh)
        victim.kill_within(0.5, "upgrade", copy)
        try:
            reopen(copy)
        except Trouble:
            # Finished before it was killed: this program, without the script, is the older one.
            seen.add("new")
            assert victim.run("upgrade", copy) == 0
            continue
        sound()
        seen.add("old")
        assert {row[0] for row in Member.select(Member.id).tuples()} == set(ids)
        assert not Member.select().where(Member.code != "").exists()
        offices.close_office()
        assert victim.run("upgrade", copy) == 0
    assert "old" in seen
