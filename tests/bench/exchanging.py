"""A township with ten years of work, a county, and what they say to each other; shared by benches."""

from __future__ import annotations

import csv
import io
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from db import identity, journal, office
from db.connection import database
from db.demonstration import build
from db.exchange import enrolment, keys, receiving, sending, shapes
from db.exchange.carrier import Folder
from db.exchange.share import Line

PASSPHRASE = "量一量交换要多久"
COUNTY = "150823"
COUNTY_SITE = 4000
#: A month of a township: so many new rows, changed rows and retired rows of these tables.
NEW = {"visit": 190, "visit_household": 1400, "matter_progress": 560}
CHANGED = {"member": ("phone", 300), "matter": ("result", 300)}
RETIRED = {"matter": 20}
MONTH = sum(NEW.values()) + sum(n for _, n in CHANGED.values()) + sum(RETIRED.values())


@contextmanager
def at(folder: Path) -> Iterator[None]:
    """One office opened for a while."""
    office.open_office(folder, PASSPHRASE)
    try:
        yield
    finally:
        office.close_office()


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds computed and passed, and what it returned."""
    computed, passed = time.process_time(), time.perf_counter()
    value = work()
    return time.process_time() - computed, time.perf_counter() - passed, value


class Pair:
    """A township of the demonstration and its county, enrolled, with a stick between them."""

    def __init__(self, root: Path) -> None:
        self.town, self.county, self.stick = root / "town", root / "county", root / "stick"
        self.stick.mkdir(parents=True)
        build(self.town, "township", 1, passphrase=PASSPHRASE)
        new_county(self.county)
        with at(self.town):
            self.code = identity.identity().office_code
        enrol(self.county, self.town, self.code, root)

    def send(self) -> tuple[float, float, sending.Sent]:
        """Collect, seal, write, read back."""
        with at(self.town):
            computed, passed, sent = timed(lambda: sending.send(Folder(self.stick)))
        return computed, passed, sent[0]

    def receive(self) -> tuple[float, float, Any]:
        """Read, verify, plan, apply, lay the receipt down; without the safety copy."""
        with at(self.county):
            computed, passed, done = timed(
                lambda: receiving.receive(receiving.folders_of([self.stick]))
            )
        assert [one.outcome for one in done] == ["applied"], done
        return computed, passed, done[0]

    def acknowledge(self) -> None:
        """The receipt comes home, and the stick is empty again."""
        with at(self.town):
            receiving.receive(receiving.folders_of([self.stick]))
            assert keys.known(COUNTY).acknowledged == keys.known(COUNTY).our_number
        shutil.rmtree(self.stick)
        self.stick.mkdir()


def new_county(folder: Path) -> None:
    """An empty county office."""
    office.new_office(folder, COUNTY, "乌兰前旗委", "county", "测量", PASSPHRASE, site=COUNTY_SITE)
    office.close_office()


def enrol(county: Path, town: Path, code: str, root: Path) -> None:
    """The three steps, as two people do them with a stick."""
    letter, answer = root / f"{code}.invitation", root / f"{code}.answer"
    with at(county):
        enrolment.invite(code, f"{code}党委", letter)
    with at(town):
        enrolment.join(letter, answer)
    with at(county):
        enrolment.admit(answer)


def month(seed: int) -> None:
    """A month's work in the open office: `MONTH` rows made, changed or retired."""
    dice = random.Random(seed)
    connection, trips = database.connection(), range(0)
    with journal.operation(f"第 {seed} 个月"):
        for table, count in NEW.items():
            names = [c[1] for c in connection.execute(f'PRAGMA table_info("{table}")')]
            rows = connection.execute(
                f"SELECT * FROM \"{table}\" WHERE retired = '' ORDER BY id LIMIT ?", (count,)
            ).fetchall()
            while len(rows) < count:
                rows += rows[: count - len(rows)]
            ids = identity.next_ids(count)
            fresh = [dict(zip(names, row, strict=True)) for row in rows]
            for at_row, row in enumerate(fresh):
                row["id"] = ids[at_row]
                if table == "visit_household":
                    row["visit_id"] = trips[at_row % len(trips)]
            trips = ids if table == "visit" else trips
            connection.executemany(
                f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(names))})',
                [tuple(row.values()) for row in fresh],
            )
        for table, (column, count) in CHANGED.items():
            rows = connection.execute(f'SELECT id FROM "{table}" ORDER BY id').fetchall()
            connection.executemany(
                f'UPDATE "{table}" SET "{column}" = ?, version = version + 1 WHERE id = ?',
                [
                    (f"1{dice.randrange(10**9, 10**10)}", row[0])
                    for row in dice.sample(rows, min(count, len(rows)))
                ],
            )
        for table, count in RETIRED.items():
            connection.execute(
                f'UPDATE "{table}" SET retired = \'重复\' WHERE id IN (SELECT id FROM "{table}"'
                " WHERE retired = '' ORDER BY id LIMIT ?)",
                (count,),
            )


def recorded(work: Callable[[], None]) -> bytes:
    """SQLite's own changeset of what this work does to the travelling tables."""
    session = apsw.Session(database.connection(), "main")
    for model in shapes.models():
        session.attach(model.stem())
    try:
        work()
        return bytes(session.changeset())
    finally:
        session.close()


def apply(changeset: bytes) -> None:
    """The floor: SQLite applies its own changeset to the office's tables, in one transaction."""
    with database.atomic():
        database.execute_sql("UPDATE context SET operation = 1")
        apsw.Changeset.apply(
            changeset,
            database.connection(),
            conflict=lambda *_: apsw.SQLITE_CHANGESET_REPLACE,
        )
        database.execute_sql("UPDATE context SET operation = NULL")


def minimal_csv(lines: Sequence[Line]) -> bytes:
    """The same rows as bare text: no names, no empty columns, changed fields only."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tables: dict[tuple[str, bool], list[Line]] = {}
    for line in lines:
        tables.setdefault((line.stem, line.whole), []).append(line)
    for (_stem, whole), rows in sorted(tables.items()):
        columns = sorted({c for row in rows for c in row.values})
        used = [c for c in columns if any(row.values.get(c) not in ("", None) for row in rows)]
        for row in rows:
            told = used if whole else sorted(row.values)
            writer.writerow([row.row, *(row.values.get(c) for c in told)])
    return out.getvalue().encode()
