"""What a packet would do here: a plan, from plain values alone, the same wherever it is reckoned.

Three-way per field: equal already → nothing; ours is what the sender knew → theirs is taken; else
both changed it → ours stays, theirs is kept beside it for a person. Rows of another office are
refused one by one; what points to a row not yet here waits. Who owns a row changes only by the
county's sealed word (`Handover`): the new owner's values are taken, what the former one still says
is put before a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from db.exchange.plan import Answer, Conflict, Plan, Shapes, State
from db.exchange.share import Key, Line, Share, Value, over

_LARGEST = 1 << 63


@dataclass(slots=True)
class _Draft:
    new: dict[Key, Line] = field(default_factory=dict)
    changed: dict[Key, dict[str, Value]] = field(default_factory=dict)
    unchanged: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    agreed: list[tuple[str, int, str]] = field(default_factory=list)
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    held: dict[Key, Line] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)


def compare(state: State, shapes: Shapes, share: Share, waiting: Sequence[Line] = ()) -> Plan:
    """Plan a packet, together with lines of the same sender that have been waiting."""
    lines = {line.key: line for line in waiting}
    for line in share.lines:
        held = lines.get(line.key)
        lines[line.key] = line if held is None else over(held, line)
    draft = _Draft()
    for key in sorted(lines):
        _sort(state, shapes, lines[key], share.full, draft)
    _let_go(state, share, draft)
    _hold_taken(state, draft)
    _hold_orphans(state, shapes, lines, draft)
    _break_loops(state, lines, draft)
    _see_doubles(state, draft)
    if share.full:
        for stem, row in sorted(state.owned - set(lines)):
            draft.answers.append(Answer(stem, row, "", None))
    return Plan(
        tuple(draft.new.values()),
        {key: values for key, values in draft.changed.items() if values},
        draft.unchanged,
        tuple(draft.conflicts),
        tuple(draft.agreed),
        tuple(draft.refused),
        tuple(draft.held[key] for key in sorted(draft.held)),
        tuple(draft.answers),
        _mass(state, draft),
    )


def _sort(state: State, shapes: Shapes, line: Line, full: bool, draft: _Draft) -> None:
    here = state.rows.get(line.key)
    reason = _reason_against(state, shapes, line, here)
    if reason:
        draft.refused.append((line.stem, line.row, reason))
        return
    owner = _owner(state, line.stem, line.row, here or line.values)
    if here is None:
        if not line.whole:
            draft.refused.append((line.stem, line.row, "这条记录这里没有，也没有随包带来"))
        else:
            gone = owner and not state.decides
            draft.new[line.key] = replace(line, office=owner) if gone else line
            if line.key in state.returned:
                draft.answers.append(Answer(line.stem, line.row, "", None, line.office))
        return
    if line.key in state.returned - state.yielding:
        draft.unchanged += 1
        return
    if owner and owner != line.office:
        _sort_late(state, shapes, line, here, draft)
        return
    taken: dict[str, Value] = {}
    before = len(draft.conflicts)
    if here["office"] != line.office:
        taken["office"] = line.office
    trusted = taken or _root(state, line.key, here) in state.yielding
    trusted = trusted or not (line.office in state.writable or line.office == state.us)
    mine, decided = line.office == state.us, line.office == state.us and state.decides
    _see_agreed(state, line, here, draft)
    for column in _differing(line, here):
        new, was = line.values[column], line.was.get(column, ())
        ours = here[column]
        if (trusted and (line.stem, line.row, column) not in state.unsaid) or (
            ours in was and not decided and (*line.key, column) not in state.unheard
        ):
            taken[column] = new
        elif mine and not (decided or was or trusted):
            # The county gave the row back without knowing what we have of it: it hears of it.
            continue
        elif trusted or mine or (was and state.decides) or (*line.key, column) in state.never_had:
            further = shapes[line.stem][column].further(new, ours)
            if further > 0:
                taken[column] = new
            elif further == 0 and (*line.key, column) in state.replaced:
                # Ours was said knowing theirs: it is told, nobody is asked.
                draft.answers.append(Answer(line.stem, line.row, column, new))
            elif further == 0:
                base = was[0] if was else None
                one = Conflict("field", line.stem, line.row, column, base, ours, new)
                draft.conflicts.append(one)
            elif state.decides:
                draft.answers.append(Answer(line.stem, line.row, column, new))
        elif was or full:
            draft.answers.append(Answer(line.stem, line.row, column, new))
        if column in taken and line.key in state.returned:
            # Its own office did not say so: it hears of it.
            draft.answers.append(Answer(line.stem, line.row, column, ours, line.office))
    if taken:
        draft.changed[line.key] = taken
    elif len(draft.conflicts) == before:
        draft.unchanged += 1


def _differing(line: Line, here: Mapping[str, Value]) -> list[str]:
    return sorted(column for column, new in line.values.items() if here[column] != new)


def _see_agreed(state: State, line: Line, here: Mapping[str, Value], draft: _Draft) -> None:
    """Fields that say the same on both sides: an open conflict about them has settled itself.

    Not so at the county when the other office only says what it has, over nothing: it may have gone
    back to before the value that is asked about, which then stands in that question alone.
    """
    if line.key in state.undecided:
        same = line.values.keys() - _differing(line, here)
        same = {column for column in same if line.was.get(column) or not state.decides}
        draft.agreed += [(line.stem, line.row, column) for column in sorted(same)]


def _sort_late(
    state: State, shapes: Shapes, line: Line, here: Mapping[str, Value], draft: _Draft
) -> None:
    """What an office said of a row that is another's by now: kept beside ours, never written.

    Not so where in its own organization the row stood: that stayed behind, the new owner has it not.
    What we ourselves had told it and lost by going back, it says without a base: that is kept as well.
    """
    before = len(draft.conflicts)
    _see_agreed(state, line, here, draft)
    for column in _differing(line, here):
        new, was = line.values[column], line.was.get(column, ())
        known = was or (*line.key, column) in state.never_had
        if known and state.decides and not shapes[line.stem][column].target:
            base = was[0] if was else None
            draft.conflicts.append(
                Conflict("late", line.stem, line.row, column, base, here[column], new)
            )
    if len(draft.conflicts) == before:
        draft.unchanged += 1


def _root(state: State, key: Key, values: Mapping[str, Value]) -> Key | None:
    """The row whose owner is also this row's; None for one that follows nothing or stays behind."""
    follow = state.follows.get(key[0])
    if follow is None:
        return key
    target = values.get(follow.column)
    if not isinstance(target, int) or values.get(follow.kind) in follow.stays:
        return None
    return follow.target, target


def _owner(state: State, stem: str, row: int, values: Mapping[str, Value]) -> str:
    """Whose a row is by the county's word; "" when it never spoke of it."""
    if not state.owners:
        return ""
    root = _root(state, (stem, row), values)
    return state.owners.get(root or ("", 0), ("",))[-1]


def _let_go(state: State, share: Share, draft: _Draft) -> None:
    """In a township: rows that are another's now go over to it, and leave a trace here.

    What follows a row that came back is ours again with it, also what the county never heard of.
    """
    if state.decides or not state.owners:
        return
    for key, here in state.rows.items():
        owner = _owner(state, *key, here)
        if owner in ("", here["office"]) or "office" in draft.changed.get(key, {}):
            continue
        if owner == state.us and _root(state, key, here) == key:
            # The row itself comes as the county has it.
            continue
        values = draft.changed.setdefault(key, {})
        values["office"] = owner
        if here["office"] == state.us:
            values |= state.leaving.get(key[0], {})
    for said in share.handovers:
        ours = said.giver == state.us and state.owners[said.key][-1] != state.us
        if ours and said.trace and said.key not in state.rows and said.key not in draft.new:
            draft.new[said.key] = Line(*said.key, state.owners[said.key][-1], True, said.trace)


def _reason_against(
    state: State, shapes: Shapes, line: Line, here: Mapping[str, Value] | None
) -> str:
    shape = shapes.get(line.stem)
    if shape is None:
        return "这个台账不参加交换，或本机程序不认识"
    ours = line.office == state.us and (here is not None or line.key in state.lost)
    known = ours or line.office in state.writable or line.stem in state.shown
    known = known or line.key in state.returned
    if known and here is not None and here["office"] != line.office:
        root = _root(state, line.key, here)
        known = line.office in state.owners.get(root or ("", 0), ())
    if not known:
        return "不是上报单位自己的记录"
    if not line.values.keys() <= shape.keys():
        strange = next(column for column in line.values if column not in shape)
        return f"本机程序不认识“{strange}”这一项"
    if line.key in state.numbered:
        return f"编号与“{state.numbered[line.key]}”的一条记录相同，请原单位把这一条重新登记"
    # What is here already was looked at when it came.
    for column in line.values if here is None else _differing(line, here):
        new = line.values[column]
        if isinstance(new, str):
            sound = not shape[column].number and _is_text(new)
        elif new is None:
            sound = shape[column].null
        else:
            sound = shape[column].number and -_LARGEST <= new < _LARGEST
        if not sound:
            return f"“{column}”的内容不合规定"
    return ""


def _is_text(value: str) -> bool:
    """What every database keeps as text: no NUL, no half of a surrogate pair."""
    if value.isascii():
        return "\0" not in value
    try:
        return b"\0" not in value.encode()
    except UnicodeEncodeError:
        return False


def _hold_taken(state: State, draft: _Draft) -> None:
    """A new row whose place is taken by another waits until that one makes room."""
    once = {stem: sets for stem, sets in state.once.items() if any(taken for _, taken in sets)}
    for key, line in list(draft.new.items()) if once else ():
        for columns, taken in once.get(line.stem, ()):
            values = tuple(map(line.values.get, columns))
            if None not in values and values in taken:
                draft.held[key] = draft.new.pop(key)
                break


def _hold_orphans(state: State, shapes: Shapes, lines: Mapping[Key, Line], draft: _Draft) -> None:
    """Rows that point to a row which is neither here nor coming wait, and so do rows under them."""
    pointing = {
        stem: [(column, one.target) for column, one in kinds.items() if one.target]
        for stem, kinds in shapes.items()
    }
    again = True
    while again:
        again = False
        for key, line in list(draft.new.items()):
            values = line.values
            targets = [(c, t, values[c]) for c, t in pointing[line.stem] if c in values]
            if _lacking(state, draft, targets):
                draft.held[key] = draft.new.pop(key)
                again = True
    for key, taken in draft.changed.items():
        targets = [(c, t, taken[c]) for c, t in pointing[key[0]] if c in taken]
        lacking = _lacking(state, draft, targets)
        if lacking:
            _hold_fields(lines[key], {column: taken.pop(column) for column in lacking}, draft)


def _hold_fields(line: Line, values: dict[str, Value], draft: _Draft) -> None:
    """Fields of a row that is here wait, beside others of it that wait already."""
    before = draft.held.get(line.key)
    values = {**(before.values if before else {}), **values}
    was = {column: line.was.get(column, ()) for column in values}
    draft.held[line.key] = Line(line.stem, line.row, line.office, False, values, was)


def _lacking(state: State, draft: _Draft, targets: Sequence[tuple[str, str, Value]]) -> list[str]:
    """Of (column, table, row pointed to) the columns whose row is neither here nor coming."""
    return [
        column
        for column, table, row in targets
        if row is not None and (table, row) not in draft.new and (table, row) not in state.present
    ]


def _break_loops(state: State, lines: Mapping[Key, Line], draft: _Draft) -> None:
    """Two moves that are each right can make a ring; then ours stays and a person decides.

    That person sits at the county, which hears of our move; at a township the county's move waits
    until the ring is open again.
    """
    for (stem, column), above in state.above.items():
        tree = dict(above)
        for line in draft.new.values():
            if line.stem == stem and column in line.values:
                tree[line.row] = line.values[column]
        moved = {k: v for k, v in draft.changed.items() if k[0] == stem and column in v}
        for key, values in moved.items():
            tree[key[1]] = values[column]
        for key in sorted(moved):
            row, seen = tree.get(key[1]), {key[1]}
            while isinstance(row, int) and row not in seen:
                seen.add(row)
                row = tree.get(row)
            if row == key[1]:
                ours, theirs = state.rows[key][column], draft.changed[key].pop(column)
                tree[key[1]] = ours
                if state.decides:
                    one = Conflict("loop", stem, key[1], column, ours, ours, theirs)
                    draft.conflicts.append(one)
                else:
                    _hold_fields(lines[key], {column: theirs}, draft)


def _see_doubles(state: State, draft: _Draft) -> None:
    """Both rows are kept; the pair is put before a person."""
    if not state.alike:
        return
    coming: list[tuple[Key, Mapping[str, Value]]] = [
        (key, line.values) for key, line in draft.new.items()
    ]
    coming += [
        (key, {**state.rows[key], **values})
        for key, values in draft.changed.items()
        if not values.keys().isdisjoint(state.told_by.get(key[0], ()))
    ]
    for key, values in coming:
        columns = state.told_by.get(key[0], ())
        other = state.alike.get((key[0], tuple(values.get(c) for c in columns)))
        if columns and values.get(columns[0]) and other not in (None, key[1]):
            one = Conflict("pair", *key, columns[0], None, other, values[columns[0]])
            draft.conflicts.append(one)


def _mass(state: State, draft: _Draft) -> dict[str, tuple[int, int]]:
    gone: dict[str, int] = {}
    for (stem, row), values in draft.changed.items():
        if values.get("retired") and not state.rows[stem, row]["retired"]:
            gone[stem] = gone.get(stem, 0) + 1
    return {
        stem: (count, state.living.get(stem, 0))
        for stem, count in sorted(gone.items())
        if count >= state.mass_least
        and 100 * count > state.mass_percent * state.living.get(stem, 0)
    }
