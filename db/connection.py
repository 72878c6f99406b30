"""The one handle to the office's database: encrypted SQLite, one connection per thread.

Whatever the disk or the file does to us becomes a Trouble here and nowhere else: every statement
of every caller, and every row fetched, goes through `_Cursor`. A county's database may lie on a
server instead (`db.server`); the layers above do not see which of the two is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from db import placement, seat
from db.dialect import sqlite
from db.errors import Refusal, Trouble
from db.handle import KEPT, Handle, told

KEY_BYTES = 32
_PLAIN_HEADER = b"SQLite format 3"
#: wal: the office's file. delete: a file that must stand alone when closed. readonly: a copy that
#: is only looked at, whatever lies beside it.
Mode = Literal["wal", "delete", "readonly"]


class NotOpen(Refusal, AttributeError):
    """Nobody has unlocked; an AttributeError too, because peewee probes the handle's attributes."""


class _Handle(peewee.DatabaseProxy):  # type: ignore[misc,unused-ignore]
    """Points at the open office's file; says so in words when none is open."""

    def __getattr__(self, name: str) -> Any:
        if self.obj is None:
            raise NotOpen("数据没有打开：可能已锁定，或正在恢复备份。请重新输入口令。")
        return getattr(self.obj, name)


#: Every model is bound to this handle; opening an office points it at that office's file.
database: Any = _Handle()

_ILLS: tuple[tuple[tuple[type[BaseException], ...], str, str], ...] = (
    (
        (apsw.FullError,),
        "磁盘已满，这一步没有保存，",
        f"{KEPT}请清理磁盘后再做一次。",
    ),
    (
        (apsw.NotADBError,),
        "数据文件打不开：密钥与文件不符，或文件已损坏。",
        "请改用最近一次备份恢复，原文件不要删除。",
    ),
    (
        (apsw.CorruptError,),
        "数据文件有损坏。",
        "请不要继续录入，用最近一次备份恢复，原文件不要删除。",
    ),
    (
        (apsw.BusyError, apsw.LockedError, apsw.ProtocolError),
        "数据文件正被占用，这一步没有保存，",
        f"{KEPT}请关闭杀毒扫描、同步盘等正在读取数据文件夹的程序后重试。",
    ),
    (
        (apsw.ReadOnlyError, apsw.PermissionsError, apsw.AuthError),
        "数据文件不能写入，这一步没有保存，",
        f"{KEPT}请检查文件夹的读写权限。",
    ),
    (
        (apsw.CantOpenError,),
        "数据文件打不开。",
        "请检查文件夹是否被移动、U 盘是否还连着，以及读写权限。",
    ),
    (
        (apsw.IOError,),
        "读写数据文件出错，这一步没有保存，",
        f"{KEPT}请检查磁盘是否已满、U 盘是否还连着，再重试；反复出现请换一块盘。",
    ),
    (
        (apsw.NoMemError, MemoryError),
        "内存不足，这一步没有保存，",
        f"{KEPT}请关闭其他程序后重试。",
    ),
    (
        (apsw.ConnectionClosedError,),
        "数据已关闭。",
        "请重新输入口令打开。",
    ),
)


def trouble_of(error: BaseException) -> Trouble | None:
    """What an ill disk or file means to the person; None when the error says nothing of the sort."""
    return told(_ILLS, lambda kind: isinstance(error, kind))


class _Cursor(apsw.Cursor):
    """APSW's cursor, with its complaints about disk and file put into words."""

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except (apsw.Error, MemoryError) as error:
            raise _in_words(error) from error

    def executemany(self, *args: Any, **options: Any) -> Any:
        try:
            return super().executemany(*args, **options)
        except (apsw.Error, MemoryError) as error:
            raise _in_words(error) from error

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except (apsw.Error, MemoryError) as error:
            raise _in_words(error) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except (apsw.Error, MemoryError) as error:
            raise _in_words(error) from error

    def fetchall(self) -> Any:
        try:
            return super().fetchall()
        except (apsw.Error, MemoryError) as error:
            raise _in_words(error) from error


def _in_words(error: BaseException) -> BaseException:
    return trouble_of(error) or error


def _bind_text(_cursor: object, _position: int, value: object) -> str:
    """APSW binds no str subclasses of ours; anything else is a bug and must not be guessed at."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"cannot store {type(value).__name__} in the database")


class EncryptedDatabase(Handle, APSWDatabase):
    """SQLite in SQLCipher 4 format with a raw key, so that another driver can read the file too.

    Transactions start IMMEDIATE: a deferred one that reads and then writes fails at once when
    another thread wrote in between.
    """

    dialect = sqlite
    #: Whether other programs write into it while it is open.
    shared = False

    def __init__(self, path: Path, key: bytes, *, create: bool = False, mode: Mode = "wal") -> None:
        if len(key) != KEY_BYTES:
            # A short raw key would silently be taken for a passphrase.
            raise ValueError("the data key has 32 bytes")
        #: The data key; what lies beside the file is sealed with keys derived from it.
        self.key = key
        # An absolute name never begins with "file:", which SQLite would take for an address.
        name = str(path.absolute())
        flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
        # REPLACE fires delete triggers only with recursive triggers: no row goes unlogged.
        pragmas: list[tuple[str, Any]] = [
            ("foreign_keys", 1),
            ("recursive_triggers", 1),
            ("cache_size", -32000),
        ]
        if mode == "readonly":
            # "immutable" writes nothing, not even -shm, and ignores a foreign -wal beside it.
            name = path.absolute().as_uri() + "?immutable=1"
            flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        else:
            pragmas = [("journal_mode", mode), ("synchronous", "full"), *pragmas]
        super().__init__(name, flags=flags, lock_type="IMMEDIATE", timeout=10, pragmas=pragmas)

    def _connect(self) -> Any:
        try:
            connection = super()._connect()
        except apsw.Error as error:
            raise _in_words(error) from error
        return self._made(connection)

    def _add_conn_hooks(self, conn: Any) -> None:
        conn.cursor_factory = _Cursor
        conn.pragma("cipher", "sqlcipher")
        conn.pragma("legacy", 4)
        conn.execute(f"PRAGMA key=\"x'{self.key.hex()}'\"").fetchall()
        conn.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        conn.convert_binding = _bind_text
        super()._add_conn_hooks(conn)

    def _close(self, conn: Any) -> None:
        self._gone(conn)
        super()._close(conn)

    def close_everywhere(self) -> None:
        """Close the connections of all threads, rolling back what is unfinished.

        A file that another thread still holds cannot be replaced on Windows, and its -wal would be
        written behind the new file's back everywhere else.
        """
        for connection in self._forget_all():
            connection.close(True)

    def holds_transaction(self) -> bool:
        """Whether the engine itself has a transaction open that can still be committed."""
        return bool(self.connection().in_transaction)

    def can_roll_back_part(self) -> bool:
        """Whether the open transaction still stands, so that a savepoint of it can be gone back to."""
        return self.holds_transaction()

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Read everything as it stands now, whatever others commit meanwhile; nothing is written."""
        connection = self.connection()
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def size(self) -> int:
        """How many bytes the file has."""
        return Path(self.database).stat().st_size

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows, as fast as the driver can."""
        self.connection().executemany(sql, rows)

    def place(self) -> str:
        """Where this file lies, told apart from every copy of it."""
        return seat.place_of(Path(self.database))

    def tell_others(self, operation: int) -> None:
        """Nobody else has this file open."""


#: What an engine raises when rows contradict each other, also when that shows at the commit only.
CONTRADICTIONS: tuple[type[Exception], ...] = (peewee.IntegrityError, apsw.ConstraintError)


def dialect(opened: Any = None) -> ModuleType:
    """The SQL words of this database, or of the office's own."""
    words: ModuleType = (opened or database).dialect
    return words


def open_file(
    path: Path, key: bytes, *, create: bool = False, mode: Mode = "wal"
) -> EncryptedDatabase:
    """Open an encrypted file on its own, without making it the office's database.

    Raises Trouble if the file is missing, empty, damaged, not encrypted, or needs another key.
    """
    if create and path.exists():
        raise Trouble(f"已有数据文件“{path.name}”，没有改动它。", "请另选文件夹。")
    if not create and not path.is_file():
        raise Trouble(f"找不到数据文件“{path.name}”。", "请检查数据文件夹是否被移动。")
    if not create and not path.stat().st_size:
        # SQLite would take it for a new database and the office for an empty one.
        raise Trouble(f"数据文件“{path.name}”是空的。", "请用最近一次备份恢复。")
    assert_encrypted(path)
    opened = EncryptedDatabase(path, key, create=create, mode=mode)
    try:
        opened.connect()
        if create:
            opened.execute_sql("PRAGMA user_version")
            assert_encrypted(path)
    except BaseException:
        opened.close_everywhere()
        raise
    return opened


def prove_after_crash(path: Path, key: bytes) -> None:
    """Look at every page when a log was left beside the file; Trouble when the two do not fit.

    A -wal is left by a kill or a power cut and belongs to its file. When somebody copied another
    file into its place by hand, SQLite would play the log into that one. Nothing is written here.
    """
    log = path.with_name(path.name + "-wal")
    if not (log.is_file() and log.stat().st_size):
        return
    opened = open_file(path, key)
    try:
        opened.connection().config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        found = opened.execute_sql(sqlite.integrity_findings()).fetchall()
    finally:
        opened.close_everywhere()
    if [row[0] for row in found] != ["ok"]:
        raise Trouble(
            f"数据文件与旁边的“{log.name}”对不上，或已损坏，没有打开。",
            "两个文件都没有改动，请不要删除；请用最近一次备份恢复。",
        )


def assert_encrypted(path: Path) -> None:
    """A mistyped pragma silently gives a plain file: look at the bytes themselves."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER:
                raise Trouble("数据文件没有加密，程序拒绝使用。", "请从备份恢复。")


def mode_for(folder: Path) -> Mode:
    """How the office's own file is kept in this folder."""
    return "delete" if placement.kind(folder) == "network" else "wal"


def attach(opened: Any) -> None:
    """Make this database the one that all models read and write."""
    database.initialize(opened)


def detach() -> None:
    """Close the file in all threads and point the models at nothing."""
    opened = database.obj
    if opened is not None:
        database.initialize(None)
        opened.close_everywhere()
