"""Sticks: found by what they are and not by where they are plugged in; rows 16, 20–23 and 44 of the matrix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from db.errors import Refusal, Trouble
from db.exchange import carrier, eject, receiving, sending, sticks, volumes
from db.exchange.carrier import Folder
from db.exchange.volumes import Volume
from tests.offices.conftest import Offices
from tests.offices.desks import Desk, branch

Plug = Callable[..., None]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    """Say which folders are the sticks that are plugged in now."""

    def say(*places: Path) -> None:
        for each in places:
            each.mkdir(exist_ok=True)
        monkeypatch.setenv(volumes.VARIABLE, os.pathsep.join(map(str, places)))

    say()
    return say


def used(desk: Desk, place: Path) -> str:
    """A stick that this office has written to; returns what it is known by."""
    (stick,) = (s for s in desk.do(sticks.plugged) if s.volume.place == place)
    return str(desk.do(lambda: sticks.carry(stick, "上报"))[0].id)


def test_row_23_none_one_and_two_sticks(offices: Offices, plug: Plug, tmp_path: Path) -> None:
    one = offices.one
    assert one.do(sticks.plugged) == []
    a, b = tmp_path / "a", tmp_path / "b"
    plug(a)
    assert sticks.only(one.do(sticks.plugged)) is None, "a new stick is asked about"
    first = used(one, a)
    assert sticks.only(one.do(sticks.plugged)).id == first
    plug(a, b)
    assert sticks.only(one.do(sticks.plugged)).id == first, "the other one is not ours"
    used(one, b)
    assert sticks.only(one.do(sticks.plugged)) is None, "row 23: two of ours, a person chooses"
    assert len([s for s in one.do(sticks.plugged) if s.ours]) == 2


def test_row_20_the_stick_comes_back_under_another_letter(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    one = offices.one
    plug(tmp_path / "E")
    used(one, tmp_path / "E")
    (stick,) = one.do(sticks.plugged)
    (tmp_path / "E").rename(tmp_path / "F")
    with pytest.raises(Trouble, match="不在了"):
        one.do(lambda: sticks.carry(stick, "上报"))
    plug(tmp_path / "other", tmp_path / "F")
    now, folder = one.do(lambda: sticks.carry(stick, "上报"))
    assert now.volume.place == tmp_path / "F"
    assert folder.place == tmp_path / "F" / carrier.OWN


def test_row_21_another_townships_stick_is_named_and_not_written(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    county, one, two, _ = offices
    place = tmp_path / "theirs"
    plug(place)
    used(one, place)
    before = sorted(p.name for p in place.rglob("*"))
    (stick,) = two.do(sticks.plugged)
    assert not stick.ours
    with pytest.raises(Refusal, match="白音胡舒苏木党委"):
        two.do(lambda: sticks.carry(stick, "上报"))
    assert sorted(p.name for p in place.rglob("*")) == before
    assert sticks.only(county.do(sticks.plugged)) is not None, "the county takes any township's"


def test_row_22_a_reformatted_stick_is_a_new_one_and_nothing_is_inferred(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    county, one, _two, _ = offices
    one.do(lambda: branch("甲支部"))
    place = tmp_path / "stick"
    plug(place)
    used(one, place)
    (stick,) = one.do(sticks.plugged)
    (_, folder) = one.do(lambda: sticks.carry(stick, "上报"))
    one.do(lambda: sending.send(folder))
    shutil.rmtree(place)
    place.mkdir()
    (empty,) = county.do(sticks.plugged)
    found = [pair for f in sticks.folders(empty) for pair in receiving.in_folder(f)]
    before = county.digest()
    assert county.do(lambda: receiving.receive(found)) == []
    assert county.digest() == before
    with pytest.raises(Trouble, match="不在了"):
        one.do(lambda: sticks.carry(stick, "上报"))
    (fresh,) = one.do(sticks.plugged)
    (_, folder) = one.do(lambda: sticks.carry(fresh, "上报"))
    one.do(lambda: sending.send(folder))
    county.do(lambda: receiving.receive(receiving.in_folder(folder)))
    assert county.digest(one.code) == one.digest(one.code)


def test_a_folder_copied_to_another_stick_does_not_make_it_that_stick(
    offices: Offices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = offices.one
    a, b = tmp_path / "a", tmp_path / "b"
    a.mkdir()
    (stick,) = one.do(lambda: sticks.plugged([Volume(a, serial="1111", writable=True)]))
    monkeypatch.setattr(volumes, "volumes", lambda: [Volume(a, serial="1111")])
    monkeypatch.setattr(volumes, "at", lambda place, **_: Volume(place, serial="1111"))
    stick, _folder = one.do(lambda: sticks.carry(stick, "上报"))
    shutil.copytree(a, b)
    found = one.do(lambda: sticks.plugged([Volume(a, serial="1111"), Volume(b, serial="2222")]))
    assert [(s.volume.place, s.id) for s in found] == [(a, stick.id), (b, "")]


def test_row_44_hidden_folders_are_found_and_strange_files_are_left_alone(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    one = offices.one
    place = tmp_path / "stick"
    plug(place)
    used(one, place)
    (place / carrier.OWN).rename(place / carrier.OWN.lower())
    for name in ("ZHENGYOU.exe", "ZHENGYOU.lnk", "autorun.inf"):
        (place / name).write_bytes(b"virus")
    (stick,) = one.do(sticks.plugged)
    assert stick.ours
    assert stick.strange == ("ZHENGYOU.exe", "ZHENGYOU.lnk", "autorun.inf")
    one.do(lambda: sticks.carry(stick, "上报"))
    assert (place / "ZHENGYOU.exe").read_bytes() == b"virus"


def test_row_43_our_folder_as_a_link_to_elsewhere_is_not_followed(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    place, outside = tmp_path / "stick", tmp_path / "outside"
    plug(place)
    outside.mkdir()
    with suppress(OSError):  # Windows asks for a right
        (place / carrier.OWN).symlink_to(outside)
    if os.name == "nt" and not (place / carrier.OWN).is_symlink():
        pytest.skip("no links here, or none that show (Wine)")
    (stick,) = offices.one.do(sticks.plugged)
    with pytest.raises(Trouble, match="链接"):
        offices.one.do(lambda: sticks.carry(stick, "上报"))
    assert list(outside.iterdir()) == []
    assert [f.place for f in sticks.folders(stick)] == [place]


@pytest.mark.parametrize("said", [b"", b"{}", b"[1]", b"\xff", b'{"id": 1}', b"[" * 9000])
def test_a_broken_id_file_is_a_stick_without_one(
    offices: Offices, plug: Plug, tmp_path: Path, said: bytes
) -> None:
    place = tmp_path / "stick"
    plug(place)
    (place / carrier.OWN).mkdir()
    (place / carrier.OWN / "stick.id").write_bytes(said)
    (stick,) = offices.one.do(sticks.plugged)
    assert stick.id == ""
    assert used(offices.one, place)
    (stick,) = offices.one.do(sticks.plugged)
    assert stick.ours


def test_the_register_of_sticks_remembers_the_last_use(
    offices: Offices, plug: Plug, tmp_path: Path
) -> None:
    one = offices.one
    plug(tmp_path / "a")
    used(one, tmp_path / "a")
    (stick,) = one.do(sticks.plugged)
    one.do(lambda: sticks.note(stick, "接收"))
    (kept,) = one.do(sticks.register)
    assert (kept.id, kept.last_use, kept.uses) == (stick.id, "接收", 2)
    said = json.loads((stick.folder / "stick.id").read_text("utf-8"))
    assert said["name"] == "白音胡舒苏木党委"


def test_a_folder_chosen_by_hand_always_works(offices: Offices, plug: Plug, tmp_path: Path) -> None:
    place = tmp_path / "任何 文件夹"
    place.mkdir()
    one = offices.one
    stick, folder = one.do(lambda: sticks.carry(sticks.by_hand(place), "上报"))
    assert folder.place == place / carrier.OWN
    assert one.do(lambda: sticks.by_hand(place / carrier.OWN)).volume.place == place
    assert eject.eject(stick.volume).words == "这是文件夹，不用退出。"


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    place = tmp_path / "16字卷标U盘"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        pytest.skip("no mount here")
    if done.returncode:
        pytest.skip("no right to mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def test_row_16_a_locked_stick_is_named_and_still_read(
    offices: Offices, plug: Plug, mounted: Path
) -> None:
    county, one, _two, _ = offices
    one.do(lambda: branch("甲支部"))
    plug(mounted)
    used(one, mounted)
    (stick,) = one.do(sticks.plugged)
    one.do(lambda: sending.send(Folder(stick.folder)))
    subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
    (stick,) = county.do(sticks.plugged)
    assert not stick.volume.writable
    with pytest.raises(Refusal, match="写保护"):
        county.do(lambda: sticks.carry(stick, "下发"))


def test_a_mounted_stick_is_told_and_let_go(plug: Plug, mounted: Path) -> None:
    plug(mounted)
    (volume,) = volumes.volumes()
    assert 0 < volume.free <= 16 << 20
    assert volumes.is_mounted(volume)
    as_device = volumes.at(mounted, device="tmpfs")
    with (mounted / "open").open("w"):
        busy = eject.eject(as_device)
        assert not busy.done
        assert "没有让它退出" in busy.words
    gone = eject.eject(as_device)
    assert gone.done
    assert "可以拔出" in gone.words
    assert not volumes.is_mounted(volume)
