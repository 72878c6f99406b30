"""Leave of Qt what the program uses: its modules by walking the imports, its libraries by the links."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from imports import TRANSLATIONS, qt_modules
from linux import libraries
from making import Stop

# What Qt opens by itself and no import names. X11 and no screen at all; Wayland desktops show X11
# programs too. No TLS and no network plugin: the program opens no connection.
PLUGINS = {
    "iconengines": ("libqsvgicon.so",),
    "imageformats": ("libqgif.so", "libqico.so", "libqjpeg.so", "libqsvg.so"),
    "platforminputcontexts": (
        "libcomposeplatforminputcontextplugin.so",
        "libibusplatforminputcontextplugin.so",
    ),
    "platforms": ("libqoffscreen.so", "libqxcb.so"),
    "printsupport": ("libcupsprintersupport.so",),
}


def wanted(qt: Path, needed: set[str]) -> Iterator[Path]:
    """Name the binaries below PySide6 that the program opens; what they link comes with them."""
    for name in sorted(needed):
        yield qt / f"{name}.abi3.so"
    for kind, names in PLUGINS.items():
        for name in names:
            yield qt / "Qt" / "plugins" / kind / name


def prune(site: Path, app: Path) -> None:
    """Drop the rest of PySide6, and of the libraries other wheels bring what nothing links."""
    qt = site / "PySide6"
    roots = list(wanted(qt, qt_modules(app, "linux")))
    absent = [str(path.relative_to(site)) for path in roots if not path.exists()]
    if absent:
        raise Stop("Not in the wheel of Qt: " + ", ".join(absent))
    kept = {path.resolve() for path in [*roots, *libraries.linked(roots)]}
    keep_names = {path.name for path in qt.glob("*.py")} | {"support", "Qt"}
    for path in qt.iterdir():
        if path.name not in keep_names and path.resolve() not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in (qt / "Qt").iterdir():
        if path.name not in {"lib", "plugins", "translations"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in sorted((qt / "Qt").rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.resolve() not in kept and path.name not in TRANSLATIONS:
            path.unlink()
    rest = [path for path in libraries.binaries(site) if ".libs" not in path.parent.name]
    linked = {path.resolve() for path in libraries.linked(rest)}
    for path in site.glob("*.libs/*"):
        if path.resolve() not in linked:
            path.unlink()
