"""Every register leaves as a sheet and comes back without changing anything; no code knows which."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import registry
from db.importing.plan import Outcome
from desktop.sheets.exporting import export_register, export_template
from desktop.sheets.importing import plan_file
from tests.factories import make

pytestmark = pytest.mark.usefixtures("office")

STEMS = [each.stem for each in registry.registers()]


@pytest.mark.parametrize("stem", STEMS)
def test_what_leaves_comes_back_the_same(stem: str, tmp_path: Path) -> None:
    model = registry.register(stem).model
    for _ in range(3):
        make(model)
    path = tmp_path / f"{stem}.xlsx"
    rows = export_register(stem, path)
    assert rows >= 3
    plan, matching = plan_file(stem, path)
    assert not matching.questions
    assert len(plan.rows) == rows
    told = [(row.outcome, row.column, row.reason) for row in plan.rows]
    assert {row.outcome for row in plan.rows} == {Outcome.SAME}, told


@pytest.mark.parametrize("stem", STEMS)
def test_there_is_a_blank_roster(stem: str, tmp_path: Path) -> None:
    assert export_template(stem, tmp_path / "a.xlsx") > 0
