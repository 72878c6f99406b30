"""Where the installed program lies, which of its versions a start takes, and the switch between them.

    zhengyou/               the program as it was installed; its launcher is the only way in
    zhengyou/versions/1.3/  the whole program again, laid here by an update
    zhengyou/versions/current   two lines: the version to start, the one before; "" is the installed one

The launcher reads `current`; replacing that file is the switch, and nothing that runs is overwritten.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import resources
from db import durable, release
from db.errors import Refusal

VERSIONS = "versions"
CURRENT = "current"
MANIFEST = "update.json"
#: The launcher of a tree, by system.
WAY_IN = "zhengyou.exe" if os.name == "nt" else "bin/zhengyou"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def this_platform() -> str:
    """For which system this program was made: "linux-x86_64"."""
    system = "windows" if os.name == "nt" else sys.platform
    machine = platform.machine().lower()
    return f"{system}-{_MACHINES.get(machine, machine)}"


@dataclass(frozen=True, slots=True)
class Program:
    """An installed program: its folder, and the tree of it that is running."""

    root: Path
    running: Path

    @property
    def versions(self) -> Path:
        """Where updates are laid."""
        return self.root / VERSIONS

    def chosen(self) -> tuple[str, str]:
        """The version that a start takes and the one before; "" is the installed one."""
        try:
            lines = (self.versions / CURRENT).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return "", ""
        now, before = (*lines, "", "")[:2]
        return (now if self._is_whole(now) else ""), (before if self._is_whole(before) else "")

    def _is_whole(self, name: str) -> bool:
        return release.is_version(name) and (self.versions / name / WAY_IN).is_file()

    def tree(self, name: str) -> Path:
        """The tree of one version."""
        return self.versions / name if name else self.root

    def before(self) -> Path | None:
        """The tree one step back; None when the program was never updated."""
        now, before = self.chosen()
        return None if now == before else self.tree(before)

    def switch(self, name: str, before: str) -> None:
        """From now on a start takes this version: one rename. Raises Trouble."""
        durable.write_text(self.versions / CURRENT, f"{name}\n{before}\n")

    def sweep(self) -> None:
        """Take away versions that neither a start nor a step back needs."""
        keep = {*self.chosen(), CURRENT}
        running = self.running.name if self.running.parent == self.versions else ""
        for place in self.versions.iterdir():
            if place.name in keep or place.name == running:
                continue
            # On Windows a file of it may still be in use; it goes the next time.
            shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):
                place.unlink()


def installed() -> Program:
    """The program that is running; refuses, saying what to do, when it cannot be updated in place."""
    app = Path(resources.__file__).resolve().parent.parent
    tree = app.parent
    if app.name != "app" or not (tree / WAY_IN).is_file():
        raise Refusal("程序是从源代码运行的，不用升级包升级。")
    root = tree.parent.parent if tree.parent.name == VERSIONS else tree
    return Program(root, tree)


def require_writable(program: Program) -> None:
    """Refuse when the administrator of the machine installed it: then the system's own way is used."""
    if not os.access(program.root, os.W_OK):
        raise Refusal(
            "本机的程序是由系统管理员安装的（.deb 或 Program Files），这里不能改动。"
            "请用新版的安装包升级，数据不受影响。"
        )


def schema_of(tree: Path) -> int:
    """The newest schema that the program in this tree knows, from its migration scripts."""
    scripts = (tree / "app" / "db" / "migrations").glob("m[0-9][0-9][0-9][0-9]_*.py*")
    return max((int(path.name[1:5]) for path in scripts), default=1)
