"""推荐意见: what an organ wrote, given to many nominations at once, as a meeting decides on many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db import journal
from db.codes import code_list
from db.commending.programme import require_step
from db.errors import Fault, Refusal
from db.registers.commendation import Nomination, Opinion

_OPEN = ("draft", "nominating", "reviewing", "notice")


def give(nominations: Sequence[Nomination], organ: str, **given: Any) -> int:
    """Write one organ's opinion on each of these forms; what it wrote before is replaced.

    `given` are fields of the opinion: answer, words, on, expected, present, approving, signer.
    """
    if not nominations:
        raise Refusal("请先选中推荐对象。")
    organs = code_list("opinion_organ")
    if organ not in organs:
        raise Refusal("请选择意见栏。", [Fault("organ", "请选择意见栏")])
    for commendation in {n.commendation_id: n.commendation for n in nominations}.values():
        require_step(commendation, *_OPEN)
    kept = {
        one.nomination_id: one
        for one in Opinion.living().where(
            Opinion.nomination.in_([n.id for n in nominations]), Opinion.organ == organ
        )
    }
    names = "、".join(n.name for n in nominations[:3])
    more = f"等 {len(nominations)} 个" if len(nominations) > 3 else ""
    with journal.operation(f"{organs.label_of(organ)}：{names}{more}", kind="opinion"):
        for one in nominations:
            opinion = kept.get(one.id) or Opinion(nomination=one, organ=organ)
            for name, value in given.items():
                setattr(opinion, name, value)
            opinion.save()
    return len(nominations)
