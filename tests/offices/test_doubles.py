"""A person entered twice is shown to the county as a pair; who rightly stands there once more is not."""

from __future__ import annotations

from db.codes import code_list
from db.exchange import conflict
from db.registers.hardship import Hardship
from db.registers.loan import Loan
from db.registers.organization import Organization
from tests.offices.conftest import Offices
from tests.offices.desks import Desk, branch

NUMBER = "150425196001010016"


def hardship(desk: Desk, year: int) -> int:
    """The same person in hardship in a year; returns the row's number."""
    with desk.open():
        home = Organization.get_or_none() or Organization.get_by_id(branch("甲支部"))
        row = Hardship(
            name="巴图", year=year, kind="family", organization=home, id_number=NUMBER,
            category=code_list("hardship").codes[0],
        )  # fmt: skip
        row.save()
        return int(row.id)


def conflicts(offices: Offices, desk: Desk) -> list[int]:
    desk.send(offices.stick)
    return [int(done["conflicts"]) for done in offices.county.receive(offices.stick)]


def test_row_54_who_is_in_hardship_again_next_year_is_no_pair(offices: Offices) -> None:
    for year in (2025, 2026):
        hardship(offices.one, year)
        assert not any(conflicts(offices, offices.one))


def test_row_54_one_person_helped_by_two_townships_in_one_year_is_a_pair(offices: Offices) -> None:
    hardship(offices.one, 2026)
    assert not any(conflicts(offices, offices.one))
    row = hardship(offices.two, 2024)
    assert not any(conflicts(offices, offices.two))
    with offices.two.open():
        later = Hardship.get_by_id(row)
        later.year = 2026
        later.save()
    assert any(conflicts(offices, offices.two))
    (pair,) = offices.county.do(conflict.listed)
    assert (pair["kind"], pair["register"]) == ("pair", "hardship")


def test_row_54_who_borrows_again_is_no_pair(offices: Offices) -> None:
    for day in ("2025-05-06", "2026-05-06"):
        with offices.one.open():
            Loan(name="巴图", id_number=NUMBER, principal=100, months=12, asked_on=day).save()
        assert not any(conflicts(offices, offices.one))
