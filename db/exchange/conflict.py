"""What two offices changed at once: both values kept, listed, decided by a person.

At the county, which decides for the row's office too, keeping ours is told to that office with its
next packet. At a township keeping ours tells nothing: its value has gone to the county as it is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from db import access, identity, journal, moment, registry
from db.connection import database
from db.errors import Refusal
from db.exchange.plan import Conflict, Plan
from db.exchange.share import Line, Value
from db.record import Record

KINDS = {
    "field": "两边都改了",
    "loop": "两边的上级互相循环",
    "late": "转出后原单位又改了",
    "pair": "可能是同一个",
    "held": "等候",
}


@dataclass(frozen=True, slots=True)
class Pending:
    """One open matter, in words and in plain values.

    kind "field" or "loop": `ours` and `theirs` are the two values; "pair": the two row numbers.
    """

    id: int
    kind: str
    office: str
    register: str
    row: int
    title: str
    field: str
    label: str
    was: Any
    ours: Any
    theirs: Any
    at: str
    ours_by: str


def keep(office: str, plan: Plan) -> int:
    """List a plan's conflicts, close those that it settled; in the open operation."""
    now = moment.now()
    settled = [*plan.agreed, *((s, r, f) for (s, r), v in plan.changed.items() for f in v)]
    database.execute_many(
        "UPDATE exchange_conflict SET state = 'agreed', decided_at = ? WHERE state = 'open'"
        " AND kind <> 'pair' AND office = ? AND stem = ? AND \"row\" = ? AND field = ?",
        [(now, office, *each) for each in settled] if _any_open() else [],
    )
    # What one office tells may be the very value that another one is asked about.
    database.execute_many(
        "UPDATE exchange_conflict SET state = 'agreed', decided_at = ? WHERE state = 'open'"
        " AND kind <> 'pair' AND stem = ? AND \"row\" = ? AND field = ? AND theirs = ?",
        [
            (now, stem, row, column, json.dumps(value))
            for (stem, row), values in plan.changed.items()
            for column, value in values.items()
        ]
        if _any_open()
        else [],
    )
    decides = bool(plan.conflicts) and identity.identity().level == "county"
    for one in plan.conflicts:
        values = (json.dumps(one.ours), json.dumps(one.theirs))
        if decides and one.kind in {"field", "loop"}:
            # What it was found to hold before counts no more: it holds `theirs` now.
            _forget_answer(office, one.stem, one.row, one.field)
        open_one = database.execute_sql(
            "SELECT id FROM exchange_conflict WHERE state = 'open' AND kind = ? AND office = ?"
            ' AND stem = ? AND "row" = ? AND field = ?',
            (one.kind, office, one.stem, one.row, one.field),
        ).fetchone()
        if open_one is not None:
            # What stood here when it arose stays: it is the last that the other office heard of us.
            database.execute_sql(
                "UPDATE exchange_conflict SET theirs = ?, at = ? WHERE id = ?",
                (values[1], now, open_one[0]),
            )
        elif not _known_pair(one):
            database.execute_sql(
                'INSERT INTO exchange_conflict (office, kind, stem, "row", field, was, ours,'
                " theirs, at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')",
                (office, one.kind, one.stem, one.row, one.field, json.dumps(one.was), *values, now),
            )
    return len(plan.conflicts)


def _any_open() -> bool:
    return bool(
        database.execute_sql(
            "SELECT 1 FROM exchange_conflict WHERE state = 'open' LIMIT 1"
        ).fetchone()
    )


def _known_pair(one: Conflict) -> bool:
    """Whether a person has already said that these two rows are not the same."""
    if one.kind != "pair":
        return False
    return bool(
        database.execute_sql(
            "SELECT 1 FROM exchange_conflict WHERE kind = 'pair' AND state <> 'open' AND stem = ?"
            ' AND "row" = ? AND field = ? AND ours = ? AND theirs = ?',
            (one.stem, one.row, one.field, json.dumps(one.ours), json.dumps(one.theirs)),
        ).fetchone()
    )


def pending(most: int = 0) -> list[Pending]:
    """Everything that waits for a person, oldest first; `most` of it, 0 for all."""
    limit = f" LIMIT {int(most)}" if most else ""
    return [
        _pending(row)
        for row in database.execute_sql(
            'SELECT id, kind, office, stem, "row", field, was, ours, theirs, at'
            f" FROM exchange_conflict WHERE state = 'open' ORDER BY id{limit}"
        ).fetchall()
    ]


def listed() -> list[dict[str, Any]]:
    """`pending` and what waits for its parents, as JSON for the command line."""
    found = [asdict(one) for one in pending()]
    for office, stem, row, text, at in database.execute_sql(
        'SELECT office, stem, "row", line, at FROM exchange_held ORDER BY at, stem, "row"'
    ).fetchall():
        fields = json.loads(text)["fields"]
        found.append(
            {
                "id": None, "kind": "held", "office": office, "register": stem, "row": row,
                "title": "", "field": "", "label": "", "was": None, "ours": None,
                "theirs": {name: value[0] for name, value in fields.items()}, "at": at,
                "ours_by": "",
            }
        )  # fmt: skip
    return found


def _pending(row: tuple[Any, ...]) -> Pending:
    number, kind, office, stem, record, column, was, ours, theirs, at = row
    model = registry.model_of(stem)
    field = _field(model, column)
    kept = model.get_or_none(model.id == record)
    before, here, there = (json.loads(text) for text in (was, ours, theirs))
    if kind == "pair":
        there = record
    elif kept is not None:
        here = _raw(stem, record, column)
    last = next((c for c in journal.history(stem, record) if c.field == column), None)
    return Pending(
        number, kind, office, stem, record, "" if kept is None else kept.title(), column,
        getattr(field, "label", column), before, here, there, at,
        f"{last.person} {last.at}" if last else "",
    )  # fmt: skip


def _field(model: type[Record], column: str) -> Any:
    return next(f for f in model._meta.sorted_fields if f.column_name == column)


def _raw(stem: str, row: int, column: str) -> Value:
    found = database.execute_sql(f'SELECT "{column}" FROM "{stem}" WHERE id = ?', (row,)).fetchone()
    return None if found is None else found[0]


def decide(number: int, take: str) -> dict[str, Any]:
    """Settle one matter: "ours", "theirs" or "FIELD=VALUE"; Refusal says why it cannot be so.

    Of a pair "ours" keeps the row that was here and retires the other one, "theirs" the other way
    about, "both" says that they are not the same.
    """
    access.require("approve")
    row = database.execute_sql(
        'SELECT kind, office, stem, "row", field, ours, theirs FROM exchange_conflict'
        " WHERE id = ? AND state = 'open'",
        (number,),
    ).fetchone()
    if row is None:
        raise Refusal(f"没有编号为 {number} 的待定事项，可能已经定过了。")
    kind, office, stem, record, column, ours, theirs = row
    model = registry.model_of(stem)
    with access.approving(), journal.operation(f"裁定{model._meta.label}的冲突", kind="decide"):
        if kind == "pair":
            _decide_pair(model, json.loads(ours), record, take)
        else:
            _decide_field(model, record, column, json.loads(theirs), take)
            # Also when theirs stays: what we say of it later is said knowing what they hold.
            if identity.identity().level == "county" and kind != "late":
                # While it was open nothing was told, so it may stand at whatever we told it before.
                stood = [
                    value
                    for one in journal.history(stem, record)
                    if one.field == column
                    for value in (one.old, one.new)
                ]
                held = (json.loads(theirs), json.loads(ours), *stood)
                answer(office, stem, record, column, *dict.fromkeys(held))
        database.execute_sql(
            "UPDATE exchange_conflict SET state = 'decided', decision = ?, decided_at = ?,"
            " person = ? WHERE id = ?",
            (take, moment.now(), access.acting().name, number),
        )
    return {"id": number, "take": take, "value": _raw(stem, record, column)}


def _decide_field(model: type[Record], record: int, column: str, theirs: Value, take: str) -> None:
    field = _field(model, column)
    if take == "ours":
        return
    row = model.get_by_id(record)
    if take == "theirs":
        row.__data__[field.name] = field.python_value(theirs)
        row._dirty.add(field.name)
    else:
        name, mark, text = take.partition("=")
        if not mark or name not in {field.name, column, getattr(field, "label", "")}:
            raise Refusal(f"应写 ours、theirs 或“{field.name}=值”，“{take}”不是。")
        setattr(row, field.name, field.accept(text))
    row.save()


def _decide_pair(model: type[Record], ours: int, theirs: int, take: str) -> None:
    if take not in {"ours", "theirs", "both"}:
        raise Refusal("这是一对可能相同的记录：ours 留原有的，theirs 留送来的，both 两条都留。")
    if take != "both":
        gone, stays = (theirs, ours) if take == "ours" else (ours, theirs)
        model.get_by_id(gone).retire(f"与“{model.get_by_id(stays).title()}”重复")


def answer(office: str, stem: str, row: int, column: str, *theirs: Value) -> None:
    """What this office holds otherwise than that one, which holds one of these, goes there next.

    What it was found to hold before and no receipt says it was told of, it may hold as well.
    """
    before = _forget_answer(office, stem, row, column)
    held = tuple(dict.fromkeys((*theirs, *before)))
    database.execute_sql(
        'INSERT INTO exchange_answer (office, stem, "row", field, theirs) VALUES (?, ?, ?, ?, ?)',
        (office, stem, row, column, json.dumps(held[0] if len(held) == 1 else held)),
    )


def _values(text: str) -> tuple[Value, ...]:
    theirs = json.loads(text)
    return tuple(theirs) if isinstance(theirs, list) else (theirs,)


def _forget_answer(office: str, stem: str, row: int, column: str) -> tuple[Value, ...]:
    """Take back what was to be answered; returns the values it named."""
    gone = database.execute_sql(
        'DELETE FROM exchange_answer WHERE office = ? AND stem = ? AND "row" = ? AND field = ?'
        " RETURNING theirs",
        (office, stem, row, column),
    ).fetchone()
    return () if gone is None else _values(gone[0])


def found_to_hold(office: str) -> dict[str, dict[int, dict[str, tuple[Value, ...]]]]:
    """What that office holds otherwise than we do, as far as no packet told it yet: table → row → field."""
    found: dict[str, dict[int, dict[str, tuple[Value, ...]]]] = {}
    for stem, row, column, text in database.execute_sql(
        'SELECT stem, "row", field, theirs FROM exchange_answer WHERE office = ? ORDER BY id',
        (office,),
    ).fetchall():
        found.setdefault(stem, {}).setdefault(row, {})[column] = _values(text)
    return found


def held(office: str) -> list[Line]:
    """The lines of an office that wait for the rows they point to."""
    found = []
    for stem, row, text in database.execute_sql(
        'SELECT stem, "row", line FROM exchange_held WHERE office = ? ORDER BY stem, "row"',
        (office,),
    ).fetchall():
        kept = json.loads(text)
        values = {c: new for c, (new, _was) in kept["fields"].items()}
        was = {c: tuple(was) for c, (_new, was) in kept["fields"].items() if was}
        found.append(Line(stem, row, kept["office"], kept["whole"], values, was))
    return found


def keep_held(office: str, plan: Plan) -> None:
    """Remember what a plan leaves waiting; in the open operation."""
    now = moment.now()
    database.execute_sql("DELETE FROM exchange_held WHERE office = ?", (office,))
    database.execute_many(
        "INSERT INTO exchange_held VALUES (?, ?, ?, ?, ?)",
        [
            (
                office,
                line.stem,
                line.row,
                json.dumps(
                    {
                        "office": line.office,
                        "whole": line.whole,
                        "fields": {c: [v, line.was.get(c, ())] for c, v in line.values.items()},
                    },
                    ensure_ascii=False,
                ),
                now,
            )
            for line in plan.held
        ],
    )
