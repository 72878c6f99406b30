"""The formal facts on which an eligibility check rests, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What a check found; the stored code is the word on screen."""

    MET = "符合"
    FAILED = "不符合"
    UNKNOWN = "未核"


@dataclass(frozen=True, slots=True)
class Sanction:
    """A formal sanction: its kind in words, when, until when it counts ("" = not known)."""

    kind: str
    on: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An honour already received: its title and date."""

    title: str
    on: str


@dataclass(frozen=True, slots=True)
class Rated:
    """A finished rating: `level` counts upward (stars; for grades the place from the lowest, 1)."""

    period: str
    words: str
    level: int
    vetoed: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the registers know of one recipient; None and () tell "nobody keeps it" from "nothing"."""

    name: str
    subject: str
    on: str
    title: str
    category: str = ""
    category_words: str = ""
    standing: str = ""
    standing_words: str = ""
    sanctions: tuple[Sanction, ...] = ()
    review: Rated | None = None
    star: Rated | None = None
    grading: Rated | None = None
    honours: tuple[Given, ...] = ()
    other_titles: tuple[str, ...] = ()
    dues_paid_until: str | None = None
    election_due: str = ""
    status: str = ""
    status_words: str = ""
    full_members: int | None = None
    in_pool: bool | None = None
    pool_words: str = ""
    in_scope: bool | None = None
    scope_words: str = ""
    places: int | None = None
    places_words: str = ""
    taken: int = 0
    recommended: int | None = None
    present: int | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One check's answer with the facts it used, in words."""

    outcome: Outcome
    words: str
