"""Hear what other programs commit to a shared database, and tell it here as if it had been done here.

The server wakes us; what happened is read from the operations, so that nothing is missed when a
message was, and nothing is told twice.
"""

from __future__ import annotations

import select
import socket
import threading
from contextlib import closing
from typing import Any

from db import changes, registry
from db.connection import database
from db.errors import Refusal, Trouble

#: Looks by itself now and then: a server that was restarted has forgotten who listened.
_AT_LEAST_EVERY, _RETRY = 60.0, 5.0


class Watch:
    """A thread with a connection of its own that listens until it is ended."""

    def __init__(self, opened: Any) -> None:
        self._opened = opened
        self._bell, self._wake = socket.socketpair()
        self._ended = threading.Event()
        self._heard = False
        self._last, self._incarnation = self._standing(opened.cursor())
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop listening, and wait until that is so."""
        self._ended.set()
        self._bell.send(b"!")
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._bell.close()
        self._wake.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                with closing(self._opened.another_connection()) as connection:
                    self._listen(connection)
            except (Trouble, Refusal):
                # The network is away; whoever saves meanwhile is told so.
                self._sleep([], _RETRY)

    def _listen(self, connection: Any) -> None:
        connection.add_notify_handler(self._on_notice)
        self._opened.listen_on(connection)
        while not self._ended.is_set():
            self._heard = False
            self._tell(connection.cursor())
            if not self._heard:
                self._sleep([connection.fileno()], _AT_LEAST_EVERY)

    def _on_notice(self, _notice: object) -> None:
        self._heard = True

    def _sleep(self, others: list[int], seconds: float) -> None:
        select.select([*others, self._wake.fileno()], [], [], seconds)

    @staticmethod
    def _standing(cursor: Any) -> tuple[int, str]:
        row = cursor.execute(
            "SELECT (SELECT max(stamp) FROM operation), (SELECT incarnation FROM identity)"
        ).fetchone()
        return int(row[0] or 0), str(row[1] or "")

    def _tell(self, cursor: Any) -> None:
        newest, incarnation = self._standing(cursor)
        if incarnation != self._incarnation:
            self._last, self._incarnation = newest, incarnation
            changes.announce(changes.Changes(0, "恢复备份", _everything(cursor)))
            return
        if newest <= self._last:
            return
        done = cursor.execute(
            "SELECT id, stamp, words, person_name FROM operation WHERE stamp > ? ORDER BY stamp",
            (self._last,),
        ).fetchall()
        for operation, stamp, words, person in done:
            self._last = stamp
            if operation in self._opened.own_operations:
                continue
            ids: dict[str, set[int]] = {}
            for stem, row in cursor.execute(
                'SELECT stem, "row" FROM journal WHERE operation = ?', (operation,)
            ).fetchall():
                ids.setdefault(stem, set()).add(row)
            told = {stem: frozenset(rows) for stem, rows in ids.items()}
            changes.announce(changes.Changes(operation, words, told, by=person))


def _everything(cursor: Any) -> dict[str, frozenset[int]]:
    return {
        model.stem(): frozenset(
            row for (row,) in cursor.execute(f'SELECT id FROM "{model.stem()}"').fetchall()
        )
        for model in registry.models()
    }


_watch: Watch | None = None


def begin() -> None:
    """Listen from now on, where others write into the open database at all."""
    global _watch
    end()
    if database.shared:
        _watch = Watch(database.obj)


def end() -> None:
    """Listen no more."""
    global _watch
    watch, _watch = _watch, None
    if watch is not None:
        watch.end()
