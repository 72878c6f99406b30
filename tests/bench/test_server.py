"""A county's daily work on a PostgreSQL server against the same work in the embedded file."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db import journal, search, vault
from db import office as offices
from db.bulk import insert_rows, update_rows
from db.connection import database
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.postgres import Cluster

pytestmark = pytest.mark.bench

PEOPLE = 14_210
SURNAMES, GIVEN = "张王李赵单曾仇乐解查吕欧", "小明国芳军伟乐长行朝木尔格日海丽"


def names() -> list[str]:
    return [
        SURNAMES[i % 12] + GIVEN[i % 16] + (GIVEN[i // 16 % 16] if i % 3 else "")
        for i in range(PEOPLE)
    ]


def bring_in() -> None:
    branch = Organization.get()
    with journal.operation("导入", kind="import"):
        insert_rows(
            Member, ("name", "organization", "category"), [(n, branch.id, "full") for n in names()]
        )


def change_all() -> None:
    ids = [row for (row,) in Member.select(Member.id).tuples()]
    with journal.operation("批量修改"):
        update_rows(Member, ["phone"], [(row, (f"139{row % 10**8:08d}",)) for row in ids])


def open_list() -> None:
    list(Member.living().order_by(Member.name).tuples())


def look_up() -> None:
    for typed in ("zxm", "张小", "0016", "mgrhl"):
        search.query(typed)


def save_one() -> None:
    for member in Member.select().limit(20):
        member.notes = f"{member.notes}改"
        member.save()


STEPS: dict[str, tuple[Callable[[], None], int]] = {
    "14 210 members brought in": (bring_in, 1),
    "14 210 members changed": (change_all, 1),
    "the list read whole": (open_list, 3),
    "four questions of the search box": (look_up, 3),
    "20 members saved one by one": (save_one, 3),
}


def taken() -> dict[str, float]:
    found = {}
    for name, (step, times) in STEPS.items():
        runs = []
        for _ in range(times):
            start = time.perf_counter()
            step()
            runs.append(time.perf_counter() - start)
        found[name] = statistics.median(runs)
    return found


def test_a_server_against_the_file(
    tmp_path: Path,
    cluster: Cluster,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vault, "COST", {"memory": 64, "iterations": 1, "lanes": 1})
    found = []
    for name, server in (("file", ""), ("server", cluster.prepared())):
        offices.new_office(
            tmp_path / name, "150823", "旗", "county", "甲", PASSPHRASE, site=3, server=server
        )
        Organization(name="甲支部", kind="branch").save()
        found.append(taken())
        assert journal.verify() == []
        assert bool(server) == database.shared
        offices.close_office()
    with capsys.disabled():
        print(f"\n{'':36}{'file s':>9}{'server s':>10}{'ratio':>8}")
        for step in STEPS:
            here, there = found[0][step], found[1][step]
            print(f"{step:36}{here:9.3f}{there:10.3f}{there / here:8.2f}")
    # Bulk work goes by COPY; a server that takes it row by row is many times slower.
    assert found[1]["14 210 members brought in"] < 4 * found[0]["14 210 members brought in"]
