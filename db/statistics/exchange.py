"""What the exchange wants the home page to say: conflicts, quarantine, what is unsent, who has not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from db import office_settings
from db.exchange import conflict, keys, overview, quarantine
from db.identity import identity
from db.statistics.due import Due

_STEM = "exchange"


def conflicts(day: date) -> Iterator[Due]:
    """待决定: what both sides changed."""
    del day
    found = conflict.pending()
    first = min((one.at[:10] for one in found), default="")
    ids = tuple(one.id for one in found)
    yield Due("exchange_conflicts", "件交换冲突等人决定", _STEM, ids, 0, first, chip="decide")


def aside(day: date) -> Iterator[Due]:
    """隔离: packets that were not taken in."""
    del day
    found = quarantine.listed()
    first = min((one.at[:10] for one in found), default="")
    ids = tuple(one.id for one in found)
    yield Due("exchange_aside", "个数据包在隔离，等人处理", _STEM, ids, 0, first, chip="aside")


def silent(day: date) -> Iterator[Due]:
    """旗县: townships that have not come for longer than the office allows."""
    del day
    if identity().level != "county" or not keys.peers():
        return
    days = office_settings.days("silent_days")
    late = tuple(int(each.office) for each in overview.stations() if each.overdue)
    words = f"个单位超过 {days} 天没有送来数据包"
    yield Due("exchange_silent", words, _STEM, late, len(late), chip="overview")


def unsent(day: date) -> Iterator[Due]:
    """苏木乡镇: nothing was acknowledged for long, though there is something to tell."""
    del day
    if identity().level == "county":
        return
    for peer in keys.peers():
        days = overview.away(peer.office)
        if overview.newest_of_ours() > peer.covered and (
            days is None or days > office_settings.days("unsent_days")
        ):
            words = "个上级单位" + (
                "还没有收到过上报" if days is None else f"已 {days} 天没有回执，请上报"
            )
            yield Due("exchange_unsent", words, _STEM, (int(peer.office),), 1, chip="overview")


REMINDERS = (conflicts, aside, silent, unsent)
