"""A fresh encrypted office for each test, and nothing left open behind it."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import office as offices
from db import vault
from db.access import Person

PASSPHRASE = "白音胡舒的春天"


@pytest.fixture(autouse=True)
def quick_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real Argon2id, at its lowest cost: the tests are not about its slowness."""
    monkeypatch.setattr(vault, "COST", {"memory": 64, "iterations": 1, "lanes": 1})


@pytest.fixture
def office(tmp_path: Path) -> Iterator[offices.Office]:
    """A township's office, just founded, its administrator acting."""
    offices.new_office(
        tmp_path / "office",
        "150823101",
        "白音胡舒苏木党委",
        "township",
        "管理员",
        PASSPHRASE,
        site=7,
    )
    yield offices.current()
    offices.close_office()


@pytest.fixture
def admin(office: offices.Office) -> Person:
    from db import access

    return access.acting()
