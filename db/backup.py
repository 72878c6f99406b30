"""Copies of the office's data: made, proved by opening, kept by hour/day/week/month, restored.

A copy is one encrypted file made by VACUUM INTO with the same key, so it is a consistent moment;
beside it stands a small JSON with the moment and the counts, so a list needs no key.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from db.connection import (
    EncryptedDatabase,
    assert_encrypted,
    attach,
    database,
    detach,
    dialect,
    open_file,
)
from db.errors import Refusal, Trouble

FOLDER = "backups"
#: How many copies of each age stay: the latest, then one an hour, a day, a week, a month.
KEEP = {"latest": 6, "hour": 12, "day": 14, "week": 8, "month": 24}
#: A copy with fewer than this share of the rows of the one before it is suspicious.
SHRINK = 0.8
_MARGIN = 8 << 20


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup: its file, when and why it was made, rows per table."""

    file: Path
    at: str
    reason: str
    size: int
    counts: dict[str, int] = field(default_factory=dict)
    alarm: str = ""

    @property
    def rows(self) -> int:
        """All register rows in it."""
        return sum(self.counts.values())


def snapshot(folder: Path, key: bytes, reason: str = "manual") -> Copy:
    """Copy the open database, open the copy, check it, and thin out older ones.

    Raises Trouble when the disk has no room or the copy does not prove sound; older copies stay.
    """
    target_folder = folder / FOLDER
    target_folder.mkdir(exist_ok=True)
    last = next(iter(copies(folder)), None)
    size = (folder / "zhengyou.db").stat().st_size
    if shutil.disk_usage(target_folder).free < 2 * size + _MARGIN:
        raise Trouble("磁盘空间不足，没有备份。", "请清理磁盘后再备份，原有备份都在。")
    now = datetime.now()
    target = _unused(target_folder / f"{now:%Y%m%d-%H%M%S}.db")
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        # The new file takes cipher and key from the connection that writes it.
        database.execute_sql("VACUUM INTO ?", (str(part),))
        assert_encrypted(part)
        counts = prove(part, key)
        _sync(part)
        part.replace(target)
    except Exception as error:
        part.unlink(missing_ok=True)
        if isinstance(error, Trouble):
            raise
        raise Trouble("备份没有成功，原有备份都在。", "请检查磁盘空间后重试。") from error
    alarm = ""
    if last is not None and sum(counts.values()) < SHRINK * last.rows:
        alarm = (
            f"比上一份少了 {last.rows - sum(counts.values())} 条记录，请核对；旧备份不会被清理。"
        )
    made = Copy(
        target, now.isoformat(timespec="seconds"), reason, target.stat().st_size, counts, alarm
    )
    _write_note(made)
    shutil.copy2(folder / "vault.json", target.with_suffix(".vault"))
    if not alarm:
        _thin(folder)
    return made


def _unused(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        candidate = path.with_stem(f"{path.stem}-{number}")
        number += 1
    return candidate


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write_note(copy: Copy) -> None:
    note = {k: v for k, v in asdict(copy).items() if k != "file"}
    copy.file.with_suffix(".json").write_text(json.dumps(note, ensure_ascii=False), "utf-8")


def prove(file: Path, key: bytes) -> dict[str, int]:
    """Open a copy, read every page, and count its rows per table; Trouble when it is not sound."""
    opened = open_file(file, key)
    try:
        findings = [row[0] for row in opened.execute_sql(dialect().integrity_findings()).fetchall()]
        if findings != ["ok"]:
            raise Trouble("这份备份已损坏。", "请改用前一份备份。")
        return _counts(opened)
    finally:
        opened.close()
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)


_BOOKKEEPING = frozenset({"journal", "operation", "context", "identity", "search_entry"})


def _counts(opened: Any) -> dict[str, int]:
    tables = [
        row[0]
        for row in opened.execute_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        if row[0] not in _BOOKKEEPING and not row[0].startswith(("sqlite_", "search"))
    ]
    return {
        table: int(
            opened.execute_sql(f"SELECT count(*) FROM \"{table}\" WHERE retired = ''").fetchone()[0]
        )
        for table in sorted(tables)
    }


def copies(folder: Path) -> list[Copy]:
    """All backups of this folder, newest first."""
    found = []
    for file in (folder / FOLDER).glob("*.db"):
        note: dict[str, Any] = {}
        beside = file.with_suffix(".json")
        if beside.is_file():
            note = json.loads(beside.read_text("utf-8"))
        else:
            made = datetime.fromtimestamp(file.stat().st_mtime).isoformat(timespec="seconds")
            note = {"at": made, "reason": "unknown", "size": file.stat().st_size}
        found.append(Copy(file=file, **note))
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def _thin(folder: Path) -> None:
    keep: set[Path] = set()
    seen: dict[str, set[str]] = {age: set() for age in KEEP}
    formats = {"hour": "%Y%m%d%H", "day": "%Y%m%d", "week": "%G%V", "month": "%Y%m"}
    for place, copy in enumerate(copies(folder)):
        moment = datetime.fromisoformat(copy.at)
        if place < KEEP["latest"] or copy.alarm or copy.reason == "before-restore":
            keep.add(copy.file)
        for age, pattern in formats.items():
            slot = moment.strftime(pattern)
            if slot not in seen[age] and len(seen[age]) < KEEP[age]:
                seen[age].add(slot)
                keep.add(copy.file)
    for copy in copies(folder):
        if copy.file not in keep:
            for suffix in (".db", ".json", ".vault"):
                copy.file.with_suffix(suffix).unlink(missing_ok=True)


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
    now = _counts(database)
    opened = open_file(copy.file, key)
    try:
        row = opened.execute_sql("SELECT coalesce(max(stamp), 0) FROM operation").fetchone()
    finally:
        opened.close()
    lost = database.execute_sql(
        "SELECT at, person_name, words FROM operation WHERE stamp > ? ORDER BY stamp DESC LIMIT 500",
        (row[0],),
    ).fetchall()
    tables = sorted(set(counts) | set(now))
    return Preview(
        copy,
        tuple(Difference(t, now.get(t, 0), counts.get(t, 0)) for t in tables),
        tuple((str(at), str(person), str(words)) for at, person, words in lost),
    )


def restore(folder: Path, key: bytes, copy: Copy) -> None:
    """Put a copy in the place of the open database; what was there is backed up first.

    The old file and its -wal/-shm are moved aside, never deleted; the restored database becomes a
    new incarnation, so the county notices. Kill it at any moment: the old or the new file is whole.
    """
    from db import identity

    prove(copy.file, key)
    snapshot(folder, key, "before-restore")
    detach()
    live = folder / "zhengyou.db"
    fresh = live.with_suffix(".restoring")
    shutil.copy2(copy.file, fresh)
    _sync(fresh)
    aside = folder / "replaced" / f"{datetime.now():%Y%m%d-%H%M%S}"
    aside.mkdir(parents=True)
    for suffix in ("-wal", "-shm"):
        beside = live.with_name(live.name + suffix)
        if beside.exists():
            beside.replace(aside / beside.name)
    shutil.copy2(live, aside / live.name)
    _replace(fresh, live)
    opened: EncryptedDatabase = open_file(live, key)
    attach(opened)
    with database.atomic():
        identity.mint_incarnation()


def _replace(source: Path, target: Path, tries: int = 20) -> None:
    """Rename over; on Windows a virus scanner may hold the file for some milliseconds."""
    for left in range(tries - 1, -1, -1):
        try:
            source.replace(target)
            return
        except PermissionError as error:
            if not left:
                raise Trouble(
                    "数据文件正被其他程序占用，没有恢复。", "请关闭杀毒软件扫描后重试。"
                ) from error
            time.sleep(0.05)


def find(folder: Path, name: str) -> Copy:
    """The backup with this file name; refuses when there is none."""
    for copy in copies(folder):
        if copy.file.name == name or copy.file.stem == name:
            return copy
    raise Refusal(f"没有名为“{name}”的备份。")
