"""A county and two townships, enrolled, and an empty stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.offices.desks import COUNTY, ONE, TWO, Desk, enrol
from tests.offices.moving import Moving, begin


class Offices(NamedTuple):
    county: Desk
    one: Desk
    two: Desk
    stick: Path


def round_trip(offices: Offices) -> None:
    """One township and the county exchange once, in both directions."""
    county, one, _two, stick = offices
    one.send(stick)
    county.receive(stick)
    county.send(stick, ONE)
    one.receive(stick)


@pytest.fixture
def offices(tmp_path: Path, engine: Callable[[], str]) -> Offices:
    """The county's rows lie on a server where the test runs on that engine, as in a real county."""
    county = Desk(tmp_path / "county", COUNTY, 1, "county", engine())
    one, two = Desk(tmp_path / "one", ONE, 11), Desk(tmp_path / "two", TWO, 12)
    enrol(county, one, tmp_path)
    enrol(county, two, tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    return Offices(county, one, two, stick)


@pytest.fixture
def moving(offices: Offices) -> Moving:
    return begin(*offices)
