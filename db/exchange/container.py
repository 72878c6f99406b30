"""附件包: scans and photos on their way, as bytes; each sealed for the receiver, all of them named under one signature.

Nothing here knows a database or a folder. A signed front says what is inside by fingerprint; every
file after it is opened on its own and proved by its fingerprint, so what is damaged costs one file.
`docs/packet-format.md` says the same for whoever writes another reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from db.attachments import LARGEST, fingerprint, is_fingerprint
from db.exchange import packet
from db.exchange.packet import LENGTH, PREFIX, SEAL, SIGNATURE, TooNew, Unreadable

MAGIC, FORMAT = b"ZYTA", 1
KIND = "files"
#: The SHA-256 of everything before it, at the end: whoever wrote it sees whether it still lies there whole.
CHECKSUM = 32
LONGEST_HEAD, LONGEST_INDEX = 4 << 10, 1 << 20
#: How many files one container may hold, and how long it may be whatever an office has set.
MOST, LONGEST = 4096, 1 << 30
_SIGNED = _NAMED = b"zhengyou files 1\n"
_SEALED = b"zhengyou file 1\n"
_PIECE = 1 << 20


class Stream(Protocol):
    """A file that is read from any place."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, fewer at the end."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a container: its fingerprint and its size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Front:
    """What a container says of itself before anybody has believed it."""

    head: Mapping[str, Any]
    top: bytes
    index: bytes
    signed: bytes
    signature: bytes

    @property
    def start(self) -> int:
        """Where the first file begins."""
        return len(self.signed) + SIGNATURE


def amount(count: int, size: int) -> str:
    """So many files, so large: 附件 12 个，共 8.3 MB."""
    large = size >= 1 << 20
    return f"附件 {count:,} 个，共 " + (
        f"{size / (1 << 20):,.1f} MB" if large else f"{-(-size // 1024)} KB"
    )


def beside(head: Mapping[str, Any]) -> tuple[int, int]:
    """How many files go beside a packet by the word of its head, and their bytes."""
    said = head.get("files")
    numbers = [said.get(key) for key in ("count", "size")] if isinstance(said, dict) else [0, 0]
    count, size = (n if type(n) is int and 0 <= n < 1 << 53 else 0 for n in numbers)
    return count, size


def bundles(files: Sequence[File], limit: int) -> list[tuple[File, ...]]:
    """The files in their order, as many together as stay below the limit; one that is larger goes alone."""
    made: list[tuple[File, ...]] = []
    now: list[File] = []
    room = 0
    for file in files:
        if now and (file.size + SEAL > room or len(now) == MOST):
            made.append(tuple(now))
            now = []
        if not now:
            room = limit
        now.append(file)
        room -= file.size + SEAL
    return [*made, tuple(now)] if now else made


def name(said: Mapping[str, Any], files: Sequence[File], turns: Sequence[int], key: bytes) -> str:
    """What the container of these files is called, without an ending: the same for the same, else another.

    `turns`: how often each was asked for again; `key`: that of the receiver.
    """
    inside = [[file.digest, turn] for file, turn in zip(files, turns, strict=True)]
    text = packet.as_json([said["from"], said["to"], said["incarnation"], key.hex(), inside])
    return f"{said['from']}_{said['to']}_{hashlib.sha256(_NAMED + text).hexdigest()[:16]}"


def size_of(files: Sequence[File]) -> int:
    """How many bytes the files take once they are sealed."""
    return sum(file.size + SEAL for file in files)


def write(
    said: Mapping[str, Any],
    files: Sequence[File],
    content: Callable[[str], bytes],
    signing: bytes,
    recipient: bytes,
) -> tuple[int, Iterator[bytes]]:
    """The length of the container of these files, and its bytes piece by piece, one file in memory at a time.

    `said`: from, from_name, to and the rest of the head. `content` gives a file by its fingerprint.
    """
    if not 0 < len(files) <= MOST:
        raise ValueError("a container holds some files")
    index = packet.as_json([[file.digest, file.size] for file in files])
    inside = {"count": len(files), "size": sum(file.size for file in files)}
    top = packet.as_json({**said, "kind": KIND, **inside})
    sealed = packet.seal(index, recipient, _SIGNED + top)
    front = PREFIX.pack(MAGIC, FORMAT, packet.SUITE, len(top)) + top
    front += LENGTH.pack(len(sealed)) + sealed
    front += packet.sign(front, signing, _SIGNED)
    return len(front) + size_of(files) + CHECKSUM, _pieces(front, files, content, recipient)


def _pieces(
    front: bytes, files: Sequence[File], content: Callable[[str], bytes], recipient: bytes
) -> Iterator[bytes]:
    whole = hashlib.sha256(front)
    yield front
    for file in files:
        plain = content(file.digest)
        if len(plain) != file.size:
            raise ValueError("a file is as long as it was said to be")
        sealed = packet.seal(plain, recipient, _SEALED + file.digest.encode())
        whole.update(sealed)
        yield sealed
    yield whole.digest()


def is_whole(stream: Stream, length: int) -> bool:
    """Whether a container ends with the checksum of all that is before it, as we wrote it."""
    whole, left = hashlib.sha256(), length - CHECKSUM
    stream.seek(0)
    while left > 0 and (piece := stream.read(min(left, _PIECE))):
        whole.update(piece)
        left -= len(piece)
    return left == 0 and stream.read(CHECKSUM + 1) == whole.digest()


def look(stream: Stream) -> Front:
    """Read the front of a container; Unreadable when its lengths and marks do not fit."""
    stream.seek(0)
    begun = stream.read(PREFIX.size)
    if len(begun) < PREFIX.size or begun[:4] != MAGIC:
        raise Unreadable("不是争优台账的附件包。")
    _magic, version, suite, length = PREFIX.unpack(begun)
    if version > FORMAT:
        raise TooNew("这个附件包是更新版本的程序写的，请先升级本机程序。")
    if version < 1 or suite != packet.SUITE or length > LONGEST_HEAD:
        raise Unreadable("附件包的格式或加密方式认不出来。")
    top = _exactly(stream, length)
    counted = _exactly(stream, LENGTH.size)
    (inside,) = LENGTH.unpack(counted)
    if inside > LONGEST_INDEX:
        raise Unreadable("附件包的目录超出限度，没有打开。")
    index = _exactly(stream, inside)
    signature = _exactly(stream, SIGNATURE)
    head = packet.mapping(top)
    if head.get("kind") != KIND:
        raise Unreadable("不是争优台账的附件包。")
    return Front(head, top, index, begun + top + counted + index, signature)


def prove(front: Front, key: bytes) -> None:
    """Unreadable unless this very office signed what is inside."""
    if not packet.is_signed(front.signed, front.signature, key, _SIGNED):
        raise Unreadable("附件包的签名不符：被改动过，或不是这个单位现用的密钥签的。")


def files_in(front: Front, private: bytes) -> dict[File, int]:
    """The files of a proved container and where each begins; Unreadable when it is not sealed to us."""
    plain = packet.unseal(front.index, private, _SIGNED + front.top)
    if plain is None:
        raise Unreadable("附件包不是加密给本单位现用密钥的，打不开。")
    found: dict[File, int] = {}
    at = front.start
    try:
        listed = json.loads(plain.decode("utf-8"))
        for digest, size in listed:
            if type(size) is not int or not 0 < size <= LARGEST or not is_fingerprint(digest):
                raise ValueError("a file has a fingerprint and a size")
            found[File(digest, size)] = at
            at += size + SEAL
        if not 0 < len(found) == len(listed) <= MOST or at > LONGEST:
            raise ValueError("a container holds some files, each once")
    except (ValueError, TypeError, RecursionError):
        raise Unreadable("附件包的目录看不懂，没有打开。") from None
    return found


def take(stream: Stream, file: File, at: int, private: bytes) -> bytes:
    """One file that begins there, opened and proved by its fingerprint; Unreadable when it is not whole."""
    stream.seek(at)
    sealed = _exactly(stream, file.size + SEAL)
    plain = packet.unseal(sealed, private, _SEALED + file.digest.encode())
    if plain is None or fingerprint(plain) != file.digest:
        raise Unreadable("附件包里的一个文件已损坏，没有收下。")
    return plain


def _exactly(stream: Stream, length: int) -> bytes:
    found = stream.read(length)
    if len(found) != length:
        raise Unreadable("附件包不完整，可能没有复制完。")
    return found
