"""A packet as bytes: readable head, compressed and sealed body, one signature over all of it.

Nothing here knows a database. `docs/packet-format.md` says the same for whoever writes another reader.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from db.errors import Refusal
from db.exchange import bounds

MAGIC = b"ZYTZ"
#: 2: whole rows lie in the body by column; 1 had them row by row and is still read.
FORMAT = 2
#: Ed25519 over SHA-512; HPKE of X25519, HKDF-SHA-256 and ChaCha20-Poly1305; zstd.
SUITE = 1
PREFIX = struct.Struct(">4sBBI")
LENGTH = struct.Struct(">Q")
SIGNATURE = 64
#: What sealing adds: the encapsulated key and the tag.
SEAL = 32 + 16
LONGEST = 32 << 20
LONGEST_HEAD = 64 << 10
_SIGNED = b"zhengyou packet 1\n"
_SEALED = b"zhengyou body 1\n"
_LEVEL = 9


class Unreadable(Refusal):
    """These bytes are no packet that may be believed; the reason is for the person."""


class TooNew(Unreadable):
    """Whole and sound, but written by a newer program."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a packet says of itself before anybody has believed it."""

    head: dict[str, Any]
    body: bytes
    signed: bytes
    signature: bytes
    hash: str
    version: int


def as_json(value: object) -> bytes:
    """JSON as packets hold it: UTF-8, keys in order, no spaces."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def write(
    head: Mapping[str, Any],
    body: object | None,
    signing: bytes,
    recipient: bytes | None,
) -> bytes:
    """Seal a body for its recipient and sign the whole; without a body it is a receipt.

    `signing` is the raw Ed25519 private key, `recipient` the raw X25519 public key.
    """
    said = dict(head)
    plain = b""
    if body is not None:
        plain = as_json(body)
        said["size"] = len(plain)
    top = as_json(said)
    sealed = b""
    if body is not None and recipient is not None:
        if not bounds.Scan().see_all(plain):
            raise Refusal("要上报的内容太多，一个包装不下，没有写出。请联系维护人员。")
        sealed = seal(_compress(plain), recipient, _SEALED + top)
    blob = PREFIX.pack(MAGIC, FORMAT, SUITE, len(top)) + top + LENGTH.pack(len(sealed)) + sealed
    return blob + sign(blob, signing, _SIGNED)


def digest(blob: bytes) -> str:
    """What a packet is called wherever it lies: SHA-256 of the whole file, hex."""
    return hashlib.sha256(blob).hexdigest()


def look(blob: bytes) -> Seen:
    """Read the outside of a packet; Unreadable when its lengths and marks do not fit exactly."""
    if len(blob) > LONGEST:
        raise Unreadable("文件太大，不是争优台账的包。")
    if len(blob) < PREFIX.size or blob[:4] != MAGIC:
        raise Unreadable("不是争优台账的包。")
    _magic, version, suite, length = PREFIX.unpack_from(blob)
    if version > FORMAT:
        raise TooNew("这个包是更新版本的程序写的，请先升级本机程序，包已保留。")
    if version < 1 or suite != SUITE:
        raise Unreadable("包的格式或加密方式认不出来。")
    start = PREFIX.size + length
    if length > LONGEST_HEAD or len(blob) < start + LENGTH.size + SIGNATURE:
        raise Unreadable("包不完整，可能没有复制完，请重新复制。")
    (inside,) = LENGTH.unpack_from(blob, start)
    end = start + LENGTH.size + inside
    if len(blob) != end + SIGNATURE:
        raise Unreadable("包不完整或被改动，请重新复制。")
    head = mapping(blob[PREFIX.size : start])
    return Seen(
        head,
        blob[start + LENGTH.size : end],
        blob[:end],
        blob[end:],
        digest(blob),
        version,
    )


def prove(seen: Seen, key: bytes) -> None:
    """Unreadable unless this very office signed these very bytes."""
    if not is_signed_by(seen, key):
        raise Unreadable("包的签名不符：被改动过，或不是这个单位现用的密钥签的。")


def is_signed_by(seen: Seen, key: bytes) -> bool:
    """Whether the holder of this key signed these very bytes."""
    return is_signed(seen.signed, seen.signature, key, _SIGNED)


def open_body(seen: Seen, private: bytes) -> dict[str, Any]:
    """Unseal, unpack within limits and read the body; the signature must have been proved."""
    top = seen.signed[PREFIX.size : len(seen.signed) - len(seen.body) - LENGTH.size]
    packed = unseal(seen.body, private, _SEALED + top)
    if packed is None:
        raise Unreadable("包不是加密给本单位现用密钥的，打不开。")
    return mapping(_unpack(packed, seen.head.get("size")))


def _suite() -> Suite:
    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal(plain: bytes, recipient: bytes, purpose: bytes) -> bytes:
    """Bytes that only the holder of the recipient's key opens, for this purpose only; `SEAL` longer."""
    return _suite().encrypt(plain, X25519PublicKey.from_public_bytes(recipient), info=purpose)


def unseal(sealed: bytes, private: bytes, purpose: bytes) -> bytes | None:
    """What was sealed to us for this purpose; None when it is not that, or was changed."""
    try:
        return _suite().decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=purpose)
    except (InvalidTag, ValueError):
        return None


def sign(said: bytes, signing: bytes, purpose: bytes) -> bytes:
    """Our signature of these very bytes, for this purpose only."""
    key = Ed25519PrivateKey.from_private_bytes(signing)
    return key.sign(purpose + hashlib.sha512(said).digest())


def is_signed(said: bytes, signature: bytes, key: bytes, purpose: bytes) -> bool:
    """Whether the holder of this key signed these very bytes for this purpose."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            signature, purpose + hashlib.sha512(said).digest()
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _compress(plain: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(plain)


def _unpack(packed: bytes, size: object) -> bytes:
    import zstandard

    if not isinstance(size, int) or not 0 <= size <= bounds.LARGEST:
        raise Unreadable("包里的内容超出限度，没有打开。")
    try:
        # A frame that claims more than the head does is never unpacked at all.
        if zstandard.frame_content_size(packed) != size:
            raise Unreadable("包里的大小与包头说的不符，没有打开。")
        if not bounds.fits(packed):
            raise Unreadable("包里的内容超出限度，没有打开。")
        plain = zstandard.ZstdDecompressor(max_window_size=bounds.WINDOW).decompress(
            packed, max_output_size=size, allow_extra_data=False
        )
    except zstandard.ZstdError:
        raise Unreadable("包里的内容解不开，没有打开。") from None
    if len(plain) != size:
        raise Unreadable("包里的大小与包头说的不符，没有打开。")
    return plain


def mapping(text: bytes) -> dict[str, Any]:
    """The object that a text holds; Unreadable when it is none."""
    try:
        value = json.loads(text.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unreadable("包的内容看不懂，可能已损坏。") from None
    if not isinstance(value, dict):
        raise Unreadable("包的内容看不懂，可能已损坏。")
    return value


def _no_constant(name: str) -> object:
    raise ValueError(name)
