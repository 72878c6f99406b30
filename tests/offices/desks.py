"""Several offices on one machine: each a folder, opened in turn."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from db import access, address, connection, identity, journal, migrations, pouring, vault
from db import office as offices
from db.access import Person, Role
from db.connection import database
from db.exchange import digest, enrolment, receiving, sending
from db.exchange.carrier import Folder
from db.registers.member import Member
from db.registers.organization import Organization

COUNTY, ONE, TWO = "150823", "150823101", "150823102"
NAMES = {COUNTY: "乌拉特前旗党委组织部", ONE: "白音胡舒苏木党委", TWO: "沙日布拉格苏木党委"}


@cache
def _empty() -> tuple[bytes, bytes]:
    """A key and a file with all tables and nothing in them: making them is most of a founding."""
    key = vault.new_key()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "empty.db"
        connection.attach(connection.open_file(file, key, create=True, mode="delete"))
        try:
            migrations.found()
        finally:
            connection.detach()
        return key, file.read_bytes()


class Desk:
    """One office's data, opened only while something is done at it."""

    def __init__(
        self, folder: Path, code: str, site: int, level: str = "township", server: str = ""
    ) -> None:
        self.folder, self.code, self.server = folder, code, server
        self.file = folder / "zhengyou.db"
        folder.mkdir(parents=True, exist_ok=True)
        self.key, content = _empty()
        if not server:
            self.file.write_bytes(content)
        connection.attach(self._database())
        try:
            with database.atomic():
                identity.found(code, NAMES.get(code, code), level, site=site)
        finally:
            connection.detach()

    def _database(self) -> Any:
        if self.server:
            opened = address.open_server(self.server)
            opened.key = self.key
            return opened
        return connection.open_file(self.file, self.key)

    @contextmanager
    def open(self) -> Iterator[Desk]:
        """Sit down at this desk."""
        connection.attach(self._database())
        access.act_as(Person(0, "王管理", Role.ADMIN))
        try:
            yield self
        finally:
            access.act_as(None)
            connection.detach()

    def send(self, stick: Path, to: str = "") -> list[sending.Sent]:
        with self.open():
            return sending.send(Folder(stick), to)

    def receive(self, *places: Path, **options: Any) -> list[dict[str, Any]]:
        with self.open():
            done = receiving.receive(receiving.folders_of(places), **options)
            assert journal.verify() == []
            return [one.as_json() for one in done]

    def do(self, what: Callable[[], Any]) -> Any:
        with self.open():
            return what()

    def digest(self, office: str = "") -> dict[str, Any]:
        return self.do(lambda: digest.digest(office))

    def copy(self) -> bytes:
        """The whole file, as a backup holds it."""
        with self.open():
            if self.server:
                self.file.unlink(missing_ok=True)
                pouring.copy_into(database, self.file, self.key)
            else:
                database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.read_bytes()

    def restore(self, copy: bytes) -> None:
        """Put an older copy back, as `db.backup` does: a new incarnation, ids beyond all known."""
        with self.open():
            beyond = identity.counter()
        self.put_back(copy)
        with self.open(), database.atomic():
            identity.mint_incarnation(database, beyond)

    def put_back(self, copy: bytes) -> None:
        """Put an older copy back by hand: nothing in it says so."""
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        self.file.write_bytes(copy)
        if self.server:
            with self.open():
                kept = connection.open_file(self.file, self.key, mode="readonly")
                pouring.replace(kept, database)
                kept.close()


def enrol(county: Desk, township: Desk, folder: Path) -> None:
    """The three steps, as two people do them with a stick."""
    letter, answer = folder / "invitation.json", folder / "answer.json"
    county.do(
        lambda: enrolment.invite(township.code, NAMES.get(township.code, township.code), letter)
    )
    township.do(lambda: enrolment.join(letter, answer))
    county.do(lambda: enrolment.admit(answer))


def branch(name: str, **over: Any) -> int:
    """A Party branch of the office that is open; returns its number."""
    row = Organization(**{"name": name, "kind": "branch", **over})
    row.save()
    return int(row.id)


def person(name: str, organization: int, **over: Any) -> int:
    """A Party member in that branch; returns the number."""
    row = Member(name=name, organization=organization, category="full", **over)
    row.save()
    return int(row.id)


def change(row: int, **values: Any) -> None:
    kept = Organization.get_by_id(row)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save()


def value(row: int, name: str) -> Any:
    return getattr(Organization.get_by_id(row), name)


def outcomes(done: list[dict[str, object]]) -> list[object]:
    """What became of each packet."""
    return [one["outcome"] for one in done]


__all__ = [
    "COUNTY",
    "NAMES",
    "ONE",
    "TWO",
    "Desk",
    "branch",
    "change",
    "enrol",
    "offices",
    "outcomes",
    "person",
    "value",
]
