"""Leave of Qt what the program uses: its modules by walking the imports, its libraries by the links."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from imports import TRANSLATIONS, qt_modules
from making import Stop

# What Qt opens by itself and no import names: Windows' screen, and none at all.
PLUGINS = {
    "iconengines": ("qsvgicon.dll",),
    "imageformats": ("qgif.dll", "qico.dll", "qjpeg.dll", "qsvg.dll"),
    "platforms": ("qoffscreen.dll", "qwindows.dll"),
}
OBJDUMP = "x86_64-w64-mingw32-objdump"
FOLDERS = ("PySide6", "shiboken6")
BINARY = {".dll", ".pyd", ".exe"}


def linked_names(path: Path) -> set[str]:
    """Return the names of the libraries a binary links, in small letters."""
    done = subprocess.run([OBJDUMP, "-p", str(path)], check=True, capture_output=True, text=True)
    return {name.lower() for name in re.findall(r"^\s*DLL Name: (\S+)", done.stdout, re.M)}


def linked(roots: Iterable[Path], known: dict[str, Path]) -> set[Path]:
    """Return the roots and all that they link, near and far, among the known libraries."""
    found: set[Path] = set()
    left = list(roots)
    while left:
        path = left.pop()
        if path in found:
            continue
        found.add(path)
        left += [known[name] for name in linked_names(path) if name in known]
    return found


def wanted(qt: Path, needed: set[str]) -> Iterator[Path]:
    """Name the binaries below PySide6 that the program opens; what they link comes with them."""
    for name in sorted(needed):
        yield qt / f"{name}.pyd"
    for kind, names in PLUGINS.items():
        for name in names:
            yield qt / "plugins" / kind / name


def prune(site: Path, app: Path) -> None:
    """Drop the rest of PySide6 and of what it stands on."""
    qt, shiboken = (site / name for name in FOLDERS)
    roots = [*wanted(qt, qt_modules(app, "win32")), *shiboken.glob("*.pyd")]
    absent = [str(path.relative_to(site)) for path in roots if not path.exists()]
    if absent:
        raise Stop("Not in the wheel of Qt: " + ", ".join(absent))
    # Qt's own folder is looked through before the one below it, as Windows does.
    known = {path.name.lower(): path for folder in (shiboken, qt) for path in folder.glob("*.dll")}
    kept = linked(roots, known)
    for folder in (qt, shiboken):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.suffix == ".py" and path.parent in {qt, shiboken}:
                continue
            elif path not in kept and path.name not in TRANSLATIONS:
                path.unlink()
    shutil.rmtree(qt / "support", ignore_errors=True)
