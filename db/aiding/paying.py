"""定册与发放: freeze the list with its entry in the ledger, note who received, mend by new rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db import access, journal
from db.aiding import ledger
from db.aiding.batches import payments, plain_payments
from db.aiding.facts import left_later, person_keys
from db.aiding.listing import already_paid, purpose_of
from db.bulk import update_rows
from db.codes import code_list
from db.errors import Refusal
from db.gc_pause import gc_paused
from db.office_settings import in_capitals
from db.registers.aid import Aid, AidPayment
from db.registers.fund import Fund, FundEntry, open_amount
from db.registers.hardship import Hardship
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules import dates
from db.rules.amount import show


def freeze(aid: Aid, on: str = "") -> Aid:
    """定册: the list is fixed as it is now, gets its number, and its sum is booked out of the fund.

    Refuses when it is not approved, when the fund has too little, and when somebody on it died,
    left, or was paid the same right meanwhile.
    """
    if aid.step != "approved":
        raise Refusal(f"“{aid.name}”还没有批准，不能定册。" if not aid.frozen else "已经定册。")
    fund = aid.fund
    if fund is None:
        raise Refusal("请先选择支出资金。")
    with gc_paused():
        return _freeze(aid, fund, on)


def _freeze(aid: Aid, fund: Fund, on: str) -> Aid:
    rows = plain_payments(aid)
    if not rows:
        raise Refusal("名单里没有人。")
    _require_once(rows)
    members = _members()
    _require_payable(aid, rows, members)
    amount = sum(row.amount or 0 for row in rows)
    left = ledger.balance(fund, aid.pay_on)
    if amount > left and not fund.overdraft:
        raise Refusal(
            f"“{fund.name}”余额 {show(left)} 元，这批要发 {show(amount)} 元，"
            f"差 {show(amount - left)} 元。"
        )
    number = _next_number(aid.year)
    with journal.operation(f"“{aid.name}”定册：{len(rows)} 人 {show(amount)} 元", kind="freeze"):
        frozen = _snapshots(rows, members)
        update_rows(
            AidPayment,
            ["position", "snapshot", "frozen"],
            [(row.id, (n, frozen[row.id], 1)) for n, row in enumerate(rows, 1)],
        )
        if amount:
            aid.entry = ledger.spend(
                fund, amount, aid.pay_on, purpose_of(aid), aid.name, voucher=number
            )
        aid.step, aid.number, aid.frozen_on = "frozen", number, dates.parse(on) or dates.today()
        aid.heading = {
            "name": aid.name,
            "fund": fund.name,
            "document": aid.document,
            "issuer": aid.issuer,
            "pay_on": aid.pay_on,
            "people": len(rows),
            "total": amount,
            "capitals": in_capitals(amount),
        }
        aid.save()
    return aid


def _next_number(year: int) -> str:
    query: Any = Aid.select(Aid.number).where(Aid.number.startswith(f"FF{year}-"))
    last = max((int(number.rpartition("-")[2]) for (number,) in query.tuples()), default=0)
    return f"FF{year}-{last + 1:03}"


def _members() -> dict[int, tuple[str, str, str]]:
    """Of every member: the standing, the id number, the telephone."""
    m = Member
    read: Any = m.select(m.id, m.standing, m.id_number, m.phone)
    return {row[0]: row[1:] for row in read.tuples()}


def _require_payable(
    aid: Aid, rows: Sequence[Any], members: Mapping[int, tuple[str, str, str]]
) -> None:
    """Nobody on the list has left the Party's rolls by the day of payment, or was paid before."""
    still = left_later(aid.pay_on)
    codes = code_list("standing")
    paid = already_paid(aid)
    faulty = []
    for row in rows:
        state = members[row.member_id][0] if row.member_id in members else "normal"
        if row.member_id not in still and not codes[state].is_marked("counted"):
            faulty.append(f"{row.name}（{codes.label_of(state)}）")
        elif row.person in paid:
            faulty.append(f"{row.name}（已在“{paid[row.person]}”领过）")
    if faulty:
        shown = "、".join(faulty[:5]) + (f"等 {len(faulty)} 人" if len(faulty) > 5 else "")
        raise Refusal(f"名单里有不能发放的人：{shown}。请退回拟定，重新生成名单。")


def _require_once(rows: Iterable[Any]) -> None:
    """Each person stands on a list once."""
    seen: dict[str, str] = {}
    for row in rows:
        if row.person and row.person in seen:
            raise Refusal(f"{row.name}在这批名单里出现了两次。")
        seen[row.person] = row.name


def _snapshots(
    rows: Iterable[Any], members: Mapping[int, tuple[str, str, str]]
) -> dict[int, dict[str, Any]]:
    """What each row says on paper, kept as it is now."""
    organizations: Any = Organization.select(Organization.id, Organization.name)
    names = dict(organizations.tuples())
    papers: Any = Hardship.select(
        Hardship.id, Hardship.id_number, Hardship.phone, Hardship.category, Hardship.kind
    )
    hardships = {row[0]: row[1:] for row in papers.tuples()}
    found = {}
    for row in rows:
        _, number, phone = members.get(row.member_id, ("", "", ""))
        _, _, category, kind = paper = hardships.get(row.hardship_id, ("", "", "", ""))
        found[row.id] = {
            "name": row.name,
            "organization": names.get(row.organization_id, ""),
            "id_number": number or paper[0],
            "phone": phone or paper[1],
            "joined_on": row.joined_on,
            "category": code_list("hardship").label_of(category) if category else "",
            "kind": code_list("recipient_kind").label_of(kind) if kind else "党员",
            "standard": row.standard,
            "amount": row.amount,
            "goods": row.goods,
            "goods_value": row.goods_value,
            "bank": row.bank,
            "account_number": row.account_number,
            "keys": person_keys(row.member_id, number or paper[0], row.name, row.organization_id),
        }
    return found


def receive(
    rows: Sequence[AidPayment], result: str, on: str, *, proxy: str = "", relation: str = ""
) -> int:
    """Note that money was received: signed, by fingerprint, by proxy, by bank."""
    if result == "uncollected":
        raise Refusal("没有领的请登记“未领退回”，钱退回资金。")
    if result == "proxy" and not (proxy and relation):
        raise Refusal("代领请写明代领人和与本人关系。")
    day = dates.parse(on)
    label = code_list("payment_result").label_of(result)
    for row in rows:
        _require_frozen(row)
        if row.result == "uncollected":
            raise Refusal(f"{row.name}的钱已经退回，请放进下一批发放。")
    person = AidPayment._meta.fields["proxy_name"].accept(proxy)
    with journal.operation(f"登记{label} {len(rows)} 人", kind="pay"):
        update_rows(
            AidPayment,
            ["result", "received_on", "proxy_name", "proxy_relation"],
            [(row.id, (result, day, person, relation)) for row in rows],
        )
    return len(rows)


def _require_frozen(row: AidPayment) -> None:
    if not row.frozen or row.correction_of_id is not None:
        raise Refusal(f"{row.name}所在的名单还没有定册。")


def net(row: AidPayment) -> int:
    """What a row pays after its corrections, in 分."""
    return int(row.amount or 0) + sum(int(c.amount or 0) for c in _corrections(row))


def give_back(row: AidPayment, on: str, reason: str) -> AidPayment:
    """未领退回: the money goes back to the fund by a red entry; the right is open again."""
    _require_frozen(row)
    if row.result == "uncollected":
        raise Refusal(f"{row.name}的钱已经退回过。")
    if row.paid:
        raise Refusal(f"{row.name}已经领取，不能登记未领；多发的请登记更正。")
    amount = net(row)
    with journal.operation(f"{row.name}未领，退回 {show(amount)} 元", kind="return"):
        row.result, row.received_on = "uncollected", ""
        if amount:
            row.entry = _take_back(row, amount, on, f"{row.name}未领：{reason}")
        row.save()
        update_rows(AidPayment, ["result"], [(c.id, ("uncollected",)) for c in _corrections(row)])
    return row


def correct(row: AidPayment, amount: int, on: str, reason: str) -> AidPayment:
    """更正: pay more (a further entry) or take back a part (a red one); the frozen row stands.

    `amount` is what is added, in 分; minus takes back. Taking back everything is not a correction.
    """
    _require_frozen(row)
    if not reason.strip():
        raise Refusal("请写明更正原因。")
    if row.result == "uncollected":
        raise Refusal(f"{row.name}的钱已经退回，不能更正。")
    if not amount or net(row) + amount <= 0:
        raise Refusal("更正后的金额应大于零；全部没有领的请登记“未领退回”。")
    batch = row.aid
    words = f"{batch.name[:40]}更正：{row.name}"
    with journal.operation(f"{words} {show(amount)} 元", kind="correct"):
        if amount > 0:
            entry = ledger.spend(
                batch.fund, amount, on, purpose_of(batch), words, voucher=batch.number
            )
        else:
            entry = _take_back(row, -amount, on, f"{row.name}更正")
        made = AidPayment(
            aid=batch, position=row.position, name=row.name, member=row.member_id,
            hardship=row.hardship_id, organization=row.organization_id, person=row.person,
            amount=amount, reason=reason.strip(), basis="更正", frozen=1, correction_of=row,
            entry=entry, result=row.result, received_on=row.received_on,
            proxy_name=row.proxy_name, proxy_relation=row.proxy_relation,
        )  # fmt: skip
        made.save()
    return made


def _take_back(row: AidPayment, amount: int, on: str, words: str) -> FundEntry:
    """Red entries for an amount: what was added by corrections first, the batch's own entry last."""
    entry: FundEntry | None = None
    added = [c for c in _corrections(row) if (c.amount or 0) > 0]
    for correction in reversed(added):
        part = min(amount, open_amount(correction.entry))
        if part > 0:
            entry = ledger.contra(correction.entry, on, words, part)
            amount -= part
    if amount or entry is None:
        entry = ledger.contra(row.aid.entry, on, words, amount)
    return entry


def _corrections(row: AidPayment) -> list[AidPayment]:
    rows = AidPayment.living().where(AidPayment.correction_of == row.id)
    return list(rows.order_by(AidPayment.id))


def close(aid: Aid) -> None:
    """办结: everybody has it, or it was given back."""
    if aid.step != "frozen":
        raise Refusal("定册发放以后才能办结。")
    waiting = [row.name for row in payments(aid) if row.result == "pending"]
    if waiting:
        raise Refusal(f"还有 {len(waiting)} 人没有登记领取情况：{'、'.join(waiting[:5])}。")
    access.require("write", "aid", "发放批次")
    aid.step = "closed"
    aid.save()


def booked(aid: Aid) -> int:
    """What the ledger says this batch has cost: its entry, red ones off, corrections added."""
    if aid.entry is None:
        return 0
    rows = AidPayment.living().where(
        AidPayment.aid == aid.id, AidPayment.amount > 0, AidPayment.correction_of.is_null(False)
    )
    return open_amount(aid.entry) + sum(open_amount(row.entry) for row in rows)
