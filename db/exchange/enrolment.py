"""Two offices come to know each other: invite, join, admit, and a number compared by telephone."""

from __future__ import annotations

import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from db import access, durable, moment
from db.connection import database
from db.errors import Refusal
from db.exchange import carrier, keys
from db.identity import identity

_MARK = "zhengyou 1"


def invite(office: str, name: str, file: Path) -> str:
    """The county writes an invitation for a township; returns the county's fingerprint.

    Inviting an office again is how its new PC or its new keys are let in: until its answer is
    admitted the old ones hold.
    """
    us = _manager()
    if us.level != "county":
        raise Refusal("邀请由旗县发出，苏木乡镇用“join”加入。")
    if not (office.isdigit() and 6 <= len(office) <= 12) or office == us.office_code:
        raise Refusal("请填写对方的行政区划代码，6 至 12 位数字。")
    if not name.strip():
        raise Refusal("请填写对方单位的名称。")
    token = secrets.token_hex(16)
    with database.atomic():
        own = keys.own()
        peer = keys.find(office)
        state = "known" if peer is not None and peer.state == "known" else "invited"
        keys.keep(office, name=name.strip(), state=state, token=token)
    # Whoever holds a revoked key must come back with another one.
    fresh = {"fresh": True} if keys.revoked_of(office) else {}
    _write(file, "invitation", own, {"for": office, "token": token, **fresh})
    return keys.fingerprint(own.signing_public, own.sealing_public)


def join(file: Path, answer: Path) -> tuple[str, str]:
    """A township takes an invitation and writes its answer; returns the county's fingerprint and ours."""
    us = _manager()
    said = _read(file, "invitation")
    if us.level != "township":
        raise Refusal("旗县不加入别的单位，请由苏木乡镇来做。")
    if said["for"] != us.office_code:
        raise Refusal(f"这份邀请是给代码“{said['for']}”的，不是给本单位（{us.office_code}）的。")
    with database.atomic():
        own = keys.renew() if said.get("fresh") else keys.own()
        _know(said)
    _write(answer, "answer", own, {"for": said["office"], "token": said["token"]})
    return (
        keys.fingerprint(said["signing"], said["sealing"]),
        keys.fingerprint(own.signing_public, own.sealing_public),
    )


def admit(file: Path) -> tuple[str, str]:
    """The county takes the answer to its invitation; returns the township's code and fingerprint."""
    us = _manager()
    said = _read(file, "answer")
    peer = keys.find(said["office"])
    if said["for"] != us.office_code or peer is None:
        raise Refusal("这份回答不是对本单位邀请的回答。")
    if not peer.token or not hmac.compare_digest(peer.token, said["token"]):
        raise Refusal("这份回答对应的邀请已作废或已用过，请重新邀请。")
    if keys.revoked(said["signing"]):
        raise Refusal(
            "这份回答用的是已作废的密钥。请在对方现用的电脑上，用最新的邀请重新“加入”一次。"
        )
    sites = {each.site: each for each in keys.peers() if each.office != said["office"]}
    if said["site"] == us.site or said["site"] in sites:
        raise Refusal(
            "对方的数据编号与另一个单位相同，互认后编号会混。请对方另建一份新台账后再加入。"
        )
    with database.atomic():
        _know(said)
    return said["office"], keys.fingerprint(said["signing"], said["sealing"])


def revoke(office: str, reason: str) -> str:
    """A PC with its keys was lost or stolen: what is signed by them from now on is not taken.

    Returns the office's name. What was taken in before stays; the office is invited anew and then
    begins with new keys.
    """
    us = _manager()
    if not reason.strip():
        raise Refusal("请写明作废的原因，例如“电脑被盗”。")
    peer = keys.find(office)
    if peer is None or peer.state not in {"known", "revoked"} or office == us.office_code:
        raise Refusal(f"没有与代码为“{office}”的单位互认，没有可作废的密钥。")
    with database.atomic():
        database.execute_sql(
            "INSERT INTO exchange_revoked (signing, office, at, reason, person)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (signing) DO NOTHING",
            (
                peer.signing, office, moment.now(),
                reason.strip(), access.acting().name,
            ),
        )  # fmt: skip
        keys.keep(office, state="revoked", token="")
        database.execute_sql("UPDATE exchange_sent SET bytes = NULL WHERE office = ?", (office,))
    return peer.name


def renew_keys() -> str:
    """Our own PC was lost: new keys for this office; returns the new fingerprint.

    Every office that knows us has to be enrolled with again before packets go on.
    """
    _manager()
    with database.atomic():
        own = keys.renew()
    return keys.fingerprint(own.signing_public, own.sealing_public)


def own_fingerprint() -> str:
    """The number of our own keys, to be read out."""
    with database.atomic():
        own = keys.own()
    return keys.fingerprint(own.signing_public, own.sealing_public)


def agrees(fingerprint: str, heard: str) -> bool:
    """Whether a number heard over the telephone is this one, however it was typed."""
    return hmac.compare_digest(_digits(fingerprint), _digits(heard))


def compare(office: str, heard: str) -> None:
    """The number heard over the telephone is that of this office's keys: when and by whom is kept.

    Refusal when it is another number. It counts for these keys only; new ones are compared anew.
    """
    _manager()
    peer = keys.find(office)
    if peer is None or not peer.signing:
        raise Refusal("这个单位还没有把回答带回来，没有核对号可比。")
    number = keys.fingerprint(peer.signing, peer.sealing)
    if not agrees(number, heard):
        raise Refusal("听到的数字与对方的核对号不一致，没有记为已核对。请再听一遍。")
    with database.atomic():
        database.execute_sql(
            "INSERT INTO exchange_compared (fingerprint, office, at, person) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (fingerprint) DO NOTHING",
            (number, office, moment.now(), access.acting().name),
        )


def _digits(text: str) -> str:
    """The plain digits of a text; full-width ones are digits too."""
    return "".join(str(int(each)) for each in text if each.isdigit() and each.isdecimal())


def kind_of(file: Path) -> str:
    """Which of the two a file is: "invitation", "answer", or "" for one that is neither."""
    for kind in ("invitation", "answer"):
        try:
            _read(file, kind)
        except Refusal:
            continue
        return kind
    return ""


def _manager() -> Any:
    access.require("manage")
    return identity()


def _know(said: dict[str, Any]) -> None:
    before = keys.find(said["office"])
    if before is not None and before.sealing != said["sealing"]:
        # What was sealed for the old keys opens nowhere any more; it is made again.
        database.execute_sql(
            "UPDATE exchange_sent SET bytes = NULL WHERE office = ?", (said["office"],)
        )
    keys.keep(
        said["office"], name=said["name"], state="known", token="", signing=said["signing"],
        sealing=said["sealing"], site=said["site"],
    )  # fmt: skip


def _write(file: Path, kind: str, own: keys.Own, more: dict[str, Any]) -> None:
    us = identity()
    said = {
        "mark": _MARK,
        "kind": kind,
        "office": us.office_code,
        "name": us.office_name,
        "incarnation": us.incarnation,
        "site": us.site,
        "signing": own.signing_public.hex(),
        "sealing": own.sealing_public.hex(),
        **more,
    }
    signature = Ed25519PrivateKey.from_private_bytes(own.signing).sign(_signed(said))
    text = json.dumps({**said, "signature": signature.hex()}, ensure_ascii=False, indent=1)
    durable.write_text(file, text + "\n")


def _signed(said: dict[str, Any]) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return b"zhengyou enrolment 1\n" + text.encode()


_TEXTS = ("office", "name", "incarnation", "for", "token")


def _read(file: Path, kind: str) -> dict[str, Any]:
    """What an invitation or an answer says, proved by the key it brings itself."""
    words = "邀请" if kind == "invitation" else "回答"
    try:
        said = json.loads(carrier.read(file).decode("utf-8"))
        if said["mark"] != _MARK or said["kind"] != kind:
            raise ValueError(said["kind"])
        signature = bytes.fromhex(said.pop("signature"))
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(said["signing"])).verify(
            signature, _signed(said)
        )
        said["signing"], said["sealing"] = (
            bytes.fromhex(said[name]) for name in ("signing", "sealing")
        )
        if len(said["sealing"]) != 32 or type(said["site"]) is not int:
            raise ValueError("keys")
        if not all(isinstance(said[name], str) for name in _TEXTS):
            raise ValueError("texts")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidSignature):
        raise Refusal(f"“{file.name}”不是一份完好的{words}，请让对方重新生成。") from None
    return dict(said)
