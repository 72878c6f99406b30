"""Sticks that are full, pulled, locked or lying: the status stays true and the old files stay whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from db import durable
from db.errors import Trouble
from db.exchange import receiving, sending
from db.exchange.carrier import Folder
from tests.offices.conftest import Offices
from tests.offices.desks import branch


class FaultyStick:
    """A stick in memory that fails as told: full, pulled out, or returning other bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fails_at = 0
        self.calls = 0

    def _maybe_fail(self) -> None:
        self.calls += 1
        if self.calls == self.fails_at:
            raise Trouble("U盘被拔出。", "请重插。")

    def names(self) -> Sequence[str]:
        self._maybe_fail()
        return sorted(self.files)

    def read(self, name: str) -> bytes:
        self._maybe_fail()
        return self.files[name]

    def write(self, name: str, content: bytes) -> None:
        self._maybe_fail()
        self.files[name] = content
        self._maybe_fail()


@pytest.mark.parametrize("at", range(1, 6))
def test_row_06_pulled_at_any_step_nothing_is_lost_and_a_second_try_ends_well(
    offices: Offices, at: int
) -> None:
    county, one, _two, _ = offices
    one.do(lambda: branch("甲支部"))
    stick = FaultyStick()

    def there_and_back() -> None:
        one.do(lambda: sending.send(stick))
        county.do(lambda: receiving.receive(receiving.in_folder(stick)))
        one.do(lambda: receiving.receive(receiving.in_folder(stick)))

    stick.fails_at = at
    # Pulled while the receipt is laid down, the packet is in all the same.
    with pytest.raises(Trouble) if at < 5 else nullcontext():
        there_and_back()
    there_and_back()
    assert county.digest() == one.digest()
    assert one.do(sending.outbox)[0].words == "对方已接收（凭回执）"
    assert len([name for name in stick.files if name.endswith(".zytz")]) == 1


def test_row_12_a_full_stick_is_refused_before_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage: Any = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _p: usage._replace(free=9 << 20))
    with pytest.raises(Trouble, match="空间不足"):
        Folder(tmp_path).write("a.zytz", b"x" * (1 << 20))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_row_08_a_failing_sync_leaves_nothing_that_looks_like_a_packet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Trouble, match="没有写到"):
        Folder(tmp_path).write("a.zytz", b"packet")
    assert not list(tmp_path.iterdir())


def test_a_stick_that_lies_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = durable.replace

    def lose_a_byte(source: Path, target: Path) -> None:
        source.write_bytes(source.read_bytes()[:-1])
        replace(source, target)

    monkeypatch.setattr(durable, "replace", lose_a_byte)
    with pytest.raises(Trouble, match="不可靠"):
        Folder(tmp_path).write("a.zytz", b"packet")


def test_row_43_links_and_folders_of_our_name_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "b.zytz").mkdir()
    names = ["b.zytz"]
    with suppress(OSError):  # Windows asks for a right, and Wine's do not show as links
        (stick / "a.zytz").symlink_to(outside)
        names += ["a.zytz"] if (stick / "a.zytz").is_symlink() else []
    assert os.name == "nt" or len(names) == 2
    for name in names:
        with pytest.raises(Trouble, match="占用"):
            Folder(stick).write(name, b"packet")
    assert outside.read_bytes() == b"precious"


def test_only_own_names_are_read_and_programs_are_named(tmp_path: Path) -> None:
    for name in ("a.zytz", "b.zytr", ".c.zytz.part", "d.exe", "autorun.inf", "照片.lnk", "e.docx"):
        (tmp_path / name).touch()
    assert Folder(tmp_path).names() == ["a.zytz", "b.zytr"]
    assert Folder(tmp_path).strange() == ["autorun.inf", "d.exe", "照片.lnk"]
    with pytest.raises(Trouble, match="读不出来"):
        Folder(tmp_path / "gone").names()


def test_row_37_damaged_packets_and_receipts_do_not_stop_the_others(offices: Offices) -> None:
    county, one, two, stick = offices
    one.do(lambda: branch("甲支部"))
    two.do(lambda: branch("乙支部"))
    (sent,) = one.send(stick)
    two.send(stick)
    whole = (stick / sent.packet).read_bytes()
    (stick / sent.packet).write_bytes(whole[:-9])
    (stick / "empty.zytz").touch()
    (stick / "folder.zytz").mkdir()
    (stick / "bad.zytr").write_bytes(b"ZYTZ")
    before = one.digest()
    done = county.receive(stick)
    assert sorted(d["outcome"] for d in done) == ["applied", "refused", "refused", "refused"]
    assert all(d["reason"] for d in done if d["outcome"] == "refused")
    one.receive(stick)
    assert one.do(sending.outbox)[0].words == "已写入并回读"
    one.send(stick)
    assert (stick / sent.packet).read_bytes() == whole
    county.receive(stick)
    assert county.digest(one.code) == before
