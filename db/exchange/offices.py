"""The offices of the county by code and name; the county tells its townships with every packet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from db.connection import database
from db.errors import Refusal
from db.exchange import keys
from db.exchange.packet import Unreadable
from db.identity import Identity, identity

#: The part of a body that is no table.
PART = "offices"
#: In a packet's head: which offices its body names, so that it is known whether there are others now.
KEY = "offices"


def known() -> dict[str, str]:
    """Code → name of every office we know of, our own among them."""
    us = identity()
    found = dict(database.execute_sql("SELECT code, name FROM exchange_office").fetchall())
    found |= {peer.office: peer.name for peer in keys.peers()}
    return dict(sorted({**found, us.office_code: us.office_name}.items()))


def called(code: str) -> str:
    """The name of an office, or its code when nobody told us."""
    return known().get(code, code)


def named(code: str) -> str:
    """The name of an office; Refusal when there is no such office."""
    name = known().get(code)
    if name is None:
        there = "、".join(f"{each}（{said}）" for each, said in known().items())
        raise Refusal(f"没有代码为“{code}”的单位，有：{there}。")
    return name


def meant(text: str) -> str:
    """The code of the office that a person means by its code, its name or a part of it."""
    asked, us = text.strip(), identity().office_code
    others = {code: name for code, name in known().items() if code != us}
    found = [code for code, name in others.items() if asked in (code, name)]
    found = found or [code for code, name in others.items() if asked and asked in name]
    if len(found) != 1:
        there = "、".join(others.values()) or "还没有，请先接收一次旗县的包"
        raise Refusal(f"“{asked}”指的是哪个单位？旗县内的单位有：{there}。")
    return found[0]


def to_body(us: Identity) -> dict[str, Any]:
    """Their part of a body: only the county knows them all."""
    return {PART: known()} if us.level == "county" else {}


def fingerprint(us: Identity) -> str:
    """What `to_body` says, as eight bytes in hex; "" where nothing is told."""
    if us.level != "county":
        return ""
    said = json.dumps(known(), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def take_out(body: dict[str, Any]) -> dict[str, str]:
    """Take their part out of a body; Unreadable when it is built otherwise."""
    told = body.pop(PART, {})
    if not isinstance(told, dict) or not all(isinstance(name, str) for name in told.values()):
        raise Unreadable("包的内容排列不对，没有打开。")
    return told


def learn(told: Mapping[str, str]) -> None:
    """Keep what the county said, in the place of what it said before."""
    if told:
        database.execute_sql("DELETE FROM exchange_office")
        database.insert_many("exchange_office", ("code", "name"), sorted(told.items()))
