"""Puts commendations into the open office: quotas, nominations with their forms, decisions, honours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

from db.bulk import insert_rows, update_rows
from db.commending import certificates, programme
from db.commending.reviewing import as_kept, look_at
from db.commending.snapshot import PUBLIC, public_part, take
from db.commending.tree import Tree
from db.demonstration.commending import Chooser, Nominee, Plan
from db.demonstration.deeds import agreed, brief, deeds, resume
from db.demonstration.keeping import Event, Kept
from db.demonstration.rating_members import Rolls
from db.demonstration.words import stream
from db.registers.commendation import Award, AwardType, Commendation, Nomination, Opinion
from db.registers.member import Honour
from db.rules import calendar

_ORGANS = ("branch", "discipline", "committee", "department", "county")


ORDER = 30


def events(kept: Kept) -> Iterator[Event]:
    """One operation a programme, on the day of its decision; one under way is of today."""
    today = kept.world.today.isoformat()
    rolls = Rolls(kept.world, {unit.place for unit in kept.units})
    for one in Chooser(kept, rolls).programmes():
        day = today if one.under_way else f"{one.year}-06-26"
        kind = "open" if one.under_way else "decide"
        run = partial(_keep, kept, one.make, day)
        yield Event(f"{day}T09:30:00", one.title, kind, run)


def _keep(kept: Kept, make: Callable[[], Plan], day: str) -> None:
    plan = make()
    rng = stream(kept.world.seed, "papers", plan.preset, plan.year, plan.step)
    recent = plan.year >= kept.world.today.year - 1
    one = programme.open_programme(
        plan.preset, plan.year, name=plan.name, spread_over=None if recent else ()
    )
    types = {t.award: t for t in AwardType.living().where(AwardType.commendation == one)}
    tree = Tree.load()
    chosen: list[tuple[AwardType, Nomination]] = []
    for award, nominees in plan.nominees.items():
        award_type = types[award]
        if award in plan.places and award_type.places != plan.places[award]:
            award_type.places = plan.places[award]
            award_type.save()
        places = plan.places.get(award, 0)
        made = _nominate(kept, rng, one, award_type, nominees, places, tree, day)
        chosen += [(award_type, n) for n in made if n.state == "selected"]
        if recent:
            _opinions(rng, made, plan.year)
            if places:
                _review(one, made, tree, day)
    _step(kept, plan, one, rng)
    if plan.step == "granted":
        _award(one, chosen)


def _step(kept: Kept, plan: Plan, one: Commendation, rng: Random) -> None:
    one.step = plan.step
    if plan.step == "nominating":
        one.nominate_until = f"{kept.world.today.year}-12-04"
        one.save()
        return
    from datetime import date

    year = plan.year
    notice = calendar.period(date(year, 6, 16), one.notice_days or 5, one.notice_unit)
    one.nominate_until, one.reviewed_on = f"{year}-06-08", f"{year}-06-14"
    one.notice_from, one.notice_until = notice.start.isoformat(), notice.end.isoformat()
    one.notice_outcome, one.notice_phone = "none", f"0478-{rng.randrange(3_210_000, 3_219_999)}"
    one.document = (
        f"{'旗党' if one.level == 'county' else '党'}发〔{year}〕{rng.randrange(12, 40)}号"
    )
    one.decided_on, one.granted_on = f"{year}-06-26", f"{year}-07-01"
    one.save()


def _nominate(
    kept: Kept, rng: Random, one: Commendation, award_type: AwardType, nominees: list[Nominee],
    places: int, tree: Tree, day: str,
) -> list[Nomination]:  # fmt: skip
    drafts = [_draft(kept, rng, one, award_type, nominee) for nominee in nominees]
    snapshots = take(drafts, tree, day)
    rows = []
    for rank, (draft, snapshot) in enumerate(zip(drafts, snapshots, strict=True), start=1):
        draft.rank = rank
        draft.state = "proposed" if not places else "selected" if rank <= places else "rejected"
        draft.state_reason = "名额所限" if draft.state == "rejected" else ""
        shown = dict(zip(PUBLIC, public_part(snapshot), strict=True)) if draft.member_id else {}
        for name, value in shown.items():
            setattr(draft, name, value)
        rows.append((
            one.id, award_type.id, draft.member_id, draft.organization_id, draft.name, draft.nominator_id, rank,
            draft.state, draft.state_reason, draft.brief, draft.deeds, draft.resume, snapshot,
            *(getattr(draft, name) for name in _PERSON),
        ))  # fmt: skip
    ids = insert_rows(Nomination, _COLUMNS, rows)
    for draft, row in zip(drafts, ids, strict=True):
        draft.id = row
    return drafts


_PERSON = tuple(
    dict.fromkeys((*PUBLIC, "sex", "born_on", "political_status", "post_title", "unit_name"))
)
_COLUMNS = ("commendation", "award_type", "member", "organization", "name", "nominator", "rank", "state",
            "state_reason", "brief", "deeds", "resume", "snapshot", *_PERSON)  # fmt: skip


def _draft(
    kept: Kept, rng: Random, one: Commendation, award_type: AwardType, who: Nominee
) -> Nomination:
    world = kept.world
    nominator = kept.organizations.get(who.nominator) if who.nominator is not None else None
    limit = award_type.deeds_limit or 600
    draft = Nomination(commendation=one.id, award_type=award_type, nominator=nominator)
    if who.unit is not None:
        unit = world.county.units[who.unit]
        draft.organization = kept.organizations[who.unit]
        draft.nominator = nominator or draft.organization_id
        draft.name = unit.name
        draft.brief = brief(rng, "organization", unit.name)
        draft.deeds = deeds(rng, "organization", unit.name, unit.name, limit)
        return draft
    if who.member is not None:
        person = world.members.living[who.member]
        unit = world.county.units[person.unit]
        draft.member, draft.name = kept.living[who.member], person.name
        draft.nominator = kept.organizations[person.unit]
        draft.resume = resume(person, unit.short_name or unit.name)
        kind = "rural" if unit.domain == "pastoral" else "official"
        place = person.unit_name or unit.name
    else:
        unit = world.county.units[who.nominator or 0]
        draft.name, draft.sex, draft.born_on = who.name, "1" if who.male else "2", str(who.born)
        draft.political_status, draft.post_title, draft.unit_name = "13", who.title, unit.unit_name
        kind = "rural" if unit.village else "official"
        place = unit.unit_name
    draft.brief = brief(rng, kind, place)
    draft.deeds = deeds(rng, kind, draft.name, place, limit)
    return draft


def _opinions(rng: Random, made: list[Nomination], year: int) -> None:
    """What the organs wrote on the forms of the last two years."""
    rows: list[tuple[Any, ...]] = []
    for nomination in made:
        if nomination.state == "proposed":
            continue
        expected = rng.randint(12, 60)
        present = rng.randint(-(-expected * 3 // 4), expected)
        for number, organ in enumerate(_ORGANS):
            meeting = organ == "branch"
            rows.append((
                nomination.id, organ, "agreed", agreed(rng) if meeting else "同意。", f"{year}-06-{5 + 3 * number:02d}",
                expected if meeting else None, present if meeting else None,
                present - int(rng.random() < 0.2) if meeting else None,
            ))  # fmt: skip
    insert_rows(
        Opinion,
        ("nomination", "organ", "answer", "words", "on", "expected", "present", "approving"),
        rows,
    )


def _review(one: Commendation, made: list[Nomination], tree: Tree, day: str) -> None:
    """What the eligibility checks found on that day."""
    found = look_at(one, made, tree, on=day)
    update_rows(
        Nomination,
        ("checked_on", "findings"),
        [
            (nomination.id, (day, [as_kept(finding) for finding in findings]))
            for nomination, findings in zip(made, found, strict=True)
        ],
    )


def _award(one: Commendation, chosen: list[tuple[AwardType, Nomination]]) -> None:
    used = [row[0] for row in Award.living().select(Award.certificate).tuples() if row[0]]
    serials = certificates.numbers(
        one.certificate_words, one.year, [t.position or 1 for t, _ in chosen], used
    )
    honoured = [(t, n) for t, n in chosen if n.member_id]
    ids = insert_rows(
        Honour,
        ("member", "title_given", "level", "giver", "on", "document"),
        [
            (n.member_id, t.name, one.level, one.issuer, one.decided_on, one.document)
            for t, n in honoured
        ],
    )
    honours = {n.id: row for (_, n), row in zip(honoured, ids, strict=True)}
    insert_rows(
        Award,
        ("commendation", "award_type", "nomination", "member", "organization", "recipient", "honour", "position",
         "certificate", "document", "on", "received_on"),
        [
            (one.id, t.id, n.id, n.member_id, n.organization_id, n.name, honours.get(n.id), place, serial,
             one.document, one.decided_on, one.granted_on)
            for place, ((t, n), serial) in enumerate(zip(chosen, serials, strict=True), start=1)
        ],
    )  # fmt: skip
