"""A desk whose file stays open between steps: opening it is most of a step's cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from db import access, attachments, connection, identity
from db.access import Person, Role
from db.connection import database
from tests.offices.desks import Desk


class Seat(Desk):
    """One PC of an office."""

    kept: connection.EncryptedDatabase | None = None
    copied = 0

    @contextmanager
    def open(self) -> Iterator[Seat]:
        if self.kept is None:
            self.kept = connection.open_file(self.file, self.key)
        connection.attach(self.kept)
        access.act_as(Person(0, "王管理", Role.ADMIN))
        try:
            yield self
        finally:
            access.act_as(None)
            database.initialize(None)

    def close(self) -> None:
        if self.kept is not None:
            self.kept.close_everywhere()
            self.kept = None

    def copy(self) -> bytes:
        with self.open():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.file.read_bytes()

    def papers(self) -> set[str]:
        """The fingerprints of the attachments that lie whole on this PC."""
        files = attachments.in_folder(self.folder, self.key)
        return {digest for digest in files.names() if files.is_whole(digest)}

    def sealed(self) -> dict[str, bytes]:
        """The attachments as a backup takes them along."""
        return {digest: self.paper(digest).read_bytes() for digest in sorted(self.papers())}

    def bring_back(self, sealed: Mapping[str, bytes]) -> None:
        """Those of a backup that are not here any more lie here again."""
        for digest in sorted(sealed.keys() - self.papers()):
            self.paper(digest).parent.mkdir(parents=True, exist_ok=True)
            self.paper(digest).write_bytes(sealed[digest])

    def burn(self, digests: Iterable[str]) -> None:
        """The disk is gone, and with it these papers."""
        for digest in digests:
            self.paper(digest).unlink()

    def paper(self, digest: str) -> Path:
        """Where it lies."""
        return self.folder / attachments.FOLDER / digest[:2] / digest

    def restore(self, copy: bytes) -> None:
        with self.open():
            beyond = identity.counter()
        self.overwrite(copy)
        with self.open(), database.atomic():
            identity.mint_incarnation(database, beyond)

    def overwrite(self, copy: bytes) -> None:
        """Somebody copies a file over the data by hand; the next one to open it notices the place."""
        self.close()
        for suffix in ("-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)
        self.file.write_bytes(copy)
        self.copied += 1
        with self.open(), database.atomic():
            identity.sit_down(f"{self.file.parent.name} {self.copied}")

    def second(self, folder: Path) -> Seat:
        """The data folder as it is, copied to a second PC."""
        content = self.copy()
        twin = object.__new__(Seat)
        twin.folder, twin.code, twin.key, twin.server = folder, self.code, self.key, self.server
        twin.folder.mkdir(exist_ok=True)
        twin.file = twin.folder / self.file.name
        twin.bring_back(self.sealed())
        twin.overwrite(content)
        return twin
