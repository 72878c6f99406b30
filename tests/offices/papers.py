"""Scans and photos at a desk: added with a visit, and compared between two desks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import attachments
from db.exchange import attached
from db.exchange.carrier import CONTAINER
from db.registers.visit import Visit, VisitFile
from tests.offices.desks import Desk

PHOTO = b"\xff\xd8\xff\xe0"


def photo(words: str, size: int = 3000) -> bytes:
    """A file of this size that nobody else has: what it is lies in its words."""
    text = PHOTO + words.encode()
    return (text * (1 + size // len(text)))[: max(size, len(text))]


def visit(on: str = "2026-05-06", **over: object) -> int:
    """A visit of the office that is open; returns its number."""
    row = Visit(
        **{"from_on": on, "visitors": "斯琴", "way": "household", "place": "某嘎查", **over}
    )
    row.save()
    return int(row.id)


def add_photo(words: str, of_visit: int | None = None, size: int = 3000) -> str:
    """A photo at a visit (a new one when none is named); returns its fingerprint."""
    content = photo(words, size)
    digest = attachments.kept().put(content)
    VisitFile(
        visit=of_visit or visit(), digest=digest, file_name=f"{words}.jpg", size=len(content)
    ).save()
    return digest


@dataclass(frozen=True)
class Papers:
    """The files that rows of a desk name, and those of them that are whole there."""

    named: frozenset[str]
    whole: frozenset[str]


def papers() -> Papers:
    """What stands at the open desk; every file is opened and proved."""
    files, named = attachments.kept(), frozenset(attached.named())
    assert isinstance(files, attachments.Sealed)
    return Papers(named, frozenset(digest for digest in named if files.is_whole(digest)))


def missing_of_shared(one: Papers, other: Papers) -> set[str]:
    """The oracle after quiescence: the files named by rows that both hold and not whole at both; none."""
    return set((one.named & other.named) - (one.whole & other.whole))


def containers(stick: Path) -> list[Path]:
    return sorted(stick.glob(f"*{CONTAINER}"))


def numbers(done: dict[str, Any]) -> tuple[int, int]:
    said = done.get("attachments", {"kept": 0, "missing": 0})
    return said["kept"], said["missing"]


def all_whole(*desks: Desk) -> bool:
    first, *others = [desk.do(papers) for desk in desks]
    return bool(first.named) and not any(missing_of_shared(first, other) for other in others)


def lost(file: Path) -> None:
    file.unlink()
