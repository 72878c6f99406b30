"""决定与授予: choose within the places, decide with a document, and let the honours land."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from db import access, journal
from db.bulk import insert_rows, update_rows
from db.commending import certificates
from db.commending.notice import chosen, open_objections, outcome_of, require_eligible, upheld
from db.commending.programme import LABEL, STEM, require_step
from db.commending.quotas import award_types
from db.errors import Refusal
from db.registers.commendation import Award, AwardType, Commendation, Nomination
from db.registers.member import Honour
from db.rules import dates, strokes


@dataclass(frozen=True, slots=True)
class Choice:
    """Who would be selected: by rank within the places of each award type."""

    selected: tuple[int, ...]
    left: tuple[int, ...]
    #: Nominations that cannot be placed because nobody ranked them.
    unranked: tuple[int, ...]


def choose(ranked: Sequence[tuple[int, int | None]], places: int | None) -> Choice:
    """Select the first `places` of (id, rank); without a number everybody, ranked or not.

    When there are more than places, those without a rank, and those who share the last rank with
    somebody outside, are handed back: a person has to place them.
    """
    if places is None or len(ranked) <= places:
        return Choice(tuple(i for i, _ in ranked), (), ())
    placed = sorted(((r, i) for i, r in ranked if r is not None), key=lambda pair: pair[0])
    doubtful = [i for i, r in ranked if r is None]
    inside = placed[:places]
    if len(placed) > places and places and placed[places][0] == inside[-1][0]:
        edge = inside[-1][0]
        doubtful += [i for r, i in placed if r == edge]
        inside = [pair for pair in inside if pair[0] != edge]
    selected = tuple(i for _, i in inside)
    kept = set(selected) | set(doubtful)
    return Choice(selected, tuple(i for _, i in placed if i not in kept), tuple(doubtful))


def select_by_rank(commendation: Commendation) -> dict[int, Choice]:
    """Mark 入选 and 落选 by rank and places for every award type; doubtful ones stay as they are.

    Places are the award type's total, else the sum of its quotas. Returns the choice by award type.
    """
    require_step(commendation, "nominating", "reviewing")
    from db.commending.quotas import matrix

    table = matrix(commendation)
    totals = dict(zip((t.id for t in table.award_types), table.totals(), strict=True))
    has_quota = {
        t.id
        for i, t in enumerate(table.award_types)
        if any(row.cells[i] is not None for row in table.rows)
    }
    found: dict[int, Choice] = {}
    rows: list[tuple[int, tuple[str, str]]] = []
    for award_type in table.award_types:
        live = list(
            Nomination.living().where(
                Nomination.award_type == award_type,
                Nomination.state.in_(["proposed", "selected", "rejected"]),
            )
        )
        places = award_type.places
        if places is None and award_type.id in has_quota:
            places = totals[award_type.id][0]
        choice = choose([(n.id, n.rank) for n in live], places)
        found[award_type.id] = choice
        states = {n.id: n.state for n in live}
        rows += [(i, ("selected", "")) for i in choice.selected if states[i] != "selected"]
        rows += [(i, ("rejected", "名额所限")) for i in choice.left if states[i] != "rejected"]
    if rows:
        with journal.operation(f"确定“{commendation.name}”拟表彰名单", kind="select"):
            update_rows(Nomination, ["state", "state_reason"], rows)
    return found


def in_order(nominations: Sequence[Nomination], order: str) -> list[Nomination]:
    """The recipients of one award type in the order of the list: rank, surname or strokes."""
    if order in {"surname", "strokes"}:
        key = strokes.surname_key if order == "surname" else strokes.name_key
        return sorted(
            nominations,
            key=lambda n: (key(n.name, (n.snapshot or {}).get("stroke_code", "")), n.id),
        )
    return sorted(nominations, key=lambda n: (n.rank or 10**9, n.id))


def decide(commendation: Commendation, document: str, on: str) -> list[Award]:
    """公示 → 决定: awards and honours for everybody selected, in one operation that can be undone.

    Refuses while the notice runs, while an objection is open, when a condition forbids somebody, or
    when more are selected than there are places. A round that posts nothing (公示天数 empty) may be
    decided after the review.
    """
    access.require("approve", STEM, LABEL)
    day = dates.parse(on)
    if len(day) != 10:
        raise Refusal("决定日期请写到日。")
    if not document.strip():
        raise Refusal("请填写决定文号。")
    require_step(commendation, *(("notice",) if commendation.notice_days else ("reviewing",)))
    if commendation.notice_until and day <= commendation.notice_until and commendation.notice_days:
        raise Refusal(
            f"公示到 {dates.show(commendation.notice_until, 'chinese')} 才结束，决定日期应在其后。"
        )
    waiting = open_objections(commendation)
    if waiting:
        raise Refusal(f"还有 {len(waiting)} 件异议没有办结，不能作出决定。")
    selected = chosen(commendation)
    if not selected:
        raise Refusal("没有入选的对象，不能作出决定。")
    against = sorted({o.nomination.name for o in upheld(commendation)})
    if against:
        raise Refusal(f"对{'、'.join(against)}的异议核实成立，请先取消推荐。")
    types = award_types(commendation)
    _within_places(types, selected)
    certificates.check_pattern(commendation.certificate_words)
    words = f"作出表彰决定“{commendation.name}”{document.strip()}：{len(selected)} 个"
    with access.approving(STEM, LABEL), journal.operation(words, kind="decide"):
        require_eligible(commendation, selected)
        _award(commendation, types, selected, document.strip(), day)
        rest = Nomination.living().where(
            Nomination.commendation == commendation, Nomination.state == "proposed"
        )
        update_rows(Nomination, ["state"], [(n.id, ("rejected",)) for n in rest])
        commendation.step, commendation.document = "decided", document.strip()
        commendation.decided_on = day
        if commendation.notice_days:
            commendation.notice_outcome = outcome_of(commendation)
        commendation.save()
    return list(Award.living().where(Award.commendation == commendation).order_by(Award.id))


def _within_places(types: Sequence[AwardType], selected: Sequence[Nomination]) -> None:
    counts = Counter(n.award_type_id for n in selected)
    for award_type in types:
        if award_type.places is not None and counts[award_type.id] > award_type.places:
            raise Refusal(
                f"“{award_type.name}”名额 {award_type.places} {award_type.counter}，"
                f"入选了 {counts[award_type.id]} {award_type.counter}。"
            )


def _award(
    commendation: Commendation,
    types: Sequence[AwardType],
    selected: Sequence[Nomination],
    document: str,
    on: str,
) -> None:
    ordered: list[tuple[AwardType, Nomination]] = []
    for award_type in types:
        mine = [n for n in selected if n.award_type_id == award_type.id]
        ordered += [(award_type, n) for n in in_order(mine, commendation.order_by)]
    used = [row[0] for row in Award.living().select(Award.certificate).tuples() if row[0]]
    serials = certificates.numbers(
        commendation.certificate_words,
        commendation.year,
        [award_type.position or 1 for award_type, _ in ordered],
        used,
    )
    honoured = [(t, n) for t, n in ordered if n.member_id]
    honour_ids = insert_rows(
        Honour,
        ("member", "title_given", "level", "giver", "on", "document"),
        [
            (n.member_id, t.name, commendation.level, commendation.issuer, on, document)
            for t, n in honoured
        ],
    )
    honours = {n.id: i for (_, n), i in zip(honoured, honour_ids, strict=True)}
    insert_rows(
        Award,
        (
            "commendation",
            "award_type",
            "nomination",
            "member",
            "organization",
            "recipient",
            "honour",
            "position",
            "certificate",
            "document",
            "on",
        ),
        [
            (
                commendation.id,
                t.id,
                n.id,
                n.member_id,
                n.organization_id,
                n.name,
                honours.get(n.id),
                place,
                serial,
                document,
                on,
            )
            for place, ((t, n), serial) in enumerate(zip(ordered, serials, strict=True), 1)
        ],
    )


def grant(commendation: Commendation, on: str, place: str = "") -> None:
    """决定 → 授予: the meeting was held, or the certificates were delivered."""
    require_step(commendation, "decided")
    with journal.operation(f"“{commendation.name}”授予荣誉", kind="step"):
        commendation.step, commendation.granted_on = "granted", dates.parse(on)
        if place:
            commendation.notes = f"{commendation.notes}\n授予地点：{place}".strip()
        commendation.save()
