"""Enters what raters gave: cells of the score grid, ballots, events, answers, vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from db import access, journal
from db.bulk import insert_rows, update_rows
from db.errors import Refusal
from db.registers.appraisal import Appraisal, Event, Mark, Participant
from db.rules.scheme import Rater, Scheme
from db.rules.scheme_items import Item, Marked
from db.rules.scoring_items import Cell, show

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－／，　", "0123456789.-/, ")


def read_cell(text: str, item: Item, rater: Rater) -> Cell:
    """What was typed or pasted into a box; Refusal says what belongs there.

    A mark “8.5”; ballots as “85/10” (sum / ballots), “85/10 9.5 7” with the highest and lowest; for a
    ballot with grades the count of each, “12 5 1 0”. Nothing typed is 未评.
    """
    plain = text.strip().translate(_FULL_WIDTH)
    if not plain or plain in {"未评", "-", "—"}:
        return None
    if rater.grades:
        return _counts(plain, rater)
    if "/" in plain:
        return _ballots(plain, item, rater)
    return _within(_points(plain, item), item, plain)


def _points(text: str, item: Item) -> int:
    try:
        hundredths = Decimal(text) * 100
    except InvalidOperation:
        raise Refusal(f"“{item.name}”应填分数，“{text}”不是数。") from None
    if not hundredths.is_finite() or hundredths != hundredths.to_integral_value():
        raise Refusal(f"“{item.name}”最多两位小数，“{text}”不符。")
    return int(hundredths)


def _within(points: int, item: Item, text: str) -> int:
    low, high = item.lowest or 0, item.highest or 0
    if isinstance(item, Marked) and item.reverse and points < item.minimum:
        if points != -item.reverse:
            raise Refusal(f"“{item.name}”倒扣应为 -{show(item.reverse)}，现为“{text}”。")
        return points
    if not low <= points <= high:
        raise Refusal(f"“{item.name}”应在 {show(low)} 至 {show(high)} 分之间，现为“{text}”。")
    if isinstance(item, Marked) and item.step and (points - item.minimum) % item.step:
        raise Refusal(f"“{item.name}”每 {show(item.step)} 分一档，“{text}”不在档上。")
    return points


def _counts(text: str, rater: Rater) -> list[int]:
    parts = text.replace(",", " ").replace("/", " ").split()
    names = "、".join(grade.name for grade in rater.grades)
    if len(parts) != len(rater.grades) or not all(part.isdecimal() for part in parts):
        raise Refusal(f"请依次填{names}各得几票，如“12 5 1 0”，现为“{text}”。")
    return [int(part) for part in parts]


def _ballots(text: str, item: Item, rater: Rater) -> Cell:
    head, *extremes = text.replace(",", " ").split()
    summed, _, count = head.partition("/")
    if not count.isdecimal() or not int(count):
        raise Refusal(f"计票请写“总分/票数”，如“85/10”，现为“{text}”。")
    n, total = int(count), _points(summed, item)
    _within(total // n, item, text)
    if len(extremes) == 2:
        high, low = (_within(_points(one, item), item, one) for one in extremes)
    elif rater.drop_extremes and n >= 3:
        raise Refusal(
            f"“{rater.name}”要去掉最高分和最低分，请写“总分/票数 最高 最低”，如“85/10 9.5 7”。"
        )
    else:
        high, low = -(-total // n), total // n
    if not low * n <= total <= high * n:
        raise Refusal(f"总分与最高、最低分不相符：“{text}”。")
    return [n, total, high, low]


def show_cell(cell: Cell, rater: Rater) -> str:
    """A box as it is typed."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return show(cell)
    if rater.grades:
        return " ".join(str(count) for count in cell)
    ballots, total, high, low = cell
    shown = f"{show(total)}/{ballots}"
    return f"{shown} {show(high)} {show(low)}" if rater.drop_extremes and ballots >= 3 else shown


def sheet_of(appraisal: Appraisal, rater: str, ids: Sequence[int]) -> dict[int, list[Cell]]:
    """The boxes of these participants as one group marked them; empty boxes where nothing is kept."""
    boxes = len(appraisal.rules.sheet[rater])
    found: dict[int, list[Cell]] = {ident: [None] * boxes for ident in ids}
    m = Mark
    for start in range(0, len(ids), 5000):
        query = (
            m.living()
            .select(m.participant, m.cells)
            .where(m.rater == rater, m.participant.in_(list(ids[start : start + 5000])))
        )
        found.update((owner, list(cells)) for owner, cells in query.tuples())
    return found


def put(appraisal: Appraisal, rater: str, cells: Mapping[int, Sequence[Cell]]) -> int:
    """Keep whole sheets of one rater group: participant id → a cell for each item it marks."""
    _require_open(appraisal)
    rules = appraisal.rules
    boxes = rules.sheet[rater]
    for row in cells.values():
        if len(row) != len(boxes):
            raise Refusal(f"“{rules.rater_of[rater].name}”应有 {len(boxes)} 项评分。")
    kept = _kept(appraisal, rater)
    stranger = next((key for key in cells if key not in kept), None)
    if stranger is not None:
        raise Refusal("有的评分对象不在本次参评名单里，请刷新后再保存。")
    fresh = [(key, rater, list(row)) for key, row in cells.items() if kept[key] is None]
    moved = [
        (mark[0], (list(row),))
        for key, row in cells.items()
        if (mark := kept[key]) is not None and mark[1] != list(row)
    ]
    if not fresh and not moved:
        return 0
    words = f"录入“{appraisal.name}”{rules.rater_of[rater].name} {len(fresh) + len(moved)} 人"
    with journal.operation(words, kind="rating"):
        if fresh:
            insert_rows(Mark, ("participant", "rater", "cells"), fresh)
        if moved:
            update_rows(Mark, ("cells",), moved)
    return len(fresh) + len(moved)


def _kept(appraisal: Appraisal, rater: str) -> dict[int, tuple[int, list[Cell]] | None]:
    rated = (
        Participant.living()
        .select(Participant.id)
        .where(Participant.appraisal == appraisal.id, Participant.state == "rated")
    )
    found: dict[int, tuple[int, list[Cell]] | None] = {row[0]: None for row in rated.tuples()}
    marks = (
        Mark.living()
        .select(Mark.id, Mark.participant, Mark.cells)
        .where(Mark.rater == rater, Mark.participant.in_(rated))
    )
    for ident, owner, cells in marks.tuples():
        found[owner] = (ident, cells)
    return found


#: Steps in which the marks stand: what was posted or decided is not changed under it.
_STANDING = frozenset({"notice", "decision", "plates"})


def accepts_marks(appraisal: Appraisal) -> bool:
    """Whether marks, events and facts may still change: not once the result is posted."""
    return not appraisal.sealed_on and appraisal.rules.steps[appraisal.step].kind not in _STANDING


def _require_open(appraisal: Appraisal) -> None:
    access.require("write", "appraisal", "星级评比")
    if appraisal.sealed_on:
        raise Refusal(f"“{appraisal.name}”已归档，不能再改评分；确有错误请作更正登记。")
    if not accepts_marks(appraisal):
        raise Refusal(
            f"“{appraisal.name}”已到“{appraisal.step_name}”，评分不再改动；确需重评请先“退回上一步”。"
        )


def add_ballots(
    appraisal: Appraisal, rater: str, ballots: Iterable[Mapping[int, Sequence[int | None]]]
) -> int:
    """Count paper ballots one by one: each names participants and the points of each item.

    On a ballot with grades a box holds the place of the grade that was ticked, from 0. A box left
    empty is an abstention and changes nothing.
    """
    grades = len(appraisal.rules.rater_of[rater].grades)
    given = list(ballots)
    owners = sorted({owner for ballot in given for owner in ballot})
    sheets = sheet_of(appraisal, rater, owners)
    for ballot in given:
        for owner, row in ballot.items():
            sheets[owner] = [
                _with_ballot(cell, points, grades)
                for cell, points in zip(sheets[owner], row, strict=True)
            ]
    put(appraisal, rater, sheets)
    return len(given)


def _with_ballot(cell: Cell, points: int | None, grades: int) -> Cell:
    if points is None:
        return cell
    if grades:
        counts = [0] * grades if cell is None or isinstance(cell, int) else list(cell)
        counts[points] += 1
        return counts
    if cell is None:
        return [1, points, points, points]
    if isinstance(cell, int):
        cell = [1, cell, cell, cell]
    ballots, total, high, low = cell
    return [ballots + 1, total + points, max(high, points), min(low, points)]


def book(
    participants: Sequence[Participant],
    item: str,
    clause: str,
    on: str,
    points: int | None = None,
    words: str = "",
) -> list[Event]:
    """Book one event for one or many; `points` in 1/100 may be left out when the clause fixes them."""
    made = []
    with journal.operation(f"记分 {len(participants)} 人", kind="rating"):
        for participant in participants:
            _require_open(participant.appraisal)
            rules: Scheme = participant.appraisal.rules
            find = getattr(rules.item_of.get(item), "clause", None)
            found = find(clause) if find else None
            if points is None and found is not None and found.low != found.high:
                raise Refusal(
                    f"“{found.text}”的分值要从 {show(found.low)} 至 {show(found.high)} 中选。"
                )
            event = Event(
                participant=participant,
                item=item,
                clause=clause,
                on=on,
                points=points if points is not None else found.low if found else 0,
                words=words or (found.text if found else ""),
            )
            event.save()
            made.append(event)
    return made


def answer(participants: Sequence[Participant], key: str, value: bool | None) -> int:
    """认定事项: yes, no, or not known yet (None), for one or many."""
    return _merge(participants, "answers", key, value)


def fill(participants: Sequence[Participant], key: str, value: Fraction | int | str | None) -> int:
    """A number that decides a band or stands in for a register: “income.level”, “dues.months_unpaid”."""
    kept = None if value is None else str(value)
    if kept is not None:
        try:
            Fraction(kept)
        except ValueError:
            raise Refusal(f"“{kept}”不是数。") from None
    return _merge(participants, "numbers", key, kept)


def _merge(participants: Sequence[Participant], column: str, key: str, value: Any) -> int:
    changed = []
    for row in participants:
        _require_open(row.appraisal)
        before = getattr(row, column) or {}
        after = {name: one for name, one in before.items() if name != key}
        if value is not None:
            after[key] = value
        if after != before:
            setattr(row, column, after)
            changed.append((row.id, (after,)))
    if changed:
        with journal.operation(f"填写认定事项 {len(changed)} 人", kind="rating"):
            update_rows(Participant, (column,), changed)
    return len(changed)


def veto(participant: Participant, ids: Sequence[str], words: str = "") -> None:
    """一票否决: which of the scheme's cases apply to somebody; none to take them back."""
    _require_open(participant.appraisal)
    known = {one.id for one in participant.appraisal.rules.vetoes}
    strange = set(ids) - known
    if strange:
        raise Refusal("本次办法里没有这种否决情形。")
    participant.vetoes = sorted(set(ids))
    if words:
        participant.notes = words[:200]
    with journal.operation(f"一票否决“{participant.name}”", kind="rating"):
        participant.save()
