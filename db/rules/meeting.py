"""What the counts of a meeting must keep to: expected ≥ present ≥ approving; None is not counted."""

from __future__ import annotations

from collections.abc import Iterator

from db.errors import Fault


def faults(
    expected: int | None, present: int | None, approving: int | None = None, approval: str = ""
) -> Iterator[Fault]:
    """Nobody is present who was not expected, nobody approves who is not present.

    `approval` is what the office calls those who approve (赞成票数, 同意人数).
    """
    if present is not None and expected is not None and present > expected:
        yield Fault("present", "实到人数不能多于应到人数")
    if approving is not None and present is not None and approving > present:
        yield Fault("approving", f"{approval}不能多于实到人数")
