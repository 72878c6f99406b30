"""A data folder of every released schema survives its upgrade being killed, at every step."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import backup, migrations
from db import office as offices
from db.connection import database
from db.registers.member import Member
from tests.faults.conftest import ROUNDS, Victim, renew, sound, victim
from tests.golden_data.folders import NAMES, PASSPHRASE
from tests.golden_data.test_folders import KEPT

__all__ = ["victim"]


def counts() -> dict[str, int]:
    return backup.count_rows(database)


def look(place: Path, whole: dict[str, int]) -> int:
    """Open what a kill left; returns the schema it stands at."""
    try:
        offices.open_office(place, PASSPHRASE)
    except migrations.Newer:
        # Finished before it was killed; this program, without the script, is the older one.
        (copy,) = (c for c in backup.copies(place) if c.reason == "before-upgrade")
        assert {name: copy.counts.get(name, 0) for name in whole} == whole
        return migrations.newest() + 1
    try:
        sound()
        assert counts() == whole
        assert {member.name for member in Member.living()} >= set(NAMES)
        return migrations.schema()
    finally:
        offices.close_office()


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_killed_half_way_it_still_opens_with_everything(
    kept: Path, tmp_path: Path, victim: Victim
) -> None:
    """The upgrade goes one schema further than this program knows, so that there is one to kill."""
    place = renew(kept, tmp_path / "round" / "office")
    offices.open_office(place, PASSPHRASE)
    whole = counts()
    offices.close_office()
    seen, done = set(), False
    for step in range(0, 600, 11):
        place = renew(kept, place)
        done = victim.run("upgrade", place, (PASSPHRASE, step)) == 0
        seen.add(look(place, whole))
        if done:
            break
        if step % 3 == 0 and migrations.newest() in seen:
            assert victim.run("upgrade", place, (PASSPHRASE, None)) == 0
    # In the middle of the statements, too, where no file is opened or named.
    for _ in range(ROUNDS):
        place = renew(kept, place)
        victim.kill_within(0.2, "upgrade", place, (PASSPHRASE, None))
        seen.add(look(place, whole))
    assert done
    assert seen == {migrations.newest(), migrations.newest() + 1}
