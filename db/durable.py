"""Files that are whole or absent: written beside, synchronised, renamed over.

A rename over an existing file is the one step that a power cut cannot halve; the folder is
synchronised too, because on Linux the new name is lost otherwise.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from db.errors import Trouble

#: A virus scanner on Windows holds a new file for some milliseconds, now and then for a second.
_TRIES, _PAUSE = 20, 0.05


def sync(path: Path) -> None:
    """Bring a file's content to the disk; OSError when the disk will not."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk; Windows does that by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Rename over what is there; Trouble when another program does not let go of it."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            source.replace(target)
            break
        except PermissionError as error:
            if not left:
                raise Trouble(
                    f"“{target.name}”正被其他程序占用，没有换上新的，原来的还在。",
                    "请关闭杀毒软件扫描或同步盘后重试。",
                ) from error
            time.sleep(_PAUSE)
    sync_folder(target.parent)


def write_text(target: Path, text: str) -> None:
    """Put a small text file in place, whole; Trouble when the disk will not, the old one stays."""
    write_bytes(target, text.encode("utf-8"))


def write_bytes(target: Path, content: bytes) -> None:
    """Put a file in place, whole; Trouble when the disk will not, the old one stays."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        replace(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Trouble(
            f"“{target.name}”没有写成，原来的还在。", "请检查磁盘空间和文件夹的读写权限。"
        ) from error
