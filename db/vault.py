"""The data key and who may unlock it: one slot per person, one for the recovery sheet.

A random 32-byte key encrypts the database; each person's passphrase (Argon2id) wraps a copy of it.
The vault file holds no personal data beyond the names on the unlock page.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import durable
from db.connection import KEY_BYTES
from db.errors import Refusal, Trouble

FILE = "vault.json"
_FORMAT = 1
#: Argon2id: KiB of memory, passes, lanes. About a third of a second on an office PC.
COST = {"memory": 64 * 1024, "iterations": 3, "lanes": 4}
#: What a vault file may ask of this machine; more is damage or malice.
_COST_LIMIT = {"memory": 1 << 20, "iterations": 16, "lanes": 16}
MINIMUM_LENGTH = 8
#: So many wrong tries are free; after that each one doubles the wait, up to the longest (seconds).
FREE_TRIES, LONGEST_WAIT = 5, 300
# Letters and digits that cannot be mistaken for each other on paper.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_RECOVERY_GROUPS, _GROUP = 8, 4


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to unlock: a person's passphrase, or the recovery sheet (person 0)."""

    person: int
    name: str


def _derive(secret: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    return Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost["iterations"],
        lanes=cost["lanes"],
        memory_cost=cost["memory"],
    ).derive(secret.encode("utf-8", "surrogatepass"))


def _wrap(key: bytes, person: int, name: str, secret: str) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_derive(secret, salt, COST)).encrypt(nonce, key, str(person).encode())
    return {
        "person": person,
        "name": name,
        "cost": COST,
        "salt": base64.b64encode(salt).decode(),
        "nonce": base64.b64encode(nonce).decode(),
        "sealed": base64.b64encode(sealed).decode(),
    }


def _unwrap(slot: dict[str, Any], secret: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret_key = _derive(secret, base64.b64decode(slot["salt"]), slot["cost"])
    try:
        return AESGCM(secret_key).decrypt(
            base64.b64decode(slot["nonce"]),
            base64.b64decode(slot["sealed"]),
            str(slot["person"]).encode(),
        )
    except InvalidTag:
        return None


_RETURN = f"请把 backups 文件夹里最新的 .vault 文件复制到数据文件夹，改名为 {FILE}。"


def _read(folder: Path) -> dict[str, Any]:
    try:
        return _parsed((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise Trouble(
            "数据文件夹里没有钥匙文件。", f"请检查选择的文件夹是否正确；文件丢失时，{_RETURN}"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble("钥匙文件已损坏。", _RETURN) from error
    except OSError as error:
        raise Trouble("钥匙文件读不出来。", "请检查磁盘和文件夹的读写权限。") from error


def _parsed(vault_text: str) -> dict[str, Any]:
    kept = json.loads(vault_text)
    if kept["format"] > _FORMAT:
        raise Trouble("钥匙文件是更新版本的程序写的。", "请先升级本机程序，数据没有变化。")
    for slot in kept["slots"]:
        _check_slot(slot)
    return dict(kept)


def _check_slot(slot: dict[str, Any]) -> None:
    if not (isinstance(slot["person"], int) and isinstance(slot["name"], str)):
        raise ValueError("not a slot")
    for part in ("salt", "nonce", "sealed"):
        base64.b64decode(slot[part], validate=True)
    for what, limit in _COST_LIMIT.items():
        if not 0 < slot["cost"][what] <= limit:
            raise ValueError("the cost is out of bounds")


def _write(folder: Path, slots: list[dict[str, Any]]) -> None:
    text = json.dumps({"format": _FORMAT, "slots": slots}, ensure_ascii=False, indent=1)
    durable.write_text(folder / FILE, text)


def text(folder: Path) -> str:
    """The whole vault, as the other PCs of an office on a server need it; it opens nothing by itself."""
    _read(folder)
    return (folder / FILE).read_text("utf-8")


def put(folder: Path, vault_text: str) -> None:
    """Take over the vault of an office that was founded on another PC; Trouble for a damaged one."""
    people_in(vault_text)
    durable.write_text(folder / FILE, vault_text)


def weakness(passphrase: str) -> str:
    """Why this passphrase is too weak, in words; "" when it will do."""
    if sum(1 if c.isascii() else 2 for c in passphrase) < MINIMUM_LENGTH:
        return (
            f"口令至少 {MINIMUM_LENGTH} 个字符（汉字 {MINIMUM_LENGTH // 2} 个），可以用一句好记的话"
        )
    if len(set(passphrase)) < 4:
        return "口令里相同的字符太多"
    if passphrase.isdigit() and len(passphrase) < 12:
        return "只用数字时至少 12 位"
    return ""


def recovery_code() -> str:
    """A fresh code for the recovery sheet: 160 bits in groups of four."""
    groups = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_RECOVERY_GROUPS)
    ]
    return "-".join(groups)


def _tidy(code: str) -> str:
    letters = "".join(c for c in code.upper() if c.isalnum())
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def new_key() -> bytes:
    """A random data key for a new office."""
    return secrets.token_bytes(KEY_BYTES)


def create(folder: Path, key: bytes, person: int, name: str, passphrase: str) -> str:
    """Make the vault of a new office; returns the recovery code to print."""
    require_strength(passphrase)
    code = recovery_code()
    _write(folder, [_wrap(key, person, name, passphrase), _wrap(key, 0, "恢复单", code)])
    return code


def require_strength(passphrase: str) -> None:
    """Refuse a passphrase that is too weak, with the reason."""
    if (reason := weakness(passphrase)) != "":
        raise Refusal(reason + "。")


def people(folder: Path) -> list[Slot]:
    """Who can unlock this office, for the unlock page."""
    return _people(_read(folder))


def people_in(vault_text: str) -> list[Slot]:
    """Who can unlock an office whose vault lies on its server; Trouble when it is damaged."""
    try:
        return _people(_parsed(vault_text))
    except (ValueError, KeyError, TypeError) as error:
        raise Trouble(
            "服务器上的钥匙已损坏，没有采用它。", "这台电脑上的没有变化。请联系维护人员。"
        ) from error


def _people(kept: dict[str, Any]) -> list[Slot]:
    return [Slot(slot["person"], slot["name"]) for slot in kept["slots"] if slot["person"]]


def unlock(folder: Path, secret: str, person: int | None = None) -> tuple[bytes, int]:
    """The data key and whose slot opened; without a person every slot is tried.

    Refuses a wrong passphrase; after some wrong ones also a right one, for a while. The recovery
    code opens as person 0.
    """
    slots = _read(folder)["slots"]
    _hold_off(folder)
    for slot in slots:
        if person is not None and slot["person"] not in {person, 0}:
            continue
        key = _unwrap(slot, _tidy(secret) if slot["person"] == 0 else secret)
        if key is not None:
            _wrong.pop(folder.absolute(), None)
            return key, int(slot["person"])
    tries = _wrong.get(folder.absolute(), (0, 0.0))[0] + 1
    _wrong[folder.absolute()] = (tries, _now())
    raise Refusal("口令不对。数据没有变化，请重新输入；忘记口令可用恢复单。")


_now = time.monotonic
#: Wrong tries in a row on each folder, and when the last one was.
_wrong: dict[Path, tuple[int, float]] = {}


def _hold_off(folder: Path) -> None:
    tries, last = _wrong.get(folder.absolute(), (0, 0.0))
    if tries < FREE_TRIES:
        return
    left = last + min(2 ** (tries - FREE_TRIES), LONGEST_WAIT) - _now()
    if left > 0:
        raise Refusal(f"口令已连续输错 {tries} 次，请等 {int(left) + 1} 秒再输。数据没有变化。")


def admit(folder: Path, key: bytes, person: int, name: str, passphrase: str) -> None:
    """Give a person a slot, or a new passphrase."""
    if person == 0:
        # The recovery slot opens by a printed code only; a passphrase in it would open never.
        raise Refusal("恢复单没有口令，只能换一张新的恢复单。")
    require_strength(passphrase)
    slots = [s for s in _read(folder)["slots"] if s["person"] != person]
    _write(folder, [_wrap(key, person, name, passphrase), *slots])


def dismiss(folder: Path, person: int) -> None:
    """Take a person's slot away; the last one stays."""
    slots = _read(folder)["slots"]
    left = [s for s in slots if s["person"] != person]
    if not [s for s in left if s["person"]]:
        raise Refusal("这是最后一个能登录的人，不能停用。")
    _write(folder, left)


def renew_recovery(folder: Path, key: bytes) -> str:
    """A new recovery code; the old sheet no longer opens."""
    code = recovery_code()
    slots = [s for s in _read(folder)["slots"] if s["person"] != 0]
    _write(folder, [*slots, _wrap(key, 0, "恢复单", code)])
    return code
