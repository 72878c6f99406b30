"""How an organization begins, changes and ends: founding, renaming, merging, upgrading, dissolving, 换届.

Each is one operation (one step to undo) that keeps the register, its history and the people in it
consistent; nothing is deleted (docs/systems.md 1, 2, 39).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db import journal
from db.codes import code_list
from db.errors import Refusal
from db.registers.member import Member, Post, StatusChange
from db.registers.organization import Organization, OrganizationEvent, Term
from db.rules import dates, terms


def found(organization: Organization, on: str, document: str = "", words: str = "") -> Organization:
    """Found an organization: the row, and the founding in its history."""
    with journal.operation(f"成立“{organization.name}”"):
        organization.founded_on = organization.founded_on or on
        organization.founding_document = organization.founding_document or document
        organization.status = "active"
        organization.save()
        _event(organization, "founded", on, document, words=words)
    return organization


def rename(organization: Organization, name: str, on: str, document: str = "") -> None:
    """Give it a new full name; the old one stays in history and can be searched there."""
    _require_active(organization)
    with journal.operation(f"“{organization.name}”更名为“{name}”"):
        former, organization.name = organization.name, name
        organization.save()
        _event(organization, "renamed", on, document, former_name=former)


def reassign(organization: Organization, parent: Organization, on: str, document: str = "") -> None:
    """Move it, with everything below it, under another organization."""
    _require_active(organization)
    with journal.operation(f"“{organization.name}”隶属调整到“{parent.name}”"):
        former, organization.parent = organization.parent, parent
        organization.save()
        _event(organization, "reassigned", on, document, other=former)


def upgrade(
    organization: Organization, kind: str, name: str, on: str, document: str = ""
) -> Organization:
    """支部升总支, 总支升党委: the same organization with another kind and name; 党籍 stays where it is."""
    _require_active(organization)
    kinds = code_list("organization_kind")
    if kinds[kind].extra["level"] >= kinds[organization.kind].extra["level"]:
        raise Refusal(
            f"“{kinds.label_of(kind)}”不高于现在的“{kinds.label_of(organization.kind)}”。"
        )
    with journal.operation(f"“{organization.name}”升格为{kinds.label_of(kind)}"):
        former = organization.name
        organization.kind, organization.name = kind, name or former
        organization.save()
        _event(organization, "upgraded", on, document, former_name=former)
    return organization


def merge(
    sources: Sequence[Organization], target: Organization, on: str, document: str = ""
) -> None:
    """Merge organizations into another one: members and lower organizations move, posts end."""
    merged = {source.id for source in sources}
    if not sources or target.id in merged:
        raise Refusal("请选择要并入的党组织，且不能并入自己。")
    for one in (*sources, target):
        _require_active(one)
    names = "、".join(source.name for source in sources)
    with journal.operation(f"“{names}”并入“{target.name}”"):
        for source in sources:
            _move_people(source, target, on, document)
            for child in _children(source):
                # The target itself may have stood below; what is merged too goes with its own name.
                if child.id == target.id:
                    target.parent = source.parent
                    target.save()
                elif child.id not in merged:
                    child.parent = target
                    child.save()
            _end(source, "merged", on, document, other=target)
        _event(target, "merged", on, document, words=f"并入：{names}")


def dissolve(organization: Organization, on: str, document: str = "", words: str = "") -> None:
    """Dissolve an organization in which nobody is left; refuses while somebody or something is."""
    _require_active(organization)
    left = len(_people(organization))
    below = len(_children(organization))
    if left or below:
        parts = [f"{left} 名党员"] if left else []
        parts += [f"{below} 个下级组织"] if below else []
        raise Refusal(f"“{organization.name}”还有{'、'.join(parts)}，请先转出或并入其他党组织。")
    with journal.operation(f"撤销“{organization.name}”"):
        _end(organization, "dissolved", on, document, words=words)


@dataclass(frozen=True, slots=True)
class Seat:
    """One elected seat: which post, and the member (or the name) who holds it."""

    kind: str
    member: Member | None = None
    name: str = ""


def elect(organization: Organization, term: Term, seats: Iterable[Seat]) -> Term:
    """换届: a new term, the old leading group ends, the new one begins, the next one is due.

    Without a day on which it ends, the term has the length of its kind (`db.rules.terms`); it may end
    later by no more than an approved delay.
    """
    _require_active(organization)
    end = terms.election_due(term.elected_on, organization.kind, village=bool(organization.village))
    term.due_on = term.due_on or end
    latest = terms.latest_with_approval(end)
    if latest and (dates.compare(term.due_on, latest) or 0) > 0:
        raise Refusal(
            f"“{organization.name}”这一届到 {dates.show(end, 'chinese')} 届满，经批准延期也不晚于"
            f" {dates.show(latest, 'chinese')}；填的是 {dates.show(term.due_on, 'chinese')}，请核对。"
        )
    with journal.operation(f"“{organization.name}”换届"):
        term.organization = organization
        term.save()
        _end_leading_posts(organization, term.elected_on)
        for rank, seat in enumerate(seats, 1):
            Post(
                organization=organization,
                kind=seat.kind,
                member=seat.member,
                holder_name=seat.name,
                rank=rank,
                from_on=term.elected_on,
                document=term.document,
            ).save()
        organization.election_due = term.due_on
        organization.save()
        _event(organization, "elected", term.elected_on, term.document, words=term.number)
    return term


def members_of(organizations: Iterable[int]) -> int:
    """How many members are counted in these organizations themselves."""
    counted = [c.code for c in code_list("standing") if c.is_marked("counted")]
    return int(
        Member.living()
        .where(Member.organization.in_(list(organizations)), Member.standing.in_(counted))
        .count()
    )


def below(organization_id: int) -> list[int]:
    """The organization and every living one under it, by id."""
    children: dict[int | None, list[int]] = {}
    for child, parent in (
        Organization.living().select(Organization.id, Organization.parent).tuples()
    ):
        children.setdefault(parent, []).append(child)
    found_ids, waiting = [], [organization_id]
    while waiting:
        one = waiting.pop()
        found_ids.append(one)
        waiting += children.get(one, [])
    return found_ids


def _require_active(organization: Organization) -> None:
    if organization.retired or organization.status != "active":
        label = "已停用"
        if not organization.retired:
            label = code_list("organization_status").label_of(organization.status)
        raise Refusal(f"“{organization.name}”{label}，不能再变动。")


def _children(organization: Organization) -> list[Organization]:
    return list(
        Organization.living().where(
            Organization.parent == organization, Organization.status == "active"
        )
    )


def _people(organization: Organization) -> list[Member]:
    """Everybody whose membership is kept here, also those who are suspended or abroad."""
    kept = [c.code for c in code_list("standing") if not c.is_marked("ended")]
    return list(
        Member.living().where(Member.organization == organization, Member.standing.in_(kept))
    )


def _event(
    organization: Organization, kind: str, on: str, document: str, **more: Any
) -> OrganizationEvent:
    event = OrganizationEvent(
        organization=organization, kind=kind, on=on, document=document, **more
    )
    event.save()
    return event


def _end(organization: Organization, kind: str, on: str, document: str, **more: Any) -> None:
    organization.status = code_list("organization_event")[kind].extra["status"]
    organization.ended_on = on
    organization.save()
    for post in Post.living().where(Post.organization == organization, Post.until_on == ""):
        post.until_on = on
        post.save()
    _event(organization, kind, on, document, **more)


def _end_leading_posts(organization: Organization, on: str) -> None:
    leading = [c.code for c in code_list("post") if c.is_marked("leading")]
    for post in Post.living().where(
        Post.organization == organization, Post.until_on == "", Post.kind.in_(leading)
    ):
        post.until_on = on
        post.save()


def _move_people(source: Organization, target: Organization, on: str, document: str) -> None:
    for member in _people(source):
        member.organization = target
        member.save()
        StatusChange(
            member=member,
            kind="moved_within",
            on=on,
            origin=source,
            target=target,
            document=document,
            words="党组织合并",
        ).save()
