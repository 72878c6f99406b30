"""An office that went back to an older state is told what it forgot, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.connection import database
from db.exchange import conflict
from db.identity import counter, identity
from db.registers.visit_rule import VisitRule
from tests.factories import make
from tests.offices.conftest import Offices, round_trip
from tests.offices.desks import COUNTY, ONE, Desk, branch, change, outcomes, value

pytestmark = pytest.mark.both_engines


def test_row_31_a_restored_township_gets_back_what_it_lost(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    old = one.copy()
    one.do(lambda: change(row, phone="2"))
    lost = one.do(lambda: branch("乙支部"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    one.restore(old)
    one.do(lambda: branch("丙支部"))
    one.send(stick)
    assert "applied" in outcomes(county.receive(stick))
    county.send(stick, ONE)
    one.receive(stick)
    assert one.do(lambda: value(row, "phone")) == "2"
    assert one.do(lambda: value(lost, "name")) == "乙支部"
    one.send(stick)
    county.receive(stick)
    assert county.digest() == one.digest()


def test_row_32_a_restored_county_is_told_again_even_its_own_corrections(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    old = county.copy()
    county.do(lambda: change(row, contact="巴图"))
    county.send(stick, ONE)
    one.receive(stick)
    one.do(lambda: change(row, phone="2"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    county.restore(old)
    for _ in range(3):
        one.send(stick)
        county.receive(stick)
        county.send(stick, ONE)
        one.receive(stick)
    assert county.do(lambda: value(row, "contact")) == "巴图"
    assert county.digest() == one.digest()


def test_row_32_a_lost_correction_in_a_share_made_before_that_was_known(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    (first,) = one.send(stick)
    county.receive(stick / first.packet)
    old = county.copy()
    county.do(lambda: change(row, contact="巴图"))
    (told,) = county.send(stick, ONE)
    one.receive(stick / told.packet)
    county.restore(old)
    # No receipt of the restored county has come: to the township it still has its own correction.
    (second,) = one.send(stick)
    (done,) = county.receive(stick / second.packet)
    assert (done["outcome"], done["conflicts"]) == ("applied", 1)
    round_trip(offices)
    round_trip(offices)
    assert one.do(lambda: value(row, "contact")) == "巴图"
    assert county.do(lambda: value(row, "contact")) == "巴图"
    assert county.do(conflict.listed) == []


def test_row_32_a_lost_correction_in_a_row_that_was_given_back(offices: Offices) -> None:
    county, one, _two, _stick = offices
    empty = one.copy()
    row = one.do(lambda: branch("甲支部"))
    round_trip(offices)
    old = county.copy()
    county.do(lambda: change(row, contact="巴图"))
    one.restore(empty)
    round_trip(offices)
    assert one.do(lambda: value(row, "contact")) == "巴图"
    county.restore(old)
    for _ in range(3):
        round_trip(offices)
    assert one.do(lambda: value(row, "contact")) == "巴图"
    (open_one,) = county.do(conflict.listed)
    assert (open_one["ours"], open_one["theirs"]) == ("", "巴图")
    county.do(lambda: conflict.decide(open_one["id"], "theirs"))
    round_trip(offices)
    assert county.digest(ONE) == one.digest(ONE)


def test_a_lost_rule_comes_back_though_its_number_was_used_again(offices: Offices) -> None:
    """The county's old file is copied over by hand, at the same place: nothing of it says so."""
    county, one, _two, _stick = offices
    other = county.do(lambda: branch("旗委办支部"))
    old = county.copy()
    before = county.do(lambda: (identity().incarnation, counter()))
    with county.open():
        rule = make(VisitRule).id
    round_trip(offices)
    round_trip(offices)
    county.restore(old)
    with county.open(), database.atomic():
        database.execute_sql("UPDATE identity SET incarnation = ?, counter = ?", before)
    for number in range(5):
        county.do(lambda number=number: change(other, phone=str(number)))
    with county.open():
        sql = "SELECT count(*) FROM operation WHERE id = ?"
        assert database.execute_sql(sql, (rule,)).fetchone()[0] == 1
    for _ in range(5):
        round_trip(offices)
    with county.open():
        assert [each.id for each in VisitRule.select()] == [rule]
    assert county.digest(COUNTY)["visit_rule"] == one.digest(COUNTY)["visit_rule"]


def test_row_33_two_pcs_with_one_database_are_noticed(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    copy = one.copy()
    clone = Desk(tmp_path / "clone", ONE, 11)
    clone.key = one.key
    clone.file.write_bytes(copy)
    one.do(lambda: branch("乙支部"))
    clone.do(lambda: branch("丙支部"))
    one.send(stick)
    assert outcomes(county.receive(stick)) == ["applied"]
    (forged,) = clone.send(stick)
    (fork,) = county.receive(stick / forged.packet)
    assert fork["outcome"] == "fork"
    assert "两台电脑" in str(fork["reason"])
    site = clone.do(lambda: identity().site)
    clone.receive(stick)
    assert clone.do(lambda: identity().site) != site
    (whole,) = clone.send(stick)
    (done,) = county.receive(stick / whole.packet)
    assert done["outcome"] == "applied"
