"""Rating rounds of members: rural stars, community stars, the yearly democratic review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from random import Random

from db.demonstration.people import Person
from db.demonstration.rating import (
    Ballots,
    Round,
    Sitting,
    Subject,
    day,
    movement_of,
    scheme_of,
    star_sheets,
)
from db.demonstration.tree import Unit
from db.demonstration.words import figures, stream
from db.demonstration.world import World

YEARS = 10
REVIEWS = 3
COMMUNITY_YEARS = 6
RURAL, COMMUNITY, REVIEW = "rural_ten_stars", "community_ten_stars", "review"
#: How hard each star is to win, in the order of the scheme's items; the harder, the larger.
_HARD = {RURAL: (1, 3, 2, 4, 8, 9, 6, 4, 2, 1), COMMUNITY: (1, 3, 4, 7, 6, 5, 6, 2, 1, 8)}
_LINE = {RURAL: 800, COMMUNITY: 900}
#: Of those above the line of praise: ten, nine, eight stars; of the others: seven down to two.
_PRAISED = ((10, 0.14), (9, 0.36), (8, 0.50))
_OTHERS = ((7, 0.46), (6, 0.30), (5, 0.14), (4, 0.06), (3, 0.03), (2, 0.01))


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the rolls of some year: the place, and whether among the departed."""

    place: int
    departed: bool
    person: Person


class Rolls:
    """Who stood on the rolls on a day of the past, and how good each has been all along."""

    def __init__(self, world: World, places: set[int]) -> None:
        self.world = world
        #: The organizations whose sheets are wanted; elsewhere only the levels are.
        self.places = places
        rng = stream(world.seed, "quality")
        self.everybody = [Someone(i, False, p) for i, p in enumerate(world.members.living)]
        self.everybody += [Someone(i, True, p) for i, p in enumerate(world.members.departed)]
        self.quality = {(one.departed, one.place): rng.gauss(0, 1) for one in self.everybody}

    def on(self, day_: str, units: set[int]) -> list[Someone]:
        """The members of these branches on a day, in the order of their branches."""
        found = [one for one in self.everybody if one.person.unit in units and _was_in(one, day_)]
        found.sort(key=lambda one: (one.person.unit, one.departed, one.place))
        return found


def _was_in(one: Someone, day_: str) -> bool:
    person = one.person
    if person.joined_on > day_:
        return False
    for change in person.changes:
        if change.kind == "moved_in" and change.on > day_:
            return False
        if one.departed and change.kind not in ("admitted", "confirmed") and change.on <= day_:
            return False
    return True


def _category(person: Person, day_: str) -> str:
    return "full" if person.confirmed_on and person.confirmed_on <= day_ else (
        "probationary" if person.category == "probationary" or person.confirmed_on > day_ else "full"
    )  # fmt: skip


def _holds(person: Person, kind: str, day_: str) -> bool:
    return any(f[0] == kind and f[1] <= day_ and (not f[2] or f[2] > day_) for f in person.flags)


def _outside(stem: str, person: Person, day_: str) -> tuple[str, str]:
    """The state and reason of somebody who does not take part by the scheme's own rules."""
    if stem != REVIEW and _category(person, day_) == "probationary":
        return "excluded", "预备党员"
    if _holds(person, "lost", day_):
        return "excluded", "失去联系的党员"
    if stem == RURAL:
        came = max((c.on for c in person.changes if c.kind == "moved_in"), default="")
        since = came or person.joined_on
        if since > _half_year_before(day_):
            return "excluded", "转入不满六个月的党员"
    if stem != REVIEW and _holds(person, "star_exempt", day_):
        return "exempt", "已登记不参加星级评定"
    return "rated", ""


def _half_year_before(day_: str) -> str:
    year, month = int(day_[:4]), int(day_[5:7]) - 6
    return f"{year if month > 0 else year - 1}-{month if month > 0 else month + 12:02d}-{day_[8:]}"


# -- rural and community stars ----------------------------------------------------------------


def rural_rounds(world: World, rolls: Rolls, open_town: str = "") -> Iterator[Round]:
    """Ten years of rural stars in every town; `open_town` still posts its round of this year."""
    towns = {name: unit.place for name, unit in world.county.town_committees().items()}
    branches = _branches(world, "pastoral")
    last: dict[tuple[bool, int], str] = {}
    for year in range(world.today.year - YEARS + 1, world.today.year + 1):
        current = year == world.today.year
        rng = stream(world.seed, RURAL, year)
        cut = day(year, 5, 31)
        people = rolls.on(cut, set(branches))
        subjects = [_subject(RURAL, one, cut) for one in people]
        wanted = figures()["rural_rated"] if current else None
        _excuse(rng, people, subjects, cut, wanted)
        praised = figures()["rural_eight_stars"] if current else None
        share = 0.45 + 0.015 * (year - world.today.year + YEARS)
        _judge(
            rng, RURAL, rolls, people, subjects, praised, share, (day(year - 1, 6, 1), cut), last
        )
        for name, town in towns.items():
            mine = [s for s in subjects if branches[s.branch].town == name]
            is_open = current and name == open_town
            yield _star_round(rng, RURAL, world, town, year, mine, is_open)
        last = {(s.departed, s.place): s.level for s in subjects if s.level}


def community_rounds(world: World, rolls: Rolls) -> Iterator[Round]:
    """Some years of community stars in the towns that have communities."""
    towns = {name: unit.place for name, unit in world.county.town_committees().items()}
    branches = _branches(world, "community")
    last: dict[tuple[bool, int], str] = {}
    for year in range(world.today.year - COMMUNITY_YEARS + 1, world.today.year + 1):
        rng = stream(world.seed, COMMUNITY, year)
        cut = day(year, 5, 31)
        people = rolls.on(cut, set(branches))
        subjects = [_subject(COMMUNITY, one, cut) for one in people]
        _excuse(rng, people, subjects, cut, None)
        _judge(rng, COMMUNITY, rolls, people, subjects, None, 0.12, (cut, cut), last)
        for name in sorted({unit.town for unit in branches.values()}):
            mine = [s for s in subjects if branches[s.branch].town == name]
            yield _star_round(rng, COMMUNITY, world, towns[name], year, mine, False)
        last = {(s.departed, s.place): s.level for s in subjects if s.level}


def _branches(world: World, domain: str) -> dict[int, Unit]:
    return {
        u.place: u
        for u in world.county.units
        if u.domain == domain and u.size and u.status == "active"
    }


def _subject(stem: str, one: Someone, cut: str) -> Subject:
    state, reason = _outside(stem, one.person, cut)
    return Subject(
        one.place, one.person.unit, one.departed, state, reason, category=_category(one.person, cut)
    )


def _excuse(
    rng: Random, people: list[Someone], subjects: list[Subject], cut: str, wanted: int | None
) -> None:
    """The sick, the away and the very old stay out by their wish and the meeting's vote."""

    def excuse(place: int, reason: str) -> None:
        subject = subjects[place]
        subject.state, subject.reason, subject.wish = "exempt", reason, True
        subject.meeting_on = f"{cut[:4]}-06-{rng.randint(3, 9):02d}"

    old = "年老体弱或长期卧病"
    rated = [i for i, s in enumerate(subjects) if s.state == "rated"]
    born = {i: int(cut[:4]) - people[i].person.born.year for i in rated}
    first = [i for i in rated if _holds(people[i].person, "bedridden", cut) or born[i] >= 88]
    second = [i for i in rated if _holds(people[i].person, "mobile", cut) and i not in set(first)]
    rest = sorted(set(rated) - set(first) - set(second), key=lambda i: (-born[i], i))
    room = (
        len(rated) - wanted if wanted is not None else len(first) + len(second) + len(rated) // 50
    )
    reasons = [(i, old) for i in first] + [(i, "外出流动，难以参加评定") for i in second]
    reasons += [(i, old) for i in rest]
    for place, reason in reasons[:room]:
        excuse(place, reason)


def _judge(
    rng: Random, stem: str, rolls: Rolls, people: list[Someone], subjects: list[Subject],
    praised: int | None, share: float, span: tuple[str, str], last: dict[tuple[bool, int], str],
) -> None:  # fmt: skip
    """Stars by merit: so many above the line of praise, and the marks that explain each result."""
    scheme = scheme_of(stem)
    rated = [i for i, s in enumerate(subjects) if s.state == "rated"]
    merit = {
        i: rolls.quality[people[i].departed, people[i].place] + rng.gauss(0, 0.7) for i in rated
    }
    order = sorted(rated, key=lambda i: -merit[i])
    punished = {i for i in rated if stem == RURAL and people[i].person.sanctioned_between(*span)}
    above = praised if praised is not None else round(len(rated) * share)
    sound = [i for i in order if i not in punished]
    order = [*sound[:above], *(i for i in order if i in punished), *sound[above:]]
    stars = _counts(above, _PRAISED) + _counts(len(rated) - above, _OTHERS)
    if stem == COMMUNITY:
        ten = figures()["community_ten_stars"]
        stars = [10] * ten + [min(9, count) for count in stars[ten:]]
    hard = _HARD[stem]
    counts = _ballot_counts(rng, subjects)
    hand = stream(rolls.world.seed, stem, "sheets", people[0].person.unit, len(subjects), above)
    for place, count in zip(order, stars, strict=True):
        subject = subjects[place]
        lost: set[int] = set()
        while len(lost) < len(hard) - count:
            lost.add(rng.choices(range(len(hard)), weights=hard)[0])
        won = set(range(len(hard))) - lost
        if subject.branch in rolls.places:
            subject.sheets = star_sheets(hand, scheme, won, _LINE[stem], counts[subject.branch])
        subject.level = scheme.levels[count].name
        if place in punished:
            subject.vetoes = ["discipline"]
            subject.level = scheme.levels[min(count, scheme.level_rank["五星级"])].name
        subject.last = last.get((subject.departed, subject.place), "")
        subject.movement, subject.movement_reason = movement_of(scheme, subject.last, subject.level)


def _counts(total: int, shares: Iterable[tuple[int, float]]) -> list[int]:
    lines = list(shares)
    found: list[int] = []
    for stars, share in lines:
        found += [stars] * round(total * share)
    return (found + [lines[-1][0]] * total)[:total]


def _ballot_counts(rng: Random, subjects: list[Subject]) -> dict[int, dict[str, int]]:
    sizes: dict[int, int] = {}
    for subject in subjects:
        sizes[subject.branch] = sizes.get(subject.branch, 0) + 1
    return {
        branch: {
            "peer": max(5, round(size * rng.uniform(0.72, 0.95))),
            "masses": rng.randint(9, 26),
        }
        for branch, size in sizes.items()
    }


def _star_round(
    rng: Random,
    stem: str,
    world: World,
    scope: int,
    year: int,
    subjects: list[Subject],
    is_open: bool,
) -> Round:
    scheme = scheme_of(stem)
    name = world.county.units[scope].short_name
    if is_open:
        days = [(day(year, 10, 20), day(year, 10, 28)), (day(year, 10, 29), day(year, 11, 3)),
                (day(year, 11, 4), day(year, 11, 10)), (day(year, 11, 11), day(year, 11, 18)),
                (day(year, 11, 20), "")]  # fmt: skip
    else:
        days = [(day(year, 5, 12), day(year, 5, 31)), (day(year, 6, 1), day(year, 6, 4)),
                (day(year, 6, 5), day(year, 6, 10)), (day(year, 6, 11), day(year, 6, 15)),
                (day(year, 6, 17), day(year, 6, 21)), (day(year, 6, 24), day(year, 6, 24)),
                (day(year, 6, 28), day(year, 6, 30))]  # fmt: skip
    found = Round(
        stem, scope, year, f"{name}{year}年度{scheme.name}", day(year, 5, 31), days, subjects,
        document="" if is_open else f"党发〔{year}〕{rng.randrange(20, 60)}号",
        decided_by=f"中共{name}委员会", plates=year == world.today.year and not is_open,
        phone=f"0478-{rng.randrange(3_200_000, 3_299_999)}",
    )  # fmt: skip
    found.ballots = list(_ballots(rng, scheme.raters, subjects, days[2][1]))
    found.sittings = list(_sittings(rng, subjects, days[3][0]))
    return found


def _ballots(
    rng: Random, raters: Iterable[object], subjects: list[Subject], on: str
) -> Iterator[Ballots]:
    """The counts behind the sheets, one per branch and group that votes by ballot."""
    from db.rules.scheme import Rater

    seen: set[tuple[int, str]] = set()
    voting = [r for r in raters if isinstance(r, Rater) and r.ballot]
    for subject in subjects:
        for rater in voting:
            cell = (subject.sheets.get(rater.id) or [None])[0]
            if isinstance(cell, list) and (subject.branch, rater.id) not in seen:
                seen.add((subject.branch, rater.id))
                valid = sum(cell) if rater.grades else cell[0]
                void = int(rng.random() < 0.15)
                missing = rng.choice((0, 0, 1, 2))
                yield Ballots(
                    subject.branch, rater.id, valid + void + missing, valid + void, valid, on
                )


def _sittings(rng: Random, subjects: list[Subject], on: str) -> Iterator[Sitting]:
    sizes: dict[int, int] = {}
    for subject in subjects:
        if subject.category == "full" and subject.state != "excluded":
            sizes[subject.branch] = sizes.get(subject.branch, 0) + 1
    for branch, size in sizes.items():
        present = max(1, min(size, round(size * rng.uniform(0.72, 0.98))))
        against = int(rng.random() < 0.1 and present > 4)
        yield Sitting(branch, on, size, present, present - against)


# -- the democratic review ----------------------------------------------------------------------


def review_rounds(world: World, rolls: Rolls) -> Iterator[Round]:
    """民主评议 of the last years under every committee: at most a third of a branch excellent."""
    scheme = scheme_of(REVIEW)
    tops = [u for u in world.county.units if u.kind == "committee" and u.parent is None]
    for year in range(world.today.year - REVIEWS, world.today.year):
        cut = day(year, 11, 30)
        for top in tops:
            if top.place not in rolls.places:
                continue
            rng = stream(world.seed, REVIEW, year, top.code)
            inside = {u.place for u in world.county.subtree(top) if u.size and u.status == "active"}
            people = rolls.on(cut, inside)
            subjects = [_subject(REVIEW, one, cut) for one in people]
            _review(rng, rolls, people, subjects)
            days = [(day(year, 12, 1), day(year, 12, 3)), (day(year, 12, 6), day(year, 12, 12)),
                    (day(year, 12, 13), day(year, 12, 18)), (day(year, 12, 20), day(year, 12, 24)),
                    (day(year, 12, 28), day(year, 12, 28))]  # fmt: skip
            yield Round(
                REVIEW, top.place, year, f"{top.short_name}{year}年度民主评议党员", cut, days, subjects,
                ballots=list(_ballots(rng, scheme.raters, subjects, days[1][1])),
                sittings=list(_sittings(rng, subjects, days[2][0])),
                document=f"党发〔{year}〕{rng.randrange(60, 99)}号", decided_by=f"中共{top.short_name}委员会",
            )  # fmt: skip


def _review(rng: Random, rolls: Rolls, people: list[Someone], subjects: list[Subject]) -> None:
    rater = scheme_of(REVIEW).raters[0]
    by_branch: dict[int, list[int]] = {}
    for place, subject in enumerate(subjects):
        if subject.state == "rated":
            by_branch.setdefault(subject.branch, []).append(place)
    for places in by_branch.values():
        merit = {
            i: rolls.quality[people[i].departed, people[i].place] + rng.gauss(0, 0.4)
            for i in places
        }
        order = sorted(places, key=lambda i: -merit[i])
        ballots = max(5, round(len(places) * rng.uniform(0.75, 0.95)))
        for number, place in enumerate(order):
            subject = subjects[place]
            if number < len(order) // 3 and rng.random() < 0.9:
                excellent, level = ceil(ballots * (0.36 + rng.random() * 0.5)), "优秀"
            else:
                excellent, level = int(ballots * rng.random() * 0.3), "合格"
            if number > len(order) // 2 and rng.random() < 0.01:
                least, level = ceil(ballots * 0.8), "基本合格"
                counts = [0, ballots - least, least, 0]
            else:
                counts = [excellent, ballots - excellent, 0, 0]
            subject.sheets = {rater.id: [counts]}
            subject.level = level
