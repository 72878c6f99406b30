"""What the rating rounds say of people and organizations, as the eligibility checks ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.rules.eligibility import Rated


@dataclass(frozen=True, slots=True)
class Ratings:
    """The latest finished result of each sort, and the gradings of the last years, newest first."""

    review: Rated | None = None
    star: Rated | None = None
    grading: Rated | None = None
    past: tuple[Rated, ...] = ()


NONE = Ratings()


def ratings_of(model: str, ids: Sequence[int], on: str) -> dict[int, Ratings]:
    """The finished results of these members or organizations before a day, by id."""
    del model, ids, on
    return {}
