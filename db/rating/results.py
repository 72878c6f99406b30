"""What finished rounds say of somebody, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.registers.appraisal import Appraisal, Participant


@dataclass(frozen=True, slots=True)
class Finished:
    """One sealed result of a member or an organization."""

    subject: int
    appraisal: int
    scheme_code: str
    scheme_name: str
    period: str
    sealed_on: str
    level: str
    rank: int
    levels: int
    stars: int | None
    total: int | None
    vetoed: tuple[str, ...]


def finished(
    ids: Sequence[int], *, subject: str = "member", before: str = "", years: int = 0
) -> dict[int, list[Finished]]:
    """Sealed results of these members or organizations, the newest first; `before` excludes later ones."""
    p, a = Participant, Appraisal
    key = p.organization if subject == "organization" else p.member
    rounds = {
        one.id: one
        for one in a.living().where(
            a.sealed_on != "", *((a.sealed_on <= before,) if before else ())
        )
    }
    if years and before:
        rounds = {k: one for k, one in rounds.items() if one.year > int(before[:4]) - 1 - years}
    found: dict[int, list[Finished]] = {ident: [] for ident in ids}
    for start in range(0, len(ids), 5000):
        query = (
            p.living()
            .select(key, p.appraisal, p.level, p.rank, p.total, p.vetoes)
            .where(p.level != "", key.in_(list(ids[start : start + 5000])))
        )
        for ident, round_id, level, rank, total, vetoes in query.tuples():
            one = rounds.get(round_id)
            if one is None:
                continue
            rules = one.rules
            texts = {veto.id: veto.text for veto in rules.vetoes}
            place = rules.level_rank.get(level, rank or 0)
            found[ident].append(
                Finished(
                    ident,
                    round_id,
                    one.scheme_code,
                    rules.name,
                    one.period,
                    one.sealed_on,
                    level,
                    place,
                    len(rules.levels),
                    rules.levels[place].stars,
                    total,
                    tuple(texts.get(veto, veto) for veto in vetoes or ()),
                )
            )
    for rows in found.values():
        rows.sort(key=lambda row: (row.period[:4], row.sealed_on), reverse=True)
    return found
