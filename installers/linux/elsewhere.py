"""Make the folder for another processor: the same build, in a Debian 13 of that kind, run by qemu.

Wants root, `debootstrap` and `qemu-user-static` with its entry in binfmt_misc. The system is made
once and kept in build/roots; the wheels are fetched out here, where the network is set up. Debian 13,
because the Qt wheel for aarch64 wants glibc 2.38.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import fonts
import parts
from linux.processor import Processor
from making import ROOT, Stop

RELEASE, PYTHON = "trixie", "3.13"
TOOLS = ("python3", "python3-pip", "binutils", "git", "icu-devtools", "makeself", "xz-utils")
DRAWN_ON = ("libsm6", "libice6")  # the wheel of Qt for aarch64 links them besides


def packages() -> list[str]:
    """Return what the system in which we build holds: tools, and what the wheels link."""
    libraries = {**bootstrap.DRAWING, **bootstrap.WINDOW}
    return [*bootstrap.packages_for(libraries, list(libraries), True, False), *TOOLS, *DRAWN_ON]


def system(processor: Processor, roots: Path) -> Path:
    """Return the root folder of the system in which we build, made the first time."""
    root = roots / f"builder-{processor.debian}"
    if (root / "built").exists():
        return root
    if os.geteuid() or not shutil.which("debootstrap"):
        raise Stop("Building for another processor wants root, debootstrap and qemu-user-static.")
    shutil.rmtree(root, ignore_errors=True)
    roots.mkdir(parents=True, exist_ok=True)
    command = ["debootstrap", "--variant=minbase", f"--arch={processor.debian}", RELEASE, str(root)]
    subprocess.run(command, check=True)
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    enter = ["chroot", str(root), "apt-get", "-q"]
    subprocess.run([*enter, "update"], check=True, env=environ)
    command = [*enter, "install", "-y", "--no-install-recommends", *packages()]
    subprocess.run(command, check=True, env=environ)
    (root / "built").touch()
    return root


def fetch_wheels(processor: Processor, lock: Path, into: Path) -> None:
    """Fetch the wheels of the lock for that processor, every hash checked."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary=:all:", "-d", str(into)]
    command += ["--implementation", "cp", "--python-version", PYTHON]
    for tag in processor.wheels:
        command += ["--platform", tag]
    if subprocess.run([*command, "-r", str(lock), "-r", str(parts.LOCK)]).returncode:
        raise Stop("The wheels for that processor could not be fetched; the reason stands above.")


def build(processor: Processor, work: Path, lock: Path) -> None:
    """Make work/linux/files inside, with the checkout laid in; packing is done out here, and fast."""
    root = system(processor, ROOT / "build" / "roots")
    fetch_wheels(processor, lock, work / "wheels")
    ask = ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"]
    kept = subprocess.run(ask, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    laid = {place: root / str(place).lstrip("/") for place in (ROOT, Path(kept), work)}
    laid[fonts.cache_folder()] = root / "root" / ".cache" / "zhengyou" / "debs"
    mounts = [f'mount -t proc proc "{root}/proc"']
    for place, inner in laid.items():
        inner.mkdir(parents=True, exist_ok=True)
        mounts.append(f'mount --bind "{place}" "{inner}"')
    enter = " && ".join([*mounts, f'exec chroot "{root}" env -i "$@"'])
    environ = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8"]
    command = ["python3", str(ROOT / "installers" / "build.py"), "--work", str(work), "linux"]
    command += ["--wheels", str(work / "wheels"), "--only", "folder"]
    done = subprocess.run(["unshare", "--mount", "sh", "-c", enter, "sh", *environ, *command])
    if done.returncode:
        raise Stop("The build inside stopped; the reason stands above.")
