"""The shared libraries a folder of binaries links: found by the loader itself, gathered into lib/rt."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from linux import processor
from making import Stop

LINE = re.compile(r"^\s+(\S+)(?: => (\S+| not found))? \(0x[0-9a-f]+\)$|^\s+(\S+) => not found$")
# Opened while running and named by no link: the C library's thread end, the bus.
OPENED = ("libgcc_s.so.1", "libdbus-1.so.3")
ELF = b"\x7fELF"


def binaries(folder: Path) -> Iterator[Path]:
    """Walk the programs and shared libraries below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as stream:
                if stream.read(4) == ELF:
                    yield path


def read(printed: str) -> tuple[dict[str, Path], set[str]]:
    """Read what ``ldd`` printed: name -> file, and the names it did not find."""
    found, missing = {}, set()
    for line in printed.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        name, place, absent = match.groups()
        if absent:
            missing.add(absent)
        elif place and place.startswith("/"):
            found[name] = Path(place)
        elif name.startswith("/"):
            found[Path(name).name] = Path(name)
    return found, missing


def ask(paths: Iterable[Path]) -> dict[str, Path]:
    """Return name -> file of all libraries these binaries link, near and far."""
    names = [str(path) for path in paths]
    if not names:
        return {}
    done = subprocess.run(
        ["ldd", *names], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )
    found, missing = read(done.stdout)
    if missing:
        raise Stop(
            "The build machine lacks these libraries; install the packages that bring them:\n  "
            + "\n  ".join(sorted(missing))
        )
    return found


def linked(paths: Iterable[Path]) -> list[Path]:
    """Return the files of all libraries these binaries link, near and far."""
    return list(ask(paths).values())


def known() -> dict[str, Path]:
    """Return the libraries the build machine's loader knows by name, of its own kind."""
    lines = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    kind = re.escape(processor.here().loader)
    pairs = re.findall(rf"^\s+(\S+) \(libc6,{kind}[^)]*\) => (\S+)$", lines, re.M)
    return {name: Path(place) for name, place in reversed(pairs)}


def gather(folder: Path) -> None:
    """Copy what the folder links and does not hold itself into lib/rt, the loader among it."""
    place = folder / "lib" / "rt"
    place.mkdir(parents=True)
    mine = list(binaries(folder))
    by_name = known()
    absent = [name for name in OPENED if name not in by_name]
    if absent:
        raise Stop("The build machine lacks " + ", ".join(absent))
    opened = {name: by_name[name] for name in OPENED}
    found = ask([*mine, *(path.resolve() for path in opened.values())]) | opened
    for name, path in sorted(found.items()):
        if not path.resolve().is_relative_to(folder.resolve()):
            shutil.copyfile(path.resolve(), place / name)
    loader(folder).chmod(0o755)


def loader(folder: Path) -> Path:
    """Return the program loader that lib/rt holds."""
    return next((folder / "lib" / "rt").glob("ld-linux*"))


def carried_python(folder: Path) -> list[str]:
    """Return the command that runs the folder's Python on the folder's own libraries."""
    rt, python = folder / "lib" / "rt", folder / "bin" / "python3"
    return [
        str(loader(folder)),
        "--inhibit-cache",
        "--library-path",
        str(rt),
        "--argv0",
        str(python),
        str(python),
    ]


def own_place(binary: Path) -> str:
    """Return the folder a program names as that of its libraries; '' for one that may be moved."""
    printed = subprocess.run(
        ["readelf", "-d", str(binary)], check=True, capture_output=True, text=True
    )
    match = re.search(r"\((?:RPATH|RUNPATH)\).*\[(/[^]]*)\]", printed.stdout)
    return match[1] if match else ""
