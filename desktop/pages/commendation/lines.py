"""The nominations of a round as lines of a list, read at once."""

from __future__ import annotations

from db.codes import code_list
from db.commending.reviewing import verdict
from db.commending.tree import Tree
from db.registers.commendation import AwardType, Nomination
from desktop.pages.commendation.reckoned_table import Row


def listed(round_: int, award_type: int | None) -> list[Row]:
    """The nominations of a round (or of one award type) as lines."""
    tree = Tree.load()
    query = (
        Nomination.living()
        .select(Nomination, AwardType)
        .join(AwardType)
        .where(Nomination.commendation == round_)
        .order_by(AwardType.position, Nomination.rank.is_null(), Nomination.rank, Nomination.id)
    )
    if award_type is not None:
        query = query.where(Nomination.award_type == award_type)
    states = code_list("nomination_state")
    rows = []
    for one in query:
        mark, why = verdict(one)
        written = len("".join(one.deeds.split()))
        rows.append(
            Row(
                one.id,
                (
                    str(one.rank or ""),
                    one.name,
                    states.label_of(one.state),
                    mark,
                    f"{written} 字" if written else "未写",
                    tree.name(one.nominator_id),
                    one.award_type.name,
                ),
                mark == "不符合",
                why,
            )
        )
    return rows
