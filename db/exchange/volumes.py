"""What is plugged in: removable volumes with label, serial, file system, room, and whether they take writing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import placement

#: Folders that count as sticks, for a PC whose sticks are not recognised by themselves.
VARIABLE = "ZHENGYOU_STICKS"
_LINUX_PLACES = ("/media/", "/run/media/")
_REMOVABLE, _FIXED, _USB = 2, 3, 7
_READ_ONLY_VOLUME = 0x0008_0000
_QUERY_PROPERTY = 0x002D_1400


@dataclass(frozen=True, slots=True)
class Volume:
    """One removable volume as it is mounted now; the place may be another one in a minute."""

    place: Path
    label: str = ""
    serial: str = ""
    system: str = ""
    device: str = ""
    free: int = 0
    size: int = 0
    writable: bool = True

    @property
    def words(self) -> str:
        """How people tell it from another: label and place."""
        place = str(self.place).rstrip("\\")
        return f"{self.label}（{place}）" if self.label else place


def volumes() -> list[Volume]:
    """The removable volumes of this machine, by place; [] when the system does not tell."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        places = [Path(each) for each in named.split(os.pathsep) if each]
        return [at(place) for place in places if place.is_dir()]
    found = _windows() if os.name == "nt" else _linux()
    return sorted(found, key=lambda each: str(each.place))


def at(place: Path, **known: str) -> Volume:
    """The volume of a folder that was named or found, with the room on it."""
    free = size = 0
    with suppress(OSError):
        usage = shutil.disk_usage(place)
        free, size = usage.free, usage.total
    return Volume(place, free=free, size=size, writable=_writable(place), **known)


def is_mounted(volume: Volume) -> bool:
    """Whether the volume is still there."""
    if os.name == "nt":
        return volume.place.exists()
    with suppress(OSError):
        return any(each.point == str(volume.place) for each in placement.mounts())
    return volume.place.exists()


# -- Linux -----------------------------------------------------------------------------


def _linux() -> Iterator[Volume]:
    mounted: list[placement.Mount] = []
    with suppress(OSError):
        mounted = list(placement.mounts())
    serials, labels = _by("by-uuid"), _by("by-label")
    for each in mounted:
        if not each.point.startswith(_LINUX_PLACES) and not (
            each.device.startswith("/dev/") and placement.is_removable(each.device)
        ):
            continue
        place = Path(each.point)
        if each.point in {"/", "/boot", "/home"} or not place.is_dir():
            continue
        device = os.path.realpath(each.device) if each.device.startswith("/") else ""
        yield at(
            place,
            label=labels.get(device, "") or place.name,
            serial=serials.get(device, ""),
            system=each.system,
            device=each.device if device else "",
        )


def _by(way: str) -> dict[str, str]:
    """Device → what udev wrote down for it; spaces and the like are escaped there."""
    found = {}
    with suppress(OSError):
        for entry in os.scandir(f"/dev/disk/{way}"):
            name = entry.name.encode("utf-8", "surrogateescape").decode("unicode_escape")
            name = name.encode("latin-1", "replace").decode("utf-8", "replace")
            found[os.path.realpath(entry.path)] = name
    return found


def _writable(place: Path) -> bool:
    """A stick with its switch on is mounted read-only, or says so itself."""
    if os.name == "nt":
        flags = _volume_information(place)[2]
        return not flags & _READ_ONLY_VOLUME
    return os.access(place, os.W_OK)


# -- Windows ---------------------------------------------------------------------------


def kernel32() -> Any:
    """Windows' own calls."""
    import ctypes

    return getattr(ctypes, "windll").kernel32  # noqa: B009


def _windows() -> Iterator[Volume]:
    kernel = kernel32()
    # Else Windows opens a box for every card reader without a card.
    kernel.SetErrorMode(1)
    letters = kernel.GetLogicalDrives()
    for number in range(2, 26):  # A and B are floppies
        if not letters >> number & 1:
            continue
        drive = f"{chr(ord('A') + number)}:"
        place = Path(drive + "\\")
        kind = kernel.GetDriveTypeW(str(place))
        if kind != _REMOVABLE and not (kind == _FIXED and _is_usb(drive)):
            continue
        label, serial, _flags, system = _volume_information(place)
        if system:  # none: an empty card reader
            yield at(place, label=label, serial=f"{serial:08X}", system=system, device=drive)


def _volume_information(place: Path) -> tuple[str, int, int, str]:
    """(label, serial, flags, file system) of the volume a folder lies on."""
    import ctypes

    label, system = ctypes.create_unicode_buffer(261), ctypes.create_unicode_buffer(261)
    serial, longest, flags = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32()
    root = place.absolute().drive + "\\"
    kernel32().GetVolumeInformationW(
        root, label, 261, ctypes.byref(serial), ctypes.byref(longest), ctypes.byref(flags),
        system, 261,
    )  # fmt: skip
    return label.value, serial.value, flags.value, system.value


def open_volume(drive: str, access: int) -> int:
    """A handle of a whole volume such as "E:", -1 when the system refuses; sharing it with all."""
    import ctypes

    create = kernel32().CreateFileW
    create.restype = ctypes.c_void_p
    handle = create(f"\\\\.\\{drive}", access, 3, None, 3, 0, None)
    return -1 if handle in (None, ctypes.c_void_p(-1).value) else int(handle)


def control(handle: int, code: int, given: bytes = b"", room: int = 0) -> bytes | None:
    """Ask a device something (DeviceIoControl); None when it refuses."""
    import ctypes

    answer, length = ctypes.create_string_buffer(max(room, 1)), ctypes.c_uint32()
    done = kernel32().DeviceIoControl(
        ctypes.c_void_p(handle), code, given or None, len(given), answer if room else None, room,
        ctypes.byref(length), None,
    )  # fmt: skip
    return answer.raw[: length.value] if done else None


def close_handle(handle: int) -> None:
    """Give a handle back."""
    import ctypes

    kernel32().CloseHandle(ctypes.c_void_p(handle))


def _is_usb(drive: str) -> bool:
    """A disk in a box on a cable says “fixed”; its bus says what it is (STORAGE_DEVICE_DESCRIPTOR)."""
    handle = open_volume(drive, 0)
    if handle < 0:
        return False
    try:
        told = control(handle, _QUERY_PROPERTY, bytes(12), 1024)
    finally:
        close_handle(handle)
    return told is not None and len(told) >= 32 and told[28] == _USB
