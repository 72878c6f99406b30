"""组织关系转接: a member's way from one Party organization to another, step by step.

Within the county the office that lets the member go asks, the county approves and by that gives the
record with its history to the other office (`owners`), which puts the member into a branch and by
that answers. Out of the county and into it there is only the letter and its returned 回执.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from db import access, journal, membership
from db.codes import code_list
from db.errors import Refusal
from db.exchange import offices, owners
from db.exchange.settling import give, home_of
from db.identity import identity
from db.registers.member import Honour, Member, Post, StatusChange
from db.registers.organization import Organization
from db.registers.transfer import Transfer, TransferReceipt, rules

_KIND = "组织关系转接"


# -- the steps --------------------------------------------------------------------------


def ask(member: Member, to_office: str, on: str, **said: Any) -> Transfer:
    """The office that has the member asks the county to let it go to another office.

    At the county it is approved at once. `said`: further fields of the letter.
    """
    us = identity()
    taker = offices.named(to_office)
    _require_free(member, to_office)
    for open_one in asked():
        if open_one.member_id != member.id:
            continue
        if us.level == "county" and open_one.to_office == to_office:
            return approve(open_one, on)
        raise Refusal(f"“{member.name}”已有一笔没有办完的转接，请先办完或停用它。")
    if us.level != "county" and member.office != us.office_code:
        raise Refusal(f"“{member.name}”不归本单位管理，不能提出转接。")
    with journal.operation(f"提出把“{member.name}”转到{taker}"):
        one = Transfer(
            member=member,
            office=member.office,
            to_office=to_office,
            asked_on=on,
            **{"number": next_number(on), **_letter(member, on), "to_name": taker, **said},
        )
        one.save()
    return approve(one, on) if us.level == "county" else one


def approve(one: Transfer, on: str, answer: str = "") -> Transfer:
    """The county lets the member go: the record and its history are the other office's now."""
    us, member = identity(), one.member
    if us.level != "county":
        raise Refusal("转接由旗县批准，请先上报。")
    if one.state != "asked" or one.retired:
        raise Refusal("这笔转接已经办过了。")
    taker = offices.named(one.to_office)
    _require_free(member, one.to_office)
    if member.office != one.office:
        raise Refusal(f"“{member.name}”已不归提出转接的单位管理，不能批准。")
    home = home_of(one.to_office)
    if home is None:
        raise Refusal(f"还没有{taker}的党组织台账，请等它上报一次再批准。")
    giver = member.office
    with (
        access.approving(Transfer.stem(), _KIND),
        journal.operation(f"“{member.name}”转到{taker}", kind=journal.HANDOVER),
    ):
        one.state, one.taker, one.answer = "approved", one.to_office, answer
        one.issued_on = one.issued_on or on
        membership.end_posts(member, on, None)
        one.past = past(member)
        one.save()
        StatusChange(
            member=member, office=giver, kind="moved_out", on=on, origin=member.organization,
            elsewhere=one.to_name[:60], document=one.number,
        ).save()  # fmt: skip
        give((Member.stem(), member.id), one.to_office, home)
        owners.hand_over((Member.stem(), member.id), giver, one.to_office)
    return one


def refuse(one: Transfer, answer: str) -> None:
    """The county says no, and why."""
    if identity().level != "county":
        raise Refusal("转接由旗县决定。")
    if one.state != "asked":
        raise Refusal("这笔转接已经办过了。")
    if not answer.strip():
        raise Refusal("请写明不批准的理由。")
    with (
        access.approving(Transfer.stem(), _KIND),
        journal.operation(f"不批准{one.title()}的转接", kind="decide"),
    ):
        one.state, one.answer = "refused", answer
        one.save()


def accept(
    one: Transfer, branch: Organization, on: str, handled_by: str = "", phone: str = ""
) -> None:
    """The receiving office puts the member into a branch; the 回执 goes back through the county."""
    us, member = identity(), one.member
    if one.taker != us.office_code or one.state != "approved":
        raise Refusal("这笔转接不是等本单位接收的。")
    if member.office != us.office_code:
        raise Refusal(f"“{member.name}”的档案还没有到本单位，请先接收旗县的包。")
    if TransferReceipt.living().where(TransferReceipt.transfer == one).exists():
        raise Refusal("已经接收过了，回执随下次上报带去。")
    if branch.retired or branch.status != "active" or branch.office != us.office_code:
        raise Refusal(f"“{branch.name}”不能编入党员。")
    with journal.operation(f"接收“{member.name}”，编入“{branch.name}”"):
        member.organization = branch
        member.save()
        StatusChange(
            member=member, kind="moved_in", on=on, target=branch, elsewhere=one.from_name[:60],
            document=one.number,
        ).save()  # fmt: skip
        TransferReceipt(
            transfer=one, on=on, branch=branch.name, handled_by=handled_by, phone=phone
        ).save()


def leave_county(member: Member, on: str, **said: Any) -> Transfer:
    """转往旗县外: the letter is written, the member leaves the headcount; `said`: to_name and the rest."""
    _require_free(member, "")
    with journal.operation(f"“{member.name}”转往旗县外"):
        one = Transfer(
            member=member, way="out", state="approved", asked_on=on,
            **{"number": next_number(on), **_letter(member, on), **said},
        )  # fmt: skip
        one.past = past(member)
        one.save()
        membership.end(member, "moved_out", on, elsewhere=one.to_name[:60], document=one.number)
    return one


def come_into_county(member: Member, on: str, from_name: str, **said: Any) -> Transfer:
    """从旗县外转入: a new member by a letter from outside, whose 回执 is still to be sent back."""
    with journal.operation(f"“{member.name}”从旗县外转入"):
        membership.admit(member, on, "moved_in", elsewhere=from_name)
        one = Transfer(
            member=member, way="into", state="approved", asked_on=on, from_name=from_name,
            to_name=str(member.organization.name)[:60], **said,
        )  # fmt: skip
        one.save()
    return one


def returned(one: Transfer, on: str, by: str = "", handled_by: str = "", phone: str = "") -> None:
    """The 回执 is back (of a member from outside: sent back); this closes the transfer."""
    if one.state != "approved":
        raise Refusal("这笔转接没有等着的回执。")
    with journal.operation(f"{one.title()}的回执"):
        one.state, one.received_on, one.received_by = "received", on, by or one.received_by
        one.handled_by, one.receipt_phone = handled_by or one.handled_by, phone or one.receipt_phone
        one.save()


def asked(member: Member | None = None) -> list[Transfer]:
    """The requests that wait for the county, of everybody or of one member; Refusal if of none."""
    found = Transfer.living().where(Transfer.way == "within", Transfer.state == "asked")
    return _of(found, member, "没有等旗县批准的转接")


def waiting(member: Member | None = None) -> list[Transfer]:
    """Those on their way to this office whom it has not put into a branch yet; Refusal if of none."""
    done = TransferReceipt.living().select(TransferReceipt.transfer)
    found = Transfer.living().where(
        Transfer.taker == identity().office_code,
        Transfer.state == "approved",
        Transfer.id.not_in(done),
    )
    return _of(found, member, "没有等本单位接收的转接")


def _of(found: Any, member: Member | None, otherwise: str) -> list[Transfer]:
    if member is None:
        return list(found.order_by(Transfer.id))
    of_member = list(found.where(Transfer.member == member).order_by(Transfer.id))
    if not of_member:
        raise Refusal(f"“{member.name}”{otherwise}。")
    return of_member


# -- what the letter says ---------------------------------------------------------------


def next_number(on: str) -> str:
    """The next number of this office's own series: 2026年第001号; the county's begins with 组."""
    head = ("组" if identity().level == "county" else "") + f"{on[:4]}年第"
    taken = [
        int(found.group(1))
        for one in Transfer.select(Transfer.number).where(Transfer.number.startswith(head))
        if (found := re.fullmatch(re.escape(head) + r"(\d{1,6})号", one.number))
    ]
    return f"{head}{max(taken, default=0) + 1:03d}号"


def past(member: Member) -> list[list[str]]:
    """What the member was and received at this office, day and words, the latest first.

    Status changes and honours go along as rows; seats and rounds stay with the office, and these
    lines say of them what the next office should know.
    """
    found = [
        (post.from_on, f"{post.organization.name}{code_list('post').label_of(post.kind)}" + (
            f"（至{post.until_on}）" if post.until_on else ""))
        for post in Post.living().where(Post.member == member)
    ]  # fmt: skip
    found += [
        (honour.on, honour.title_given) for honour in Honour.living().where(Honour.member == member)
    ]
    found += [
        (change.on, change_words(change))
        for change in StatusChange.living().where(StatusChange.member == member)
    ]
    return [list(each) for each in sorted(found, reverse=True)]


def change_words(change: StatusChange) -> str:
    """One line of a membership's history."""
    places = (change.origin, change.target)
    names = "→".join(place.name for place in places if place is not None) or change.elsewhere
    label = code_list("status_change").label_of(change.kind)
    return f"{label}（{names}）" if names else label


def _letter(member: Member, on: str) -> dict[str, Any]:
    return {
        "issued_on": on,
        "valid_days": rules()["valid_days"],
        "from_name": str(member.organization.name)[:60] if member.organization else "",
    }


def _require_free(member: Member, taker: str) -> None:
    membership.require_here(member)
    if not code_list("standing")[member.standing].is_marked("counted"):
        raise Refusal(f"“{member.name}”不在册，不能转接。")
    if member.office == taker:
        raise Refusal(f"“{member.name}”已经在那个单位。")


def member_named(text: str) -> Any:
    """The one living member of this number, ID number or name; Refusal when there is none or more."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    found = list(
        Member.living().where(
            (Member.id == number) | (Member.id_number == text) | (Member.name == text)
        )
    )
    if len(found) != 1:
        raise Refusal(f"台账里叫“{text}”的党员有 {len(found)} 名，请用公民身份号码或编号指明。")
    return found[0]


def branch_named(text: str) -> Any:
    """The one living organization of this office with this name or number."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    found = list(
        Organization.living().where(
            (Organization.id == number) | (Organization.name == text),
            Organization.office == identity().office_code,
        )
    )
    if len(found) != 1:
        raise Refusal(f"本单位叫“{text}”的党组织有 {len(found)} 个，请写全称或编号。")
    return found[0]


def plain(one: Transfer) -> dict[str, Any]:
    """A transfer as JSON for the command line."""
    return {
        "id": one.id, "member": one.member_id, "name": one.member.name if one.member else "",
        "way": one.way, "state": one.state, "number": one.number, "from": one.office,
        "to": one.taker or one.to_office, "received_on": one.received_on,
    }  # fmt: skip


def words(one: Mapping[str, Any]) -> str:
    """The same in a line to read."""
    state = code_list("transfer_state").label_of(one["state"])
    where = (
        offices.called(one["to"]) if one["to"] else code_list("transfer_way").label_of(one["way"])
    )
    return f"{one['id']}  {one['name']} → {where}  {one['number']}  {state}  {one['received_on']}".rstrip()


def listed() -> list[dict[str, Any]]:
    """All transfers, the latest last."""
    return [plain(one) for one in Transfer.living().order_by(Transfer.id)]
