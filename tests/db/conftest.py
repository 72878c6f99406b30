"""The training county and the training township, open for reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import office
from tests.db import training


def _shared(factory: pytest.TempPathFactory) -> Path:
    base = factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The county office of the demonstration, open; tests only read it."""
    folder = training.built(_shared(tmp_path_factory), "county")
    training.opened(folder)
    yield folder
    office.close_office()


@pytest.fixture
def township(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One town's office of the demonstration, open; tests only read it."""
    folder = training.built(_shared(tmp_path_factory), "township")
    training.opened(folder)
    yield folder
    office.close_office()
