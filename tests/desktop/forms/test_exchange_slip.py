"""The slip of a packet: totals in the office's words, money in yuan, the same on both ends."""

from __future__ import annotations

import pytest

from db.connection import database
from db.errors import Refusal
from db.exchange import keys, slips
from desktop.typeset.form import form
from desktop.typeset.printing import print_selection, render
from tests.desktop.typeset.reading import texts, wheel_only

HEAD = {
    "number": 7, "made": "2026-06-30T09:12:44", "full": False,
    "rows": {"member": 1203, "aid": 12, "something_newer": 1}, "money": {"aid": 140_950},
}  # fmt: skip
NAME = "150823101_0a1b2c3d_000007_89abcdef.zytz"
DIGEST = "89abcdef01234567" + 48 * "0"


@pytest.fixture
def packet(office):
    with database.atomic():
        keys.keep("150823", name="乌拉特前旗党委组织部", state="known")
        slips.keep(slips.SENT, "150823", NAME, DIGEST, HEAD)


def page(**options):
    done = render(form("exchange_slip"), [], options, faces=wheel_only())
    assert done.pages == 1
    assert not done.overflow
    return "".join(each.replace(" ", "").replace("\n", "") for each in texts(done.pdf))


def test_totals_stand_by_register_and_money_in_yuan(packet) -> None:
    words = page()
    for each in ("发出联", "第7号", "党员", "1,203", "1,409.50", "1,216", "something_newer"):
        assert each in words
    assert "89ABCDEF01234567" in words
    assert "乌拉特前旗党委组织部" in words
    assert "变化部分" in words


def test_the_receiving_end_says_what_it_did(packet) -> None:
    counts = {"new": 3, "changed": 1200, "unchanged": 1, "conflicts": 2, "refused": 0}
    with database.atomic():
        name = "150823_ffff0000_000002_00000000.zytz"
        slips.keep(slips.RECEIVED, "150823", name, "f" * 64, {**HEAD, "number": 2}, counts)
    words = page(packet=name)
    assert "接收联" in words
    assert "变更1,200" in words
    assert "冲突2" in words


def test_there_is_nothing_to_print_before_the_first_packet(office, tmp_path) -> None:
    with pytest.raises(Refusal, match="还没有发出"):
        print_selection("exchange_slip", tmp_path / "slip.pdf")
    with pytest.raises(Refusal, match="没有名为"):
        print_selection("exchange_slip", tmp_path / "slip.pdf", options={"packet": "x.zytz"})
