"""A township's exchange centre, with the county's desk at the other end of the stick."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from db.exchange import enrolment, volumes
from tests.desktop.tools.elsewhere import There, away_from
from tests.offices.desks import COUNTY, ONE, Desk


@pytest.fixture
def there(office, tmp_path, monkeypatch) -> There:
    """The county's desk, and a way to sit down at it while our own office is closed."""
    stick = tmp_path / "KINGSTON"
    stick.mkdir()

    def plug(*places: Path) -> None:
        for each in places:
            each.mkdir(exist_ok=True)
        monkeypatch.setenv(volumes.VARIABLE, os.pathsep.join(map(str, places)))

    away = partial(away_from, office)
    plug()
    with away():
        county = Desk(tmp_path / "county", COUNTY, 1, "county")
    return There(county, plug, stick, away)


@pytest.fixture
def enrolled(there, tmp_path) -> There:
    letter, answer = tmp_path / "邀请.zyti", tmp_path / "回答.zyti"
    with there.away():
        there.county.do(lambda: enrolment.invite(ONE, "白音胡舒苏木党委", letter))
    enrolment.join(letter, answer)
    with there.away():
        there.county.do(lambda: enrolment.admit(answer))
    return there
