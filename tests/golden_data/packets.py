"""Writes the golden packet and receipt of the present packet format.

``python -m tests.golden_data.packets`` is run once, when a format is released; from then on those files are
never written again, and every later program must read them. The keys beside them are of no office.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from db.exchange import packet
from db.exchange.share import Line, to_body

HERE = Path(__file__).parent
SIGNING = hashlib.sha256(b"golden signing key").digest()
SEALING = hashlib.sha256(b"golden sealing key").digest()
LINES = [
    Line(
        "organization", (11 << 40) | 1, "150823101", True,
        {"name": "哈沙图嘎查党支部", "phone": "0478-2", "parent_id": None}, {"phone": ("0478-1",)},
    ),
    Line(
        "member", (11 << 40) | 2, "150823101", False, {"name": "王𠮷"}, {"name": ("王吉", "王喆")},
    ),
]  # fmt: skip
HEAD = {
    "kind": "packet", "from": "150823101", "from_name": "白音胡舒苏木党委", "to": "150823",
    "incarnation": "6b1c3a52-0f0e-4c2e-9a51-5d0f6f1f7a10", "number": 2, "since": 1,
    "chain": ["0123456789abcdef"], "full": False, "have": {"incarnation": "", "number": 0},
    "schema": 1, "made": "2026-11-22T14:00:00", "journal": {"count": 3, "head": "00" * 32},
    "rows": {"member": 1, "organization": 1}, "money": {},
}  # fmt: skip


def folder(number: int) -> Path:
    """Where the packet of this format is kept."""
    return HERE / f"packet_{number}"


def make() -> Path:
    """Write the packet, its receipt, and what a reader must find in them."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    place = folder(packet.FORMAT)
    place.mkdir()
    reader = X25519PrivateKey.from_private_bytes(SEALING).public_key().public_bytes_raw()
    blob = packet.write(HEAD, to_body(LINES), SIGNING, reader)
    (place / "packet.zytz").write_bytes(blob)
    about = {"incarnation": HEAD["incarnation"], "number": 2, "hash": packet.look(blob).hash}
    said = {"kind": "receipt", "from": "150823", "to": "150823101", "packet": about}
    answer = {**said, "outcome": "applied", "reason": ""}
    (place / "packet.zytr").write_bytes(packet.write(answer, None, SIGNING, None))
    expected = {"head": HEAD, "body": to_body(LINES), "receipt": answer}
    (place / "expected.json").write_text(
        json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return place


if __name__ == "__main__":
    make()
