"""What this office holds, as far as a packet touches it: the state that `compare` reckons with."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from db import journal, office_settings, registry
from db.connection import database
from db.exchange import heard, keys, owners, shapes
from db.exchange.handover import Handover, ways
from db.exchange.plan import Shapes, State
from db.exchange.share import Key, Line, Value
from db.identity import Identity
from db.record import Record, searched_columns

_CHUNK = 10_000


def state(
    us: Identity,
    sender: str,
    kinds: Shapes,
    lines: Sequence[Line],
    full: bool,
    handovers: Sequence[Handover] = (),
    ahead: bool = False,
    have: Mapping[str, Any] | None = None,
) -> State:
    """Read the rows that these lines and handovers touch, and what surrounds them.

    `ahead`: the sender may hold what we told it before we went back to an older state. `have`: the
    last packet of ours that the sender had taken in when it made this one.
    """
    county = us.level == "county"
    rows: dict[Key, dict[str, Value]] = {}
    owned: set[Key] = set()
    present: set[Key] = set()
    alike: dict[tuple[str, tuple[Value, ...]], int] = {}
    told_by: dict[str, tuple[str, ...]] = {}
    living: dict[str, int] = {}
    above: dict[tuple[str, str], dict[int, Value]] = {}
    once: dict[str, list[tuple[tuple[str, ...], frozenset[tuple[Value, ...]]]]] = {}
    lines_of: dict[str, list[Line]] = {}
    for line in lines:
        lines_of.setdefault(line.stem, []).append(line)
    pointed, mass_least = _pointed(kinds, lines_of), office_settings.value("mass_rows")
    for model in shapes.models():
        stem = model.stem()
        of_model = lines_of.get(stem, [])
        rows |= {(stem, row): values for row, values in _rows(model, [x.row for x in of_model])}
        wanted = sorted(pointed.get(stem, set()))
        present |= {
            (stem, row[0]) for row in _chunks(f'SELECT id FROM "{stem}" WHERE id IN', wanted)
        }
        # A county's own rows stand in a township for their own sake only where they go to all.
        if full and (county or shapes.travels(model) == "both"):
            owned |= {
                (stem, row[0])
                for row in database.execute_sql(
                    f'SELECT id FROM "{stem}" WHERE office = ?', (sender,)
                ).fetchall()
            }
        if not of_model:
            continue
        if sum(1 for line in of_model if line.values.get("retired")) >= mass_least:
            living[stem] = _living(stem, sender)
        if columns := shapes.told_by(model):
            told_by[stem] = columns
            alike |= _alike(stem, columns, of_model, rows)
        for column in shapes.trees(model):
            if any(column in line.values for line in of_model):
                sql = f'SELECT id, "{column}" FROM "{stem}"'
                above[stem, column] = dict(database.execute_sql(sql).fetchall())
        for columns in shapes.unique_together(model):
            once.setdefault(stem, []).append((columns, _taken(stem, columns, of_model)))
    told = {said.key for said in handovers}
    if told:
        for model in shapes.models():
            rows |= _of_roots(model, told)
    known = owners.known()
    given = _returned(sender, lines, known) if county else {}
    yielding = owners.yielding(sender) if county else frozenset[Key]()
    yielding |= {key for key, root in given.items() if root in yielding}
    seen = [m.stem() for m in shapes.models() if shapes.shown_to(m)]
    unheard, replaced = _written(us, sender, lines, rows, full, have or {})
    return State(
        frozenset({sender}) if county else frozenset({sender, us.office_code}),
        rows,
        frozenset(present),
        alike,
        told_by,
        living,
        frozenset(owned),
        above,
        once,
        us.office_code,
        county,
        _lost(us, sender, lines) if county else frozenset(),
        returned=frozenset(given),
        owners=known,
        follows=shapes.follows(),
        shown=frozenset() if county else frozenset(seen),
        leaving=shapes.leaving(),
        yielding=yielding,
        mass_percent=office_settings.value("mass_percent"),
        mass_least=mass_least,
        undecided=_undecided(),
        numbered=_numbered(lines, rows),
        unsaid=_unsaid(us, sender, kinds, rows, yielding) if known else frozenset(),
        unheard=unheard,
        replaced=replaced,
        never_had=_never_had(lines, rows) if ahead and full and county else frozenset(),
    )


def _numbered(lines: Sequence[Line], rows: Mapping[Key, Any]) -> dict[Key, str]:
    """New rows whose number is another register's already, among those that can be searched for.

    A number is handed out once; only a file put back by hand makes it come twice.
    """
    models = {m.stem(): m for m in shapes.models() if any(searched_columns(m).values())}
    coming = [x for x in lines if x.whole and x.stem in models and x.key not in rows]
    sql = 'SELECT "row", stem FROM search_entry WHERE "row" IN'
    used: dict[int, str] = dict(_chunks(sql, sorted({x.row for x in coming})))
    found: dict[Key, str] = {}
    for line in sorted(coming, key=lambda x: x.key):
        stem = used.setdefault(line.row, line.stem)
        if stem != line.stem:
            found[line.key] = str(registry.model_of(stem)._meta.label)
    return found


def _lost(us: Identity, sender: str, lines: Sequence[Line]) -> frozenset[Key]:
    """Rows of ours that an older state of our data does not have and a township does.

    A row is never deleted, so one that we have not must be one of those. A township may return a
    row of what goes down to all, and no other. That its number is an operation's by now says nothing:
    who goes back by hand may hand out numbers again.
    """
    down = {model.stem() for model in shapes.models() if shapes.travels(model) == "both"}
    return frozenset(
        x.key for x in lines if x.office == us.office_code != sender and x.stem in down
    )


def _returned(
    sender: str, lines: Sequence[Line], known: Mapping[Key, tuple[str, ...]]
) -> dict[Key, Key]:
    """Rows that we once showed to the sender, for they told of a row that went over to it → that row.

    It gives them back whole, in case we went back and lost them; the handover proves that we did show them.
    """
    found: dict[Key, Key] = {}
    columns = {model.stem(): shapes.shown_to(model) for model in shapes.models()}
    points = {model.stem(): shapes.table(model) for model in shapes.models()}
    for line in lines:
        shown = any(line.values.get(column) == sender for column in columns.get(line.stem, ()))
        if not shown or line.office == sender:
            continue
        for column, shape in points[line.stem].items():
            row = line.values.get(column)
            if not shape.target or not isinstance(row, int):
                continue
            if (line.office, sender) in ways(known.get((shape.target, row), ())):
                found[line.key] = shape.target, row
    return found


def _never_had(
    lines: Sequence[Line], rows: Mapping[Key, Mapping[str, Value]]
) -> frozenset[tuple[str, int, str]]:
    """Fields told without a base, with a value that never stood here: it may be one that we lost."""
    asked: dict[Key, dict[str, Value]] = {}
    for line in lines:
        here = rows.get(line.key, {})
        for column, new in line.values.items() if here else ():
            if here[column] != new and not line.was.get(column):
                asked.setdefault(line.key, {})[column] = new
    had: set[tuple[str, int, str]] = set()
    sql = 'SELECT stem, "row", changes FROM journal WHERE verb = \'U\' AND "row" IN'
    for stem, row, text in _chunks(sql, sorted({row for _, row in asked})):
        changed, told = json.loads(text), asked.get((stem, row), {})
        had |= {(stem, row, c) for c, new in told.items() if new in changed.get(c, ())}
    every = {(*key, column) for key, told in asked.items() for column in told}
    return frozenset(every - had)


def _written(
    us: Identity,
    sender: str,
    lines: Sequence[Line],
    rows: Mapping[Key, Mapping[str, Value]],
    full: bool,
    have: Mapping[str, Any],
) -> tuple[frozenset[tuple[str, int, str]], frozenset[tuple[str, int, str]]]:
    """Fields whose present value we wrote: not heard by the sender yet, and over what it says again."""
    county = us.level == "county"
    upto = None if county else _covers(us, sender, have)
    if full and upto is None:
        return frozenset(), frozenset()
    asked: dict[Key, dict[str, Value]] = {}
    for line in lines:
        here = rows.get(line.key, {})
        if here.get("office") != line.office or line.office != (
            sender if county else us.office_code
        ):
            continue
        for column, new in line.values.items():
            known = here.get(column) in line.was.get(column, ())
            if here.get(column) != new and column in line.was and not (county and known):
                asked.setdefault(line.key, {})[column] = new
    was = {line.key: line.was for line in lines}
    unheard: set[tuple[str, int, str]] = set()
    replaced: set[tuple[str, int, str]] = set()
    for key, paths in _steps(asked).items():
        for column in asked[key].keys() & paths.keys():
            if upto is not None and heard.unheard(paths[column], upto):
                unheard.add((*key, column))
            # A full share names everything that it ever said: that it says it again proves nothing.
            if not full and heard.replaced(paths[column], asked[key][column], was[key][column]):
                replaced.add((*key, column))
    return frozenset(unheard), frozenset(replaced)


def _covers(us: Identity, sender: str, have: Mapping[str, Any]) -> int | None:
    """The journal entry up to which that packet of ours told; None when one of us went back since."""
    if have.get("incarnation") != us.incarnation:
        return None
    sql = "SELECT covers FROM exchange_sent WHERE office = ? AND incarnation = ? AND number = ?"
    found = database.execute_sql(sql, (sender, us.incarnation, have["number"])).fetchone()
    return None if found is None else int(found[0])


def _steps(wanted: Collection[Key]) -> dict[Key, dict[str, list[heard.Step]]]:
    """How the fields of rows came to their values here, since the rows have their present owner."""
    found: dict[Key, dict[str, list[heard.Step]]] = {}
    came: dict[Key, int] = {}
    sql = (
        'SELECT j.stem, j."row", j.id, j.verb, j.changes, o.kind FROM journal j'
        ' JOIN operation o ON o.id = j.operation WHERE j."row" IN'
    )
    entries = _chunks(sql, sorted({row for _, row in wanted}), " ORDER BY j.id")
    for stem, row, entry, verb, text, kind in entries:
        key, received = (stem, row), kind == journal.RECEIVE
        if key not in wanted:
            continue
        if verb == "I" and received:
            came[key] = entry
        changed = json.loads(text) if verb == "U" else {}
        if "office" in changed:
            found.pop(key, None)
            came.pop(key, None)
        for column, (old, new) in changed.items():
            steps = found.setdefault(key, {}).setdefault(column, [])
            if not steps and key in came:
                steps.append(heard.Step(came[key], old, old, True))
            steps.append(heard.Step(entry, old, new, received))
    return found


def _of_roots(model: type[Record], roots: set[Key]) -> Iterator[tuple[Key, dict[str, Value]]]:
    """The rows of a table that are these, or follow these."""
    stem, follow = model.stem(), shapes.follows().get(model.stem())
    if follow is None:
        wanted = [row for table, row in roots if table == stem]
        yield from (((stem, row), values) for row, values in _rows(model, wanted))
        return
    ids = sorted(row for table, row in roots if table == follow.target)
    found = _chunks(f'SELECT id FROM "{stem}" WHERE "{follow.column}" IN', ids)
    yield from (((stem, row), v) for row, v in _rows(model, [each[0] for each in found]))


def _unsaid(
    us: Identity,
    sender: str,
    kinds: Shapes,
    rows: Mapping[Key, Mapping[str, Value]],
    yielding: frozenset[Key],
) -> frozenset[tuple[str, int, str]]:
    """What we wrote in rows that may change hands now, as far as nobody confirmed to have heard it.

    Where we had forgotten that a row changed hands, also what its former owner told us since we went
    back: its new owner never heard of that.
    """
    since = _went_back_at(us) if yielding else 0
    own = sender if us.level == "county" else us.office_code
    follows = shapes.follows()
    found: set[tuple[str, int, str]] = set()
    for key, values in rows.items():
        follow = follows.get(key[0])
        root = key if follow is None else (follow.target, values[follow.column])
        if values["office"] == own and root not in yielding:
            continue
        covered = [p.covered for p in map(keys.find, (sender, str(values["office"]))) if p]
        entries = database.execute_sql(
            "SELECT j.verb, j.changes FROM journal j JOIN operation o ON o.id = j.operation"
            " WHERE j.\"row\" = ? AND j.stem = ? AND (j.verb = 'U' AND j.id > ?"
            " AND o.kind NOT IN (?, ?) OR j.id > ? AND o.kind = ? AND ? = 1)",
            (
                key[1], key[0], min(covered, default=0), journal.RECEIVE, journal.HANDOVER, since,
                journal.RECEIVE, int(root in yielding),
            ),
        ).fetchall()  # fmt: skip
        for verb, text in entries:
            # Where a row stood in its former office's organizations was never the new owner's.
            own_words = [c for c, shape in kinds[key[0]].items() if not shape.target]
            found |= {(*key, column) for column in (json.loads(text) if verb == "U" else own_words)}
    return frozenset(found)


def _went_back_at(us: Identity) -> int:
    """A journal entry from before we last went back to an older state; 0 when we know of none."""
    sql = "SELECT max(covers) FROM exchange_sent WHERE incarnation <> ?"
    return int(database.execute_sql(sql, (us.incarnation,)).fetchone()[0] or 0)


def _undecided() -> frozenset[Key]:
    sql = (
        'SELECT DISTINCT stem, "row" FROM exchange_conflict'
        " WHERE state = 'open' AND kind <> 'pair'"
    )
    return frozenset((stem, row) for stem, row in database.execute_sql(sql).fetchall())


def _pointed(kinds: Shapes, lines_of: Mapping[str, Sequence[Line]]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for stem, lines in lines_of.items():
        for column, shape in kinds.get(stem, {}).items():
            if shape.target:
                values = {line.values.get(column) for line in lines}
                numbers = {value for value in values if isinstance(value, int)}
                found.setdefault(shape.target, set()).update(numbers)
    return found


def _living(stem: str, office: str) -> int:
    sql = f"SELECT count(*) FROM \"{stem}\" WHERE office = ? AND retired = ''"
    return int(database.execute_sql(sql, (office,)).fetchone()[0])


def _taken(
    stem: str, columns: tuple[str, ...], lines: Sequence[Line]
) -> frozenset[tuple[Value, ...]]:
    """The combinations there are, among those that begin like one of the new rows."""
    first = columns[0]
    begun = {line.values.get(first) for line in lines if line.whole}
    quoted = ", ".join(f'"{c}"' for c in columns)
    sql = f'SELECT {quoted} FROM "{stem}" WHERE "{first}" IN'
    return frozenset(map(tuple, _chunks(sql, sorted(begun - {None}, key=str))))


def _rows(model: type[Record], ids: Sequence[int]) -> Iterator[tuple[int, dict[str, Value]]]:
    names = ["office", *shapes.columns(model)]
    select = ", ".join(f'"{name}"' for name in ("id", *names))
    for row in _chunks(f'SELECT {select} FROM "{model.stem()}" WHERE id IN', sorted(ids)):
        yield row[0], dict(zip(names, row[1:], strict=True))


def _alike(
    stem: str,
    columns: tuple[str, ...],
    lines: Sequence[Line],
    rows: Mapping[Key, Mapping[str, Value]],
) -> dict[tuple[str, tuple[Value, ...]], int]:
    first = columns[0]
    touching = [x for x in lines if not x.values.keys().isdisjoint(columns)]
    numbers = {{**rows.get(x.key, {}), **x.values}.get(first) for x in touching} - {"", None}
    names = ", ".join(f'"{column}"' for column in columns)
    sql = f'SELECT {names}, min(id) FROM "{stem}" WHERE retired = \'\' AND "{first}" IN'
    found = _chunks(sql, sorted(numbers, key=str), f" GROUP BY {names}")
    return {(stem, tuple(values)): row for *values, row in found}


def _chunks(sql: str, values: Sequence[Any], after: str = "") -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(values), _CHUNK):
        part = tuple(values[start : start + _CHUNK])
        marks = ", ".join("?" * len(part))
        yield from database.execute_sql(f"{sql} ({marks}){after}", part).fetchall()
