"""Whose signature an update package must bear: the public keys that the program carries."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from db.errors import Refusal


def keys() -> dict[bytes, str]:
    """Raw Ed25519 public key → name of the publisher."""
    said = tomllib.loads((files("resources") / "publisher.toml").read_text("utf-8"))
    return {bytes.fromhex(each["public"]): str(each["name"]) for each in said.get("key", [])}


def signer(message: bytes, signature: bytes) -> str:
    """The publisher who signed this; refuses when it is none that the program knows."""
    known = keys()
    if not known:
        raise Refusal(
            "本机程序没有登记发布单位的公钥，不能验证升级包。请用新版安装程序升级，数据不受影响。"
        )
    for key, name in known.items():
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        except (InvalidSignature, ValueError):
            continue
        return name
    raise Refusal(
        "升级包的签名不对：不是本程序的发布单位做的，或者被改动、损坏过。没有升级，请重新拷贝或另取。"
    )
