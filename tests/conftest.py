"""A fresh encrypted office for each test, and nothing left open behind it.

Tests that ask for an `office` (or an `engine`) can be run on both engines; those marked `both_engines`
always are. ZHENGYOU_TEST_DATABASE=both runs all of tests/db, tests/offices and the symmetry on both,
=postgresql on PostgreSQL alone, =embedded on SQLite alone.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from db import office as offices
from db import vault
from db.access import Person
from tests import postgres

# How long one example takes is no matter of these tests: a busy PC is no fault.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

PASSPHRASE = "白音胡舒的春天"

ASKED = os.environ.get("ZHENGYOU_TEST_DATABASE", "")
#: Where every test is for both engines.
WIDE = ("tests.db.", "tests.offices.", "tests.test_symmetry")


def engines_for(test: pytest.Function) -> list[str]:
    """The engines that a test runs on."""
    module = test.module.__name__
    wide = f"{module}.".startswith(tuple(f"{each.rstrip('.')}." for each in WIDE))
    if not wide or test.get_closest_marker("embedded"):
        return ["embedded"]
    if ASKED in {"embedded", "postgresql"}:
        return [ASKED]
    both = ASKED == "both" or test.get_closest_marker("both_engines")
    return ["embedded", "postgresql"] if both else ["embedded"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        engines = engines_for(metafunc.definition)
        if engines != ["embedded"]:
            metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL server of this run."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed; installers/bootstrap.py test installs it")
    with postgres.cluster() as running:
        yield running


@pytest.fixture
def url(cluster: postgres.Cluster) -> Iterator[str]:
    """An empty database on it."""
    fresh = cluster.fresh()
    yield fresh
    offices.close_office()
    cluster.drop(fresh)


def in_a_file() -> str:
    """No server at all."""
    return ""


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Gives the address of an empty database for each office; "" for a file of its own."""
    if getattr(request, "param", "embedded") == "embedded":
        yield in_a_file
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    given: list[str] = []

    def give() -> str:
        given.append(cluster.prepared())
        return given[-1]

    yield give
    for url in given:
        cluster.give_back(url)


@pytest.fixture(autouse=True)
def quick_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real Argon2id, at its lowest cost: the tests are not about its slowness."""
    monkeypatch.setattr(vault, "COST", {"memory": 64, "iterations": 1, "lanes": 1})


@pytest.fixture
def office(tmp_path: Path, engine: Callable[[], str]) -> Iterator[offices.Office]:
    """A township's office, just founded, its administrator acting."""
    offices.new_office(
        tmp_path / "office",
        "150823101",
        "白音胡舒苏木党委",
        "township",
        "管理员",
        PASSPHRASE,
        site=7,
        server=engine(),
    )
    yield offices.current()
    offices.close_office()


@pytest.fixture
def admin(office: offices.Office) -> Person:
    from db import access

    return access.acting()
