"""The steps of a round for the bar: what is done and when, where it stands, what comes."""

from __future__ import annotations

from typing import Any

from db.codes import code_list
from db.rules import dates
from desktop.widgets.steps_bar import Step

#: The column that dates each step.
_DATED = {
    "nominating": "nominate_until",
    "reviewing": "reviewed_on",
    "notice": "notice_until",
    "decided": "decided_on",
    "granted": "granted_on",
}
#: Steps whose day is the last one of a period.
_UNTIL = frozenset({"nominating", "notice"})


def steps_of(round_: Any) -> tuple[Step, ...]:
    """The steps of a round with their days."""
    steps = code_list("commendation_step")
    now = steps.position(round_.step)
    found = []
    for at, step in enumerate(steps):
        day = str(getattr(round_, _DATED[step.code])) if step.code in _DATED else ""
        shown = f"至 {dates.show(day)}" if day and step.code in _UNTIL else dates.show(day)
        state = "done" if at < now else "now" if at == now else "next"
        found.append(Step(step.label, state, shown))
    return tuple(found)
