"""The program for Linux on x86_64: two .deb (Debian and Kylin; UOS) and a .run for people without root.

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

from linux import mkdeb, mkrun, mkruntime
from making import SYSTEM_PYTHON, Stop, stated_time, version

FORMS = {"debian": mkdeb.debian, "uos": mkdeb.uos, "run": mkrun.build}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this product."""
    parser.add_argument("--only", choices=["folder", *FORMS], help="the folder alone, or one form")
    parser.add_argument("--quick", action="store_true", help="pack fast and large, for trying out")
    parser.add_argument("--keep", action="store_true", help="take the folder of the last build")


def build(options: argparse.Namespace) -> list[Path]:
    """Make the folder, then each form out of it."""
    if platform.machine() != "x86_64":
        raise Stop("This product is built on x86_64 only.")
    if mkruntime.base_python() != SYSTEM_PYTHON.resolve():
        # A Python somebody compiled at home names that home in its links; the system's does not.
        os.execv(SYSTEM_PYTHON, [str(SYSTEM_PYTHON), *sys.argv])
    os.environ["SOURCE_DATE_EPOCH"] = str(stated_time())
    files = options.work / "files"
    if not (options.keep and files.is_dir()):
        shutil.rmtree(options.work, ignore_errors=True)
        options.work.mkdir(parents=True)
        mkruntime.make(files, stated_time())
    if options.only == "folder":
        return []
    options.into.mkdir(parents=True, exist_ok=True)
    chosen = [options.only] if options.only else list(FORMS)
    return [
        FORMS[form](files, options.work / form, options.into, version(), quick=options.quick)
        for form in chosen
    ]
