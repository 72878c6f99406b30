"""Gathers what the registers know of many recipients at once, for the eligibility checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from db.codes import code_list
from db.commending.places import QuotaPlaces, chunks
from db.commending.ratings import NONE, ratings_of
from db.commending.tree import Node, Tree
from db.registers.commendation import Award, AwardType, Commendation, Nomination, Opinion
from db.registers.member import Discipline, Honour, Member, Post
from db.rules import dates
from db.rules.eligibility import Facts, Given, Sanction


def gather(
    commendation: Commendation, nominations: Sequence[Nomination], tree: Tree, on: str = ""
) -> list[Facts]:
    """The facts of each nomination, in order; nominations not yet saved are candidates."""
    day = on or dates.today()
    types = {t.id: t for t in AwardType.select().where(AwardType.commendation == commendation)}
    members = _members({n.member_id for n in nominations if n.member_id})
    organizations = sorted({n.organization_id for n in nominations if n.organization_id})
    found = _Found(commendation, tree, day, sorted(members), organizations)
    ranks = QuotaPlaces(commendation, types, tree)
    return [
        _facts(n, types[n.award_type_id], members.get(n.member_id or 0), found, ranks)
        for n in nominations
    ]


class _Found:
    """Everything about these people and organizations, one query for each sort of fact."""

    def __init__(
        self,
        commendation: Commendation,
        tree: Tree,
        on: str,
        members: Sequence[int],
        organizations: Sequence[int],
    ) -> None:
        self.commendation, self.tree, self.on = commendation, tree, on
        self.sanctions = _by_member(Discipline, members)
        self.honours = _by_member(Honour, members)
        self.posts = _by_member(Post, members, Post.until_on == "")
        self.member_ratings = ratings_of("member", members, on)
        self.organization_ratings = ratings_of("organization", organizations, on)
        self.titles = _titles_in_round(commendation)
        self.earlier = _earlier_awards(commendation)
        self.branch_votes = _branch_votes(commendation)
        own = Award.living().where(Award.commendation == commendation)
        self.own_honours = {award.honour_id for award in own}


def recipient_key(nomination: Nomination) -> tuple[Any, ...]:
    """What makes two nominations one recipient: the record, or the same words for outsiders."""
    if nomination.member_id:
        return ("member", nomination.member_id)
    if nomination.organization_id:
        return ("organization", nomination.organization_id)
    return ("outside", nomination.name, nomination.unit_name)


def _facts(
    nomination: Nomination,
    award_type: AwardType,
    member: Member | None,
    found: _Found,
    ranks: QuotaPlaces,
) -> Facts:
    tree = found.tree
    home = member.organization_id if member else nomination.organization_id
    key = recipient_key(nomination)
    others = {t for i, t in found.titles.get(key, ()) if i != nomination.id}
    given = [Given(h.title_given, h.on) for h in _honours(found, member)]
    given += found.earlier.get(key, [])
    places, words, taken = ranks.of(nomination, home)
    vote = found.branch_votes.get(nomination.id)
    in_scope = _in_scope(found, home)
    common: dict[str, Any] = {
        "name": nomination.name,
        "subject": "member" if member else award_type.subject,
        "on": found.on,
        "title": award_type.name,
        "honours": tuple(given),
        "other_titles": tuple(sorted(others)),
        "places": places,
        "places_words": words,
        "taken": taken,
        "in_scope": in_scope,
        "scope_words": _scope_words(found, home),
        "recommended": vote[0] if vote else None,
        "present": vote[1] if vote else None,
        "missing": tuple(_missing(nomination, member, vote is not None)),
    }
    if member is not None:
        common.update(_member_facts(member, award_type, found))
    elif nomination.organization_id:
        common.update(_organization_facts(tree.nodes.get(home or 0), award_type, found))
    return Facts(**common)


def _honours(found: _Found, member: Member | None) -> Iterable[Honour]:
    if member is None:
        return ()
    # The honours that this very round has written are no repetition of it.
    return [h for h in found.honours.get(member.id, ()) if h.id not in found.own_honours]


def _member_facts(member: Member, award_type: AwardType, found: _Found) -> dict[str, Any]:
    rated = found.member_ratings.get(member.id, NONE)
    pool = code_list("award_pool")[award_type.pool]
    in_pool, words = None, ""
    if pool.code != "any":
        in_pool, words = _holds_post(found, member, pool.extra)
        words = words or f"不是在任的{pool.label}"
    return {
        "category": member.category,
        "category_words": code_list("member_category").label_of(member.category),
        "standing": member.standing,
        "standing_words": code_list("standing").label_of(member.standing),
        "sanctions": tuple(
            Sanction(code_list("discipline").label_of(d.kind), d.on, d.lifted_on or _effect(d))
            for d in found.sanctions.get(member.id, ())
        ),
        "review": rated.review,
        "star": rated.star,
        "in_pool": in_pool,
        "pool_words": words,
    }


def _effect(sanction: Discipline) -> str:
    if sanction.effect_until:
        return str(sanction.effect_until)
    kinds = code_list("discipline")
    months = kinds[sanction.kind].extra.get("effect_months") if sanction.kind in kinds else None
    return dates.add_months(sanction.on, months) if months and sanction.on else ""


def _holds_post(found: _Found, member: Member, marks: Any) -> tuple[bool, str]:
    posts = code_list("post")
    for post in found.posts.get(member.id, ()):
        node = found.tree.nodes.get(post.organization_id)
        fits = post.kind in marks.get("post", ()) or (
            marks.get("leading")
            and (posts[post.kind].is_marked("leading") or post.kind == "organizer")
        )
        if fits and node and (not marks.get("village") or node.village):
            return True, f"任{node.name}{posts.label_of(post.kind)}"
    return False, ""


def _organization_facts(node: Node | None, award_type: AwardType, found: _Found) -> dict[str, Any]:
    if node is None:
        return {}
    rated = found.organization_ratings.get(node.id, NONE)
    pool = code_list("award_pool")[award_type.pool]
    return {
        "status": node.status,
        "status_words": code_list("organization_status").label_of(node.status),
        "election_due": node.election_due,
        "star": rated.star,
        "grading": rated.grading,
        "in_pool": None if pool.code == "any" else _in_pool(node, pool.extra),
        "pool_words": f"{'是' if _in_pool(node, pool.extra) else '不是'}{pool.label}",
    }


def _in_pool(node: Node, marks: Any) -> bool:
    if marks.get("township"):
        return node.township
    if marks.get("village"):
        return node.village
    if "unit" in marks:
        return node.unit_kind in marks["unit"]
    if marks.get("branch"):
        return code_list("organization_kind")[node.kind].is_marked("branch")
    return True


def _in_scope(found: _Found, home: int | None) -> bool | None:
    scope = found.commendation.scope_id
    if scope is None or home is None:
        return None
    return found.tree.is_within(home, scope)


def _scope_words(found: _Found, home: int | None) -> str:
    scope = found.commendation.scope_id
    if scope is None or home is None:
        return ""
    inside = "在" if found.tree.is_within(home, scope) else "不在"
    return f"所在的{found.tree.name(home)}{inside}{found.tree.name(scope)}范围内"


def _missing(nomination: Nomination, member: Member | None, voted: bool) -> Iterator[str]:
    if not nomination.deeds.strip():
        yield "主要事迹"
    if nomination.nominator_id is None:
        yield "推荐单位"
    if member is not None:
        if not voted:
            yield "支部大会意见"
        for name in ("sex", "ethnicity", "born_on", "joined_on", "education"):
            if not getattr(member, name):
                yield Member._meta.fields[name].label
    elif not nomination.organization_id and not nomination.unit_name:
        yield "工作单位"


def _members(ids: Iterable[int]) -> dict[int, Member]:
    return {m.id: m for c in chunks(ids) for m in Member.select().where(Member.id.in_(c))}


def _by_member(model: Any, ids: Iterable[int], *conditions: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(ids):
        query = model.living().where(model.member.in_(chunk), *conditions).order_by(model.id)
        for row in query:
            found[row.member_id].append(row)
    return found


def _titles_in_round(commendation: Commendation) -> dict[tuple[Any, ...], list[tuple[int, str]]]:
    live = sorted(code_list("nomination_state").marked("live"))
    titles: dict[tuple[Any, ...], list[tuple[int, str]]] = defaultdict(list)
    query = (
        Nomination.living()
        .select(Nomination, AwardType)
        .join(AwardType)
        .where(Nomination.commendation == commendation, Nomination.state.in_(live))
    )
    for one in query:
        titles[recipient_key(one)].append((one.id, one.award_type.name))
    return titles


def _earlier_awards(commendation: Commendation) -> dict[tuple[Any, ...], list[Given]]:
    """The awards of organizations, units and outsiders; a member's stand on the member's record."""
    given: dict[tuple[Any, ...], list[Given]] = defaultdict(list)
    query = (
        Award.living()
        .select(Award, Nomination, AwardType)
        .join(Nomination)
        .switch(Award)
        .join(AwardType)
        .where(Award.commendation != commendation, Award.member.is_null())
    )
    for one in query:
        given[recipient_key(one.nomination)].append(Given(one.award_type.name, one.on))
    return given


def _branch_votes(commendation: Commendation) -> dict[int, tuple[int | None, int | None]]:
    query = (
        Opinion.living()
        .select(Opinion.nomination, Opinion.approving, Opinion.present)
        .join(Nomination)
        .where(Nomination.commendation == commendation, Opinion.organ == "branch")
        .tuples()
    )
    return {row[0]: (row[1], row[2]) for row in query}
