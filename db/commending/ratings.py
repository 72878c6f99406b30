"""What the rating rounds say of people and organizations, as the eligibility checks ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from db.codes import code_list
from db.commending.places import chunks
from db.registers.appraisal import Appraisal, Participant
from db.rules.eligibility import Rated

#: 民主评议等次 as heights, so that “合格以上” can be asked for.
REVIEW_HEIGHTS = {"excellent": 4, "qualified": 3, "basic": 2, "unqualified": 1}


@dataclass(frozen=True, slots=True)
class Ratings:
    """The latest finished result of each sort, and the gradings of the last years, newest first."""

    review: Rated | None = None
    star: Rated | None = None
    grading: Rated | None = None
    past: tuple[Rated, ...] = ()


NONE = Ratings()


def ratings_of(subject: str, ids: Sequence[int], on: str) -> dict[int, Ratings]:
    """The finished results of these members or organizations ("member", "organization") up to a day.

    A level that carries stars counts as 星级; a level of 民主评议 as review; any other as 定级. A round
    counts from the day its result was decided.
    """
    rounds = {a.id: _Round.of(a) for a in _decided(on)}
    key = Participant.member if subject == "member" else Participant.organization
    found: dict[int, Ratings] = {}
    if not rounds:
        return found
    newest = {ident: place for place, ident in enumerate(rounds)}
    for chunk in chunks(ids):
        rows = (
            Participant.living()
            .select(
                key,
                Participant.appraisal,
                Participant.level,
                Participant.rank,
                Participant.review,
                Participant.vetoes,
            )
            .where(
                key.in_(chunk),
                Participant.state == "rated",
                Participant.appraisal.in_(list(rounds)),
            )
            .tuples()
        )
        for owner, round_id, *result in sorted(rows, key=lambda row: newest[row[1]]):
            found[owner] = rounds[round_id].added(found.get(owner, NONE), *result)
    return found


def _decided(on: str) -> list[Appraisal]:
    """Rounds whose result stands, newest first."""
    return list(
        Appraisal.living()
        .where(Appraisal.decided_on != "", Appraisal.decided_on <= on)
        .order_by(Appraisal.year.desc(), Appraisal.decided_on.desc(), Appraisal.id.desc())
    )


@dataclass(frozen=True, slots=True)
class _Round:
    """What the levels of one round mean, read from its scheme once."""

    period: str
    stars: dict[str, int]
    vetoes: dict[str, str]
    is_review: bool
    is_ballot: bool

    @classmethod
    def of(cls, appraisal: Appraisal) -> _Round:
        """The levels of a round: stars, grades of 民主评议, a satisfaction ballot, or gradings."""
        rules = appraisal.rules
        grades = code_list("review_grade")
        starred = any(one.stars for one in rules.levels)
        return cls(
            period_words(str(appraisal.period)),
            {one.name: one.stars or 0 for one in rules.levels} if starred else {},
            {one.id: one.text for one in rules.vetoes},
            all(grades.find(one.name) is not None for one in rules.levels),
            any("满意" in one.name for one in rules.levels),
        )

    def added(
        self, known: Ratings, level: str, rank: int | None, review: str, vetoes: Any
    ) -> Ratings:
        """What is known with one more result, older than all before it."""
        struck = "、".join(self.vetoes.get(one, str(one)) for one in vetoes or ())
        if review and known.review is None:
            known = replace(known, review=_reviewed(self.period, review, struck))
        if not level or self.is_ballot:
            return known  # a satisfaction ballot is no grading
        if self.is_review:
            if known.review is None:
                known = replace(known, review=_reviewed(self.period, level, struck))
            return known
        if self.stars:
            rated = Rated(self.period, level, self.stars.get(level, 0), struck)
            if known.star is None:
                known = replace(known, star=rated)
        else:
            rated = Rated(self.period, level, (rank or 0) + 1, struck)
            if known.grading is None:
                known = replace(known, grading=rated)
        return replace(known, past=(*known.past, rated)[:3])


def period_words(period: str) -> str:
    """2026 → 2026年度, 2026-Q3 → 2026年三季度, 2026-11 → 2026年11月; other words stay."""
    year, _, part = period.partition("-")
    if not (year.isdecimal() and len(year) == 4):
        return period
    if not part:
        return f"{year}年度"
    if part.startswith(("Q", "H")) and part[1:].isdecimal():
        names = {"Q": ("", "一季度", "二季度", "三季度", "四季度"), "H": ("", "上半年", "下半年")}
        return f"{year}年{names[part[0]][int(part[1:])]}"
    return f"{year}年{int(part)}月" if part.isdecimal() else period


def _reviewed(period: str, words: str, struck: str) -> Rated:
    code = code_list("review_grade").find(words) or ""
    return Rated(period, words, REVIEW_HEIGHTS.get(code, 0), struck)
