"""The rows as they are after a plan: plain values in, plain values out.

The database is written by `db.exchange.writing`, which does the same; simulations use this one.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.exchange.plan import Plan, Shapes
from db.exchange.share import Key, Value


def merge(
    rows: Mapping[Key, Mapping[str, Value]], shapes: Shapes, plan: Plan
) -> dict[Key, dict[str, Value]]:
    """Every row as it stands when the plan has been carried out; the rows given are not touched."""
    after = {key: dict(row) for key, row in rows.items()}
    for line in plan.new:
        fresh = {column: shape.default for column, shape in shapes[line.stem].items()}
        after[line.key] = {**fresh, **line.values, "office": line.office}
    for key, values in plan.changed.items():
        after[key] |= values
    return after
