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
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from db import durable
from db.errors import Refusal, Trouble

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FOLDER = "files"
#: What one file may weigh, in bytes, after photos were made smaller.
LARGEST = 20 << 20
_MARGIN = 8 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEAD, _NONCE = b"ZYF1", 12

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


class Files(Protocol):
    """Where an office keeps its files; each is named by the SHA-256 of its content."""

    def put(self, content: bytes) -> str:
        """Keep a file, whole; returns its fingerprint. The same content is kept once."""

    def get(self, digest: str) -> bytes:
        """The content, proved by its fingerprint; Trouble when it is missing or damaged."""

    def has(self, digest: str) -> bool:
        """Whether it is here at all."""

    def names(self) -> Iterator[str]:
        """The fingerprints of everything kept."""


class Folder:
    """Files in a folder of this machine: `files/<first two>/<fingerprint>`."""

    def __init__(self, place: Path, key: bytes) -> None:
        self.place = place
        self._key = key

    def put(self, content: bytes) -> str:
        """Keep a file, whole; returns its fingerprint. Trouble when the disk will not."""
        require_size(len(content))
        digest = fingerprint(content)
        target = self._file(digest)
        try:
            if self.is_whole(digest):
                return digest
            target.parent.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(target.parent).free < len(content) + _MARGIN:
                raise Trouble("磁盘空间不足，文件没有保存。", "请清理磁盘后再添加。")
            durable.write_bytes(target, self._seal(digest, content))
        except OSError as error:
            raise Trouble("文件没有保存。", "请检查磁盘空间和文件夹的读写权限。") from error
        return digest

    def get(self, digest: str) -> bytes:
        """The content, proved by its fingerprint; Trouble when it is missing or damaged."""
        try:
            sealed = self._file(digest).read_bytes()
        except FileNotFoundError:
            raise Trouble(
                "这个文件不在本机。",
                f"请从备份U盘的 {FOLDER} 文件夹恢复，或重新添加扫描件。",
            ) from None
        except OSError as error:
            raise Trouble("文件读不出来。", "请检查磁盘和文件夹的读写权限。") from error
        content = self._open(digest, sealed)
        if content is None or fingerprint(content) != digest:
            raise Trouble(
                "这个文件已经损坏。", f"请从备份U盘的 {FOLDER} 文件夹恢复，或重新添加扫描件。"
            )
        return content

    def has(self, digest: str) -> bool:
        """Whether it is here at all."""
        return self._file(digest).is_file()

    def is_whole(self, digest: str) -> bool:
        """Whether it is here and undamaged."""
        if not self.has(digest):
            return False
        try:
            self.get(digest)
        except Trouble:
            return False
        return True

    def names(self) -> Iterator[str]:
        """The fingerprints of everything kept."""
        for file in sorted(self.place.glob("??/*")):
            if _DIGEST.fullmatch(file.name):
                yield file.name

    def _file(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise Refusal("文件的校验值不对，应为 64 位十六进制数。")
        return self.place / digest[:2] / digest

    def _cipher(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), 32, salt=None, info=b"zhengyou files 1").derive(self._key)
        return AESGCM(derived)

    def _seal(self, digest: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return _HEAD + nonce + self._cipher().encrypt(nonce, content, digest.encode())

    def _open(self, digest: str, sealed: bytes) -> bytes | None:
        from cryptography.exceptions import InvalidTag

        body = len(_HEAD) + _NONCE
        if sealed[: len(_HEAD)] != _HEAD or len(sealed) < body + 16:
            return None
        with suppress(InvalidTag):
            nonce = sealed[len(_HEAD) : body]
            return self._cipher().decrypt(nonce, sealed[body:], digest.encode())
        return None


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

    Each is proved where it was written. Damaged ones stay behind. OSError when a disk will not.
    """
    here, there = Folder(source, key), Folder(target, key)
    copied = 0
    for digest in here.names():
        if there.is_whole(digest):
            continue
        sealed = here._file(digest).read_bytes()
        if here._open(digest, sealed) is None:
            continue
        file = there._file(digest)
        file.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(file.parent).free < len(sealed) + _MARGIN:
            raise Trouble(
                f"“{target.parent}”空间不足，附件没有写完。", "请清理后重试，或换一个U盘。"
            )
        durable.write_bytes(file, sealed)
        there.get(digest)
        copied += 1
    return copied
