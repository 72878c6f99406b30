"""Which quota a nomination counts against, and which place in it it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from db.codes import code_list
from db.commending.tree import Tree
from db.registers.commendation import AwardType, Commendation, Nomination, Quota
from db.registers.member import Member

#: Ids asked for in one statement.
_CHUNK = 5000


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in portions that fit one statement."""
    listed = sorted(ids)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


class QuotaPlaces:
    """Which quota a nomination counts against, and which place in it it takes."""

    def __init__(self, commendation: Commendation, types: dict[int, AwardType], tree: Tree) -> None:
        self.tree, self.types = tree, types
        self.by_type: dict[int, list[Quota]] = defaultdict(list)
        for quota in Quota.living().where(Quota.award_type.in_(list(types))):
            self.by_type[quota.award_type_id].append(quota)
        self.standing: dict[int, dict[int, int]] = {}
        live = sorted(code_list("nomination_state").marked("live"))
        rows = (
            Nomination.living()
            .where(Nomination.commendation == commendation, Nomination.state.in_(live))
            .order_by(Nomination.rank.is_null(), Nomination.rank, Nomination.id)
        )
        members: dict[Any, Any] = {n.member_id: 0 for n in rows if n.member_id}
        for chunk in chunks(members):
            query: Any = Member.select(Member.id, Member.organization).where(Member.id.in_(chunk))
            members.update(dict(query.tuples()))
        for one in rows:
            home = members.get(one.member_id, one.organization_id)
            quota = self.quota_of(one, home)
            if quota is not None:
                places = self.standing.setdefault(quota.id, {})
                places[one.id] = len(places) + 1

    def quota_of(self, nomination: Nomination, home: int | None) -> Quota | None:
        """The quota of the nearest organization above, else of its 领域, else of everybody."""
        quotas = self.by_type.get(nomination.award_type_id, [])
        by_organization = {q.organization_id: q for q in quotas if q.organization_id}
        start = home or nomination.nominator_id
        line = list(self.tree.line(start))
        for node in line:
            if node.id in by_organization:
                return by_organization[node.id]
        domain = next((node.domain for node in line if node.domain), "")
        for quota in quotas:
            if quota.domain and quota.domain == domain:
                return quota
        return next((q for q in quotas if not q.organization_id and not q.domain), None)

    def of(self, nomination: Nomination, home: int | None) -> tuple[int | None, str, int]:
        """(places with the ratio for 差额, whose they are, which one this nomination takes)."""
        quota = self.quota_of(nomination, home)
        if quota is None:
            return None, "", 0
        taken = self.standing.get(quota.id, {})
        ratio = self.types[nomination.award_type_id].ratio or 100
        places = -(-quota.total * ratio // 100)
        whose = self.tree.name(quota.organization_id) or code_list("domain").label_of(quota.domain)
        return places, whose, taken.get(nomination.id, len(taken) + 1)

    def used(self) -> dict[int, int]:
        """How many live nominations stand against each quota, by its id."""
        return {quota: len(places) for quota, places in self.standing.items()}
