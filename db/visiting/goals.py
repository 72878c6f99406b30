"""“七个一”: the seven goals listed for contact points, and how many are reached."""

from __future__ import annotations

from collections.abc import Sequence

from db import journal
from db.codes import code_list
from db.errors import Refusal
from db.registers.contact_point import ContactPoint, Goal


def list_goals(points: Sequence[ContactPoint], due_on: str = "") -> int:
    """Give each of these points the goals it does not have yet; returns how many were added."""
    if not points:
        raise Refusal("请先选中联系点。")
    kept = {
        (one.contact_point_id, one.kind)
        for one in Goal.living().where(Goal.contact_point.in_([p.id for p in points]))
    }
    missing = [
        (point, kind)
        for point in points
        for kind in code_list("contact_goal").codes
        if (point.id, kind) not in kept
    ]
    if not missing:
        raise Refusal("这些联系点的七项目标已经列好。")
    with journal.operation(f"列出 {len(points)} 个联系点的“七个一”目标"):
        for point, kind in missing:
            Goal(contact_point=point, kind=kind, due_on=due_on).save()
    return len(missing)
