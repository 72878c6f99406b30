r"""An update package as bytes: `ZYTU`, a manifest, the files, one signature over every byte.

| bytes | what |
|---|---|
| 4 | `ZYTU` |
| 1 | format, 1 |
| 4 | length of the manifest, big-endian |
| … | manifest: JSON, UTF-8 |
| 8 | length of the files, big-endian |
| … | one zstd stream: the carried files, in the order of the manifest |
| 64 | Ed25519 signature of `"zhengyou update 1\n"` followed by SHA-512 of everything before it |

The manifest: `product`, `version`, `platform`, `schema`, `made`, `words` and `files`: [path, SHA-256,
size, runs, carried]. A file that is not carried must lie in the program that is updated, with that hash.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from db import release
from db.errors import Refusal
from desktop.updating import publisher

ENDING = ".zytu"
MAGIC = b"ZYTU"
FORMAT = 1
SIGNED = b"zhengyou update 1\n"
SIGNATURE = 64
_PREFIX, _LENGTH = struct.Struct(">4sBI"), struct.Struct(">Q")
LONGEST_MANIFEST = 16 << 20
#: Unpacking asks for at most this much memory: 2^25 bytes, as an old PC has them to spare.
WINDOW = 25
_CHUNK = 1 << 20
Progress = Callable[[int, int, str], object]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the new program."""

    path: str
    digest: str
    size: int
    runs: bool
    carried: bool


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose every byte was verified: what it holds, who signed it, where its files begin."""

    file: Path
    version: str
    platform: str
    schema: int
    made: str
    words: str
    parts: tuple[Part, ...]
    signer: str
    start: int
    length: int
    manifest: bytes

    @property
    def size(self) -> int:
        """Bytes on the disk when it is laid out."""
        return sum(part.size for part in self.parts)


def _broken() -> Refusal:
    return Refusal("这个文件不是完好的升级包，可能没有拷贝完。没有升级，请重新拷贝。")


def open_package(file: Path, progress: Progress) -> Package:
    """Verify every byte of a package against the publisher's keys, then read what it says."""
    try:
        with file.open("rb") as stream:
            start, length = _frame(stream, file.stat().st_size)
            stream.seek(0)
            digest, left, total = hashlib.sha512(), start + length, start + length
            while left:
                part = stream.read(min(_CHUNK, left))
                if not part:
                    raise _broken()
                digest.update(part)
                left -= len(part)
                progress(total - left, total, "验证签名")
            signature = stream.read()
            stream.seek(_PREFIX.size)
            manifest = stream.read(start - _LENGTH.size - _PREFIX.size)
    except OSError as error:
        raise Refusal(f"“{file.name}”读不出来。请检查U盘是否还插着，没有升级。") from error
    name = publisher.signer(SIGNED + digest.digest(), signature)
    return _read(file, manifest, name, start, length)


def _frame(stream: IO[bytes], size: int) -> tuple[int, int]:
    """Where the packed files begin and how long they are; the lengths must add up to the whole."""
    prefix = stream.read(_PREFIX.size)
    if len(prefix) < _PREFIX.size or prefix[:4] != MAGIC:
        raise Refusal(f"这不是争优台账的升级包（{ENDING}）。")
    _, kind, long = _PREFIX.unpack(prefix)
    if kind != FORMAT:
        raise Refusal("这个升级包是更新的一种，本机程序读不了。请用新版安装程序升级。")
    if long > LONGEST_MANIFEST:
        raise _broken()
    stream.seek(long, 1)
    measure = stream.read(_LENGTH.size)
    if len(measure) < _LENGTH.size:
        raise _broken()
    start, length = _PREFIX.size + long + _LENGTH.size, _LENGTH.unpack(measure)[0]
    if start + length + SIGNATURE != size:
        raise _broken()
    return start, length


def _read(file: Path, manifest: bytes, signer: str, start: int, length: int) -> Package:
    try:
        said = json.loads(manifest.decode("utf-8"))
        parts = tuple(Part(*each) for each in said["files"])
        if said["product"] != "zhengyou" or not release.is_version(said["version"]):
            raise ValueError(said["version"])
        for part in parts:
            _require_inside(part.path)
        return Package(
            file, said["version"], str(said["platform"]), int(said["schema"]), str(said["made"]),
            str(said["words"]), parts, signer, start, length, manifest,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        # Signed, and yet not as it should be: the publisher's mistake.
        raise Refusal("升级包的内容不合规矩，没有升级。请告诉发布单位。") from None


def _require_inside(path: str) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path or not pure.parts:
        raise ValueError(path)


def carried(package: Package) -> Iterator[tuple[Part, Iterator[bytes]]]:
    """The carried files in order, each as pieces of bytes; every one must be taken to its end.

    The stick may have been changed since the signature was proved: whoever writes compares the hash.
    """
    import zstandard

    with package.file.open("rb") as stream:
        stream.seek(package.start)
        unpack = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW)
        source: Any = _Slice(stream, package.length)
        with unpack.stream_reader(source) as plain:
            for part in package.parts:
                if part.carried:
                    yield part, _pieces(plain, part.size)


def _pieces(plain: Any, size: int) -> Iterator[bytes]:
    import zstandard

    while size:
        try:
            piece = plain.read(min(_CHUNK, size))
        except zstandard.ZstdError:
            raise _broken() from None
        if not piece:
            raise _broken()
        size -= len(piece)
        yield piece


class _Slice:
    """The next so many bytes of a stream and no more."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream, self._left = stream, length

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or what is left."""
        wanted = self._left if size < 0 else min(size, self._left)
        found = self._stream.read(wanted)
        self._left -= len(found)
        return found


def digest(file: Path) -> str:
    """SHA-256 of a file, hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(
    tree: Path, file: Path, about: dict[str, Any], signing: bytes, known: Sequence[Path] = ()
) -> dict[str, Any]:
    """Pack a program's tree and sign it; returns the manifest.

    `signing` is the raw Ed25519 private key. What one of the trees in `known` has at the same place is
    not carried: such a package is small, and only programs with those files take it.
    """
    import zstandard
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    parts = []
    for path in sorted(each for each in tree.rglob("*") if not each.is_dir()):
        if path.is_symlink():
            raise Refusal(f"升级包里不能有链接：{path.name}")
        name = path.relative_to(tree).as_posix()
        found = digest(path)
        has = any((one / name).is_file() and digest(one / name) == found for one in known)
        runs = bool(path.stat().st_mode & 0o100)
        parts.append(Part(name, found, path.stat().st_size, runs, not has))
    listed = [[p.path, p.digest, p.size, p.runs, p.carried] for p in parts]
    said = {"product": "zhengyou", **about, "files": listed}
    manifest = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    packed = file.with_suffix(".part")
    compressor = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            19, window_log=WINDOW, threads=0
        )
    )
    with packed.open("w+b") as stream:
        stream.write(_PREFIX.pack(MAGIC, FORMAT, len(manifest)) + manifest + _LENGTH.pack(0))
        start = stream.tell()
        with compressor.stream_writer(stream, closefd=False) as plain:
            for part in parts:
                if part.carried:
                    plain.write((tree / part.path).read_bytes())
        length = stream.tell() - start
        stream.seek(start - _LENGTH.size)
        stream.write(_LENGTH.pack(length))
        stream.seek(0)
        signed = SIGNED + hashlib.file_digest(stream, "sha512").digest()
        stream.seek(0, 2)
        stream.write(Ed25519PrivateKey.from_private_bytes(signing).sign(signed))
    packed.replace(file)
    return said
