"""The icon of the program as Windows wants it, drawn from the one drawing that Linux shows too."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

from making import ROOT, Stop

DRAWING = ROOT / "installers" / "linux" / "entries" / "zhengyou.svg"
SIZES = (16, 20, 24, 32, 40, 48, 64, 256)


def drawn(size: int) -> bytes:
    """Return the drawing as a PNG of so many pixels."""
    if shutil.which("rsvg-convert") is None:
        raise Stop("The icon is drawn by rsvg-convert: apt-get install librsvg2-bin")
    command = ["rsvg-convert", "-w", str(size), "-h", str(size), "-f", "png", str(DRAWING)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def pack(pictures: dict[int, bytes]) -> bytes:
    """Return an .ico that holds a PNG of each size."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at, table, body = 6 + 16 * len(pictures), b"", b""
    for size, picture in sorted(pictures.items()):
        side = size % 256  # 0 says 256
        table += struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, len(picture), at + len(body))
        body += picture
    return head + table + body


def make(target: Path) -> None:
    """Write the icon."""
    target.write_bytes(pack({size: drawn(size) for size in SIZES}))
