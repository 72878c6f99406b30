"""附件 that rows name: which of them are here, and which of them each other office is known to have.

What another office has is only ever a memory of what it said; its next receipt sets it right, so a
file is never lost by it, at worst carried once more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from db import attachments, moment
from db.columns import columns_of
from db.connection import database
from db.errors import Trouble
from db.exchange import shapes
from db.exchange.collect import whose_for
from db.exchange.container import File
from db.exchange.share import Line
from db.fields import Attachment
from db.identity import Identity, identity
from db.record import Record

#: The key of a receipt's head; that of an older program has none.
KEY = "files"
#: How many missing files a receipt names, and by how many digits each.
NAMED, DIGITS = 500, 16
_CHUNK = 10_000
#: Stands for ourselves where otherwise another office's code does.
_HERE = ""


@dataclass(frozen=True, slots=True)
class Owed:
    """What an office has not said to have: `files` are here, `absent` are not, or are known to be damaged.

    `turns`: how often each of the files was asked for again.
    """

    files: tuple[File, ...] = ()
    turns: tuple[int, ...] = ()
    absent: int = 0

    @property
    def size(self) -> int:
        """All their bytes."""
        return sum(file.size for file in self.files)


@cache
def columns() -> tuple[tuple[type[Record], str], ...]:
    """Where travelling rows name files: register and column."""
    return tuple(
        (model, column.name)
        for model in shapes.models()
        for column in columns_of(model)
        if isinstance(column, Attachment)
    )


# -- what rows name ---------------------------------------------------------------------


def in_lines(lines: Iterable[Line]) -> set[str]:
    """The fingerprints that the lines of a packet name."""
    of: dict[str, list[str]] = {}
    for model, column in columns():
        of.setdefault(model.stem(), []).append(column)
    named = {x.values.get(column) for x in lines for column in of.get(x.stem, ())}
    return {each for each in named if isinstance(each, str) and attachments.is_fingerprint(each)}


def named(office: str = "") -> set[str]:
    """The files that rows here name, or only those of one office."""
    where, values = (" AND office = ?", (office,)) if office else ("", ())
    found: set[str] = set()
    for model, column in columns():
        sql = f'SELECT DISTINCT "{column}" FROM "{model.stem()}" WHERE "{column}" <> \'\'{where}'
        found |= {row[0] for row in database.execute_sql(sql, values).fetchall()}
    return found


def _told_of(us: Identity, office: str, digests: Collection[str] | None = None) -> set[str]:
    """Those of the files that rows name which the other office gets: the county gets everything."""
    found: set[str] = set()
    for model, column in columns():
        whose, values = whose_for(model, us, office) if us.level == "county" else ("", ())
        for among in _chunks(digests):
            marks = (
                f'"{column}" IN ({", ".join("?" * len(among))})' if among else f"\"{column}\" <> ''"
            )
            where = " AND ".join(part for part in (marks, whose) if part)
            sql = f'SELECT DISTINCT "{column}" FROM "{model.stem()}" WHERE {where}'
            found |= {row[0] for row in database.execute_sql(sql, (*among, *values)).fetchall()}
    return found


def _chunks(digests: Collection[str] | None) -> Iterator[tuple[str, ...]]:
    """The digests some thousands at a time; an empty one stands for all there are."""
    if digests is None:
        yield ()
        return
    ordered = sorted(digests)
    for start in range(0, len(ordered), _CHUNK):
        yield tuple(ordered[start : start + _CHUNK])


def missing(digests: Iterable[str]) -> set[str]:
    """Those that are not here, or were found damaged and still are; one that was left empty is not here."""
    wanted = set(digests)
    if not wanted:
        return wanted
    files = attachments.kept()
    lying = files.sizes(wanted)
    ill = {digest for digest in _known(_HERE).keys() & lying.keys() if not files.is_whole(digest)}
    return {digest for digest in wanted if not lying.get(digest)} | (ill & wanted)


def suspect(digest: str) -> None:
    """A check found this file damaged: until it is whole again the others are asked for it."""
    with database.atomic():
        _note(_HERE, 0, [digest], has=0)


def lacking(us: Identity, office: str) -> list[str]:
    """The files that this office could give us and that are not here, in order.

    A township asks the county for everything; the county asks whoever owns the row, and whoever
    once told it of the file.
    """
    if us.level != "county":
        return sorted(missing(named()))
    told = _known(office).keys()
    given = _told_of(us, office, told) | (named() & told) if told else set[str]()
    return sorted(missing(named(office) | given))


def lacking_from(us: Identity, offices: Iterable[str]) -> dict[str, int]:
    """How many files are not here that each of these offices is asked for."""
    if us.level != "county":
        return dict.fromkeys(offices, len(missing(named())))
    rows: set[tuple[str, str]] = set()
    for model, column in columns():
        sql = f'SELECT DISTINCT office, "{column}" FROM "{model.stem()}" WHERE "{column}" <> \'\''
        rows |= {(office, digest) for office, digest in database.execute_sql(sql).fetchall()}
    gone = missing(digest for _, digest in rows)
    found: dict[str, int] = {}
    for office, digest in rows:
        if digest in gone:
            found[office] = found.get(office, 0) + 1
    return found


def content(digest: str) -> bytes:
    """A file to be looked at; Trouble in words also when it is still on its way from another office."""
    files = attachments.kept()
    if not files.has(digest) and _is_awaited(digest):
        raise Trouble("这个附件还没有随包到达。", "回执里会请对方下次带来；急用时请直接向对方要。")
    return files.get(digest)


def _is_awaited(digest: str) -> bool:
    """Whether rows of other offices name a file that never came."""
    if digest in ever_came():
        return False
    ours = identity().office_code
    sqls = (
        f'SELECT 1 FROM "{model.stem()}" WHERE "{column}" = ? AND office <> ? LIMIT 1'
        for model, column in columns()
    )
    return any(database.execute_sql(sql, (digest, ours)).fetchone() for sql in sqls)


# -- what another office has ------------------------------------------------------------


def _known(office: str) -> dict[str, tuple[int, int]]:
    rows = database.execute_sql(
        "SELECT digest, told, has FROM exchange_file WHERE office = ?", (office,)
    ).fetchall()
    return {digest: (told, has) for digest, told, has in rows}


def told(office: str, number: int, lines: Iterable[Line]) -> None:
    """A packet of ours names files: until a receipt says otherwise the office does not have them."""
    _note(office, number, in_lines(lines), has=0)


def heard_of(office: str, lines: Iterable[Line]) -> None:
    """A packet of theirs names files: they have what they name, unless they said otherwise."""
    _note(office, 0, in_lines(lines), has=1)


def _note(office: str, number: int, digests: Iterable[str], *, has: int) -> None:
    rows = [(office, digest, number, has) for digest in sorted(digests)]
    if rows:
        names = ("office", "digest", "told", "has")
        database.insert_many("exchange_file", names, rows, unless_there=True)


def came(office: str, digest: str) -> None:
    """A file arrived from this office."""
    database.execute_sql(
        "INSERT INTO exchange_file (office, digest, told, has, came) VALUES (?, ?, 0, 1, ?)"
        " ON CONFLICT (office, digest) DO UPDATE SET has = 1, came = excluded.came",
        (office, digest, moment.now()),
    )
    database.execute_sql(
        "DELETE FROM exchange_file WHERE office = ? AND digest = ?", (_HERE, digest)
    )


def ever_came() -> set[str]:
    """The files that once arrived from another office."""
    sql = "SELECT DISTINCT digest FROM exchange_file WHERE came <> ''"
    return {row[0] for row in database.execute_sql(sql).fetchall()}


def begin_anew(office: str) -> None:
    """Our packets are numbered from 1 again: what was told before counts as told by the first."""
    database.execute_sql("UPDATE exchange_file SET told = 0 WHERE office = ?", (office,))


def owed(us: Identity, office: str) -> Owed:
    """The files that rows told to this office name and that it has not said to have, oldest first."""
    rows = database.execute_sql(
        "SELECT digest, asked FROM exchange_file WHERE office = ? AND has = 0 ORDER BY told, digest",
        (office,),
    ).fetchall()
    if not rows:
        return Owed()
    # A file that no row names any more, or only rows that are not theirs, does not go.
    allowed = _told_of(us, office, {digest for digest, _ in rows})
    due = [(digest, turn) for digest, turn in rows if digest in allowed]
    gone = missing(digest for digest, _ in due)
    size = attachments.kept().sizes(digest for digest, _ in due)
    lying = [(File(digest, size[digest]), turn) for digest, turn in due if digest not in gone]
    return Owed(
        tuple(file for file, _ in lying), tuple(turn for _, turn in lying), len(due) - len(lying)
    )


# -- receipts ---------------------------------------------------------------------------


def asking(us: Identity, office: str) -> dict[str, Any]:
    """What our receipt says: how many files are missing here, and which, as far as they are named."""
    gone = lacking(us, office)
    return {"missing": len(gone), "wanted": [digest[:DIGITS] for digest in gone[:NAMED]]}


def answered(us: Identity, office: str, number: int, said: object, *, taken: bool) -> None:
    """A receipt for our packet of this number says what is missing there.

    `taken`: the packet is in, so what it told and is not missing has arrived. A receipt of an older
    program says nothing, and one that is built otherwise is taken for that.
    """
    if not isinstance(said, Mapping) or not _is_sound(said):
        return
    wanted = set(said["wanted"])
    # Only so many are named, in order: what comes after the last of them is not known.
    last = max(wanted) if said["missing"] > len(wanted) else "~"
    known = _known(office)
    has, lacks = [], []
    for digest, (told_by, had) in known.items():
        short = digest[:DIGITS]
        if short in wanted or (short > last and had):
            lacks.append(digest)
        elif taken and not had and told_by <= number and short <= last:
            has.append(digest)
    marks = [(1, 0, office, d) for d in has] + [
        (0, int(d[:DIGITS] in wanted), office, d) for d in lacks
    ]
    if marks:
        database.execute_many(
            "UPDATE exchange_file SET has = ?, asked = asked + ? WHERE office = ? AND digest = ?",
            marks,
        )
    strange = wanted - {digest[:DIGITS] for digest in known}
    if strange:
        asked = {d for d in _told_of(us, office) if d[:DIGITS] in strange}
        _note(office, 0, asked, has=0)


def _is_sound(said: Mapping[str, Any]) -> bool:
    count, wanted = said.get("missing"), said.get("wanted")
    return (
        type(count) is int
        and isinstance(wanted, list)
        and len(wanted) <= NAMED
        and all(type(each) is str and len(each) == DIGITS for each in wanted)
        and (count <= len(wanted) or len(wanted) > 0)
    )
