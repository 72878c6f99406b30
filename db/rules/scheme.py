"""A rating scheme as a value: who is judged, by whom, on what, and how points become a level.

Every number of a scheme is local policy, so nothing here has a default that a circular could contradict.
Points are integers in 1/100 point, shares are `Fraction`s of one. `db.rules.scheme_reading` makes these
values from a TOML or JSON body and refuses what does not fit together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from db.rules.quota import Allowance, Rounding
from db.rules.scheme_items import Banded, Drawn, Item, Marked, YesNo


class Subject(StrEnum):
    """What is judged."""

    MEMBER = "member"
    HOUSEHOLD = "household"
    ORGANIZATION = "organization"

    @property
    def label(self) -> str:
        """The office's word."""
        return {"member": "党员", "household": "党员户", "organization": "党组织"}[self.value]


class Combine(StrEnum):
    """How the marks of several rater groups become one number."""

    WEIGHTED = "weighted"
    MEAN = "mean"
    LAST = "last"

    @property
    def label(self) -> str:
        """The office's words."""
        return {"weighted": "按权重", "mean": "各方平均", "last": "以最后一方为准"}[self.value]


class Effect(StrEnum):
    """What a veto does."""

    NONE = "none"
    CAP = "cap"
    NOT_RATED = "not_rated"

    @property
    def label(self) -> str:
        """The office's words."""
        return {"none": "不评星级（等次）", "cap": "限定最高等次", "not_rated": "不参加评定"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Grade:
    """One box of a ballot (优秀, 满意 …) and the share of the full points that it stands for."""

    name: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Rater:
    """A group that gives marks: oneself, fellow members, the masses, the branch, the committee."""

    id: str
    name: str
    weight: int = 0
    required: bool = True
    least_ballots: int = 1
    drop_extremes: bool = False
    ballot: bool = False
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True, slots=True)
class Star:
    """A star with a name, won on its own items: all full, all yes, or at least so many points."""

    id: str
    name: str
    items: tuple[str, ...]
    at_least: int | None = None
    with_total: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Something beside the points that a level needs: a fact, an item, a review grade, the last level."""

    id: str
    name: str
    kind: str = "flag"
    item: str = ""
    at_least: int = 0
    grade: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One word of the result, from `start` upward (None = from the bottom)."""

    name: str
    start: int | None = None
    stars: int | None = None
    needs: tuple[str, ...] = ()
    plate: bool = True
    praise: bool = False
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class ReviewGrade:
    """A grade of the democratic review and the highest level it allows ("" = any)."""

    name: str
    highest: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The democratic review (民主评议) that limits the level."""

    name: str
    grades: tuple[ReviewGrade, ...]
    required: bool = True

    def grade(self, name: str) -> ReviewGrade | None:
        """The grade of this name."""
        return next((one for one in self.grades if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Lift:
    """A fact that gives a level directly (获旗级以上荣誉的支部直接定为五星级)."""

    id: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Veto:
    """一票否决: what happened, and what follows."""

    id: str
    text: str
    effect: Effect = Effect.NONE
    level: str = ""


@dataclass(frozen=True, slots=True)
class NotRated:
    """A group that stands outside the round: by category, by flag, or too short a time here."""

    name: str
    category: str = ""
    flag: str = ""
    below_months: int = 0

    def applies(self, category: str, flags: frozenset[str], months: int | None) -> bool:
        """Whether someone with these facts stands outside."""
        if self.category and category == self.category:
            return True
        if self.flag and self.flag in flags:
            return True
        return bool(self.below_months) and months is not None and months < self.below_months


@dataclass(frozen=True, slots=True)
class Exemption:
    """A reason for which someone may stay out: by own wish and after a members' meeting, if so ruled."""

    name: str
    flag: str = ""
    from_age: int = 0
    by_wish: bool = False
    by_meeting: bool = False

    def suggested(self, flags: frozenset[str], age: int | None) -> bool:
        """Whether the records suggest this exemption; a person decides."""
        if self.flag and self.flag in flags:
            return True
        return bool(self.from_age) and age is not None and age >= self.from_age


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows for one category of people below a number of points (预备党员低于85分 …)."""

    category: str
    below: int
    text: str


@dataclass(frozen=True, slots=True)
class LevelLimit:
    """名额: how many may hold a level inside each scope; `at_least` is a reminder, never applied."""

    level: str
    allowance: Allowance
    per: str = "round"
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the procedure; `kind` says what it must record, `raters` who marks in it."""

    kind: str
    name: str
    raters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A span that is judged and how the running account is shown inside it."""

    kind: str
    statement: str = ""


@dataclass(frozen=True)
class Scheme:
    """A rating scheme: one circular's rules as one value."""

    name: str
    subject: Subject
    period: Period
    items: tuple[Item, ...]
    levels: tuple[Level, ...]
    raters: tuple[Rater, ...] = ()
    combine: Combine = Combine.WEIGHTED
    by_stars: bool = False
    base: int = 0
    ceiling: int | None = None
    floor: int | None = None
    places: int = 2
    rounding: Rounding = Rounding.HALF_UP
    stars: tuple[Star, ...] = ()
    conditions: tuple[Condition, ...] = ()
    review: Review | None = None
    lifts: tuple[Lift, ...] = ()
    one_step: bool = False
    one_step_unless: str = ""
    limits: tuple[LevelLimit, ...] = ()
    tie_break: tuple[str, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    not_rated: tuple[NotRated, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    groups: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    quorum: Fraction | None = None
    notice_days: int = 5
    notice_unit: str = "calendar"
    basis: str = ""
    source: str = ""
    note: str = ""

    @cached_property
    def item_of(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    @cached_property
    def rater_of(self) -> dict[str, Rater]:
        """Rater groups by id."""
        return {rater.id: rater for rater in self.raters}

    @cached_property
    def level_rank(self) -> dict[str, int]:
        """Rank of each level's name, the lowest is 0."""
        return {level.name: rank for rank, level in enumerate(self.levels)}

    @cached_property
    def sheet(self) -> dict[str, tuple[Item, ...]]:
        """Which items each rater group marks: the columns of its score sheet, in order."""
        return {
            rater.id: tuple(item for item in self.items if rater.id in self.raters_of(item))
            for rater in self.raters
        }

    def raters_of(self, item: Item) -> tuple[str, ...]:
        """The ids of the groups that mark this item; none when it is not marked by hand."""
        if isinstance(item, Marked) or (isinstance(item, Banded) and item.picked):
            return item.raters or tuple(rater.id for rater in self.raters)
        return ()

    def full(self) -> int | None:
        """The highest total that the scheme allows, None when it is open."""
        tops = [item.highest for item in self.items]
        if any(top is None for top in tops):
            return self.ceiling
        common = sum(item.highest or 0 for item in self.items if not item.for_groups)
        special = [
            sum(item.highest or 0 for item in self.items if group in item.for_groups)
            for group in self.groups
        ]
        total = self.base + common + max(special, default=0)
        return total if self.ceiling is None else min(total, self.ceiling)

    def flags(self) -> Iterator[tuple[str, str]]:
        """Every yes-or-no question that the scheme asks about a subject: id and words."""
        for item in self.items:
            if isinstance(item, YesNo):
                yield item.id, item.name
        for condition in self.conditions:
            if condition.kind == "flag":
                yield condition.id, condition.name
        for lift in self.lifts:
            yield lift.id, lift.name

    def sources(self) -> Iterator[str]:
        """Every source in other registers from which the scheme draws a number."""
        for item in self.items:
            if isinstance(item, Drawn):
                yield item.source
            elif isinstance(item, Banded):
                yield from (measure.source for measure in item.measures if measure.source)
