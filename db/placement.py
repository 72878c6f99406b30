"""Where a data folder lies: on this PC's own disk, on a stick, on a share, or in a synchronised folder.

SQLite's write-ahead log needs memory shared between programs, which no network share gives; there the
file is kept with a rollback journal. The rest is advice to show where a folder is chosen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["own", "removable", "network"]

_NETWORK = frozenset(
    [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs2",
        "fuse.rclone",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    ]
)
_OF_STICKS = frozenset({"exfat", "fuseblk", "msdos", "vfat"})
#: Folder names under which cloud drives keep what they copy away.
_SYNCHRONISED = (
    "onedrive", "dropbox", "坚果云", "nutstore", "百度网盘", "baidunetdisk", "baidusyncdisk", "wps云盘",
    "wpsdrive", "icloud", "阿里云盘", "天翼云盘", "移动云盘",
)  # fmt: skip
_WINDOWS_REMOVABLE, _WINDOWS_REMOTE = 2, 4


def kind(folder: Path) -> Kind:
    """What kind of disk the folder lies on; "own" when the system does not say."""
    place = folder.absolute()
    if os.name == "nt":
        return _windows_kind(place)
    try:
        text = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return "own"
    return _kind_of_mount(text, place)


def _windows_kind(place: Path) -> Kind:
    import ctypes

    if place.drive.startswith("\\\\"):
        return "network"
    drive_type: int = getattr(ctypes, "windll").kernel32.GetDriveTypeW(place.drive + "\\")  # noqa: B009
    if drive_type == _WINDOWS_REMOTE:
        return "network"
    return "removable" if drive_type == _WINDOWS_REMOVABLE else "own"


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of what Linux has mounted: where, as which file system, from which device."""

    point: str
    system: str
    device: str


def mounts(text: str | None = None) -> Iterator[Mount]:
    """Linux: everything that is mounted (proc(5), mountinfo); OSError where there is no /proc."""
    if text is None:
        text = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    for line in text.splitlines():
        about, _, rest = line.partition(" - ")
        columns, kinds = about.split(), rest.split()
        if len(columns) < 5 or len(kinds) < 2:
            continue
        point = columns[4].encode("utf-8", "surrogateescape").decode("unicode_escape")
        point = point.encode("latin-1", "replace").decode("utf-8", "replace")
        yield Mount(point, kinds[0], kinds[1])


def _kind_of_mount(text: str, place: Path) -> Kind:
    """Linux: the mount that is nearest above the folder."""
    nearest, system, device = "", "", ""
    for each in mounts(text):
        above = each.point.rstrip("/") + "/"
        if f"{place}/".startswith(above) and len(above) >= len(nearest):
            nearest, system, device = above, each.system, each.device
    if system in _NETWORK:
        return "network"
    if system in _OF_STICKS or is_removable(device):
        return "removable"
    return "own"


def is_removable(device: str) -> bool:
    """Linux: whether a device can be pulled out: its medium, or the whole of it by USB."""
    node = Path("/sys/class/block") / Path(device).name
    try:
        real = node.resolve(strict=True)
    except OSError:
        return False
    if any(part.startswith("usb") for part in real.parts):
        return True
    for each in (real, real.parent):
        try:
            if (each / "removable").read_text().strip() == "1":
                return True
        except OSError:
            continue
    return False


def doubts(folder: Path) -> list[str]:
    """What speaks against keeping the data here, in words; [] when nothing does."""
    found = []
    where = kind(folder)
    if where == "network":
        found.append(
            "这个文件夹在网络共享上：断网时可能存不上，也较慢。最好放在本机硬盘，用备份和导出交换。"
        )
    elif where == "removable":
        found.append("这个文件夹在 U 盘上：拔早了会丢正在保存的内容，U 盘也容易坏。请勤做备份。")
    names = [part.casefold() for part in folder.absolute().parts]
    if any(mark in name for name in names for mark in _SYNCHRONISED):
        found.append(
            "这个文件夹会被网盘同步到外面：可能损坏数据，也不符合保密要求。请换一个文件夹。"
        )
    if sys.platform != "win32" and str(folder.absolute()).startswith(("/tmp/", "/var/tmp/")):
        found.append("这是临时文件夹，系统会自动清空。请换一个文件夹。")
    return found
