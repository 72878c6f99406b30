"""Where a data folder lies: on this PC's own disk, on a stick, on a share, or in a synchronised folder.

No office is founded on, or moved to, anything but a disk of this PC. One that lies on a share all the
same still opens: SQLite's write-ahead log needs memory shared between programs, which no share gives, so
there the file is kept with a rollback journal.
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
_WINDOWS_REMOVABLE, _WINDOWS_FIXED, _WINDOWS_REMOTE = 2, 3, 4


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
    if place.drive.startswith("\\\\"):
        return "network"
    drive_type = _windows_drive_type(place.drive)
    if drive_type == _WINDOWS_REMOTE:
        return "network"
    return "removable" if drive_type == _WINDOWS_REMOVABLE else "own"


def _windows_drive_type(drive: str) -> int:
    """GetDriveTypeW of "D:"."""
    import ctypes

    found: int = getattr(ctypes, "windll").kernel32.GetDriveTypeW(drive + "\\")  # noqa: B009
    return found


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
    removable = is_removable(device)
    if removable or (removable is None and system in _OF_STICKS):
        return "removable"
    return "own"


def is_removable(device: str) -> bool | None:
    """Linux: whether a device can be pulled out, its medium or the whole of it by USB; None when unknown.

    A partition of Windows on the inner disk is "fuseblk", as a stick is, and a fine place for data.
    """
    try:
        real = (Path("/sys/class/block") / Path(device).name).resolve(strict=True)
    except OSError:
        return None
    if any(part.startswith("usb") for part in real.parts):
        return True
    # A partition has no flag of its own; its disk, the folder above, has one.
    for each in (real, real.parent):
        try:
            return (each / "removable").read_text().strip() == "1"
        except OSError:
            continue
    return None


def own_program(module: Path = Path(__file__)) -> Path | None:
    """The folder of the installed program, which upgrades replace whole; None in a checkout."""
    app = module.resolve().parents[1]
    tree = app.parent
    if app.name != "app" or not (tree / "LICENSES").is_dir():
        return None
    return tree.parent.parent if tree.parent.name == "versions" else tree


def objections(folder: Path) -> list[str]:
    """Why an office's data may not be kept here, in words; [] when they may."""
    found = []
    where = kind(folder)
    if where == "network":
        found.append(
            "这个文件夹在网络共享上，不能放数据：断网时存不上，几台电脑同时写会损坏。"
            "请放在本机硬盘，与别的电脑用备份和数据包交换。"
        )
    elif where == "removable":
        found.append(
            "这个文件夹在U盘或移动硬盘上，不能放数据：拔早了会丢正在保存的内容，盘也容易坏、容易丢。"
            "请放在本机硬盘，要带走用备份。"
        )
    program = own_program()
    if program is not None and folder.absolute().is_relative_to(program):
        found.append(
            "这个文件夹在程序自己的文件夹里，不能放数据：程序升级、卸载时整个换掉。请换一个文件夹。"
        )
    names = [part.casefold() for part in folder.absolute().parts]
    if any(mark in name for name in names for mark in _SYNCHRONISED):
        found.append(
            "这个文件夹会被网盘同步到外面，不能放数据：可能损坏，也不符合保密要求。请换一个文件夹。"
        )
    return found


def doubts(folder: Path) -> list[str]:
    """What speaks against keeping the data here, in words; [] when nothing does."""
    found = objections(folder)
    if sys.platform != "win32" and str(folder.absolute()).startswith(("/tmp/", "/var/tmp/")):
        found.append("这是临时文件夹，系统会自动清空。请换一个文件夹。")
    return found


def other_disks() -> list[Path]:
    """Further disks inside this PC where data would outlive a new installation of Windows."""
    if os.name != "nt":
        return []
    system = os.environ.get("SYSTEMDRIVE", "C:").upper()
    letters = (f"{letter}:" for letter in "CDEFGH")
    return [
        Path(f"{letter}\\")
        for letter in letters
        if letter != system and _windows_drive_type(letter) == _WINDOWS_FIXED
    ]
