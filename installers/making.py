"""What all products share: the checkout, its version and time, the program as committed, compiling."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "installers" / "lock" / "run.txt"
# pyproject.toml states the version.
APP = ("desktop", "db", "resources", "pyproject.toml")
SYSTEM_PYTHON = Path("/usr/bin/python3")


class Stop(Exception):
    """The product cannot be built here; the message says what is lacking."""


def version(root: Path = ROOT) -> str:
    """Return the version of the program in four parts, as the UOS store and Windows want it."""
    stated = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return ".".join([*stated.split("."), "0", "0", "0"][:4])


def stated_time(root: Path = ROOT) -> int:
    """Return the time all files bear: SOURCE_DATE_EPOCH, or that of the commit."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)


def lay_program(app: Path) -> None:
    """Unpack the program as committed, not as it happens to lie about."""
    app.mkdir()
    command = ["git", "archive", "--format=tar", "HEAD", *APP]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", str(app)], stdin=archive.stdout, check=True)
    if archive.returncode:
        raise Stop("git archive failed: the program is built from a checkout.")
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", *APP], cwd=ROOT, capture_output=True, text=True
    ).stdout
    if changed:
        print("Not in the product, as it is not committed:\n" + changed, flush=True)


def compile_all(python: Sequence[str], folder: Path, library: Path) -> None:
    """Compile every module with this Python; no file is looked at again later.

    The sources of the libraries stay at home, ours come along: a report of a fault quotes them.
    """
    command = [*python, "-S", "-m", "compileall", "-q", "-j1"]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(folder)]
    # Sets inside code are written in the order of their hashes: a fixed seed makes that one order.
    environ = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    for words in (
        [str(folder / "app")],
        ["-b", str(library)],
    ):  # -b: beside the source, which may go
        if subprocess.run([*command, *words], env=environ).returncode:
            raise Stop("A module does not compile; it is named above.")
    for path in [*library.rglob("*.py"), *library.rglob("__pycache__")]:
        if path.is_dir():
            shutil.rmtree(path)  # left by a run while the product was made, with the hour in it
        elif path.with_suffix(".pyc").exists():
            path.unlink()
