"""名额: reckon them from the registers, spread them, shift them, and see what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from peewee import fn

from db import journal
from db.bulk import save_many
from db.codes import code_list
from db.commending.places import QuotaPlaces
from db.commending.tree import Tree
from db.errors import Refusal
from db.registers.commendation import AwardType, Commendation, Quota, QuotaShift
from db.registers.member import Member
from db.rules import dates
from db.rules.apportion import apportion
from db.rules.quota import Allowance, Rounding

ROUNDINGS = {"up": Rounding.UP, "half": Rounding.HALF_UP, "down": Rounding.DOWN}


class Bases:
    """What percentages are counted from: members and organizations, by organization."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        counted = sorted(code_list("standing").marked("counted"))
        rows = (
            Member.living()
            .select(Member.organization, Member.category, fn.count(Member.id))
            .where(Member.standing.in_(counted))
            .group_by(Member.organization, Member.category)
            .tuples()
        )
        self.members = {(organization, category): n for organization, category, n in rows}

    def count(self, base: str, organizations: Iterable[int]) -> int:
        """How many of `base` (a code of quota_base) these organizations hold."""
        found = 0
        for organization in organizations:
            if base in {"full_members", "members"}:
                found += self.members.get((organization, "full"), 0)
            if base == "members":
                found += self.members.get((organization, "probationary"), 0)
            node = self.tree.nodes.get(organization)
            if node is None or node.status != "active":
                continue
            kind = code_list("organization_kind")[node.kind]
            if base == "branches":
                found += kind.is_marked("branch")
            if base == "organizations":
                found += kind.is_marked("counted")
        return found


def _covered(quota: Quota, commendation: Commendation, tree: Tree) -> set[int]:
    """The organizations that a quota speaks of."""
    if quota.organization_id:
        return tree.within(quota.organization_id)
    within = tree.within(commendation.scope_id)
    if quota.domain:
        return {i for i in within if tree.nodes[i].domain == quota.domain}
    return within


def allowance(quota: Quota) -> Allowance:
    """The rule of a quota as the arithmetic knows it."""
    if quota.percent:
        share = Fraction(quota.percent, 10000)
        return Allowance(quota.number, share, ROUNDINGS[quota.rounding or "up"])
    return Allowance(quota.number or 0)


def reckon(commendation: Commendation) -> int:
    """Count every quota anew from the registers as they are now; returns how many changed."""
    tree = Tree.load()
    bases = Bases(tree)
    changed = []
    for quota in _quotas(commendation):
        before = (quota.base_count, quota.places)
        _reckon(quota, commendation, tree, bases)
        if (quota.base_count, quota.places) != before:
            changed.append(quota)
    save_many(changed, f"重新计算“{commendation.name}”名额")
    return len(changed)


def _reckon(quota: Quota, commendation: Commendation, tree: Tree, bases: Bases) -> None:
    if quota.percent:
        quota.base_count = bases.count(quota.base, _covered(quota, commendation, tree))
    rule = allowance(quota)
    quota.places = rule.places(quota.base_count or 0)
    if quota.percent:
        quota.reason = rule.words(quota.base_count or 0)


def _quotas(commendation: Commendation) -> list[Quota]:
    return list(
        Quota.living()
        .join(AwardType)
        .where(AwardType.commendation == commendation, AwardType.retired == "")
        .order_by(AwardType.position, Quota.id)
    )


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is given places: an organization with all below it, or a 领域 of the round's scope."""

    organization: int | None = None
    domain: str = ""


def receivers(commendation: Commendation, target: str) -> list[Receiver]:
    """Those directly below the round's scope ("organizations"), or the 领域 found in it ("domains")."""
    tree = Tree.load()
    if target == "domains":
        within = tree.within(commendation.scope_id)
        found = {tree.nodes[i].domain for i in within} - {""}
        order = code_list("domain").position
        return [Receiver(domain=domain) for domain in sorted(found, key=order)]
    root = commendation.scope_id or tree.root()
    return [Receiver(node.id) for node in tree.below(root)]


def spread(
    award_type: AwardType,
    to: Sequence[Receiver],
    *,
    number: int | None = None,
    percent: int | None = None,
    base: str = "full_members",
    rounding: str = "up",
) -> list[Quota]:
    """Places for each receiver by one rule; those that exist are brought to it.

    `number` places each, or `percent` (hundredths of one percent) of each one's own count.
    """
    tree = Tree.load()
    bases = Bases(tree)
    quotas = []
    for quota in _for_each(award_type, to):
        quota.number, quota.percent = number, percent
        quota.base, quota.rounding, quota.base_count, quota.reason = base, rounding, None, ""
        _reckon(quota, award_type.commendation, tree, bases)
        quotas.append(quota)
    save_many(quotas, f"分配“{award_type.name}”名额")
    return quotas


def divide(
    award_type: AwardType,
    to: Sequence[Receiver],
    total: int,
    *,
    base: str = "full_members",
    least: int = 0,
) -> list[Quota]:
    """Divide a fixed total among the receivers by their size; the shares add up to it."""
    tree = Tree.load()
    bases = Bases(tree)
    quotas = _for_each(award_type, to)
    counts = [bases.count(base, _covered(q, award_type.commendation, tree)) for q in quotas]
    shares = apportion(total, counts, least)
    label = code_list("quota_base").label_of(base)
    for quota, counted, share in zip(quotas, counts, shares, strict=True):
        quota.number, quota.percent, quota.base = share, None, base
        quota.base_count, quota.places = counted, share
        quota.reason = f"{label} {counted}，从 {total} 个名额中按比例分得 {share}"
    save_many(quotas, f"按比例分配“{award_type.name}”名额 {total} 个")
    return quotas


def set_places(award_type: AwardType, to: Receiver, places: int | None) -> None:
    """Give one receiver a fixed number of places; None takes the quota away."""
    kept = _kept(award_type).get(to)
    if places is None:
        if kept is not None:
            kept.retire("不再分配名额")
        return
    quota = kept or Quota(award_type=award_type, organization=to.organization, domain=to.domain)
    if kept is not None and kept.total == places:
        return
    quota.number, quota.percent, quota.places = places, None, places - (quota.shifted or 0)
    quota.base_count, quota.reason = None, f"核定 {places} 个"
    quota.save()


def _kept(award_type: AwardType) -> dict[Receiver, Quota]:
    query = Quota.living().where(Quota.award_type == award_type)
    return {Receiver(q.organization_id, q.domain): q for q in query}


def _for_each(award_type: AwardType, to: Sequence[Receiver]) -> list[Quota]:
    kept = _kept(award_type)
    return [
        kept.get(one)
        or Quota(award_type=award_type, organization=one.organization, domain=one.domain)
        for one in to
    ]


def shift(source: Quota, target: Quota, count: int, reason: str, on: str = "") -> QuotaShift:
    """Move places from one award type to another, with the reason; never below what is used."""
    tree = Tree.load()
    commendation = source.award_type.commendation
    types = {t.id: t for t in commendation.award_types}
    used = QuotaPlaces(commendation, types, tree).used().get(source.id, 0)
    if target.award_type.commendation_id != commendation.id:
        raise Refusal("只能在同一次表彰的名额之间调剂。")
    if source.total - count < 0:
        raise Refusal(f"“{source.title()}”只有 {source.total} 个名额，调不出 {count} 个。")
    if source.total - count < used:
        raise Refusal(
            f"“{source.title()}”已推荐 {used} 个，调出 {count} 个后名额不足，请先取消多余的推荐。"
        )
    moved = QuotaShift(
        source=source, target=target, count=count, reason=reason, on=on or dates.today()
    )
    words = f"名额调剂：{source.title()} → {target.title()} {count} 个"
    with journal.operation(words, kind="shift"):
        moved.save()
        source.shifted = (source.shifted or 0) - count
        source.save()
        target.shifted = (target.shifted or 0) + count
        target.save()
    return moved


@dataclass(frozen=True, slots=True)
class Cell:
    """One award type in one row of the matrix."""

    quota: Quota
    places: int
    used: int

    @property
    def left(self) -> int:
        """Places still free; negative when more were put forward."""
        return self.places - self.used

    @property
    def allowed(self) -> int:
        """How many may be put forward: the places with the 差额 of the award type."""
        return -(-self.places * (self.quota.award_type.ratio or 100) // 100)


@dataclass(frozen=True, slots=True)
class Row:
    """One organization, 领域 or "全部", with a cell (or None) for each award type."""

    label: str
    receiver: Receiver
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Award types across, those who nominate down."""

    award_types: tuple[AwardType, ...]
    rows: tuple[Row, ...]

    def totals(self) -> tuple[tuple[int, int], ...]:
        """(places, used) of each award type."""
        columns = [[row.cells[i] for row in self.rows] for i in range(len(self.award_types))]
        return tuple(
            (sum(c.places for c in column if c), sum(c.used for c in column if c))
            for column in columns
        )


def matrix(commendation: Commendation) -> Matrix:
    """The places of a round, what is used and what is left."""
    tree = Tree.load()
    types = award_types(commendation)
    used = QuotaPlaces(commendation, {t.id: t for t in types}, tree).used()
    cells: dict[tuple[int | None, str], dict[int, Cell]] = {}
    for quota in _quotas(commendation):
        cell = Cell(quota, quota.total, used.get(quota.id, 0))
        cells.setdefault((quota.organization_id, quota.domain), {})[quota.award_type_id] = cell
    rows = [
        Row(
            tree.name(organization) or code_list("domain").label_of(domain) or "全部",
            Receiver(organization, domain),
            tuple(found.get(t.id) for t in types),
        )
        for (organization, domain), found in cells.items()
    ]
    return Matrix(tuple(types), tuple(rows))


def award_types(commendation: Commendation) -> list[AwardType]:
    """The award types of a round, in their order."""
    return list(
        AwardType.living()
        .where(AwardType.commendation == commendation)
        .order_by(AwardType.position, AwardType.id)
    )
