"""Which version of the program the other offices run, as their packets and receipts say; newer ones are told."""

from __future__ import annotations

from dataclasses import dataclass

from db import moment, release
from db.connection import database
from db.identity import LEVELS, identity

#: The key of a head; a packet of an older program has none.
KEY = "program"


@dataclass(frozen=True, slots=True)
class Seen:
    """What an office's program said last: office code, name, version, and when we read it."""

    office: str
    name: str
    version: str
    at: str


def note(office: str, version: object) -> None:
    """Remember the version that a proved packet or receipt names; what is none is passed over."""
    if release.is_version(version):
        database.execute_sql(
            "INSERT INTO exchange_version (office, version, at) VALUES (?, ?, ?)"
            " ON CONFLICT (office) DO UPDATE SET version = excluded.version, at = excluded.at",
            (office, version, moment.now()),
        )


def known() -> list[Seen]:
    """The programs of all offices that ever said theirs, by office code."""
    rows = database.execute_sql(
        "SELECT v.office, p.name, v.version, v.at FROM exchange_version v"
        " JOIN exchange_peer p ON p.office = v.office WHERE p.state = 'known' ORDER BY v.office"
    ).fetchall()
    return [Seen(*row) for row in rows]


def newer() -> list[Seen]:
    """The offices that run a newer program than this one."""
    ours = release.version()
    if not ours:
        return []
    return [one for one in known() if release.order(one.version) > release.order(ours)]


def older() -> list[Seen]:
    """The offices that run an older program than this one: whom the county brings the update."""
    ours = release.version()
    if not ours:
        return []
    return [one for one in known() if release.order(one.version) < release.order(ours)]


def sentence() -> str:
    """One sentence when somebody runs a newer program; "" when nobody does."""
    ahead = newer()
    if not ahead:
        return ""
    newest = max((one.version for one in ahead), key=release.order)
    if identity().level == "township":
        who = LEVELS["county"]
    elif len(ahead) == 1:
        who = ahead[0].name
    else:
        who = f"{len(ahead)} 个{LEVELS['township']}"
    return f"{who}用的是 {newest} 版，本机是 {release.version()} 版，请升级。"
