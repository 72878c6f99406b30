"""A copy takes the place of the office's data, or of data that no longer opens.

The copy is prepared beside the live file. One small note, written whole, is the point of no return:
before it the old data is whole, after it the restore is finished by whoever opens the folder next,
however often it is killed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from db import attachments, changes, durable, identity, journal, migrations, pouring, registry
from db.address import DATABASE
from db.connection import attach, database, detach, mode_for, open_file
from db.copying import (
    FOLDER,
    MARGIN,
    Copy,
    copies,
    count_rows,
    find,
    findings,
    heads,
    lay_out,
    prove,
    snapshot,
)
from db.errors import Refusal, Trouble

__all__ = [
    "DATABASE",
    "FOLDER",
    "NOTE",
    "Copy",
    "Difference",
    "Preview",
    "copies",
    "find",
    "findings",
    "finish",
    "heads",
    "lay_out",
    "preview",
    "prove",
    "restore",
    "snapshot",
]

STAGED = "zhengyou.restoring"
NOTE = "restore.note"
ASIDE = "replaced"
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a restore would change in one table."""

    table: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a restore would do, before it is done."""

    copy: Copy
    tables: tuple[Difference, ...]
    lost_operations: tuple[tuple[str, str, str], ...]


def preview(copy: Copy, key: bytes) -> Preview:
    """Compare a copy with the open database: counts, and the operations made since."""
    counts = prove(copy.file, key)
    now = count_rows(database)
    opened = open_file(copy.file, key, mode="readonly")
    try:
        known = {row[0] for row in opened.execute_sql("SELECT id FROM operation").fetchall()}
    finally:
        opened.close()
    lost = [
        row
        for row in database.execute_sql(
            "SELECT id, at, person_name, words FROM operation ORDER BY stamp DESC"
        ).fetchall()
        if row[0] not in known
    ]
    tables = sorted(set(counts) | set(now))
    return Preview(
        copy,
        tuple(Difference(t, now.get(t, 0), counts.get(t, 0)) for t in tables),
        tuple((str(at), str(person), str(words)) for _, at, person, words in lost[:500]),
    )


def restore(folder: Path, key: bytes, copy: Copy, *, reopen: bool = True) -> None:
    """Put a copy in the place of the data, which need not be open nor even readable.

    What was there is backed up when it can be read, and moved aside in any case, never deleted. The
    restored database becomes a new incarnation, so the county notices, and its ids go on where no
    id was ever used. Attachments that lie beside the copy, as on a stick, are taken in where they are
    missing here. Without `reopen` the folder is left closed and the copy in its own schema, for an
    older program. Raises Trouble when the copy is not sound or the disk will not; then the old
    data is in place, and open if it was.
    """
    if journal.current() is not None:
        raise RuntimeError("a restore cannot be part of an operation")
    if database.obj is not None and database.shared:
        if not reopen:
            raise Refusal(
                "数据在服务器上，由几台电脑共用，不能随一台电脑的程序退回旧版。数据没有变化。"
            )
        _restore_shared(folder, key, copy)
        return
    was_open = database.obj is not None
    try:
        _stage(folder, key, copy)
        beside = copy.file.parent / attachments.FOLDER
        attachments.copy_missing(beside, folder / attachments.FOLDER, key)
        _back_up(folder, key)
        detach()
        durable.write_text(folder / NOTE, f"{datetime.now():%Y%m%d-%H%M%S}")
    except BaseException as error:
        (folder / NOTE).unlink(missing_ok=True)
        _clear_stage(folder)
        if was_open and database.obj is None:
            attach(open_file(folder / DATABASE, key, mode=mode_for(folder)))
        if isinstance(error, OSError):
            raise Trouble(
                "没有恢复，原来的数据没有变化。", "请检查磁盘空间和读写权限后重试。"
            ) from error
        raise
    finish(folder)
    if not reopen:
        return
    attach(open_file(folder / DATABASE, key, mode=mode_for(folder)))
    try:
        migrations.run(lambda: None)
        migrations.prepare()
    except BaseException:
        detach()
        raise
    changes.announce(changes.Changes(0, "恢复备份", _everything()))


def _restore_shared(folder: Path, key: bytes, copy: Copy) -> None:
    """On a server: everything in one transaction, so that the other PCs see the one or the other."""
    live = database.obj
    staged = folder / STAGED
    try:
        _stage(folder, key, copy)
        beside = copy.file.parent / attachments.FOLDER
        attachments.copy_missing(beside, folder / attachments.FOLDER, key)
        attachments.carry_over(attachments.in_folder(folder, key), attachments.kept())
        snapshot(folder, key, "before-restore")
        opened = open_file(staged, key, mode="delete")
        try:
            _bring_up(opened, live)
            pouring.replace(opened, live)
        finally:
            opened.close_everywhere()
    except OSError as error:
        raise Trouble(
            "没有恢复，原来的数据没有变化。", "请检查磁盘空间和读写权限后重试。"
        ) from error
    finally:
        _clear_stage(folder)
    changes.announce(changes.Changes(0, "恢复备份", _everything()))


def _bring_up(opened: Any, live: Any) -> None:
    """Bring a copy of an older schema to the present one before its rows go to the server."""
    attach(opened)
    try:
        migrations.run(lambda: None)
        migrations.prepare()
    finally:
        attach(live)


def _everything() -> dict[str, frozenset[int]]:
    return {
        model.stem(): frozenset(
            row[0] for row in database.execute_sql(f'SELECT id FROM "{model.stem()}"').fetchall()
        )
        for model in registry.models()
    }


def _stage(folder: Path, key: bytes, copy: Copy) -> None:
    size = copy.file.stat().st_size
    if shutil.disk_usage(folder).free < 4 * size + MARGIN:
        raise Trouble("磁盘空间不足，没有恢复。", "请清理磁盘后再恢复，数据没有变化。")
    staged = folder / STAGED
    # A log left beside by an earlier, killed attempt would be played into the fresh copy.
    _clear_stage(folder)
    shutil.copyfile(copy.file, staged)
    prove(staged, key)
    opened = open_file(staged, key, mode="delete")
    try:
        migrations.require_known(migrations.schema(opened))
        with opened.atomic():
            identity.mint_incarnation(opened, _highest_counter(folder))
    finally:
        opened.close()
    durable.sync(staged)


def _highest_counter(folder: Path) -> int:
    highest = max((copy.counter for copy in copies(folder)), default=0)
    with suppress(Trouble):
        if database.obj is not None:
            highest = max(highest, identity.counter())
    return highest


def _back_up(folder: Path, key: bytes) -> None:
    if database.obj is None:
        return
    # What is damaged cannot be backed up; it is moved aside as it is.
    with suppress(Trouble):
        snapshot(folder, key, "before-restore")


def finish(folder: Path) -> bool:
    """Carry out a restore that has passed its point of no return; whether there was one.

    The folder must be closed and held by this program. Can be killed and called again. Raises
    Trouble when the disk will not; then the next one to open the folder goes on.
    """
    try:
        return _finish(folder)
    except OSError as error:
        raise Trouble(
            "恢复还没有做完，数据都在。", "请检查磁盘和读写权限，再打开这个文件夹，会接着做完。"
        ) from error


def _finish(folder: Path) -> bool:
    note, staged, live = folder / NOTE, folder / STAGED, folder / DATABASE
    if not note.is_file():
        # A copy that never got as far as the note was not yet a restore.
        _clear_stage(folder)
        (folder / f"{NOTE}.part").unlink(missing_ok=True)
        return False
    if staged.is_file():
        aside = folder / ASIDE / note.read_text("utf-8").strip()
        aside.mkdir(parents=True, exist_ok=True)
        # The old -wal must be gone before the new file stands in its place: SQLite would play it
        # into the wrong database. The old pair is whole again in the folder beside.
        for suffix in _LOGS:
            beside = live.with_name(DATABASE + suffix)
            if beside.is_file():
                durable.replace(beside, aside / beside.name)
        if live.is_file() and not (aside / DATABASE).exists():
            _second_name(live, aside / DATABASE)
        durable.replace(staged, live)
    note.unlink()
    durable.sync_folder(folder)
    return True


def _clear_stage(folder: Path) -> None:
    for suffix in ("", *_LOGS):
        (folder / f"{STAGED}{suffix}").unlink(missing_ok=True)


def _second_name(file: Path, other: Path) -> None:
    """The same file under another name, or a copy where the disk knows no second names."""
    try:
        os.link(file, other)
    except OSError:
        part = other.with_suffix(".part")
        shutil.copyfile(file, part)
        durable.sync(part)
        durable.replace(part, other)
