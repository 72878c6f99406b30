"""The ten training offices: enrolled, with a year of packets, and something under way."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from db import attachments, connection, office
from db.demonstration import PASSPHRASE, offices
from db.demonstration.pictures import homestead
from db.errors import Refusal
from db.exchange import attached, conflict, digest, sending, transferring
from db.registers.member import Member
from db.registers.visit import VisitFile
from db.registers.visit_rule import VisitRule
from tests.factories import make
from tests.offices.papers import visit


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "名册.xlsx").write_text("x")
    with pytest.raises(Refusal, match="空文件夹"):
        offices.build(tmp_path)


@pytest.mark.slow
def test_a_county_and_nine_townships(tmp_path: Path) -> None:
    steps: list[str] = []
    made = offices.build(tmp_path / "all", progress=lambda _at, _of, what: steps.append(what))
    assert len(made["offices"]) == 10
    assert steps[-1] == "完成"
    county, first = tmp_path / "all" / "county", tmp_path / "all" / "150823100"
    office.open_office(county, PASSPHRASE)
    try:
        assert [one.kind for one in conflict.pending()] == ["field"]
        assert [one["state"] for one in transferring.listed()] == ["received", "asked"]
        assert {one.state for one in sending.outbox() if one.number < 13} == {"received"}
        told = digest.digest("150823100")
        assert attached.named("150823100")
        assert attached.missing(attached.named()) == set()
        moved = {m.id for m in Member.select().where(Member.office == "150823101")}
    finally:
        office.close_office()
    office.open_office(first, PASSPHRASE)
    try:
        sent = sending.outbox()
        assert sent[0].totals
        (done, *_) = transferring.listed()
        assert (done["from"], done["state"]) == ("150823100", "received")
        trace = Member.get_by_id(done["member"])
        assert trace.standing == "transferred"
        assert trace.id in moved
        assert told.keys() == digest.digest("150823100").keys()
    finally:
        office.close_office()
    assert connection.database.obj is None


class Quiet:
    """Nothing happens between the offices but that they come."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def test_the_receipts_of_a_month_come_with_the_next(tmp_path: Path) -> None:
    county = offices.Desk(tmp_path / "county", "150823", "旗", 1, "county")
    town = offices.Desk(tmp_path / "town", "150823101", "镇", 2)
    for desk in (county, town):
        desk.found(PASSPHRASE)
    days = [date(2026, 8, 20), date(2026, 9, 20), date(2026, 10, 20)]
    offices._enrol(county, [town], tmp_path, days[0])
    receipts: dict[str, bytes] = {}
    for at, day in enumerate(days):
        with county.open(day):
            make(VisitRule)
        receipts = offices._month(county, [town], day, at, Quiet(), receipts)
    with county.open(days[-1]):
        assert [(one.number, one.state) for one in sending.outbox()] == [
            (3, "written"),
            (2, "received"),
            (1, "received"),
        ]
    with town.open(days[-1]):
        assert {one.state for one in sending.outbox()} == {"received"}


def test_a_photo_of_a_visit_comes_with_the_months_packet(tmp_path: Path) -> None:
    county = offices.Desk(tmp_path / "county", "150823", "旗", 1, "county")
    town = offices.Desk(tmp_path / "town", "150823101", "镇", 2)
    for desk in (county, town):
        desk.found(PASSPHRASE)
    day = date(2026, 8, 20)
    offices._enrol(county, [town], tmp_path, day)
    with town.open(day):
        visit("2026-08-06")
        offices.photograph(1, town.code, 0)
        offices.photograph(1, town.code, 1)
    offices._month(county, [town], day, 0, Quiet(), {})
    with county.open(day):
        (photo,) = VisitFile.select()
        content = attachments.kept().get(photo.digest)
        assert attachments.kind_of(content) == "png"
        assert attached.missing(attached.named()) == set()


def test_the_same_chance_draws_the_same_picture() -> None:
    one, again, other = (homestead(Random(seed)) for seed in (1, 1, 2))
    assert one == again != other
    assert len(one) < 10_000
