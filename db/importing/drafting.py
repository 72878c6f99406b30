"""Make the plan of an import out of a table, a mapping of its columns and the kept rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from db import access, registry
from db.connection import database
from db.errors import Refusal
from db.fields import Reference
from db.gc_pause import gc_paused
from db.importing.cells import BLANK, Problem, Several, read_cell
from db.importing.match import NOBODY, Index, Values, agrees
from db.importing.naming import Naming, Unkept
from db.importing.plan import Change, Options, Outcome, Plan, PlannedRow, Remark
from db.importing.probing import Probe
from db.importing.reading import Columns
from db.importing.table import Table


@dataclass(slots=True)
class _Draft:
    """A row on its way to a PlannedRow."""

    number: int
    values: Values
    reasons: list[Remark] = field(default_factory=list)
    flags: list[Remark] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    outcome: Outcome = Outcome.REFUSED
    record: int | None = None
    cleared: tuple[str, ...] = ()
    same_as: int = 0


def plan(
    stem: str,
    table: Table,
    mapping: Mapping[int, str],
    options: Options | None = None,
) -> Plan:
    """What importing this table into a register will do, row by row; writes nothing.

    `mapping` is column number (from 0) → field name. Raises Refusal when the person may not
    import, when there are no rows, or when no mapped column can tell the rows apart.
    """
    register = registry.register(stem)
    access.require("import", stem, register.label)
    if not table.rows:
        raise Refusal(f"“{table.name}”里没有数据行，没有可导入的内容。")
    with gc_paused():
        return _Drafting(register, table, mapping, options or Options()).plan()


class _Drafting:
    def __init__(
        self,
        register: registry.Register,
        table: Table,
        mapping: Mapping[int, str],
        options: Options,
    ) -> None:
        self.register = register
        self.model = register.model
        self.table = table
        self.options = options
        self.stamp = journal_position()
        self.naming = Naming(options)
        self.index = Index(self.model)
        self.columns = Columns(self.model, table, mapping, self.naming)
        self.headings = self.columns.headings
        self._require_keys()
        self.implied: set[str] = set()
        """Fields without a column that other values tell: the birth date by the ID number."""
        self.unkept: Counter[str] = Counter()
        """How many rows wait for an organization that may not be founded."""
        self.probe = Probe(self.model)
        self.drafts: dict[int, _Draft] = {}
        self.taken: dict[int, _Draft] = {}
        """Record id (or minus the row number of a new row) → the row that claimed it."""
        fields = self.model._meta.fields
        self.fill = {name: self._filled(fields[name], text) for name, text in options.fill.items()}

    def _require_keys(self) -> None:
        keys = self.index.keys
        telling = [name for name in (keys.strong, keys.code, keys.title) if name]
        if telling and not any(name in self.headings for name in telling):
            labels = "、".join(f"“{self.model._meta.fields[name].label}”" for name in telling)
            raise Refusal(f"表里没有找到{labels}中的任何一列，认不出每一行是谁，请先对应列。")

    def _filled(self, field_: Any, text: str) -> Any:
        if isinstance(field_, Reference):
            value = self.naming.read(field_, [text])[0]
        else:
            value = read_cell(field_, text)
        if isinstance(value, Problem) and not isinstance(value, Unkept):
            raise Refusal(value.reason)
        return value

    # -- rows ---------------------------------------------------------------------------

    def plan(self) -> Plan:
        names = tuple(self.columns.values)
        columns = tuple(self.columns.values.values())
        pending_rows: Counter[int] = Counter()
        lines = zip(*columns, strict=True) if columns else iter(() for _ in self.table.rows)
        for at, (row, cells) in enumerate(zip(self.table.rows, lines, strict=True)):
            values: Values = {
                name: value for name, value in zip(names, cells, strict=False) if value is not BLANK
            }
            draft = self.drafts[row.number] = _Draft(row.number, values)
            if at not in self.columns.problems:
                self._decide(draft)
                continue
            for name, problem in self.columns.problems[at]:
                del values[name]
                self._object(draft, name, problem)
        self._refuse_orphans()
        references = [f.name for f in self.columns.references]
        references += [name for name in self.fill if name not in references]
        for draft in self.drafts.values():
            if draft.outcome in (Outcome.NEW, Outcome.CHANGED):
                for name in references:
                    value = draft.values.get(name)
                    if isinstance(value, int) and value < 0:
                        pending_rows[value] += 1
        foundings = self.naming.foundings(self.unkept)
        founding = [f for f in foundings if f.pending in pending_rows]
        parents = {f.parent for f in founding}
        founding = [
            replace(f, rows=pending_rows[f.pending])
            for f in foundings
            if f.pending in pending_rows or f.pending in parents
        ]
        return Plan(
            stem=self.register.stem,
            label=self.register.label,
            source=self.table.name,
            rows=tuple(self._planned(draft) for draft in self.drafts.values()),
            founding=tuple(founding),
            proposed=tuple(f for f in foundings if f.name in self.unkept),
            twins=self.naming.twins,
            fields=tuple(dict.fromkeys((*names, *sorted(self.implied)))),
            stamp=self.stamp,
            options=self.options,
            table=self.table,
            notes=self.table.notes,
        )

    def _object(self, draft: _Draft, name: str, problem: Problem) -> None:
        draft.reasons.append(self._remark(name, problem.reason))
        if isinstance(problem, Unkept):
            self.unkept[problem.name] += 1

    def _remark(self, name: str, words: str) -> Remark:
        known = self.model._meta.fields
        column = self.headings.get(name) or (known[name].label if name in known else "")
        return Remark(name, column, words)

    def _decide(self, draft: _Draft) -> None:
        """Find who the row is, and what it becomes."""
        found = self.index.find(draft.values)
        if found is NOBODY:
            self._make_new(draft)
        elif found.several:
            told = "、".join(
                f"第 {-row} 行" if row < 0 else f"“{self._title_of(row)}”"
                for row in found.several[:3]
            )
            count = len(found.several)
            draft.reasons.append(
                self._remark(found.by, f"有 {count} 条记录都符合（{told}），分不清是哪一个")
            )
        elif found.clash:
            draft.reasons.append(self._remark(found.by, found.clash))
        elif found.row in self.taken:
            assert found.row is not None
            self._repeat(draft, self.taken[found.row], found.by)
        else:
            assert found.row is not None
            self._compare(draft, found.row)
        if draft.reasons and not draft.same_as:
            draft.outcome = Outcome.REFUSED

    def _repeat(self, draft: _Draft, earlier: _Draft, by: str) -> None:
        """The row says again what an earlier row said, or contradicts it."""
        where = f"第 {earlier.number} 行"
        fields = self.model._meta.fields
        other = [
            name
            for name, value in draft.values.items()
            if not agrees(fields[name], earlier.values.get(name), value)
        ]
        title = self.index.keys.title
        if not other:
            draft.outcome, draft.record = Outcome.SAME, earlier.record
            draft.same_as = earlier.number
            draft.reasons.append(self._remark(by, f"与{where}重复"))
        elif by == self.index.keys.strong and title in other:
            mine, theirs = draft.values.get(title, ""), earlier.values.get(title, "")
            label = fields[by].label
            draft.reasons.append(
                self._remark(by, f"{where}用了同一个{label}，姓名是“{theirs}”，本行是“{mine}”")
            )
            words = f"第 {draft.number} 行用了同一个{label}，姓名是“{mine}”，已退回"
            earlier.flags.append(self._remark(by, words))
        else:
            labels = "、".join(f"“{self.headings.get(name, name)}”" for name in other[:4])
            draft.reasons.append(
                self._remark(other[0], f"与{where}是同一个，但{labels}不同，请核对后合为一行")
            )

    def _compare(self, draft: _Draft, record: int) -> None:
        """The row belongs to a kept record: what would change."""
        kept = self.index.kept[record]
        fields = self.model._meta.fields
        news = {
            name: value
            for name, value in draft.values.items()
            if not agrees(fields[name], kept[name], value)
        }
        if self.options.blank_erases:
            for name in self.columns.values:
                nothing = fields[name].nothing
                if name not in draft.values and kept[name] != nothing:
                    news[name] = nothing
        draft.record = record
        self._settle_names(draft, news)
        self._look_at_name(draft, kept)
        if not draft.reasons:
            self._check(draft, {**kept, **news}, record, news)
        if draft.reasons:
            return
        draft.outcome = Outcome.CHANGED if news else Outcome.SAME
        draft.changes = [self._change(name, kept[name], value) for name, value in news.items()]
        self.taken[record] = draft

    def _settle_names(self, draft: _Draft, given: Values) -> None:
        """A name that several rows have is sent back where nothing tells which is meant."""
        for field_ in self.columns.references:
            value = given.get(field_.name)
            if isinstance(value, Several):
                draft.reasons.append(self._remark(field_.name, value.reason))

    def _look_at_name(self, draft: _Draft, kept: Values) -> None:
        """One ID number under two names: a corrected character passes flagged, a stranger does not."""
        keys = self.index.keys
        old, new = kept.get(keys.title), draft.values.get(keys.title)
        if not keys.strong or not old or not new or old == new:
            return
        if set(old) & set(new):
            draft.flags.append(self._remark(keys.title, f"姓名将由“{old}”改为“{new}”"))
        else:
            label = self.model._meta.fields[keys.strong].label
            draft.reasons.append(
                self._remark(keys.title, f"台账中这个{label}的人是“{old}”，不是“{new}”，请核对")
            )

    def _make_new(self, draft: _Draft) -> None:
        values = draft.values
        for name, value in self.fill.items():
            if isinstance(value, Unkept):
                self._object(draft, name, value)
                return
            if value is not BLANK:
                values.setdefault(name, value)
        for name, value in self.model.implied(values).items():
            if name not in values and value != self.model._meta.fields[name].nothing:
                values[name] = value
                self.implied.add(name)
        self._settle_names(draft, values)
        if draft.reasons:
            return
        self._check(draft, self.probe.complete(values), -draft.number, values)
        if draft.reasons:
            return
        draft.outcome = Outcome.NEW
        for name, words in self._namesakes(values):
            draft.flags.append(self._remark(name, words))
        self.index.add(-draft.number, values)
        self.taken[-draft.number] = draft

    def _check(self, draft: _Draft, whole: Values, row_id: int, given: Values) -> None:
        """Required fields and the register's own checks, on the row as it would stand."""
        for name, nothing, label in self.probe.required:
            if whole[name] == nothing and (row_id < 0 or name in given):
                draft.reasons.append(self._remark(name, f"“{label}”不能为空"))
        if draft.reasons:
            return
        faults, warnings = self.probe.examine(whole, row_id, given)
        if not faults and not warnings:
            return
        draft.reasons += [self._remark(fault.field, fault.message) for fault in faults]
        # What the roster has no column for is no doubt about its rows.
        draft.flags += [
            self._remark(fault.field, fault.message)
            for fault in warnings
            if fault.field in self.headings or not fault.field
        ]

    def _namesakes(self, values: Values) -> Iterator[tuple[str, str]]:
        """A new row that looks like somebody known should be looked at."""
        for row_id in self.index.namesakes(values):
            where = f"第 {-row_id} 行" if row_id < 0 else "台账"
            words = f"{where}里有同名同出生日期的“{self._title_of(row_id)}”，身份号码不同"
            yield self.index.keys.title, words
        retired = self.index.retired_reason(values)
        if retired:
            yield self.index.keys.strong, f"台账里有已停用的同一号码（{retired}）"

    def _title_of(self, row_id: int) -> str:
        kept = self.index.kept[row_id]
        return str(kept.get(self.index.keys.title) or kept.get(self.index.keys.code) or "")

    def _change(self, name: str, old: Any, new: Any) -> Change:
        field_ = self.model._meta.fields[name]
        if isinstance(field_, Reference):
            titles = self.naming.directory(field_.rel_model)
            shown = [titles.title(value) if value else "" for value in (old, new)]
            if new is not None and new < 0:
                shown[1] = self.naming.pending_name(new) or f"第 {-new} 行"
        else:
            shown = [field_.show(old), field_.show(new)]
        return Change(name, field_.label, old, new, *shown)

    # -- rows that lean on rows of the same file ------------------------------------------

    def _refuse_orphans(self) -> None:
        """A row whose parent row was sent back goes back too, and so does a ring of parents."""
        references = [f.name for f in self.columns.references if f.rel_model is self.model]
        again = bool(references)
        while again:
            again = False
            for draft in self.drafts.values():
                if draft.outcome not in (Outcome.NEW, Outcome.CHANGED):
                    continue
                for name in references:
                    words = self._orphaned(draft, name)
                    if words:
                        draft.outcome = Outcome.REFUSED
                        draft.reasons.append(self._remark(name, words))
                        again = True
                        break

    def _orphaned(self, draft: _Draft, name: str) -> str:
        seen = {draft.number}
        above = draft.values.get(name)
        while isinstance(above, int) and above < 0 and -above in self.drafts:
            parent = self.drafts[-above]
            if parent.outcome is Outcome.REFUSED:
                return f"所填的上级在第 {parent.number} 行，那一行被退回"
            if parent.number in seen:
                return f"与第 {parent.number} 行互为上级"
            if parent.record is not None:
                return ""
            seen.add(parent.number)
            above = parent.values.get(name)
        return ""

    def _planned(self, draft: _Draft) -> PlannedRow:
        title = str(draft.values.get(self.index.keys.title) or "")
        reasons, flags = tuple(draft.reasons), tuple(draft.flags)
        if draft.outcome is Outcome.NEW:
            return PlannedRow(
                draft.number, Outcome.NEW, title, None, reasons, flags, (), draft.values
            )
        if draft.outcome is Outcome.REFUSED:
            return PlannedRow(draft.number, Outcome.REFUSED, title, None, reasons)
        changes = tuple(draft.changes)
        values = {change.field: change.new for change in changes}
        return PlannedRow(
            draft.number, draft.outcome, title, draft.record, reasons, flags, changes, values
        )


def journal_position() -> int:
    """The last journal line there is; what comes later is news to a plan."""
    row = database.execute_sql("SELECT max(id) FROM journal").fetchone()
    return int(row[0] or 0)
