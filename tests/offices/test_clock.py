"""A PC whose date can hardly be right is noticed; nothing but dates suffers from it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db import moment
from db.exchange import clock
from tests.offices.conftest import Offices
from tests.offices.desks import Desk, branch

DAY = timedelta(days=1)


def doubted(desk: Desk, now: datetime) -> str:
    with desk.open():
        found = clock.doubt(now)
        return found.words if found is not None else ""


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (timedelta(0), ""),
        (-timedelta(hours=1), ""),
        (-timedelta(hours=8), "还早"),
        (-25 * 365 * DAY, "还早"),
        (40 * DAY, ""),
        (73 * 365 * DAY, "没有用"),
    ],
)
def test_row_50_the_newest_operation_tells(offices: Offices, off: timedelta, words: str) -> None:
    offices.one.do(lambda: branch("甲支部"))
    told = doubted(offices.one, datetime.now() + off)
    assert (words in told) if words else not told


def test_row_50_a_clock_that_was_mended_is_believed_after_the_next_step(offices: Offices) -> None:
    """Stamps never run back; the date of the newest step counts, not the latest date of all."""
    one = offices.one
    with moment.told("2099-01-01T08:00:00"):
        one.do(lambda: branch("甲支部"))
    assert "甲" in doubted(one, datetime.now()) or "还早" in doubted(one, datetime.now())
    one.do(lambda: branch("乙支部"))
    assert doubted(one, datetime.now()) == ""


def test_row_50_a_packet_from_the_future_says_that_one_of_two_clocks_is_wrong(
    offices: Offices,
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    with moment.told("2099-01-01T08:00:00"):
        one.send(stick)
    county.receive(stick)
    told = doubted(county, datetime.now())
    assert "2099-01-01" in told
    assert "打电话" in told
    # A later packet of a mended clock takes the doubt away.
    one.receive(stick)
    one.do(lambda: branch("乙支部"))
    one.send(stick)
    county.receive(stick)
    assert doubted(county, datetime.now()) == ""


def test_a_new_office_is_not_doubted(offices: Offices) -> None:
    assert doubted(offices.two, datetime.now()) == ""
