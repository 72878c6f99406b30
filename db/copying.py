"""Copies of the office's data: made, proved by opening, kept by hour/day/week/month.

A copy is one encrypted file made by VACUUM INTO with the same key, so it is a consistent moment;
beside it stands a small JSON with the moment and the counts, so a list needs no key.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from db import attachments, durable, identity, journal, pouring
from db.connection import database, dialect, open_file
from db.errors import Refusal, Trouble

FOLDER = "backups"
VAULT = "vault.json"
#: How many copies of each age stay: the latest, then one an hour, a day, a week, a month.
KEEP = {"latest": 6, "hour": 12, "day": 14, "week": 8, "month": 24}
#: Copies made for these reasons are never thinned out.
KEPT_REASONS = frozenset({"before-move", "before-restore", "before-upgrade"})
#: A copy with fewer than this share of the rows of the one before it is suspicious.
SHRINK = 0.8
MARGIN = 8 << 20


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup: its file, when and why it was made, rows per table, and where the journal stood."""

    file: Path
    at: str
    reason: str
    size: int
    counts: dict[str, int] = field(default_factory=dict)
    alarm: str = ""
    incarnation: str = ""
    counter: int = 0
    operations: int = 0
    head: str = ""

    @property
    def rows(self) -> int:
        """All register rows in it."""
        return sum(self.counts.values())


def snapshot(folder: Path, key: bytes, reason: str = "manual") -> Copy:
    """Copy the open database, open the copy, check it, and thin out older ones.

    Raises Trouble when the disk has no room or the copy does not prove sound; older copies stay.
    """
    try:
        return _snapshot(folder, key, reason)
    except OSError as error:
        raise Trouble(
            "备份没有成功，原有备份都在。", "请检查磁盘空间和文件夹的读写权限后重试。"
        ) from error


def _snapshot(folder: Path, key: bytes, reason: str) -> Copy:
    target_folder = folder / FOLDER
    target_folder.mkdir(exist_ok=True)
    last = next(iter(copies(folder)), None)
    size = database.size()
    if shutil.disk_usage(target_folder).free < 2 * size + MARGIN:
        raise Trouble("磁盘空间不足，没有备份。", "请清理磁盘后再备份，原有备份都在。")
    now = datetime.now()
    target = _unused(target_folder / f"{now:%Y%m%d-%H%M%S}.db")
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        if database.shared:
            # The files first: a copy that stands there finds everything it names.
            attachments.carry_over(
                attachments.kept(), attachments.in_folder(folder, key), look_closely=False
            )
            pouring.copy_into(database, part, key)
        else:
            # The new file takes cipher and key from the connection that writes it.
            database.execute_sql("VACUUM INTO ?", (str(part.absolute()),))
        durable.sync(part)
        opened = open_file(part, key, mode="readonly")
        try:
            counts = _prove(opened)
            known = _standing(opened)
        finally:
            opened.close()
        alarm = ""
        if last is not None and sum(counts.values()) < SHRINK * last.rows:
            fewer = last.rows - sum(counts.values())
            alarm = f"比上一份少了 {fewer} 条记录，请核对；旧备份不会被清理。"
        made = Copy(
            target,
            now.isoformat(timespec="seconds"),
            reason,
            part.stat().st_size,
            counts,
            alarm,
            **known,
        )
        # The copy itself comes last: a note or a vault without a copy is nothing.
        _write_note(made)
        shutil.copyfile(folder / VAULT, target.with_suffix(".vault"))
        durable.sync(target.with_suffix(".vault"))
        durable.replace(part, target)
    except BaseException as error:
        for suffix in (".part", ".json", ".vault"):
            target.with_suffix(suffix).unlink(missing_ok=True)
        if isinstance(error, Trouble):
            raise Trouble(f"备份没有成功，原有备份都在。{error.message}", error.advice) from error
        raise
    if not alarm:
        _thin(folder, made.file)
    return made


def lay_out(copy: Copy, folder: Path, key: bytes) -> Path:
    """Copy a backup and the attachments onto a stick or another disk, proved there; returns its file.

    Raises Trouble when there is no room, the stick is pulled or what is read back is not sound;
    then nothing of it stays there that looks like a backup.
    """
    target = folder / copy.file.name
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < copy.file.stat().st_size + MARGIN:
            raise Trouble(f"“{folder}”空间不足，没有写入。", "请清理后重试，或换一个U盘。")
        # The files first: a copy that stands there finds everything it names.
        office = copy.file.parent.parent
        attachments.copy_missing(office / attachments.FOLDER, folder / attachments.FOLDER, key)
        shutil.copyfile(copy.file, part)
        durable.sync(part)
        prove(part, key)
        for suffix in (".json", ".vault"):
            beside = copy.file.with_suffix(suffix)
            if beside.is_file():
                shutil.copyfile(beside, target.with_suffix(suffix))
                durable.sync(target.with_suffix(suffix))
        durable.replace(part, target)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Trouble(
                "没有写入，本机的备份都在。", "请检查U盘是否拔出、写保护或已满，再试一次。"
            ) from error
        raise
    return target


def _unused(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate


def _write_note(copy: Copy) -> None:
    note = {k: v for k, v in asdict(copy).items() if k != "file"}
    durable.write_text(copy.file.with_suffix(".json"), json.dumps(note, ensure_ascii=False))


def prove(file: Path, key: bytes) -> dict[str, int]:
    """Open a copy, read every page, and count its rows per table; Trouble when it is not sound.

    Nothing is written, neither into the copy nor beside it.
    """
    opened = open_file(file, key, mode="readonly")
    try:
        return _prove(opened)
    finally:
        opened.close()


def _prove(opened: Any) -> dict[str, int]:
    statement = dialect(opened).integrity_findings()
    findings = [row[0] for row in opened.execute_sql(statement).fetchall()]
    if findings != ["ok"]:
        raise Trouble("这份备份已损坏。", "请改用前一份备份。")
    return count_rows(opened)


def _standing(opened: Any) -> dict[str, Any]:
    incarnation, counter = opened.execute_sql(
        "SELECT incarnation, counter FROM identity"
    ).fetchone()
    steps, last = opened.execute_sql(
        "SELECT (SELECT count(*) FROM operation),"
        " (SELECT hash FROM operation ORDER BY stamp DESC LIMIT 1)"
    ).fetchone()
    return {
        "incarnation": incarnation,
        "counter": counter,
        "operations": steps,
        "head": bytes(last or b"").hex(),
    }


def count_rows(opened: Any) -> dict[str, int]:
    """The living rows of every register table of an open file."""
    kept = dialect(opened).columns(opened)
    tables = [table for table, names in kept.items() if "retired" in names]
    return {
        table: int(
            opened.execute_sql(f"SELECT count(*) FROM \"{table}\" WHERE retired = ''").fetchone()[0]
        )
        for table in sorted(tables)
    }


def copies(folder: Path) -> list[Copy]:
    """All backups of this folder, newest first; one whose note is unreadable is listed as unknown."""
    found = [_read_note(file) for file in (folder / FOLDER).glob("*.db")]
    return sorted(found, key=lambda copy: (copy.at, copy.counter, copy.file.stem), reverse=True)


_NOTED = frozenset(f.name for f in fields(Copy)) - {"file"}


def _read_note(file: Path) -> Copy:
    with suppress(OSError, ValueError, TypeError, AttributeError):
        note = json.loads(file.with_suffix(".json").read_text("utf-8"))
        copy = Copy(file=file, **{k: v for k, v in note.items() if k in _NOTED})
        datetime.fromisoformat(copy.at)
        return copy
    about = file.stat()
    made = datetime.fromtimestamp(about.st_mtime).isoformat(timespec="seconds")
    return Copy(file, made, "unknown", about.st_size)


def heads(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Where the journal stood when each copy of this incarnation was made, for `journal.verify`."""
    now = identity.identity().incarnation
    for copy in copies(folder):
        if copy.incarnation == now and copy.operations:
            yield copy.operations, bytes.fromhex(copy.head)


def findings(folder: Path) -> list[str]:
    """The journal's findings, measured against what the backups remember of it."""
    return journal.verify(list(heads(folder)))


def _thin(folder: Path, made: Path) -> None:
    # The one just made stays even when the clock has jumped back and it looks like the oldest.
    keep: set[Path] = {made}
    seen: dict[str, set[str]] = {age: set() for age in KEEP}
    formats = {"hour": "%Y%m%d%H", "day": "%Y%m%d", "week": "%G%V", "month": "%Y%m"}
    for place, copy in enumerate(copies(folder)):
        moment = datetime.fromisoformat(copy.at)
        if place < KEEP["latest"] or copy.alarm or copy.reason in KEPT_REASONS:
            keep.add(copy.file)
        for age, pattern in formats.items():
            slot = moment.strftime(pattern)
            if slot not in seen[age] and len(seen[age]) < KEEP[age]:
                seen[age].add(slot)
                keep.add(copy.file)
    for copy in copies(folder):
        if copy.file not in keep:
            # A file that a scanner holds just now goes the next time.
            with suppress(OSError):
                for suffix in (".json", ".vault", ".db"):
                    copy.file.with_suffix(suffix).unlink(missing_ok=True)


def find(folder: Path, name: str) -> Copy:
    """The backup with this file name; refuses when there is none."""
    for copy in copies(folder):
        if copy.file.name == name or copy.file.stem == name:
            return copy
    raise Refusal(f"没有名为“{name}”的备份。")
