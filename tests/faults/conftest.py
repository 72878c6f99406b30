"""A folder to be maltreated, and a process that can be killed at any moment."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from db import office as offices
from tests.conftest import PASSPHRASE
from tests.factories import make

ROOT = Path(__file__).resolve().parents[2]
#: How many random moments each fault gets; a night's run asks for a thousand.
ROUNDS = int(os.environ.get("ZHENGYOU_FAULT_ROUNDS", "6"))
LONG_ROUNDS = int(os.environ.get("ZHENGYOU_FAULT_LONG_ROUNDS", "250"))
SEED = int(os.environ.get("ZHENGYOU_FAULT_SEED", "1"))
#: What a task says that ends itself where it was told to.
DIED = 9


@dataclass
class Victim:
    """Starts tasks of the zygote and ends them."""

    process: subprocess.Popen[str]
    random: Random = field(default_factory=lambda: Random(SEED))

    def start(self, task: str, folder: Path, option: object = None) -> int:
        """Begin a task; returns the child's process id."""
        (folder.parent / "told").unlink(missing_ok=True)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([task, str(folder), option]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def wait(self) -> int:
        """The exit status of the task: 0 done, -9 killed."""
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def run(self, task: str, folder: Path, option: object = None) -> int:
        """Run a task to its end: 0, or `DIED` where it was told to end itself."""
        self.start(task, folder, option)
        status = self.wait()
        assert status in (0, DIED, -signal.SIGKILL), f"{task} failed"
        return status

    def kill_within(self, seconds: float, task: str, folder: Path, option: object = None) -> int:
        """Kill the task at a random moment after it began; a task may also have finished."""
        status = self._kill_within(seconds, task, folder, option)
        assert status in (0, -signal.SIGKILL), f"{task} failed by itself and was not killed"
        return status

    def _kill_within(self, seconds: float, task: str, folder: Path, option: object) -> int:
        child = self.start(task, folder, option)
        try:
            # A handle, not a number: the number may belong to somebody else a moment later.
            handle = os.pidfd_open(child)
        except ProcessLookupError:
            return self.wait()
        try:
            began = folder.parent / "told"
            while not (began.exists() and began.stat().st_size):
                signal.pidfd_send_signal(handle, 0)
                time.sleep(0.001)
            time.sleep(self.random.uniform(0, seconds))
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        except ProcessLookupError:
            return self.wait()
        finally:
            os.close(handle)
        return self.wait()

    @staticmethod
    def told(folder: Path) -> list[str]:
        """What the task was told is safe, line by line."""
        file = folder.parent / "told"
        return file.read_text("utf-8").splitlines() if file.exists() else []


@pytest.fixture(scope="session")
def victim() -> Iterator[Victim]:
    if not hasattr(os, "pidfd_open"):
        pytest.skip("killing needs fork and process handles")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.zygote"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    yield Victim(process)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture
def folder(office: offices.Office) -> Iterator[Path]:
    """A closed office with a few organizations in it."""
    from db.registers.organization import Organization

    for name in ("甲支部", "乙支部", "丙支部"):
        make(Organization, name=name, kind="branch")
    offices.close_office()
    yield office.folder
    offices.close_office()


@pytest.fixture
def backed_up(folder: Path) -> Path:
    """That folder with two hundred members and a backup of them."""
    from db import backup, journal
    from db.registers.member import Member
    from db.registers.organization import Organization

    reopen(folder)
    branch = make(Organization, name="丁支部", kind="branch")
    with journal.operation("二百人"):
        for _ in range(200):
            make(Member, organization=branch)
    backup.snapshot(folder, offices.current().key)
    offices.close_office()
    return folder


@pytest.fixture
def fresh(folder: Path, tmp_path: Path) -> Path:
    """A place for copies of that folder, one a round."""
    return tmp_path / "round" / "office"


def renew(folder: Path, copy: Path) -> Path:
    """The folder again as it was at first."""
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir(parents=True)
    shutil.copytree(folder, copy)
    return copy


def reopen(folder: Path) -> None:
    offices.open_office(folder, PASSPHRASE)


def sound() -> None:
    """Every page reads, every index fits, no row points nowhere, the chain is whole."""
    from db import backup, journal
    from db.connection import database, dialect

    rows = database.execute_sql(dialect().integrity_findings()).fetchall()
    assert [row[0] for row in rows] == ["ok"]
    assert database.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert journal.verify() == []
    assert backup.findings(offices.current().folder) == []
