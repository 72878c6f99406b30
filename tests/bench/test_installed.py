"""The installed program, and the second ``bootstrap.py run``, against ``python -m desktop``: start, and size.

Needs the folder of ``installers/build.py linux`` (build/linux/files, or ZHENGYOU_INSTALLED) and is
passed over without it. Both sides are fresh processes without a screen, in turns: from the start of
the process until the window stands and listens for a second start. The median of each counts.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench

ROOT = Path(__file__).resolve().parents[2]
FILES = Path(os.environ.get("ZHENGYOU_INSTALLED", ROOT / "build" / "linux" / "files"))
TURNS = 9
REACH = 0.9
REACH_AGAIN = 2.0


def until_it_listens(command, place):
    """Seconds from the start of a process until its window answers at its address."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    place.with_name("home").mkdir(exist_ok=True)
    environ = {name: word for name, word in os.environ.items() if not name.startswith("PYTEST")}
    home = place.with_name("home")  # kept: the system's list of fonts is made in it once
    environ |= {"TMPDIR": str(place), "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    environ |= {"DISPLAY": ":none"}  # the set-up opens a window only where it is told of a screen
    born = time.perf_counter()
    words = [*command, "--data", str(place / "d")]
    with subprocess.Popen(words, cwd=ROOT, env=environ, start_new_session=True) as started:
        try:
            while time.perf_counter() - born < 60:
                for address in place.glob("zhengyou-*"):
                    with socket.socket(socket.AF_UNIX) as line:
                        if line.connect_ex(str(address)) == 0:
                            return time.perf_counter() - born
                assert started.poll() is None
                time.sleep(0.001)
        finally:
            os.killpg(started.pid, signal.SIGKILL)  # what it started itself, too
    raise AssertionError("the window did not come up")


def ratios(sides, place):
    """Median and best of the first side against those of the second, started in turns."""
    for command in sides.values():
        until_it_listens(command, place)  # files into memory, .pyc written
    taken = {name: [] for name in sides}
    for _ in range(TURNS):
        for name, command in sides.items():
            taken[name].append(until_it_listens(command, place))
    one, other = taken.values()
    return statistics.median(one) / statistics.median(other), min(one) / min(other)


@pytest.mark.skipif(not (FILES / "bin" / "zhengyou").exists(), reason="no product was built")
def test_the_installed_program_starts_sooner_than_the_checkout(tmp_path):
    sides = {
        "installed": [str(FILES / "bin" / "zhengyou")],
        "checkout": [sys.executable, "-m", "desktop"],
    }
    ratio, best = ratios(sides, tmp_path / "t")
    print(f"\nstart of the installed program: {ratio:.2f} x, best {best:.2f} x (reach {REACH})")
    assert ratio <= REACH


def test_the_second_run_of_the_set_up_opens_the_window_about_as_soon(tmp_path):
    sides = {
        "run": [sys.executable, "installers/bootstrap.py", "run"],
        "plain": [sys.executable, "-m", "desktop"],
    }
    ratio, best = ratios(sides, tmp_path / "t")
    print(f"\nsecond bootstrap.py run: {ratio:.2f} x, best {best:.2f} x (reach {REACH_AGAIN})")
    assert ratio <= REACH_AGAIN


@pytest.mark.skipif(not (FILES / "bin" / "zhengyou").exists(), reason="no product was built")
def test_say_what_the_installed_program_weighs():
    sizes = {"all": 0, "faces": 0, "Qt": 0, "system libraries": 0, "program": 0, "compiled": 0}
    for path in FILES.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        size, words = path.stat().st_size, str(path.relative_to(FILES))
        sizes["all"] += size
        sizes["faces"] += size if words.startswith("share/") or "pylopdf" in words else 0
        sizes["Qt"] += size if "/PySide6/" in words or "/shiboken6/" in words else 0
        sizes["system libraries"] += size if words.startswith("lib/rt/") else 0
        sizes["program"] += size if words.startswith("app/") else 0
        sizes["compiled"] += size if words.endswith(".pyc") else 0
    print(
        "\ninstalled, MB: " + ", ".join(f"{name} {size / 1e6:.0f}" for name, size in sizes.items())
    )
    assert sizes["all"] > 0
