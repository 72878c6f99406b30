"""Another office's desk while our own page is open, and the way to the exchange centre."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from db import office as offices
from db.exchange import carrier
from desktop.tasks import worker
from desktop.widgets.page import Place
from tests.conftest import PASSPHRASE
from tests.offices.desks import Desk


@contextmanager
def away_from(office: offices.Office) -> Iterator[None]:
    """Our own office is closed meanwhile, so that somebody can sit down at another one."""
    # What is done at the other desk is no news for the screen of this one.
    worker().drain()
    worker().blockSignals(True)
    offices.close_office()
    try:
        yield
    finally:
        offices.open_office(office.folder, PASSPHRASE)
        worker().blockSignals(False)


class There(NamedTuple):
    """The county, the sticks that may be plugged in, and the page."""

    county: Desk
    plug: Callable[..., None]
    stick: Path
    away: Callable[[], Any]


def go(frame, settle, **where):
    frame.go(Place("exchange", **where))
    settle()
    return frame.page


def at_county(there: There) -> list[dict[str, Any]]:
    with there.away():
        return there.county.receive(there.stick / carrier.OWN)


def page_stick(page, settle):
    from db.exchange import sticks

    return sticks.plugged()[0]
