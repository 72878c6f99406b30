"""Twenty townships come on one day with two packets each; the county takes all forty in at one sitting.

The second packet of a township is made before the receipt of the first came home, so it holds everything
again. The floor writes the rows of each packet with `executemany`, a transaction a packet, into an equal office with the
same indexes and journal triggers: nothing is read, proved, unsealed, compared, indexed for search or
acknowledged. On a county's server the floor is COPY into a passing table and one upsert of it, and time that passed is compared, since
the server computes in processes of its own. The sitting runs as the page runs it, on the database worker, while the window's event loop
ticks every few milliseconds: the longest time between two ticks is how long a click could have waited.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from db import journal
from db.bulk import insert_rows
from db.connection import database
from db.exchange import receiving
from db.exchange.received import Received
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


def floor(office: Desk, packets: Sequence[dict[str, list[tuple[Any, ...]]]]) -> Cost:
    """What writing these rows takes, nothing else."""
    with office.open():
        start = Cost.now()
        for tables in packets:
            with database.atomic():
                database.execute_sql(database.dialect.defer_references())
                database.execute_sql("UPDATE context SET operation = 1")
                for table, rows in tables.items():
                    if rows:
                        (copied if database.shared else one_by_one)(table, rows)
                database.execute_sql("UPDATE context SET operation = NULL")
        return Cost.now() - start


def one_by_one(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    database.execute_many(upsert(table, f"VALUES ({marks})"), rows)


def copied(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    database.execute_sql(
        f'CREATE TEMPORARY TABLE floor ON COMMIT DROP AS SELECT * FROM "{table}" WITH NO DATA'
    )
    with database.cursor().copy("COPY floor FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    database.execute_sql(upsert(table, "SELECT * FROM floor"))
    database.execute_sql("DROP TABLE floor")


def upsert(table: str, rows: str) -> str:
    """Put rows there, or their values over the ones that are there."""
    names = database.dialect.columns(database)[table]
    sets = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    return f'INSERT INTO "{table}" {rows} ON CONFLICT (id) DO UPDATE SET {sets}'


class Cost(NamedTuple):
    """Seconds this process computed, seconds that passed."""

    computed: float
    passed: float

    @classmethod
    def now(cls) -> Cost:
        return cls(time.process_time(), time.perf_counter())

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.computed - other.computed, self.passed - other.passed)


@pytest.mark.parametrize("where", ["file", "server"])
def test_row_66_forty_packets_at_one_sitting(
    where: str, tmp_path: Path, request: pytest.FixtureRequest, qapp: Any, qtbot: Any
) -> None:
    from PySide6.QtCore import QObject, QTimer

    from desktop.tasks import Job

    urls = ["", ""]
    if where == "server":
        cluster = request.getfixturevalue("cluster")
        urls = [cluster.prepared(), cluster.prepared()]
    county = Desk(tmp_path / "county", COUNTY, 1, "county", urls[0])
    least = Desk(tmp_path / "floor", COUNTY, 1, "county", urls[1])
    stick = tmp_path / "stick"
    stick.mkdir()
    packets = brought(tmp_path, county, stick)
    bare = floor(least, packets)
    owner, ticks, timer = QObject(), [time.perf_counter()], QTimer()
    timer.setInterval(3)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    done: list[Received] = []
    with county.open():
        start = Cost.now()
        timer.start()
        Job(
            owner,
            lambda progress: receiving.receive(receiving.folders_of([stick]), watch=progress),
        ).then(done.extend).start()
        qtbot.waitUntil(lambda: bool(done), timeout=600_000)
        cost = Cost.now() - start
        timer.stop()
        database.close()
    assert [one.outcome for one in done] == ["applied"] * 2 * TOWNSHIPS
    wait = max(b - a for a, b in pairwise(ticks)) * 1000
    rows = sum(len(each) for tables in packets for each in tables.values())
    ratio = cost.passed / bare.passed if where == "server" else cost.computed / bare.computed
    print(
        f"\n{where}: {len(packets)} packets, {rows} rows at one sitting / the same rows written:"
        f" {ratio:.2f} (≤ {REACH}), {cost.passed:.1f} s (≤ {WHOLE:.0f}; floor {bare.passed:.1f},"
        f" this process computed {cost.computed:.1f} and {bare.computed:.1f});"
        f" longest wait of the window {wait:.0f} ms (≤ {LONGEST_WAIT:.0f})"
    )
    assert ratio <= REACH
    assert wait <= LONGEST_WAIT
    assert cost.passed <= WHOLE


def brought(tmp_path: Path, county: Desk, stick: Path) -> list[dict[str, list[tuple[Any, ...]]]]:
    """The townships fill their ledgers and lay two packets each on the stick; the rows of each packet."""
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
    return packets
