"""Commendations of the training county: ten years of 七一, with this year's exact numbers, and one under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from db.demonstration.keeping import Kept, came_on
from db.demonstration.names import name_of
from db.demonstration.people import Person
from db.demonstration.rating_members import REVIEW, Rolls
from db.demonstration.rating_units import CLASSES
from db.demonstration.tree import Unit
from db.demonstration.words import figures, stream
from db.registers.appraisal import Appraisal, Participant

YEARS = 10


@dataclass(frozen=True, slots=True)
class Nominee:
    """Who is put forward: a living member, an organization, or somebody by name only."""

    kind: str
    member: int | None = None
    unit: int | None = None
    name: str = ""
    male: bool = True
    born: int = 0
    title: str = ""
    nominator: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One programme: its preset and year, and for each award code the nominees in order, with the places."""

    preset: str
    year: int
    name: str
    places: dict[str, int]
    nominees: dict[str, list[Nominee]]
    #: Programmes under way stop at this step; others are granted.
    step: str = "granted"


@dataclass(frozen=True, slots=True)
class Coming:
    """A programme whose time will come: then `make` chooses its recipients."""

    year: int
    title: str
    make: Callable[[], Plan]
    under_way: bool = False


class Chooser:
    """Draws worthy recipients from the rolls; nobody of this office is drawn twice in one year."""

    def __init__(self, kept: Kept, rolls: Rolls) -> None:
        self.kept, self.rolls = kept, rolls
        self.world = kept.world
        self.units = [u for u in kept.units if u.status == "active"]
        #: The year in which a member was last put forward: nobody twice in a year, or soon again.
        self._last: dict[int, int] = {}
        inside = {unit.place for unit in self.units}
        #: Members of this office and the day they came to its rolls.
        self.came = {
            place: came_on(person)
            for place, person in enumerate(self.world.members.living)
            if person.unit in inside
        }

    def programmes(self) -> Iterator[Coming]:
        """All programmes, in the order of years; each chooses when its time has come."""
        today = self.world.today
        for year in range(today.year - YEARS + 1, today.year + 1):
            title = f"{year}年“七一”表彰决定"
            if not self.kept.town:
                yield Coming(
                    year, f"{year}年农牧区“五个好”表彰决定", partial(self._five_good, year)
                )
                yield Coming(year, title, partial(self._july_county, year))
            else:
                yield Coming(year, title, partial(self._july_township, year))
        make = self._year_end if self.kept.town else self._pioneers
        yield Coming(today.year, f"{today.year}年度表彰推荐", make, under_way=True)

    def _pioneers(self) -> Plan:
        year = self.world.today.year
        nominees = self._outsiders(stream(self.world.seed, "pioneers"), 8)
        return Plan(
            "labour_and_pioneers", year, f"{year}年创先争优岗位标兵评选", {},
            {"labour_expert": nominees[:4], "youth_pioneer": nominees[4:]}, "nominating",
        )  # fmt: skip

    def _year_end(self) -> Plan:
        year = self.world.today.year
        best = self._members(stream(self.world.seed, "year end"), year, 8)
        name = f"{year}年度年终表彰"
        return Plan("july_first_township", year, name, {}, {"member": best}, "nominating")

    # -- the county ------------------------------------------------------------------------

    def _count(self, rng: Random, year: int, key: str, around: int) -> int:
        """The reported number this year, about as many in the years before."""
        current = year == self.world.today.year
        return figures()[key] if current else max(1, around + rng.randint(-1, 1))

    def _five_good(self, year: int) -> Plan:
        rng = stream(self.world.seed, "five good", year)
        count = partial(self._count, rng, year)
        towns = [u for u in self.units if u.township]
        villages = [u for u in self.units if u.village and u.founded_on < str(year - 1)]
        cooperatives = [u for u in self.units if u.cooperative and u.founded_on < str(year)]
        places = {
            "five_good_committee": count("township_committees_commended", 3),
            "five_good_village": count("villages_commended", 9),
            "five_good_cooperative": min(len(cooperatives), count("cooperatives_commended", 2)),
            "secretary": count("secretaries_commended", 9),
            "village_head": count("village_heads_commended", 9),
        }
        nominees = {
            "five_good_committee": self._organizations(rng, towns, places["five_good_committee"]),
            "five_good_village": self._one_a_town(rng, villages, places["five_good_village"]),
            "five_good_cooperative": self._organizations(
                rng, cooperatives, places["five_good_cooperative"]
            ),
            "secretary": self._secretaries(rng, year, places["secretary"]),
            "village_head": self._heads(rng, year, villages, places["village_head"]),
        }
        return Plan("five_good_county", year, "", places, nominees)

    def _july_county(self, year: int) -> Plan:
        rng = stream(self.world.seed, "county July", year)
        branches = [
            u for u in self.units
            if u.kind == "branch" and not u.village and not u.cooperative and u.founded_on < str(year - 1)
        ]  # fmt: skip
        places = {
            "five_good_organization": self._count(rng, year, "organizations_commended", 26),
            "member": self._count(rng, year, "members_commended", 52),
        }
        best = self._organizations(rng, branches, places["five_good_organization"])
        members = self._members(rng, year, places["member"])
        nominees = {"five_good_organization": best, "member": members}
        return Plan("july_first_county", year, "", places, nominees)

    # -- a township ------------------------------------------------------------------------

    def _july_township(self, year: int) -> Plan:
        rng = stream(self.world.seed, "town July", year)
        branches = [u for u in self.units if u.kind == "branch" and u.founded_on < str(year - 1)]
        full = sum(self.world.members.living[place].category == "full" for place in self.came)
        places = {"organization": -(-len(branches) // 10), "member": -(-full // 40), "worker": 4}
        extra = 3 if year == self.world.today.year else 0
        workers = self._secretaries(rng, year, places["worker"], excellent=True)
        best = self._members(
            rng, year, places["member"] + extra, lambda p: p.occupation != "civil_servant"
        )
        organizations = self._organizations(rng, branches, places["organization"])
        nominees = {"organization": organizations, "member": best, "worker": workers}
        return Plan("july_first_township", year, "", places, nominees)

    def _excellent(self, year: int) -> Callable[[int], bool]:
        """Whether somebody was 优秀 in the democratic review of the year before, where one was held."""
        rounds = Appraisal.living().where(
            Appraisal.scheme_code == REVIEW, Appraisal.year == year - 1
        )
        rows: Any = Participant.select(Participant.member).where(
            Participant.appraisal.in_(rounds.select(Appraisal.id)), Participant.level == "优秀"
        )
        found = {row for (row,) in rows.tuples()}
        if not found:
            return lambda _place: True
        return lambda place: self.kept.living.get(place) in found

    def _is_here(self, place: int | None, year: int) -> bool:
        """Whether a member stood on this office's rolls before the programme of that year."""
        return place is not None and self.came.get(place, "9999") <= f"{year}-05-31"

    # -- drawing -----------------------------------------------------------------------------

    def _organizations(self, rng: Random, units: list[Unit], count: int) -> list[Nominee]:
        soon = f"{self.world.today.year}-06-30"
        due = self.world.seats.due
        weak = self._weak()
        sound = [
            u
            for u in units
            if due.get(u.place, "9999") > soon and self.kept.organizations.get(u.place) not in weak
        ]
        chosen = rng.sample(sound, min(count, len(sound)))
        return [Nominee("organization", unit=u.place, nominator=u.parent) for u in chosen]

    def _weak(self) -> set[int]:
        """Organizations that the last finished 分类定级 put into its two lower classes."""
        newest = (
            Appraisal.living()
            .where(Appraisal.scheme_code == CLASSES, Appraisal.sealed_on != "")
            .order_by(Appraisal.year.desc())
            .first()
        )
        if newest is None:
            return set()
        rounds = Appraisal.living().where(
            Appraisal.scheme_code == CLASSES, Appraisal.year == newest.year
        )
        rows: Any = Participant.select(Participant.organization).where(
            Participant.appraisal.in_(rounds.select(Appraisal.id)), Participant.rank < 2
        )
        return {row for (row,) in rows.tuples()}

    def _one_a_town(self, rng: Random, villages: list[Unit], count: int) -> list[Nominee]:
        towns: dict[str, list[Unit]] = {}
        for unit in villages:
            towns.setdefault(unit.town, []).append(unit)
        chosen = [rng.choice(units) for units in towns.values()]
        rng.shuffle(chosen)
        rest = [u for u in villages if u not in chosen]
        chosen = (chosen + rng.sample(rest, min(len(rest), 4)))[:count]
        return [Nominee("organization", unit=u.place, nominator=u.parent) for u in chosen]

    def _secretaries(
        self, rng: Random, year: int, count: int, *, excellent: bool = False
    ) -> list[Nominee]:
        """Village secretaries of that time who are members of the rolls today."""
        day = f"{year}-06-20"
        villages = {u.place for u in self.units if u.village}
        holders = [
            (seat.unit, seat.holder or 0)
            for seat in self.world.seats.posts
            if seat.kind == "secretary" and seat.unit in villages and self._is_here(seat.holder, year)
            and seat.from_on <= day and (not seat.until_on or seat.until_on > day)
        ]  # fmt: skip
        if excellent:
            is_excellent = self._excellent(year)
            holders = [one for one in holders if is_excellent(one[1])]
        fresh = [one for one in holders if self._is_fresh(one[1], year)]
        chosen = rng.sample(fresh, min(count, len(fresh)))
        again = [one for one in holders if one not in chosen and self._last.get(one[1]) != year]
        chosen += rng.sample(again, min(count - len(chosen), len(again)))
        self._last.update((holder, year) for _, holder in chosen)
        return [Nominee("member", member=holder, nominator=unit) for unit, holder in chosen]

    def _is_fresh(self, place: int, year: int) -> bool:
        """Not put forward this year or in the three before."""
        return self._last.get(place, 0) < year - 3

    def _heads(self, rng: Random, year: int, villages: list[Unit], count: int) -> list[Nominee]:
        """Village heads; more than half of them are no members."""
        found = []
        for number, unit in enumerate(rng.sample(villages, min(count, len(villages)))):
            title = f"{unit.short_name}{'嘎查达' if unit.unit_kind == 'gacha' else '村委会主任'}"
            inside = self._inside(unit, year)
            if number % 2 == 1 and inside:
                head = rng.choice(inside)
                self._last[head] = year
                found.append(Nominee("person", member=head, nominator=unit.place))
                continue
            born, male = rng.randrange(year - 58, year - 32), rng.random() < 0.85
            name = name_of(
                rng,
                male=male,
                born=born,
                ethnicity="02" if rng.random() * 100 < unit.mongolian else "01",
            )
            found.append(
                Nominee(
                    "person", name=name, male=male, born=born, title=title, nominator=unit.place
                )
            )
        return found

    def _inside(self, unit: Unit, year: int) -> list[int]:
        below = {u.place for u in self.world.county.subtree(unit)}
        people = self.world.members.living
        return [
            place for place in self.came
            if self._is_here(place, year) and self._is_fresh(place, year) and people[place].unit in below and people[place].occupation == "village_cadre" and people[place].category == "full"
        ]  # fmt: skip

    def _members(
        self, rng: Random, year: int, count: int, fits: Callable[[Person], bool] = bool
    ) -> list[Nominee]:
        """The best of the rolls who had been full members for years, spread over the branches."""
        people = self.world.members.living
        is_excellent = self._excellent(year)
        able = [
            place for place in self.came
            if self._is_here(place, year) and self._is_fresh(place, year) and is_excellent(place) and (person := people[place]).confirmed_on and person.confirmed_on < f"{year - 2}" and fits(person)
            and 24 <= year - person.born.year <= 66 and len(person.id_number) == 18
            and not any(f[0] in ("mobile", "lost", "bedridden") for f in person.flags)
            and not person.sanctioned_between(f"{year - 3}", f"{year}-12-31")
            and not any(c.kind == "moved_in" and c.on > f"{year - 1}" for c in person.changes)
        ]  # fmt: skip
        merit = {place: self.rolls.quality[False, place] + rng.gauss(0, 0.35) for place in able}
        chosen: list[int] = []
        per_branch: dict[int, int] = {}
        for place in sorted(able, key=lambda p: -merit[p]):
            branch = people[place].unit
            if len(chosen) < count and per_branch.get(branch, 0) < 1 + count // 60:
                chosen.append(place)
                per_branch[branch] = per_branch.get(branch, 0) + 1
        self._last.update((place, year) for place in chosen)
        return [Nominee("member", member=place, nominator=people[place].unit) for place in chosen]

    def _outsiders(self, rng: Random, count: int) -> list[Nominee]:
        units = [
            u
            for u in self.units
            if u.domain in ("private_enterprise", "state_enterprise", "institution") and u.size
        ]
        found = []
        for unit in rng.sample(units, count):
            born, male = rng.randrange(1974, 2000), rng.random() < 0.6
            name = name_of(rng, male=male, born=born)
            found.append(
                Nominee(
                    "person", name=name, male=male, born=born, title="职工", nominator=unit.place
                )
            )
        return found
