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
    if options.processor != processor.here().name:
        return build_elsewhere(options)
    if mkruntime.base_python() != SYSTEM_PYTHON.resolve():
        # A Python somebody compiled at home names that home in its links; the system's does not.
        os.execv(SYSTEM_PYTHON, [str(SYSTEM_PYTHON), *sys.argv])
    os.environ["SOURCE_DATE_EPOCH"] = str(stated_time())
    files = options.work / "files"
    if not (options.keep and files.is_dir()):
        shutil.rmtree(options.work, ignore_errors=True)
        options.work.mkdir(parents=True)
        mkruntime.make(files, stated_time(), whence(options.wheels))
    if options.only == "folder":
        return []
    options.into.mkdir(parents=True, exist_ok=True)
    chosen = [options.only] if options.only else list(FORMS)
    return [
        FORMS[form](files, options.work / form, options.into, version(), quick=options.quick)
        for form in chosen
    ]


def whence(wheels: Path | None) -> list[str]:
    """Return the words for pip that have it take the wheels from a folder, if one was named."""
    return ["--no-index", "--find-links", str(wheels)] if wheels else []


def build_elsewhere(options: argparse.Namespace) -> list[Path]:
    """Have the products for another processor built where that processor is shown."""
    words = ["--only", options.only] if options.only else []
    words += ["--quick"] * options.quick + ["--keep"] * options.keep
    kind = processor.KNOWN[options.processor]
    work = options.work.with_name(f"linux-{kind.debian}")
    elsewhere.build(kind, work, options.into, LOCK, words)
    return []
