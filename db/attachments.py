"""附件: scans and photos that belong to rows, kept once each under their fingerprint, encrypted.

A row names a file by its SHA-256 (`db.fields.Attachment`); the bytes lie beside the database, sealed
with a key of their own that is derived from the data key. A file is never changed and never removed,
so every backup of the database finds the files it names.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from db import durable
from db.connection import KEY_BYTES, database
from db.errors import Refusal, Trouble

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = "files"
#: What one file may weigh, in bytes, after photos were made smaller.
LARGEST = 20 << 20
_MARGIN = 8 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD, _NONCE = b"ZYF1", 12
#: What sealing adds to a file: mark, nonce and tag.
SEAL = len(_HEAD) + _NONCE + 16

#: How the files begin that an office keeps: first bytes → ending. An office file is a zip or a compound.
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"BM", "bmp"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
)
_OFFICE = {"zip": ("docx", "xlsx", "pptx"), "ole": ("doc", "xls", "ppt", "wps", "et", "dps")}
#: Kinds that the program shows by itself; the others are saved and opened elsewhere.
PICTURES, PAPERS = frozenset({"jpg", "png", "tif", "bmp"}), frozenset({"pdf"})


_UNREAD = ("文件读不出来。", "请检查磁盘和文件夹的读写权限。")


class NoRoom(Trouble):
    """The disk has no room for another file."""


class Files(Protocol):
    """Where an office keeps its files; each is named by the SHA-256 of its content."""

    def put(self, content: bytes) -> str:
        """Keep a file, whole; returns its fingerprint. The same content is kept once."""

    def get(self, digest: str) -> bytes:
        """The content, proved by its fingerprint; Trouble when it is missing or damaged."""

    def has(self, digest: str) -> bool:
        """Whether it is here at all."""

    def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        """How many bytes each of these has; those that are not here are left out."""

    def names(self) -> Iterator[str]:
        """The fingerprints of everything kept."""


class Sealed:
    """What every place of files does alike: prove, seal and open; a subclass knows where they lie."""

    where = "本机"

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("the data key has 32 bytes")
        self._key = key

    def put(self, content: bytes) -> str:
        """Keep a file, whole; returns its fingerprint. Trouble when the disk will not."""
        require_size(len(content))
        digest = fingerprint(content)
        if not self.is_whole(digest):
            self.write(digest, self._seal(digest, content))
        return digest

    def get(self, digest: str) -> bytes:
        """The content, proved by its fingerprint; Trouble when it is missing or damaged."""
        sealed = self.read(digest)
        if sealed is None:
            raise Trouble(
                f"这个文件不在{self.where}。",
                f"请从备份U盘的 {FOLDER} 文件夹恢复，或重新添加扫描件。",
            )
        content = self.open(digest, sealed)
        if content is None or fingerprint(content) != digest:
            raise Trouble(
                "这个文件已经损坏。", f"请从备份U盘的 {FOLDER} 文件夹恢复，或重新添加扫描件。"
            )
        return content

    def is_whole(self, digest: str) -> bool:
        """Whether it is here and undamaged."""
        if not self.has(digest):
            return False
        try:
            self.get(digest)
        except Trouble:
            return False
        return True

    def has(self, digest: str) -> bool:
        """Whether it is here at all."""
        return bool(self.sizes([digest]))

    def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        """How many bytes each of these has; those that are not here are left out."""
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """The fingerprints of everything kept."""
        raise NotImplementedError

    def read(self, digest: str) -> bytes | None:
        """The sealed bytes; None when there are none, Trouble when they cannot be read."""
        raise NotImplementedError

    def write(self, digest: str, sealed: bytes) -> None:
        """Put sealed bytes in place, whole; Trouble when that is not so."""
        raise NotImplementedError

    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), 32, salt=None, info=b"zhengyou files 1").derive(self._key)
        return AESGCM(derived)

    def _seal(self, digest: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return _HEAD + nonce + self._cipher().encrypt(nonce, content, digest.encode())

    def open(self, digest: str, sealed: bytes) -> bytes | None:
        """What was sealed under this name; None when it was changed, or sealed under another."""
        from cryptography.exceptions import InvalidTag

        body = len(_HEAD) + _NONCE
        if sealed[: len(_HEAD)] != _HEAD or len(sealed) < SEAL:
            return None
        with suppress(InvalidTag):
            nonce = sealed[len(_HEAD) : body]
            return self._cipher().decrypt(nonce, sealed[body:], digest.encode())
        return None


class Folder(Sealed):
    """Files in a folder of this machine: `files/<first two>/<fingerprint>`."""

    def __init__(self, place: Path, key: bytes) -> None:
        super().__init__(key)
        self.place = place

    def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        found = {}
        for digest in digests:
            try:
                about = self._file(digest).stat()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise Trouble(*_UNREAD) from error
            if stat.S_ISREG(about.st_mode):
                found[digest] = max(0, about.st_size - SEAL)
        return found

    def names(self) -> Iterator[str]:
        for file in sorted(self.place.glob("??/*")):
            if _DIGEST.fullmatch(file.name):
                yield file.name

    def read(self, digest: str) -> bytes | None:
        try:
            return self._file(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Trouble(*_UNREAD) from error

    def write(self, digest: str, sealed: bytes) -> None:
        target = self._file(digest)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(target.parent).free < len(sealed) + _MARGIN:
                raise NoRoom("磁盘空间不足，文件没有保存。", "请清理磁盘后再添加。")
            durable.write_bytes(target, sealed)
        except OSError as error:
            raise Trouble("文件没有保存。", "请检查磁盘空间和文件夹的读写权限。") from error

    def _file(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise Refusal("文件的校验值不对，应为 64 位十六进制数。")
        return self.place / digest[:2] / digest


class Table(Sealed):
    """Files on the server that a county's PCs share, in a table beside its rows."""

    where = "服务器上"

    def __init__(self, opened: Any, key: bytes) -> None:
        super().__init__(key)
        self._opened = opened

    def sizes(self, digests: Iterable[str]) -> dict[str, int]:
        sql = "SELECT digest, octet_length(sealed) FROM server_file WHERE digest = ANY(?)"
        rows = self._opened.execute_sql(sql, (list(digests),)).fetchall()
        return {digest: max(0, int(size) - SEAL) for digest, size in rows}

    def names(self) -> Iterator[str]:
        for (digest,) in self._opened.execute_sql(
            "SELECT digest FROM server_file ORDER BY digest"
        ).fetchall():
            yield str(digest)

    def read(self, digest: str) -> bytes | None:
        row = self._opened.execute_sql(
            "SELECT sealed FROM server_file WHERE digest = ?", (digest,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def write(self, digest: str, sealed: bytes) -> None:
        self._opened.execute_sql(
            "INSERT INTO server_file (digest, sealed) VALUES (?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET sealed = excluded.sealed",
            (digest, sealed),
        )


def in_folder(folder: Path, key: bytes) -> Folder:
    """Where a data folder has its files: all of an office's, or what a PC keeps of those on a server."""
    return Folder(folder / FOLDER, key)


def kept() -> Sealed:
    """Where the open office keeps its attachments."""
    if database.shared:
        return Table(database.obj, database.key)
    return in_folder(Path(database.database).parent, database.key)


def fingerprint(content: bytes) -> str:
    """The name of a file: the SHA-256 of its content."""
    return hashlib.sha256(content).hexdigest()


def is_fingerprint(text: str) -> bool:
    """Whether a text can be the name of a file."""
    return _DIGEST.fullmatch(text) is not None


def require_size(size: int) -> None:
    """Refuse what is empty or too large to be kept."""
    if not size:
        raise Refusal("这个文件是空的，没有添加。")
    if size > LARGEST:
        raise Refusal(
            f"这个文件有 {size / (1 << 20):.1f} MB，超过 {LARGEST >> 20} MB，没有添加。"
            "请扫描成黑白或降低清晰度，或分成几个文件。"
        )


def kind_of(content: bytes, name: str = "") -> str:
    """The ending that fits a file's first bytes; Refusal when it is no kind that an office keeps."""
    found = next((ending for start, ending in _KINDS if content.startswith(start)), "")
    if found in _OFFICE:
        ending = name.rpartition(".")[2].lower()
        found = ending if ending in _OFFICE[found] else ""
    if not found:
        raise Refusal(
            "只能添加照片和扫描件（JPG、PNG、BMP、TIF）、PDF，以及 WPS、Word、Excel 文件；"
            f"“{name or '这个文件'}”不是，没有添加。"
        )
    return found


def copy_missing(source: Path, target: Path, key: bytes) -> int:
    """Copy the files that lie in one folder and not yet, or not whole, in another; returns how many.

    Each is proved where it was written. Damaged ones stay behind. Trouble when a disk will not.
    """
    try:
        return carry_over(Folder(source, key), Folder(target, key))
    except NoRoom as error:
        raise Trouble(
            f"“{target.parent}”空间不足，附件没有写完。", "请清理后重试，或换一个U盘。"
        ) from error


def carry_over(here: Sealed, there: Sealed, *, look_closely: bool = True) -> int:
    """Bring the files of one place to another of the same key that lacks them; returns how many.

    `look_closely`: those that are there already are opened too, and written anew when damaged.
    """
    copied, names = 0, list(here.names())
    lying = there.sizes(names)
    for digest in names:
        if digest in lying and (not look_closely or there.is_whole(digest)):
            continue
        sealed = here.read(digest)
        if sealed is None or here.open(digest, sealed) is None:
            continue
        there.write(digest, sealed)
        there.get(digest)
        copied += 1
    return copied
