"""What must hold after any fault, as checks that any test can ask: I1 to I9 of the fault matrix.

| check | what holds |
|---|---|
| I1 `Sayings` | nothing confirmed is lost: the value that stands was said later than every other one, or stands in a listed conflict |
| I2 `whole` | a packet is taken in wholly or not at all |
| I3 `repeated` | taking it in again changes nothing |
| I4 `agree` | after exchange both sides hold the same rows |
| I5 `listed` | a conflict keeps two different values, and both are listed |
| I6 `untouched` | nothing outside a carried folder changed, nothing from it was run |
| I7 `chained` | the record's chain is whole and goes on from what the other office remembers |
| I8 `truthful` | a packet is called received only when the other office has it |
| I9 `money` | sums of money are the same on both sides |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db import journal, registry
from db.connection import database
from db.exchange import conflict, digest, keys, shapes
from db.fields import Money

Place = tuple[str, int, str]


@dataclass
class Sayings:
    """Everything people said of fields, each value once in the world, and what it was said over."""

    over: dict[tuple[Place, Any], set[Any]] = field(default_factory=dict)

    def say(self, place: Place, value: Any, over: Iterable[Any]) -> None:
        """Somebody confirmed this value, seeing those."""
        self.over.setdefault((place, value), set()).update(v for v in over if v != value)

    def under(self, place: Place, value: Any) -> set[Any]:
        """All values that were seen, or seen by those who said what was seen, before this one."""
        found: set[Any] = set()
        todo = [value]
        while todo:
            for each in self.over.get((place, todo.pop()), ()):
                if each not in found:
                    found.add(each)
                    todo.append(each)
        return found

    def later(self, place: Place, one: Any, other: Any) -> bool:
        """Whether one was said knowing of the other, and not the other way about."""
        return other in self.under(place, one) and one not in self.under(place, other)

    def check_step(self, place: Place, before: Any, after: Any) -> None:
        """I1: taking a packet in never goes back, nor from one value to another that knew nothing of it."""
        assert before in self.under(place, after), f"I1: {place}: {before!r} became {after!r}"

    def check_rest(self, place: Place, stands: Any, known: Iterable[Any]) -> None:
        """I1: at rest no value that anybody still had is later than the one that stands."""
        for each in known:
            assert not self.later(place, each, stands), f"I1: {place}: {each!r} lost to {stands!r}"


def whole(before: Any, after: Any, outcome: str) -> None:
    """I2: a packet that was not applied left every row as it was."""
    assert outcome == "applied" or before == after, f"I2: {outcome}, yet rows changed"


def repeated(before: Any, after: Any, done: Iterable[Mapping[str, Any]]) -> None:
    """I3: a second time no row changes and nothing new is put before a person."""
    assert before == after, "I3: a repetition changed rows"
    moved = [each for each in done if each["new"] or each["changed"] or each["conflicts"]]
    assert not [each for each in moved if each["outcome"] == "applied"], f"I3: {moved}"


def agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """I4: the same digest and count in every register."""
    differing = [stem for stem in one if one[stem] != other.get(stem)]
    assert not differing, f"I4: {[(s, one[s]['count'], other[s]['count']) for s in differing]}"


def differing(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> list[Any]:
    """The first few rows that two offices hold otherwise, for whoever reads the failure."""
    keys_of = sorted(k for k in {*one, *other} if one.get(k) != other.get(k))
    return [(key, one.get(key), other.get(key)) for key in keys_of[:4]]


def every_row(office: str) -> dict[tuple[str, int], Any]:
    """All rows of an owner, as the open office holds them."""
    found = {}
    for model in shapes.models():
        names = ", ".join(f'"{name}"' for name in ["id", *shapes.columns(model)])
        for row in database.execute_sql(
            f'SELECT {names} FROM "{model.stem()}" WHERE office = ?', (office,)
        ).fetchall():
            found[model.stem(), row[0]] = row[1:]
    return found


def listed() -> None:
    """I5: in the open office, each open field conflict shows two values that differ."""
    for one in conflict.pending():
        assert one.ours != one.theirs, f"I5: {one}"


def untouched(folder: Path) -> str:
    """I6: a fingerprint of everything in a folder, to compare before and after."""
    seen = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        seen.update(str(file.relative_to(folder)).encode())
        seen.update(file.read_bytes() if file.is_file() and not file.is_symlink() else b"")
    return seen.hexdigest()


def chained(peer: keys.Peer | None = None) -> None:
    """I7: the open office's chain is whole, and contains what the other office saw of it."""
    known = []
    if peer is not None and peer.their_head:
        known = [(peer.their_journal, bytes.fromhex(peer.their_head))]
    assert journal.verify(known) == [], "I7"


def truthful(sent: Iterable[tuple[int, str]], received: Mapping[int, str], upto: int) -> None:
    """I8: what the sender calls received (number, hash) is known there, or came with a later one."""
    for number, name in sent:
        assert number in received or number <= upto, f"I8: {name} is called received"


def money() -> dict[tuple[str, str], int]:
    """I9: all sums of money by owner and column, in 分, of the open office."""
    found: dict[tuple[str, str], int] = {}
    for model in registry.models():
        if not shapes.travels(model):
            continue
        for name, column in shapes.columns(model).items():
            if isinstance(column, Money):
                for office, total in database.execute_sql(
                    f'SELECT office, sum("{name}") FROM "{model.stem()}" GROUP BY office'
                ).fetchall():
                    if total:
                        found[office, f"{model.stem()}.{name}"] = int(total)
    return found


def money_of(office: str) -> dict[tuple[str, str], int]:
    """I9: the same of one owner's rows."""
    return {key: total for key, total in money().items() if key[0] == office}


def owners() -> dict[tuple[str, int], tuple[str, tuple[str, int] | None]]:
    """Every row that the open office has → whose it is, and the row whose owner should be its own."""
    follows, found = shapes.follows(), {}
    for model in shapes.models():
        stem, follow = model.stem(), shapes.follows().get(model.stem())
        names = [follow.column, *([follow.kind] if follow.kind else [])] if follow else []
        select = ", ".join(f'"{name}"' for name in ["id", "office", *names])
        for row, office, *rest in database.execute_sql(f'SELECT {select} FROM "{stem}"').fetchall():
            root = None
            if follow and not (follow.kind and rest[1] in follow.stays):
                root = (follows[stem].target, rest[0])
            found[stem, row] = (office, root)
    return found


def belong(county: Mapping[Any, Any], town: Mapping[Any, Any], code: str) -> None:
    """I1, I4: every row has one owner, the same everywhere, and what follows a row has the row's own."""
    for key, (office, root) in county.items():
        assert root is None or county[root][0] == office, f"I4: {key} is {office}'s, not {root}'s"
        assert office != code or key in town, f"I1: {key} is lost at {code}"
    for key, (office, _root) in town.items():
        assert key in county, f"I1: {key} of {code} is nowhere else"
        assert county[key][0] == office, f"I4: {key}: {county[key][0]} or {office}?"


def shown(code: str) -> dict[tuple[str, int], Any]:
    """Rows of any office that the county shows to this one, as the open office holds them."""
    found = {}
    for model in shapes.models():
        names = ", ".join(f'"{name}"' for name in ["id", "office", *shapes.columns(model)])
        for column in shapes.shown_to(model):
            sql = f'SELECT {names} FROM "{model.stem()}" WHERE "{column}" = ?'
            found |= {
                (model.stem(), row[0]): row[1:]
                for row in database.execute_sql(sql, (code,)).fetchall()
            }
    return found


def rows(office: str = "") -> dict[str, dict[str, Any]]:
    """What I2, I3 and I4 compare: a digest and a count of every register."""
    return digest.digest(office)
