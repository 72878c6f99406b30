"""A container of attachments: every file of it comes out whole or not at all, whatever was done to the bytes."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db.attachments import LARGEST, fingerprint
from db.exchange import container, packet
from db.exchange.container import File, Front
from db.exchange.packet import SEAL, TooNew, Unreadable
from tests.faults.conftest import ROOT

SIGNER, READER = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
SIGNING, PROVING = SIGNER.private_bytes_raw(), SIGNER.public_key().public_bytes_raw()
OPENING, SEALING = READER.private_bytes_raw(), READER.public_key().public_bytes_raw()
SAID = {"from": "150823101", "from_name": "某苏木", "to": "150823", "incarnation": "x"}
SMALL = [b"a", b"photo " * 9, "照片".encode() * 20]


def named(contents: list[bytes]) -> list[File]:
    return [File(fingerprint(content), len(content)) for content in contents]


def written(contents: list[bytes]) -> bytes:
    of = {fingerprint(content): content for content in contents}
    length, pieces = container.write(SAID, named(contents), of.__getitem__, SIGNING, SEALING)
    blob = b"".join(pieces)
    assert len(blob) == length
    return blob


def come_out(blob: bytes) -> dict[str, bytes]:
    """The files that a reader gets, by their fingerprint; Unreadable when the front is not believed."""
    stream = io.BytesIO(blob)
    front = container.look(stream)
    container.prove(front, PROVING)
    found = {}
    for file, at in container.files_in(front, OPENING).items():
        try:
            found[file.digest] = container.take(stream, file, at, OPENING)
        except Unreadable:
            continue
    return found


def only_whole(blob: bytes, contents: list[bytes]) -> int:
    """How many files came out; each of them is one that went in."""
    try:
        found = come_out(blob)
    except Unreadable:
        return 0
    for digest, content in found.items():
        assert fingerprint(content) == digest
        assert content in contents
    return len(found)


def forged(listed: Any, *, head: dict[str, Any] | None = None, body: bytes = b"") -> bytes:
    """A rightly signed container with whatever index."""
    top = packet.as_json({**SAID, "kind": "files", **(head or {})})
    index = packet.seal(packet.as_json(listed), SEALING, container._SIGNED + top)
    front = packet.PREFIX.pack(b"ZYTA", 1, 1, len(top)) + top
    front += packet.LENGTH.pack(len(index)) + index
    return front + packet.sign(front, SIGNING, container._SIGNED) + body


def test_what_was_put_in_comes_out() -> None:
    blob = written(SMALL)
    assert come_out(blob) == {fingerprint(content): content for content in SMALL}
    assert container.is_whole(io.BytesIO(blob), len(blob))


def test_row_38_every_flipped_byte_costs_at_most_what_it_hit() -> None:
    blob = written(SMALL)
    start = len(blob) - container.CHECKSUM - container.size_of(named(SMALL))
    for place in range(len(blob)):
        bad = bytearray(blob)
        bad[place] ^= 1 << place % 8
        count = only_whole(bytes(bad), SMALL)
        in_front, in_files = place < start, start <= place < len(blob) - container.CHECKSUM
        assert count == (0 if in_front else len(SMALL) - in_files)
        assert not container.is_whole(io.BytesIO(bytes(bad)), len(bad))


def test_row_37_every_cut_leaves_the_files_before_it() -> None:
    blob, sizes = written(SMALL), [len(content) + SEAL for content in SMALL]
    start = len(blob) - container.CHECKSUM - sum(sizes)
    for length in range(len(blob)):
        whole = sum(start + sum(sizes[: n + 1]) <= length for n in range(len(sizes)))
        assert only_whole(blob[:length], SMALL) == whole
        assert not container.is_whole(io.BytesIO(blob[:length]), length)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=6, unique=True),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1 << 14), st.binary(max_size=40))),
)
def test_any_damage_leaves_files_whole_or_not_at_all(
    contents: list[bytes], harms: list[tuple[int, int, bytes]]
) -> None:
    blob = bytearray(written(contents))
    for kind, place, with_what in harms:
        at = place % (len(blob) + 1)
        if kind == 0:
            del blob[at:]
        elif kind == 1:
            blob[at:at] = with_what
        elif kind == 2:
            blob[at : at + len(with_what)] = with_what
        elif kind == 3:
            del blob[at : at + len(with_what)]
        else:
            blob[at:] = bytes(len(blob) - at)
    count = only_whole(bytes(blob), contents)
    assert harms or count == len(contents)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_words(blob: bytes) -> None:
    for begun in (b"", b"ZYTA\x01\x01\x00\x00\x00\x02{}", b"ZYTA\x01\x01"):
        with pytest.raises(Unreadable):
            come_out(begun + blob)


def test_a_newer_format_asks_for_an_update() -> None:
    blob = bytearray(written(SMALL))
    blob[4] = 2
    with pytest.raises(TooNew, match="先升级"):
        come_out(bytes(blob))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "\\\\host\\x", "a\0b", "CON", "", "A" * 64, 7, None],
)  # fmt: skip
def test_row_42_no_name_in_a_container_leads_anywhere(name: object) -> None:
    with pytest.raises(Unreadable, match="目录"):
        come_out(forged([[name, 5]], body=bytes(200)))


DIGEST = "ab" * 32


@pytest.mark.parametrize(
    "listed",
    [
        [[DIGEST, LARGEST + 1]],
        [[DIGEST, 0]],
        [[DIGEST, -5]],
        [[DIGEST, 10**30]],
        [[DIGEST, True]],
        [[DIGEST, 5], [DIGEST, 5]],
        [[f"{n:064x}", 1] for n in range(container.MOST + 1)],
        [[f"{n:064x}", LARGEST] for n in range(60)],
        [],
        {},
        {DIGEST: 5},
        [DIGEST],
        None,
        [[[[]]]],
    ],
    ids=range(14),
)
def test_row_41_an_index_beyond_all_bounds_is_refused(listed: Any) -> None:
    with pytest.raises(Unreadable, match="目录"):
        come_out(forged(listed, body=bytes(100)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits of this kind")
def test_row_41_lengths_that_claim_gigabytes_are_refused_at_once() -> None:
    """In a process that may not have the memory."""
    import resource

    code = (
        "import io\n"
        "from db.exchange import container, packet\n"
        "for blob in (b'ZYTA' + bytes([1, 1]) + b'\\xff' * 4,\n"
        "             b'ZYTA' + bytes([1, 1, 0, 0, 0, 2]) + b'{}' + b'\\x7f' + b'\\xff' * 7):\n"
        "    try:\n"
        "        container.look(io.BytesIO(blob + bytes(1000)))\n"
        "    except packet.Unreadable:\n"
        "        print('refused')\n"
    )

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=small, capture_output=True, text=True, check=True,
        cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.split() == ["refused", "refused"]


def test_only_the_right_key_opens_and_only_the_right_signer_is_believed() -> None:
    stream = io.BytesIO(written(SMALL))
    front: Front = container.look(stream)
    with pytest.raises(Unreadable, match="签名"):
        container.prove(front, Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(Unreadable, match="密钥"):
        container.files_in(front, X25519PrivateKey.generate().private_bytes_raw())


def test_what_lies_inside_does_not_show_outside() -> None:
    blob = written(SMALL)
    for content in SMALL[1:]:
        assert fingerprint(content).encode() not in blob
        assert content[:12] not in blob


@settings(deadline=None)
@example([LARGEST] * 300, 64 << 20)
@example([1] * (container.MOST + 1), 64 << 20)
@given(st.lists(st.integers(1, LARGEST), max_size=50), st.integers(0, 512).map(lambda mb: mb << 20))
def test_row_17_no_bundle_exceeds_its_bound_and_none_is_left_out(
    sizes: list[int], limit: int
) -> None:
    files = [File(f"{n:064x}", size) for n, size in enumerate(sizes)]
    made = container.bundles(files, limit)
    assert [file for bundle in made for file in bundle] == files
    for bundle in made:
        assert len(bundle) == 1 or container.size_of(bundle) <= limit
        assert container.size_of(bundle) <= max(limit, LARGEST + SEAL) < 1 << 32


def test_the_same_files_have_the_same_name_and_files_asked_again_another() -> None:
    files = named(SMALL)
    names = {
        container.name(SAID, files, [0, 0, 0], SEALING),
        container.name(dict(SAID), list(files), [0, 0, 0], SEALING),
    }
    assert len(names) == 1
    others = {
        container.name(SAID, files, [0, 1, 0], SEALING),
        container.name(SAID, files[:2], [0, 0], SEALING),
        container.name({**SAID, "to": "150824"}, files, [0, 0, 0], SEALING),
        container.name(SAID, files, [0, 0, 0], PROVING),
    }
    assert len(others | names) == 5
    assert all(len(name) < 60 and name.isascii() for name in others)


def test_the_bytes_are_as_the_format_says() -> None:
    """Read by hand, as another program would."""
    blob = written([b"one"])
    assert blob[:6] == b"ZYTA\x01\x01"
    (length,) = struct.unpack_from(">I", blob, 6)
    at = 10 + length
    assert packet.mapping(blob[10:at]) == {**SAID, "kind": "files", "count": 1, "size": 3}
    (inside,) = struct.unpack_from(">Q", blob, at)
    assert len(blob) == at + 8 + inside + 64 + (3 + SEAL) + 32
