"""What the handles on both engines have in common: connections of threads, many rows, ills in words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import peewee

from db.errors import Trouble

KEPT = "以前保存的都在。"

Mark = TypeVar("Mark")


def told(
    ills: Iterable[tuple[tuple[Mark, ...], str, str]], fits: Callable[[Mark], bool]
) -> Trouble | None:
    """The first of these ills of which a mark fits, as the person must know it."""
    for marks, message, advice in ills:
        if any(map(fits, marks)):
            return Trouble(message, advice)
    return None


class Handle:
    """The connections of one database, one for each thread, known together so as to be closed together;
    and how many rows go into it, one statement for all of them.
    """

    _state: Any
    execute_many: Callable[[str, Iterable[Sequence[Any]]], None]
    in_transaction: Callable[[], bool]
    can_roll_back_part: Callable[[], bool]
    rollback: Callable[[], None]

    def __init__(self, *args: Any, **options: Any) -> None:
        self._connections: list[Any] = []
        self._connections_lock = threading.Lock()
        super().__init__(*args, **options)

    def _made(self, connection: Any) -> Any:
        with self._connections_lock:
            self._connections.append(connection)
        return connection

    def _gone(self, connection: Any) -> None:
        with self._connections_lock:
            if connection in self._connections:
                self._connections.remove(connection)

    def _forget_all(self) -> list[Any]:
        with self._connections_lock:
            open_ones, self._connections = self._connections, []
            # No thread may go on with a connection that is closed; each one opens anew.
            self._state = peewee._ConnectionLocal()  # type: ignore[attr-defined,unused-ignore]
        return open_ones

    def end_stray_transaction(self) -> None:
        """An interrupt between two statements can leave a transaction that nobody owns."""
        if not self.in_transaction() and self.can_roll_back_part():
            self.rollback()

    def insert_many(
        self,
        table: str,
        columns: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        unless_there: bool = False,
    ) -> None:
        """Many new rows; with `unless_there` those whose key is taken are passed over."""
        marks = ", ".join("?" * len(columns))
        end = " ON CONFLICT DO NOTHING" if unless_there else ""
        self.execute_many(f'INSERT INTO "{table}" ({quoted(columns)}) VALUES ({marks}){end}', rows)

    def update_many(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """The same columns of many rows, each (values…, id); counts their versions up."""
        sets = ", ".join(f'"{name}" = ?' for name in columns)
        self.execute_many(f'UPDATE "{table}" SET {sets}, version = version + 1 WHERE id = ?', rows)

    def delete_many(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> None:
        """The rows whose columns hold these values."""
        where = " AND ".join(f'"{name}" = ?' for name in columns)
        self.execute_many(f'DELETE FROM "{table}" WHERE {where}', rows)


def quoted(columns: Sequence[str]) -> str:
    """Names of columns as they stand in a statement."""
    return ", ".join(f'"{name}"' for name in columns)
