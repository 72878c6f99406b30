"""The county's figures of aid, from single rows (docs/systems.md 10-14)."""

from __future__ import annotations

from db import statistics
from db.aiding import batches, ledger, paying
from db.registers.aid import Aid
from db.registers.fund import Fund
from db.rules.amount import capitals

REPORTED = {
    "aid.hardship.people": 373,
    "aid.hardship.amount": 24_700_000,
    "aid.medical.people": 1_257,
    "aid.medical.amount": 1_257 * 20_00,
    "aid.before_1949.people": 23,
    "aid.before_1949.amount": 23 * 1_000_00,
    "aid.performance.people": 80,
    "aid.performance.amount": 80 * 4_000_00,
    "aid.loan_pool.amount": 100_000_000,
}


def test_the_county_shows_the_reported_figures_of_aid(county):
    found = statistics.stats()
    assert {key: found.get(key) for key in REPORTED} == REPORTED


def test_every_list_of_the_county_agrees_with_its_ledger_and_its_capitals(county):
    frozen = [aid for aid in Aid.living() if aid.frozen]
    assert frozen
    for aid in frozen:
        total = sum(row.snapshot["amount"] for row in batches.payments(aid))
        assert total == aid.entry.amount == paying.booked(aid) == aid.heading["total"]
        assert aid.heading["capitals"] == capitals(total, prefix="人民币")
    for fund in Fund.living():
        assert all(booked.balance >= 0 for booked in ledger.day_book(fund)[1])


def test_tables_of_aid_add_up(county):
    tables = {f.id: f for section in statistics.figures().values() for f in section}
    assert tables["aid_kinds"].rows[-1].cells[0].value == 373 + 1_257 + 23 + 80
    assert tables["aid_committees"].rows[-1].cells[1].value == 615_140
    assert tables["aid_causes"].rows[-1].cells[0].value == 373
