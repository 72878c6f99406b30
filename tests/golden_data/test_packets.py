"""Every packet format ever released is read by this program, to the last value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from db.exchange import packet
from db.exchange.share import from_body, to_body
from tests.golden_data.packets import HERE, LINES, SEALING, SIGNING

PROVING = Ed25519PrivateKey.from_private_bytes(SIGNING).public_key().public_bytes_raw()


@pytest.mark.parametrize("place", sorted(HERE.glob("packet_*")), ids=lambda p: p.name)
def test_row_48_a_released_packet_is_read(place: Path) -> None:
    expected = json.loads((place / "expected.json").read_text("utf-8"))
    seen = packet.look((place / "packet.zytz").read_bytes())
    packet.prove(seen, PROVING)
    assert {k: v for k, v in seen.head.items() if k != "size"} == expected["head"]
    body = packet.open_body(seen, SEALING)
    assert body == expected["body"]
    lines = from_body(body)
    assert sorted(lines, key=lambda x: x.key) == sorted(LINES, key=lambda x: x.key)
    if seen.version == packet.FORMAT:
        assert to_body(lines) == body
    receipt = packet.look((place / "packet.zytr").read_bytes())
    packet.prove(receipt, PROVING)
    assert receipt.head == expected["receipt"]
    assert receipt.head["packet"]["hash"] == seen.hash


def test_the_present_format_has_its_golden_packet() -> None:
    assert (HERE / f"packet_{packet.FORMAT}" / "packet.zytz").is_file()
