"""组织关系转接: what waits for this office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from db.exchange import transferring
from db.identity import identity
from db.registers.transfer import Transfer
from db.statistics.due import Due


def to_approve(day: date) -> Iterator[Due]:
    """At the county: requests nobody has answered."""
    del day
    if identity().level == "county":
        yield _due("transfer_asked", "笔组织关系转接等旗县批准", transferring.asked())


def to_accept(day: date) -> Iterator[Due]:
    """Members who are on their way to this office."""
    del day
    yield _due("transfer_coming", "名转来的党员等编入党支部", transferring.waiting())


def receipts(day: date) -> Iterator[Due]:
    """Letters whose 回执 should be back, or sent back, by now."""
    us = identity().office_code
    today = day.isoformat()
    late = [
        one
        for one in Transfer.living().where(Transfer.office == us, Transfer.state == "approved")
        if one.due_on() and one.due_on() < today
    ]
    yield _due("transfer_receipt", "张组织关系介绍信没有回执", late, len(late))


def _due(key: str, words: str, found: Iterable[Transfer], late: int = 0) -> Due:
    rows = list(found)
    until = min((one.due_on() for one in rows if one.due_on()), default="")
    return Due(key, words, Transfer.stem(), tuple(one.id for one in rows), late, until)


REMINDERS = (to_approve, to_accept, receipts)
