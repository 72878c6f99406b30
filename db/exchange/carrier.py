"""The only place that touches a carried folder: a stick, a share, a folder on this disk.

Nothing from it is executed or followed; nothing on it is overwritten by another content. What was
written is read back before it counts as written.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

from db import durable
from db.errors import Refusal, Trouble
from db.exchange.packet import LONGEST

PACKET, RECEIPT, CONTAINER = ".zytz", ".zytr", ".zyta"
#: Our folder on a stick: eight plain letters, so that no code page and no old system spoils them.
OWN = "ZHENGYOU"
#: The file in it by which the stick is known.
STICK_ID = "stick.id"
MARGIN = 8 << 20
_OURS = re.compile(r"[^/\\\0]{1,120}\.zyt[zra]", re.IGNORECASE)
_STRANGE = re.compile(r"(autorun\.inf|.*\.(lnk|exe|scr|bat|cmd|vbs|js|pif|com))", re.IGNORECASE)
_SPECIAL = "不是普通文件（是文件夹、链接或设备），没有打开。"
_UNREAD = "文件读到一半出错，U盘可能松动或有坏处，请重插再试。"


class Full(Trouble):
    """There is no room on the carried folder; nothing was written."""


class Carrier(Protocol):
    """A folder that is carried from office to office."""

    def names(self) -> Sequence[str]:
        """The packets, receipts and containers of attachments that lie there."""

    def read(self, name: str) -> bytes:
        """One of them, whole; Refusal when it is none, Trouble when the folder is ill."""

    def write(self, name: str, content: bytes) -> None:
        """Put a file there, whole, read back and compared; Trouble when that is not so."""


@runtime_checkable
class LargeCarrier(Carrier, Protocol):
    """One that also carries what is too large to be held at once: the containers of attachments."""

    def opened(self, name: str) -> AbstractContextManager[tuple[BinaryIO, int]]:
        """One of them to be read piece by piece, and its length; raises as `read` does."""

    def write_pieces(self, name: str, length: int, pieces: Iterable[bytes]) -> None:
        """As `write`, piece by piece; Full when there is no room. What `pieces` raises leaves nothing."""


class Folder:
    """A carried folder of this machine."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def names(self) -> list[str]:
        """Own names only, in order; what else lies there is left alone."""
        try:
            return sorted(
                entry.name for entry in os.scandir(self.place) if _OURS.fullmatch(entry.name)
            )
        except OSError as error:
            raise Trouble(
                f"“{self.place}”读不出来。", "请检查U盘是否还插着，或换一个接口再试。"
            ) from error

    def strange(self) -> list[str]:
        """Programs and shortcuts that have no business beside packets; to be warned of."""
        return strange(self.place)

    def read(self, name: str) -> bytes:
        """A packet or receipt as it lies there."""
        return read(self.place / name)

    def opened(self, name: str) -> AbstractContextManager[tuple[BinaryIO, int]]:
        """A container as it lies there."""
        return opened(self.place / name)

    def write(self, name: str, content: bytes) -> None:
        """Temporary name, synchronised, renamed, read back."""
        self._put(name, [content], 2 * len(content), content)

    def write_pieces(self, name: str, length: int, pieces: Iterable[bytes]) -> None:
        """The same for what is too large to be held at once."""
        self._put(name, pieces, length)

    def _put(
        self, name: str, pieces: Iterable[bytes], room: int, same: bytes | None = None
    ) -> None:
        if name != STICK_ID and not _OURS.fullmatch(name):
            raise ValueError(f"no name for a carried file: {name!r}")
        target = self.place / name
        part = self.place / f".{name}.part"
        try:
            self._make_room(room)
            if target.is_symlink() or (target.exists() and not target.is_file()):
                raise Trouble(f"“{name}”这个名字被别的东西占用，没有写入。", "请换一个U盘。")
            if same is not None and target.is_file() and target.read_bytes() == same:
                return
            part.unlink(missing_ok=True)
            written = hashlib.sha256()
            with part.open("xb") as file:
                for piece in pieces:
                    written.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            durable.replace(part, target)
            if _fresh(target) != written.digest():
                with suppress(OSError):
                    target.unlink()
                raise Trouble(
                    "写入后读回的内容不一样，这个U盘不可靠。",
                    "请换一个U盘重新写，本机数据没有变化。",
                )
        except OSError as error:
            _sweep(part)
            raise Trouble(
                f"“{name}”没有写到“{self.place}”，本机数据没有变化。",
                "请检查U盘是否拔出、写保护或已满，再做一次。",
            ) from error
        except BaseException:
            _sweep(part)
            raise

    def _make_room(self, size: int) -> None:
        if not self.place.is_dir():
            raise Trouble(f"找不到“{self.place}”。", "请检查U盘是否还插着。")
        if shutil.disk_usage(self.place).free < size + MARGIN:
            raise Full(f"“{self.place}”空间不足，没有写入。", "请清理后再做，或换一个U盘。")


def own_folder(place: Path) -> Path:
    """Our folder on a volume, in whatever case somebody's system wrote it."""
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            if entry.name.upper() == OWN:
                return Path(entry.path)
    return place / OWN


def is_real_folder(path: Path) -> bool:
    """A folder of this very volume, not a link to somewhere else."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode) and not _is_junction(path)
    except OSError:
        return False


def make_own_folder(place: Path) -> Path:
    """Our folder on a volume, made when there is none, and shown again when something hid it."""
    own = own_folder(place)
    try:
        own.mkdir(exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"“{place}”上建不了文件夹“{OWN}”，没有写入。", "请检查U盘是否写保护、已满或已拔出。"
        ) from error
    if not is_real_folder(own):
        raise Trouble(f"“{own}”是指向别处的链接，没有写入。", "请换一个U盘，这个U盘请先杀毒。")
    _unhide(own)
    return own


def strange(*places: Path) -> list[str]:
    """Programs and shortcuts in these folders; named to the person, never opened, never touched."""
    found: list[str] = []
    for place in places:
        with suppress(OSError):
            found += [e.name for e in os.scandir(place) if _STRANGE.fullmatch(e.name)]
    return sorted(found)


_SHOW, _HIDDEN_AND_SYSTEM = (0x8004_7210, 0x4004_7211), 0x06


def _unhide(folder: Path) -> None:
    """Take “hidden” and “system” off our folder, which the shortcut virus puts on everything."""
    if os.name == "nt":
        import ctypes

        kernel = getattr(ctypes, "windll").kernel32  # noqa: B009
        now = kernel.GetFileAttributesW(str(folder))
        if now != -1 and now & _HIDDEN_AND_SYSTEM:
            kernel.SetFileAttributesW(str(folder), now & ~_HIDDEN_AND_SYSTEM)
        return
    import fcntl
    import struct

    # FAT_IOCTL_GET_ATTRIBUTES and …SET…; another file system does not know them and need not.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            kept = fcntl.ioctl(handle, _SHOW[0], struct.pack("I", 0))
            (now,) = struct.unpack("I", kept)
            if now & _HIDDEN_AND_SYSTEM:
                fcntl.ioctl(handle, _SHOW[1], struct.pack("I", now & ~_HIDDEN_AND_SYSTEM))
        finally:
            os.close(handle)


def _is_junction(path: Path) -> bool:
    """Windows: a folder that leads elsewhere is no link to `lstat`, but it has a reparse tag."""
    return bool(getattr(os.lstat(path), "st_reparse_tag", 0))


def _sweep(part: Path) -> None:
    with suppress(OSError):
        part.unlink(missing_ok=True)


def read(path: Path) -> bytes:
    """A file's whole content, when it is a plain file of a bearable size."""
    with opened(path) as (file, size):
        if size > LONGEST:
            raise Refusal("文件太大，不是争优台账的包。")
        try:
            return file.read(LONGEST + 1)
        except OSError as error:
            raise Refusal(_UNREAD) from error


@contextmanager
def opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A plain file and its length; Refusal when it is none or cannot be read.

    Opened without waiting (a named pipe would wait for ever) and without following a link.
    """
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise Refusal(_SPECIAL)
        handle = os.open(path, flags)
    except FileNotFoundError:
        raise Refusal("文件不在了。") from None
    except OSError as error:
        raise Refusal(f"文件打不开：{error.strerror or error}。") from error
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Refusal(_SPECIAL)
        yield file, about.st_size


def _fresh(path: Path) -> bytes:
    """The SHA-256 of the content as the disk has it, where the system lets go of what it remembers."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").digest()
