"""Letting a stick go: everything brought to it, then the system asked to give it up; and the truth about it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from db.exchange import volumes
from db.exchange.volumes import Volume

_LOCK, _DISMOUNT, _EJECT = 0x0009_0018, 0x0009_0020, 0x002D_4808
_READ_WRITE = 0xC000_0000
_PATIENCE = 60  # seconds; a slow stick writes out what the system kept back


@dataclass(frozen=True, slots=True)
class Ejected:
    """Whether the stick may be pulled without a thought, and what to tell the person."""

    done: bool
    words: str


GONE = Ejected(True, "U盘已安全退出，可以拔出。")
KEPT = Ejected(
    False,
    "内容已写到U盘并核对过，但系统没有让它退出（可能有窗口或程序开着它）。"
    "请关掉打开U盘的窗口，用任务栏右下角的“安全删除硬件”（或文件管理器里的“弹出”）退出后再拔。",
)
FOLDER = Ejected(True, "这是文件夹，不用退出。")


def eject(volume: Volume) -> Ejected:
    """Write out what the system holds back, and ask it to let the volume go."""
    if not volume.device:
        return FOLDER
    done = _windows(volume) if os.name == "nt" else _linux(volume)
    return GONE if done else KEPT


def _linux(volume: Volume) -> bool:
    os.sync()
    for tool in (
        ["udisksctl", "unmount", "--no-user-interaction", "-b", volume.device],
        ["umount", str(volume.place)],
    ):
        if volumes.is_mounted(volume):
            _run(tool)
    if volumes.is_mounted(volume):
        return False
    _run(["udisksctl", "power-off", "--no-user-interaction", "-b", volume.device])
    return True


def _run(command: list[str]) -> bool:
    """Whether a tool is there and did what it was asked."""
    if shutil.which(command[0]) is None:
        return False
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _windows(volume: Volume) -> bool:
    """FlushFileBuffers on the volume, lock it, dismount it, eject it."""
    handle = volumes.open_volume(volume.device, _READ_WRITE)
    if handle < 0:
        return False
    try:
        import ctypes

        volumes.kernel32().FlushFileBuffers(ctypes.c_void_p(handle))
        return all(volumes.control(handle, code) is not None for code in (_LOCK, _DISMOUNT, _EJECT))
    finally:
        volumes.close_handle(handle)
