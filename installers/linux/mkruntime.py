"""Make the folder every Linux product carries: a Python with its libraries, faces and C library.

    bin/zhengyou          the only way in (launcher.sh)
    bin/python3           the Python of the system this is made on
    lib/python3.N         its library, with the hash-locked wheels in site-packages
    lib/rt                the loader and every system library the rest links, the C library too
    app/                  desktop, db, resources and pyproject.toml as committed
    share/zhengyou/fonts  the faces of official paper
    LICENSES              the licence of each part

The folder may lie anywhere and be moved; nothing in it names a place of the machine it was made on.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import faces
import parts
import wheels
from linux import icu, libraries, licences, processor, qt, silent
from making import Stop, compile_all, lay_program

HERE = Path(__file__).resolve().parent
# Parts of Python's library that no program of ours reaches, with the C modules belonging to them.
NOT_NEEDED = re.compile(
    r"test|idlelib|tkinter|turtledemo|turtle\.py|lib2to3|ensurepip|venv|pydoc_data|config-.*"
    r"|site-packages|dist-packages|__pycache__|distutils|EXTERNALLY-MANAGED|_sysconfigdata.*"
    r"|sitecustomize\.py|__phello__.*|sqlite3"
)
# The engine of the ledgers brings its own SQLite. Without `_ssl` the product could not speak to a server if it wanted to; sums of files are counted by
# Python's own `_sha2` and its like, so that OpenSSL stays at home.
NO_MODULE = re.compile(
    r"_?(test|ctypes_test|xxtest|xxlimited|xxsubtype|xxinterp|tkinter|nis|ossaudiodev|curses|dbm|gdbm"
    r"|readline|ssl|hashlib|crypt|sqlite3)[._].*|_(test|xx|curses).*"
)


def version() -> str:
    """Return the name of the library folder of this Python, "python3.11"."""
    return "python{}.{}".format(*sys.version_info[:2])


def site(folder: Path) -> Path:
    """Return where the folder's Python looks for libraries; Debian's own looks elsewhere."""
    ask = "import site; print(site.getsitepackages()[-1].rsplit('/', 1)[-1])"
    command = [str(base_python()), "-I", "-c", ask]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    return folder / "lib" / version() / name


def base_python() -> Path:
    """Return the real Python below a virtual environment."""
    return (Path(sys.base_prefix) / "bin" / version()).resolve()


def lay_python(folder: Path) -> None:
    """Copy the interpreter and its library without what no program of ours reaches."""
    if place := libraries.own_place(base_python()):
        raise Stop(f"{base_python()} looks for its libraries in {place}: take the system's Python.")
    (folder / "bin").mkdir(parents=True)
    shutil.copyfile(base_python(), folder / "bin" / "python3")
    (folder / "bin" / "python3").chmod(0o755)
    source = Path(os.__file__).parent

    def left_out(where: str, names: list[str]) -> set[str]:
        dropped = {name for name in names if name in {"test", "tests", "__pycache__"}}
        if Path(where) == source:
            dropped |= {name for name in names if NOT_NEEDED.fullmatch(name)}
        if Path(where).name == "lib-dynload":
            dropped |= {name for name in names if NO_MODULE.fullmatch(name)}
        return dropped

    library = folder / "lib" / version()
    shutil.copytree(source, library, ignore=left_out)
    # The real one tells how and where this Python was compiled: of no use to anybody who runs it.
    for path in source.glob("_sysconfigdata*.py"):
        (library / path.name).write_text("build_time_vars = {}\n", encoding="utf-8")


def lay_wheels(folder: Path, whence: Sequence[str]) -> None:
    """Install the lock and let Python find the program beside it."""
    place = site(folder)
    wheels.install(place, options=whence)
    wheels.prune(place)
    # Found by Python's own start-up, without an environment variable that children would inherit.
    (place / "zhengyou.pth").write_text("../../../app\n", encoding="utf-8")


def lay_launcher(folder: Path) -> None:
    """Put the only way in beside the interpreter."""
    text = (HERE / "launcher.sh").read_text(encoding="utf-8")
    loader = libraries.loader(folder).relative_to(folder)
    way_in = folder / "bin" / "zhengyou"
    way_in.write_text(text.replace("@LOADER@", str(loader)), encoding="utf-8")
    way_in.chmod(0o755)


def strip(folder: Path) -> None:
    """Take the debugging symbols out of every binary, then see that each can still be opened."""
    found = [path for path in libraries.binaries(folder) if path != libraries.loader(folder)]
    subprocess.run(["strip", "--strip-unneeded", *map(str, found)], check=True)
    opening = "import ctypes, sys\nfor path in sys.argv[1:]: ctypes.CDLL(path, 1)"
    opened = [str(path) for path in found if path.parent.name != "bin"]
    python = [*libraries.carried_python(folder), "-I", "-B"]  # -B: leaves no trace of this run
    if subprocess.run([*python, "-c", opening, *opened]).returncode:
        raise Stop("A library does not open once its symbols are gone; it is named above.")


def lay_parts(folder: Path, moment: int, whence: Sequence[str]) -> None:
    """Write the list of all parts beside their licences."""
    tools = folder.with_name("tools")
    wheels.install(tools, parts.LOCK, whence)
    name = f"linux-{processor.here().name}"
    listed = licences.parts(folder, site(folder))
    parts.write(folder / "LICENSES", tools, name, moment, listed)


def settle(folder: Path, moment: int) -> None:
    """Give every file the same time and plain rights, so that the same input packs the same."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            os.utime(path, (moment, moment), follow_symlinks=False)
            continue
        runs = path.is_dir() or path.parent.name == "bin" or path == libraries.loader(folder)
        path.chmod(0o755 if runs else 0o644)
        os.utime(path, (moment, moment))


def make(folder: Path, moment: int, whence: Sequence[str] = ()) -> None:
    """Make the whole folder; `moment` (seconds) is the time all its files bear.

    `whence` are words for pip that say where the wheels of the lock are; none: on the network.
    """
    steps: dict[str, Callable[[], None]] = {
        "Python": lambda: lay_python(folder),
        "libraries": lambda: lay_wheels(folder, whence),
        "program": lambda: lay_program(folder / "app"),
        "Qt": lambda: qt.prune(site(folder), folder / "app"),
        "words of other countries": lambda: icu.trim(site(folder)),
        "system libraries": lambda: libraries.gather(folder),
        "stand-ins": lambda: silent.lay(folder),
        "symbols": lambda: strip(folder),
        "faces": lambda: faces.lay(folder, [*libraries.carried_python(folder), "-I", "-B"], moment),
        "launcher": lambda: lay_launcher(folder),
        "compiling": lambda: compile_all(
            libraries.carried_python(folder), folder, folder / "lib" / version()
        ),
        "licences": lambda: licences.gather(folder, site(folder)),
        "list of parts": lambda: lay_parts(folder, moment, whence),
        "rights and times": lambda: settle(folder, moment),
    }
    for name, step in steps.items():
        print(name, "…", flush=True)
        step()
