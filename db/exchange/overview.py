"""What the exchange centre shows: what is unsent, how far each office has come, and what happened to the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from db import journal, office_settings, registry
from db.connection import database
from db.exchange import attached, keys, sending, shapes, slips
from db.exchange.collect import collect, newest_entry
from db.exchange.sending import Sent
from db.exchange.slips import Slip
from db.identity import identity


@dataclass(frozen=True, slots=True)
class Unsent:
    """Rows per register: since the last receipt, and of those what is in no packet yet."""

    since_receipt: dict[str, int]
    unpacked: dict[str, int]
    full: bool


@dataclass(frozen=True, slots=True)
class Station:
    """How far the exchange with one office has come.

    `received`: its last packet that was taken in here; `sent`: our last one for it; `receipt`: our
    last one that it acknowledged. `silent`: days since anything came, None when nothing ever did.
    `news`: whether something changed here since our last packet. `files_owed`: files it has not
    said to have; `files_missing`: those that are not here and that it is asked for (`with_files`).
    """

    office: str
    name: str
    state: str
    received: Slip | None
    sent: Sent | None
    sent_at: str
    receipt: Slip | None
    silent: int | None
    overdue: bool
    news: bool
    conflicts: int
    held: int
    quarantined: int
    told: str
    files_owed: int = 0
    files_missing: int = 0


def unsent(office: str) -> Unsent:
    """What an office has not acknowledged, counted from the journal as the next packet would hold it."""
    us, peer, now = identity(), keys.known(office), newest_entry()
    if peer.our_incarnation != us.incarnation:
        peer = replace(peer, acknowledged=0)
    task = sending.what_to_tell(peer, now)
    # Everything of ours is counted where it lies: tens of thousands of rows need not be read for that.
    since = _all_of(us.office_code) if task.full else sending.totals_of(collect(task, us))
    last = database.execute_sql(
        "SELECT max(covers) FROM exchange_sent WHERE office = ? AND incarnation = ?",
        (office, us.incarnation),
    ).fetchone()[0]
    if last is None:
        return Unsent(since, since, task.full)
    fresh = replace(task, covered=max(int(last), peer.covered), full=False, stages=())
    return Unsent(since, sending.totals_of(collect(fresh, us)), task.full)


def _all_of(office: str) -> dict[str, int]:
    """Rows per register of all that an office has."""
    found: dict[str, int] = {}
    for model in shapes.models():
        sql = f'SELECT count(*) FROM "{model.stem()}" WHERE office = ?'
        count = int(database.execute_sql(sql, (office,)).fetchone()[0])
        if count:
            stem = registry.stem_of(model)
            found[stem] = found.get(stem, 0) + count
    return found


def stations() -> list[Station]:
    """Every office that was ever invited or joined, by code."""
    found = [p for state in ("known", "invited", "revoked") for p in keys.peers(state)]
    conflicts = _counts("exchange_conflict WHERE state = 'open'")
    held = _counts("exchange_held")
    aside = _counts("exchange_quarantine WHERE state = 'open'")
    overdue = office_settings.days("silent_days")
    us = identity()
    news = newest_of_ours()
    return [
        _station(peer, conflicts, held, aside, overdue, us.incarnation, news)
        for peer in sorted(found, key=lambda each: each.office)
    ]


def with_files(found: Sequence[Station]) -> list[Station]:
    """The same with what each office lacks and what it is asked for: that looks for every file."""
    us = identity()
    missing = attached.lacking_from(us, [each.office for each in found])
    return [
        replace(
            each,
            files_owed=len(attached.owed(us, each.office).files),
            files_missing=missing.get(each.office, 0),
        )
        for each in found
    ]


def _station(
    peer: keys.Peer,
    conflicts: dict[str, int],
    held: dict[str, int],
    aside: dict[str, int],
    overdue: int,
    incarnation: str,
    news: int,
) -> Station:
    came = next(iter(slips.slips(slips.RECEIVED, peer.office, limit=1)), None)
    last = next(iter(sending.outbox(peer.office)), None)
    sent_at, covers = database.execute_sql(
        "SELECT max(at), max(covers) FROM exchange_sent WHERE office = ?", (peer.office,)
    ).fetchone()
    given = next(
        (s for s in slips.slips(slips.SENT, peer.office) if s.answer in {"applied", "same"}), None
    )
    silent = None if came is None else _days_since(came.at)
    return Station(
        peer.office, peer.name, peer.state, came, last, sent_at or "", given, silent,
        peer.state == "known" and (silent is None or silent > overdue),
        news > int(covers or 0) or peer.our_incarnation != incarnation,
        conflicts.get(peer.office, 0), held.get(peer.office, 0), aside.get(peer.office, 0),
        _what_happened(peer, last, incarnation),
    )  # fmt: skip


def _counts(source: str) -> dict[str, int]:
    table, _, where = source.partition(" ")
    sql = f"SELECT office, count(*) FROM {table} {where} GROUP BY office"
    return dict(database.execute_sql(sql).fetchall())


def newest_of_ours() -> int:
    """The newest journal entry that did not come in by a packet."""
    row = database.execute_sql(
        "SELECT j.id FROM journal j JOIN operation o ON o.id = j.operation WHERE o.kind <> ?"
        " ORDER BY j.id DESC LIMIT 1",
        (journal.RECEIVE,),
    ).fetchone()
    return 0 if row is None else int(row[0])


def _days_since(moment: str) -> int:
    """Whole days since a moment of this machine's clock; a clock set back counts as none."""
    return max(0, (date.today() - datetime.fromisoformat(moment).date()).days)


def _what_happened(peer: keys.Peer, last: Sent | None, incarnation: str) -> str:
    """What it means for the next exchange that this database went back or was one of two; "" if it did not."""
    if not peer.our_number or peer.our_incarnation == incarnation:
        return ""
    if last is not None and last.state in {"refused", "fork"}:
        return (
            f"“{peer.name}”认出有两台电脑在用同一份数据（或数据恢复过）。本机已换了新的身份：下次会完整送一次，"
            "两台电脑各自录入的都不会丢，同一项两边不一样的由旗县裁定。请只用一台电脑录入。"
        )
    return (
        "本机的数据是从备份恢复的。下次会完整送一次：备份以后录入、而对方已收到的内容，"
        "对方会随下一个包送回来；备份以后录入、还没有送出过的，请重新录入。送回之前不用补录已上报的内容。"
    )


def away(office: str) -> int | None:
    """Days since an office's last receipt for us, None when there never was one."""
    given = [s.answered_at for s in slips.slips(slips.SENT, office) if s.answered_at]
    return _days_since(max(given)) if given else None
