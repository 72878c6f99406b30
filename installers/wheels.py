"""The wheels of the lock in a product: every hash checked, then without what only developers use."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from making import LOCK, ROOT, Stop

# What wheels bring for developers, and what they choose for themselves when it is there and do without
# when it is not: picture kinds no sheet holds, a second engine, code for newer processors only.
OF_WHEELS = re.compile(
    r"tests?|.*\.pyi|py\.typed|sqlite_extra_binaries|include|sboms|.*_cli|.*_test\..*\.(so|pyd)"
    r"|_(avif|webp|imagingft|imagingcms|imagingtk)\..*\.(so|pyd)"
    r"|_cffi\..*\.(so|pyd)|backend_cffi\.py|.*_(avx2|sse2)\..*\.(so|pyd)"
    r"|metrics_cpp.*\.(so|pyd)"  # rapidfuzz's other distances; its Python ones stay
    r"|phrases_dict\..*"  # pypinyin's words of several characters: names are read by the single one
)
# Of the lock, but not in a product: the faces of official paper are there whole, of the compiler that
# made cryptography only its backend runs, and a sheet holds no picture and is read from no foreign code.
NOT_CARRIED = re.compile(
    r"(pylopdf_fonts_zh_cn|cffi|pycparser|pillow|charset_normalizer)(-.*|\.libs)?|PIL|peewee-stubs|pwiz\.py"
)
# A library of the lock imports this by its first line and does without when it is nothing.
NOTHING = {"PIL": "Image = None\n"}
# What a PDF library brings for layouts and charts, our pages being drawn by its writer of files; what
# a database engine brings for its own shell.
UNUSED = {
    "reportlab": re.compile(r"fonts|graphics|platypus"),
    "apsw": re.compile(r"(?!__init__).*"),
}
LICENCE = ("LICEN", "COPYING", "NOTICE")


def install(place: Path, lock: Path = LOCK, options: Sequence[str] = ()) -> None:
    """Install a lock into a folder, every hash checked; `options` name another system's wheels."""
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    command += ["--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:", *options]
    command += ["--target", str(place), "-r", str(lock)]
    if subprocess.run(command).returncode:
        raise Stop("The wheels of the lock could not be installed; the reason stands above.")
    shutil.rmtree(place / "bin", ignore_errors=True)


def part_of_lock(names: Collection[str]) -> str:
    """Return the entries of the lock for some libraries, hashes and all."""
    entries = re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8").strip())
    return "\n".join(each for each in entries if each.partition("==")[0] in names) + "\n"


def drop(path: Path) -> None:
    """Take away a file, or a folder with all in it."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def prune(place: Path) -> None:
    """Drop what no program that runs imports."""
    for path in list(place.iterdir()):
        if NOT_CARRIED.fullmatch(path.name):
            drop(path)
    for library, unused in UNUSED.items():
        for path in list((place / library).iterdir()):
            if unused.fullmatch(path.name):
                drop(path)
    for path in sorted(place.rglob("*"), reverse=True):
        if OF_WHEELS.fullmatch(path.name) and ".dist-info" not in str(path):
            drop(path)
    for name, source in NOTHING.items():
        (place / name).mkdir()
        (place / name / "__init__.py").write_text(source, encoding="utf-8")
    for record in place.glob("*.dist-info/RECORD"):
        record.unlink()  # a list of files of which half are gone
    for listing in place.glob("*.dist-info/sboms"):
        shutil.rmtree(listing)  # how the wheel itself was built; ours is LICENSES/parts.cdx.json


def licences(place: Path, into: Path) -> None:
    """Copy our own licence into the LICENSES of a product, and move the texts there that each wheel brings."""
    for name in ("LICENSE", "LICENSES.md"):
        shutil.copyfile(ROOT / name, into / name)
    for record in sorted(place.glob("*.dist-info")):
        for path in sorted(record.rglob("*")):
            words = str(path.relative_to(record)).upper()
            if path.is_file() and words.startswith(LICENCE):
                copy = into / record.stem / path.relative_to(record)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, copy)
