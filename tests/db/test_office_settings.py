"""What an office decides for itself holds everywhere at once, and can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from db import access, journal, office_settings
from db.access import Person, Role
from db.errors import Refusal
from db.registers.matter import Matter
from db.registers.office_setting import OfficeSetting
from db.rules.office_settings import declared
from db.statistics.due import due
from db.undo import undo
from tests.factories import make


def test_the_usual_holds_until_something_is_decided(office: Any) -> None:
    assert office_settings.values() == {key: one.default for key, one in declared().items()}
    assert office_settings.change({"visit_days": 10}) == 0
    assert OfficeSetting.select().count() == 0
    assert office_settings.change({"visit_days": 20, "one_person": 1}) == 2
    assert office_settings.days("visit_days") == 20
    assert office_settings.flag("one_person")
    undo(journal.operations(1)[0].id)
    assert office_settings.days("visit_days") == 10
    office_settings.change({"visit_days": 5})
    assert office_settings.days("visit_days") == 5


def test_the_home_page_reminds_as_early_as_the_office_says(office: Any) -> None:
    make(Matter, received_on="2026-03-01", due_on="2026-03-20", settled_on="", told_on="",
         satisfaction="", assigned_on="")  # fmt: skip
    assert not [one for one in due(date(2026, 3, 1)) if one.key == "matter"]
    office_settings.change({"matter_days": 30})
    assert [one.count for one in due(date(2026, 3, 1)) if one.key == "matter"] == [1]


def test_only_within_bounds_and_only_by_an_administrator(office: Any) -> None:
    for wrong in (-1, 9_999):
        with pytest.raises(Refusal, match="整数"):
            office_settings.change({"visit_days": wrong})
    with access.acting_as(Person(9, "录入员", Role.CLERK)), pytest.raises(Refusal):
        office_settings.change({"visit_days": 5})
    assert office_settings.days("visit_days") == 10


def test_capitals_are_written_as_the_office_writes_them(office: Any) -> None:
    assert office_settings.in_capitals(1_050) == "人民币壹拾元伍角整"
    office_settings.change({"whole_after_jiao": 0})
    assert office_settings.in_capitals(1_050) == "人民币壹拾元伍角"
