"""An office's data folder: found it, open it, close it.

The folder holds `zhengyou.db` (encrypted), `vault.json` (who may unlock), `backups/` and `lock`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db import access, backup, connection, identity, journal, migrations, registry, search, vault
from db.access import Person, Role
from db.connection import database, dialect
from db.errors import Refusal, Trouble

DATABASE = "zhengyou.db"
LOCK = "lock"


@dataclass(slots=True)
class Office:
    """The open data folder and the key that opened it."""

    folder: Path
    key: bytes
    lock: IO[str]


_open: Office | None = None


def current() -> Office:
    """The open office; refuses when none is."""
    if _open is None:
        raise Refusal("尚未打开数据。")
    return _open


def exists(folder: Path) -> bool:
    """Whether this folder holds an office's data."""
    return (folder / DATABASE).is_file() and (folder / vault.FILE).is_file()


def new_office(
    folder: Path,
    code: str,
    name: str,
    level: str,
    person: str,
    passphrase: str,
    *,
    site: int | None = None,
) -> str:
    """Found an office in an empty folder and open it as its administrator; returns the recovery code."""
    _check_new(folder, code, name, level, person)
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder)
    try:
        key, recovery = vault.create(folder, 1, person, passphrase)
        opened = connection.open_file(folder / DATABASE, key, create=True)
        connection.attach(opened)
        _set(Office(folder, key, lock))
        _prepare()
        with database.atomic():
            identity.found(code, name, level, site=site)
        access.act_as(access.PROGRAM)
        from db.registers.account import Account

        with journal.operation(f"建立{name}的台账", kind="found"):
            account = Account.create(name=person, role=Role.ADMIN)
        _renumber_slot(folder, key, account.id, person, passphrase)
        access.act_as(Person(account.id, person, Role.ADMIN))
    except BaseException:
        close_office()
        lock.close()
        for leftover in (vault.FILE, DATABASE, DATABASE + "-wal", DATABASE + "-shm"):
            (folder / leftover).unlink(missing_ok=True)
        raise
    return recovery


def _renumber_slot(folder: Path, key: bytes, person: int, name: str, passphrase: str) -> None:
    vault.admit(folder, key, person, name, passphrase)
    vault.dismiss(folder, 1)


def _check_new(folder: Path, code: str, name: str, level: str, person: str) -> None:
    if exists(folder):
        raise Refusal("这个文件夹里已经有一份台账数据，请另选文件夹或直接打开。")
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"“{folder.name}”不是文件夹，请另选。")
    if level not in identity.LEVELS:
        raise Refusal("单位级别应为苏木乡镇（township）或旗县（county）。")
    if not name.strip():
        raise Refusal("请填写单位名称。")
    if not (code.isdigit() and 6 <= len(code) <= 12):
        raise Refusal("行政区划代码应为 6 至 12 位数字。")
    if not person.strip():
        raise Refusal("请填写使用人姓名。")


def open_office(folder: Path, secret: str, person: int | None = None) -> Person:
    """Unlock and open; returns who is now acting.

    Raises Refusal for a wrong passphrase, Trouble when the file is ill, newer, or in use.
    """
    if not exists(folder):
        raise Refusal(f"“{folder}”里没有台账数据。")
    key, slot = vault.unlock(folder, secret, person)
    lock = _lock(folder)
    try:
        connection.attach(connection.open_file(folder / DATABASE, key))
        _set(Office(folder, key, lock))
        migrations.run(lambda: backup.snapshot(folder, key, "before-upgrade"))
        _prepare()
        acting = _person(slot)
    except BaseException:
        close_office()
        lock.close()
        raise
    access.act_as(acting)
    return acting


def _person(slot: int) -> Person:
    from db.registers.account import Account

    if slot == 0:
        return Person(0, "恢复单", Role.ADMIN)
    account = Account.get_or_none(Account.id == slot)
    if account is None or account.retired:
        raise Refusal("这个使用人已停用，请换人登录。")
    return Person(account.id, account.name, Role(account.role))


def close_office() -> None:
    """Lock the data: nobody acts, the file is closed."""
    global _open
    access.act_as(None)
    connection.detach()
    if _open is not None:
        _open.lock.close()
        _open = None


def _set(opened: Office) -> None:
    global _open
    _open = opened


def _prepare() -> None:
    """Make what is missing: bookkeeping tables, register tables, journal triggers."""
    if migrations.schema() == 0:
        migrations.run(lambda: None)
    with database.atomic():
        for statement in (*dialect().journal_tables(), *search.tables()):
            database.execute_sql(statement)
        # An operation cut off by a power failure was rolled back with its context.
        database.execute_sql("UPDATE context SET operation = NULL WHERE operation IS NOT NULL")
        present = {
            row[0]
            for row in database.execute_sql(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')"
            ).fetchall()
        }
        for model in registry.models():
            table = model.stem()
            if table not in present:
                model.create_table()
            columns = [f.column_name for f in model._meta.sorted_fields]
            if f"{table}_d" not in present:
                for statement in dialect().journal_triggers(table, columns):
                    database.execute_sql(statement)


def _lock(folder: Path) -> IO[str]:
    """Hold the folder for this process; a second program is told who has it."""
    try:
        file = (folder / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise Trouble(f"数据文件夹“{folder}”不能写入。", "请检查权限，或换一个文件夹。") from error
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise Trouble("这份数据正被另一个程序窗口使用。", "请先关闭那个窗口，再打开。") from None
    return file


def change_passphrase(old: str, new: str) -> None:
    """The acting person's new passphrase; the old one must be known."""
    office, person = current(), access.acting()
    vault.unlock(office.folder, old, person.id or None)
    vault.admit(office.folder, office.key, person.id, person.name, new)
