"""Whether this PC's date can be right: told by the newest operation and by packets made elsewhere.

Nothing that merges, counts or orders looks at the clock; but what a person enters today bears today's
date, on the record and on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.connection import database
from db.exchange import keys, slips

#: A clock that runs a little late, and the end of summer time, are no wrong date.
SLACK = timedelta(hours=2)
#: An office that does nothing for so long has rather a clock that ran ahead.
LONG = timedelta(days=92)
_MEND = "请先把电脑的日期和时间调对，再录入：已录入的不会丢，但新记录和表册上会是错的日期。"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What speaks against the clock, in words; `key` names this one reason, so that it can be answered."""

    key: str
    words: str


def doubt(now: datetime) -> Doubt | None:
    """Why this moment can hardly be now; None when nothing speaks against it."""
    row = database.execute_sql(
        "SELECT id, at FROM operation ORDER BY stamp DESC LIMIT 1"
    ).fetchone()
    if row is not None:
        operation, last = int(row[0]), datetime.fromisoformat(row[1])
        if now + SLACK < last:
            return Doubt(
                f"behind {operation}",
                f"这台电脑的时间是 {_said(now)}，比台账里最后一步操作（{_said(last)}）还早。"
                f"{_MEND}",
            )
        if now > last + LONG:
            return Doubt(
                f"ahead {operation}",
                f"这台电脑的时间是 {_said(now)}，离最后一步操作已经 {(now - last).days} 天。"
                f"如果不是真的这么久没有用，{_MEND}",
            )
    return _from_the_future(now)


def _from_the_future(now: datetime) -> Doubt | None:
    """The last packet of an office that was made later than it is here."""
    for peer in keys.peers("known"):
        for slip in slips.slips(slips.RECEIVED, peer.office, limit=1):
            try:
                made = datetime.fromisoformat(slip.made)
            except ValueError:
                continue
            if made.tzinfo is None and made > now + SLACK:
                return Doubt(
                    f"packet {slip.hash}",
                    f"“{peer.name}”第 {slip.number} 号包上写的时间是 {_said(made)}，这台电脑现在才 {_said(now)}："
                    "两台电脑有一台日期不对。请看这台的日期，不对就先调对再录入；这台没错，就打电话请对方调。",
                )
    return None


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
