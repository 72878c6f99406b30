"""附件 that came beside packets: taken out of their containers, proved, and kept when a row here names them.

Whatever is wrong with a container stops nothing: the rows are in, and what is still missing is asked
for in the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from db import attachments
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import attached, container, keys
from db.exchange.carrier import Carrier, LargeCarrier
from db.exchange.container import File
from db.identity import Identity


@dataclass(frozen=True, slots=True)
class Taken:
    """How many files were kept, their bytes, and why no more could be kept on this disk."""

    count: int = 0
    size: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Container:
    carrier: LargeCarrier
    name: str
    files: Mapping[File, int]


class Arriving:
    """The containers of one sitting, by the office that sent them."""

    def __init__(self, us: Identity) -> None:
        self._us = us
        self._found: dict[str, list[_Container]] = {}
        #: Names of containers for us that cannot be used: damaged, cut off, not signed rightly.
        self.spoiled: list[str] = []

    @property
    def offices(self) -> list[str]:
        """Whose containers lie there."""
        return sorted(self._found)

    def look_at(self, carrier: Carrier, name: str) -> None:
        """Prove a container that lies on a stick; what is not for us or from nobody we know is left alone."""
        if not isinstance(carrier, LargeCarrier):
            return
        try:
            with carrier.opened(name) as (stream, _length):
                front = container.look(stream)
            peer = keys.find(str(front.head.get("from")))
            if front.head.get("to") != self._us.office_code or peer is None:
                return
            if peer.state == "known":
                container.prove(front, peer.signing)
                files = container.files_in(front, keys.own().sealing)
                self._found.setdefault(peer.office, []).append(_Container(carrier, name, files))
        except (Refusal, OSError):
            self.spoiled.append(name)

    def brings(self, office: str) -> set[str]:
        """The fingerprints that an office's containers say to hold; nothing of it is proved yet."""
        return {file.digest for each in self._found.get(office, ()) for file in each.files}

    def take(self, office: str, stop: Callable[[], bool] = lambda: False) -> Taken:
        """Keep every file that a row here names and that is not here; asked to stop, leave the rest."""
        wanted = attached.missing(attached.named() & self.brings(office))
        count = size = 0
        for each in self._found.get(office, ()):
            due = [(file, at) for file, at in each.files.items() if file.digest in wanted]
            if not due or stop():
                continue
            try:
                with each.carrier.opened(each.name) as (stream, _length):
                    for file, at in due:
                        if self._keep(office, stream, file, at):
                            wanted.discard(file.digest)
                            count, size = count + 1, size + file.size
            except (Refusal, OSError):
                self.spoiled.append(each.name)
            except Trouble as trouble:
                return Taken(count, size, trouble.message)
        return Taken(count, size)

    def _keep(self, office: str, stream: container.Stream, file: File, at: int) -> bool:
        """One file proved and kept; the next one may be whole where this one is not."""
        try:
            content = container.take(stream, file, at, keys.own().sealing)
        except Refusal:
            return False
        attachments.kept().put(content)
        with database.atomic():
            attached.came(office, file.digest)
        return True
