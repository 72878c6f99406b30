"""A rating round before it is kept: who takes part, what the rater groups gave, how the steps went."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

from db.rules.scheme import Scheme
from db.rules.scheme_presets import preset
from db.rules.scoring_items import Cell

Sheets = dict[str, list[Cell]]


@dataclass(slots=True)
class Subject:
    """One person (a place in the living or the departed) or one organization of a round."""

    place: int
    branch: int
    departed: bool = False
    state: str = "rated"
    reason: str = ""
    wish: bool = False
    meeting_on: str = ""
    category: str = ""
    sheets: Sheets = field(default_factory=dict)
    vetoes: list[str] = field(default_factory=list)
    last: str = ""
    movement: str = ""
    movement_reason: str = ""
    level: str = ""


@dataclass(slots=True)
class Ballots:
    """What was handed out and came back in one branch for one rater group."""

    branch: int
    rater: str
    issued: int
    returned: int
    valid: int
    on: str


@dataclass(slots=True)
class Sitting:
    """The meeting of one branch."""

    branch: int
    on: str
    expected: int
    present: int
    agreed: int


@dataclass(slots=True)
class Round:
    """One round of one scheme in one scope; `days` dates each step that has begun: (began, ended)."""

    stem: str
    scope: int
    year: int
    name: str
    rated_on: str
    days: list[tuple[str, str]]
    subjects: list[Subject]
    ballots: list[Ballots] = field(default_factory=list)
    sittings: list[Sitting] = field(default_factory=list)
    document: str = ""
    decided_by: str = ""
    plates: bool = False
    phone: str = ""

    @property
    def scheme(self) -> Scheme:
        """The rules it is judged under."""
        return preset(self.stem).scheme

    @property
    def sealed(self) -> bool:
        """Whether every step is done."""
        return len(self.days) == len(self.scheme.steps) and bool(self.days[-1][1])

    def day_of(self, kind: str) -> tuple[str, str]:
        """When a kind of step began and ended; "" while it has not."""
        for step, days in zip(self.scheme.steps, self.days, strict=False):
            if step.kind == kind:
                return days
        return "", ""


@cache
def scheme_of(stem: str) -> Scheme:
    """The rules of a shipped scheme."""
    return preset(stem).scheme


def hands(rng: Random, ballots: int, mean: int, highest: int) -> list[int]:
    """What many unsigned sheets came to: [ballots, sum, highest, lowest], about `mean` each (1/100)."""
    width = min(highest - mean, 150) if mean < highest else 0
    high = min(highest, (mean + width // 50 * 50) // 50 * 50 + (50 if width >= 50 else 0))
    low = max(0, mean // 50 * 50 - 50 * rng.randint(1, 4))
    return [ballots, mean * ballots, max(high, mean), min(low, mean)]


def star_sheets(
    rng: Random, scheme: Scheme, won: set[int], line: int, counts: dict[str, int]
) -> Sheets:
    """Marks under which exactly the items at the places `won` reach the line of their star.

    Where a star is won every group gives at least the line; where it is lost only oneself does.
    """
    sheets: Sheets = {}
    lost_top = (10_000 * line // 1000 - 1000) // 9 * 10 // 100 * 10 - 20
    for rater in scheme.raters:
        ballots = counts.get(rater.id, 0)
        cells: list[Cell] = []
        for place in range(len(scheme.items)):
            if place in won:
                mean = rng.randrange(line + 5, min(1000, line + 165))
                mark = min(1000, line + 50 * rng.randrange(0, 4))
            elif rater.id == "self":
                mean = mark = min(1000, line + 50 * rng.randrange(-2, 3))
            else:
                mean = rng.randrange(lost_top - 180, lost_top)
                mark = mean // 50 * 50
            cells.append(hands(rng, ballots, mean, 1000) if rater.ballot and ballots else mark)
        sheets[rater.id] = cells
    return sheets


def band_sheets(rng: Random, scheme: Scheme, percent: float, counts: dict[str, int]) -> Sheets:
    """Marks that come to about `percent` of the full points, in every group and item alike."""
    sheets: Sheets = {}
    for rater in scheme.raters:
        cells: list[Cell] = []
        for item in scheme.sheet[rater.id]:
            full = item.highest or 0
            mark = full * (percent + rng.uniform(-3, 3)) / 100
            if rater.ballot and counts.get(rater.id):
                cells.append(hands(rng, counts[rater.id], min(full, round(mark)), full))
            else:
                cells.append(min(full, round(mark / 50) * 50))
        sheets[rater.id] = cells
    return sheets


def movement_of(scheme: Scheme, last: str, level: str) -> tuple[str, str]:
    """Up, down or the same against the last round, with a reason in words."""
    if not last:
        return "first", ""
    step = scheme.level_rank[level] - scheme.level_rank[last]
    if step == 0:
        return "same", ""
    unit = "星" if scheme.by_stars else "档"
    return ("up", f"较上期升{step}{unit}") if step > 0 else ("down", f"较上期降{-step}{unit}")


def day(year: int, month: int, number: int) -> str:
    """A day as records keep it."""
    return date(year, month, number).isoformat()
