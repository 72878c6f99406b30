"""Gather the licence of every part of the product into LICENSES."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import parts as of_product
import wheels
from linux import libraries, silent
from making import Stop
from parts import Part

COMMON = Path("/usr/share/common-licenses")
TEXTS = ("Apache-2.0", "GPL-2", "GPL-3", "LGPL-2", "LGPL-2.1", "LGPL-3")


def package_of(path: Path) -> str:
    """Return the Debian package a library belongs to; '' for one that no package brought."""
    for place in (path, path.resolve(), Path(str(path.resolve()).removeprefix("/usr"))):
        done = subprocess.run(["dpkg", "-S", str(place)], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(":", 1)[0]
    return ""


def packages(folder: Path) -> list[str]:
    """Return the Debian packages whose libraries lie in lib/rt."""
    known = libraries.known()
    found = set()
    for path in (folder / "lib" / "rt").iterdir():
        if silent.stands_in(path.name):
            continue  # ours
        package = package_of(known[path.name]) if path.name in known else ""
        if not package:
            raise Stop(f"{path.name} belongs to no package: under which licence is it handed on?")
        found.add(package)
    return sorted(found)


def parts(folder: Path, site: Path) -> list[Part]:
    """Return what the folder is made of: Python, system libraries, wheels, faces."""
    python = "libpython{}.{}-stdlib".format(*sys.version_info[:2])
    found = [Part("platform", "python", sys.version.split()[0], "", "PSF-2.0")]
    for package in [python, *packages(folder)]:
        command = ["dpkg-query", "-W", "-f", "${Version}\n", package]
        version = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found.append(Part("library", package, version.split()[0], "deb/debian"))
    fonts = folder / "share" / "zhengyou" / "fonts"
    return [*found, *of_product.wheels(site), *of_product.faces(fonts)]


def gather(folder: Path, site: Path) -> None:
    """Write LICENSES: ours, Python's, each wheel's, each system package's, the common texts."""
    place = folder / "LICENSES"
    place.mkdir()
    for text in TEXTS:
        shutil.copyfile(COMMON / text, place / text)
    for package in packages(folder):
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        shutil.copyfile(copyright_file, place / f"{package}.txt")
    python = "python{}.{}".format(*sys.version_info[:2])
    own = [folder / "lib" / python / "LICENSE.txt", Path(f"/usr/share/doc/{python}/copyright")]
    shutil.copyfile(next(path for path in own if path.exists()), place / f"{python}.txt")
    wheels.licences(site, place)
