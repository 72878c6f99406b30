"""Small pictures for the visits of the training county: a homestead on the steppe, drawn from a seed."""

from __future__ import annotations

import struct
import zlib
from math import sin
from random import Random

WIDTH, HEIGHT = 160, 120
_SKY, _SUN, _FAR, _NEAR, _WALL, _ROOF, _DOOR, _ROAD = range(8)
_COLOURS = bytes.fromhex("bfdcf2 ffd75e 9db58a 7fa05f f3ead7 a8553f 6b4a33 d8c59a")
_STORED = 65_535


def homestead(rng: Random) -> bytes:
    """A PNG of sky, sun, hills, a road and a house; the same chance draws the same bytes everywhere."""
    picture = [bytearray([_SKY]) * WIDTH for _ in range(HEIGHT)]
    _disc(picture, rng.randint(15, WIDTH - 15), rng.randint(12, 28), rng.randint(6, 10))
    for colour, level in ((_FAR, 55), (_NEAR, 72)):
        _hills(picture, colour, level, rng.uniform(0, 6), rng.uniform(14, 40))
    left, top, wide = rng.randint(20, 90), rng.randint(66, 76), rng.randint(36, 52)
    for y in range(top, top + 26):
        picture[y][left : left + wide] = bytes([_WALL]) * wide
    for step in range(12):
        y, inset = top - 12 + step, 10 - step
        start, end = left + inset - 3, left + wide - inset + 3
        picture[y][start:end] = bytes([_ROOF]) * (end - start)
    door = left + rng.randint(4, wide - 12)
    for y in range(top + 10, top + 26):
        picture[y][door : door + 8] = bytes([_DOOR]) * 8
    for y in range(top + 26, HEIGHT):
        start, end = door - (y - top - 26) // 2, door + 8 + (y - top - 26) // 2
        start, end = max(0, start), min(WIDTH, end)
        picture[y][start:end] = bytes([_ROAD]) * (end - start)
    return _png(picture)


def _disc(picture: list[bytearray], x: int, y: int, radius: int) -> None:
    for row in range(y - radius, y + radius + 1):
        half = int((radius * radius - (row - y) ** 2) ** 0.5)
        picture[row][x - half : x + half + 1] = bytes([_SUN]) * (2 * half + 1)


def _hills(picture: list[bytearray], colour: int, level: int, shift: float, stretch: float) -> None:
    for x in range(WIDTH):
        for y in range(level + round(8 * sin(x / stretch + shift)), HEIGHT):
            picture[y][x] = colour


def _png(picture: list[bytearray]) -> bytes:
    """Two dots in a byte, and stored as they are: packing differs from one zlib to the next, these bytes do not."""
    lines = (
        b"\0" + bytes(a << 4 | b for a, b in zip(row[::2], row[1::2], strict=True))
        for row in picture
    )
    plain = b"".join(lines)
    blocks = [plain[at : at + _STORED] for at in range(0, len(plain), _STORED)]
    packed = b"".join(
        struct.pack("<BHH", at == len(blocks), len(block), len(block) ^ 0xFFFF) + block
        for at, block in enumerate(blocks, 1)
    )
    body = b"\x78\x01" + packed + struct.pack(">I", zlib.adler32(plain))
    about = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 4, 3, 0, 0, 0)
    parts = ((b"IHDR", about), (b"PLTE", _COLOURS), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
