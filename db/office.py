"""An office's data folder: found it, open it, close it.

The folder holds `zhengyou.db` (encrypted), `vault.json` (who may unlock), `files/` (attachments),
`backups/` and `lock`; where the rows lie on a server, `database.json` (its sealed address) stands in
the place of `zhengyou.db`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from db import (
    access,
    address,
    attachments,
    backup,
    connection,
    durable,
    identity,
    journal,
    migrations,
    moving,
    placement,
    resettling,
    sharing,
    vault,
    watching,
)
from db.access import Person, Role
from db.backup import DATABASE
from db.connection import database
from db.errors import Refusal, Trouble

LOCK = "lock"
#: Stands in the folder while an office is being founded; what lies beside it then is worthless.
FOUNDING = "founding.note"


class InUse(Trouble):
    """The data is sound, another window has it."""


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


def files() -> attachments.Files:
    """Where the open office keeps its attachments."""
    current()
    return attachments.kept()


def exists(folder: Path) -> bool:
    """Whether this folder holds an office's data, whole or not."""
    try:
        return not ((folder / FOUNDING).exists() or moving.is_unfinished(folder)) and any(
            (folder / name).exists() for name in (DATABASE, address.FILE, vault.FILE, backup.NOTE)
        )
    except OSError as error:
        raise Trouble(f"文件夹“{folder}”读不出来。", "请检查磁盘和读写权限。") from error


def new_office(
    folder: Path,
    code: str,
    name: str,
    level: str,
    person: str,
    passphrase: str,
    *,
    site: int | None = None,
    server: str = "",
) -> str:
    """Found an office in an empty folder and open it as its administrator; returns the recovery code.

    `server` is the address of an empty PostgreSQL database that shall hold the rows.
    """
    from db.registers.account import Account

    _check_new(folder, code, name, level, person)
    vault.require_strength(passphrase)
    _make_folder(folder)
    lock = _lock(folder)
    try:
        # Whoever held the lock before us may have founded an office here meanwhile.
        _check_new(folder, code, name, level, person)
        durable.write_text(folder / FOUNDING, "")
        _sweep(folder)
        key, mode = vault.new_key(), connection.mode_for(folder)
        if server:
            connection.attach(sharing.empty_server(server))
        else:
            connection.attach(connection.open_file(folder / DATABASE, key, create=True, mode=mode))
        _set(Office(folder, key, lock))
        migrations.found()
        with database.atomic():
            identity.found(code, name, level, site=site)
        _sit_down()
        with (
            access.acting_as(access.PROGRAM),
            journal.operation(f"建立{name}的台账", kind=journal.FOUND),
        ):
            account = Account.create(name=person, role=Role.ADMIN)
        recovery = vault.create(folder, key, account.id, account.name, passphrase)
        if server:
            sharing.give_vault(folder)
            address.write(folder, key, server)
        (folder / FOUNDING).unlink()
        watching.begin()
        access.act_as(Person(account.id, account.name, Role.ADMIN))
    except BaseException:
        close_office()
        if (folder / FOUNDING).exists():
            _sweep(folder)
            (folder / FOUNDING).unlink()
        lock.close()
        raise
    return recovery


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"文件夹“{folder}”建不了。", "请检查磁盘和读写权限，或换一个文件夹。"
        ) from error


def _sweep(folder: Path) -> None:
    """Take away what a founding that was broken off left behind."""
    for leftover in (vault.FILE, address.FILE, DATABASE, DATABASE + "-wal", DATABASE + "-shm"):
        (folder / leftover).unlink(missing_ok=True)


def _check_place(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refusal(f"“{folder.name}”不是文件夹，请另选。")
    for words in placement.objections(folder):
        raise Refusal(words)
    if moving.is_unfinished(folder):
        raise Refusal("有一份数据正在搬到这个文件夹，还没有搬完。请另选文件夹。")


def _check_new(folder: Path, code: str, name: str, level: str, person: str) -> None:
    _check_place(folder)
    if exists(folder) or list((folder / backup.FOLDER).glob("*.db")):
        raise Refusal("这个文件夹里已经有一份台账数据，请另选文件夹或直接打开。")
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
    moving.refuse_what_was_left(folder)
    key, slot = vault.unlock(folder, secret, person)
    lock = _lock(folder)
    try:
        moving.settle(folder)
        _attach(folder, key)
        if sharing.take_vault(folder):
            # Somebody's passphrase was changed on another PC: the old one opens nothing any more.
            _key, slot = vault.unlock(folder, secret, person)
        _set(Office(folder, key, lock))
        migrations.run(lambda: backup.snapshot(folder, key, "before-upgrade"))
        migrations.prepare()
        _sit_down()
        _share_files()
        acting = _person(slot)
        watching.begin()
    except BaseException:
        close_office()
        lock.close()
        raise
    access.act_as(acting)
    return acting


def _share_files() -> None:
    """Bring files that lie only in this PC's folder to the server, where the other PCs find them."""
    if database.shared:
        here, key = current().folder, current().key
        # What does not go now lies here as safely as before and goes at the next opening.
        with suppress(Trouble):
            attachments.carry_over(
                attachments.in_folder(here, key), attachments.kept(), look_closely=False
            )


def _sit_down() -> None:
    place = database.place()
    with database.atomic():
        identity.sit_down(place)


def _attach(folder: Path, key: bytes) -> None:
    resettling.settle(folder, key)
    if not (folder / address.FILE).exists():
        backup.finish(folder)
        connection.prove_after_crash(folder / DATABASE, key)
    connection.attach(address.open_live(folder, key))
    address.require_here(database)


def join_office(folder: Path, server: str, secret: str, person: int | None = None) -> Person:
    """Open an office on a server from a further PC: its folder is made here, its data stay there.

    Raises Refusal for a wrong passphrase or address; then nothing of it stays in the folder.
    """
    _check_place(folder)
    if exists(folder):
        raise Refusal("这个文件夹里已经有一份台账数据，请另选文件夹。")
    _make_folder(folder)
    try:
        sharing.fetch_vault(folder, server)
        key, _slot = vault.unlock(folder, secret, person)
        address.write(folder, key, server)
        return open_office(folder, secret, person)
    except BaseException:
        for name in (vault.FILE, address.FILE):
            (folder / name).unlink(missing_ok=True)
        raise


def rescue(folder: Path, secret: str, copy_name: str, person: int | None = None) -> Person:
    """Restore a backup into a closed folder, above all one whose data no longer opens; then open it.

    The damaged file is moved aside, never deleted. When the data opens after all, the right to
    manage is needed, as for any restore. Raises as `open_office` and `backup.restore` do.
    """
    if _open is not None:
        raise RuntimeError("an open office is restored with backup.restore")
    try:
        acting = open_office(folder, secret, person)
    except migrations.Newer:
        raise
    except Trouble:
        _restore_closed(folder, secret, copy_name, person)
        return open_office(folder, secret, person)
    try:
        access.require("manage")
        backup.restore(folder, current().key, backup.find(folder, copy_name))
    except BaseException:
        close_office()
        raise
    return acting


def _restore_closed(folder: Path, secret: str, copy_name: str, person: int | None) -> None:
    key, _slot = vault.unlock(folder, secret, person)
    lock = _lock(folder)
    try:
        backup.finish(folder)
        backup.restore(folder, key, backup.find(folder, copy_name))
    finally:
        connection.detach()
        lock.close()


def _person(slot: int) -> Person:
    from db.registers.account import Account

    if slot == 0:
        return Person(0, "恢复单", Role.ADMIN)
    account = Account.get_or_none(Account.id == slot)
    if account is None:
        raise Refusal(
            "这份数据里还没有您这个使用人（可能恢复过较早的备份），请换人或用恢复单登录。"
        )
    if account.retired:
        raise Refusal("这个使用人已停用，请换人登录。")
    return Person(account.id, account.name, Role(account.role))


def close_office() -> None:
    """Lock the data: nobody acts, the file is closed."""
    global _open
    access.act_as(None)
    watching.end()
    connection.detach()
    if _open is not None:
        _open.lock.close()
        _open = None


def relocate(
    target: Path,
    point: Callable[[Path], object],
    progress: moving.Progress = lambda _done, _total, _words: None,
) -> None:
    """Move the open office's data to another folder, then close it; `point` makes that one the office's.

    The data is copied and proved before `point` is called, the one step that decides; the old folder
    stays, marked as left. Raises Refusal for a place that is not fit, Trouble when the disk will not;
    then the office is open where it was. For administrators.
    """
    access.require("manage")
    office = current()
    target = target.absolute()
    moving.require_possible(office.folder, target)
    connection.detach()
    try:
        moving.copy(office.folder, target, office.key, progress)
        point(target)
    except BaseException:
        mode = connection.mode_for(office.folder)
        connection.attach(connection.open_file(office.folder / DATABASE, office.key, mode=mode))
        raise
    # What stays undone here is done by whoever opens the new folder first.
    with suppress(Trouble, Refusal):
        moving.settle(target)
    close_office()


def _set(opened: Office) -> None:
    global _open
    _open = opened
    database.obj.key = opened.key


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
        raise InUse("这份数据正被另一个程序窗口使用。", "请先关闭那个窗口，再打开。") from None
    return file
