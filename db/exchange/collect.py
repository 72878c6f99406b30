"""What this office has to tell another since that one's last receipt, read from the journal.

Rows made since go whole; of older ones only the fields whose value now differs. Asking twice without
a receipt in between tells the same, or more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from db import journal
from db.connection import database
from db.exchange import conflict, shapes
from db.exchange.share import Line, Value
from db.identity import Identity
from db.record import Record

_CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Task:
    """To whom, from which journal entry on, whether everything, and what was promised in answer.

    `stages` are the journal entries up to which packets without a receipt went: the other office may
    stand at any of them. Up to `retold` it has forgotten even what it told us itself. `doubled`: two
    PCs had one database, so a row that is new here may have another one's number there.
    """

    office: str
    covered: int
    upto: int
    full: bool
    stages: tuple[int, ...] = ()
    retold: int = 0
    doubled: bool = False


@dataclass(slots=True)
class _Path:
    """How one field came to its value: from where, by which journal entries, and who said so."""

    before: Value
    #: The other office is known to have had `before`; not so for the first value of a new row.
    shared: bool
    steps: list[tuple[int, Value]] = field(default_factory=list)
    #: What packets said meanwhile, over something of ours that had not been told yet.
    heard: list[Value] = field(default_factory=list)

    def unheard(self, stages: Sequence[int], before: int) -> bool:
        """Whether we said something that no packet made before this journal entry says."""
        told = max((stage for stage in stages if stage < before), default=0)
        return bool(self.steps) and self.steps[-1][0] > told

    def at(self, entry: int) -> Value:
        """The value after everything up to this journal entry."""
        done = [value for step, value in self.steps if step <= entry]
        return done[-1] if done else self.before

    def stood(self, task: Task) -> list[Value]:
        """Where the other office may stand: at its receipt, at each packet since, at its own word."""
        first = [self.before] if self.shared else []
        return [*first, *(self.at(stage) for stage in task.stages), *self.heard]


@dataclass(slots=True)
class _Row:
    """What happened to a row; what a packet did to it is told on only of rows shown to others.

    `made`: by ourselves, not by a packet. `came`: it was given to the other office. `left`: what it
    had when it went over to another office; what we said of it before is told, nothing later.
    """

    fresh: bool = False
    made: bool = False
    came: bool = False
    left: dict[str, Value] | None = None
    fields: dict[str, _Path] = field(default_factory=dict)


def newest_entry() -> int:
    """The journal entry up to which everything is known now."""
    found = database.execute_sql("SELECT max(id) FROM journal").fetchone()[0]
    return int(found or 0)


def collect(task: Task, us: Identity) -> list[Line]:
    """The lines for one office, ordered by table and row."""
    answers = conflict.found_to_hold(task.office)
    found: list[Line] = []
    touched_of = _touched(task, us)
    for model in shapes.models():
        stem = model.stem()
        touched = touched_of.get(stem, {})
        open_fields = _open_conflicts(task.office, stem)
        told = answers.get(stem, {})
        wanted: Iterable[int] = {*touched, *told}
        rows = dict(_rows(model, None if task.full else sorted(wanted), us, task, sorted(told)))
        left = sorted(row for row, one in touched.items() if one.left is not None)
        rows |= dict(_read(model, "", (), left))
        for row, values in sorted(rows.items()):
            one = touched.get(row, _Row())
            if one.left is not None:
                values |= one.left
            mine = values["office"] == us.office_code
            theirs = values["office"] == task.office
            whole = one.came or not (mine or theirs) or (theirs and one.made)
            whole = whole or (mine and (one.fresh or (task.full and one.left is None)))
            line = _line(stem, row, values, one, task, whole, told.get(row, {}))
            if task.doubled and whole and one.fresh:
                line = _from_nothing(model, line)
            if not (mine or line.whole):
                line = _without(line, open_fields.get(row, frozenset()))
            if line.values:
                found.append(line)
    return found


def _line(
    stem: str,
    row: int,
    values: Mapping[str, Value],
    touched: _Row,
    task: Task,
    whole: bool,
    told: Mapping[str, tuple[Value, ...]],
) -> Line:
    office = str(values["office"])
    if whole or "" in told:
        named = {column: value for column, value in values.items() if column != "office"}
        # Most rows were made and never touched again; nobody stands at another value of them.
        bases = {c: _known(touched, c, named[c], task) for c in touched.fields if c in named}
        # What they were found to hold instead is a base too, also where the row goes whole.
        for column in told.keys() & named.keys():
            bases[column] = tuple(dict.fromkeys((*told[column], *bases.get(column, ()))))
        return Line(stem, row, office, True, named, {c: was for c, was in bases.items() if was})
    named, bases = {}, {}
    for column in sorted({*touched.fields, *told} & set(values)):
        now = values[column]
        known = _known(touched, column, now, task)
        if column in told:
            path = touched.fields.get(column)
            stood = () if path is None else path.stood(task)
            known = tuple(dict.fromkeys((*told[column], *stood)))
        if any(value != now for value in known):
            named[column], bases[column] = now, known
    return Line(stem, row, office, False, named, bases)


def _from_nothing(model: type[Record], line: Line) -> Line:
    """A row that we made, told field by field from its blank: one of the same number is no older state."""
    blank = {name: shape.default for name, shape in shapes.table(model).items()}
    was = {c: line.was.get(c, (blank[c],)) for c, v in line.values.items() if v != blank[c]}
    return Line(line.stem, line.row, line.office, line.whole, line.values, {**line.was, **was})


def _known(touched: _Row, column: str, now: Value, task: Task) -> tuple[Value, ...]:
    """The values the other office may still have: at its receipt, and at each packet since."""
    path = touched.fields.get(column)
    if path is None:
        return ()
    if task.full:
        # We may have gone back since they heard of this row: any value we ever gave it may stand there.
        values = [path.before, *(value for _, value in path.steps)]
    else:
        values = path.stood(task)
    kept = tuple(dict.fromkeys(values))
    return kept if any(value != now for value in kept) else ()


def _without(line: Line, columns: frozenset[str]) -> Line:
    if not columns:
        return line
    values = {c: v for c, v in line.values.items() if c not in columns}
    was = {c: v for c, v in line.was.items() if c not in columns}
    return Line(line.stem, line.row, line.office, line.whole, values, was)


def _touched(task: Task, us: Identity) -> dict[str, dict[int, _Row]]:
    """What we did to each row since the receipt, table by table.

    What came in by a packet is not ours to tell, and it starts the path of its field anew: that
    value the other office has.
    """
    tables: dict[str, dict[int, _Row]] = {}
    shown = {m.stem() for m in shapes.models() if us.level == "county" and shapes.shown_to(m)}
    down = {m.stem() for m in shapes.models() if us.level == "county" and _goes_down(m)}
    entries = database.execute_sql(
        'SELECT j.id, j.stem, j."row", j.verb, j.changes, o.kind FROM journal j'
        " JOIN operation o ON o.id = j.operation"
        " WHERE j.id > ? AND j.id <= ? ORDER BY j.id",
        (task.covered, task.upto),
    ).fetchall()
    for entry, stem, row, verb, text, kind in entries:
        found = tables.setdefault(stem, {})
        received = kind == journal.RECEIVE and entry > task.retold
        if received and stem in shown:
            found.setdefault(row, _Row())
        # A row of ours that one township gave back to us is news to the others.
        given_back = received and stem in down
        if verb == "I" and (given_back or not received):
            one = found.setdefault(row, _Row())
            one.fresh, one.made = True, kind != journal.RECEIVE
        elif verb == "U":
            changed = json.loads(text)
            _change_hands(found, row, changed, kind, task, us)
            one = found.setdefault(row, _Row())
            if one.left is not None:
                continue
            changed.pop("office", None)
            for column, (old, new) in changed.items():
                path = one.fields.get(column)
                if received and path is not None and path.unheard(task.stages, entry):
                    path.steps.append((entry, new))
                    path.heard.append(new)
                elif received:
                    one.fields[column] = _Path(new, True)
                else:
                    path = one.fields.setdefault(column, _Path(old, not one.fresh))
                    path.steps.append((entry, new))
    return tables


def _goes_down(model: type[Record]) -> bool:
    return shapes.travels(model) == "both"


def _change_hands(
    found: dict[int, _Row],
    row: int,
    changed: Mapping[str, list[Value]],
    kind: str,
    task: Task,
    us: Identity,
) -> None:
    giver, taker = changed.get("office", ("", ""))
    if giver == taker:
        return
    one = found.setdefault(row, _Row())
    if kind != journal.RECEIVE:
        one.came = one.came or taker == task.office
    elif giver == us.office_code and one.left is None:
        one.left = {column: old for column, (old, _new) in changed.items()}
    elif taker == us.office_code:
        # It came back; what we said before and still stands here is told on.
        one.left = None


def _rows(
    model: type[Record], ids: Sequence[int] | None, us: Identity, task: Task, told: Sequence[int]
) -> Iterator[tuple[int, dict[str, Value]]]:
    """The rows this office may tell that one: its own; at the county also that one's own and those
    that are shown to it.

    A township tells of the county's rows only what it was asked for: what the county has lost; and
    with everything it gives back what the county showed to it.
    """
    whose, values = whose_for(model, us, task.office)
    # A full share is of what is ours; the other's own rows go back only where they were touched.
    yield from _read(model, whose, values, ids)
    if us.level != "county":
        yield from _read(model, "office = ?", (task.office,), told)
        for column in shapes.shown_to(model) if task.full else ():
            given_back = f'"{column}" = ? AND office <> ?'
            yield from _read(model, given_back, (us.office_code, us.office_code), ids)


def whose_for(model: type[Record], us: Identity, office: str) -> tuple[str, tuple[str, ...]]:
    """Which rows of a table this office may tell that one, as a condition and its values."""
    county = us.level == "county"
    offices = [us.office_code] if not county or shapes.travels(model) == "both" else []
    if county:
        offices.append(office)
    shown = shapes.shown_to(model) if county else ()
    either = [f"office IN ({_marks(offices)})", *(f'"{column}" = ?' for column in shown)]
    return f"({' OR '.join(either)})", (*offices, *(office for _ in shown))


def _read(
    model: type[Record], whose: str, values: Sequence[str], ids: Sequence[int] | None
) -> Iterator[tuple[int, dict[str, Value]]]:
    names = ["office", *shapes.columns(model)]
    select = ", ".join(f'"{name}"' for name in ("id", *names))
    chunks: list[Sequence[int] | None] = [None]
    if ids is not None:
        chunks = [ids[i : i + _CHUNK] for i in range(0, len(ids), _CHUNK)]
    for chunk in chunks:
        among = "" if chunk is None else f"id IN ({_marks(chunk)})"
        where = " AND ".join(part for part in (whose, among) if part)
        sql = f'SELECT {select} FROM "{model.stem()}" WHERE {where}'
        for row in database.execute_sql(sql, (*values, *(chunk or ()))).fetchall():
            yield row[0], dict(zip(names, row[1:], strict=True))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _open_conflicts(office: str, stem: str) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for row, column in database.execute_sql(
        'SELECT "row", field FROM exchange_conflict'
        " WHERE office = ? AND stem = ? AND state = 'open' AND kind <> 'pair'",
        (office, stem),
    ).fetchall():
        found[row] = found.get(row, frozenset()) | {column}
    return found
