"""A pile of sticks in one sitting, what the page tells of it; a hole that heals without force (rows 27, 28)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db import access
from db.access import Person, Role
from db.exchange import (
    carrier,
    overview,
    quarantine,
    receiving,
    sending,
    sides,
    sitting,
    sticks,
    volumes,
)
from db.exchange.carrier import Folder
from tests.factories import make
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, NAMES, ONE, Desk, branch, change, enrol, value


def nothing(*_: object) -> None:
    return None


def test_a_locked_stick_in_the_pile_does_not_keep_the_other_from_its_answer(
    offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, two, _ = offices
    places = tmp_path / "A", tmp_path / "B"
    for desk, place in zip((one, two), places, strict=True):
        place.mkdir()
        monkeypatch.setenv(volumes.VARIABLE, str(place))

        def work(desk: Desk = desk) -> None:
            branch(f"{desk.code}支部")
            (stick,) = sticks.plugged()
            sending.send(sticks.carry(stick, "上报")[1])

        desk.do(work)
    monkeypatch.setenv(volumes.VARIABLE, os.pathsep.join(map(str, places)))
    real = volumes._writable
    monkeypatch.setattr(volumes, "_writable", lambda p: p != places[0] and real(p))

    def sit() -> list[sitting.Pile]:
        piles = sitting.piles(sticks.plugged())
        sitting.take_in(piles, before=nothing, answer=True, watch=nothing)
        return piles

    piles = {pile.stick.volume.place: pile for pile in county.do(sit)}
    assert [r.outcome for p in piles.values() for r in p.received] == ["applied", "applied"]
    assert "写保护" in piles[places[0]].trouble
    assert piles[places[1]].trouble == ""
    assert [s.office for s in piles[places[1]].sent] == [two.code]


def test_an_answer_that_tells_nothing_is_the_receipt_alone(
    offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, _ = offices
    place = tmp_path / "A"
    place.mkdir()
    monkeypatch.setenv(volumes.VARIABLE, str(place))

    def carry() -> None:
        (stick,) = sticks.plugged()
        sending.send(sticks.carry(stick, "上报")[1])

    def answered() -> list[int]:
        def sit() -> list[sitting.Pile]:
            piles = sitting.piles(sticks.plugged())
            sitting.take_in(piles, before=nothing, answer=True, watch=nothing)
            return piles

        one.do(carry)
        (pile,) = county.do(sit)
        assert pile.trouble == ""
        one.do(
            lambda: receiving.receive(
                [p for q in sitting.piles(sticks.plugged()) for p in q.places]
            )
        )
        return [sent.number for sent in pile.sent]

    row = one.do(lambda: branch("甲支部"))
    assert answered() == [1], "the offices of the county are news the first time"
    for phone in "123":
        one.do(lambda phone=phone: change(row, phone=phone))
        assert answered() == []
    assert county.digest(ONE) == one.digest(ONE)
    assert one.do(lambda: sending.outbox(COUNTY)[0].state) == "received"
    county.do(lambda: change(row, contact="旗里改的"))
    one.do(lambda: change(row, phone="4"))
    assert answered() == [2], "a correction is told"
    one.do(lambda: change(row, phone="5"))
    assert answered() == []
    enrol(county, Desk(tmp_path / "three", "150823103", 13), tmp_path)
    one.do(lambda: change(row, phone="6"))
    assert answered() == [3], "there is another office"


def test_a_stick_pulled_before_it_is_read_says_so(offices: Offices, tmp_path: Path) -> None:
    gone = tmp_path / "gone"

    def look() -> list[sitting.Pile]:
        return sitting.piles([sticks.Stick(volumes.Volume(gone))])

    (pile,) = offices.county.do(look)
    assert "读不出来" in pile.trouble
    assert pile.packets == 0


def test_row_28_a_hole_needs_no_force_it_heals_with_the_next_packet(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    one.do(lambda: change(row, short_name="第二次"))
    one.send(stick)
    before = county.copy()
    county.receive(stick)
    one.receive(stick)
    one.do(lambda: change(row, short_name="第三次"))
    (third,) = one.send(stick)
    # The county has lost the second packet: its PC was set back by hand, without our knowing.
    county.put_back(before)
    for name in [p.name for p in stick.iterdir() if p.name != third.packet]:
        (stick / name).unlink()
    (done,) = county.receive(stick)
    assert done["outcome"] == "waiting"
    assert "第2号缺失" in done["reason"]
    (kept,) = county.do(quarantine.listed)
    assert "缺失" in kept.reason
    one.receive(stick)
    one.send(stick)
    assert "applied" in [d["outcome"] for d in county.receive(stick)]
    assert county.do(lambda: value(row, "short_name")) == "第三次"
    one.receive(stick)
    assert county.digest(ONE) == one.digest(ONE)


def test_the_overview_tells_the_truth_at_every_step(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))

    def seen() -> tuple[overview.Station, overview.Unsent]:
        def work() -> tuple[overview.Station, overview.Unsent]:
            (station,) = overview.stations()
            return station, overview.unsent(COUNTY)

        return one.do(work)

    station, unsent = seen()
    assert station.sent is None
    assert (unsent.since_receipt, unsent.unpacked) == ({"organization": 1},) * 2
    one.send(stick)
    station, unsent = seen()
    assert station.sent.state == "written"
    assert (unsent.since_receipt, unsent.unpacked) == ({"organization": 1}, {})
    one.do(lambda: change(row, short_name="甲"))
    station, unsent = seen()
    assert station.news
    assert (unsent.since_receipt, unsent.unpacked) == ({"organization": 1}, {"organization": 1})
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    station, unsent = seen()
    assert station.receipt.number == 2
    assert (unsent.since_receipt, unsent.unpacked, station.news) == ({}, {}, False)
    before = one.copy()
    one.do(lambda: change(row, short_name="乙"))
    one.restore(before)
    station, unsent = seen()
    assert "从备份恢复" in station.told
    assert unsent.full
    assert unsent.since_receipt == {"organization": 1}


def test_a_clone_is_told_in_words(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    clone = Desk(tmp_path / "clone", ONE, 55)
    clone.file.write_bytes(one.copy())
    clone.key = one.key
    one.do(lambda: change(row, short_name="一"))
    one.send(stick)
    county.receive(stick)
    clone.do(lambda: change(row, address="二"))
    clone.send(stick)
    county.receive(stick)
    clone.receive(stick)
    (station,) = clone.do(overview.stations)
    assert "两台电脑" in station.told
    assert NAMES[COUNTY] in station.told
    clone.send(stick)
    county.receive(stick)
    clone.receive(stick)
    assert clone.do(overview.stations)[0].told == ""


def test_who_may_not_see_private_fields_sees_them_masked_here_too(offices: Offices) -> None:
    from db.registers.member import Member

    county, one, two, stick = offices

    def person() -> None:
        make(Member, name="张三", id_number="152824196001010013", organization=branch("某支部"))

    one.do(person)
    two.do(person)
    one.send(stick)
    two.send(stick)
    county.receive(stick)

    def shown(role: Role) -> str:
        with access.acting_as(Person(9, "某人", role)):
            (pair,) = sides.waiting()
            return {words: left for words, left, _ in pair.fields}["公民身份号码"]

    assert county.do(lambda: shown(Role.CLERK)) == "152824196001010013"
    assert "1960" not in county.do(lambda: shown(Role.READER))


def test_a_row_that_waits_names_what_it_waits_for(offices: Offices) -> None:
    county, one, _two, stick = offices
    top = one.do(lambda: branch("上级"))
    one.send(stick)
    one.do(lambda: branch("下级", parent=top))
    from db.connection import database

    county.receive(stick)

    def hold() -> None:
        database.execute_sql(
            'INSERT INTO exchange_held (office, stem, "row", line, at) VALUES (?, ?, ?, ?, ?)',
            (
                ONE, "organization", 1 << 41,
                '{"office": "150823101", "whole": true, "fields":'
                ' {"name": ["下级", []], "parent_id": [99, []]}}',
                "2026-06-01T08:00:00",
            ),
        )  # fmt: skip

    county.do(hold)
    (held,) = county.do(sides.waiting)
    assert (held.kind, held.title, held.number) == ("held", "下级", None)
    assert held.label
    assert Folder(stick).names()
    assert carrier.OWN == "ZHENGYOU"
