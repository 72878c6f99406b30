"""Another name for a face whose licence reserves its own for the face as its maker cut it."""

from __future__ import annotations

import struct
from collections.abc import Mapping

NAMING = {1, 3, 4, 6, 16, 17, 18, 20, 21, 22, 25}  # OpenType name ids that name; the rest credit


def table(content: bytes, tag: bytes) -> bytes:
    """Return one table of a font file."""
    count = struct.unpack_from(">H", content, 4)[0]
    for index in range(count):
        name, _, offset, length = struct.unpack_from(">4sIII", content, 12 + 16 * index)
        if name == tag:
            return content[offset : offset + length]
    raise ValueError(f"A font has no table {tag!r}.")


def names(content: bytes) -> list[tuple[tuple[int, int, int, int], str]]:
    """Return the name records: (platform, encoding, language, id) and the words."""
    part = table(content, b"name")
    _, count, start = struct.unpack_from(">HHH", part)
    found = []
    for index in range(count):
        *key, length, offset = struct.unpack_from(">6H", part, 6 + 12 * index)
        raw = part[start + offset : start + offset + length]
        words = raw.decode("latin-1" if key[0] == 1 else "utf-16-be")
        found.append(((key[0], key[1], key[2], key[3]), words))
    return found


def checksum(content: bytes) -> int:
    """Return the sum a font file keeps for each of its tables."""
    padded = content + b"\0" * (-len(content) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def rename(content: bytes, words: Mapping[str, str]) -> bytes:
    """Return the font file with other names and everything else as it was."""
    records, store = b"", b""
    listed = names(content)
    for key, text in listed:
        if key[3] in NAMING:
            for old, new in words.items():
                text = text.replace(old, new)
        raw = text.encode("latin-1" if key[0] == 1 else "utf-16-be")
        records += struct.pack(">6H", *key, len(raw), len(store))
        store += raw
    naming = struct.pack(">HHH", 0, len(listed), 6 + len(records)) + records + store
    count = struct.unpack_from(">H", content, 4)[0]
    offset, directory, body = 12 + 16 * count, content[:12], b""
    head_at = 0
    for index in range(count):
        tag, _, start, length = struct.unpack_from(">4sIII", content, 12 + 16 * index)
        part = naming if tag == b"name" else content[start : start + length]
        if tag == b"head":
            part = part[:8] + b"\0\0\0\0" + part[12:]
            head_at = offset + len(body)
        directory += struct.pack(">4sIII", tag, checksum(part), offset + len(body), len(part))
        body += part + b"\0" * (-len(part) % 4)
    whole = bytearray(directory + body)
    struct.pack_into(">I", whole, head_at + 8, (0xB1B0AFBA - checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)
