"""Whether a packet may be believed, before anything of it is used, and what it then says."""

from __future__ import annotations

from db import migrations
from db.errors import Refusal
from db.exchange import container, handover, keys, offices, order, packet, quarantine, versions
from db.exchange.received import Received
from db.exchange.share import Share, from_body
from db.identity import Identity

OWN = "本单位自己的包"


class NotForUs(Refusal):
    """Whole and sound perhaps, but it goes back to whoever it is for."""


def prove(blob: bytes, us: Identity, result: Received) -> packet.Seen | None:
    """The packet, when it is whole, for us, and from an office we know; None for one of our own.

    What it says of itself goes into `result`. NotForUs, Unreadable or Refusal say why not.
    """
    result.hash = packet.digest(blob)
    result.returned = quarantine.returned(result.hash)
    seen = packet.look(blob)
    head = seen.head
    result.office = str(head.get("from", ""))[:12]
    result.name = str(head.get("from_name", ""))[:80]
    result.made = str(head.get("made", ""))[:19]
    number = head.get("number")
    result.number = number if type(number) is int else None
    if head.get("kind") != "packet":
        raise packet.Unreadable("不是争优台账的包。")
    if result.office == us.office_code:
        result.reason = OWN
        return None
    if head.get("to") != us.office_code:
        raise NotForUs("这个包是给别的单位的，没有打开，请交还。")
    _refuse_revoked(seen, result.office)
    peer = keys.known(result.office)
    packet.prove(seen, peer.signing)
    result.program = str(head.get(versions.KEY, ""))[:19]
    order.check_head(head)
    if head["schema"] > migrations.newest():
        raise packet.TooNew("这个包是更新版本的程序写的，请先升级本机程序，包已保留。")
    result.name, result.rows = peer.name, dict(head["rows"])
    result.money = _amounts(head.get("money"))
    result.files, result.files_size = container.beside(head)
    return seen


def unseal(seen: packet.Seen) -> Share:
    """What a proved packet says; Unreadable when it is not what its head says."""
    body = packet.open_body(seen, keys.own().sealing)
    told, named = handover.take_out(body), offices.take_out(body)
    share = Share(from_body(body), seen.head["full"], seen.head["rows"], told, named)
    if len(share.lines) != sum(seen.head["rows"].values()):
        raise packet.Unreadable("包里的记录数与包头说的不符，没有接收。")
    return share


def canonical(seen: packet.Seen) -> str:
    """The name the packet was given, whatever somebody called the copy."""
    from db.exchange.sending import file_name

    head = seen.head
    return file_name(head["from"], head["incarnation"], head["number"], seen.hash)


def _amounts(said: object) -> dict[str, int]:
    """The sums of money in the head, as far as they are sums."""
    if not isinstance(said, dict):
        return {}
    return {str(stem): n for stem, n in said.items() if type(n) is int}


def _refuse_revoked(seen: packet.Seen, office: str) -> None:
    """Refusal for a packet signed by a key that was revoked here."""
    for key in keys.revoked_of(office):
        if packet.is_signed_by(seen, key):
            at, reason = keys.revoked(key) or ("", "")
            raise packet.Unreadable(
                f"这个包是用已作废的密钥签的（{at[:10]}，{reason}），没有打开，已隔离。"
            )
