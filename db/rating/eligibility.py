"""Who takes part in a round: inside the scope, of the scheme's fields, and not for one of its reasons outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.codes import code_list
from db.registers.member import Member, MemberFlag, StatusChange
from db.registers.organization import Organization
from db.rules.scheme import Scheme, Subject

#: A standing mark on the member: out of ratings until it is lifted.
EXEMPT_FLAG = "star_exempt"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One subject of a round to be: state rated, exempt or excluded, with the reason in words.

    `hint` names an exemption that the records suggest; it needs the person's wish or the meeting.
    """

    member: int | None
    organization: int | None
    branch: int | None
    name: str
    branch_name: str
    category: str
    state: str = "rated"
    reason: str = ""
    hint: str = ""


class Places:
    """The organizations under a scope, read once."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[int | None, str, str, str, str, bool, str]] = {}
        self.below: dict[int | None, list[int]] = {}
        row: Any
        o = Organization
        query = o.select(
            o.id, o.parent, o.name, o.kind, o.domain, o.status, o.township, o.founded_on
        ).where(o.retired == "")
        for row in query.order_by(o.code, o.id).tuples():
            ident, parent, name, kind, domain, status, township, founded = row
            self.rows[ident] = (parent, name, kind, domain, status, bool(township), founded)
            self.below.setdefault(parent, []).append(ident)

    def under(self, root: int) -> list[int]:
        """The scope and everything below it, parents first."""
        found = [root]
        for place in found:
            found.extend(self.below.get(place, ()))
        return found

    def name(self, place: int | None) -> str:
        """The full name of an organization."""
        return self.rows[place][1] if place in self.rows else ""

    def committee_of(self, place: int | None) -> int | None:
        """The township committee, or the highest committee below the county, that an organization is under."""
        above: int | None = None
        while place is not None and place in self.rows:
            parent, _, kind, _, _, township, _ = self.rows[place]
            if township:
                return place
            if kind == "committee":
                above = place
            place = parent
        return above

    def branch_of(self, place: int | None) -> int | None:
        """The branch that a group or a centre household belongs to; else the organization itself."""
        kinds = code_list("organization_kind")
        while place is not None and place in self.rows:
            if not kinds[self.rows[place][2]].is_marked("unit"):
                return place
            place = self.rows[place][0]
        return place


def proposals(rules: Scheme, scope: int, on: date, places: Places | None = None) -> list[Proposal]:
    """Everybody who might take part, in the order of branches and names, and who stays out and why."""
    known = places or Places()
    if rules.subject is Subject.ORGANIZATION:
        return list(_organizations(rules, scope, on, known))
    return list(_members(rules, scope, on, known))


def _organizations(rules: Scheme, scope: int, on: date, places: Places) -> Iterator[Proposal]:
    counted = rules.kinds or tuple(code_list("organization_kind").marked("counted"))
    for place in places.under(scope):
        parent, name, kind, domain, status, _, founded = places.rows[place]
        if place == scope or status != "active" or kind not in counted:
            continue
        if rules.domains and domain not in rules.domains:
            continue
        reason = _outside(rules, "", frozenset(), _months(founded, on))
        yield Proposal(
            member=None,
            organization=place,
            branch=parent,
            name=name,
            branch_name=places.name(parent),
            category="",
            state="excluded" if reason else "rated",
            reason=reason,
        )


def _members(rules: Scheme, scope: int, on: date, places: Places) -> Iterator[Proposal]:
    day = on.isoformat()
    inside = [
        place
        for place in places.under(scope)
        if not rules.domains
        or places.rows[place][3] in rules.domains
        or places.rows[places.branch_of(place) or place][3] in rules.domains
    ]
    flags = _flags(day)
    arrived = _arrived(day)
    order = {place: number for number, place in enumerate(inside)}
    counted = sorted(code_list("standing").marked("counted"))
    m = Member
    rows: list[tuple[int, str, int, str, str, str]] = []
    for start in range(0, len(inside), 5000):
        rows.extend(
            m.living()
            .select(m.id, m.name, m.organization, m.category, m.born_on, m.joined_on)
            .where(m.standing.in_(counted), m.organization.in_(inside[start : start + 5000]))
            .tuples()
        )
    rows = [row for row in rows if not row[5] or row[5] <= day]
    rows.sort(key=lambda row: (order[row[2]], row[0]))
    for ident, name, place, category, born, joined in rows:
        own = flags.get(ident, frozenset())
        months = _months(arrived.get(ident) or joined, on)
        reason = _outside(rules, category, own, months)
        state = "excluded" if reason else "rated"
        if not reason and EXEMPT_FLAG in own:
            state, reason = "exempt", "已登记不参加星级评定"
        branch = places.branch_of(place)
        yield Proposal(
            member=ident,
            organization=None,
            branch=branch,
            name=name,
            branch_name=places.name(branch),
            category=category,
            state=state,
            reason=reason,
            hint="" if reason else _hint(rules, own, _age(born, on)),
        )


def _outside(rules: Scheme, category: str, flags: frozenset[str], months: int | None) -> str:
    for one in rules.not_rated:
        if one.applies(category, flags, months):
            return one.name
    return ""


def _hint(rules: Scheme, flags: frozenset[str], age: int | None) -> str:
    for one in rules.exemptions:
        if one.suggested(flags, age):
            return one.name
    return ""


def _flags(day: str) -> dict[int, frozenset[str]]:
    """The marks that hold on a day, by member."""
    f = MemberFlag
    found: dict[int, set[str]] = {}
    query = (
        f.living()
        .select(f.member, f.kind)
        .where((f.from_on == "") | (f.from_on <= day), (f.until_on == "") | (f.until_on > day))
    )
    for member, kind in query.tuples():
        found.setdefault(member, set()).add(kind)
    return {member: frozenset(kinds) for member, kinds in found.items()}


def _arrived(day: str) -> dict[int, str]:
    """When each member came from elsewhere, by member."""
    s = StatusChange
    query = s.living().select(s.member, s.on).where(s.kind == "moved_in", s.on <= day)
    return dict(query.order_by(s.on).tuples())


def _months(since: str, on: date) -> int | None:
    """Whole months from a date known to some precision; None when it is not known."""
    if not since:
        return None
    month = int(since[5:7]) if len(since) >= 7 else 1
    day = int(since[8:10]) if len(since) >= 10 else 1
    return (on.year - int(since[:4])) * 12 + on.month - month - (on.day < day)


def _age(born: str, on: date) -> int | None:
    months = _months(born, on)
    return None if months is None else months // 12
