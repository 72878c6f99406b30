"""The county's database on a PostgreSQL server: several programs at once, one operation at a time.

It keeps the promises of `db.connection.EncryptedDatabase`, so that nothing above sees the difference.
Whatever the network or the server does to us becomes a Trouble here.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import peewee
import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from db import entry
from db.dialect import postgres
from db.errors import Refusal, Trouble
from db.handle import KEPT, Handle, quoted, told

#: The driver's exceptions as peewee's, which every layer above knows.
_AS_PEEWEES: Any = vars(peewee)["__exception_wrapper__"]
#: Held by whoever writes: stamps, ids and the chain of hashes stay in one line.
_ONE_WRITER = 0x7A68656E67796F75  # "zhengyou"
#: Where programs tell each other of finished operations.
CHANNEL = "zhengyou"
_WAIT_SECONDS = 30
#: More rows than this go through a table of their own instead of one by one.
_FEW = 100

_ILLS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("53100",),
        "数据库服务器磁盘已满，这一步没有保存，",
        f"{KEPT}请告诉服务器管理员。",
    ),
    (
        ("53", "54", "58", "XX"),
        "数据库服务器出错，这一步没有保存，",
        f"{KEPT}请稍后重试；反复出现请告诉服务器管理员。",
    ),
    (
        ("55P03", "40"),
        "别人正在做一步较长的操作（接收、导入等），这一步没有保存，",
        f"{KEPT}请稍候再试。",
    ),
    (
        ("25006", "42501"),
        "数据库不让写入，这一步没有保存，",
        f"{KEPT}请服务器管理员检查这个用户对数据库的权限（见 docs/postgresql.md）。",
    ),
    (
        ("57", "08"),
        "与数据库服务器的连接断了，这一步没有保存，",
        f"{KEPT}屏幕上填的也还在。请检查网络，通了以后再做一次。",
    ),
)


def _trouble_of(error: psycopg.Error) -> Trouble | None:
    """What an ill network or server means to the person; None when the error is our own."""
    state = error.sqlstate or ""
    trouble = told(_ILLS, state.startswith)
    if trouble is not None:
        return trouble
    if isinstance(error, psycopg.OperationalError) and not state:
        return Trouble(*_ILLS[-1][1:])
    return None


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        trouble = _trouble_of(error)
        if trouble is None:
            raise
        raise trouble from error


@functools.lru_cache(maxsize=4096)
def _numbered(sql: str) -> str:
    """The statement with PostgreSQL's own parameter marks; a quoted ? is none.

    %s is what peewee writes where it asks the catalogue for indexes and references.
    """
    parts = re.split(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|\?|%s\b)""", sql)
    number = 0
    for place, part in enumerate(parts):
        if part in {"?", "%s"}:
            number += 1
            parts[place] = f"${number}"
    return "".join(parts)


class _Cursor(psycopg.RawCursor[Any]):
    """psycopg's cursor, with the program's parameter marks and its complaints put into words."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        with _in_words():
            # Without parameters several statements may stand in one text.
            return super().execute(_numbered(query) if params else query, params or None, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        with _in_words():
            super().executemany(_numbered(query), params_seq, **options)


class _Whole(Loader):
    """A sum of whole numbers is a whole number."""

    def load(self, data: Any) -> int | float:
        text = bytes(data)
        return float(text) if b"." in text else int(text)


class ServerDatabase(Handle, peewee.PostgresqlDatabase):
    """A database that several programs have open; transactions that write wait for each other."""

    dialect = postgres
    shared = True
    param = "?"
    index_value_literals = True
    field_types = {**peewee.PostgresqlDatabase.field_types, "TEXT": postgres.TEXT}

    def __init__(self, url: str) -> None:
        #: Operations written by this program; what others wrote is not among them.
        self.own_operations: set[int] = set()
        #: The office's data key, once it is known whose database this is: attachments are sealed with it.
        self.key = b""
        super().__init__(url)

    def init(self, database: Any, *args: Any, **options: Any) -> None:
        """That of peewee would look for a driver that it was not allowed to find."""
        peewee.Database.init(self, database, *args, **options)

    # -- connections ---------------------------------------------------------------------

    def _connect(self) -> Any:
        return self._made(connect(self.database))

    def _set_server_version(self, conn: Any) -> None:
        self.server_version = conn.info.server_version

    def _close(self, conn: Any) -> None:
        self._gone(conn)
        conn.close()

    def close_everywhere(self) -> None:
        """Close the connections of all threads; the server rolls back what is unfinished."""
        for connection in self._forget_all():
            with suppress(psycopg.Error):
                connection.close()

    def is_connection_usable(self) -> bool:
        return not self._state.closed and not self._state.conn.closed

    def connection(self) -> Any:
        self._renew()
        return super().connection()

    def cursor(self, named_cursor: Any = None) -> Any:
        self._renew()
        return super().cursor()

    def _renew(self) -> None:
        """A connection that broke between two transactions is simply made again."""
        state = self._state
        if state.closed or not state.conn.closed:
            return
        if state.transactions:
            raise Trouble(*_ILLS[-1][1:])
        self._gone(state.conn)
        state.reset()

    # -- transactions --------------------------------------------------------------------

    def begin(self, isolation_level: Any = None) -> None:
        """Begin to write, as soon as nobody else does; readers are never waited for."""
        del isolation_level
        with _AS_PEEWEES:
            cursor = self.cursor()
            cursor.execute("BEGIN")
            try:
                cursor.execute(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")
            except BaseException:
                self.rollback()
                raise

    def commit(self) -> None:
        if self._status() == TransactionStatus.INERROR:
            # The server would roll back and call that a success.
            self.rollback()
            raise Trouble("这一步有一处没有写成，已全部退回，没有保存。", "请再做一次。")
        try:
            with _AS_PEEWEES:
                self.cursor().execute("COMMIT")
        except Trouble as error:
            if not self._state.conn.closed:
                raise
            raise Trouble(
                "正要存好的时候与数据库服务器的连接断了，不知道这一步存上没有，",
                f"{KEPT}网络通了以后请先看一看记录，没有存上再做一次。",
            ) from error

    def rollback(self) -> None:
        connection = self._state.conn
        if connection is None or connection.closed:
            return
        with suppress(psycopg.Error, Trouble):
            connection.cursor().execute("ROLLBACK")

    def _status(self) -> TransactionStatus:
        if self._state.closed:
            return TransactionStatus.IDLE
        return TransactionStatus(self._state.conn.pgconn.transaction_status)

    def holds_transaction(self) -> bool:
        """Whether the server has a transaction open for us that can still be committed."""
        return self._status() in {TransactionStatus.INTRANS, TransactionStatus.ACTIVE}

    def can_roll_back_part(self) -> bool:
        """A savepoint is also the way out of a transaction in which a statement failed."""
        return self.holds_transaction() or self._status() == TransactionStatus.INERROR

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Read everything as it stands now, whatever others commit meanwhile; nothing is written."""
        cursor = self.cursor()
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            self.rollback()

    def size(self) -> int:
        """How many bytes the database takes on the server."""
        return int(self.execute_sql("SELECT pg_database_size(current_database())").fetchone()[0])

    # -- many rows -----------------------------------------------------------------------

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows, without waiting for each answer."""
        with _AS_PEEWEES:
            self.cursor().executemany(sql, rows)

    def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        unless_there: bool = False,
    ) -> None:
        """Many new rows by COPY; with `unless_there` those whose key is taken are passed over."""
        kept = rows if isinstance(rows, Sequence) else list(rows)
        names = quoted(columns)
        if len(kept) <= _FEW:
            if kept:
                super().insert_many(table, columns, kept, unless_there=unless_there)
        elif unless_there:
            with self._beside(table, columns, kept) as beside:
                self.execute_sql(
                    f'INSERT INTO "{table}" ({names}) SELECT {names} FROM {beside}'
                    " ON CONFLICT DO NOTHING"
                )
        else:
            self._copy(f'"{table}"', names, kept)

    def update_many(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """The same columns of many rows, each (values…, id); counts their versions up."""
        kept = list(rows)
        if len(kept) <= _FEW or len({row[-1] for row in kept}) < len(kept):
            super().update_many(table, columns, kept)
            return
        sets = ", ".join(f'"{name}" = beside."{name}"' for name in columns)
        with self._beside(table, [*columns, "id"], kept) as beside:
            self.execute_sql(
                f'UPDATE "{table}" t SET {sets}, version = t.version + 1 FROM {beside} beside'
                " WHERE t.id = beside.id"
            )

    def delete_many(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """The rows whose columns hold these values."""
        kept = list(rows)
        if len(kept) <= _FEW:
            super().delete_many(table, columns, kept)
            return
        where = " AND ".join(f't."{name}" = beside."{name}"' for name in columns)
        with self._beside(table, columns, kept) as beside:
            self.execute_sql(f'DELETE FROM "{table}" t USING {beside} beside WHERE {where}')

    @contextmanager
    def _beside(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> Iterator[str]:
        """The rows in a passing table of their own."""
        names = quoted(columns)
        beside = "pg_temp.beside"
        self.execute_sql(
            f"CREATE TEMPORARY TABLE beside ON COMMIT DROP AS"
            f' SELECT {names} FROM "{table}" WITH NO DATA'
        )
        self._copy(beside, names, rows)
        yield beside
        self.execute_sql(f"DROP TABLE {beside}")

    def _copy(self, table: str, names: str, rows: Iterable[Sequence[Any]]) -> None:
        with (
            _AS_PEEWEES,
            _in_words(),
            self.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def place(self) -> str:
        """Which server's database this is; one brought to another server by a dump is another one."""
        number, database = self.execute_sql(
            "SELECT s.system_identifier, d.oid::bigint FROM pg_control_system() s, pg_database d"
            " WHERE d.datname = current_database()"
        ).fetchone()
        return hashlib.sha256(f"{number} {database}".encode()).hexdigest()

    # -- others --------------------------------------------------------------------------

    def another_connection(self) -> Any:
        """A connection that belongs to no thread; whoever asked for it closes it."""
        return connect(self.database)

    def listen_on(self, connection: Any) -> None:
        """From now on this connection is woken by what other programs commit."""
        connection.cursor().execute(f"LISTEN {CHANNEL}")

    def tell_others(self, operation: int) -> None:
        """In the open transaction: when it is committed, the other programs hear of this operation."""
        self.own_operations.add(operation)
        self.execute_sql("SELECT pg_notify(?, ?)", (CHANNEL, str(operation)))


def connect(url: str) -> Any:
    """One connection to the server, speaking the program's words."""
    connection = entry.connect(url, _Cursor)
    connection.adapters.register_loader("numeric", _Whole)
    connection.cursor().execute(f"SET lock_timeout = '{_WAIT_SECONDS}s'")
    return connection


def open_server(url: str) -> ServerDatabase:
    """Open a database on a server on its own, without making it the office's.

    Refusal when the address is wrong or the database does not keep text as UTF-8.
    """
    if not re.match(r"postgres(ql)?://", url):
        raise Refusal("数据库的连接地址写得不对，应形如 postgresql://用户:口令@服务器/数据库。")
    opened = ServerDatabase(url)
    try:
        opened.connect()
        encoding = opened.execute_sql("SHOW server_encoding").fetchone()[0]
        if encoding != "UTF8":
            raise Refusal(
                f"这个数据库的字符集是 {encoding}，存不下所有的姓名；请管理员按 UTF8 重建。"
            )
        if opened.server_version < 130000:
            raise Refusal("数据库服务器的版本太旧，需要 PostgreSQL 13 或更高版本。")
    except BaseException:
        opened.close_everywhere()
        raise
    return opened
