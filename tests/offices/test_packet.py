"""A packet is believed only whole: every flipped byte, every cut, every trick is refused."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import Refusal
from db.exchange import bounds, packet
from db.exchange.carrier import read
from db.exchange.packet import TooNew, Unreadable
from db.exchange.share import Line, from_body, to_body

SIGNER, READER = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
SIGNING, PROVING = SIGNER.private_bytes_raw(), SIGNER.public_key().public_bytes_raw()
OPENING, SEALING = READER.private_bytes_raw(), READER.public_key().public_bytes_raw()
HEAD = {"kind": "packet", "from": "150823101", "number": 1}


def written(body: Any = None) -> bytes:
    return packet.write(HEAD, {"a": ["王𠮷", 1]} if body is None else body, SIGNING, SEALING)


def believed(blob: bytes) -> dict[str, Any]:
    seen = packet.look(blob)
    packet.prove(seen, PROVING)
    return packet.open_body(seen, OPENING)


def forged(plain: bytes, size: int | None = None, packed: bytes | None = None) -> bytes:
    """A rightly signed and sealed packet with whatever inside."""
    head = {**HEAD, "size": len(plain) if size is None else size}
    top = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    inside = zstandard.ZstdCompressor().compress(plain) if packed is None else packed
    sealed = packet._suite().encrypt(
        inside, X25519PublicKey.from_public_bytes(SEALING), info=packet._SEALED + top
    )
    blob = packet.PREFIX.pack(b"ZYTZ", 1, 1, len(top)) + top
    blob += packet.LENGTH.pack(len(sealed)) + sealed
    import hashlib

    return blob + SIGNER.sign(packet._SIGNED + hashlib.sha512(blob).digest())


def test_what_was_sealed_is_read() -> None:
    assert believed(written()) == {"a": ["王𠮷", 1]}


def test_row_38_every_flipped_byte_is_refused() -> None:
    blob = written()
    for place in range(len(blob)):
        bad = bytearray(blob)
        bad[place] ^= 1 << place % 8
        with pytest.raises(Unreadable):
            believed(bytes(bad))


def test_row_37_every_cut_and_everything_added_is_refused() -> None:
    blob = written()
    for length in range(len(blob)):
        with pytest.raises(Unreadable):
            believed(blob[:length])
    with pytest.raises(Unreadable):
        believed(blob + b"\0")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(blob: bytes) -> None:
    for begun in (blob, b"ZYTZ\x01\x01" + blob):
        with pytest.raises(Unreadable, match="。"):
            packet.look(begun)


def test_row_39_two_packets_spliced_are_refused() -> None:
    one, two = written({"a": [1]}), written({"a": [2]})
    half = len(one) // 2
    with pytest.raises(Unreadable):
        believed(one[:half] + two[half:])


def test_another_key_neither_signs_nor_opens() -> None:
    seen = packet.look(written())
    with pytest.raises(Unreadable, match="签名不符"):
        packet.prove(seen, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(Unreadable, match="打不开"):
        packet.open_body(seen, X25519PrivateKey.generate().private_bytes_raw())


def test_row_47_a_newer_format_says_upgrade_first() -> None:
    blob = bytearray(written())
    blob[4] = packet.FORMAT + 1
    with pytest.raises(TooNew, match="先升级"):
        packet.look(bytes(blob))


def test_row_41_a_bomb_is_not_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(b"[" * (bounds.LARGEST + 1))
    assert len(bomb) < 20_000
    for size in (10, bounds.LARGEST + 1):
        with pytest.raises(Unreadable):
            believed(forged(b"", size, bomb))
    for plain in (
        b"[" * 1_000_000,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"[" * 4_000_000,
    ):
        with pytest.raises(Unreadable):
            believed(forged(plain))
    streamed = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    unsized = streamed.compress(b"{}") + streamed.flush()
    with pytest.raises(Unreadable):
        believed(forged(b"{}", 2, unsized))


@pytest.mark.parametrize("plain", [b"[]", b"7", b"{", b"\xff", b'{"a":NaN}', b"null"])
def test_a_body_that_is_none_is_refused(plain: bytes) -> None:
    with pytest.raises(Unreadable):
        believed(forged(plain))


VALUES = st.none() | st.integers(-(2**62), 2**62) | st.text(max_size=6)
FIELDS = st.dictionaries(
    st.sampled_from("abcd"), st.tuples(VALUES, st.lists(VALUES, min_size=1, max_size=3).map(tuple))
)


@st.composite
def lines(draw: st.DrawFn) -> list[Line]:
    found = []
    for row in draw(st.sets(st.integers(1, 50), max_size=6)):
        whole = draw(st.booleans())
        fields = draw(FIELDS)
        if whole:
            fields = {c: fields.get(c, (0, ())) for c in "abcd"}
        values, was = (
            {c: v for c, (v, _) in fields.items()},
            {c: w for c, (_, w) in fields.items() if w},
        )
        found.append(Line(draw(st.sampled_from(["m", "n"])), row, "1", whole, values, was))
    return found


@given(lines())
@settings(deadline=None)
def test_lines_come_back_as_they_went(sent: list[Line]) -> None:
    body = json.loads(json.dumps(to_body(sent)))
    assert sorted(from_body(body), key=lambda line: line.key) == sorted(
        sent, key=lambda line: line.key
    )


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)
TABLES = (
    st.fixed_dictionaries({"rows": ANY, "was": ANY, "changed": ANY})
    | st.fixed_dictionaries({"columns": ANY, "rows": ANY, "was": ANY, "changed": ANY})
    | ANY
)


@given(st.dictionaries(st.text(max_size=3), TABLES, max_size=3))
@settings(deadline=None)
def test_any_body_is_lines_or_refused(body: dict[str, Any]) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(from_body(body), tuple)


@pytest.mark.parametrize("changed", [[], [[1, "x", {"a": [0, 1]}]]])
def test_a_row_twice_in_a_packet_is_refused(changed: list[Any]) -> None:
    ids = [1, 2] if changed else [1, 1]
    table = {"rows": {"id": ids, "office": ["x", "x"], "a": [0, 1]}, "was": {}, "changed": changed}
    with pytest.raises(Unreadable):
        from_body({"m": table})


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_row_40_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zytz")
    (tmp_path / "folder.zytz").mkdir()
    (tmp_path / "real.zytz").write_bytes(written())
    (tmp_path / "link.zytz").symlink_to(tmp_path / "real.zytz")
    listening = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        listening.bind("plug.zytz")
    finally:
        os.chdir(here)
        listening.close()
    for name in ("pipe", "folder", "link", "plug"):
        with pytest.raises(Refusal, match="不是普通文件"):
            read(tmp_path / f"{name}.zytz")
    with pytest.raises(Refusal, match="不在了"):
        read(tmp_path / "none.zytz")
    (tmp_path / "huge.zytz").touch()
    os.truncate(tmp_path / "huge.zytz", packet.LONGEST + 1)
    with pytest.raises(Refusal, match="太大"):
        read(tmp_path / "huge.zytz")


def test_lengths_that_lie_are_refused() -> None:
    blob = bytearray(written())
    for length in (0, 2**31, 2**32 - 1):
        blob[6:10] = struct.pack(">I", length)
        with pytest.raises(Unreadable):
            packet.look(bytes(blob))
