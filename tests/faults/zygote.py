"""Work that is about to be killed: a process that has everything imported and forks for each round.

Run as ``python -m tests.faults.zygote``; each line on standard input is a JSON list
``[task, folder, option]``. The forked child writes one line per confirmed step to the file
``folder/../told`` and the zygote answers with the child's exit status.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from db import access, backup, durable, journal, vault
from db import office as offices
from db.bulk import insert_rows, update_rows
from db.errors import Trouble
from db.exchange import receipts, receiving, sending
from db.exchange.carrier import Folder
from db.registers.member import Member
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE
from tests.faults import pair

BULK = 400


class Told:
    """Where a child writes what it was told is safe; a line is whole or absent."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder.parent / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def __call__(self, words: object) -> None:
        os.write(self._file, f"{words}\n".encode())


def save(folder: Path, _option: Any, told: Told) -> None:
    """Save and change rows, one after the other, for ever."""
    branch = Organization.living().first()
    told("begun")
    number = 0
    while True:
        number += 1
        member = Member(name="巴图", organization=branch, category="full", code=f"{number}")
        member.save()
        told(f"{member.id} {number} ")
        member.phone = f"139{number:08d}"
        member.save()
        told(f"{member.id} {number} {member.phone}")


def bulk(folder: Path, _option: Any, told: Told) -> None:
    """Operations of many rows, like imports: all of one or nothing of it."""
    branch = Organization.living().first()
    told("begun")
    while True:
        with journal.operation("导入名册", kind="import") as opened:
            ids = insert_rows(
                Member,
                ("name", "organization", "category"),
                [("巴图", branch.id, "full") for _ in range(BULK)],
            )
            update_rows(Member, ["phone"], [(i, ("13900000000",)) for i in ids])
        told(opened.id)


def back_up(folder: Path, _option: Any, told: Told) -> None:
    """Backups, one after the other."""
    told("begun")
    while True:
        told(backup.snapshot(folder, offices.current().key).file.name)


def restore(folder: Path, die_at: int, told: Told) -> None:
    """Restore the oldest backup; die at the given file operation."""
    copy = backup.copies(folder)[-1]
    die_at_file_operation(die_at)
    backup.restore(folder, offices.current().key, copy)
    told("done")


def move(folder: Path, die_at: int, told: Told) -> None:
    """Move the data to the folder beside it, pointed at by a small file; die at the given operation."""
    target = folder.with_name("moved")

    def point(place: Path) -> None:
        durable.write_text(folder.with_name("pointer"), str(place))

    die_at_file_operation(die_at)
    offices.relocate(target, point)
    told("done")


def send(folder: Path, stick: str, told: Told) -> None:
    """Work and write a packet, one after the other, for ever."""
    told("begun")
    number = 1_000
    while True:
        number += 1
        pair.work(number)
        for sent in sending.send(Folder(Path(stick))):
            told(sent.packet)


def receive(folder: Path, stick: str, told: Told) -> None:
    """Take in a stick's packets, each as in a sitting of its own."""
    told("begun")
    key = offices.current().key
    for each in receiving.in_folder(Folder(Path(stick))):
        for done in receiving.receive([each], before=lambda: backup.snapshot(folder, key)):
            # Files whose packet is in already are told without one.
            if done.packet:
                told(done.packet)


def receive_and_die(folder: Path, stick: str, told: Told) -> None:
    """Take in a stick's packets; die after the first commit, before its receipt is written."""

    def die(*_: Any) -> None:
        os._exit(9)

    receipts.write = die
    receiving.receive(receiving.in_folder(Folder(Path(stick))))


def restore_at_once(folder: Path, _option: Any, told: Told) -> None:
    """Restore the oldest backup, again and again, until killed."""
    copy = backup.copies(folder)[-1]
    told("begun")
    while True:
        backup.restore(folder, offices.current().key, copy)
        told("restored")


def full(folder: Path, room: int, told: Told) -> None:
    """Save until the files may not grow any more; the refusal must be a Trouble with advice."""
    import resource

    branch = Organization.living().first()
    grown = (folder / "zhengyou.db").stat().st_size + room
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown, resource.RLIM_INFINITY))
    number = 0
    while True:
        number += 1
        member = Member(name="巴图", organization=branch, category="full", notes="长" * 400)
        try:
            member.save()
        except Trouble as trouble:
            if not trouble.advice or member.id is not None:
                raise
            resource.setrlimit(
                resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            )
            member.save()
            told(member.id)
            told("full")
            return
        told(member.id)


TASKS: dict[str, Callable[[Path, Any, Told], None]] = {
    "save": save,
    "bulk": bulk,
    "back_up": back_up,
    "restore": restore,
    "restore_at_once": restore_at_once,
    "send": send,
    "receive": receive,
    "receive_and_die": receive_and_die,
    "move": move,
    "full": full,
}
OPENS_ITSELF: dict[str, Callable[[Path, Any, Told], None]] = {}

_FILE_EVENTS = frozenset(
    {
        "open",
        "os.rename",
        "os.remove",
        "os.link",
        "os.mkdir",
        "os.rmdir",
        "shutil.copyfile",
        "os.truncate",
    }
)


def die_at_file_operation(count: int) -> None:
    """From now on, the process kills itself just before its so-manieth operation on files."""
    left = count

    def watch(event: str, _arguments: Any) -> None:
        nonlocal left
        if event in _FILE_EVENTS:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)


def open_office(folder: Path, die_at: int, told: Told) -> None:
    """Open the folder and die at the given file operation."""
    die_at_file_operation(die_at)
    offices.open_office(folder, PASSPHRASE)
    told("done")


def upgrade(folder: Path, option: Any, told: Told) -> None:
    """Open with one migration more than the folder has seen; `option` may name passphrase and end."""
    from db import migrations

    secret, die_at = option or (PASSPHRASE, None)
    migrations.__path__.append(str(Path(__file__).parent / "migrations"))
    told("begun")
    if die_at is not None:
        die_at_file_operation(die_at)
    offices.open_office(folder, secret)
    told("done")


def found(folder: Path, die_at: int, told: Told) -> None:
    """Found an office and die at the given file operation."""
    die_at_file_operation(die_at)
    offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
    told("done")


def update(folder: Path, die_at: int, told: Told) -> None:
    """Update the small program beside the folder; die at the given file operation."""
    from desktop.updating import laying
    from tests import programs

    programs.install(folder.with_name("program"), setattr, "1.0")

    def progress(_done: int, _total: int, _words: str) -> None:
        """Nobody watches."""

    die_at_file_operation(die_at)
    made = laying.plan(folder.with_name("new.zytu"), 0, progress)
    laying.carry_out(made, lambda _tree, _version: None, progress)
    told("done")


OPENS_ITSELF |= {"open": open_office, "upgrade": upgrade, "found": found, "update": update}


def warm_up() -> None:
    """Whatever is imported at its first use is imported now: it is no step worth dying at."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "office"
        offices.new_office(folder, "150823101", "某苏木党委", "township", "管理员", PASSPHRASE)
        Organization(name="甲支部", kind="branch").save()
        copy = backup.snapshot(folder, offices.current().key)
        backup.restore(folder, offices.current().key, copy)
        offices.close_office()
        offices.open_office(folder, PASSPHRASE)
        offices.close_office()
        both = pair.make(Path(name) / "pair")
        pair.opened(both.county)
        pair.take_all(both.stick)
        offices.close_office()


def main() -> None:
    vault.COST = {"memory": 64, "iterations": 1, "lanes": 1}
    warm_up()
    for line in sys.stdin:
        task, name, option = json.loads(line)
        folder = Path(name)
        child = os.fork()
        if child == 0:
            status = 3
            with suppress(BrokenPipeError):
                told = Told(folder)
                if task in OPENS_ITSELF:
                    OPENS_ITSELF[task](folder, option, told)
                else:
                    offices.open_office(folder, PASSPHRASE)
                    access.acting()
                    TASKS[task](folder, option, told)
                status = 0
            os._exit(status)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
