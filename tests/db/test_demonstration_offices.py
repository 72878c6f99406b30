"""The ten training offices: enrolled, with a year of packets, and something under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import connection, office
from db.demonstration import PASSPHRASE, offices
from db.errors import Refusal
from db.exchange import conflict, digest, sending, transferring
from db.registers.member import Member


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
