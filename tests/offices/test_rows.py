"""What a packet or a receipt may bring that nobody sent in good faith or in order."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import zstandard

from db import checking
from db import office as offices
from db.errors import Refusal
from db.exchange import bounds, conflict, keys, packet, sending
from db.exchange.carrier import Folder
from db.exchange.share import from_body, to_body
from db.identity import go_beyond, identity, next_ids, sit_down
from db.registers.aid import AidPayment
from db.registers.member import Member
from db.registers.organization import Organization
from db.seat import place_of
from tests.factories import make
from tests.faults.conftest import ROOT
from tests.offices import test_packet
from tests.offices.conftest import Offices
from tests.offices.desks import COUNTY, ONE, Desk, branch, change, value


def forged(office: Desk, change_it: Any) -> bytes:
    """A rightly signed packet whose head or body somebody changed."""
    with office.open():
        _, blob = sending.make(COUNTY)
        head = packet.look(blob).head
        peer = keys.known(COUNTY)
        task = sending.Task(COUNTY, peer.covered, sending.newest_entry(), True)
        lines = sending.collect(task, identity())
        body = to_body(lines)
        head, body = change_it(dict(head), body)
        head.pop("size", None)
        return packet.write(head, body, keys.own().signing, peer.sealing)


def test_row_17_a_packet_that_no_stick_holds_is_not_written(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    _county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    monkeypatch.setattr(bounds, "LARGEST", 100)
    with pytest.raises(Refusal, match="装不下"):
        one.send(stick)
    assert list(stick.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "十六个字的卷标名字在这里正好十六",
        "有 空格",
        pytest.param(
            "a'b\"c",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no such name on Windows"),
        ),
        "深" * 60,
    ],
)
def test_row_18_a_stick_of_any_name_serves(offices: Offices, tmp_path: Path, name: str) -> None:
    county, one, _two, _ = offices
    stick = tmp_path / name
    stick.mkdir()
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    (done,) = county.receive(stick)
    assert done["outcome"] == "applied"


def test_row_24_fifty_times_is_once(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    held = county.digest()
    for _ in range(50):
        (again,) = county.receive(stick)
        assert again["outcome"] == "same"
    assert county.digest() == held


def test_row_26_any_order_ends_the_same(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    row, names = one.do(lambda: branch("甲支部")), []
    for number in range(3):
        one.do(lambda number=number: change(row, phone=str(number)))
        names.append(one.send(stick)[0].packet)
    at_first = county.copy()
    for order in permutations(names):
        again = Desk(tmp_path / "again", COUNTY, 1, "county")
        again.key = county.key
        again.file.write_bytes(at_first)
        for name in order:
            again.receive(stick / name)
        assert again.digest() == one.digest()
        assert again.do(conflict.listed) == []
        shutil.rmtree(tmp_path / "again")


def test_row_30_old_receipts_move_nothing(offices: Offices, tmp_path: Path) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    old = next(stick.glob("*.zytr"))
    kept = old.read_bytes()
    one.receive(stick)
    old.unlink()
    one.do(lambda: change(row, phone="1"))
    (sent,) = one.send(stick)
    for _ in range(2):
        (stick / "去年的.zytr").write_bytes(kept)
        one.receive(stick)
    assert one.do(sending.outbox)[0].state == "written", "I8"
    (again,) = one.send(stick)
    assert again.packet == sent.packet
    county.receive(stick)
    assert county.digest() == one.digest()


def test_row_33_a_copied_folder_gives_ids_of_its_own(office: offices.Office) -> None:
    from tests.conftest import PASSPHRASE

    folder = office.folder
    first = make(Organization, name="甲支部", kind="branch").id
    before = identity().site
    offices.close_office()
    shutil.copytree(folder, folder.parent / "copy")
    offices.open_office(folder, PASSPHRASE)
    assert identity().site == before
    here = make(Organization, name="乙支部", kind="branch").id
    offices.close_office()
    offices.open_office(folder.parent / "copy", PASSPHRASE)
    there = make(Organization, name="丙支部", kind="branch").id
    assert first < here != there > first


def test_row_33_a_place_is_known_again_and_a_copy_is_another(tmp_path: Path) -> None:
    file, twin = tmp_path / "a", tmp_path / "b"
    file.write_bytes(b"x")
    twin.write_bytes(b"x")
    assert place_of(file) == place_of(file) != place_of(twin)


def test_row_33_sitting_down_twice_at_one_place_changes_nothing(office: offices.Office) -> None:
    sit_down("here")
    site = identity().site
    sit_down("here")
    assert identity().site == site
    sit_down("there")
    assert identity().site > site


def test_a_number_that_comes_back_is_not_handed_out_again(office: offices.Office) -> None:
    (last,) = next_ids(1)
    go_beyond([last - 1, last + 3])
    assert next_ids(2) == range(last + 4, last + 6)
    # Nobody uses the numbers up by sending a high one, nor is one of another PC ours.
    go_beyond([last + (1 << 30), last + (1 << 41)])
    assert list(next_ids(1)) == [last + 6]


#: Opens the bombs of a folder within two seconds each; says at its end how many kilobytes it held at most.
BOMB = """
import resource, sys, time
from pathlib import Path
from tests.offices import test_packet as t
t.PROVING, t.OPENING = map(bytes.fromhex, sys.argv[2:])
for file in sorted(Path(sys.argv[1]).iterdir()):
    blob = file.read_bytes()
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 3, 60))
    try:
        t.believed(blob)
    except t.Unreadable:
        continue
    raise SystemExit(f"{file.name} was opened")
# Not ru_maxrss: a child begins with that of its parent.
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""

#: What each begins with, what comes again and again and how often.
BOMBS = {
    "longer than allowed": (b"", b"[" * 1024, (bounds.LARGEST >> 10) + 1),
    "a string of a GiB": (b'"', bytes(1 << 20), 1 << 10),
    "a string of 90 MB": (b'"', b"x" * 1000, 90_000),
    "a string of quotes": (b'"', rb"\"" * 1000, 45_000),
    "30 M brackets": (b"", b"[" * 1000, 30_000),
    "ten million rows": (b"[[1]", b",[1]" * 1000, 10_000),
    "ten million values": (b'{"a":[1', b",1234567" * 1000, 10_000),
    "one wide letter": ('["𠮷"'.encode(), b',"' + b"x" * 500_000 + b'"', 180),
    "deep": (b"", b'{"a":' * 1000, 500),
}


def bomb(begin: bytes, again: bytes, times: int) -> bytes:
    """A rightly signed packet with this inside, made without ever holding it."""
    size = len(begin) + len(again) * times
    packing = zstandard.ZstdCompressor(level=1).compressobj(size=size)
    packed = packing.compress(begin)
    packed += b"".join(packing.compress(again) for _ in range(times))
    return test_packet.forged(b"", size, packed + packing.flush())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_row_41_a_bomb_takes_little_time_and_memory(tmp_path: Path) -> None:
    for name, inside in BOMBS.items():
        (tmp_path / name).write_bytes(bomb(*inside))
    secrets = [test_packet.PROVING.hex(), test_packet.OPENING.hex()]
    done = subprocess.run(
        [sys.executable, "-c", BOMB, str(tmp_path), *secrets],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 300 << 10


@pytest.mark.parametrize("name", ["../../../x", "a/b", "C:\\x", "\\\\host\\share", "CON", "a\0b"])
def test_row_42_no_name_from_a_packet_leads_elsewhere(offices: Offices, name: str) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    blob = forged(one, lambda head, body: ({**head, "incarnation": name}, body))
    (stick / "x.zytz").write_bytes(blob)
    around = sorted(stick.parent.rglob("*"))
    (done,) = county.receive(stick)
    assert done["outcome"] == "refused"
    assert [p for p in sorted(stick.parent.rglob("*")) if p not in around] == []


def test_row_42_the_carrier_itself_takes_no_such_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name"):
        Folder(tmp_path / "stick").write("../x.zytz", b"")


def test_a_number_that_another_register_has_costs_that_one_row(offices: Offices) -> None:
    """A file put back by hand, from before its office noted its place, hands out a number again."""
    county, one, _two, stick = offices
    home = one.do(lambda: branch("甲支部"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    with one.open():
        twin = make(Member, organization=home, name="巴图", category="full").id
        make(Member, organization=home, name="其其格", category="full")

    def again(head: dict[str, Any], body: dict[str, Any]) -> tuple[Any, Any]:
        lines = [replace(line, row=home) if line.row == twin else line for line in from_body(body)]
        return {**head, "full": True, "rows": sending.totals_of(lines)}, to_body(lines)

    blob = forged(one, again)
    (stick / "x.zytz").write_bytes(blob)
    _same, done = county.receive(stick)
    assert (done["outcome"], done["refused"], done["new"]) == ("applied", 1, 1)
    with county.open():
        assert [row.name for row in Member.select()] == ["其其格"]
        assert Organization.get_by_id(home).name == "甲支部"


def test_row_47_a_newer_schema_is_kept_for_later(offices: Offices) -> None:
    county, one, _two, stick = offices
    one.do(lambda: branch("甲支部"))
    blob = forged(one, lambda head, body: ({**head, "schema": 999}, body))
    (stick / "x.zytz").write_bytes(blob)
    held = county.digest()
    (done,) = county.receive(stick)
    assert "先升级" in str(done["reason"])
    assert county.digest() == held


def test_row_49_an_unknown_code_is_kept_and_flagged(offices: Offices) -> None:
    county, one, _two, stick = offices
    with one.open():
        make(Member, organization=branch("甲支部"), name="巴图", category="full")

    def later(head: dict[str, Any], body: dict[str, Any]) -> tuple[Any, Any]:
        lines = [
            line if line.stem != "member" else type(line)(
                line.stem, line.row, line.office, line.whole,
                {**line.values, "category": "observer"}, line.was,
            )
            for line in from_body(body)
        ]  # fmt: skip
        return head, to_body(lines)

    (stick / "x.zytz").write_bytes(forged(one, later))
    (done,) = county.receive(stick)
    assert done["outcome"] == "applied"
    with county.open():
        member = Member.get()
        assert member.category == "observer"
        assert any("observer" in fault.message for fault in member.warnings())
        assert Member.category.show(member.category) == "observer"


@pytest.mark.parametrize("year", [1970, 2001, 2099])
def test_row_50_a_wrong_clock_costs_nothing(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, year: int
) -> None:
    from db import journal

    class Clock:
        @staticmethod
        def time() -> float:
            return (year - 1970) * 31_557_600.0

    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    monkeypatch.setattr(journal, "time", Clock)
    one.do(lambda: change(row, phone="2"))
    one.send(stick)
    county.receive(stick)
    assert county.do(lambda: value(row, "phone")) == "2"
    assert county.digest() == one.digest()


def test_row_52_edit_and_retirement_both_arrive(offices: Offices) -> None:
    county, one, _two, stick = offices
    row = one.do(lambda: branch("甲支部", phone="1"))
    one.send(stick)
    county.receive(stick)
    one.receive(stick)
    one.do(lambda: Organization.get_by_id(row).retire("撤销"))
    county.do(lambda: change(row, phone="2"))
    one.send(stick)
    county.receive(stick)
    county.send(stick, ONE)
    one.receive(stick)
    assert county.digest() == one.digest()
    assert county.do(lambda: (value(row, "retired"), value(row, "phone"))) == ("撤销", "2")


def test_row_56_one_payment_under_two_numbers_is_flagged(office: offices.Office) -> None:
    first = make(AidPayment, person="m1", name="巴图")
    make(
        AidPayment, person="m1", name="巴图", aid=first.aid, amount=first.amount, goods=first.goods
    )
    found = [f for f in checking.check() if f.kind == "payment_doubled"]
    assert [f.title for f in found] == ["巴图"]


def test_row_66_forty_packets_in_one_sitting(tmp_path: Path) -> None:
    from tests.offices.desks import enrol

    stick = tmp_path / "stick"
    stick.mkdir()
    county = Desk(tmp_path / "county", COUNTY, 1, "county")
    towns = [Desk(tmp_path / f"{n}", f"{COUNTY}{100 + n}", 10 + n) for n in range(20)]
    for town in towns:
        enrol(county, town, tmp_path)
        for number in range(2):
            town.do(lambda number=number: branch(f"第{number}支部"))
            town.send(stick)
    done = county.receive(stick)
    assert [each["outcome"] for each in done] == ["applied"] * 40
    for town in towns:
        assert county.digest(town.code) == town.digest(town.code)
