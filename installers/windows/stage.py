"""Make the folder the setup lays down as ``program``: a Python with its libraries, faces and ours.

zhengyou.exe      the way in; zhengyou-cli.exe for a console
runtime           the embeddable Python, and below share the faces of official paper
lib               the hash-locked wheels for Windows
app               desktop, db, resources as committed
LICENSES          the licence of each part
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import faces
import parts
import wheels
from making import Stop, compile_all, lay_program
from windows import launcher, qt, runtime

PLATFORM = ["--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp"]
# What the build itself runs, of this machine's kind: cutting and packing of the faces.
TOOLS = ("uharfbuzz", "zstandard")
COMMON = Path("/usr/share/common-licenses")
TEXTS = ("Apache-2.0", "GPL-3", "LGPL-3")
HERE = Path(__file__).resolve().parent


def lay_wheels(folder: Path) -> None:
    """Install the lock's wheels for Windows."""
    site = folder / "lib"
    wheels.install(site, options=PLATFORM)
    wheels.prune(site)
    shutil.rmtree(site / "share", ignore_errors=True)


def lay_faces(folder: Path, work: Path, moment: int) -> None:
    """Build the faces that Windows does not bring, with libraries of the same lock."""
    tools, lock = work / "tools", work / "tools.txt"
    lock.write_text(wheels.part_of_lock(TOOLS), encoding="utf-8")
    shutil.rmtree(tools, ignore_errors=True)
    wheels.install(tools, lock)
    start = "import runpy, sys; sys.path.insert(0, sys.argv[1]); del sys.argv[:2]; "
    start += "runpy.run_path(sys.argv[0], run_name='__main__')"
    python = [sys.executable, "-I", "-B", "-c", start, str(tools)]
    faces.lay(folder / "runtime", python, moment, product="windows")


def lay_licences(folder: Path, whole: Path) -> None:
    """Write LICENSES: ours, Python's, Microsoft's redistributables', each wheel's, the common texts."""
    place = folder / "LICENSES"
    place.mkdir()
    for text in TEXTS:
        shutil.copyfile(COMMON / text, place / text)
    shutil.copyfile(whole / "LICENSE.txt", place / "python3.11.txt")
    shutil.copyfile(HERE / "redistributables.txt", place / "visual-c-runtime.txt")
    wheels.licences(folder / "lib", place)


def lay_parts(folder: Path, work: Path, moment: int) -> None:
    """Write the list of all parts (SBOM) beside their licences."""
    tools = work / "listing"
    wheels.install(tools, parts.LOCK)
    python = parts.Part("platform", "CPython embeddable", "3.11.9", "", "PSF-2.0", runtime.OFFICIAL)
    listed = [python, *parts.wheels(folder / "lib")]
    listed += parts.faces(folder / "runtime" / "share" / "zhengyou" / "fonts")
    parts.write(folder / "LICENSES", tools, "windows-x86_64", moment, listed)


def settle(folder: Path, moment: int) -> None:
    """Give every file the same time and plain rights, so that the same input packs the same."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (moment, moment))


def make(folder: Path, options: argparse.Namespace, moment: int) -> None:
    """Make the whole folder; `moment` (seconds) is the time all its files bear."""
    if sys.version_info[:2] != (3, 11):
        raise Stop("Modules are compiled for Python 3.11, and by it: build on Debian 12.")
    work: Path = options.work
    steps: dict[str, Callable[[], object]] = {
        "Python": lambda: runtime.lay(folder / "runtime", work, options.python),
        "libraries": lambda: lay_wheels(folder),
        "program": lambda: lay_program(folder / "app"),
        "Qt": lambda: qt.prune(folder / "lib", folder / "app"),
        "faces": lambda: lay_faces(folder, work, moment),
        "launcher": lambda: launcher.build(folder, work / "launcher"),
        "licences": lambda: lay_licences(folder, work / "python"),
        "list of parts": lambda: lay_parts(folder, work, moment),
        "compiling": lambda: compile_all([sys.executable, "-I"], folder, folder / "lib"),
        "rights and times": lambda: settle(folder, moment),
    }
    for name, step in steps.items():
        print(name, "…", flush=True)
        step()
