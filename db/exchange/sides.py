"""What waits for a decision, told in words: both sides, who said so and when; what waits for its parent.

Our side's person and moment come from the journal; a packet does not carry persons, so the other
side is told by its office, packet and the day the packet was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db import access, registry
from db.columns import columns_of
from db.connection import database
from db.exchange import conflict, keys, slips
from db.exchange.conflict import Pending
from db.exchange.slips import Slip
from db.record import Record


@dataclass(frozen=True, slots=True)
class Side:
    """One value in words, and who holds it since when."""

    words: str
    said: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the page 待决定.

    `number` is None for a row that waits for its parent. `column` takes another value, None where
    none can be typed. `fields` are the differing fields of a pair: (label, ours, theirs).
    """

    number: int | None
    kind: str
    office: str
    register: str
    title: str
    label: str
    at: str
    ours: Side
    theirs: Side
    column: Any = None
    fields: tuple[tuple[str, str, str], ...] = ()


#: So many matters are told at once; the next come when these are decided.
AT_ONCE = 200


def waiting() -> list[Waiting]:
    """What waits, the oldest matters for a person first; runs where the database is."""
    names = {
        p.office: p.name for state in ("known", "invited", "revoked") for p in keys.peers(state)
    }
    pending = conflict.pending(AT_ONCE)
    came = {office: slips.slips(slips.RECEIVED, office) for office in {x.office for x in pending}}
    return [*(_of(one, names, came[one.office]) for one in pending), *_held(names)]


def _of(one: Pending, names: dict[str, str], came: list[Slip]) -> Waiting:
    model = registry.model_of(one.register)
    theirs_by = _packet_words(one, names.get(one.office, one.office), came)
    register = str(model._meta.label)
    if one.kind == "pair":
        mine, theirs = (model.get_or_none(model.id == row) for row in (one.ours, one.theirs))
        return Waiting(
            one.id, one.kind, names.get(one.office, one.office), register, one.title, one.label,
            one.at, Side(_title(mine), "原有的一条"), Side(_title(theirs), theirs_by),
            fields=tuple(_differing(model, mine, theirs)),
        )  # fmt: skip
    column = next(f for f in model._meta.sorted_fields if f.column_name == one.field)
    return Waiting(
        one.id, one.kind, names.get(one.office, one.office), register, one.title, one.label,
        one.at, Side(said(column, one.ours), one.ours_by.replace("T", " ")),
        Side(said(column, one.theirs), theirs_by),
        column if one.kind == "field" and one.field != "retired" else None,
    )  # fmt: skip


def said(column: Any, raw: Any) -> str:
    """A stored value in words; masked for who may not see it."""
    if column.name == "retired":
        return f"停用：{raw}" if raw else "在用"
    kept = column.python_value(raw) if raw is not None else None
    return _shown(column, kept) or "（空）"


def _shown(column: Any, kept: Any) -> str:
    masked = column.private and not access.can("private", column.model.stem())
    return str(column.mask(kept) if masked else column.show(kept))


def _title(row: Record | None) -> str:
    return "（已不在）" if row is None else f"{row.title()}　{row.subtitle()}"


def _differing(
    model: type[Record], mine: Record | None, theirs: Record | None
) -> Iterator[tuple[str, str, str]]:
    """What tells the two apart, and what they have in common beside it."""
    for column in columns_of(model):
        left, right = (
            "" if row is None else _shown(column, row.__data__.get(column.name))
            for row in (mine, theirs)
        )
        if left or right:
            yield column.label, left, right


def _packet_words(one: Pending, name: str, came: list[Slip]) -> str:
    """The packet of theirs that brought the value: the last one that came before it was listed."""
    for slip in came:
        if slip.at <= one.at:
            return f"{name}　第 {slip.number} 号包　{slip.made.replace('T', ' ')[:16]}"
    return name


def _held(names: dict[str, str]) -> Iterator[Waiting]:
    for office, stem, row, text, at in database.execute_sql(
        'SELECT office, stem, "row", line, at FROM exchange_held ORDER BY at, stem, "row"'
    ).fetchall():
        model = registry.model_of(stem)
        values = {name: value[0] for name, value in json.loads(text)["fields"].items()}
        name = str(values.get("name") or values.get("title") or row & ((1 << 40) - 1))
        yield Waiting(
            None, "held", names.get(office, office), str(model._meta.label), name,
            "、".join(_lacking(model, values)), at, Side("", ""), Side("", ""),
        )  # fmt: skip


def _lacking(model: type[Record], values: dict[str, Any]) -> Iterator[str]:
    """The references of a held row that point to rows which are not here."""
    for column in columns_of(model):
        target = getattr(column, "rel_model", None)
        value = values.get(column.column_name)
        if target is not None and value is not None and target.get_or_none(id=value) is None:
            yield str(column.label)
