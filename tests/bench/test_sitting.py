"""Twenty townships come on one day with two packets each; the county takes all forty in at one sitting.

The second packet of a township is made before the receipt of the first came home, so it holds everything
again. The floor writes the rows of each packet with `executemany`, a transaction a packet, into an equal office with the
same indexes and journal triggers: nothing is read, proved, unsealed, compared, indexed for search or
acknowledged. The sitting runs as the page runs it, on the database worker, while the window's event loop
ticks every few milliseconds: the longest time between two ticks is how long a click could have waited.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db import journal
from db.bulk import insert_rows
from db.connection import database
from db.exchange import receiving
from db.registers.member import Honour, Member, MemberFlag
from db.registers.organization import Organization
from tests.offices.desks import COUNTY, Desk, enrol

pytestmark = pytest.mark.bench

TOWNSHIPS, MEMBERS, BRANCHES = 20, 2_500, 60
REACH = 4.0
LONGEST_WAIT = 100.0  # ms
WHOLE = 60.0  # s
TABLES = ("organization", "member", "member_honour", "member_flag")


def fill(first: int) -> None:
    """A township's branches and members, each with an honour and a mark."""
    with journal.operation("花名册"):
        top = insert_rows(Organization, ("name", "kind"), [(f"第{first}镇党委", "committee")])[0]
        branches = insert_rows(
            Organization,
            ("name", "kind", "parent"),
            [(f"第{first}镇第{n}支部", "branch", top) for n in range(BRANCHES)],
        )
        members = insert_rows(
            Member,
            ("name", "organization", "category", "sex", "joined_on", "phone", "address"),
            [
                (
                    f"{'王李张刘陈'[n % 5]}{'伟芳娜敏静'[n // 5 % 5]}{'丽强磊军洋'[n // 25 % 5]}",
                    branches[n % BRANCHES], "full", "male", f"{1970 + n % 50}-07-01",
                    f"139{first:02}{n:06}", f"{n % 9}组{n}号",
                )
                for n in range(MEMBERS)
            ],
        )  # fmt: skip
        insert_rows(
            Honour,
            ("member", "title_given", "on"),
            [(member, "优秀共产党员", "2024-07-01") for member in members],
        )
        insert_rows(MemberFlag, ("member", "kind"), [(member, "hardship") for member in members])


def month(seed: int) -> None:
    """What changes in a month: telephones, some new honours."""
    ids = [row[0] for row in database.execute_sql("SELECT id FROM member ORDER BY id LIMIT 300")]
    with journal.operation("一个月"):
        database.connection().executemany(
            "UPDATE member SET phone = ?, version = version + 1 WHERE id = ?",
            [(f"138{seed:02}{n:06}", row) for n, row in enumerate(ids)],
        )
        insert_rows(
            Honour, ("member", "title_given", "on"), [(row, "党员先锋", "2026-10") for row in ids]
        )


def rows_of(town: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """All that a township has, as it stands in its tables."""
    with town.open():
        return {
            table: database.execute_sql(f'SELECT * FROM "{table}"').fetchall() for table in TABLES
        }


def floor(office: Desk, packets: Sequence[dict[str, list[tuple[Any, ...]]]]) -> float:
    """Computed seconds of writing these rows, nothing else."""
    with office.open():
        start = time.process_time()
        for tables in packets:
            with database.atomic():
                database.execute_sql("PRAGMA defer_foreign_keys = 1")
                database.execute_sql("UPDATE context SET operation = 1")
                for table, rows in tables.items():
                    if rows:
                        database.connection().executemany(upsert(table), rows)
                database.execute_sql("UPDATE context SET operation = NULL")
        return time.process_time() - start


def upsert(table: str) -> str:
    """Put a row there, or its values over the one that is there."""
    names = [row[1] for row in database.execute_sql(f'PRAGMA table_info("{table}")').fetchall()]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    marks = ", ".join("?" * len(names))
    return f'INSERT INTO "{table}" VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {sets}'


def test_forty_packets_at_one_sitting(tmp_path: Path, qapp: Any, qtbot: Any) -> None:
    from PySide6.QtCore import QObject, QTimer

    from desktop.tasks import Job

    county = Desk(tmp_path / "county", COUNTY, 1, "county")
    least = Desk(tmp_path / "floor", COUNTY, 1, "county")
    stick = tmp_path / "stick"
    stick.mkdir()
    packets: list[dict[str, list[tuple[Any, ...]]]] = []
    for number in range(TOWNSHIPS):
        town = Desk(tmp_path / f"town{number}", f"1508231{number:02}", 100 + number)
        enrol(county, town, tmp_path)
        with town.open():
            fill(number)
        town.send(stick)
        packets.append(rows_of(town))
        with town.open():
            month(number)
        town.send(stick)
        packets.append(rows_of(town))
        shutil.rmtree(town.folder)
    bare = floor(least, packets)
    owner, ticks, timer = QObject(), [time.perf_counter()], QTimer()
    timer.setInterval(3)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    done: list[receiving.Received] = []
    with county.open():
        computed, passed = time.process_time(), time.perf_counter()
        timer.start()
        Job(
            owner,
            lambda progress: receiving.receive(receiving.folders_of([stick]), watch=progress),
        ).then(done.extend).start()
        qtbot.waitUntil(lambda: bool(done), timeout=300_000)
        computed, passed = time.process_time() - computed, time.perf_counter() - passed
        timer.stop()
        database.close()
    assert [one.outcome for one in done] == ["applied"] * 2 * TOWNSHIPS
    wait = max(b - a for a, b in pairwise(ticks)) * 1000
    rows = sum(len(each) for tables in packets for each in tables.values())
    print(
        f"\n{len(packets)} packets, {rows} rows at one sitting / executemany of the same rows:"
        f" {computed / bare:.2f} (≤ {REACH}), {passed:.1f} s (≤ {WHOLE:.0f});"
        f" longest wait of the window {wait:.0f} ms (≤ {LONGEST_WAIT:.0f})"
    )
    assert computed / bare <= REACH
    assert wait <= LONGEST_WAIT
    assert passed <= WHOLE
