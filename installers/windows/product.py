"""The program for Windows 10 and 11 on x86_64: one setup.exe, no administrator, no network.

It carries Python, Qt, the faces Windows does not bring, and the program; see installers/windows/stage.py.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from making import SYSTEM_PYTHON, Stop, stated_time, version
from windows import stage

SCRIPT = Path(__file__).with_name("setup.nsi")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this product."""
    parser.add_argument("--only", choices=["folder"], help="the folder alone, no setup.exe")
    parser.add_argument("--quick", action="store_true", help="pack fast and large, for trying out")
    parser.add_argument("--keep", action="store_true", help="take the folder of the last build")
    parser.add_argument("--python", type=Path, help="python.org's own zip (see windows/runtime.py)")


def build(options: argparse.Namespace) -> list[Path]:
    """Make the folder, then the setup out of it."""
    if Path(sys.executable).resolve() != SYSTEM_PYTHON.resolve():
        os.execv(SYSTEM_PYTHON, [str(SYSTEM_PYTHON), *sys.argv])
    os.environ["SOURCE_DATE_EPOCH"] = str(stated_time())
    files = options.work / "program"
    if not (options.keep and files.is_dir()):
        shutil.rmtree(options.work, ignore_errors=True)
        files.mkdir(parents=True)
        stage.make(files, options, stated_time())
    if options.only == "folder":
        return []
    options.into.mkdir(parents=True, exist_ok=True)
    return [pack(files, options.work, options.into, version(), quick=options.quick)]


def pack(files: Path, work: Path, into: Path, stated: str, *, quick: bool = False) -> Path:
    """Pack the folder into the setup; return it."""
    if shutil.which("makensis") is None:
        raise Stop("The setup is packed by NSIS: apt-get install nsis")
    package = into / f"zhengyou-{stated}-setup.exe"
    size = sum(path.stat().st_size for path in files.rglob("*") if path.is_file())
    said = {
        "VERSION": stated,
        "FILES": files,
        "ICON": work / "launcher" / "zhengyou.ico",
        "SIDE": work / "launcher" / "side.bmp",
        "KILOBYTES": -(-size // 1024),
        "PACKAGE": package,
    }
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    command += [f"-D{name}={value}" for name, value in said.items()]
    command += ["-DQUICK"] if quick else []
    if subprocess.run([*command, str(SCRIPT)]).returncode:
        raise Stop("The setup was not packed; the reason stands above.")
    return package
