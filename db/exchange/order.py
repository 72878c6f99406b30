"""Whether a packet is next, known already, too early, or from a second copy of its office's data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from db.connection import database
from db.exchange import keys
from db.exchange.packet import Unreadable
from db.exchange.sending import CHAIN_DIGITS
from db.identity import Identity

#: Part of a file's name: nothing else than what we draw ourselves may stand in it.
_INCARNATION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FORK = "与已收到的第 {} 号包对不上：对方可能恢复过备份，或有两台电脑在用同一份数据。请对方重新上报，会完整送来。"


def check_head(head: Mapping[str, Any]) -> None:
    """Unreadable when the head lacks what the rest relies on."""
    have, steps = head.get("have"), head.get("journal")
    sound = (
        bool(_INCARNATION.fullmatch(str(head.get("incarnation"))))
        and isinstance(head.get("chain"), list)
        and all(isinstance(each, str) for each in head["chain"])
        and isinstance(head.get("full"), bool)
        and all(_count(head.get(name)) for name in ("number", "since", "schema"))
        and head["since"] < head["number"]
        and len(head["chain"]) == head["number"] - max(head["since"], 1)
        and isinstance(have, dict)
        and isinstance(have.get("incarnation"), str)
        and _count(have.get("number"))
        and isinstance(steps, dict)
        and _count(steps.get("count"))
        and isinstance(steps.get("head"), str)
        and isinstance(head.get("rows"), dict)
        and all(_count(n) for n in head["rows"].values())
    )
    if not sound:
        raise Unreadable("包头不完整，没有打开。")


def _count(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 53


def place(peer: keys.Peer, head: Mapping[str, Any], digest: str) -> tuple[str, str]:
    """("next" | "same" | "waiting" | "fork", why): where a packet stands in its sender's row."""
    incarnation, number, since = head["incarnation"], head["number"], head["since"]
    known = _known(peer.office, incarnation)
    if incarnation != peer.their_incarnation:
        if known:
            return _again(known, number, digest, max(known))
        if since and peer.their_incarnation:
            return "waiting", "对方换了一份数据，需要完整上报一次。请把回执带回，再上报。"
        if not since:
            return "next", ""
    first = max(since, 1)
    for step, begun in enumerate(head["chain"], first):
        if step in known and known[step][:CHAIN_DIGITS] != begun[:CHAIN_DIGITS]:
            return "fork", _FORK.format(step)
    if number in known or number < peer.their_number:
        return _again(known, number, digest, peer.their_number)
    if since > peer.their_number:
        missing = "、".join(
            f"第{n}号" for n in range(peer.their_number + 1, min(since, peer.their_number + 5) + 1)
        )
        return "waiting", f"{missing}缺失，先接收缺的包；找不到时把回执带回，对方会重新送来。"
    return "next", ""


def may_be_ahead(peer: keys.Peer, us: Identity, head: Mapping[str, Any]) -> bool:
    """Whether its sender may hold what we told it and lost: we once went back to an older state.

    We know it by our own packets of another incarnation, or by one that the sender took in and we
    do not know to have made.
    """
    have = head["have"]
    made = peer.our_number if peer.our_incarnation == us.incarnation else 0
    strange = have["incarnation"] != us.incarnation or have["number"] > made
    sql = "SELECT 1 FROM exchange_sent WHERE incarnation <> ? LIMIT 1"
    before = database.execute_sql(sql, (us.incarnation,)).fetchone()
    return before is not None or (bool(have["incarnation"]) and strange)


def _again(known: Mapping[int, str], number: int, digest: str, newest: int) -> tuple[str, str]:
    """The very packet that is in already, or one that a later one stood on; else another copy's."""
    kept = known.get(number, "")
    if not kept or kept[:CHAIN_DIGITS] != digest[:CHAIN_DIGITS]:
        return "fork", _FORK.format(number if kept else newest)
    if len(kept) > CHAIN_DIGITS:
        return "same", "已经接收过"
    return "same", f"内容已随第 {newest} 号包接收"


def _known(office: str, incarnation: str) -> dict[int, str]:
    return dict(
        database.execute_sql(
            "SELECT number, hash FROM exchange_received WHERE office = ? AND incarnation = ?",
            (office, incarnation),
        ).fetchall()
    )
