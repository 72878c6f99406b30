"""Lost PC, new PC, second PC, revoked key: each its own way; row 45 of the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import access
from db.access import Person, Role
from db.errors import Refusal
from db.exchange import enrolment, keys, quarantine, sending
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, NAMES, ONE, Desk, branch, change, enrol, value


def test_row_45_a_revoked_key_is_refused_and_its_packets_are_kept(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, two, stick = offices
    one.do(lambda: branch("甲支部"))
    two.do(lambda: branch("乙支部"))
    one.send(stick)
    two.send(stick)
    with pytest.raises(Refusal, match="原因"):
        county.do(lambda: enrolment.revoke(ONE, ""))
    assert county.do(lambda: enrolment.revoke(ONE, "电脑被盗")) == NAMES[ONE]
    done = {d["office"]: d for d in county.receive(stick)}
    assert done[ONE]["outcome"] == "refused"
    assert "电脑被盗" in done[ONE]["reason"]
    assert done["150823102"]["outcome"] == "applied"
    (kept,) = county.do(quarantine.listed)
    assert kept.office == ONE
    with pytest.raises(Refusal, match="已作废"):
        county.send(stick, ONE)
    # The same PC was found again, or its backup is on a new one: invited anew it makes new keys.
    before = one.do(enrolment.own_fingerprint)
    enrol(county, one, tmp_path)
    assert one.do(enrolment.own_fingerprint) != before
    again = county.receive(stick)
    assert [d["outcome"] for d in again if d["office"] == ONE] == ["refused"], "still the old key"
    one.send(stick)
    assert "applied" in [d["outcome"] for d in county.receive(stick) if d["office"] == ONE]
    one.receive(stick)
    assert county.digest(ONE) == one.digest(ONE)
    assert one.do(sending.outbox)[0].words == "对方已接收（凭回执）"


def test_an_answer_with_a_revoked_key_is_not_admitted(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, _ = offices
    letter, answer = tmp_path / "invitation", tmp_path / "answer"
    county.do(lambda: enrolment.invite(ONE, NAMES[ONE], letter))
    one.do(lambda: enrolment.join(letter, answer))
    county.do(lambda: enrolment.revoke(ONE, "电脑被盗"))
    with pytest.raises(Refusal):
        county.do(lambda: enrolment.admit(answer))
    assert county.do(lambda: keys.find(ONE)).state == "revoked"


def test_a_lost_pc_without_any_backup_gets_everything_back_from_the_county(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    one.do(lambda: branch("乙支部", parent=row))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    county.do(lambda: enrolment.revoke(ONE, "电脑被盗"))
    new = Desk(tmp_path / "new", ONE, 77)
    enrol(county, new, tmp_path)
    new.do(lambda: branch("新建支部"))
    new.send(stick)
    outcomes = [d["outcome"] for d in county.receive(stick)]
    assert "applied" in outcomes
    county.send(stick, ONE)
    new.receive(stick)
    assert new.do(lambda: value(row, "name")) == "甲支部"
    assert new.digest(ONE) == county.digest(ONE)
    new.do(lambda: change(row, short_name="甲"))
    new.send(stick)
    county.receive(stick)
    new.receive(stick)
    assert new.digest(ONE) == county.digest(ONE)
    assert county.do(lambda: value(row, "short_name")) == "甲"


def test_the_county_itself_takes_new_keys_and_enrols_everybody_again(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.do(enrolment.renew_keys)
    (refused,) = county.receive(stick)
    assert "不是加密给本单位现用密钥" in refused["reason"]
    enrol(county, one, tmp_path)
    one.send(stick)
    assert "applied" in [d["outcome"] for d in county.receive(stick)]
    one.receive(stick)
    assert county.digest(ONE) == one.digest(ONE)


def test_only_the_administrator_revokes(offices: Offices) -> None:
    def as_clerk() -> None:
        with access.acting_as(Person(5, "李录入", Role.CLERK)):
            enrolment.revoke(ONE, "电脑被盗")

    with pytest.raises(Refusal, match="权限"):
        offices.county.do(as_clerk)
    with pytest.raises(Refusal, match="没有与代码"):
        offices.county.do(lambda: enrolment.revoke(COUNTY, "电脑被盗"))


@pytest.mark.parametrize(
    ("heard", "same"),
    [
        ("12345 67890", True),
        ("１２３４５　６７８９０", True),
        ("12345-67890。", True),
        ("12345 67891", False),
        ("", False),
        ("1234567890 1", False),
        ("²12345 67890", True),
    ],
)
def test_a_number_heard_on_the_telephone_is_compared_however_it_was_typed(
    heard: str, same: bool
) -> None:
    assert enrolment.agrees("12345 67890", heard) is same


def test_who_compared_a_number_and_when_is_kept_until_the_keys_change(
    offices: Offices, tmp_path: Path
) -> None:
    county, one, _two, _stick = offices
    heard = one.do(enrolment.own_fingerprint)

    def compared() -> tuple[str, str] | None:
        return county.do(lambda: keys.compared(keys.known(ONE)))

    assert compared() is None
    with pytest.raises(Refusal, match="不一致"):
        county.do(lambda: enrolment.compare(ONE, "12345"))
    assert compared() is None
    county.do(lambda: enrolment.compare(ONE, heard.replace(" ", "")))
    at, person = compared() or ("", "")
    assert (len(at), person) == (19, "王管理")
    county.do(lambda: enrolment.revoke(ONE, "电脑被盗"))
    enrol(county, one, tmp_path)
    assert compared() is None, "other keys are to be compared anew"
