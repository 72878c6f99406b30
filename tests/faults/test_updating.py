"""The program is updated and may be killed at any step: a start takes the old version or the new one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from db import office as offices
from tests import programs
from tests.faults.conftest import Victim

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the small programs are shell scripts")


@pytest.mark.parametrize("small", [False, True])
def test_an_update_killed_at_each_step_leaves_a_program_that_starts(
    tmp_path: Path, victim: Victim, small: bool
) -> None:
    old = programs.tree(tmp_path / "old", "1.0")
    # What an older attempt left, and an older update, are in nobody's way.
    programs.tree(old / "versions" / "1.1.laying", "1.1", **{"app/rest": "x"})
    new = programs.tree(tmp_path / "new", "1.1", **{"app/fresh.py": "x = 1\n"})
    made = programs.pack(new, tmp_path / "new.zytu", "1.1", since=[old] if small else [])
    place = tmp_path / "round"
    seen = set()
    for step in range(400):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copytree(old, place / "program")
        shutil.copyfile(made, place / "new.zytu")
        done = victim.run("update", place / "office", step) == 0
        started = programs.starts(place / "program")
        seen.add(started)
        if started == "1.1":
            tree = place / "program" / "versions" / "1.1"
            for file in new.rglob("*"):
                if file.is_file():
                    assert (tree / file.relative_to(new)).read_bytes() == file.read_bytes()
        elif step % 5 == 0:
            # The next attempt is not hindered by what the broken-off one left.
            assert victim.run("update", place / "office", 10_000) == 0
            assert programs.starts(place / "program") == "1.1"
        if done:
            break
    assert done
    assert seen == {"1.0", "1.1"}
    assert not offices.exists(place / "office")
