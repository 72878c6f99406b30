"""What a rule asks about people, read from the registers in a few statements for everybody at once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.codes import code_list
from db.registers.aid import Aid
from db.registers.hardship import Hardship
from db.registers.member import Honour, Member, MemberFlag, StatusChange
from db.registers.organization import Organization
from db.rules.aid_rules import Facts


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody a batch may be for: who it is in the registers, and what a rule asks."""

    facts: Facts
    key: str
    #: Every key under which the same person may have been paid before.
    keys: frozenset[str]
    member: int | None
    hardship: int | None
    organization: int | None
    sex: str = ""
    id_number: str = ""
    phone: str = ""


def person_keys(
    member: int | None, id_number: str, name: str, organization: int | None
) -> list[str]:
    """The keys of a person, the one to keep first. Numbers are kept only as fingerprints."""
    keys = [f"m{member}"] if member else []
    if id_number:
        keys.append("i" + hashlib.sha256(id_number.upper().encode()).hexdigest()[:24])
    return keys or [f"n{organization}|{name}"]


def within(scope: int | None) -> frozenset[int] | None:
    """An organization with everything below it; None means everywhere."""
    if scope is None:
        return None
    children: dict[int | None, list[int]] = defaultdict(list)
    rows: Any = Organization.select(Organization.id, Organization.parent)
    for row, parent in rows.tuples():
        children[parent].append(row)
    found = [scope]
    for one in found:
        found.extend(children[one])
    return frozenset(found)


def candidates(aid: Aid, subjects: str) -> list[Candidate]:
    """Everybody within the scope of a batch whom its rule is to judge, in the order of branches."""
    places = within(aid.scope_id)
    hardships = _hardships(aid.year)
    if subjects == "member":
        return list(_members(aid, places, hardships))
    return list(_in_hardship(aid, places, hardships))


def _hardships(year: int) -> list[Hardship]:
    return list(Hardship.living().where(Hardship.year == year).order_by(Hardship.id))


def _current(one: Hardship, on: str) -> bool:
    return not one.until_on or one.until_on > on


def _members(
    aid: Aid, places: frozenset[int] | None, hardships: Iterable[Hardship]
) -> Iterator[Candidate]:
    of = {h.member_id: h for h in hardships if h.member_id and _current(h, aid.pay_on)}
    for row, facts in _member_rows(aid, None):
        if places is None or row.organization in places:
            yield _candidate(row, _with_hardship(facts, of.get(row.id)), None)


def _in_hardship(
    aid: Aid, places: frozenset[int] | None, hardships: Sequence[Hardship]
) -> Iterator[Candidate]:
    ids = [h.member_id for h in hardships if h.member_id]
    known = {row.id: (row, facts) for row, facts in _member_rows(aid, ids)}
    for one in hardships:
        if places is not None and one.organization_id not in places:
            continue
        current = one if _current(one, aid.pay_on) else None
        if one.member_id:
            row, facts = known[one.member_id]
            yield _candidate(row, _with_hardship(facts, current), one)
        else:
            facts = Facts(name=one.name, party=False, born_on=one.born_on)
            keys = person_keys(None, one.id_number, one.name, one.organization_id)
            yield Candidate(
                _with_hardship(facts, current), keys[0], frozenset(keys), None, one.id,
                one.organization_id, one.sex, one.id_number, one.phone,
            )  # fmt: skip


def _candidate(row: Any, facts: Facts, hardship: Hardship | None) -> Candidate:
    keys = person_keys(row.id, row.id_number, row.name, row.organization)
    return Candidate(
        facts, keys[0], frozenset(keys), row.id, hardship.id if hardship else None,
        row.organization, row.sex, row.id_number, row.phone,
    )  # fmt: skip


def _with_hardship(facts: Facts, hardship: Hardship | None) -> Facts:
    if hardship is None:
        return facts
    return replace(
        facts,
        degree=hardship.degree,
        hardship_category=hardship.category,
        recognised=bool(hardship.recognised),
        household=hardship.household_number,
        household_size=hardship.household_size,
    )


_ASKED = ("id", "name", "sex", "born_on", "joined_on", "confirmed_on", "category", "standing",
          "occupation", "organization", "id_number", "phone")  # fmt: skip


def _member_rows(aid: Aid, ids: Sequence[int] | None) -> Iterator[tuple[Any, Facts]]:
    columns = [getattr(Member, name) for name in _ASKED]
    query: Any = Member.living().select(*columns)
    wanted = None if ids is None else set(ids)
    honours = _honours(aid.year)
    flags = _flags(aid.pay_on)
    ended = left_later(aid.pay_on)
    domains: Any = Organization.select(Organization.id, Organization.domain)
    domain = dict(domains.tuples())
    for row in query.order_by(Member.organization, Member.id).namedtuples().iterator():
        if wanted is not None and row.id not in wanted:
            continue
        yield (
            row,
            Facts(
                name=row.name,
                born_on=row.born_on,
                joined_on=row.joined_on,
                confirmed_on=row.confirmed_on,
                category=row.category,
                standing="normal" if row.id in ended else row.standing,
                occupation=row.occupation,
                domain=domain.get(row.organization, ""),
                flags=flags.get(row.id, frozenset()),
                honours=honours.get(row.id, ()),
            ),
        )


def _honours(year: int) -> dict[int, tuple[tuple[str, str], ...]]:
    """Honours of the year and the one before, by member."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query: Any = Honour.living().select(Honour.member, Honour.title_given, Honour.on)
    for member, title, on in query.where(Honour.on >= str(year - 1)).tuples():
        found[member].append((title, on))
    return {member: tuple(rows) for member, rows in found.items()}


def _flags(on: str) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query: Any = MemberFlag.living().select(MemberFlag.member, MemberFlag.kind)
    query = query.where((MemberFlag.until_on == "") | (MemberFlag.until_on > on))
    for member, kind in query.tuples():
        found[member].add(kind)
    return {member: frozenset(kinds) for member, kinds in found.items()}


def left_later(on: str) -> frozenset[int]:
    """Members who have left by now but still belonged on the day of payment."""
    later: Any = StatusChange.living().select(StatusChange.member)
    taking = sorted(code_list("status_change").marked("takes"))
    later = later.where(StatusChange.on > on, StatusChange.kind.in_(taking))
    return frozenset(row[0] for row in later.tuples())
