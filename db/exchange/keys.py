"""Our own keys and the offices we know, kept inside the encrypted database and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from db import moment
from db.connection import database
from db.errors import Refusal

_GROUPS = 6


@dataclass(frozen=True, slots=True)
class Own:
    """The private keys of this office, raw."""

    signing: bytes
    sealing: bytes

    @property
    def signing_public(self) -> bytes:
        """The key others check our signature with."""
        return Ed25519PrivateKey.from_private_bytes(self.signing).public_key().public_bytes_raw()

    @property
    def sealing_public(self) -> bytes:
        """The key others seal packets to us with."""
        return X25519PrivateKey.from_private_bytes(self.sealing).public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class Peer:
    """An office we exchange with, and how far the exchange has come.

    `their_*`: the last packet of theirs that we took in. `our_*`: the last number we gave a packet
    for them, under which of our incarnations. `acknowledged`: the number of our last packet that
    they have, `acknowledged_hash` its hash, `covered` the journal entry up to which they have
    everything; up to entry `retold` they are told again even what once came from them, because they
    went back to an older state; `answered_by` are the incarnations they were seen in, the present one last, and a receipt counts
    only for packets after number `floor`, which were made knowing of it.
    """

    office: str
    name: str
    state: str
    token: str
    signing: bytes
    sealing: bytes
    site: int
    their_incarnation: str
    their_number: int
    their_hash: str
    their_journal: int
    their_head: str
    our_incarnation: str
    our_number: int
    our_hash: str
    acknowledged: int
    acknowledged_hash: str
    covered: int
    retold: int
    answered_by: str
    floor: int


_COLUMNS = tuple(Peer.__dataclass_fields__)


def own() -> Own:
    """Our keys, made the first time they are asked for; inside a transaction of the caller."""
    row = database.execute_sql("SELECT signing, sealing FROM exchange_key").fetchone()
    if row is None:
        fresh = (
            Ed25519PrivateKey.generate().private_bytes_raw(),
            X25519PrivateKey.generate().private_bytes_raw(),
        )
        database.execute_sql("INSERT INTO exchange_key VALUES (1, ?, ?)", fresh)
        return Own(*fresh)
    return Own(bytes(row[0]), bytes(row[1]))


def renew() -> Own:
    """New keys of our own; everybody has to be enrolled with anew, and what lies made is made again."""
    database.execute_sql(
        "INSERT INTO exchange_former (signing, at) VALUES (?, ?) ON CONFLICT (signing) DO NOTHING",
        (own().signing_public, moment.now()),
    )
    database.execute_sql("DELETE FROM exchange_key")
    database.execute_sql("UPDATE exchange_sent SET bytes = NULL")
    return own()


def all_own() -> list[bytes]:
    """The public keys we have ever signed with, the present one first: what we once sealed stays said."""
    former = database.execute_sql("SELECT signing FROM exchange_former ORDER BY at DESC").fetchall()
    return [own().signing_public, *(bytes(row[0]) for row in former)]


def compared(peer: Peer) -> tuple[str, str] | None:
    """(when, by whom) the number of these very keys was compared by telephone; None when it was not."""
    row = database.execute_sql(
        "SELECT at, person FROM exchange_compared WHERE fingerprint = ?",
        (fingerprint(peer.signing, peer.sealing),),
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def revoked(signing: bytes) -> tuple[str, str] | None:
    """(when, why) a key was revoked here, None when it was not."""
    row = database.execute_sql(
        "SELECT at, reason FROM exchange_revoked WHERE signing = ?", (signing,)
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def revoked_of(office: str) -> list[bytes]:
    """The keys of an office that no longer hold."""
    return [
        bytes(row[0])
        for row in database.execute_sql(
            "SELECT signing FROM exchange_revoked WHERE office = ?", (office,)
        ).fetchall()
    ]


def fingerprint(signing: bytes, sealing: bytes) -> str:
    """Both public keys as 30 digits in groups of five, to read out over the telephone."""
    digest = int.from_bytes(hashlib.sha256(b"zhengyou keys\n" + signing + sealing).digest(), "big")
    digits = f"{digest % 10 ** (5 * _GROUPS):0{5 * _GROUPS}d}"
    return " ".join(digits[i : i + 5] for i in range(0, len(digits), 5))


def peers(state: str = "known") -> list[Peer]:
    """The offices in this state, by code."""
    rows = database.execute_sql(
        f"SELECT {', '.join(_COLUMNS)} FROM exchange_peer WHERE state = ? ORDER BY office", (state,)
    ).fetchall()
    return [_peer(row) for row in rows]


def find(office: str) -> Peer | None:
    """The office of this code, in whatever state."""
    row = database.execute_sql(
        f"SELECT {', '.join(_COLUMNS)} FROM exchange_peer WHERE office = ?", (office,)
    ).fetchone()
    return None if row is None else _peer(row)


def known(office: str) -> Peer:
    """The enrolled office of this code; refuses in words when it is not."""
    peer = find(office)
    if peer is not None and peer.state == "revoked":
        raise Refusal(f"“{peer.name}”的密钥已作废，等对方重新加入后才能交换。")
    if peer is None or peer.state != "known":
        raise Refusal(f"与代码为“{office}”的单位还没有互认，请先邀请并互认。")
    return peer


def keep(office: str, **values: Any) -> None:
    """Write what changed about an office; makes its row when there is none."""
    database.execute_sql(
        "INSERT INTO exchange_peer (office) VALUES (?) ON CONFLICT DO NOTHING", (office,)
    )
    sets = ", ".join(f"{name} = ?" for name in values)
    database.execute_sql(
        f"UPDATE exchange_peer SET {sets} WHERE office = ?", (*values.values(), office)
    )


def _peer(row: tuple[Any, ...]) -> Peer:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["signing"], values["sealing"] = bytes(values["signing"]), bytes(values["sealing"])
    return Peer(**values)
