"""The county's rows move from the file in its folder to a server, or back: proved, then one switch.

What was left behind stays as it was and is marked, so that nobody goes on writing there. Each step
can be killed: before the switch the old place counts, after it the new one, and whoever opens the
folder next puts the mark that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db import (
    access,
    address,
    attachments,
    durable,
    identity,
    journal,
    migrations,
    pouring,
    sharing,
    watching,
)
from db.address import DATABASE
from db.connection import attach, database, open_file
from db.copying import prove, snapshot
from db.errors import Refusal, Trouble

STAGED = "zhengyou.arriving"
ASIDE = "replaced"
HERE = "数据文件夹"
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move: whereto, rows and digest of every table, equal on both sides; how many
    attachments are there now, each opened where it arrived.
    """

    to: str
    tables: dict[str, pouring.Digest]
    files: int = 0

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(count for count, _ in self.tables.values())

    @property
    def words(self) -> str:
        """What the person reads of it."""
        files = f"，附件 {self.files:,} 个逐个打开核对" if self.files else ""
        return (
            f"已搬到“{self.to}”：{len(self.tables)} 张表、{self.rows:,} 行，逐表核对一致，操作记录完整"
            f"{files}。原来的那一份没有动，已注明搬走。"
        )


def to_server(
    folder: Path, key: bytes, url: str, progress: pouring.Progress = pouring.silent
) -> Moved:
    """Move the open office from its file to an empty database on a server, and go on there.

    Refuses when its journal is not whole or the database is taken; Trouble when a table does not
    read back as it was written. Then the file goes on being the office's.
    """
    if database.shared:
        raise Refusal("数据已经在服务器上。先搬回这台电脑，再搬到另一个数据库。")
    with _begun(folder, key):
        live = database.obj
        target = sharing.empty_server(url)
        target.key = key
        try:
            # Nobody writes into the file from here to the mark.
            with live.atomic():
                tables = pouring.fill(live, target, progress)
                _verify(target, live)
                files = _carry(attachments.in_folder(folder, key), attachments.Table(target, key))
                address.write(folder, key, url)
                sharing.give_vault(folder, target)
                address.mark_moved(live, address.shown(url))
        except BaseException:
            (folder / address.FILE).unlink(missing_ok=True)
            target.close_everywhere()
            raise
        attach(target)
        live.close_everywhere()
        _settle_in()
        return Moved(address.shown(url), tables, files)


def to_file(folder: Path, key: bytes, progress: pouring.Progress = pouring.silent) -> Moved:
    """Move the open office from its server into a file in its folder, and go on there.

    The other PCs are told, when they next open, that it has gone.
    """
    if not database.shared:
        raise Refusal("数据已经在数据文件夹里。")
    with _begun(folder, key):
        live = database.obj
        staged = folder / STAGED
        _clear(staged)
        target = open_file(staged, key, create=True, mode="delete")
        try:
            with live.atomic():
                tables = pouring.fill(live, target, progress)
                _verify(target, live)
                files = _carry(attachments.Table(live, key), attachments.in_folder(folder, key))
                target.close_everywhere()
                prove(staged, key)
                durable.sync(staged)
                address.mark_moved(live, str(folder.absolute()))
        except BaseException:
            target.close_everywhere()
            _clear(staged)
            raise
        live.close_everywhere()
        _take_place(folder)
        attach(address.open_live(folder, key))
        _settle_in()
        return Moved(HERE, tables, files)


@contextmanager
def _begun(folder: Path, key: bytes) -> Iterator[None]:
    """Look whether everything may move, and listen to others again wherever it lies afterwards."""
    access.require("manage")
    if journal.current() is not None:
        raise RuntimeError("a move cannot be part of an operation")
    found = journal.verify()
    if found:
        raise Refusal(f"操作记录不完整，没有搬：{found[0]}。请先与最近的备份核对。")
    snapshot(folder, key, "before-move")
    watching.end()
    try:
        yield
    finally:
        watching.begin()


def _verify(arrived: object, live: object) -> None:
    """The chain of operations, walked through where it has arrived."""
    attach(arrived)
    try:
        found = journal.verify()
    finally:
        attach(live)
    if found:
        raise Trouble(f"搬过去的操作记录不完整：{found[0]}。", "原来的数据没有变化，请再试一次。")


def _carry(here: attachments.Sealed, there: attachments.Sealed) -> int:
    """Bring the files over; returns how many are whole there, each opened and proved."""
    attachments.carry_over(here, there)
    return len(there.sizes(here.names()))


def _settle_in() -> None:
    migrations.prepare()
    with database.atomic():
        identity.sit_down(database.place())


def settle(folder: Path, key: bytes) -> None:
    """Finish a move that was killed after its switch; the folder is closed and held by this program."""
    staged, file = folder / STAGED, folder / DATABASE
    if not (folder / address.FILE).exists():
        if staged.exists() and not file.exists():
            durable.replace(staged, file)
        _clear(staged)
        return
    if staged.exists():
        _settle_arrival(folder, key)
    elif file.exists():
        left = open_file(file, key, mode="delete")
        try:
            if address.moved_to(left) is None:
                with left.atomic():
                    address.mark_moved(left, address.shown(address.read(folder, key)))
        finally:
            left.close_everywhere()


def _settle_arrival(folder: Path, key: bytes) -> None:
    """The server says whether its rows had already gone when the program was killed."""
    server = address.open_live(folder, key)
    try:
        gone = address.moved_to(server)
    finally:
        server.close_everywhere()
    if gone is not None and gone[1] == str(folder.absolute()):
        _take_place(folder)
    else:
        _clear(folder / STAGED)


def _take_place(folder: Path) -> None:
    """The file that has arrived becomes the office's; one left from an earlier move goes aside."""
    live = folder / DATABASE
    if live.exists():
        aside = folder / ASIDE / f"{datetime.now():%Y%m%d-%H%M%S}"
        aside.mkdir(parents=True, exist_ok=True)
        for suffix in ("", *_LOGS):
            beside = live.with_name(DATABASE + suffix)
            if beside.exists():
                durable.replace(beside, aside / beside.name)
    # With the address gone and no file in the place yet, `settle` knows what is left to do.
    (folder / address.FILE).unlink()
    durable.sync_folder(folder)
    durable.replace(folder / STAGED, live)


def _clear(staged: Path) -> None:
    for suffix in ("", *_LOGS):
        staged.with_name(staged.name + suffix).unlink(missing_ok=True)
