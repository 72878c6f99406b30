"""The one handle to the office's database: encrypted SQLite, one connection per thread."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from db.dialect import sqlite
from db.errors import Trouble

KEY_BYTES = 32
_FLAGS = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI
_PLAIN_HEADER = b"SQLite format 3"

#: Every model is bound to this handle; opening an office points it at that office's file.
database: Any = peewee.DatabaseProxy()


def _bind_text(_cursor: object, _position: int, value: object) -> str:
    """APSW binds no str subclasses of ours; anything else is a bug and must not be guessed at."""
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(f"cannot store {type(value).__name__} in the database")


class EncryptedDatabase(APSWDatabase):
    """SQLite in SQLCipher 4 format with a raw key, so that another driver can read the file too.

    Transactions start IMMEDIATE: a deferred one that reads and then writes fails at once when
    another thread wrote in between.
    """

    def __init__(self, path: Path, key: bytes, *, create: bool = False) -> None:
        if len(key) != KEY_BYTES:
            # A short raw key would silently be taken for a passphrase.
            raise ValueError("the data key has 32 bytes")
        self._key = key
        flags = _FLAGS if create else _FLAGS & ~apsw.SQLITE_OPEN_CREATE
        super().__init__(
            str(path),
            flags=flags,
            lock_type="IMMEDIATE",
            timeout=10,
            pragmas=[
                ("journal_mode", "wal"),
                ("synchronous", "full"),
                ("foreign_keys", 1),
                ("cache_size", -32000),
            ],
        )

    def _add_conn_hooks(self, conn: Any) -> None:
        conn.pragma("cipher", "sqlcipher")
        conn.pragma("legacy", 4)
        conn.execute(f"PRAGMA key=\"x'{self._key.hex()}'\"").fetchall()
        try:
            conn.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except apsw.NotADBError as error:
            raise Trouble(
                "数据文件打不开：口令对应的密钥与文件不符，或文件已损坏。",
                "请改用最近一次备份恢复，原文件不要删除。",
            ) from error
        conn.convert_binding = _bind_text
        super()._add_conn_hooks(conn)


def dialect() -> ModuleType:
    """The SQL words of the engine that is open."""
    return sqlite


def open_file(path: Path, key: bytes, *, create: bool = False) -> EncryptedDatabase:
    """Open an encrypted file on its own, without making it the office's database.

    Raises Trouble if the file is missing, was written without encryption, or needs another key.
    """
    if not create and not path.is_file():
        raise Trouble(f"找不到数据文件“{path.name}”。", "请检查数据文件夹是否被移动。")
    opened = EncryptedDatabase(path, key, create=create)
    try:
        opened.connect()
    except apsw.CantOpenError as error:
        raise Trouble(f"数据文件“{path.name}”打不开。", "请检查文件夹的读写权限。") from error
    if create:
        opened.execute_sql("PRAGMA user_version")
    assert_encrypted(path)
    return opened


def assert_encrypted(path: Path) -> None:
    """A mistyped pragma silently gives a plain file: look at the bytes themselves."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            if file.read(len(_PLAIN_HEADER)) == _PLAIN_HEADER:
                raise Trouble("数据文件没有加密，程序拒绝使用。", "请从备份恢复。")


def attach(opened: EncryptedDatabase) -> None:
    """Make this file the one that all models read and write."""
    database.initialize(opened)


def detach() -> None:
    """Close this thread's connection and point the models at nothing."""
    if database.obj is not None:
        database.close_all() if hasattr(database.obj, "close_all") else database.close()
        database.initialize(None)


def execute_many(sql: str, rows: Any) -> None:
    """Run one statement for many rows, as fast as the driver can."""
    database.connection().executemany(sql, rows)
