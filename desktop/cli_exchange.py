"""The commands of the exchange: enrol, send, receive, decide, compare digests."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

Answer = tuple[Any, str]
Run = Callable[[argparse.Namespace], Answer]
Add = Callable[[str, Run, str], argparse.ArgumentParser]
Opened = Callable[[argparse.Namespace], AbstractContextManager[Path]]

OUTCOMES = {
    "applied": "已接收",
    "same": "已接收过",
    "waiting": "等候",
    "fork": "对不上",
    "refused": "退回",
    "left": "没有处理",
}


def add_commands(add: Add, opened: Opened) -> None:
    """Put the exchange's commands beside the others; `opened` opens the office for one command."""

    def within(run: Run) -> Run:
        def command(given: argparse.Namespace) -> Answer:
            with opened(given):
                return run(given)

        return command

    invite = add("invite", within(_invite), "旗县：邀请一个苏木乡镇互认")
    invite.add_argument("--office", required=True, metavar="CODE", help="对方的行政区划代码")
    invite.add_argument("--name", required=True, help="对方单位全称")
    invite.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    join = add("join", within(_join), "苏木乡镇：接受旗县的邀请")
    join.add_argument("file", type=Path, metavar="FILE")
    join.add_argument("-o", "--output", type=Path, required=True, metavar="ANSWER")
    admit = add("admit", within(_admit), "旗县：收下对方的回答")
    admit.add_argument("file", type=Path, metavar="ANSWER")
    send = add("send", within(_send), "上报（旗县：下发）到一个文件夹")
    send.add_argument("folder", type=Path, metavar="DIR")
    send.add_argument("--to", default="", metavar="CODE", help="只给这个单位")
    receive = add("receive", within(_receive), "接收一个文件夹里的包和回执")
    receive.add_argument("places", type=Path, nargs="+", metavar="DIR-or-FILE")
    receive.add_argument("--dry-run", action="store_true", help="只看会变什么，不写入")
    receive.add_argument("--approve", action="store_true", help="批准包里的大批停用")
    add("conflicts", within(_conflicts), "列出等人决定的冲突")
    decide = add("decide", within(_decide), "决定一个冲突")
    decide.add_argument("id", type=int, metavar="ID")
    decide.add_argument(
        "--take", required=True, metavar="ours|theirs|both|FIELD=VALUE", help="取哪一边的，或另填"
    )
    transfer = add("transfer", within(_transfer), "党员组织关系转接：苏木乡镇提出，旗县办理")
    transfer.add_argument(
        "member",
        nargs="?",
        default="",
        metavar="MEMBER",
        help="编号、公民身份号码或姓名；不写就列出",
    )
    transfer.add_argument("--to", metavar="OFFICE", help="转往单位的行政区划代码")
    transfer.add_argument("--into", metavar="BRANCH", help="接收单位：编入这个党支部，并给出回执")
    transfer.add_argument("--refuse", metavar="REASON", help="旗县：不批准")
    transfer.add_argument("--on", default="", metavar="DATE", help="日期，不写就是今天")
    digest = add("digest", within(_digest), "各台账的摘要，两边相同即内容相同")
    digest.add_argument("--office", default="", metavar="CODE", help="只算这个单位的记录")
    add("outbox", within(_outbox), "发出的包和它们的状态")
    revoke = add("revoke", within(_revoke), "作废一个单位的密钥（电脑丢失、被盗）")
    revoke.add_argument("--office", required=True, metavar="CODE", help="密钥作废的单位")
    revoke.add_argument("--reason", required=True, help="原因，留在记录里")
    add("renew-keys", within(_renew_keys), "本单位换新密钥；之后要与各单位重新互认")
    aside = add("quarantine", within(_quarantine), "没有接收的包；再试或作废其中一个")
    aside.add_argument("--retry", type=int, metavar="ID", help="再接收一次")
    aside.add_argument("--approve", action="store_true", help="批准包里的大批停用")
    aside.add_argument("--discard", type=int, metavar="ID", help="作废，不再处理")
    aside.add_argument("--reason", default="", help="作废的原因")
    add("sticks", within(_sticks), "插着的U盘和用过的U盘")


def _invite(given: argparse.Namespace) -> Answer:
    from db.exchange import enrolment

    ours = enrolment.invite(given.office, given.name, given.output)
    answer = {"office": given.office, "file": str(given.output), "fingerprint": ours}
    return answer, f"邀请已写好：{given.output}\n本单位的核对号（请在电话里念给对方）：{ours}"


def _join(given: argparse.Namespace) -> Answer:
    from db.exchange import enrolment

    theirs, ours = enrolment.join(given.file, given.output)
    answer = {"file": str(given.output), "fingerprint": ours, "county_fingerprint": theirs}
    return answer, (
        f"回答已写好：{given.output}\n旗县的核对号（请打电话核对）：{theirs}\n本单位的核对号：{ours}"
    )


def _admit(given: argparse.Namespace) -> Answer:
    from db.exchange import enrolment

    office, theirs = enrolment.admit(given.file)
    return {"office": office, "fingerprint": theirs}, (
        f"已与“{office}”互认。对方的核对号（请打电话核对，不符就重新邀请）：{theirs}"
    )


def _send(given: argparse.Namespace) -> Answer:
    from db.exchange import sending
    from db.exchange.carrier import Folder

    done = sending.send(Folder(given.folder), given.to)
    plain = [
        {"packet": s.packet, "number": s.number, "totals": s.totals, **s.enclosed.as_json()}
        for s in done
    ]
    words = "\n".join(
        f"第 {s.number} 号包 {s.packet}：{sum(s.totals.values())} 条，"
        + (f"{s.enclosed.words}，" if s.enclosed.words else "")
        + f"{s.words}，可以拔出U盘"
        for s in done
    )
    if len(plain) == 1:
        return plain[0], words
    return [{"office": s.office, **p} for s, p in zip(done, plain, strict=True)], words


def _receive(given: argparse.Namespace) -> Answer:
    from db.exchange import receiving

    done = receiving.receive(
        receiving.folders_of(given.places),
        before=_copy_first,
        dry_run=given.dry_run,
        approve=given.approve,
    )
    return [one.as_json() for one in done], "\n".join(
        _received_words(given, done)
    ) or "没有新的包。"


def _received_words(given: argparse.Namespace, done: list[Any]) -> Iterator[str]:
    from db.exchange.carrier import Folder

    for one in done:
        counts = one.counts
        yield (
            f"{one.packet}：{OUTCOMES[one.outcome]}，新 {counts['new']}，变 {counts['changed']}，"
            f"同 {counts['unchanged']}，冲突 {counts['conflicts']}，退 {counts['refused']}"
            + "".join(f"。{words.rstrip('。')}" for words in (one.reason, one.files_words) if words)
        )
    for place in given.places:
        strange = Folder(place).strange() if place.is_dir() else []
        if strange:
            yield f"注意：“{place}”里有程序或快捷方式（{'、'.join(strange[:5])}），不要打开，请先杀毒。"


def _conflicts(_given: argparse.Namespace) -> Answer:
    from db.exchange import conflict

    found = conflict.listed()
    words = "\n".join(
        f"{one['id'] or '－'}  {conflict.KINDS[one['kind']]}  {one['title']} {one['label']}："
        f"我方“{one['ours']}”，对方“{one['theirs']}”"
        for one in found
    )
    return found, words or "没有等候决定的事项。"


def _decide(given: argparse.Namespace) -> Answer:
    from db.exchange import conflict

    answer = conflict.decide(given.id, given.take)
    return answer, f"第 {given.id} 项已定。"


def _transfer(given: argparse.Namespace) -> Answer:
    from db.errors import Refusal
    from db.exchange import transferring
    from db.fields import PartialDate
    from db.rules import dates

    if not given.member:
        found = transferring.listed()
        return found, "\n".join(map(transferring.words, found)) or "没有转接。"
    member = transferring.member_named(given.member)
    on = PartialDate("日期").accept(given.on) or dates.today()
    if given.to:
        one = transferring.ask(member, given.to, on)
    elif given.into:
        (one, *_), home = transferring.waiting(member), transferring.branch_named(given.into)
        transferring.accept(one, home, on)
    elif given.refuse:
        (one, *_) = transferring.asked(member)
        transferring.refuse(one, given.refuse)
    else:
        raise Refusal(
            "请写明转往哪个单位（--to）、编入哪个支部（--into）或不批准的理由（--refuse）。"
        )
    answer = transferring.plain(one)
    return answer, transferring.words(answer)


def _digest(given: argparse.Namespace) -> Answer:
    from db.exchange import digest

    found = digest.digest(given.office)
    return found, "\n".join(
        f"{stem}  {one['count']}  {one['digest'][:16]}" for stem, one in found.items()
    )


def _outbox(_given: argparse.Namespace) -> Answer:
    from db.exchange import sending

    found = sending.outbox()
    answer = [
        {"packet": s.packet, "office": s.office, "number": s.number, "state": s.words}
        for s in found
    ]
    return answer, "\n".join(f"{s.packet}  {s.words}" for s in found) or "还没有发出过包。"


def _revoke(given: argparse.Namespace) -> Answer:
    from db.exchange import enrolment

    name = enrolment.revoke(given.office, given.reason)
    return {"office": given.office, "name": name}, (
        f"“{name}”的密钥已作废，用它签的包不再接收。请重新邀请，对方加入时会换新密钥。"
    )


def _renew_keys(_given: argparse.Namespace) -> Answer:
    from db.exchange import enrolment

    ours = enrolment.renew_keys()
    return {"fingerprint": ours}, f"已换新密钥，请与各单位重新互认。本单位的核对号：{ours}"


def _quarantine(given: argparse.Namespace) -> Answer:
    from dataclasses import asdict

    from db.exchange import quarantine, receiving

    if given.discard is not None:
        quarantine.discard(given.discard, given.reason)
        return {"id": given.discard, "state": "discarded"}, f"第 {given.discard} 个包已作废。"
    if given.retry is not None:
        kept = quarantine.find(given.retry)
        (one,) = receiving.receive(
            [(quarantine.Shelf(kept), kept.packet)], before=_copy_first, approve=given.approve
        )
        return one.as_json(), f"{one.packet}：{OUTCOMES[one.outcome]}。{one.reason}"
    found = quarantine.listed()
    words = "\n".join(f"{k.id}  {k.packet}  {k.at[:16]}  {k.reason}" for k in found)
    return [asdict(kept) for kept in found], words or "没有隔离的包。"


def _copy_first() -> None:
    from db import backup, office

    here = office.current()
    backup.snapshot(here.folder, here.key, "before-receive")


def _sticks(_given: argparse.Namespace) -> Answer:
    from dataclasses import asdict

    from db.exchange import sticks

    here, known = sticks.plugged(), sticks.register()
    answer = {
        "plugged": [
            {
                "place": str(one.volume.place), "label": one.volume.label, "id": one.id,
                "serial": one.volume.serial, "free": one.volume.free, "ours": one.ours,
                "writable": one.volume.writable, "office": one.office,
                "strange": list(one.strange),
            }
            for one in here
        ],
        "known": [asdict(one) for one in known],
    }  # fmt: skip
    lines = [f"插着：{one.words}" for one in here]
    lines += [f"用过：{k.label}　{k.office}　{k.last_at[:10]} {k.last_use}" for k in known]
    return answer, "\n".join(lines) or "没有插U盘，也没有用过的记录。"
