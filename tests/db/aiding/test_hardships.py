"""Who is in hardship, year by year; only the county recognises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from db import office as offices
from db.aiding import hardships
from db.errors import Refusal
from db.registers.hardship import Hardship
from db.registers.member import Member, MemberFlag
from tests.conftest import PASSPHRASE
from tests.factories import make


@pytest.fixture
def county(tmp_path: Path) -> Any:
    offices.new_office(
        tmp_path / "c", "150823", "旗委组织部", "county", "管理员", PASSPHRASE, site=9
    )
    yield offices.current()
    offices.close_office()


def hardship(member: Member, **over: Any) -> Hardship:
    one = Hardship(member=member, **{"year": 2026, "category": "01", "cause": "住院", **over})
    one.save()
    return one


def test_a_member_brings_what_the_roll_knows(office):
    member = make(Member, id_number="150425196001010016", phone="13900001234")
    one = hardship(member)
    assert (one.name, one.organization_id) == (member.name, member.organization_id)
    assert (one.id_number, one.phone) == (member.id_number, member.phone)
    with pytest.raises(Refusal, match="已经登记过"):
        hardship(member)
    hardship(member, year=2027)


def test_somebody_outside_the_party_can_be_helped(office):
    make(Hardship, name="其其格", kind="family")
    with pytest.raises(Refusal, match="请选择党员"):
        make(Hardship, kind="member")


def test_a_township_cannot_recognise(office):
    one = hardship(make(Member))
    with pytest.raises(Refusal, match="旗县组织部"):
        hardships.recognise([one])
    one.recognised, one.recognised_on = 1, "2026-02-01"
    with pytest.raises(Refusal, match="旗县组织部"):
        one.save()


def test_the_county_recognises_marks_and_ends(county):
    one = hardship(make(Member))
    assert hardships.recognise([one], "2026-02-01") == 1
    assert hardships.recognise([Hardship.get_by_id(one.id)]) == 0
    mark = MemberFlag.get(MemberFlag.member == one.member_id)
    assert (mark.kind, mark.from_on, mark.until_on) == ("hardship", "2026-02-01", "")
    hardships.end(Hardship.get_by_id(one.id), "2026-10-01", "子女就业")
    assert MemberFlag.get_by_id(mark.id).until_on == "2026-10-01"
    assert Hardship.get_by_id(one.id).recognised


def test_those_still_in_hardship_go_into_the_next_year_to_be_recognised_again(county):
    stays, ended = hardship(make(Member)), hardship(make(Member))
    hardships.recognise([stays, ended], "2026-02-01")
    hardships.end(Hardship.get_by_id(ended.id), "2026-10-01", "好转")
    assert hardships.carry_over(2027) == 1
    (again,) = Hardship.living().where(Hardship.year == 2027)
    assert (again.member_id, again.recognised, again.cause) == (stays.member_id, 0, "住院")
    assert hardships.carry_over(2027) == 0


def test_a_paper_that_was_exchanged_is_noticed(office, tmp_path):
    scan = tmp_path / "诊断证明.jpg"
    scan.write_bytes(b"first")
    noted = hardships.attach(hardship(make(Member)), "diagnosis", scan, "档案盒 3")
    assert hardships.is_unchanged(noted, scan)
    scan.write_bytes(b"other")
    assert not hardships.is_unchanged(noted, scan)
    with pytest.raises(Refusal, match="读不出来"):
        hardships.attach(noted.hardship, "bill", tmp_path / "没有.jpg")
