"""推荐时情况: what a recipient was when put forward, frozen for the approval form.

A form printed again next year must still show the post, the honours and the ratings of this year.
Values are kept as they are printed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from db.codes import code_list
from db.commending.places import chunks
from db.commending.ratings import NONE, Ratings, ratings_of
from db.commending.tree import Tree
from db.registers.commendation import Award, Nomination
from db.registers.member import Discipline, Honour, Member, Post
from db.registers.organization import Organization, Term
from db.rules import dates

#: Columns of a member that are frozen as people read them.
_SHOWN = (
    "name",
    "sex",
    "ethnicity",
    "native_place",
    "education",
    "degree",
    "school",
    "category",
    "occupation",
    "unit_name",
    "post_title",
    "phone",
    "id_number",
    "stroke_code",
)
_DATES = ("born_on", "joined_on", "confirmed_on", "worked_from")


def take(nominations: Sequence[Nomination], tree: Tree, on: str = "") -> list[dict[str, Any]]:
    """The snapshot of each nomination, in order."""
    day = on or dates.today()
    members = _members(sorted({n.member_id for n in nominations if n.member_id}), tree, day)
    organizations = _organizations(
        sorted({n.organization_id for n in nominations if n.organization_id}), tree, day
    )
    return [
        members.get(n.member_id or 0)
        or organizations.get(n.organization_id or 0)
        or _outsider(n, day)
        for n in nominations
    ]


#: Columns of a nomination that repeat the snapshot's public part, so that a posted sheet can show it.
PUBLIC = ("sex", "ethnicity", "born_on", "political_status", "education", "unit_name", "post_title")


def public_part(snapshot: dict[str, Any]) -> tuple[Any, ...]:
    """The values of the `PUBLIC` columns, in kept form."""
    unit, post = unit_and_post(snapshot)
    told = {**snapshot, "unit_name": unit, "post_title": post}
    fields = Nomination._meta.fields
    return tuple(fields[name].parse(told.get(name, "")) for name in PUBLIC)


def unit_and_post(snapshot: dict[str, Any]) -> tuple[str, str]:
    """工作单位 and 职务 as lists print them: the branch and the Party post where there is no other."""
    unit = snapshot.get("unit_name") or snapshot.get("organization", "")
    post = snapshot.get("post_title", "")
    if not post:
        post = next(iter(snapshot.get("posts", ())), "")
    return unit, post.removeprefix(unit)


def _outsider(nomination: Nomination, on: str) -> dict[str, Any]:
    shown = ("name", "sex", "ethnicity", "education", "political_status", "unit_name")
    fields = Nomination._meta.fields
    frozen = {n: fields[n].show(getattr(nomination, n)) for n in shown}
    return {
        **frozen,
        "kind": "outside",
        "taken_on": on,
        "born_on": nomination.born_on,
        "post_title": nomination.post_title,
        "phone": nomination.phone,
        "id_number": nomination.id_number,
    }


def _members(ids: Sequence[int], tree: Tree, on: str) -> dict[int, dict[str, Any]]:
    fields = Member._meta.fields
    honours = _by_member(Honour, ids)
    sanctions = _by_member(Discipline, ids)
    posts = _by_member(Post, ids)
    rated = ratings_of("member", ids, on)
    found = {}
    for chunk in chunks(ids):
        for member in Member.select().where(Member.id.in_(chunk)):
            line = list(tree.line(member.organization_id))
            found[member.id] = {
                **{name: fields[name].show(getattr(member, name)) for name in _SHOWN},
                **{name: getattr(member, name) for name in _DATES},
                "kind": "member",
                "taken_on": on,
                "political_status": "中共预备党员"
                if member.category == "probationary"
                else "中共党员",
                "organization": line[0].name if line else "",
                "above": [node.name for node in line[1:]],
                "posts": _posts(posts.get(member.id, ()), tree),
                "worker_since": _worker_since(posts.get(member.id, ())),
                "honours": [
                    {"on": h.on, "title": h.title_given, "giver": h.giver}
                    for h in sorted(honours.get(member.id, ()), key=lambda one: one.on)
                ],
                "sanctions": [
                    {"on": d.on, "kind": code_list("discipline").label_of(d.kind), "organ": d.organ}
                    for d in sorted(sanctions.get(member.id, ()), key=lambda one: one.on)
                ],
                **_rated(rated.get(member.id, NONE)),
            }
    return found


def _rated(ratings: Ratings) -> dict[str, Any]:
    named = (("review", ratings.review), ("star", ratings.star), ("grading", ratings.grading))
    return {
        **{key: f"{one.period}：{one.words}" for key, one in named if one is not None},
        "gradings": [[one.period, one.words] for one in ratings.past],
    }


def _posts(posts: Iterable[Any], tree: Tree) -> list[str]:
    kinds = code_list("post")
    current = [p for p in posts if not p.until_on]
    current.sort(key=lambda p: (kinds[p.kind].extra["rank"] if p.kind in kinds else 99, p.id))
    return [joined(tree.name(p.organization_id), kinds.label_of(p.kind)) for p in current]


def joined(organization: str, post: str) -> str:
    """An organization and a post as one title: 第一党小组 + 党小组组长 → 第一党小组组长."""
    for shared in range(len(post) - 1, 0, -1):
        if organization.endswith(post[:shared]):
            return organization + post[shared:]
    return organization + post


def _worker_since(posts: Iterable[Post]) -> str:
    kinds = code_list("post")
    working = kinds.marked("leading") | {"organizer"}
    return min((p.from_on for p in posts if p.kind in working and p.from_on), default="")


def _by_member(model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(ids):
        for row in model.living().where(model.member.in_(chunk)).order_by(model.id):
            found[row.member_id].append(row)
    return found


def _organizations(ids: Sequence[int], tree: Tree, on: str) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    heads = _heads(tree)
    counts = _counts()
    terms = {
        t.organization_id: t
        for t in Term.living().where(Term.organization.in_(list(ids))).order_by(Term.elected_on)
    }
    honours: dict[int, list[dict[str, str]]] = defaultdict(list)
    awards = Award.living().where(Award.organization.in_(list(ids))).order_by(Award.on)
    for award in awards:
        honours[award.organization_id].append(
            {"on": award.on, "title": award.award_type.name, "giver": award.commendation.issuer}
        )
    rated = ratings_of("organization", ids, on)
    fields = Organization._meta.fields
    found = {}
    for organization in Organization.select().where(Organization.id.in_(list(ids))):
        below = tree.within(organization.id)
        term = terms.get(organization.id)
        head = heads.get(organization.id)
        found[organization.id] = {
            "kind": "organization",
            "taken_on": on,
            "name": organization.name,
            "category": fields["kind"].show(organization.kind),
            "domain": fields["domain"].show(organization.domain),
            "founded_on": organization.founded_on,
            "term": term.number if term else "",
            "elected_on": term.elected_on if term else "",
            "due_on": term.due_on if term else organization.election_due,
            "above": [node.name for node in list(tree.line(organization.id))[1:]],
            "full": sum(counts["full", i] for i in below),
            "probationary": sum(counts["probationary", i] for i in below),
            "branches": sum(
                code_list("organization_kind")[tree.nodes[i].kind].is_marked("branch")
                for i in below
                if i in tree.nodes and i != organization.id
            ),
            "secretary": head.holder_name if head else "",
            "secretary_since": head.from_on if head else "",
            "secretary_phone": (head.phone or (head.member.phone if head.member else ""))
            if head
            else "",
            "address": organization.address,
            "phone": organization.phone,
            "unit_name": organization.unit_name,
            "honours": honours.get(organization.id, []),
            **_rated(rated.get(organization.id, NONE)),
        }
    return found


def _heads(tree: Tree) -> Mapping[int, Post]:
    marked = sorted(code_list("post").marked("head"))
    query = Post.living().where(Post.kind.in_(marked), Post.until_on == "")
    ordered = sorted(query, key=lambda p: (marked.index(p.kind) != marked.index("secretary"), p.id))
    found: dict[int, Post] = {}
    for post in ordered:
        if post.organization_id in tree.nodes:
            found.setdefault(post.organization_id, post)
    return found


def _counts() -> Counter[tuple[str, int]]:
    from peewee import fn

    counted = sorted(code_list("standing").marked("counted"))
    query = (
        Member.living()
        .select(Member.category, Member.organization, fn.count(Member.id))
        .where(Member.standing.in_(counted))
        .group_by(Member.category, Member.organization)
        .tuples()
    )
    return Counter({(category, organization): count for category, organization, count in query})
