"""The plan of an import: what each row will become, shown first and executed exactly as shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from db.importing.founding import Founding
from db.importing.table import Note, Table


class Outcome(StrEnum):
    """What becomes of a data row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The word for people."""
        return _LABELS[self]


_LABELS = {
    Outcome.NEW: "新增",
    Outcome.CHANGED: "修改",
    Outcome.SAME: "未变",
    Outcome.REFUSED: "退回",
}


@dataclass(frozen=True)
class Options:
    """What the person decided about the import."""

    found: bool | frozenset[str] = False
    """Found organizations the roster names and the office does not keep: all, none, or these."""
    blank_erases: bool = False
    """Whether an empty cell empties the kept field; by default it leaves it alone."""
    fill: Mapping[str, str] = field(default_factory=dict)
    """Field name → what stands for it in every row where the roster says nothing."""
    same: Mapping[str, int] = field(default_factory=dict)
    """Names a person declared to mean a kept organization (某村支部 → 某村党支部); registered as
    its short name when the plan is executed."""
    scope: int | None = None
    """The organization that founded ones hang from; None = the office's own 党委."""

    def may_found(self, name: str) -> bool:
        """Whether an organization of this name may be founded."""
        return self.found if isinstance(self.found, bool) else name in self.found


class Change(NamedTuple):
    """One field that gets another value; old and new in kept form and as people read them."""

    field: str
    label: str
    old: Any
    new: Any
    old_shown: str
    new_shown: str


class Remark(NamedTuple):
    """Something about one field of a row: why it is refused, or what is doubtful and kept."""

    field: str
    column: str
    """The heading of the roster's column, or the field's label where the roster has none."""
    words: str


class PlannedRow(NamedTuple):
    """One data row of the file and what will become of it."""

    number: int
    outcome: Outcome
    title: str
    record: int | None
    """The kept record that is meant; None for new and refused rows."""
    reasons: tuple[Remark, ...] = ()
    """Why it is refused, or why it is taken for the same as another row."""
    flags: tuple[Remark, ...] = ()
    """What is kept all the same and should be looked at."""
    changes: tuple[Change, ...] = ()
    values: Mapping[str, Any] = MappingProxyType({})
    """All values of a new row, the changed ones of a changed row."""

    @property
    def column(self) -> str:
        """The column of the first reason or flag."""
        remarks = self.reasons or self.flags
        return remarks[0].column if remarks else ""

    @property
    def reason(self) -> str:
        """All reasons (or flags) in one line."""
        return "；".join(remark.words for remark in self.reasons or self.flags)


@dataclass(frozen=True)
class Twin:
    """某村支部 in the roster, 某村党支部 in the ledger: is it the same? `rows` ask so."""

    name: str
    record: int
    kept: str
    rows: int


@dataclass(frozen=True)
class Plan:
    """What an import will do; immutable, bound to the state of the database it was made from."""

    stem: str
    label: str
    source: str
    rows: tuple[PlannedRow, ...]
    founding: tuple[Founding, ...]
    """Organizations that will be founded by this plan."""
    proposed: tuple[Founding, ...]
    """Organizations that could be founded; rows naming them are refused until they may be."""
    twins: tuple[Twin, ...]
    """Names that differ from a kept organization only by 党: questions to the person."""
    fields: tuple[str, ...]
    """The fields the roster fills."""
    stamp: int
    """The last operation the plan knows of."""
    options: Options
    table: Table
    notes: tuple[Note, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many rows become this; the four counts add up to the data rows."""
        return self.counts[outcome]

    @cached_property
    def counts(self) -> dict[Outcome, int]:
        """All four counts."""
        counted = Counter(row.outcome for row in self.rows)
        return {outcome: counted[outcome] for outcome in Outcome}

    @cached_property
    def refused(self) -> tuple[PlannedRow, ...]:
        """The rows that go back to the person."""
        return tuple(row for row in self.rows if row.outcome is Outcome.REFUSED)

    @cached_property
    def flagged(self) -> tuple[PlannedRow, ...]:
        """The rows that go in and should be looked at."""
        return tuple(row for row in self.rows if row.flags and row.outcome is not Outcome.REFUSED)

    @property
    def changes_nothing(self) -> bool:
        """Whether executing would write no row."""
        counts = self.counts
        return not (self.founding or counts[Outcome.NEW] or counts[Outcome.CHANGED])

    def words(self) -> str:
        """The plan in one sentence."""
        counts = self.counts
        told = "、".join(f"{outcome.label} {counts[outcome]}" for outcome in Outcome)
        flagged = len(self.flagged)
        return f"共 {len(self.rows)} 行：{told}" + (f"；其中 {flagged} 行有疑点" if flagged else "")


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as the command line prints it: four counts and a line per data row."""
    result: dict[str, Any] = {outcome.value: count for outcome, count in plan.counts.items()}
    result["rows"] = [
        {
            "row": row.number,
            "outcome": row.outcome.value,
            "column": row.column,
            "reason": row.reason,
        }
        for row in plan.rows
    ]
    return result


def refused_lines(plan: Plan) -> Sequence[tuple[int, tuple[object, ...], tuple[Remark, ...]]]:
    """Refused rows as they stood in the file: row number, cells, reasons."""
    cells = {row.number: tuple(row.cells) for row in plan.table.rows}
    return [(row.number, cells[row.number], row.reasons) for row in plan.refused]
