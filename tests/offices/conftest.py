"""A county and two townships, enrolled, and an empty stick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.offices.desks import COUNTY, ONE, TWO, Desk, enrol


class Offices(NamedTuple):
    county: Desk
    one: Desk
    two: Desk
    stick: Path


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
