"""Elections and posts: who led, answered for and looked after each organization, over ten years."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from db.codes import code_list
from db.demonstration.calendar import between, text, working_day, years_before
from db.demonstration.names import name_of
from db.demonstration.numbers import mobile_phone
from db.demonstration.people import Person
from db.demonstration.tree import County, Unit
from db.demonstration.words import figures, share_out
from db.rules import terms as rules

_COUNTED = ("committee", "general_branch", "branch")
_GROUPS = {
    "township": ("secretary", "deputy_secretary", "deputy_secretary", "discipline_secretary", "organization_member",
                 "publicity_member", "united_front_member", "armed_member", "committee_member"),
    "committee": ("secretary", "deputy_secretary", "discipline_secretary", "organization_member", "publicity_member"),
    "general_branch": ("secretary", "deputy_secretary", "organization_member", "publicity_member", "discipline_member"),
    "large": ("secretary", "deputy_secretary", "organization_member", "publicity_member", "discipline_member"),
    "branch": ("secretary", "organization_member", "publicity_member"),
    "small": ("secretary",),
}  # fmt: skip
#: A branch with so many members has a committee of five, of three, or a secretary alone.
_LARGE, _COMMITTEE = 50, 7


@dataclass(slots=True)
class Seat:
    """One post of one organization; the holder is a place in the list of living members, or only a name."""

    unit: int
    kind: str
    holder: int | None
    name: str
    from_on: str
    until_on: str = ""
    rank: int | None = None
    phone: str = ""
    notes: str = ""


@dataclass(slots=True)
class Election:
    """One term of a leading group."""

    unit: int
    number: str
    elected_on: str
    due_on: str
    way: str
    expected: int
    present: int


@dataclass(slots=True)
class Seats:
    """Every post and every term; and for each organization who heads it and when it is due."""

    posts: list[Seat] = field(default_factory=list)
    elections: list[Election] = field(default_factory=list)
    heads: dict[int, int] = field(default_factory=dict)
    due: dict[int, str] = field(default_factory=dict)


class Seating:
    """Seats people in the organizations; the draws are the same for the same chance."""

    def __init__(self, rng: Random, county: County, people: list[Person], today: date) -> None:
        self.rng, self.county, self.people, self.today = rng, county, people, today
        self.seats = Seats()
        self._below: dict[int, list[int]] = {}
        for place, person in enumerate(people):
            unit: Unit | None = county.units[person.unit]
            while unit is not None:
                self._below.setdefault(unit.place, []).append(place)
                unit = county.units[unit.parent] if unit.parent is not None else None

    def fill(self) -> Seats:
        """Seat everybody."""
        for unit in self.county.units:
            if unit.status != "active":
                continue
            if unit.kind in _COUNTED:
                group = self._elected(unit)
                self._responsible(unit, group)
            else:
                self._small_head(unit)
        self._liaisons()
        self._instructors()
        self._graduates()
        return self.seats

    # -- elections and leading groups -------------------------------------------------------

    def _dates(self, unit: Unit) -> list[date]:
        """The election days of the last ten years, oldest first."""
        today, rng = self.today, self.rng
        founded = date.fromisoformat(unit.founded_on)
        if unit.township:
            days = [date(today.year - back, 6, rng.randint(8, 26)) for back in (10, 5, 0)]
        elif unit.profile == "village" or unit.village:
            days = [date(today.year - back, 12, rng.randint(1, 20)) for back in (9, 6, 1)]
        else:
            years = rules.term_years(unit.kind, village=False) or 3
            late = rng.random() < 0.02
            last = years_before(today, years) + timedelta(days=0 if late else 7)
            day = (
                between(rng, last - timedelta(days=160), last)
                if late
                else between(rng, last, today - timedelta(days=9))
            )
            days = [day]
            while days[0].year - years >= today.year - 10:
                days.insert(0, years_before(days[0], years) + timedelta(days=rng.randint(-25, 25)))
        later = [working_day(day) for day in days if day > founded + timedelta(days=60)]
        first = [founded] if founded >= years_before(today, 10) or not later else []
        return first + later

    def _elected(self, unit: Unit) -> dict[str, int]:
        """Hold the elections of an organization; returns who sits in the present group."""
        kinds = self._group(unit)
        days = self._dates(unit)
        size = len(self._below.get(unit.place, ()))
        voters = max(3, min(size, 120))
        group: list[int] = []
        for number, day in enumerate(days):
            last = number == len(days) - 1
            due = rules.election_due(
                text(day), unit.kind, village=unit.village or unit.profile == "village"
            )
            until = "" if last else text(days[number + 1])
            present = max(2, round(voters * self.rng.uniform(0.82, 1.0)))
            way = "congress" if unit.township else "two_recommend" if unit.village else "meeting"
            self.seats.elections.append(
                Election(
                    unit.place,
                    f"第{_numeral(_ordinal(unit, day))}届",
                    text(day),
                    due,
                    way,
                    voters,
                    present,
                )
            )
            if last:
                self.seats.due[unit.place] = due
                group = self._choose(unit, len(kinds))
                for rank, (kind, holder) in enumerate(zip(kinds, group, strict=False), start=1):
                    person = self.people[holder]
                    since = max(text(day), person.confirmed_on or person.joined_on)
                    self._seat(unit, kind, holder, since, rank=rank)
            elif not group or self.rng.random() < 0.5:
                self._seat_former(unit, text(day), until)
        if group:
            self.seats.heads[unit.place] = group[0]
            self._direct(unit, self.people[group[0]])
        return dict(zip(reversed(kinds[: len(group)]), reversed(group), strict=False))

    def _group(self, unit: Unit) -> tuple[str, ...]:
        if unit.township:
            return _GROUPS["township"]
        if unit.kind != "branch":
            return _GROUPS[unit.kind]
        return _GROUPS[
            "large" if unit.size >= _LARGE else "branch" if unit.size >= _COMMITTEE else "small"
        ]

    def _choose(self, unit: Unit, count: int) -> list[int]:
        """Able people of the organization: full members of working age first, cadres before others."""
        rng = self.rng
        office = {
            u.place for u in self.county.units if u.parent == unit.place and u.profile == "office"
        }
        below = self._below.get(unit.place, [])
        pool = [p for p in below if self.people[p].unit in office] if office else below

        def rank(place: int) -> tuple[bool, bool, bool, float]:
            person = self.people[place]
            away = (
                person.is_flagged("mobile")
                or person.is_flagged("lost")
                or person.category != "full"
            )
            fit = 27 <= person.age(self.today) <= 58 or unit.profile == "retired"
            cadre = person.occupation in (
                "village_cadre",
                "civil_servant",
                "enterprise_manager",
                "community_worker",
            )
            return (away, not fit, not cadre, rng.random())

        order = sorted((rank(place), place) for place in pool)
        return [place for _, place in order[:count]]

    def _direct(self, unit: Unit, person: Person) -> None:
        """What the head of an organization is called at work."""
        if unit.village:
            person.post_title, person.unit_name = "嘎查村党组织书记", unit.unit_name
            if person.occupation == "farmer":
                person.occupation = "village_cadre"
        elif unit.township:
            person.post_title = "党委书记"

    def _seat(
        self,
        unit: Unit,
        kind: str,
        holder: int,
        since: str,
        until: str = "",
        rank: int | None = None,
        notes: str = "",
    ) -> None:
        person = self.people[holder]
        self.seats.posts.append(
            Seat(unit.place, kind, holder, person.name, since, until, rank, person.phone, notes)
        )

    def _named(self, unit: Unit, kind: str, since: str, until: str = "", notes: str = "") -> None:
        name = name_of(self.rng, male=self.rng.random() < 0.68, born=self.rng.randrange(1966, 1996))
        phone = "" if until else mobile_phone(self.rng)
        self.seats.posts.append(
            Seat(unit.place, kind, None, name, since, until, None, phone, notes)
        )

    def _seat_former(self, unit: Unit, since: str, until: str) -> None:
        """The secretary of an earlier term: a member of today who stepped down, or only a name."""
        elders = [
            place
            for place in self._below.get(unit.place, [])
            if 50 <= self.people[place].age(self.today) <= 72
            and self.people[place].joined_on < since
        ]
        if elders and unit.kind == "branch":
            self._seat(unit, "secretary", self.rng.choice(elders), since, until)
        else:
            self._named(unit, "secretary", since, until)

    # -- responsibility, liaison, guidance ---------------------------------------------------

    def _responsible(self, unit: Unit, group: dict[str, int]) -> None:
        """三级责任: the first, direct and concrete responsible person of each organization."""
        if not group:
            return
        first = group["secretary"]
        direct = group.get("deputy_secretary", group.get("organization_member", first))
        concrete = group.get("organization_member", direct)
        since = f"{self.today.year}-05-27"
        for kind, holder in zip(
            ("first_responsible", "direct_responsible", "concrete_responsible"),
            (first, direct, concrete),
            strict=True,
        ):
            self._seat(unit, kind, holder, max(since, self._since(unit)))

    def _since(self, unit: Unit) -> str:
        return unit.founded_on

    def _small_head(self, unit: Unit) -> None:
        branch = unit.parent
        pool = [p for p in self._below.get(branch or 0, []) if self.people[p].category == "full"]
        holder = self.rng.choice(pool)
        kind = "group_leader" if unit.kind == "group" else "household_head"
        since = max("2021-01-15", self.people[holder].confirmed_on or "2021-01-15")
        self.seats.heads[unit.place] = holder
        self._seat(unit, kind, holder, since)

    def _liaisons(self) -> None:
        """One for every 总支 and 支部."""
        for unit in self.county.units:
            if unit.status == "active" and unit.kind in ("general_branch", "branch"):
                pool = [p for p in self._below[unit.place] if self.people[p].age(self.today) <= 60]
                holder = self.rng.choice(pool or self._below[unit.place])
                self._seat(
                    unit, "liaison", holder, max(f"{self.today.year}-06-01", unit.founded_on)
                )

    def _instructors(self) -> None:
        """One for every 党委 from the county, one for every village from its town."""
        since = f"{self.today.year}-06-03"
        for unit in self.county.units:
            if unit.status != "active":
                continue
            if unit.kind == "committee":
                self._named(
                    unit, "activity_instructor", max(since, unit.founded_on), notes="旗委选派"
                )
            if unit.village:
                office = next(
                    u for u in self.county.units if u.profile == "office" and u.town == unit.town
                )
                holder = self.rng.choice(self._below[office.place])
                self._seat(
                    unit,
                    "activity_instructor",
                    holder,
                    max(since, unit.founded_on),
                    notes="苏木镇选派",
                )
                self._seat(unit, "stationed_cadre", holder, max("2024-03-01", unit.founded_on))

    def _graduates(self) -> None:
        """大学生村官: 747 graduates posted to villages and communities over ten years."""
        rng, today = self.rng, self.today
        places = [
            u for u in self.county.units
            if u.status == "active" and (u.village or (u.domain == "community" and u.unit_situation == "legal_unit"))
        ]  # fmt: skip
        schooled = code_list("education")
        shares = share_out(figures()["graduates_posted"], [rng.uniform(0.7, 1.3) for _ in places])
        for unit, count in zip(places, shares, strict=True):
            own = [
                p for p in self._below[unit.place]
                if 23 <= self.people[p].age(today) <= 32 and schooled[self.people[p].education or "90"].extra["level"] >= 60
            ]  # fmt: skip
            years = sorted(rng.randrange(today.year - 10, today.year + 1) for _ in range(count))
            for year in years:
                since = date(year, 8, rng.randint(1, 28))
                until = (
                    "" if year >= today.year - 2 else text(date(year + 3, 8, rng.randint(1, 28)))
                )
                if not until and own and rng.random() < 0.5:
                    holder = own.pop()
                    self._seat(unit, "village_graduate", holder, text(since))
                    self.people[holder].flags.append(("village_graduate", text(since), "", "", ""))
                else:
                    self._named(unit, "village_graduate", text(since), until)


def _ordinal(unit: Unit, day: date) -> int:
    """The number of a term: the town committees count from their first congress."""
    years = 5 if unit.kind == "committee" else 3
    return max(1, min(20, (day.year - int(unit.founded_on[:4])) // years + 1))


def _numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (
        digits[ones] if ones or not tens else ""
    )
