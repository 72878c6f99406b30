"""Rows that change hands at the county, and what follows there from packets just taken in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from db import journal
from db.bulk import update_rows
from db.codes import code_list
from db.exchange import offices, owners, shapes
from db.exchange.handover import ways
from db.exchange.share import Key
from db.identity import identity
from db.registers.member import Member, StatusChange
from db.registers.organization import Organization
from db.registers.transfer import Transfer, TransferReceipt


def settle() -> None:
    """What follows from packets just taken in; nothing to do but at the county."""
    if identity().level != "county":
        return
    for key, offices_of in sorted(owners.known().items()):
        _follow(key, offices_of[-1])
    for receipt in _unanswered():
        one = receipt.transfer
        with journal.operation(f"收到{one.title()}的回执"):
            one.received_by, one.handled_by = receipt.branch, receipt.handled_by
            one.receipt_phone = receipt.phone
            one.state, one.received_on = "received", receipt.on
            one.save()
    for one in Transfer.living().where(Transfer.way == "within", Transfer.state == "asked"):
        if one.member is None or one.member.office == one.office:
            continue
        if _was_approved(one):
            with journal.operation(f"{one.title()}早已批准"):
                one.state, one.taker = "approved", one.to_office
                one.save()
            continue
        with journal.operation(f"{one.title()}的转接落空"):
            one.state = "refused"
            one.answer = f"该同志已转到{offices.called(one.member.office)}"
            one.save()


def _was_approved(one: Transfer) -> bool:
    """Whether we gave the member away by this very letter and went back to a state before it."""
    offices_of = owners.known().get((Member.stem(), one.member_id or 0), ())
    told = Transfer.living().where(
        Transfer.member == one.member,
        Transfer.office == one.office,
        Transfer.taker == one.to_office,
    )
    return ways(offices_of).count((one.office, one.to_office)) > int(told.count())


def _unanswered() -> Iterator[TransferReceipt]:
    yield from (
        TransferReceipt.living()
        .join(Transfer)
        .where(Transfer.state == "approved", Transfer.retired == "")
        .order_by(TransferReceipt.id)
    )


def _follow(key: Key, owner: str) -> None:
    """Bring a row that we forgot to have given away, and what came late, to its owner."""
    model = _model(key[0])
    row = model.get_or_none(model.id == key[1])
    if row is None:
        return
    home = home_of(owner)
    stray = any(ids for _follower, ids in _following(key, owner))
    if row.office == owner and not stray:
        return
    if home is None:
        return
    with journal.operation(
        f"“{row.title()}”的记录随组织关系归{offices.called(owner)}", kind=journal.HANDOVER
    ):
        give(key, owner, home)


def give(key: Key, owner: str, home: Organization) -> None:
    """The rows change hands; what they say of organizations that stay behind, they say in words."""
    model = _model(key[0])
    row = model.get_by_id(key[1])
    if row.office != owner:
        update_rows(model, ["office"], [(row.id, (owner,))])
        if isinstance(row, Member) and row.organization.office != owner:
            update_rows(model, ["organization"], [(row.id, (home.id,))])
    for follower, ids in _following(key, owner):
        update_rows(follower, ["office"], [(each, (owner,)) for each in ids])
        if follower is StatusChange:
            _in_words(ids, owner)


def _in_words(ids: list[int], owner: str) -> None:
    rows = []
    for change in StatusChange.select().where(StatusChange.id.in_(ids)):
        places = [p for p in (change.origin, change.target) if p is not None and p.office != owner]
        if not places:
            continue
        names = "→".join(place.name for place in places)
        elsewhere = change.elsewhere or names[:60]
        words = change.words if not change.elsewhere else f"{change.words} {names}".strip()[:200]
        kept = [None if p in places else p for p in (change.origin, change.target)]
        rows.append((change.id, (*(p and p.id for p in kept), elsewhere, words)))
    update_rows(StatusChange, ["origin", "target", "elsewhere", "words"], rows)


def _following(key: Key, owner: str) -> Iterator[tuple[Any, list[int]]]:
    """The rows that should have gone with this one and are still another office's."""
    for stem, follow in shapes.follows().items():
        if follow.target != key[0]:
            continue
        model = _model(stem)
        by = {f.column_name: f for f in model._meta.sorted_fields}
        query = model.select(model.id).where(by[follow.column] == key[1], model.office != owner)
        if follow.kind:
            query = query.where(by[follow.kind].not_in(sorted(map(str, follow.stays))))
        yield model, [row[0] for row in query.order_by(model.id).tuples()]


def _model(stem: str) -> Any:
    return next(model for model in shapes.models() if model.stem() == stem)


def home_of(office: str) -> Organization | None:
    """The uppermost Party organization of an office, where its newcomers stand at first."""
    levels = code_list("organization_kind")
    found = [
        one
        for one in Organization.living().where(
            Organization.office == office, Organization.status == "active"
        )
        if one.parent is None or one.parent.office != office
    ]
    found.sort(key=lambda one: (not one.township, levels[one.kind].extra["level"], one.id))
    return found[0] if found else None
