"""What was not taken in is kept with its reason, and one bad packet never stops the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.errors import Refusal
from db.exchange import quarantine, receipts, receiving, sending, slips
from db.exchange.carrier import Folder
from db.registers.organization import Organization
from tests.offices.conftest import Offices
from tests.offices.desks import ONE, TWO, branch, change, value


def listed(desk, state="open"):
    return desk.do(lambda: quarantine.listed(state))


def retry(desk, number, **options):
    def work():
        kept = quarantine.find(number)
        return receiving.receive([(quarantine.Shelf(kept), kept.packet)], **options)[0]

    return desk.do(work)


def test_a_bad_packet_is_kept_and_the_others_go_in(offices: Offices) -> None:
    county, one, two, stick = offices
    one.do(lambda: branch("甲支部"))
    two.do(lambda: branch("乙支部"))
    (sent,) = one.send(stick)
    two.send(stick)
    whole = (stick / sent.packet).read_bytes()
    bad = whole[:-70] + bytes([whole[-70] ^ 1]) + whole[-69:]
    (stick / sent.packet).write_bytes(bad)
    before = county.digest(ONE)
    done = {one["office"]: one["outcome"] for one in county.receive(stick)}
    assert done == {ONE: "refused", TWO: "applied"}
    assert county.digest(ONE) == before
    (kept,) = listed(county)
    assert (kept.office, kept.number, kept.outcome) == (ONE, 1, "refused")
    assert "签名不符" in kept.reason
    assert retry(county, kept.id).outcome == "refused", "it is no better for being tried again"
    assert len(listed(county)) == 1
    with pytest.raises(Refusal, match="原因"):
        county.do(lambda: quarantine.discard(kept.id, " "))
    county.do(lambda: quarantine.discard(kept.id, "U盘坏块，对方已重报"))
    assert listed(county) == []
    (gone,) = listed(county, "discarded")
    assert (gone.note, gone.person, gone.size) == ("U盘坏块，对方已重报", "王管理", 0)


def test_a_packet_that_waited_for_approval_is_taken_from_the_copy_without_the_stick(
    offices: Offices,
) -> None:
    county, one, _two, stick = offices
    rows = one.do(lambda: [branch(f"第{n}支部") for n in range(10)])
    one.send(stick)
    county.receive(stick)
    one.receive(stick)

    def retire() -> None:
        for row in rows[:6]:
            Organization.get_by_id(row).retire("撤并")

    one.do(retire)
    (sent,) = one.send(stick)
    waiting = [d for d in county.receive(stick) if d["outcome"] == "waiting"]
    assert len(waiting) == 1
    (stick / sent.packet).unlink()
    (stick / sent.packet.replace(".zytz", ".zytr")).unlink()
    (kept,) = listed(county)
    assert kept.outcome == "waiting"
    again = retry(county, kept.id)
    assert again.mass == {"organization": (6, 10)}
    done = retry(county, kept.id, approve={kept.hash})
    assert (done.outcome, done.counts["changed"]) == ("applied", 6)
    assert "U盘" in done.receipt, "the receipt waits for a stick"
    assert listed(county) == []
    assert [k.id for k in listed(county, "taken")] == [kept.id]
    county.send(stick)
    one.receive(stick)
    assert one.do(sending.outbox)[0].words == "对方已接收（凭回执）"


def test_a_locked_stick_keeps_the_receipt_for_the_next_one(
    offices: Offices, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)

    class Locked(Folder):
        def _make_room(self, size: int) -> None:
            raise OSError(30, "Read-only file system")

    def take() -> list[receiving.Received]:
        return receiving.receive(receiving.in_folder(Locked(stick)))

    (done,) = county.do(take)
    assert done.outcome == "applied"
    assert "没有写到" in done.receipt
    other = tmp_path / "other"
    other.mkdir()
    county.send(other, ONE)
    assert sorted(p.suffix for p in other.iterdir()) == [".zytr", ".zytz"]
    assert county.do(lambda: receipts.lay_kept(Folder(stick), ONE)) == 0, "laid down once"
    one.receive(other)
    assert one.do(sending.outbox)[0].words == "对方已接收（凭回执）"


def test_a_packet_for_somebody_else_is_given_back_and_not_kept(offices: Offices) -> None:
    county, one, two, stick = offices
    county.do(lambda: branch("县直支部"))
    county.send(stick, ONE)
    (done,) = two.receive(stick)
    assert "交还" in done["reason"]
    assert listed(two) == []
    del one


def test_the_room_is_bounded_and_the_newest_stay(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "ROOM", 250)
    monkeypatch.setattr(quarantine, "MOST", 4)

    def fill() -> None:
        for n in range(6):
            quarantine.keep(bytes(100), f"hash{n}", f"{n}.zytz", ONE, n, "refused", "坏", "E:")

    offices.county.do(fill)
    kept = listed(offices.county)
    assert [(k.number, k.size) for k in kept] == [(5, 100), (4, 100), (3, 0), (2, 0)]
    with pytest.raises(Refusal, match="没有留下副本"):
        offices.county.do(lambda: quarantine.Shelf(kept[-1]).read("x"))


def test_a_dry_run_keeps_nothing(offices: Offices) -> None:
    county, _one, _two, stick = offices
    (stick / "bad.zytz").write_bytes(b"ZYTZ")
    county.receive(stick, dry_run=True)
    assert listed(county, "") == []


def test_a_pile_can_be_stopped_between_two_packets(offices: Offices) -> None:
    county, one, two, stick = offices
    one.do(lambda: branch("甲支部"))
    two.do(lambda: branch("乙支部"))
    one.send(stick)
    two.send(stick)
    seen: list[str] = []

    def watch(_done: int, _total: int, words: str) -> None:
        seen.append(words)

    def stop() -> bool:
        return sum(words.startswith("接收") for words in seen) > 1

    def take() -> list[receiving.Received]:
        return receiving.receive(receiving.in_folder(Folder(stick)), watch=watch, stop=stop)

    assert [one.outcome for one in county.do(take)] == ["applied", "left"]
    assert [one["outcome"] for one in county.receive(stick)] == ["same", "applied"]


def test_both_ends_have_the_same_slip(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    (ours,) = one.do(lambda: slips.slips(slips.SENT))
    (theirs,) = county.do(lambda: slips.slips(slips.RECEIVED, ONE))
    assert (ours.hash, ours.number, ours.rows, ours.money) == (
        theirs.hash, theirs.number, theirs.rows, theirs.money,
    )  # fmt: skip
    assert ours.short == theirs.short
    assert ours.answer == ""
    one.receive(stick)
    (ours,) = one.do(lambda: slips.slips(slips.SENT))
    assert (ours.answer, bool(ours.answered_at)) == ("applied", True)
    one.do(lambda: change(row, short_name="甲"))
    one.send(stick)
    county.receive(stick)
    assert county.do(lambda: value(row, "short_name")) == "甲"
    assert [s.number for s in county.do(lambda: slips.slips(slips.RECEIVED))] == [2, 1]
