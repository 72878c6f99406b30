"""Gather the licence of every part of the product into LICENSES."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import wheels
from linux import libraries
from making import Stop

COMMON = Path("/usr/share/common-licenses")
TEXTS = ("Apache-2.0", "GPL-2", "GPL-3", "LGPL-2", "LGPL-2.1", "LGPL-3")


def package_of(path: Path) -> str:
    """Return the Debian package a library belongs to; '' for one that no package brought."""
    for place in (path, path.resolve(), Path(str(path.resolve()).removeprefix("/usr"))):
        done = subprocess.run(["dpkg", "-S", str(place)], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":", 1)[0]
    return ""


def gather(folder: Path, site: Path) -> None:
    """Write LICENSES: ours, Python's, each wheel's, each system package's, the common texts."""
    place = folder / "LICENSES"
    place.mkdir()
    for text in TEXTS:
        shutil.copyfile(COMMON / text, place / text)
    known = libraries.known()
    packages = set()
    for path in (folder / "lib" / "rt").iterdir():
        package = package_of(known[path.name]) if path.name in known else ""
        if not package:
            raise Stop(f"{path.name} belongs to no package: under which licence is it handed on?")
        packages.add(package)
    for package in sorted(packages):
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        shutil.copyfile(copyright_file, place / f"{package}.txt")
    python = "python{}.{}".format(*sys.version_info[:2])
    own = [folder / "lib" / python / "LICENSE.txt", Path(f"/usr/share/doc/{python}/copyright")]
    shutil.copyfile(next(path for path in own if path.exists()), place / f"{python}.txt")
    wheels.licences(site, place)
