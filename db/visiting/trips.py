"""A trip entered once: its households, what was given, what people asked for, the points it serves."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from db import journal
from db.errors import Fault, Refusal
from db.organizing import below
from db.record import Record
from db.registers.contact_point import ContactPoint
from db.registers.leader import Leader
from db.registers.matter import Matter
from db.registers.member import Member, MemberFlag
from db.registers.rectification import Rectification
from db.registers.visit import Gift, Household, Visit, VisitRectified, VisitServed

_BETWEEN = re.compile(r"[、，,;；\s]+")


@dataclass(slots=True)
class Met:
    """One household of a trip as it is typed in; money and value of goods in 分."""

    head: str
    kind: str = "farmer"
    member: int | None = None
    people: int | None = None
    address: str = ""
    phone: str = ""
    situation: str = ""
    difficulty: str = ""
    wishes: str = ""
    money: int | None = None
    goods: str = ""
    goods_value: int | None = None
    aid_reference: str = ""
    matter: str = ""
    matter_kind: str = "other"
    due_on: str = ""


def record(visit: Visit, met: Sequence[Met] = (), points: Collection[int] | None = None) -> Visit:
    """Keep a trip with everything that hangs from it, in one operation.

    `points` are the contact points it serves; None finds them (`points_for`). A faulty household is
    named by its place, and nothing of the trip is kept.
    """
    with journal.operation(f"登记走访：{visit.from_on} {visit.visitors}".strip()) as opened:
        visit.save()
        opened.words = f"登记走访“{visit.title()}”，{len(met)} 户"
        known = _members(visit, met)
        for place, one in enumerate(met, 1):
            try:
                _keep_household(visit, one, known)
            except Refusal as refusal:
                raise Refusal(
                    f"第 {place} 户“{one.head or '（未填姓名）'}”：{refusal.message}",
                    [
                        Fault(f"{place - 1}.{fault.field}", fault.message)
                        for fault in refusal.faults
                    ],
                ) from refusal
        served = points_for(visit) if points is None else points
        for point in served:
            VisitServed(visit=visit.id, contact_point=point).save()
        for village in rectified_by(visit):
            VisitRectified(visit=visit.id, rectification=village).save()
    return visit


def _members(visit: Visit, met: Sequence[Met]) -> dict[str, tuple[int, bool]]:
    """Heads of households who are members there: id, and whether in hardship; a shared name is nobody."""
    if visit.organization_id is None or not met:
        return {}
    found: dict[str, list[int]] = {}
    query: Any = Member.living().where(
        Member.name.in_([one.head for one in met]),
        Member.organization.in_(below(visit.organization_id)),
    )
    for row, name in query.select(Member.id, Member.name).tuples():
        found.setdefault(name, []).append(row)
    single = {name: rows[0] for name, rows in found.items() if len(rows) == 1}
    flagged: Any = MemberFlag.living().where(
        MemberFlag.member.in_(list(single.values())),
        MemberFlag.kind == "hardship",
        (MemberFlag.until_on == "") | (MemberFlag.until_on > visit.from_on),
    )
    needy = {row[0] for row in flagged.select(MemberFlag.member).tuples()}
    return {name: (row, row in needy) for name, row in single.items()}


def _keep_household(visit: Visit, one: Met, known: dict[str, tuple[int, bool]]) -> None:
    member, needy = known.get(one.head, (None, False))
    household = Household(
        visit=visit.id, head=one.head, people=one.people, address=one.address, phone=one.phone,
        situation=one.situation, difficulty=one.difficulty, wishes=one.wishes,
        member=one.member or member,
        kind="hardship_member" if needy and one.kind == "farmer" else one.kind,
    )  # fmt: skip
    household.save()
    for kind, what, value in (("money", "", one.money), ("goods", one.goods, one.goods_value)):
        if value or what:
            Gift(
                visit=visit.id, household=household.id, kind=kind, what=what, value=value,
                aid_reference=one.aid_reference,
            ).save()  # fmt: skip
    if one.matter:
        Matter(
            kind=one.matter_kind, source="visit", visit=visit.id, organization=visit.organization_id,
            raised_by=one.head, phone=one.phone, received_on=visit.from_on, content=one.matter,
            due_on=one.due_on,
        ).save()  # fmt: skip


def points_for(visit: Visit) -> list[int]:
    """The contact points that a kept trip counts for: those of everybody who went.

    An organization's point counts when the trip went to it, a member's when the member was met, a
    household's when it was visited in its village. A project is chosen by hand.
    """
    went = leaders_of(visit)
    if not went:
        return []
    day = visit.from_on
    points = ContactPoint.living().where(
        ContactPoint.leader.in_(went),
        ContactPoint.from_on <= day,
        (ContactPoint.until_on == "") | (ContactPoint.until_on >= day),
    )
    met = list(Household.living().where(Household.visit == visit.id))
    members = {one.member_id for one in met} - {None}
    heads = {one.head for one in met}
    return [point.id for point in points if _serves(visit, point, members, heads)]


def rectified_by(visit: Visit) -> list[int]:
    """The villages being put in order that a kept trip went to, or to a part of them."""
    places: list[int] = []
    place = visit.organization
    while place is not None and place.id not in places:
        places.append(place.id)
        place = place.parent
    day = visit.from_on
    rows: Any = Rectification.living().where(
        Rectification.organization.in_(places),
        Rectification.from_on <= day,
        (Rectification.accepted_on == "") | (Rectification.accepted_on >= day),
    )
    return [row[0] for row in rows.select(Rectification.id).tuples()]


def _serves(visit: Visit, point: ContactPoint, members: set[Any], heads: set[str]) -> bool:
    if point.target == "organization":
        return point.organization_id is not None and point.organization_id == visit.organization_id
    if point.target == "member":
        return point.member_id in members if point.member_id else point.name in heads
    same_village = point.organization_id in (None, visit.organization_id)
    return point.target == "household" and point.name in heads and same_village


def leaders_of(visit: Visit) -> list[int]:
    """Everybody who went and is a leader: the one chosen, and those whose name stands among the people.

    A name that two leaders bear counts for neither.
    """
    day = visit.from_on
    names = set(_BETWEEN.split(f"{visit.visitors}、{visit.companions}")) - {""}
    found: dict[str, list[int]] = {}
    query = Leader.living().where(
        Leader.name.in_(list(names)),
        (Leader.from_on == "") | (Leader.from_on <= day),
        (Leader.until_on == "") | (Leader.until_on >= day),
    )
    for one in query:
        found.setdefault(one.name, []).append(one.id)
    chosen = visit.leader_id
    others = [ids[0] for ids in found.values() if len(ids) == 1 and chosen not in ids]
    return ([chosen] if chosen is not None else []) + others


def serve_again(visit: Visit) -> int:
    """After a trip was changed: count it for all that it serves now; returns how many changed."""
    wanted = set(points_for(visit))
    kept = {
        one.contact_point_id: one
        for one in VisitServed.living().where(VisitServed.visit == visit.id)
    }
    chosen_by_hand = {
        point.id
        for point in ContactPoint.select().where(ContactPoint.id.in_(list(kept)))
        if point.target == "project"
    }
    gone = kept.keys() - wanted - chosen_by_hand
    fresh = wanted - kept.keys()
    villages = set(rectified_by(visit))
    known = {
        one.rectification_id: one
        for one in VisitRectified.living().where(VisitRectified.visit == visit.id)
    }
    stale: list[Record] = [kept[point] for point in sorted(gone)]
    stale += [known[village] for village in sorted(known.keys() - villages)]
    made: list[Record] = [
        VisitServed(visit=visit.id, contact_point=point) for point in sorted(fresh)
    ]
    made += [
        VisitRectified(visit=visit.id, rectification=village)
        for village in sorted(villages - known.keys())
    ]
    if not stale and not made:
        return 0
    with journal.operation(f"重新对应联系点：{visit.title()}"):
        for one in stale:
            one.retire("走访改动后不再对应")
        for one in made:
            one.save()
    return len(stale) + len(made)
