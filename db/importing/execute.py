"""Execute a plan exactly as it was shown: one operation, one undo, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db import access, journal, registry
from db.bulk import insert_rows, update_rows
from db.connection import database
from db.errors import Refusal
from db.fields import Reference
from db.gc_pause import gc_paused
from db.importing.plan import Outcome, Plan, PlannedRow
from db.record import Record
from db.registers.organization import Organization

Progress = Callable[[int, int], None]
"""Rows done, rows in all; may raise to cancel, which leaves everything as it was."""

_CHUNK = 2500


@dataclass(frozen=True)
class Executed:
    """What an import did; `operation` is None when there was nothing to write."""

    plan: Plan
    operation: int | None
    founded: tuple[int, ...] = ()
    records: tuple[int, ...] = ()
    """New and changed records, in the order of the file."""


def execute(plan: Plan, progress: Progress | None = None) -> Executed:
    """Write what the plan says, in one transaction; undo by its operation.

    Raises Refusal when the registers changed since the plan was made: nothing is written then, and
    the plan must be made anew.
    """
    access.require("import", plan.stem, plan.label)
    if plan.changes_nothing:
        _refuse_if_stale(plan)
        return Executed(plan, None)
    counts = plan.counts
    words = f"导入{plan.label}：新增 {counts[Outcome.NEW]}、修改 {counts[Outcome.CHANGED]}"
    if plan.source:
        words += f"（{plan.source}）"
    with gc_paused(), journal.operation(words, kind="import") as opened:
        _refuse_if_stale(plan)
        writing = _Writing(plan, progress)
        founded = writing.run()
    return Executed(plan, opened.id, founded, writing.records())


def _refuse_if_stale(plan: Plan) -> None:
    register = registry.register(plan.stem)
    stems = {register.model.stem()}
    stems.update(
        field.rel_model.stem()
        for field in register.model._meta.sorted_fields
        if isinstance(field, Reference)
    )
    marks = ", ".join("?" * len(stems))
    row = database.execute_sql(
        f"SELECT 1 FROM journal WHERE id > ? AND stem IN ({marks}) LIMIT 1",
        (plan.stamp, *sorted(stems)),
    ).fetchone()
    if row is not None:
        raise Refusal("预览之后台账又有改动，为免覆盖，没有导入。请重新预览后再导入。")


class _Writing:
    """The rows of one plan, parents before children."""

    def __init__(self, plan: Plan, progress: Progress | None) -> None:
        self.plan = plan
        self.model = registry.register(plan.stem).model
        self.progress = progress
        # Only somebody who watches needs the rows in portions; the indexes like them all at once.
        self.chunk = _CHUNK if progress is not None else max(1, len(plan.rows))
        self.ids: dict[int, int] = {
            -row.number: row.record for row in plan.rows if row.record is not None
        }
        """Pending id → id, as far as known."""
        self.done = 0
        self.total = sum(1 for row in plan.rows if row.outcome in (Outcome.NEW, Outcome.CHANGED))
        self.references = [
            field.name
            for field in self.model._meta.sorted_fields
            if isinstance(field, Reference) and field.name in self._fields()
        ]

    def _fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.plan.fields, *self.plan.options.fill)))

    def run(self) -> tuple[int, ...]:
        founded = self._found()
        self._register_short_names()
        new = [row for row in self.plan.rows if row.outcome is Outcome.NEW]
        for wave in self._waves(new):
            self._insert(wave)
        self._update([row for row in self.plan.rows if row.outcome is Outcome.CHANGED])
        return founded

    def records(self) -> tuple[int, ...]:
        """The ids of what was written, once it is written."""
        written = (Outcome.NEW, Outcome.CHANGED)
        return tuple(self.ids[-row.number] for row in self.plan.rows if row.outcome in written)

    def _found(self) -> tuple[int, ...]:
        waiting = list(self.plan.founding)
        founded: list[int] = []
        while waiting:
            ready = [f for f in waiting if f.parent is None or self._known(f.parent)]
            if not ready:
                raise RuntimeError("organizations to be founded form a ring")
            lines = [{**f.values(), "parent": self._real(f.parent)} for f in ready]
            ids = insert_rows(Organization, tuple(lines[0]), [tuple(li.values()) for li in lines])
            for founding, row_id in zip(ready, ids, strict=True):
                self.ids[founding.pending] = row_id
            founded += ids
            waiting = [f for f in waiting if f.pending not in self.ids]
        return tuple(founded)

    def _register_short_names(self) -> None:
        """A name declared to mean a kept organization is matched exactly from now on."""
        same = self.plan.options.same
        if not same:
            return
        free = {
            organization.id
            for organization in Organization.select(Organization.id).where(
                Organization.id.in_(list(same.values())), Organization.short_name == ""
            )
        }
        update_rows(
            Organization, ["short_name"], [(at, (name,)) for name, at in same.items() if at in free]
        )

    def _known(self, row_id: int) -> bool:
        return row_id > 0 or row_id in self.ids

    def _real(self, row_id: int | None) -> int | None:
        return row_id if row_id is None or row_id > 0 else self.ids[row_id]

    def _waves(self, rows: list[PlannedRow]) -> Iterator[list[PlannedRow]]:
        """New rows so that what a row refers to is there before it."""
        while rows:
            if not any(
                row.values.get(n, 1) < 0 for n in self._own() for row in rows if n in row.values
            ):
                yield rows
                return
            ready = [row for row in rows if self._is_ready(row)]
            if not ready:
                raise RuntimeError("rows of the plan refer to each other in a ring")
            yield ready
            taken = {row.number for row in ready}
            rows = [row for row in rows if row.number not in taken]

    def _own(self) -> list[str]:
        return [n for n in self.references if self.model._meta.fields[n].rel_model is self.model]

    def _is_ready(self, row: PlannedRow) -> bool:
        return all(
            (value := row.values.get(name)) is None or self._known(value)
            for name in self.references
        )

    def _one_by_one(self) -> bool:
        """Whether the register does more on saving than the bulk path would."""
        return self.model.check is not Record.check or self.model.save is not Record.save

    def _save(self, row: PlannedRow) -> None:
        record = self.model() if row.record is None else self.model.get_by_id(row.record)
        for name, value in row.values.items():
            setattr(record, name, self._real(value) if name in self.references else value)
        record.save()
        self.ids[-row.number] = record.id
        self._tell(1)

    def _insert(self, rows: Sequence[PlannedRow]) -> None:
        if self._one_by_one():
            for row in rows:
                self._save(row)
            return
        names = self._fields()
        fields = [self.model._meta.fields[name] for name in names]
        defaults = [f.default() if callable(f.default) else f.default for f in fields]
        places = [at for at, name in enumerate(names) if name in self.references]
        blank = dict(zip(names, defaults, strict=True))
        for start in range(0, len(rows), self.chunk):
            chunk = rows[start : start + self.chunk]
            values: list[list[Any]] = []
            for row in chunk:
                line = list({**blank, **row.values}.values())
                for at in places:
                    line[at] = self._real(line[at])
                values.append(line)
            ids = insert_rows(self.model, names, values)
            for row, row_id in zip(chunk, ids, strict=True):
                self.ids[-row.number] = row_id
            self._tell(len(chunk))

    def _update(self, rows: Sequence[PlannedRow]) -> None:
        if self._one_by_one():
            for row in rows:
                self._save(row)
            return
        groups: dict[tuple[str, ...], list[PlannedRow]] = {}
        for row in rows:
            groups.setdefault(tuple(change.field for change in row.changes), []).append(row)
        for names, members in groups.items():
            updates = []
            for row in members:
                values = [
                    self._real(change.new) if change.field in self.references else change.new
                    for change in row.changes
                ]
                assert row.record is not None
                updates.append((row.record, values))
            for start in range(0, len(updates), self.chunk):
                chunk = updates[start : start + self.chunk]
                update_rows(self.model, names, chunk)
                self._tell(len(chunk))

    def _tell(self, rows: int) -> None:
        self.done += rows
        if self.progress is not None:
            self.progress(self.done, self.total)
