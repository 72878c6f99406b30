"""The training county and the training township, open for reading; a county on a server, to be written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db import office
from db.registers.organization import Organization
from tests.conftest import PASSPHRASE, in_a_file
from tests.db import training
from tests.factories import make


def _borrowed(factory: pytest.TempPathFactory, scale: str) -> Path:
    own = factory.getbasetemp()
    return training.borrowed(own.parent if own.name.startswith("popen-") else own, own, scale)


@pytest.fixture
def county(request: pytest.FixtureRequest, engine: Callable[[], str]) -> Iterator[Path]:
    """The county office of the demonstration, open; tests only read it."""
    folder = _borrowed(request.getfixturevalue("tmp_path_factory"), "county")
    if engine is not in_a_file:
        folder = training.on_server(folder, request.getfixturevalue("cluster").fresh)
    training.opened(folder)
    yield folder
    office.close_office()


@pytest.fixture
def township(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One town's office of the demonstration, open; tests only read it."""
    folder = _borrowed(tmp_path_factory, "township")
    training.opened(folder)
    yield folder
    office.close_office()


@pytest.fixture
def served(tmp_path: Path, url: str) -> Path:
    """A county's office on a server, open."""
    folder = tmp_path / "one"
    office.new_office(
        folder, "150823", "乌拉特前旗", "county", "甲", PASSPHRASE, site=3, server=url
    )
    return folder


@pytest.fixture
def branch(office: office.Office) -> Organization:
    """A branch of the office."""
    return make(Organization, name="哈沙图嘎查党支部", kind="branch")
