"""Both sides wrote the same field: the county decides, and the decision reaches everybody."""

from __future__ import annotations

import pytest

from db.errors import Refusal
from db.exchange import conflict
from tests.offices.conftest import Offices, round_trip
from tests.offices.desks import COUNTY, ONE, branch, change, value

pytestmark = pytest.mark.both_engines


def test_row_51_both_edited_one_field_and_the_county_decides(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    one.do(lambda: change(row, phone="2", address="东街"))
    county.do(lambda: change(row, phone="3", contact="巴图"))
    (sent,) = one.send(stick)
    (done,) = county.receive(stick / sent.packet)
    assert (done["changed"], done["conflicts"]) == (1, 1)
    (open_one,) = county.do(conflict.listed)
    assert (open_one["was"], open_one["ours"], open_one["theirs"]) == ("1", "3", "2")
    county.do(lambda: conflict.decide(open_one["id"], "ours"))
    with pytest.raises(Refusal, match="已经定过"):
        county.do(lambda: conflict.decide(open_one["id"], "ours"))
    county.send(stick, ONE)
    (back,) = [d for d in one.receive(stick) if d["office"] == COUNTY]
    assert (back["outcome"], back["conflicts"]) == ("applied", 0)
    assert one.do(lambda: value(row, "phone")) == "3"
    assert one.do(lambda: value(row, "contact")) == "巴图"
    assert county.digest() == one.digest()
    # Nothing bounces between them afterwards.
    one.send(stick)
    county.receive(stick)
    assert county.do(conflict.listed) == []
    assert county.digest() == one.digest()


@pytest.mark.parametrize("take", ["theirs", "phone=0478-9"])
def test_a_decision_reaches_the_township(offices: Offices, take: str) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    one.send(stick)
    county.receive(stick)
    one.do(lambda: change(row, phone="2"))
    county.do(lambda: change(row, phone="3"))
    county.send(stick, ONE)
    one.send(stick)
    one.receive(stick)
    county.receive(stick)
    assert one.do(lambda: value(row, "phone")) == "2"
    (open_one,) = county.do(conflict.listed)
    county.do(lambda: conflict.decide(open_one["id"], take))
    county.send(stick, ONE)
    one.receive(stick)
    one.send(stick)
    county.receive(stick)
    assert county.digest() == one.digest()
    assert one.do(lambda: value(row, "phone")) == ("2" if take == "theirs" else "0478-9")


def test_what_the_county_says_after_taking_theirs_is_no_conflict(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    for _turn in range(2):
        round_trip(offices)
    one.do(lambda: change(row, phone="2"))
    county.do(lambda: change(row, phone="3"))
    one.send(stick)
    county.receive(stick)
    (open_one,) = county.do(conflict.listed)
    county.do(lambda: conflict.decide(open_one["id"], "theirs"))
    county.do(lambda: change(row, phone="4"))
    (sent,) = county.send(stick, ONE)
    (done,) = one.receive(stick / sent.packet)
    assert (done["outcome"], done["conflicts"]) == ("applied", 0)
    assert one.do(lambda: value(row, "phone")) == "4"


def test_row_51_decisions_that_cross_on_the_way(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    for _turn in range(2):
        round_trip(offices)
    county.do(lambda: change(row, phone="3"))
    (first_down,) = county.send(stick, ONE)
    one.do(lambda: change(row, phone="2"))
    (first_up,) = one.send(stick)
    one.do(lambda: change(row, phone="4"))
    (second_up,) = one.send(stick)
    one.receive(stick / first_down.packet)
    (asked,) = one.do(conflict.listed)
    one.do(lambda: conflict.decide(asked["id"], "theirs"))
    county.receive(stick / first_up.packet)
    (asked,) = county.do(conflict.listed)
    county.do(lambda: conflict.decide(asked["id"], "theirs"))
    (second_down,) = county.send(stick, ONE)
    one.receive(stick / second_down.packet)
    county.receive(stick / second_up.packet)
    # Each decided for the other's value; the township keeps its decision until the county heard of it.
    assert one.do(lambda: value(row, "phone")) == "3"
    assert county.do(lambda: value(row, "phone")) == "4"
    assert [(each["ours"], each["theirs"]) for each in one.do(conflict.listed)] == [("3", "2")]
    for _turn in range(2):
        round_trip(offices)
    assert county.do(conflict.listed) == []
    assert county.digest() == one.digest()
    assert county.do(lambda: value(row, "phone")) == "3"


def test_what_the_county_took_and_corrected_is_not_asked_about_when_it_comes_again(
    offices: Offices,
) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    for _turn in range(2):
        round_trip(offices)
    one.do(lambda: change(row, phone="2"))
    (first_up,) = one.send(stick)
    one.do(lambda: branch("乙支部"))
    (second_up,) = one.send(stick)
    county.receive(stick / first_up.packet)
    county.do(lambda: change(row, phone="3"))
    (down,) = county.send(stick, ONE)
    county.do(lambda: change(row, phone="4"))
    county.receive(stick / second_up.packet)
    assert county.do(conflict.listed) == []
    one.receive(stick / down.packet)
    assert one.do(lambda: value(row, "phone")) == "3"
    for _turn in range(2):
        county.send(stick, ONE)
        one.receive(stick)
        one.send(stick)
        county.receive(stick)
    assert one.do(lambda: value(row, "phone")) == "4"
    assert [*county.do(conflict.listed), *one.do(conflict.listed)] == []
    assert county.digest() == one.digest()


def test_what_a_township_took_from_the_county_while_the_county_was_asked_is_written_over(
    offices: Offices,
) -> None:
    """Asked again about what it had decided, it tells nothing of the field, and receipts go on."""
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    for _turn in range(2):
        round_trip(offices)
    one.do(lambda: change(row, phone="2"))
    county.do(lambda: change(row, phone="3"))
    (first_up,) = one.send(stick)
    one.do(lambda: branch("乙支部"))
    (second_up,) = one.send(stick)
    county.receive(stick / first_up.packet)
    (asked,) = county.do(conflict.listed)
    county.do(lambda: conflict.decide(asked["id"], "ours"))
    (down,) = county.send(stick, ONE)
    county.do(lambda: change(row, phone="4"))
    county.receive(stick / second_up.packet)
    one.receive(stick / down.packet)
    for _turn in range(2):
        county.send(stick, ONE)
        one.receive(stick)
        one.send(stick)
        county.receive(stick)
    for asked in county.do(conflict.listed):
        county.do(lambda number=asked["id"]: conflict.decide(number, "ours"))
    county.send(stick, ONE)
    one.receive(stick)
    assert one.do(lambda: value(row, "phone")) == county.do(lambda: value(row, "phone")) == "4"
    assert one.do(conflict.listed) == []


@pytest.mark.parametrize(("take", "stands"), [("ours", "巴图"), ("theirs", "乌兰")])
def test_a_decision_reaches_a_township_that_went_back_meanwhile(
    offices: Offices, take: str, stands: str
) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    old = one.copy()
    one.do(lambda: change(row, contact="巴图"))
    round_trip(offices)
    one.restore(old)
    one.do(lambda: change(row, contact="乌兰"))
    (sent,) = one.send(stick)
    county.receive(stick / sent.packet)
    (open_one,) = county.do(conflict.listed)
    assert (open_one["ours"], open_one["theirs"]) == ("巴图", "乌兰")
    one.restore(old)
    (sent,) = one.send(stick)
    county.receive(stick / sent.packet)
    county.do(lambda: conflict.decide(open_one["id"], take))
    for _ in range(2):
        round_trip(offices)
    assert one.do(conflict.listed) == county.do(conflict.listed) == []
    assert one.do(lambda: value(row, "contact")) == stands
    assert county.digest(ONE) == one.digest(ONE)


def test_a_decision_overwrites_nothing_that_was_written_after_it_was_asked_for(
    offices: Offices,
) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    old = one.copy()
    one.do(lambda: change(row, contact="巴图"))
    round_trip(offices)
    one.restore(old)
    (sent,) = one.send(stick)
    county.receive(stick / sent.packet)
    one.do(lambda: change(row, contact="乌兰"))
    (sent,) = one.send(stick)
    county.receive(stick / sent.packet)
    (open_one,) = county.do(conflict.listed)
    county.do(lambda: conflict.decide(open_one["id"], "ours"))
    one.do(lambda: change(row, contact=""))
    (sent,) = county.send(stick, ONE)
    one.receive(stick / sent.packet)
    (asked,) = one.do(conflict.listed)
    assert (asked["ours"], asked["theirs"]) == ("", "巴图")
