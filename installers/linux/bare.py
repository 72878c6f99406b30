"""The bare systems a product is tried in: made once, copied for each trial, entered without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from linux import chinese

TOOLS = ("xdg-utils", "shared-mime-info", "desktop-file-utils", "libfile-mimeinfo-perl")


def desktop(method: str) -> str:
    """What a system gets to be a desktop on which Chinese is typed."""
    return "--include=" + ",".join([*TOOLS, *chinese.TOOLS, *chinese.NEEDED[method]])


# Name of a system -> words for debootstrap; "-fresh" systems get the two commands of the README.
SYSTEMS = {
    "bullseye": ("bullseye",),
    "bookworm": ("bookworm",),
    "bullseye-desktop": (desktop("fcitx"), "bullseye"),
    "bookworm-desktop": (desktop("fcitx5"), "bookworm"),
    "bullseye-arm64": ("--arch=arm64", "bullseye"),
    "bookworm-fresh": ("--include=python3,ca-certificates", "bookworm"),
    "trixie-fresh": ("--include=python3,ca-certificates", "trixie"),
}
PERSON, HOME = 1000, Path("home") / "clerk"
PASSPHRASE = "草原-骏马-2026-只为检查"


class Failed(Exception):
    """A check did not pass; the message says what was seen."""


def base(system: str, roots: Path) -> Path:
    """Return the minimal system, made by debootstrap the first time."""
    made = roots / system
    if not (made / "usr" / "bin" / "dpkg").exists():
        print(f"debootstrap {system} …", flush=True)
        roots.mkdir(parents=True, exist_ok=True)
        words = list(SYSTEMS[system])
        command = ["debootstrap", "--variant=minbase", *words[:-1], words[-1], str(made)]
        subprocess.run(command, check=True)
    return made


def inside(
    root: Path, script: str, person: int = PERSON, trace: Path | None = None, **environ: str
) -> str:
    """Run a shell script in the system, without network; return what it printed.

    `trace` is a file that takes every call about a socket; below qemu those that qemu makes for the program.
    """
    home = f"/{HOME}" if person else "/root"
    inner = {"HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    inner |= {"ZHENGYOU_PASSPHRASE": PASSPHRASE, "QT_QPA_PLATFORM": "offscreen"} | environ
    words = [f"{name}={value}" for name, value in inner.items() if value]
    enter = f'mount -t proc proc "{root}/proc"; mkdir -p "{root}/tmp/.X11-unix"; '
    enter += f'[ ! -d /tmp/.X11-unix ] || mount --bind /tmp/.X11-unix "{root}/tmp/.X11-unix"; '
    spy = f'strace -f -qq --seccomp-bpf -e trace=%network -o "{trace}" ' if trace else ""
    enter += f'exec {spy}chroot --userspec={person}:{person} "{root}" env -i "$@"'
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter]
    command += ["sh", *words, "sh", "-euc", f"cd {home}\n{script}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def copy(system: str, roots: Path) -> Path:
    """Return a fresh copy of a system, with an ordinary person in it."""
    root = roots / f"{system}.tried"
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base(system, roots)), str(root)], check=True)
    (root / HOME).mkdir()
    for name, line in {
        "passwd": f"clerk:x:{PERSON}:{PERSON}::/{HOME}:/bin/sh\n",
        "group": f"clerk:x:{PERSON}:\n",
    }.items():
        with (root / "etc" / name).open("a", encoding="utf-8") as known:
            known.write(line)
    os.chown(root / HOME, PERSON, PERSON)
    return root


def emulated(root: Path) -> bool:
    """Tell whether the programs of a system are for another processor than this machine has."""
    own = {"x86_64": 0x3E, "aarch64": 0xB7}[os.uname().machine]
    header = (root / "usr" / "bin" / "dpkg").read_bytes()[:20]
    return int.from_bytes(header[18:20], "little") != own
