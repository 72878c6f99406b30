"""Offices that exchange packets by a stick: what a clerk would notice if it went wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from db.errors import Refusal, Trouble
from db.exchange import conflict, enrolment, keys, packet, sending
from db.exchange.carrier import Folder
from db.identity import identity
from db.registers.member import Member
from db.registers.organization import Organization
from db.registers.visit_rule import VisitRule
from db.undo import undo
from tests.factories import make
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, NAMES, ONE, Desk, branch, change, enrol, outcomes, value

pytestmark = pytest.mark.both_engines


def test_rows_travel_and_both_sides_agree(offices: Offices) -> None:
    county, one, two, stick = offices
    with one.open():
        committee = branch("白音胡舒苏木党委")
        first = branch("哈沙图嘎查党支部", parent=committee)
        make(Member, organization=first, name="王𠮷", id_number="150425196001010016")
    two.do(lambda: branch("巴彦嘎查党支部"))
    (sent,) = one.send(stick)
    assert sent.totals["organization"] == 2
    assert sent.words == "已写入并回读"
    two.send(stick)
    done = county.receive(stick)
    assert outcomes(done) == ["applied", "applied"]
    assert county.digest(ONE) == one.digest(ONE)
    one.receive(stick)
    (state,) = one.do(sending.outbox)
    assert state.words == "对方已接收（凭回执）"
    with county.open():
        assert Member.get().name == "王𠮷"


def test_row_24_asking_twice_gives_the_same_and_later_a_superset(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    (first,), (again,) = one.send(stick), one.send(stick)
    assert first.packet == again.packet
    one.do(lambda: change(row, phone="0478-1"))
    one.send(stick)
    one.do(lambda: change(row, phone="0478-2"))
    one.do(lambda: branch("乙支部"))
    (later,) = one.send(stick)
    assert later.totals == {"organization": 2}
    done = county.receive(stick)
    assert outcomes(done) == ["applied", "applied", "applied"]
    assert [d["conflicts"] for d in done] == [0, 0, 0]
    assert county.digest() == one.digest()
    assert outcomes(county.receive(stick)) == ["same", "same", "same"]
    assert county.digest() == one.digest()


def test_row_29_a_lost_stick_loses_nothing_and_late_packets_change_nothing(
    offices: Offices,
) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    (early,) = one.send(stick)
    shutil.move(stick / early.packet, stick.parent / early.packet)
    one.do(lambda: change(row, phone="2"))
    one.send(stick)
    assert outcomes(county.receive(stick)) == ["applied"]
    assert county.digest() == one.digest()
    (late,) = county.receive(stick.parent / early.packet)
    assert (late["outcome"], late["changed"]) == ("same", 0)
    assert county.digest() == one.digest()


def test_rows_27_28_a_hole_is_named_and_mended_by_the_receipt(offices: Offices) -> None:
    county, one, _two, stick = offices
    before = county.copy()
    row = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    one.do(lambda: change(row, phone="5"))
    county.restore(before)
    (second,) = one.send(stick)
    assert second.number == 2
    (held,) = county.receive(stick / second.packet)
    assert held["outcome"] == "waiting"
    assert "第1号缺失" in str(held["reason"])
    one.receive(stick)
    (third,) = one.send(stick)
    assert outcomes(county.receive(stick / third.packet)) == ["applied"]
    assert county.digest() == one.digest()


def test_row_54_the_same_person_entered_twice_is_shown_as_a_pair(offices: Offices) -> None:
    county, one, two, stick = offices
    number = "150425196001010016"
    for desk in (one, two):
        with desk.open():
            make(Member, organization=branch("甲支部"), name="巴图", id_number=number)
        desk.send(stick)
    done = county.receive(stick)
    assert [d["conflicts"] for d in done] == [0, 1]
    (pair,) = county.do(conflict.listed)
    assert pair["kind"] == "pair"
    with county.open():
        assert Member.select().count() == 2
        conflict.decide(pair["id"], "ours")
        assert Member.living().count() == 1


def test_row_46_rows_of_another_office_are_refused_one_by_one(offices: Offices) -> None:
    county, one, two, stick = offices
    stolen = two.do(lambda: branch("别人的支部"))
    two.send(stick)
    county.receive(stick)
    with one.open():
        branch("自己的支部")
        with pytest.raises(Refusal, match="只能查看"):
            Organization(name="冒名", kind="branch", office=two.code).save()
        share = sending.collect(sending.Task(COUNTY, 0, sending.newest_entry(), True), identity())
        assert {line.office for line in share} == {ONE}
        from db.exchange.share import Line

        forged = Line(
            "organization", stolen, ONE, False, {"name": "改名"}, {"name": ("别人的支部",)}
        )
        us, peer = identity(), keys.known(COUNTY)
        head = packet.look(sending.make(COUNTY)[1]).head
        head = {**head, "rows": {"organization": len(share) + 1}}
        blob = packet.write(
            head, sending.to_body([*share, forged]), keys.own().signing, peer.sealing
        )
        assert us.office_code == ONE
    (stick / "x.zytz").write_bytes(blob)
    (done,) = county.receive(stick / "x.zytz")
    assert (done["outcome"], done["new"], done["refused"]) == ("applied", 1, 1)
    assert county.do(lambda: value(stolen, "name")) == "别人的支部"


def test_row_53_a_row_waits_for_the_row_it_stands_under(offices: Offices) -> None:
    county, one, two, stick = offices
    with two.open():
        above = branch("上级")
    two.send(stick)
    county.receive(stick)
    with one.open():
        from db.connection import database

        database.execute_sql("PRAGMA foreign_keys = 0")
        below = branch("下级")
        database.execute_sql("UPDATE context SET operation = 1")
        database.execute_sql("UPDATE organization SET parent_id = ? WHERE id = ?", (999, below))
        database.execute_sql("UPDATE journal SET operation = (SELECT max(id) FROM operation)")
        database.execute_sql("UPDATE context SET operation = NULL")
        sent, blob = sending.make(COUNTY)
    (stick / sent.packet).write_bytes(blob)
    (done,) = county.receive(stick / sent.packet)
    assert (done["outcome"], done["new"]) == ("applied", 0)
    assert "等候" in str(done["reason"])
    assert [c["kind"] for c in county.do(conflict.listed)] == ["held"]
    assert above


def test_row_57_mass_retirement_needs_a_person(offices: Offices) -> None:
    county, one, _two, stick = offices
    with one.open():
        rows = [branch(f"第{n}支部") for n in range(10)]
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    with one.open():
        for row in rows[:6]:
            Organization.get_by_id(row).retire("撤销")
    (sent,) = one.send(stick)
    (held,) = county.receive(stick / sent.packet)
    assert held["outcome"] == "waiting"
    assert "停用 6 条" in str(held["reason"])
    with county.open():
        assert Organization.living().count() == 10
    (done,) = county.receive(stick / sent.packet, approve=True)
    assert (done["outcome"], done["changed"]) == ("applied", 6)
    assert county.digest() == one.digest()


def test_a_dry_run_changes_nothing_and_writes_nothing(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    before = county.digest(), sorted(p.name for p in stick.iterdir())
    (shown,) = county.receive(stick, dry_run=True)
    assert (shown["outcome"], shown["new"]) == ("applied", 1)
    assert (county.digest(), sorted(p.name for p in stick.iterdir())) == before


def test_schemes_go_down_and_people_do_not(offices: Offices) -> None:
    county, one, _two, stick = offices
    from db.registers.account import Account

    with county.open():
        make(VisitRule)
        make(Member, organization=branch("旗委办支部"), name="旗里人")
        make(Account)
    county.send(stick, ONE)
    (done,) = one.receive(stick)
    assert (done["outcome"], done["new"]) == ("applied", 1)
    with one.open():
        assert VisitRule.select().count() == 1
        assert Member.select().count() == 0
        assert Account.select().count() == 0


def test_row_25_a_copy_under_another_name_is_the_same_packet(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    (sent,) = one.send(stick)
    for name in ("副本 - 包.zytz", "packet(1).ZYTZ"):
        shutil.copy(stick / sent.packet, stick / name)
    assert sorted(outcomes(county.receive(stick))) == ["applied", "same", "same"]


def test_row_21_the_wrong_office_and_an_unknown_one_are_named(
    offices: Offices, tmp_path: Path
) -> None:
    _county, one, two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    (done,) = two.receive(stick)
    assert done["outcome"] == "refused"
    assert "别的单位" in str(done["reason"])
    stranger = Desk(tmp_path / "stranger", COUNTY, 5, "county")
    (done,) = stranger.receive(stick)
    assert "没有互认" in str(done["reason"]) or "还没有互认" in str(done["reason"])


def test_row_45_new_keys_replace_the_old_ones(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    (old,) = one.send(stick)
    fresh = Desk(tmp_path / "fresh", ONE, 77)
    enrol(county, fresh, tmp_path)
    (done,) = county.receive(stick / old.packet)
    assert done["outcome"] == "refused"
    assert "签名不符" in str(done["reason"])
    fresh.do(lambda: branch("新电脑上的支部"))
    (sent,) = fresh.send(stick)
    assert outcomes(county.receive(stick / sent.packet)) == ["applied"]


def test_enrolment_refuses_what_is_not_meant(offices: Offices, tmp_path: Path) -> None:
    county, one, two, _stick = offices
    letter, answer = tmp_path / "i.json", tmp_path / "a.json"
    mine = county.do(lambda: enrolment.invite(ONE, NAMES[ONE], letter))
    with pytest.raises(Refusal, match="不是给本单位"):
        two.do(lambda: enrolment.join(letter, answer))
    theirs, ours = one.do(lambda: enrolment.join(letter, answer))
    assert theirs == mine
    assert len(ours.replace(" ", "")) == 30
    said = json.loads(answer.read_text("utf-8"))
    (tmp_path / "b.json").write_text(json.dumps({**said, "site": 3}), "utf-8")
    with pytest.raises(Refusal, match="不是一份完好的回答"):
        county.do(lambda: enrolment.admit(tmp_path / "b.json"))
    assert county.do(lambda: enrolment.admit(answer)) == (ONE, ours)
    with pytest.raises(Refusal, match="作废或已用过"):
        county.do(lambda: enrolment.admit(answer))


def test_a_received_packet_is_not_undone(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    with county.open():
        from db import journal

        with pytest.raises(Refusal, match="不能撤销"):
            undo(journal.operations(1)[0].id)


def test_private_keys_lie_nowhere_in_the_clear(offices: Offices) -> None:
    _county, one, _two, stick = offices
    one.do(lambda: branch("哈沙图嘎查党支部"))
    one.send(stick)
    own = one.do(keys.own)
    secrets = (own.signing, own.sealing, own.signing.hex().encode(), "哈沙图".encode())
    for file in (*one.folder.rglob("*"), *stick.iterdir()):
        if file.is_file():
            content = file.read_bytes()
            assert not any(secret in content for secret in secrets), file.name


def test_a_missing_stick_leaves_the_packet_made(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    with pytest.raises(Trouble, match="找不到"):
        one.send(stick / "gone")
    (state,) = one.do(sending.outbox)
    assert state.words == "已生成"
    (sent,) = one.send(stick)
    assert sent.packet == state.packet
    assert Folder(stick).names() == [sent.packet]
    county.receive(stick)
