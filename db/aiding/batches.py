"""发放批次: opened from a rule, drawn up, and led step by step to approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from db import access, journal
from db.aiding import presets
from db.aiding.facts import person_keys
from db.aiding.listing import Line, Listing, look_at
from db.bulk import insert_rows, update_rows
from db.codes import code_list
from db.errors import Refusal
from db.fields import Reference
from db.gc_pause import gc_paused
from db.identity import identity
from db.office_settings import flag
from db.registers.account import Account
from db.registers.aid import Aid, AidObjection, AidPayment, AidStep
from db.registers.fund import Fund
from db.registers.hardship import Hardship
from db.registers.organization import Organization
from db.rules import aid_rules, calendar, dates

STEM, LABEL = "aid", "发放批次"


def open_batch(
    preset_id: str,
    pay_on: str,
    fund: Fund | None = None,
    *,
    name: str = "",
    scope: Organization | None = None,
    body: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Aid:
    """A new batch from a preset (or from a changed rule in `body`), with nobody on its list yet."""
    chosen = presets.preset(preset_id)
    day = _day(pay_on, "发放日期")
    rule = dict(body or chosen.body)
    read = aid_rules.read(rule)
    aid = Aid(
        name=name or chosen.named(day),
        year=int(day[:4]),
        kind=fields.pop("kind", chosen.kind),
        fund=fund,
        scope=scope,
        pay_on=day,
        rule=rule,
        right_code=fields.pop("right_code", _right(preset_id, rule, name or chosen.named(day))),
        period=aid_rules.period_of(read.per, day),
        notice_days=read.notice.get("days"),
        notice_unit=read.notice.get("unit", "working"),
        issuer=fields.pop("issuer", identity().office_name),
        entered_by=access.acting().id,
        **fields,
    )
    aid.save()
    return aid


def _day(text: str, label: str) -> str:
    day = dates.parse(text)
    if len(day) != 10:
        raise Refusal(f"{label}请写到日。")
    return day


def payments(aid: Aid) -> list[AidPayment]:
    """The rows of a list in their order, without corrections."""
    return list(_listed(aid).order_by(AidPayment.position, AidPayment.id))


#: What freezing reads of a row.
_READ = ("id", "name", "member", "hardship", "organization", "joined_on", "person", "standard", "amount",
         "goods", "goods_value", "bank", "account_number")  # fmt: skip


def plain_payments(aid: Aid, read: Sequence[str] = _READ) -> list[Any]:
    """The same rows as plain values, for long lists: only what is read of them, what freezing reads at first."""
    p = AidPayment
    columns = [
        getattr(p, name).alias(
            p._meta.fields[name].object_id_name
            if isinstance(p._meta.fields[name], Reference)
            else name
        )
        for name in read
    ]
    query: Any = _listed(aid).select(*columns).order_by(p.position, p.id)
    return list(query.namedtuples())


def _listed(aid: Aid) -> Any:
    return AidPayment.living().where(AidPayment.aid == aid.id, AidPayment.correction_of.is_null())


def total(aid: Aid) -> int:
    """The sum of the list, in 分."""
    rows: Any = AidPayment.living().select(AidPayment.amount)
    rows = rows.where(AidPayment.aid == aid.id, AidPayment.correction_of.is_null())
    return sum(row[0] for row in rows.tuples())


def require_open(aid: Aid) -> None:
    """Refuse when the list is frozen already."""
    if aid.frozen:
        raise Refusal(f"“{aid.name}”已经定册，名单不能再改；有错请登记更正。")


def draw_up(aid: Aid) -> Listing:
    """Write the list by the rule, in place of what the rule wrote before; hand-made rows stay."""
    require_open(aid)
    if aid.step != "draft":
        raise Refusal("名单已经送审，退回拟定后才能重新生成。")
    with gc_paused():
        return _draw_up(aid)


def _draw_up(aid: Aid) -> Listing:
    found = look_at(aid)
    keep = {p.person: p for p in payments(aid) if p.reason}
    fresh = [line for line in found.inside if not (line.candidate.keys & keep.keys())]
    old = [p.id for p in payments(aid) if not p.reason]
    accounts = _accounts()
    homes = _households([line.candidate.hardship for line in fresh if line.candidate.hardship])
    with journal.operation(f"生成“{aid.name}”名单 {len(fresh) + len(keep)} 人", kind="draw"):
        update_rows(AidPayment, ["retired"], [(i, ("重新生成名单",)) for i in old])
        rows = [_row(aid, n, line, accounts, homes) for n, line in enumerate(fresh, len(keep) + 1)]
        insert_rows(AidPayment, _COLUMNS, rows)
        update_rows(
            AidPayment, ["position"], [(p.id, (n,)) for n, p in enumerate(keep.values(), 1)]
        )
        aid.entered_by = access.acting().id
        aid.save()
    return found


def set_amounts(aid: Aid, amounts: Sequence[int]) -> None:
    """Other amounts for this batch, in the order of `aid_rules.amounts`; the list is drawn up anew after."""
    require_open(aid)
    if aid.step != "draft":
        raise Refusal("名单已经送审，退回拟定后才能修改标准。")
    with journal.operation(f"修改“{aid.name}”发放标准"):
        aid.rule = aid_rules.with_amounts(aid.rule, amounts)
        aid.save()


def _right(preset_id: str, rule: Mapping[str, Any], name: str) -> str:
    """What is paid once in a period: the preset; of an office's own rule what its batch is called."""
    return f"own:{name}"[:40] if rule.get("own_right") else preset_id


def set_rule(aid: Aid, body: Mapping[str, Any]) -> None:
    """Other conditions and another amount for this batch; the list is drawn up anew after."""
    require_open(aid)
    if aid.step != "draft":
        raise Refusal("名单已经送审，退回拟定后才能修改条件。")
    with journal.operation(f"修改“{aid.name}”条件和金额"):
        aid.rule = dict(body)
        aid.save()


_COLUMNS = ("aid", "position", "name", "member", "hardship", "organization", "sex", "born_on", "joined_on",
            "household_size", "person", "household", "standard", "amount", "basis", "notes", "bank",
            "account_number")  # fmt: skip


def _row(
    aid: Aid,
    position: int,
    line: Line,
    accounts: Mapping[str, tuple[str, str]],
    homes: Mapping[int, tuple[str, str]],
) -> tuple[Any, ...]:
    one, facts = line.candidate, line.candidate.facts
    household, born = homes.get(one.hardship or 0, ("", ""))
    return (
        aid.id, position, facts.name, one.member, one.hardship, one.organization, one.sex,
        facts.born_on or born, facts.joined_on, facts.household_size, one.key,
        facts.household or household, line.amount, line.amount, line.words[:300], line.doubt,
        *accounts.get(one.key, ("", "")),
    )  # fmt: skip


def _accounts() -> dict[str, tuple[str, str]]:
    """The bank account under which each person was last paid."""
    query: Any = AidPayment.living().select(
        AidPayment.person, AidPayment.bank, AidPayment.account_number
    )
    query = query.where(AidPayment.account_number != "").order_by(AidPayment.id)
    return {person: (bank, account) for person, bank, account in query.tuples()}


def _households(ids: list[int]) -> dict[int, tuple[str, str]]:
    wanted = set(ids)
    query: Any = Hardship.select(Hardship.id, Hardship.household_number, Hardship.born_on)
    return {i: (home, born) for i, home, born in query.tuples() if i in wanted}


def add_by_hand(
    aid: Aid, hardship_or_member: Any, amount: int, reason: str, standard: int = 0
) -> AidPayment:
    """Somebody whom the rule does not know, on somebody's responsibility and with the reason."""
    require_open(aid)
    if not reason.strip():
        raise Refusal("手工加入请写明原因。")
    one = hardship_or_member
    hardship = one if isinstance(one, Hardship) else None
    member = one.member if hardship is not None else one
    keys = person_keys(
        member.id if member is not None else None, one.id_number, one.name, one.organization_id
    )
    if any(p.person in keys for p in payments(aid)):
        raise Refusal(f"{one.name}已经在这批名单里。")
    if member is not None and not code_list("standing")[member.standing].is_marked("counted"):
        words = code_list("standing").label_of(member.standing)
        raise Refusal(f"{one.name}的党籍状态是“{words}”，不能发放。")
    row = AidPayment(
        aid=aid, position=len(payments(aid)) + 1, name=one.name, member=member, hardship=hardship,
        organization=one.organization_id, sex=one.sex, born_on=one.born_on,
        joined_on=member.joined_on if member is not None else "", person=keys[0],
        household=hardship.household_number if hardship else "", standard=standard, amount=amount,
        basis="手工加入", reason=reason.strip(),
    )  # fmt: skip
    row.save()
    return row


def stages(aid: Aid) -> tuple[str, ...]:
    """The steps this batch goes through, from 拟定 to 办结."""
    return ("draft", *aid_rules.read(aid.rule).steps, "approved", "frozen", "closed")


def advance(aid: Aid, on: str, opinion: str = "", **meeting: Any) -> str:
    """The present step agrees, and the batch goes to the next; returns where it stands then.

    `meeting` may hold expected, present, approving, organ, person.
    """
    line = stages(aid)
    if aid.step not in line[: line.index("approved")]:
        raise Refusal(f"“{aid.name}”已经批准，请定册发放。")
    day = _day(on, "日期")
    if not _listed(aid).exists():
        raise Refusal("名单里还没有人，不能送审。")
    _require_deciding(aid)
    if aid.step == "notice":
        _require_posted(aid, day)
    after = line[line.index(aid.step) + 1]
    words = f"“{aid.name}”{code_list('aid_step').label_of(aid.step)}通过"
    with _deciding(aid), journal.operation(words, kind="step"):
        _decide(aid, "agreed", day, opinion, meeting)
        aid.step = after
        if after == "notice":
            _post(aid, day)
        aid.save()
    return after


def send_back(aid: Aid, on: str, opinion: str, to: str = "draft", **meeting: Any) -> None:
    """The present step does not agree; the batch goes back to an earlier one."""
    line = stages(aid)
    require_open(aid)
    if aid.step == "draft" or to not in line[: line.index(aid.step)]:
        raise Refusal("只能退回到前面的步骤。")
    if not opinion.strip():
        raise Refusal("退回请写明原因。")
    _require_deciding(aid)
    words = f"“{aid.name}”退回{code_list('aid_step').label_of(to)}"
    with _deciding(aid), journal.operation(words, kind="step"):
        _decide(aid, "back", _day(on, "日期"), opinion, meeting)
        aid.step = to
        aid.save()


def _approves(step: str) -> bool:
    codes = code_list("aid_step")
    return codes[step].is_marked("approves")


def _require_deciding(aid: Aid) -> None:
    """Four eyes: who drew up the list does not approve it, unless there is nobody else."""
    if not _approves(aid.step):
        access.require("write", STEM, LABEL)
        return
    access.require("approve", STEM, LABEL)
    if access.acting().id != aid.entered_by:
        return
    if not flag("one_person"):
        raise Refusal(
            "名单是您经办的，不能由您审批，请换一位审批人。"
            "单位确实只有一人的，请管理员在“本单位设置”里勾选“单位只有一人经办”。"
        )
    if Account.living().count() > 1:
        raise Refusal("使用人不止一位，不能自己审批自己经办的名单。")
    aid.alone = 1


def _deciding(aid: Aid) -> Any:
    from contextlib import nullcontext

    return access.approving(STEM, LABEL) if _approves(aid.step) else nullcontext()


def _decide(aid: Aid, decision: str, on: str, opinion: str, meeting: Mapping[str, Any]) -> None:
    given = {"person": access.acting().name, **meeting}
    AidStep(
        aid=aid, step=aid.step, decision=decision, on=on, opinion=opinion.strip(), **given
    ).save()


def _post(aid: Aid, on: str) -> None:
    days = aid.notice_days or 5
    period = calendar.period(date.fromisoformat(on), days, aid.notice_unit or "working")
    aid.notice_days, aid.notice_unit = days, period.unit
    aid.notice_from, aid.notice_until = period.start.isoformat(), period.end.isoformat()


def _require_posted(aid: Aid, on: str) -> None:
    if on <= aid.notice_until:
        raise Refusal(f"公示到 {dates.show(aid.notice_until, 'chinese')} 才结束。")
    pending = sorted(code_list("objection_result").marked("open"))
    waiting = AidObjection.living().where(
        AidObjection.aid == aid.id, AidObjection.outcome.in_(pending)
    )
    if waiting.exists():
        raise Refusal(f"还有 {waiting.count()} 件异议没有办结。")
