"""The pictures of the program as Windows wants them, from the one drawing that Linux shows too."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from pathlib import Path

from making import ROOT, Stop

DRAWING = ROOT / "installers" / "linux" / "entries" / "zhengyou.svg"
SIZES = (16, 20, 24, 32, 40, 48, 64, 256)


# The setup's first and last page have a side of 164 × 314 points; twice that is sharp at 200 %.
SIDE = (328, 628)
PANEL = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 164 314">
<rect width="164" height="314" fill="#F3E6D3"/>
<svg x="34" y="78" width="96" height="96" viewBox="0 0 128 128">{drawing}</svg>
</svg>"""


def drawn(width: int, height: int, drawing: str) -> bytes:
    """Return a drawing as a PNG of so many pixels."""
    if shutil.which("rsvg-convert") is None:
        raise Stop("The icon is drawn by rsvg-convert: apt-get install librsvg2-bin")
    command = ["rsvg-convert", "-w", str(width), "-h", str(height), "-f", "png"]
    told = drawing.encode("utf-8")
    return subprocess.run(command, input=told, check=True, capture_output=True).stdout


def rows(png: bytes) -> list[bytes]:
    """Return the lines of a PNG as it is drawn here: eight bits each of red, green, blue."""
    width = struct.unpack_from(">I", png, 16)[0]
    if png[24:26] != b"\x08\x02":
        raise Stop("rsvg-convert drew another kind of PNG than it used to.")
    packed, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        packed += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    plain, step = zlib.decompress(packed), 3 * width
    found, above = [], bytes(step)
    for start in range(0, len(plain), step + 1):
        line = bytearray(plain[start + 1 : start + 1 + step])
        for n in range(step):
            left, up, corner = (line[n - 3], above[n], above[n - 3]) if n > 2 else (0, above[n], 0)
            nearest = min((left, up, corner), key=lambda one: abs(left + up - corner - one))
            guess = (0, left, up, (left + up) // 2, nearest)[plain[start]]
            line[n] = (line[n] + guess) & 0xFF
        above = bytes(line)
        found.append(above)
    return found


def bitmap(png: bytes) -> bytes:
    """Return a PNG without transparent points as the .bmp that a setup shows."""
    lines = rows(png)
    width = len(lines[0]) // 3
    body = b""
    for line in reversed(lines):
        points = b"".join(line[n : n + 3][::-1] for n in range(0, len(line), 3))
        body += points + bytes(-len(points) % 4)
    head = struct.pack("<IiiHHIIiiII", 40, width, len(lines), 1, 24, 0, len(body), 0, 0, 0, 0)
    return struct.pack("<2sIHHI", b"BM", 54 + len(body), 0, 0, 54) + head + body


def pack(pictures: dict[int, bytes]) -> bytes:
    """Return an .ico that holds a PNG of each size."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    at, table, body = 6 + 16 * len(pictures), b"", b""
    for size, picture in sorted(pictures.items()):
        side = size % 256  # 0 says 256
        table += struct.pack("<4B2H2I", side, side, 0, 0, 1, 32, len(picture), at + len(body))
        body += picture
    return head + table + body


def make(icon: Path, side: Path) -> None:
    """Write the icon, and the side of the setup's pages."""
    drawing = DRAWING.read_text(encoding="utf-8")
    icon.write_bytes(pack({size: drawn(size, size, drawing) for size in SIZES}))
    side.write_bytes(bitmap(drawn(*SIDE, PANEL.format(drawing=drawing))))
