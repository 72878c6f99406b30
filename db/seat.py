"""Where a file lies, told apart from every copy of it: which PC, which path, which file there."""

from __future__ import annotations

import hashlib
import sys
import uuid
from pathlib import Path

_MULTICAST = 1 << 40


def place_of(file: Path) -> str:
    """A digest of the machine, the path and the file's own number on its disk; nothing readable.

    A PC that was made from another one's disk image differs by its network card.
    """
    told = file.stat()
    parts = (_machine(), _card(), str(file.absolute()), f"{told.st_dev} {told.st_ino}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _machine() -> str:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(
                winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography"
            ) as key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        except OSError:
            return ""
    try:
        return Path("/etc/machine-id").read_text("ascii").strip()
    except OSError:
        return ""


def _card() -> str:
    """The address of a network card; "" where there is none and the system would draw one each time.

    On Linux it is read from the kernel's own table: asking by `uuid` would open a socket.
    """
    if sys.platform.startswith("linux"):
        cards = sorted(path.parent for path in Path("/sys/class/net").glob("*/device"))
        told = [(card / "address").read_text("ascii").strip().replace(":", "") for card in cards]
        numbers = [int(address, 16) for address in told if len(address) == 12]
    else:
        numbers = [uuid.getnode()]
    return next((f"{number:012x}" for number in numbers if not number & _MULTICAST), "")
