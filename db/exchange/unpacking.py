"""附件 that came beside packets: taken out of their containers, proved, and kept when a row here names them.

Whatever is wrong with a container stops nothing: the rows are in, and what is still missing is asked
for in the receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from db import attachments
from db.connection import database
from db.errors import Refusal, Trouble
from db.exchange import attached, container, keys
from db.exchange.carrier import Carrier, LargeCarrier
from db.exchange.container import File
from db.exchange.packet import Unreadable
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
        self.spoiled: set[str] = set()

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
            self.spoiled.add(name)

    def brings(self, office: str) -> set[str]:
        """The fingerprints that an office's containers say to hold; nothing of it is proved yet."""
        return {file.digest for each in self._found.get(office, ()) for file in each.files}

    def take(
        self,
        office: str,
        stop: Callable[[], bool] = lambda: False,
        watch: Callable[[int, int], object] = lambda _done, _total: None,
    ) -> Taken:
        """Keep every file that a row here names and that is not here; asked to stop, leave the rest.

        `watch` is told how many of how many are kept.
        """
        wanted = attached.missing(attached.named() & self.brings(office))
        kept: list[File] = []
        total = len(wanted)
        for each in self._found.get(office, ()):
            due = {file: at for file, at in each.files.items() if file.digest in wanted}
            if not due:
                continue
            whole, trouble = _keep(each, due, stop, watch, (len(kept), total))
            kept += whole
            wanted -= {file.digest for file in whole}
            with database.atomic():
                for file in whole:
                    attached.came(office, file.digest)
            if trouble or stop():
                return _sum(kept, trouble)
            if len(whole) < len(due):
                self.spoiled.add(each.name)
        return _sum(kept)


def _keep(
    one: _Container,
    due: Mapping[File, int],
    stop: Callable[[], bool],
    watch: Callable[[int, int], object],
    so_far: tuple[int, int],
) -> tuple[list[File], str]:
    """Keep the files of one container that come out whole; returns them, and why this disk took no more."""
    before, total = so_far
    kept: list[File] = []
    try:
        for file, content in _opened(one, due):
            if stop():
                break
            watch(before + len(kept), total)
            attachments.kept().put(content)
            kept.append(file)
    except (Refusal, OSError):
        # The stick was pulled, or the container went from it since it was looked at: fewer than were due.
        return kept, ""
    except Trouble as problem:
        return kept, problem.message
    return kept, ""


def _opened(one: _Container, due: Mapping[File, int]) -> Iterator[tuple[File, bytes]]:
    """The files that come out whole; behind a damaged one, or a bad spot of the stick, others may be."""
    with one.carrier.opened(one.name) as (stream, _length):
        for file, at in due.items():
            with suppress(Unreadable, OSError):
                yield file, container.take(stream, file, at, keys.own().sealing)


def _sum(kept: Sequence[File], trouble: str = "") -> Taken:
    return Taken(len(kept), sum(file.size for file in kept), trouble)
