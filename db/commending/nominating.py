"""Put members, organizations, people outside the Party and units forward; rank them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db import journal
from db.bulk import insert_rows, save_many, update_rows
from db.codes import code_list
from db.commending.facts import recipient_key
from db.commending.programme import require_step
from db.commending.reviewing import look_at
from db.commending.snapshot import PUBLIC, public_part, take
from db.commending.tree import Tree
from db.errors import Refusal
from db.registers.commendation import AwardType, Commendation, Nomination
from db.registers.member import Member
from db.registers.organization import Organization
from db.rules.eligibility import forbidding, sentence

_OPEN = ("draft", "nominating", "reviewing")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was put forward, and who was not and why."""

    nominated: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """The outcome for the message bar."""
        text = f"已推荐 {len(self.nominated)} 个"
        if self.refused:
            text += f"，{len(self.refused)} 个不符合条件未推荐"
        return text


def nominate_members(
    award_type: AwardType,
    members: Sequence[Member],
    nominator: Organization | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Outcome:
    """Put many members forward at once; those whom a condition forbids are handed back with it.

    The nominator is the member's own branch unless one is given. `overrides` {check: reason} lets
    pass what would forbid.
    """
    drafts = [
        Nomination(
            commendation=award_type.commendation_id,
            award_type=award_type,
            member=member,
            name=member.name,
            nominator=nominator or member.organization_id,
            overrides=dict(overrides or {}),
        )
        for member in members
    ]
    return _nominate(award_type, drafts)


def nominate_organizations(
    award_type: AwardType,
    organizations: Sequence[Organization],
    nominator: Organization | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Outcome:
    """Put organizations forward; the nominator is the superior organization unless one is given."""
    drafts = [
        Nomination(
            commendation=award_type.commendation_id,
            award_type=award_type,
            organization=organization,
            name=organization.name,
            nominator=nominator or organization.parent_id or organization.id,
            overrides=dict(overrides or {}),
        )
        for organization in organizations
    ]
    return _nominate(award_type, drafts)


def nominate_outsider(
    award_type: AwardType, name: str, nominator: Organization | None = None, **fields: Any
) -> Nomination:
    """Put a person outside the Party, a window, a brand or a unit forward."""
    commendation = award_type.commendation
    require_step(commendation, *_OPEN)
    if award_type.subject not in {"person", "unit"}:
        raise Refusal(f"“{award_type.name}”只能推荐台账里的党员或党组织。")
    nomination = Nomination(
        commendation=commendation, award_type=award_type, name=name, nominator=nominator, **fields
    )
    nomination.rank = _next_rank(award_type)
    nomination.snapshot = take([nomination], Tree.load())[0]
    with journal.operation(f"推荐{name}为{award_type.name}", kind="nominate"):
        nomination.save()
    return nomination


def _nominate(award_type: AwardType, drafts: list[Nomination]) -> Outcome:
    commendation = award_type.commendation
    require_step(commendation, *_OPEN)
    _require_subject(award_type, drafts)
    tree = Tree.load()
    looked = look_at(commendation, drafts, tree, before=True)
    snapshots = take(drafts, tree)
    good, refused = [], []
    seen: set[tuple[Any, ...]] = set()
    for draft, findings, snapshot in zip(drafts, looked, snapshots, strict=True):
        key = recipient_key(draft)
        if key in seen:
            refused.append((draft.name, "这次选了两遍，只推荐一次"))
            continue
        seen.add(key)
        stops = forbidding(findings, draft.overrides or {})
        if stops:
            refused.append((draft.name, sentence(stops)))
            continue
        good.append((draft, snapshot))
    ids: tuple[int, ...] = ()
    if good:
        first = _next_rank(award_type)
        names = "、".join(draft.name for draft, _ in good[:3]) + ("等" if len(good) > 3 else "")
        with journal.operation(f"推荐{names} {len(good)} 个为{award_type.name}", kind="nominate"):
            rows = [
                (
                    commendation.id,
                    award_type.id,
                    d.member_id,
                    d.organization_id,
                    d.name,
                    d.nominator_id,
                    first + place,
                    "proposed",
                    snapshot,
                    d.overrides or {},
                    *(public_part(snapshot) if d.member_id else ("",) * len(PUBLIC)),
                )
                for place, (d, snapshot) in enumerate(good)
            ]
            columns = (
                "commendation",
                "award_type",
                "member",
                "organization",
                "name",
                "nominator",
                "rank",
                "state",
                "snapshot",
                "overrides",
                *PUBLIC,
            )
            ids = tuple(insert_rows(Nomination, columns, rows))
    return Outcome(ids, tuple(refused))


def _require_subject(award_type: AwardType, drafts: Sequence[Nomination]) -> None:
    subject = award_type.subject
    for draft in drafts:
        chosen = "member" if draft.member_id else "organization"
        fits = {"member": {"member"}, "organization": {"organization"}, "person": {"member"}}
        if chosen not in fits.get(subject, {"organization", "member"} - {"member"}):
            kind = code_list("award_kind").label_of(award_type.kind)
            raise Refusal(f"“{award_type.name}”授予{kind}，不能推荐“{draft.name}”。")


def _next_rank(award_type: AwardType) -> int:
    rows = (
        Nomination.living()
        .select(Nomination.rank)
        .where(Nomination.award_type == award_type, Nomination.rank.is_null(False))
        .tuples()
    )
    return max((row[0] for row in rows), default=0) + 1


def rank(award_type: AwardType, order: Sequence[int]) -> None:
    """Set the 推荐顺序: these nominations stand first in this order, the rest after them as before."""
    rest = [
        n.id
        for n in Nomination.living()
        .where(Nomination.award_type == award_type)
        .order_by(Nomination.rank.is_null(), Nomination.rank, Nomination.id)
    ]
    if unknown := set(order) - set(rest):
        raise Refusal(f"有 {len(unknown)} 个推荐对象不属于“{award_type.name}”。")
    first = list(dict.fromkeys(order))
    placed = set(first)
    whole = first + [i for i in rest if i not in placed]
    kept = {n.id: n.rank for n in Nomination.select().where(Nomination.award_type == award_type)}
    moved = [(i, (place,)) for place, i in enumerate(whole, 1) if kept[i] != place]
    if moved:
        with journal.operation(f"调整“{award_type.name}”推荐顺序", kind="rank"):
            update_rows(Nomination, ["rank"], moved)


def set_state(nominations: Sequence[Nomination], state: str, reason: str = "") -> int:
    """入选、落选、退回、取消; what takes somebody out needs a reason."""
    states = code_list("nomination_state")
    label = states.label_of(state)
    if state in {"returned", "cancelled"} and not reason.strip():
        raise Refusal(f"{label}请写明原因。")
    for one in nominations:
        require_step(one.commendation, *_OPEN, "notice")
        one.state, one.state_reason = state, reason.strip()
    names = "、".join(one.name for one in nominations[:3])
    more = f"等 {len(nominations)} 个" if len(nominations) > 3 else ""
    return save_many(nominations, f"{label}：{names}{more}")


def refresh_snapshots(commendation: Commendation) -> int:
    """Take the snapshots anew, while nothing has been posted yet; returns how many differ."""
    require_step(commendation, *_OPEN)
    nominations = list(Nomination.living().where(Nomination.commendation == commendation))
    changed = []
    for one, fresh in zip(nominations, take(nominations, Tree.load()), strict=True):
        old = {k: v for k, v in (one.snapshot or {}).items() if k != "taken_on"}
        if old != {k: v for k, v in fresh.items() if k != "taken_on"}:
            shown = public_part(fresh) if one.member_id else [getattr(one, n) for n in PUBLIC]
            changed.append((one.id, (fresh, *shown)))
    if changed:
        with journal.operation(f"更新“{commendation.name}”推荐对象情况 {len(changed)} 个"):
            update_rows(Nomination, ["snapshot", *PUBLIC], changed)
    return len(changed)
