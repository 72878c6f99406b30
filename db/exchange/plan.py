"""What a packet is reckoned with and what comes of it, as plain values: State in, Plan out (`compare`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from db.exchange.share import Key, Line, Value


@dataclass(frozen=True, slots=True)
class Shape:
    """What a column may hold: text or number, nothing or not, and the table it points into.

    `onward`: values it only ever leaves, the first of them first; what is further on needs no person.
    """

    number: bool = False
    null: bool = False
    target: str = ""
    default: Value = ""
    onward: tuple[Value, ...] = ()

    def further(self, one: Value, other: Value) -> int:
        """Above nothing when one is further on than the other, below when it is the other way about."""
        steps = [
            self.onward.index(each) if each in self.onward else len(self.onward)
            for each in (one, other)
        ]
        return steps[0] - steps[1]


Shapes = Mapping[str, Mapping[str, Shape]]


@dataclass(frozen=True, slots=True)
class Follow:
    """By which column rows follow a row of another table, and which of them (`kind` in `stays`) do not."""

    column: str
    target: str
    kind: str = ""
    stays: frozenset[Value] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """What this office holds, as far as a packet touches it.

    `writable`: offices whose rows the sender may write. `present`: rows there are, also of those
    not in `rows`. `alike`: (table, values) → the living row that has them in the columns
    `told_by` of its table, by which a person entered twice is known. `living`: how many living rows of the sender each table has.
    `owned`: all rows here of the sender, asked only for a full share. `above`: row → the row it
    hangs under, for tables that are trees: (table, column) → {row: parent}.
    """

    writable: frozenset[str]
    rows: Mapping[Key, Mapping[str, Value]] = field(default_factory=dict)
    present: frozenset[Key] = frozenset()
    alike: Mapping[tuple[str, tuple[Value, ...]], int] = field(default_factory=dict)
    told_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    living: Mapping[str, int] = field(default_factory=dict)
    owned: frozenset[Key] = frozenset()
    above: Mapping[tuple[str, str], Mapping[int, Value]] = field(default_factory=dict)
    #: Combinations a table holds once: table → [(columns, {values})].
    once: Mapping[str, Sequence[tuple[tuple[str, ...], frozenset[tuple[Value, ...]]]]] = field(
        default_factory=dict
    )
    #: Our own office: what another one says of its rows is never taken without a person.
    us: str = ""
    #: The county puts what both changed before a person; a township tells it what stands here.
    decides: bool = True
    #: Rows of ours that we had before we went back to an older state, and that others still have.
    lost: frozenset[Key] = frozenset()
    #: Rows of other offices that the county showed to the sender when it gave it a row.
    returned: frozenset[Key] = frozenset()
    #: Rows the county spoke of → the offices they belonged to, the present one last.
    owners: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    follows: Mapping[str, Follow] = field(default_factory=dict)
    #: Tables of which the county shows us rows of other offices as they are.
    shown: frozenset[str] = frozenset()
    #: What a row shows at the office that it has left: table → {column: value}.
    leaving: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    #: Rows of which the sender knows best, because we went back and lost what we had.
    yielding: frozenset[Key] = frozenset()
    #: More than this part of a register retired by one packet, and at least so many rows, is asked about.
    mass_percent: int = 20
    mass_least: int = 5
    #: Rows with a conflict that nobody has decided yet.
    undecided: frozenset[Key] = frozenset()
    #: Fields (table, row, column) that we wrote and that are not known to have been heard.
    unsaid: frozenset[tuple[str, int, str]] = frozenset()
    #: At a township: fields that we wrote and the sender had not heard of when it made the packet.
    unheard: frozenset[tuple[str, int, str]] = frozenset()
    #: Fields of which the sender says again what we took from it and have written over since.
    replaced: frozenset[tuple[str, int, str]] = frozenset()
    #: New rows whose number a row of another register has here → what that register is called.
    numbered: Mapping[Key, str] = field(default_factory=dict)
    #: Fields whose told value never stood here, though the sender may have it from us: we went back.
    never_had: frozenset[tuple[str, int, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values, both kept. kind: field, loop, late, or pair (then `ours` is the other row's id)."""

    kind: str
    stem: str
    row: int
    field: str
    was: Value
    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender holds otherwise than we do and should hear of; field "" = the whole row.

    `office`: another office than the sender, whose row the sender gave back to us.
    """

    stem: str
    row: int
    field: str
    theirs: Value
    office: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a packet would do; each of its rows stands in exactly one of the outcomes."""

    new: tuple[Line, ...] = ()
    changed: Mapping[Key, Mapping[str, Value]] = field(default_factory=dict)
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    agreed: tuple[tuple[str, int, str], ...] = ()
    refused: tuple[tuple[str, int, str], ...] = ()
    held: tuple[Line, ...] = ()
    answers: tuple[Answer, ...] = ()
    mass: Mapping[str, tuple[int, int]] = field(default_factory=dict)
