"""What shorter rounds of another scheme came to in the same year: “rounds.mean:<办法代号>”, “rounds.sum:…”."""

from __future__ import annotations

from fractions import Fraction

from peewee import fn

from db.rating.sources import Drawing
from db.registers.appraisal import Appraisal, Participant


def _totals(asked: Drawing) -> dict[int, tuple[int, int]]:
    """Sum of totals in 1/100 point and number of sealed rounds, by subject."""
    p = Participant
    key = fn.COALESCE(p.member, p.organization)
    query = (
        p.living()
        .select(key, fn.SUM(p.total), fn.COUNT(p.id))
        .join(Appraisal)
        .where(
            Appraisal.scheme_code == asked.parameter,
            Appraisal.year == asked.span.year,
            Appraisal.sealed_on != "",
            p.total.is_null(False),
        )
        .group_by(key)
    )
    wanted = set(asked.ids)
    return {key: (total, times) for key, total, times in query.tuples() if key in wanted}


def mean(asked: Drawing) -> dict[int, Fraction]:
    """The mean of the totals of this year's shorter rounds, in points."""
    return {key: Fraction(total, times * 100) for key, (total, times) in _totals(asked).items()}


def summed(asked: Drawing) -> dict[int, Fraction]:
    """The sum of the totals of this year's shorter rounds, in points."""
    return {key: Fraction(total, 100) for key, (total, _) in _totals(asked).items()}


SOURCES = {
    "rounds.mean": ("年内各期得分平均", mean),
    "rounds.sum": ("年内各期得分合计", summed),
}
