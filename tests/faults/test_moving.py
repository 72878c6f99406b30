"""The data moves to another folder and the program may be killed at any step: the old or the new, whole."""

from __future__ import annotations

from pathlib import Path

from db import moving
from db import office as offices
from db.registers.organization import Organization
from tests.factories import make
from tests.faults.conftest import Victim, renew, reopen, sound


def test_a_move_killed_at_each_step_leaves_the_old_or_the_new(
    folder: Path, victim: Victim, fresh: Path
) -> None:
    (folder / "backups").mkdir(exist_ok=True)
    (folder / "backups" / "某份.json").write_text("{}", encoding="utf-8")
    seen = set()
    for step in range(300):
        old = renew(folder, fresh)
        new, pointer = old.with_name("moved"), old.with_name("pointer")
        done = victim.run("move", old, step) == 0
        switched = pointer.exists()
        seen.add(switched)
        place = Path(pointer.read_text("utf-8")) if switched else old
        assert place == (new if switched else old)
        reopen(place)
        sound()
        assert Organization.select().count() == 3
        assert (place / "backups" / "某份.json").exists()
        make(Organization, name="丁支部", kind="branch")
        if switched:
            offices.close_office()
            assert moving._note(old, moving.LEFT)["to"] == str(new), f"killed before step {step}"
        else:
            # What the broken-off attempt left behind is in nobody's way.
            offices.relocate(new, lambda _place: None)
            reopen(new)
            assert Organization.select().count() == 4
            offices.close_office()
        if done:
            break
    assert done
    assert seen == {True, False}
