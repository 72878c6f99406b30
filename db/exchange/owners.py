"""The handovers this office knows: whose a row is by the county's word, and whom to tell of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.connection import database
from db.exchange import conflict, handover, keys, shapes
from db.exchange.handover import Handover
from db.exchange.share import Key, Value
from db.identity import Identity, next_ids

#: Under this name an answer to an office stands for a handover it has to be told.
_TOLD = "handover"


def known() -> dict[Key, tuple[str, ...]]:
    """Each row that was ever handed over → its owners one after another, the present one last."""
    return handover.order(_all())


def owner(key: Key, otherwise: str) -> str:
    """Whose a row is."""
    return known().get(key, (otherwise,))[-1]


def hand_over(key: Key, giver: str, taker: str) -> Handover:
    """The county's new word on a row; both offices are told. Inside an open operation."""
    before = [each.nth for each in _all() if each.key == key]
    said = Handover(next_ids(1)[0], *key, max(before, default=0) + 1, giver, taker)
    said = said.sealed_by(keys.own().signing)
    _insert(said, learned=False)
    tell(key)
    return said


def tell(key: Key) -> None:
    """Every office that ever owned this row hears of all its handovers with the next packet."""
    offices = set(known()[key])
    for said in _all():
        if said.key == key:
            for office in sorted(offices):
                if keys.find(office) is not None:
                    conflict.answer(office, _TOLD, said.id, "", None)


def learn(us: Identity, told: Iterable[Handover]) -> list[Handover]:
    """Keep what a packet says of handovers; returns those that are not the county's word.

    A township believes the county, whose packet was proved; the county believes its own seal, and
    then remembers what it forgot when it went back to an older state.
    """
    county, strange = us.level == "county", []
    # A restored county gets back what it sealed with keys that it has renewed since.
    ours = keys.all_own() if county else []
    had = {each.id for each in _all()}
    for said in told:
        if said.id in had:
            continue
        if county and not any(said.is_sealed_by(key) for key in ours):
            strange.append(said)
            continue
        _insert(said, learned=county)
        had.add(said.id)
        if county:
            tell(said.key)
    return strange


def yielding(office: str) -> frozenset[Key]:
    """The rows that we forgot were this office's: until it has spoken, it knows best."""
    last = known()
    return frozenset(
        (stem, row)
        for stem, row in database.execute_sql(
            'SELECT stem, "row" FROM exchange_handover WHERE learned = 1 AND taker = ?', (office,)
        ).fetchall()
        if last[stem, row][-1] == office
    )


def heard(office: str) -> None:
    """An office has told everything it owns: what we forgot is made good."""
    database.execute_sql("UPDATE exchange_handover SET learned = 0 WHERE taker = ?", (office,))


def to_tell(us: Identity, office: str, full: bool) -> list[Handover]:
    """What a packet to this office says of handovers, with the traces of what it gave away."""
    if us.level != "county":
        return _all() if full else []
    mine = {key for key, offices in known().items() if office in offices} if full else set()
    asked = {
        row[0]
        for row in database.execute_sql(
            'SELECT "row" FROM exchange_answer WHERE office = ? AND stem = ?', (office, _TOLD)
        ).fetchall()
    }
    last = known()
    return [
        replace(said, trace=_trace(said)) if last[said.key][-1] != office else said
        for said in _all()
        if said.id in asked or said.key in mine
    ]


def _trace(said: Handover) -> dict[str, Value]:
    model = next(m for m in shapes.models() if m.stem() == said.stem)
    row = model.get_or_none(model.id == said.row)
    if row is None:
        return {}
    fields = model._meta.fields
    return {
        fields[name].column_name: fields[name].db_value(value)
        for name, value in row.trace(said.giver).items()
    }


def _all() -> list[Handover]:
    return [
        Handover(i, stem, row, nth, giver, taker, bytes(seal))
        for i, stem, row, nth, giver, taker, seal in database.execute_sql(
            'SELECT id, stem, "row", nth, giver, taker, seal FROM exchange_handover ORDER BY id'
        ).fetchall()
    ]


def _insert(said: Handover, *, learned: bool) -> None:
    row = (said.id, *said.key, said.nth, said.giver, said.taker, said.seal, int(learned))
    columns = ("id", "stem", "row", "nth", "giver", "taker", "seal", "learned")
    database.insert_many("exchange_handover", columns, [row])
