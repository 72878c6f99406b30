"""Pack the folder as one file that installs itself for a person without an administrator.

Packed by gzip, which every system has: a bare one has no xz.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from linux.entry import APPID, text, write
from linux.processor import Processor
from making import Stop

TITLE = "争优台账"


def lay_entries(stage: Path, version: str) -> None:
    """Write what is beside the folder: the scripts, and what the desktop is told."""
    for ending in ("desktop", "svg", "xml"):
        write(stage / f"{APPID}.{ending}", text(f"zhengyou.{ending}"))
    for name in ("install.sh", "remove.sh"):
        write(stage / name, text(name).replace("@VERSION@", version), runs=True)


def build(
    files: Path, stage: Path, into: Path, version: str, kind: Processor, *, quick: bool = False
) -> Path:
    """Build the .run with makeself; return it."""
    if shutil.which("makeself") is None:
        raise Stop("The .run is packed by makeself: apt-get install makeself")
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(files, stage / "files", copy_function=os.link, symlinks=True)
    lay_entries(stage, version)
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    package = into / f"zhengyou_{version}_{kind.name}.run"
    # The command stands in the packed file, so it names no place; "n" keeps gzip from adding the hour.
    # Sorted, owned by nobody in particular, of one time: the same input packs the same.
    packing = f"--sort=name --owner=0 --group=0 --numeric-owner --mtime=@{moment} --format=gnu"
    command = [
        "makeself",
        "--quiet",
        "--gzip",
        "--complevel",
        "1n" if quick else "9n",
        "--sha256",
        "--nox11",
    ]
    command += ["--packaging-date", str(moment), "--tar-extra", packing]
    environ = dict(os.environ, LC_ALL="C.UTF-8")
    command += [stage.name, package.name, TITLE, "./install.sh"]
    subprocess.run(command, check=True, env=environ, cwd=stage.parent)
    shutil.move(stage.parent / package.name, package)
    shutil.rmtree(stage)
    return package
