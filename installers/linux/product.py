"""The program for Linux, x86_64 and aarch64: two .deb (Debian and Kylin; UOS), a .run without root.

All three carry the same folder: Python, Qt, the C library, the faces and the program itself, so
that they start on any system with a kernel and a screen, whatever its own libraries are.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from pathlib import Path

from linux import elsewhere, mkdeb, mkrun, mkruntime, processor
from making import LOCK, SYSTEM_PYTHON, stated_time, version

FORMS = {"debian": mkdeb.debian, "uos": mkdeb.uos, "run": mkrun.build}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this product."""
    parser.add_argument("--only", choices=["folder", *FORMS], help="the folder alone, or one form")
    parser.add_argument("--quick", action="store_true", help="pack fast and large, for trying out")
    parser.add_argument(
        "--processor",
        choices=list(processor.KNOWN),
        default=platform.machine(),
        help="another one than this machine has: built by qemu, as root",
    )
    parser.add_argument("--wheels", type=Path, help="a folder that holds the wheels of the lock")
    parser.add_argument("--keep", action="store_true", help="take the folder of the last build")


def build(options: argparse.Namespace) -> list[Path]:
    """Make the folder, then each form out of it."""
    kind = processor.KNOWN[options.processor]
    if mkruntime.base_python() != SYSTEM_PYTHON.resolve():
        # A Python somebody compiled at home names that home in its links; the system's does not.
        os.execv(SYSTEM_PYTHON, [str(SYSTEM_PYTHON), *sys.argv])
    os.environ["SOURCE_DATE_EPOCH"] = str(stated_time())
    work = (
        options.work
        if kind == processor.here()
        else options.work.with_name(f"linux-{kind.debian}") / "linux"
    )
    files = work / "files"
    if not (options.keep and files.is_dir()):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        if kind == processor.here():
            mkruntime.make(files, stated_time(), whence(options.wheels))
        else:
            elsewhere.build(kind, work.parent, LOCK)
    if options.only == "folder":
        return []
    options.into.mkdir(parents=True, exist_ok=True)
    chosen = [options.only] if options.only else list(FORMS)
    return [
        FORMS[form](files, work / form, options.into, version(), kind, quick=options.quick)
        for form in chosen
    ]


def whence(wheels: Path | None) -> list[str]:
    """Return the words for pip that have it take the wheels from a folder, if one was named."""
    return ["--no-index", "--find-links", str(wheels)] if wheels else []
