"""The real `send` command on a folder whose every system call fails once: rows 6, 8, 9, 10 and 13."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import office as offices
from db.exchange import sending
from tests.conftest import PASSPHRASE
from tests.faults import pair
from tests.faults.conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
CALLS = {
    "row_06_write": ("write", "EIO"),
    "row_08_fsync": ("fsync", "EIO"),
    "row_10_rename": ("rename,renameat,renameat2", "ENOENT"),
    "row_10_rename_across": ("rename,renameat,renameat2", "EXDEV"),
    "row_13_full": ("write", "ENOSPC"),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> pair.Pair:
    return pair.make(tmp_path_factory.mktemp("strace") / "first")


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    offices.close_office()


def run(before: list[str], both: pair.Pair, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop", "--data", str(both.town), "send", str(both.stick)]
    env = {**os.environ, "ZHENGYOU_PASSPHRASE": PASSPHRASE, **env}
    return subprocess.run(
        [*before, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def fresh_edit(both: pair.Pair) -> None:
    pair.opened(both.town)
    pair.work(77)
    offices.close_office()


def comes_right(both: pair.Pair) -> None:
    """The old packets are whole, no half one is there, and a second try reaches the county."""
    for name in both.names:
        assert (both.stick / name).stat().st_size
    assert run([], both).returncode == 0
    pair.opened(both.county)
    done = pair.take_all(both.stick)
    assert {each["outcome"] for each in done} <= {"applied", "same"}, done
    at_county = pair.rows()
    pair.opened(both.town)
    assert pair.rows() == at_county


@pytest.mark.parametrize("call", CALLS)
def test_rows_06_08_10_13_a_system_call_on_the_stick_fails_once(
    first: pair.Pair, tmp_path: Path, call: str
) -> None:
    both = first.again(tmp_path / "round")
    fresh_edit(both)
    names, error = CALLS[call]
    # Only calls that touch the stick fail: the data folder lies elsewhere.
    trace = ["strace", "-f", "-qq", "-o", str(tmp_path / "log"), "-e", f"trace={names}"]
    trace += ["-P", str(both.stick), "-e", f"inject={names}:error={error}:when=1"]
    packet = next(iter(_packet_of(both)))
    trace += ["-P", str(both.stick / f".{packet}.part"), "-P", str(both.stick / packet)]
    done = run(trace, both)
    if "ptrace" in done.stderr:
        pytest.skip("no right to trace")
    assert "INJECTED" in (tmp_path / "log").read_text("utf-8"), "nothing failed"
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "没有" in done.stderr + done.stdout
    assert not list(both.stick.glob(".*.part"))
    pair.opened(both.town)
    assert sending.outbox()[0].state == "made", "I8"
    offices.close_office()
    comes_right(both)


def _packet_of(both: pair.Pair) -> list[str]:
    """The name the next packet will have: it is made first and kept, then written."""
    pair.opened(both.town)
    made, _ = sending.make(pair.COUNTY)
    offices.close_office()
    return [made.packet]


CLOSE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int close(int fd) {
  static int (*real)(int); static int done; char at[64], to[4096]; ssize_t n;
  if (!real) real = dlsym(RTLD_NEXT, "close");
  snprintf(at, sizeof at, "/proc/self/fd/%d", fd);
  n = readlink(at, to, sizeof to - 1); if (n > 0) to[n] = 0; else to[0] = 0;
  if (!done && strstr(to, ".zytz.part")) { done = 1; real(fd); errno = EIO; return -1; }
  return real(fd);
}
"""


def test_row_09_a_failing_close_is_no_success(first: pair.Pair, tmp_path: Path) -> None:
    compiler = shutil.which("gcc")
    if compiler is None:
        pytest.skip("no compiler here")
    (tmp_path / "close.c").write_text(CLOSE, "ascii")
    library = tmp_path / "close.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", str(library), str(tmp_path / "close.c"), "-ldl"],
        check=True,
    )
    both = first.again(tmp_path / "round")
    fresh_edit(both)
    done = run([], both, LD_PRELOAD=str(library))
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    pair.opened(both.town)
    assert sending.outbox()[0].state == "made", "I8"
    offices.close_office()
    comes_right(both)
