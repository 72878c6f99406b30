from __future__ import annotations

import pytest

from db import access
from db.access import Person, Role
from db.errors import Refusal
from db.rating import steps
from db.rating.amending import amend
from tests.db.rating.conftest import Town, mark_all, meet, rated, rounds

APPROVER = Person(8, "审批人", Role.APPROVER)


def at_decision(town: Town):
    appraisal = rounds(town)
    mark_all(appraisal, 900)
    for day in ("2024-12-01", "2024-12-02", "2024-12-03"):
        steps.advance(appraisal, day)
    meet(appraisal)
    for day in ("2024-12-10", "2024-12-15"):
        steps.advance(appraisal, day)
    assert steps.current(appraisal).kind == "decision"
    return appraisal


def test_who_may_only_approve_decides_and_does_nothing_else(town: Town) -> None:
    appraisal = at_decision(town)
    with access.acting_as(APPROVER):
        with pytest.raises(Refusal, match="不能修改"):
            steps.go_back(appraisal, "越权")
        steps.decide(appraisal, "白党发〔2024〕20号", "2024-12-25", "白音胡舒苏木党委")
        steps.advance(appraisal, "2024-12-25")
        row = rated(appraisal)[0]
        row.notes = "越权"
        with pytest.raises(Refusal, match="不能修改"):
            row.save()
    with access.acting_as(Person(9, "小王", Role.CLERK)):
        while not appraisal.sealed_on:
            steps.advance(appraisal, "2024-12-26")
        with pytest.raises(Refusal, match="不能审批"):
            amend(row, row.level, "更正", "党委")
    with access.acting_as(APPROVER):
        levels = [name for name in appraisal.rules.level_rank if name != row.level]
        row = type(row).get_by_id(row.id)
        amend(row, levels[0], "计票有误", "党委会")
    assert type(row).get_by_id(row.id).level == levels[0]
