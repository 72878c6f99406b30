"""Rating rounds of organizations: 分类定级 with its rectified branches, stars of agencies, grades, satisfaction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from db.demonstration.rating import (
    Ballots,
    Round,
    Subject,
    band_sheets,
    movement_of,
    scheme_of,
)
from db.demonstration.tree import Unit
from db.demonstration.words import figures, share_out, stream
from db.demonstration.world import World
from db.rules.scheme import Scheme

CLASSES, STARS, GRADES, SATISFACTION = (
    "org_classification", "org_five_star_branch", "year_end_grades", "satisfaction",
)  # fmt: skip
CLASS_YEARS = 10
STAR_YEARS = 4
_COUNTED = ("committee", "general_branch", "branch")


def _tops(world: World) -> list[Unit]:
    return [u for u in world.county.units if u.kind == "committee" and u.parent is None]


def _inside(world: World, top: Unit, kinds: tuple[str, ...]) -> list[Unit]:
    return [
        u for u in world.county.subtree(top)
        if u.kind in kinds and u.status == "active" and u.place != top.place
    ]  # fmt: skip


def _months(founded: str, on: str) -> int:
    return (
        (int(on[:4]) - int(founded[:4])) * 12
        + int(on[5:7])
        - int(founded[5:7])
        - (on[8:] < founded[8:])
    )


def _percent(scheme: Scheme, level: int) -> tuple[float, float]:
    """The band of a level in percent, with a margin to both sides."""
    full = sum(item.highest or 0 for item in scheme.items) / 10_000
    low = (scheme.levels[level].start or 0) / 100 / full
    high = (
        (scheme.levels[level + 1].start or 0) / 100 / full
        if level + 1 < len(scheme.levels)
        else 99.0
    )
    low = max(low, high - 22)
    margin = min(2.4, (high - low) / 3)
    return low + margin, high - margin


def _round(
    rng: Random,
    stem: str,
    top: Unit,
    year: int,
    on: date,
    subjects: list[Subject],
    *,
    open_: bool = False,
) -> Round:
    """The steps one after another from a day on, a week each; an open one stands in its notice."""
    scheme = scheme_of(stem)
    kinds = [step.kind for step in scheme.steps]
    last = kinds.index("notice") if open_ else len(kinds) - 1
    days = []
    start = on.toordinal()
    for number in range(last + 1):
        begun = date.fromordinal(start + number * 6).isoformat()
        ended = date.fromordinal(start + number * 6 + 4).isoformat()
        days.append((begun, "" if open_ and number == last else ended))
    found = Round(
        stem, top.place, year, f"{top.short_name}{year}年度{scheme.name}", on.isoformat(), days, subjects,
        document="" if open_ else f"党发〔{on.year}〕{rng.randrange(5, 99)}号",
        decided_by=f"中共{top.short_name}委员会", phone=f"0478-{rng.randrange(3_200_000, 3_299_999)}",
    )  # fmt: skip
    voting = [r.id for r in scheme.raters if r.ballot]
    for subject in subjects:
        for rater in voting:
            cells = subject.sheets.get(rater)
            if cells and isinstance(cells[0], list):
                rater_ = scheme.rater_of[rater]
                valid = sum(cells[0]) if rater_.grades else cells[0][0]
                void = int(rng.random() < 0.2)
                found.ballots.append(
                    Ballots(subject.place, rater, valid + void + 1, valid + void, valid, days[1][0])
                )
    return found


def _subject(scheme: Scheme, unit: Unit, on: str) -> Subject:
    subject = Subject(unit.place, unit.parent if unit.parent is not None else unit.place)
    for rule in scheme.not_rated:
        if rule.applies("", frozenset(), _months(unit.founded_on, on)):
            subject.state, subject.reason = "excluded", rule.name
    return subject


def _mark(rng: Random, scheme: Scheme, subject: Subject, level: int, last: str) -> None:
    low, high = _percent(scheme, level)
    counts = {rater.id: rng.randint(9, 45) for rater in scheme.raters if rater.ballot}
    subject.sheets = band_sheets(rng, scheme, rng.uniform(low, high), counts)
    subject.level, subject.last = scheme.levels[level].name, last
    subject.movement, subject.movement_reason = movement_of(scheme, last, subject.level)


# -- 分类定级 --------------------------------------------------------------------------------


def class_rounds(world: World) -> Iterator[Round]:
    """Ten years; each year some branches fall to the last class and most of them are set right."""
    scheme = scheme_of(CLASSES)
    kinds = tuple(scheme.kinds)
    first = world.today.year - CLASS_YEARS
    turned = share_out(
        figures()["rectified_branches"], [1.0 + 0.05 * i for i in range(CLASS_YEARS - 1)]
    )
    last: dict[int, int] = {}
    for number in range(CLASS_YEARS):
        year = first + number
        rng = stream(world.seed, CLASSES, year)
        on = date(year, 11, 6)
        tops = [(top, _inside(world, top, kinds)) for top in _tops(world)]
        listed = {
            u.place: _subject(scheme, u, on.isoformat())
            for _, units in tops for u in units if u.founded_on <= on.isoformat()
        }  # fmt: skip
        rated = [s for s in listed.values() if s.state == "rated"]
        weak = [s.place for s in rated if last.get(s.place) == 0]
        healed = set(rng.sample(weak, min(len(weak), turned[number - 1]))) if number else set()
        ahead = turned[number] if number < CLASS_YEARS - 1 else 14
        still = set(weak) - healed
        strong = [s.place for s in rated if s.place not in weak]
        falling = set(rng.sample(strong, max(0, ahead + 1 - len(still))))
        now: dict[int, int] = {}
        for subject in rated:
            before = last.get(subject.place)
            level = _class(
                rng,
                before,
                subject.place in healed,
                subject.place in falling,
                subject.place in still,
            )
            _mark(rng, scheme, subject, level, "" if before is None else scheme.levels[before].name)
            if subject.place in healed:
                subject.movement_reason = "整顿转化，经验收合格"
            now[subject.place] = level
        for top, units in tops:
            mine = [listed[u.place] for u in units if u.place in listed]
            if mine:
                yield _round(rng, CLASSES, top, year, on, mine)
        last = now


def _class(rng: Random, before: int | None, healed: bool, falling: bool, still: bool) -> int:
    if still or falling:
        return 0
    if healed:
        return 1 if rng.random() < 0.8 else 2
    if before is None:
        return rng.choices((1, 2, 3), weights=(22, 58, 20))[0]
    return min(3, max(1, before + rng.choices((-1, 0, 1), weights=(8, 74, 18))[0]))


# -- agency stars, year-end grades, satisfaction ----------------------------------------------


def star_rounds(world: World, is_open: bool) -> Iterator[Round]:
    """五星级支部 of the agencies; `is_open` leaves this year's in its notice."""
    scheme = scheme_of(STARS)
    tops = [u for u in _tops(world) if u.domain == "agency"]
    last: dict[int, int] = {}
    for year in range(world.today.year - STAR_YEARS, world.today.year + 1):
        rng = stream(world.seed, STARS, year)
        current = year == world.today.year
        if current and not is_open:
            return
        on = date(year, 10, 27) if current else date(year, 11, 3)
        for top in tops[:1] if current else tops:
            subjects = [_subject(scheme, u, on.isoformat()) for u in _inside(world, top, tuple(scheme.kinds))
                        if u.founded_on <= on.isoformat()]  # fmt: skip
            rated = [s for s in subjects if s.state == "rated"]
            five = max(1, len(rated) // 10)
            for subject in sorted(rated, key=lambda s: (-last.get(s.place, 0), s.place)):
                before = last.get(subject.place)
                level = rng.choices((2, 3, 4, 5), weights=(8, 40, 40, 12))[0]
                if before is not None:
                    level = min(before + 1, max(before - 1, level))
                if level == 5:
                    level = 5 if five > 0 else 4
                    five -= level == 5
                _mark(
                    rng,
                    scheme,
                    subject,
                    level,
                    "" if before is None else scheme.levels[before].name,
                )
                last[subject.place] = level
            yield _round(rng, STARS, top, year, on, subjects, open_=current)


def grade_rounds(world: World) -> Iterator[Round]:
    """优良平差 of last year: what each committee's organizations came to."""
    scheme = scheme_of(GRADES)
    year = world.today.year - 1
    rng = stream(world.seed, GRADES, year)
    on = date(world.today.year, 1, 5)
    for top in _tops(world):
        subjects = [_subject(scheme, u, on.isoformat()) for u in _inside(world, top, _COUNTED)
                    if u.parent == top.place and u.founded_on < f"{year}-12-31"]  # fmt: skip
        for subject in subjects:
            _mark(rng, scheme, subject, rng.choices((0, 1, 2, 3), weights=(1, 7, 62, 30))[0], "")
        if subjects:
            yield _round(rng, GRADES, top, year, on, subjects)


def satisfaction_rounds(world: World) -> Iterator[Round]:
    """The masses' vote on every organization: the county's rate is the one that was reported."""
    scheme = scheme_of(SATISFACTION)
    rater = scheme.raters[0]
    rng = stream(world.seed, SATISFACTION)
    year = world.today.year
    on = date(year, 9, 7)
    wanted = figures()["satisfaction_percent"]
    cast = against = 0
    for top in _tops(world):
        subjects = []
        for unit in _inside(world, top, _COUNTED):
            if unit.founded_on > on.isoformat():
                continue
            subject = _subject(scheme, unit, on.isoformat())
            ballots = rng.randint(20, 60)
            cast += ballots
            unhappy = max(0, round(cast * (100 - wanted) / 100) - against)
            unhappy = min(unhappy, ballots // 12)
            against += unhappy
            content = int((ballots - unhappy) * rng.uniform(0.62, 0.93))
            subject.sheets = {rater.id: [[content, ballots - unhappy - content, unhappy]]}
            rate = 100 * (ballots - unhappy) / ballots
            subject.level = next(
                level.name for level in reversed(scheme.levels) if rate >= (level.start or 0) / 100
            )
            subjects.append(subject)
        yield _round(rng, SATISFACTION, top, year, on, subjects)
