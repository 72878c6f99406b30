"""The county's sealed word that a row and what follows it has another owner from now on.

Plain values and bytes; what this office keeps of them stands in `db.exchange.owners`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from db.exchange.packet import Unreadable

#: The part of a body that is no table.
PART = "handovers"
_MARK = b"zhengyou handover 1\n"


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover. `nth` counts those of this row; of two with one count the later `id` holds.

    `trace`: what the giver goes on showing of the row when it has lost its own copy; not sealed.
    """

    id: int
    stem: str
    row: int
    nth: int
    giver: str
    taker: str
    seal: bytes = b""
    trace: Mapping[str, str | int | None] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        """Which row it is about."""
        return self.stem, self.row

    @property
    def turn(self) -> tuple[int, int]:
        """Of all handovers of a row the one with the greatest turn holds."""
        return self.nth, self.id

    @property
    def _said(self) -> bytes:
        said = [self.id, self.stem, self.row, self.nth, self.giver, self.taker]
        return _MARK + json.dumps(said, separators=(",", ":")).encode()

    def sealed_by(self, private: bytes) -> Handover:
        """The same with the county's signature."""
        seal = Ed25519PrivateKey.from_private_bytes(private).sign(self._said)
        return Handover(self.id, self.stem, self.row, self.nth, self.giver, self.taker, seal)

    def is_sealed_by(self, public: bytes) -> bool:
        """Whether the owner of this key said so."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(self.seal, self._said)
        except InvalidSignature:
            return False
        return True


def to_body(handovers: Iterable[Handover]) -> dict[str, Any]:
    """Their part of a body; none when there is nothing to say."""
    told = [
        [h.id, h.stem, h.row, h.nth, h.giver, h.taker, h.seal.hex(), dict(h.trace)]
        for h in sorted(handovers, key=lambda each: each.id)
    ]
    return {PART: told} if told else {}


def take_out(body: dict[str, Any]) -> tuple[Handover, ...]:
    """Take their part out of a body; Unreadable when it is built otherwise."""
    try:
        return tuple(_read(*said) for said in body.pop(PART, ()))
    except (TypeError, ValueError, AttributeError):
        raise Unreadable("包的内容排列不对，没有打开。") from None


def _read(
    number: Any, stem: Any, row: Any, nth: Any, giver: Any, taker: Any, seal: Any, trace: Any
) -> Handover:
    if not all(type(value) is int and 0 < value < 1 << 63 for value in (number, row, nth)):
        raise ValueError("a handover has a number, a row and a count")
    if not all(type(text) is str and text for text in (stem, giver, taker)):
        raise ValueError("a handover names a table and two offices")
    if not all(value is None or type(value) in {str, int} for value in trace.values()):
        raise ValueError("a field is a text, a whole number or nothing")
    return Handover(number, stem, row, nth, giver, taker, bytes.fromhex(seal), dict(trace))


def order(handovers: Iterable[Handover]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Each row's owners, the present one last: all givers in turn, then all takers."""
    found: dict[tuple[str, int], list[Handover]] = {}
    for each in handovers:
        found.setdefault(each.key, []).append(each)
    owners = {}
    for key, of_row in found.items():
        of_row.sort(key=lambda each: each.turn)
        owners[key] = (*(h.giver for h in of_row), *(h.taker for h in of_row))
    return owners


def ways(owners: Sequence[str]) -> list[tuple[str, str]]:
    """Of one row's owners, as `order` has them, the giver and the taker of each handover."""
    half = len(owners) // 2
    return list(zip(owners[:half], owners[half:], strict=True))
